"""What the tests of a class's table share: records as students hand them in, and the table read."""

import csv
import json
from pathlib import Path

from typer.testing import CliRunner

from gedig_edu import cli
from gedig_edu.course import catalogue

COURSE = [e.id for lesson in catalogue.NUMBERS for e in catalogue.exercises_of(lesson)]


def record(answer: str = "1", *, last: str = "2030-01-01", **more) -> dict:
    entry = {"answer": answer, "right": False, "attempts": 1, "answered": last, "last": last}
    return {"schema": 1, "exercises": {"01.2": entry}} | more


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(text)
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def run(*words: object):
    return CliRunner().invoke(cli.app, ["progress", *map(str, words)])
