"""Figure 2: F by layer, and what depth has to do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.course.cards import Table
from gedig_edu.course.site.results.kept import Cell, Kept
from gedig_edu.course.site.results.part import RELEASED, Column, Part, grids, says
from gedig_edu.lab.experiments.published import FIGURE_2
from gedig_edu.views.plots.estimates import profiles
from gedig_edu.words import word
from gedig_edu.words.numbers import fixed, three

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def depth(start: int) -> Cell:
    """Return where the rank correlation of layer and mean F stands, from layer `start` on."""
    return Cell("depth", "rho", {"of": "F", "from_layer": start, **RELEASED})


def step(name: str) -> Cell:
    """Return where a number on the first step of F stands."""
    return Cell("steps", name, {"of": "F", **RELEASED})


def layers(kept: Kept) -> Part:
    """Return the part: correlations and steps, and every layer's level behind a fold."""
    commands = kept.commands("layers")
    if not commands:
        return Part("layers", says("layers", commands))
    columns = [
        Column(word("results.column.rho"), "layers", depth(0)),
        Column(word("results.column.rho_later"), "layers", depth(1)),
        Column(word("results.column.first_step"), "layers", step("first_step")),
        Column(word("results.column.first_less_later"), "layers", step("first_less_later")),
        Column(word("results.column.order_p"), "layers", step("first_step_p"), three),
        Column(word("results.column.lowest_p"), "layers", step("lowest_p"), three),
    ]
    folded = tuple(_levels(kept, texts) for texts in kept.sets() if kept.models(texts, "layers"))
    told = says("layers", commands)
    part = Part("layers", told, grids("layers", kept, columns), folded, commands=commands)
    return part.drawn(_draw(kept))


def _levels(kept: Kept, texts: str) -> Table:
    """Return F by layer of every model, and of BERT as printed."""
    models = kept.models(texts, "layers")
    of_model = {model: kept.tables("layers", model, texts) for model in models}
    last = max(int(tables["layers"]["layer"].to_numpy().max()) for tables in of_model.values())
    found = [
        (
            str(layer),
            *(
                Cell("layers", "F", {"layer": layer, **RELEASED}).read(tables).written()
                for tables in of_model.values()
            ),
            fixed(FIGURE_2[layer] if layer < len(FIGURE_2) else None),
        )
        for layer in range(last + 1)
    ]
    printed = word("results.table2.printed", model="BERT")
    caption = word("results.levels.caption", texts=word(f"results.set.{texts}"))
    return Table(caption, (word("results.column.layer"), *models, printed), tuple(found))


def _draw(kept: Kept) -> Callable[[], Axes]:
    panels: dict[str, dict[str, np.ndarray]] = {}
    for texts in kept.sets():
        for model in kept.models(texts, "layers"):
            table = kept.tables("layers", model, texts)["layers"]
            own = table.query(f"gauge == {RELEASED['gauge']!r}").sort_values("layer")
            points = own[["layer", "F", "F_low", "F_high"]].to_numpy(dtype=float)
            panels.setdefault(model, {})[word(f"results.set.{texts}")] = points
    bert = word("results.table2.printed", model="BERT")
    panels[bert] = {bert: np.array([[at, F, np.nan, np.nan] for at, F in enumerate(FIGURE_2)])}
    titles = word("results.column.layer"), word("results.axis.F")
    return lambda: profiles(panels, titles=titles)
