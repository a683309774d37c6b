"""A language that the tests make: the table of English with every letter a Cyrillic one.

What is still Latin on a page in this language was never in the table. Placeholders and
`backticks` stay as they are.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

KEPT = re.compile(r"(\{[^{}]*\}|`[^`]*`)")
SHIFT = {ord("a") + n: ord("а") + n for n in range(26)} | {
    ord("A") + n: ord("А") + n for n in range(26)
}


def translated(text: str) -> str:
    """Return a message with its letters changed, all but placeholders and code."""
    return "".join(
        part if KEPT.fullmatch(part) else part.translate(SHIFT) for part in KEPT.split(text)
    )


def write(english: Path, folder: Path) -> None:
    """Write the tables of English as those of a second language."""
    folder.mkdir()
    for source in english.glob("*.toml"):
        lines = (
            f"{key} = {json.dumps(translated(text), ensure_ascii=False)}\n"
            for key, text in leaves(tomllib.loads(source.read_text(encoding="utf-8")))
        )
        (folder / source.name).write_text("".join(lines), encoding="utf-8")


def leaves(table: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield every message of a table under its dotted key."""
    for name, entry in table.items():
        here = (*path, json.dumps(name))
        if isinstance(entry, dict):
            yield from leaves(entry, here)
        elif isinstance(entry, str):
            yield ".".join(here), entry
