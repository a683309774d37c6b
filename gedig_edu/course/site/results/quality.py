"""F of a head beside what the model loses without it."""

from __future__ import annotations

from gedig_edu.course.cards import Table
from gedig_edu.course.site.results.kept import Cell, Kept
from gedig_edu.course.site.results.part import RELEASED, Part, says
from gedig_edu.words import word

WAYS = ("zero", "mean")


def rank(way: str, term: str = "F", *, within: bool = False) -> Cell:
    """Return where the rank correlation over heads of a term and the rise of the loss stands."""
    where = {"way": way, "term": term, **RELEASED}
    return Cell("quality", "rho_within" if within else "rho", where)


def quality(kept: Kept) -> Part:
    """Return the part: both ways to remove a head, over all heads and within layers."""
    commands = kept.commands("quality")
    read = [texts for texts in kept.sets() if kept.models(texts, "quality")]
    tables = tuple(_table(kept, texts) for texts in read)
    return Part("quality", says("quality", commands), tables, commands=commands)


def _table(kept: Kept, texts: str) -> Table:
    """Return a row for each model and way."""
    found = [
        (
            model,
            word(f"results.removed.{way}"),
            *(
                cell.read(kept.tables("quality", model, texts)).written()
                for cell in (rank(way), rank(way, within=True), rank(way, "order"))
            ),
        )
        for model in kept.models(texts, "quality")
        for way in WAYS
    ]
    names = ("model", "removed", "rank_F", "rank_within", "rank_order")
    caption = word("results.quality.caption", texts=word(f"results.set.{texts}"))
    return Table(caption, tuple(word(f"results.column.{one}") for one in names), tuple(found))
