"""The texts of an experiment: one a line, numbered from 0, and which of them are taken."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gedig_edu.errors import GedigError
from gedig_edu.lab.experiments.setting import Setting
from gedig_edu.lab.texts import lines_of
from gedig_edu.words import refusal

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SHORT_CHARACTERS = 120
PROSE_TOKENS = 16


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


def open_texts(setting: Setting, tokenizer: Tokenizer) -> list[Passage]:
    """Return the texts of a setting in their order.

    Raises
    ------
    GedigError
        If the file cannot be read, or none of its lines is taken.
    """
    taken: list[Passage] = []
    for one in _chosen(_lines(Path(setting.texts)), setting, tokenizer):
        if setting.limit is not None and len(taken) == setting.limit:
            break
        taken.append(one)
    if not taken:
        raise refusal("no_line")
    return taken


def digest(texts: Iterable[Passage]) -> str:
    """Return the SHA-256 of texts and their lines."""
    told = "\0".join(f"{one.line}\0{one.text}\0{one.broken}" for one in texts)
    return hashlib.sha256(told.encode()).hexdigest()


def _lines(file: Path) -> Iterator[Passage]:
    try:
        with file.open("rb") as stream:
            for number, text in lines_of(stream):
                if isinstance(text, GedigError):
                    yield Passage(number - 1, "", str(text))
                else:
                    yield Passage(number - 1, text.strip())
    except OSError as trouble:
        raise refusal("not_read", path=str(file), trouble=trouble.strerror) from trouble


def _chosen(lines: Iterable[Passage], setting: Setting, tokenizer: Tokenizer) -> Iterator[Passage]:
    belongs: dict[str | None, Callable[[str], bool]] = {
        None: lambda _text: True,
        "short": lambda text: len(text) < SHORT_CHARACTERS,
        "prose": lambda text: not is_heading(text) and _count(text, tokenizer) >= PROSE_TOKENS,
    }
    for one in lines:
        if one.broken:
            yield one
        elif belongs[setting.only](one.text):
            yield cut(one, setting.cut, tokenizer)


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
