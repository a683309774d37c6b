"""The ledger as a list of badges that can be filtered, from what was found about each claim."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from gedig_edu.course.badges import Evidence, badge_of, source_in_words, verdict_in_words
from gedig_edu.course.cards import Table
from gedig_edu.course.catalogue import is_written
from gedig_edu.course.evidence import Verdict
from gedig_edu.views.widgets.ledger import Ledger
from gedig_edu.words import entries, word

FACETS: dict[str, Callable[[Evidence], str]] = {
    "lesson": lambda one: one.claim.id.split(".")[0],
    "kind": lambda one: one.claim.kind,
    "verdict": lambda one: one.verdict.value,
    "source": lambda one: one.claim.source,
}
NAMED: dict[str, Callable[[str], str]] = {
    "lesson": lambda number: word(f"claims.ledger.{_lesson(number)}", number=number),
    "kind": lambda kind: word(f"claims.kind.{kind}"),
    "verdict": lambda verdict: verdict_in_words(Verdict(verdict)),
    "source": source_in_words,
}


def ledger_of(
    found: Sequence[Evidence], told: Table, lesson: str, pages: Mapping[str, str]
) -> Ledger:
    """Return the badges of what was found, with a filter for each of `FACETS`.

    Parameters
    ----------
    found : sequence of Evidence
    told : Table
        The same in words.
    lesson : str
        The lesson that is chosen at first, or "" for all.
    pages : mapping of str to str
        Address of the page of each lesson, by its number.
    """
    facets = [{name: of(one) for name, of in FACETS.items()} for one in found]
    rows = [
        {"html": badge_of(one).row(pages.get(facet["lesson"], "")), **facet}
        for one, facet in zip(found, facets, strict=True)
    ]
    filters = [_filter(name, (row[name] for row in rows)) for name in FACETS]
    return Ledger(rows, filters, told=told, chosen={"lesson": lesson})


def _lesson(number: str) -> str:
    return "one_lesson" if is_written(number) else "unwritten"


def _filter(name: str, present: Iterable[str]) -> dict[str, Any]:
    """Return a filter whose choices are those that some claim has, in the table's order."""
    ids = set(present)
    order = {"lesson": sorted(ids), "source": [*entries("sources.text"), "ours"]}
    known = order.get(name) or list(entries(f"claims.{name}"))
    choices = [{"id": one, "text": NAMED[name](one)} for one in known if one in ids]
    return {"name": name, "label": word(f"claims.ledger.{name}"), "choices": choices}
