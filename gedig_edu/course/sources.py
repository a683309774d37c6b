"""The five texts behind the course, every statement of each, and what meets it.

A lesson cites a text by its short name, the full citation standing in the README and on the
site's page of sources: gauge paper (``gauge``), micro-geDIG text (``micro``), information
dynamics (``dynamics``), field-theory abstract (``field``), lecture (``surveying``). A statement
is cited by its number, such as ``gauge.31``. All words stand in
``words/<language>/sources.toml``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from gedig_edu.course import claims
from gedig_edu.course.cards import Table
from gedig_edu.words import entries, unknown, word

Met = Literal["taken_up", "nobody"]
MET: tuple[Met, ...] = ("taken_up", "nobody")


@dataclass(frozen=True)
class Text:
    """One of the five texts, as it is cited.

    Attributes
    ----------
    id : str
        As a claim names it: "gauge", "micro", "dynamics", "field" or "surveying".
    author, title, english, published, where : str
        The full citation; `english` is the title in English, or what of the text is read.
    short : str
        The name that lessons use.
    """

    id: str
    author: str
    title: str
    english: str
    published: str
    where: str
    short: str


@dataclass(frozen=True)
class Statement:
    """What a text says at one place, and what meets it.

    Attributes
    ----------
    id : str
        Text and number, such as "gauge.31".
    says : str
        The statement in our words, one sentence.
    place : str
        Its section in the text.
    claims : tuple of str
        Ids of claims that put it to a test.
    lesson, section : str
        The lesson that shows it, two digits, and the heading there, or "".
    system : str
        What is built of it, by its dotted name in the package, or "".
    none : str
        Why nobody can test it, or "".
    """

    id: str
    says: str
    place: str
    claims: tuple[str, ...] = ()
    lesson: str = ""
    section: str = ""
    system: str = ""
    none: str = ""

    @property
    def met(self) -> Met | None:
        """Whether something meets it; None where nothing is named.

        What is shown, built or measured takes it up. A claim that is untestable, a metaphor among
        them, does not.
        """
        named = [claims.find(name) for name in self.claims]
        if self.lesson or self.system or any(claim.is_measured for claim in named):
            return "taken_up"
        return "nobody" if self.none or named else None


def texts() -> tuple[Text, ...]:
    """Return the five texts.

    Examples
    --------
    >>> [text.short for text in texts()][:2]
    ['gauge paper', 'micro-geDIG text']
    """
    return tuple(
        Text(name, **{field: word(f"sources.text.{name}.{field}") for field in fields})
        for name, fields in entries("sources.text").items()
    )


def statements(text: str) -> tuple[Statement, ...]:
    """Return every statement of a text, in the text's order.

    Parameters
    ----------
    text : str
        "gauge", "micro", "dynamics", "field" or "surveying".

    Raises
    ------
    GedigError
        If there is no such text.

    Examples
    --------
    >>> statements("field")[4].claims
    ('03.minimiser',)
    >>> statements("bible")
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: text='bible' is not known; choose one of 'gauge', 'micro', ...
    """
    if text not in (known := entries("sources.text")):
        raise unknown("text", text, known)
    return tuple(_statement(f"{text}.{number}") for number in entries(f"sources.{text}"))


def counts() -> dict[str, Counter[str]]:
    """Return for each text how many statements are taken up, and how many nobody can test.

    Examples
    --------
    >>> counts()["field"].total()
    18
    """
    return {
        text.id: Counter(statement.met or "nothing" for statement in statements(text.id))
        for text in texts()
    }


def count_table() -> Table:
    """Show the counts, one row a text and one for all.

    Examples
    --------
    >>> count_table().rows[-1][0]
    'together'
    """
    found = counts()
    rows = [(text.short, *_numbers(found[text.id])) for text in texts()]
    total = sum(found.values(), Counter[str]())
    return Table(
        word("sources.count.caption"),
        tuple(word(f"sources.count.{name}") for name in ("text", "statements", *MET)),
        (*rows, (word("sources.count.all"), *_numbers(total))),
    )


def _numbers(found: Counter[str]) -> tuple[str, ...]:
    return (str(found.total()), *(str(found[met]) for met in MET))


def _statement(name: str) -> Statement:
    entry = entries(f"sources.{name}")
    spoken = {
        field: word(f"sources.{name}.{field}") if field in entry else ""
        for field in ("says", "place", "section", "none")
    }
    return Statement(
        name,
        **spoken,
        claims=tuple(entry.get("claims", ())),
        lesson=entry.get("lesson", ""),
        system=entry.get("system", ""),
    )
