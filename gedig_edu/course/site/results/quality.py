"""F of a head beside what the model loses without it."""

from __future__ import annotations

from gedig_edu.course.site.results.kept import Cell, Kept
from gedig_edu.course.site.results.part import RELEASED, Column, Part, grids, says
from gedig_edu.words import word

WAYS = ("zero", "mean")


def rank(way: str, term: str = "F", *, within: bool = False) -> Cell:
    """Return where the rank correlation over heads of a term and the rise of the loss stands."""
    where = {"way": way, "term": term, **RELEASED}
    return Cell("quality", "rho_within" if within else "rho", where)


def quality(kept: Kept) -> Part:
    """Return the part: both ways to remove a head, over all heads and within layers."""
    commands = kept.commands("quality")
    columns = [
        Column(word(f"results.column.{way}_{name}"), "quality", cell)
        for way in WAYS
        for name, cell in (
            ("F", rank(way)),
            ("order", rank(way, "order")),
            ("within", rank(way, within=True)),
        )
    ]
    told = says("quality", commands)
    return Part("quality", told, grids("quality", kept, columns), commands=commands)
