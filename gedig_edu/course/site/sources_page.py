"""The page of sources: the five texts, and every statement with what meets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from gedig_edu.course import sources
from gedig_edu.course.sources import Statement, Text
from gedig_edu.words import word


@dataclass(frozen=True)
class Place:
    """Something that meets a statement, with the page that shows it.

    Attributes
    ----------
    text : str
        Its name.
    address : str
        A page of the site, or "" where the site has none for it.
    """

    text: str
    address: str = ""


@dataclass(frozen=True)
class Row:
    """A statement with what meets it, as the page shows it.

    Attributes
    ----------
    statement : Statement
    met : tuple of (str, tuple of Place)
        What kind of thing, in words, and which.
    """

    statement: Statement
    met: tuple[tuple[str, tuple[Place, ...]], ...]


def cited(text: Text) -> Markup:
    """Return the full citation of a text as HTML.

    Examples
    --------
    >>> cited(sources.texts()[1])[:36]
    Markup('A note of the InsightSpike project. ')
    """
    title = Markup('<cite lang="mul">{}</cite>').format(text.title)
    parts = {"author": text.author.strip("."), "where": text.where.strip(".")}
    parts |= {"english": text.english, "published": text.published}
    return escape(word("sources.page.cited")).format(title=title, **parts)


def rows(text: Text, pages: dict[str, str], anchors: dict[tuple[str, str], str]) -> list[Row]:
    """Return the statements of a text with what meets each.

    Parameters
    ----------
    text : Text
    pages : dict of str to str
        Page of each lesson of the site, by number.
    anchors : dict of (str, str) to str
        Anchor of each heading, by number of the lesson and words of the heading.

    Examples
    --------
    >>> row = rows(sources.texts()[3], {"03": "03.html"}, {})[4]
    >>> row.met
    (('Claims', (Place(text='03.minimiser', address='03.html'),)),)
    """
    return [
        Row(one, tuple(met for met in _met(one, pages, anchors) if met[1]))
        for one in sources.statements(text.id)
    ]


def _met(
    one: Statement, pages: dict[str, str], anchors: dict[tuple[str, str], str]
) -> Sequence[tuple[str, tuple[Place, ...]]]:
    """Return each kind of thing that can meet a statement, with those that do."""
    page, anchor = pages.get(one.lesson, ""), anchors.get((one.lesson, one.section), "")
    claims = tuple(Place(name, pages.get(name[:2], "")) for name in one.claims)
    shown = Place(f"{one.lesson} · {one.section}", f"{page}#{anchor}" if anchor else page)
    return (
        (word("sources.page.claims"), claims),
        (word("sources.page.lesson"), (shown,) if one.lesson else ()),
        (word("sources.page.system"), (Place(f"`{one.system}`"),) if one.system else ()),
        (word("sources.page.none"), (Place(one.none),) if one.none else ()),
    )
