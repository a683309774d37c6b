"""Where an edge begins, and the sign of ΔF."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.course.cards import Table
from gedig_edu.course.site.results.kept import Cell, Kept
from gedig_edu.course.site.results.part import NO_MASK, RELEASED, Part, says
from gedig_edu.views.plots.estimates import profiles
from gedig_edu.words import word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PRINTED_QUANTILES = (0.5, 0.6, 0.7, 0.8, 0.9)
FIXED = 0.01
KINDS = ("quantile", "fixed")


def under(kind: str, value: float) -> Cell:
    """Return where mean ΔF against random maps under a threshold stands."""
    return Cell("thresholds", "delta", {"kind": kind, "value": value, **NO_MASK, **RELEASED})


def thresholds(kept: Kept) -> Part:
    """Return the part: quantiles of each map's own weights, and one weight for all maps."""
    commands = kept.commands("thresholds")
    if not commands:
        return Part("thresholds", says("thresholds", commands))
    read = [texts for texts in kept.sets() if kept.models(texts, "thresholds")]
    tables = tuple(_table(kept, texts) for texts in read)
    part = Part("thresholds", says("thresholds", commands), folded=tables, commands=commands)
    return part.drawn(_draw(kept))


def _values(kept: Kept, model: str, texts: str, kind: str) -> list[float]:
    table = kept.tables("thresholds", model, texts)["thresholds"]
    return sorted({float(one) for one in table.loc[table["kind"] == kind, "value"]})


def _table(kept: Kept, texts: str) -> Table:
    models = kept.models(texts, "thresholds")
    found = [
        (
            word(f"results.threshold.{kind}", value=value),
            *(
                under(kind, value).read(kept.tables("thresholds", model, texts)).written()
                for model in models
            ),
        )
        for kind in KINDS
        for value in _values(kept, models[0], texts, kind)
    ]
    caption = word("results.thresholds.caption", texts=word(f"results.set.{texts}"))
    return Table(caption, (word("results.column.threshold"), *models), tuple(found))


def _draw(kept: Kept) -> Callable[[], Axes]:
    panels: dict[str, dict[str, np.ndarray]] = {}
    for kind in KINDS:
        for texts in kept.sets():
            title = word(f"results.thresholds.{kind}", texts=word(f"results.set.{texts}"))
            panels[title] = {
                model: np.array([
                    (at, *under(kind, at).read(kept.tables("thresholds", model, texts)))
                    for at in _values(kept, model, texts, kind)
                ])
                for model in kept.models(texts, "thresholds")
            }  # fmt: skip
    logarithmic = [title for title in panels if title not in list(panels)[: len(panels) // 2]]
    titles = word("results.column.threshold"), word("results.axis.delta")
    return lambda: profiles(
        panels, titles=titles, level=0.0, logarithmic=logarithmic, one_scale=False
    )
