"""The texts of an experiment: one a line, numbered from 0, and which of them are taken."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gedig_edu.errors import GedigError
from gedig_edu.lab import hub_texts
from gedig_edu.lab.experiments.setting import Setting
from gedig_edu.lab.texts import UTF_16, lines_of
from gedig_edu.words import refusal

if TYPE_CHECKING:
    from tokenizers import Tokenizer

NAMED = ("books", *hub_texts.SETS)
SHORT_CHARACTERS = 120
PROSE_TOKENS = 16
_LOOKED_AT = 1 << 13  # bytes of a file


@dataclass(frozen=True)
class Passage:
    """One text to measure, or why it is none.

    Attributes
    ----------
    line : int
        Its line in the file, from 0.
    text : str
        Without the spaces around it; cut where the setting says so.
    broken : str
        Why it cannot be read, "" where it can.
    """

    line: int
    text: str
    broken: str = ""


class Taken(NamedTuple):
    """The texts of a setting, and how they were chosen.

    Attributes
    ----------
    texts : list of Passage
        In their order.
    lines : int
        Lines of the file that have text.
    aside : int
        Of the lines that were looked at, how many do not belong to the set asked for.
    """

    texts: list[Passage]
    lines: int
    aside: int


def open_texts(setting: Setting, tokenizer: Tokenizer) -> Taken:
    """Return the texts of a setting in their order, and how many lines were set aside.

    Raises
    ------
    GedigError
        If there is no such file or set of texts, it holds none, or none of the set asked for.
    """
    lines = list(_lines(setting.texts))
    if not lines:
        raise refusal("no_line")
    belongs = _belongs(setting.only, tokenizer)
    taken, aside = [], 0
    for one in lines:
        if len(taken) == setting.limit:
            break
        if one.broken:
            taken.append(one)
        elif belongs(one.text):
            taken.append(cut(one, setting.cut, tokenizer))
        else:
            aside += 1
    if not taken:
        told = {"count": len(lines), "texts": setting.texts, "only": setting.only}
        raise refusal("experiment.none_taken", **told)
    return Taken(taken, len(lines), aside)


def digest(texts: Iterable[Passage]) -> str:
    """Return the SHA-256 of texts and their lines."""
    told = "\0".join(f"{one.line}\0{one.text}\0{one.broken}" for one in texts)
    return hashlib.sha256(told.encode()).hexdigest()


def _lines(texts: str) -> Iterator[Passage]:
    """Yield what is not blank."""
    if texts not in NAMED:
        return _lines_of_file(Path(texts))
    said = books() if texts == "books" else hub_texts.read(texts)
    return (Passage(at, text.strip()) for at, text in enumerate(said) if text.strip())


def _lines_of_file(file: Path) -> Iterator[Passage]:
    try:
        content = file.read_bytes()  # at once, since a pipe cannot be read twice
    except OSError as trouble:
        told = {"path": str(file), "trouble": trouble.strerror, "known": ", ".join(NAMED)}
        raise refusal("experiment.no_texts", **told) from trouble
    zero = content.find(b"\0", 0, _LOOKED_AT)
    if zero >= 0 and not content.startswith(UTF_16):
        raise refusal("experiment.binary", path=str(file), at=zero + 1)
    for number, text in lines_of(BytesIO(content)):
        if isinstance(text, GedigError):
            yield Passage(number - 1, "", str(text))
        else:
            yield Passage(number - 1, text.strip())


def books() -> list[str]:
    """Return passages of two books that gpt2-mini never saw, each of at least 128 tokens.

    They are by turns of The War of the Worlds (Project Gutenberg's number 36) and of Sense and
    Sensibility (161), both in the public domain in the USA.

    Examples
    --------
    >>> len(books()), books()[1].count("Dashwood") > 0
    (220, True)
    """
    text = resources.files("gedig_edu.lab").joinpath("books.tsv").read_text(encoding="utf-8")
    return [line.partition("\t")[2] for line in text.splitlines()]


def _belongs(only: str | None, tokenizer: Tokenizer) -> Callable[[str], bool]:
    """Return what tells whether a text is of a set."""
    tells: dict[str | None, Callable[[str], bool]] = {
        None: lambda _text: True,
        "short": lambda text: len(text) < SHORT_CHARACTERS,
        "prose": lambda text: not is_heading(text) and _count(text, tokenizer) >= PROSE_TOKENS,
    }
    return tells[only]


def _count(text: str, tokenizer: Tokenizer) -> int:
    return len(tokenizer.encode(text))


def is_heading(text: str) -> bool:
    """Tell whether a line is a heading of WikiText, as ``= Title =`` or ``= = Part = =``.

    Examples
    --------
    >>> is_heading(" = Homarus gammarus = "), is_heading("x = 1")
    (True, False)
    """
    return text.strip().startswith("= ") and text.strip().endswith(" =")


def cut(one: Passage, most: int | None, tokenizer: Tokenizer) -> Passage:
    """Return a text that has at most so many tokens, those a model adds among them.

    A character that is several tokens goes as a whole.
    """
    text = one.text
    while most is not None:
        encoded = tokenizer.encode(text)
        over = len(encoded) - most
        if over <= 0:
            break
        starts = [start for (start, _), added in zip(
            encoded.offsets, encoded.special_tokens_mask, strict=True) if not added]  # fmt: skip
        if over >= len(starts):
            return Passage(one.line, "", str(refusal("experiment.no_room", most=most)))
        text = text[: starts[len(starts) - over]].rstrip()
    return Passage(one.line, text)
