"""What the tables of two languages share: keys, and in each message its placeholders."""

import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gedig_edu.words.numbers import FORMATS

Key = tuple[str, ...]
SAME = ("lesson", "system")  # of a statement in sources.toml: names, the same in every language


def messages(source: Path) -> dict[Key, str]:
    """Return every message of a table by its key."""
    return dict(_leaves(tomllib.loads(source.read_text(encoding="utf-8")), ()))


def _leaves(table: dict[str, Any], path: Key) -> Iterator[tuple[Key, str]]:
    for name, entry in table.items():
        here = (*path, name)
        if isinstance(entry, dict):
            yield from _leaves(entry, here)
        elif isinstance(entry, str) and not (name in SAME and path[-1].isdigit()):
            yield here, entry


def placeholders(text: str) -> set[str]:
    """Return the names that a message leaves open, each with a format that nobody knows."""
    return {
        name if format in ("", *FORMATS) else f"{name}:{format}"
        for _, name, format, _ in string.Formatter().parse(text)
        if name
    }


def differences(english: Path, other: Path) -> list[str]:
    """Return in what a language differs from English: files, keys, placeholders."""
    tables = [
        {one.relative_to(folder).as_posix(): messages(one) for one in folder.rglob("*.toml")}
        for folder in (english, other)
    ]
    first, second = (
        {(file, *key): text for file, table in named.items() for key, text in table.items()}
        for named in tables
    )
    missing = [f"missing: {'.'.join(key)}" for key in first.keys() - second.keys()]
    foreign = [f"foreign: {'.'.join(key)}" for key in second.keys() - first.keys()]
    renamed = [
        f"placeholders of {'.'.join(key)}"
        for key in first.keys() & second.keys()
        if placeholders(first[key]) != placeholders(second[key])
    ]
    return sorted([*missing, *foreign, *renamed])
