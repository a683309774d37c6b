"""Run an experiment over many texts: what was begun goes on, and no row is lost or doubled."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.errors import GedigError
from gedig_edu.lab.experiments.catalogue import Columns, find
from gedig_edu.lab.experiments.setting import GAUGES, Setting
from gedig_edu.lab.passages import Passage, digest, passages
from gedig_edu.lab.run_folder import RunFolder

if TYPE_CHECKING:
    from gedig_edu.models.model import AttentionModel

TEXTS_PER_PART = 8
FILES = ("config.json", "tokenizer.json")
VERSIONS = ("gedig-edu", "numpy", "scipy", "numba", "torch", "transformers", "tokenizers")


@dataclass(frozen=True)
class Outcome:
    """A finished run.

    Attributes
    ----------
    out : Path
        Its folder.
    texts : int
        How many texts were asked for.
    rows : int
        Rows of ``rows.parquet``.
    left_out : list of (line, reason)
        Texts that could not be read.
    """

    out: Path
    texts: int
    rows: int
    left_out: list[tuple[int, str]]


def run(
    setting: Setting,
    out: Path | str,
    *,
    report: Callable[[int, int], object] = lambda _done, _total: None,
) -> Outcome:
    """Measure every text of a setting, or go on where a run in `out` stopped.

    Parameters
    ----------
    setting : Setting
    out : path
        Folder of the run, and of nothing else: new, empty, or that of an earlier run of the same
        setting. In the end it holds ``rows.parquet``, ``left_out.csv``, ``setting.json`` and
        ``tables/``.
    report : callable
        Told after each part how many texts are done, and of how many.

    Raises
    ------
    GedigError
        If `out` holds something else, the texts or the model cannot be read, or none of the texts
        could be measured.
    """
    experiment = find(setting.experiment)
    model = _model(setting.model)
    texts = passages(setting, model.tokenizer)
    folder = RunFolder(Path(out), identity(setting, model, texts))
    if not folder.finished:
        parts = [texts[at : at + TEXTS_PER_PART] for at in range(0, len(texts), TEXTS_PER_PART)]
        missing = folder.missing(len(parts))
        done = len(texts) - sum(len(parts[number]) for number in missing)
        report(done, len(texts))
        for number in missing:
            rows, left_out = measure_part(setting, parts[number])
            folder.write_part(number, rows, left_out)
            done += len(parts[number])
            report(done, len(texts))
        folder.finish(len(parts))
    rows = folder.rows()
    folder.write_tables(experiment.tables(rows))
    return Outcome(Path(out), len(texts), len(rows), folder.left_out())


def measure_part(
    setting: Setting, texts: Sequence[Passage]
) -> tuple[list[Columns], list[tuple[int, str]]]:
    """Return the columns of each text that could be measured, and why the others could not."""
    experiment, model = find(setting.experiment), _model(setting.model)
    rows, left_out = [], []
    for one in texts:
        if one.broken:
            left_out.append((one.line, one.broken))
            continue
        try:
            columns = experiment.measure(model, one.text, setting, one.line)
        except GedigError as reason:
            left_out.append((one.line, str(reason)))
            continue
        rows.append({"text": np.full(_count(columns, model), one.line), **columns})
    return rows, left_out


def identity(setting: Setting, model: AttentionModel, texts: Sequence[Passage]) -> dict[str, Any]:
    """Return what makes a run the same run: setting, texts, the model's files, versions."""
    return {
        "setting": asdict(setting),
        "texts": {"count": len(texts), "sha256": digest(texts)},
        "model": {"layers": model.layers, "heads": model.heads, "files": _sums(setting.model)},
        "versions": {"python": platform.python_version(), **_versions()},
    }


def _count(columns: Columns, model: AttentionModel) -> int:
    """Return how many rows a text has, which must be one a (layer, head, gauge)."""
    places = set(zip(columns["layer"], columns["head"], columns["gauge"], strict=True))
    lengths = {name: len(values) for name, values in columns.items()}
    expected = model.layers * model.heads * len(GAUGES)
    if set(lengths.values()) != {expected} or len(places) != expected:
        raise ValueError(f"{expected} rows are expected, one a layer, head and gauge: {lengths}")
    return expected


@cache
def _model(name: str) -> AttentionModel:
    from gedig_edu.models import load

    return load(name)


def _sums(name: str) -> dict[str, str]:
    """Return the SHA-256 of each file of a model."""
    from gedig_edu.models.sources import find as find_model

    found = find_model(name)
    files = sorted(found.folder.iterdir()) if found is not None else []
    return {
        file.name: _sum(file)
        for file in files
        if file.name in FILES or file.suffix == ".safetensors"
    }


def _sum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _versions() -> dict[str, str]:
    there = {one.metadata["Name"].lower() for one in metadata.distributions()}
    return {name: metadata.version(name) for name in VERSIONS if name in there}
