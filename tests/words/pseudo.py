"""A language that the tests make: the table of English with every letter a Cyrillic one.

What still is an English word on a page in this language was never in the table. Placeholders and
`backticks` stay as they are.
"""

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from bs4 import BeautifulSoup

from tests.words.tables import messages

KEPT = re.compile(r"(\{[^{}]*\}|`[^`]*`)")
LETTERS = {ord(first) + n: ord(other) + n for first, other in ("aа", "AА") for n in range(26)}
SAID = ("alt", "aria-label", "title", "placeholder")


def translated(text: str) -> str:
    """Return a message with its letters changed, all but placeholders and code."""
    parts = KEPT.split(text)
    return "".join(part if KEPT.fullmatch(part) else part.translate(LETTERS) for part in parts)


def write(english: Path, folder: Path) -> Path:
    """Write the tables of English as those of a second language."""
    folder.mkdir()
    for source in english.rglob("*.toml"):
        lines = (
            f"{'.'.join(map(json.dumps, path))} = "
            f"{json.dumps(translated(text), ensure_ascii=False)}\n"
            for path, text in messages(source).items()
        )
        copy = folder / source.relative_to(english)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text("".join(lines), encoding="utf-8")
    return folder


def vocabulary(english: Path) -> set[str]:
    """Return the words of the English tables."""
    texts = (text for source in english.rglob("*.toml") for text in messages(source).values())
    return {word.lower() for text in texts for word in plain_words(text)}


def plain_words(text: str) -> list[str]:
    """Return what stands in a text as a word of Latin letters, outside placeholders and code.

    Names such as gpt2-mini or 01.norms, options and symbols of one or two letters are none.
    """
    parts = (part.strip(".,;:·()[]{}“”'\"!?…–↑↓|") for part in KEPT.sub(" ", text).split())
    return [part for part in parts if re.fullmatch(r"[A-Za-z]{3,}", part)]


def told(html: str) -> str:
    """Return what a reader of HTML reads or hears, code left out."""
    soup = BeautifulSoup(html, "html.parser")
    for element in soup.find_all(["code", "pre", "script", "style"]):
        element.decompose()
    heard = [str(one[name]) for one in soup.find_all(True) for name in SAID if one.get(name)]
    return " ".join([soup.get_text(" "), *heard])


def strings(value: object) -> Iterator[str]:
    """Yield every text in what a widget was given."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings(one)


class Reader:
    """Somebody who reads the pseudo-language and stumbles over every English word."""

    def __init__(self, english: Path) -> None:
        self._words = vocabulary(english)

    def stumbles(self, text: str, *, names: Collection[str] = ()) -> list[str]:
        """Return the English words of a text, without those that `names` holds."""
        allowed = {word.lower() for name in names for word in plain_words(name)}
        return [one for one in plain_words(text) if one.lower() in self._words - allowed]
