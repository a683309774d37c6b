"""Table 2: mean ΔF against baselines and nulls, beside what was printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gedig_edu.course.cards import Table
from gedig_edu.course.site.results.kept import Cell, Kept
from gedig_edu.course.site.results.part import (
    MASK,
    NO_MASK,
    PAPER,
    RELEASED,
    Column,
    Part,
    grid,
    grids,
    rows,
    says,
)
from gedig_edu.lab.experiments.published import EFFECT_SIZE, SHARE_POSITIVE, TABLE_2
from gedig_edu.views.plots.estimates import estimates
from gedig_edu.words import word
from gedig_edu.words.numbers import fixed, three

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BASELINES = ("random", "uniform", "local", "diagonal")
NULLS = ("entropy_matched", "row_shuffled")
PLACEBO = {"path_term": "above_placebo", **RELEASED}
SCRIPT = {"against": "random", **NO_MASK, **RELEASED}


class Printed(NamedTuple):
    """A model of Table 2, and how it would be measured here.

    Attributes
    ----------
    name : str
        As the paper writes it.
    key : str
        As `lab.experiments.published` names it.
    model : str
        What ``gedig-edu experiment --model`` takes.
    texts : int
        How many the paper read.
    """

    name: str
    key: str
    model: str
    texts: int

    @property
    def command(self) -> str:
        """What measures it, where the hub answers."""
        out = f"table2-{self.model.rpartition('/')[2].lower()}"
        return (
            f"gedig-edu experiment table2 --model {self.model} --texts wikitext --only short "
            f"--limit {self.texts} --out {out}"
        )

    @property
    def shown(self) -> str:
        """How the page names what was printed of it."""
        return word("results.table2.printed", model=self.name)


PRINTED = (
    Printed("BERT", "bert", "bert", 200),
    Printed("GPT-2", "gpt2", "gpt2", 200),
    Printed("Llama 3.0", "llama_3", "meta-llama/Meta-Llama-3-8B", 63),
    Printed("Llama 3.1", "llama_3", "meta-llama/Llama-3.1-8B", 63),
    Printed("Phi-3", "phi_3", "phi3", 63),
)


def against(name: str, mask: dict[str, str], gauge: dict[str, str] = RELEASED) -> Cell:
    """Return where mean ΔF against a baseline stands."""
    return Cell("table2", "delta", {"against": name, **mask, **gauge})


def beyond_degrees() -> Cell:
    """Return where stands what paths hold beyond degrees, less what a placebo shows."""
    return Cell("degrees", "delta", PLACEBO)


def table2(kept: Kept) -> Part:
    """Return the part: as the paper compared, with the model's own mask, and by the text."""
    commands = kept.commands("table2")
    if not commands:
        return Part("table2", says("table2", commands), (_with_printed(()),))
    compared = [
        *_columns(BASELINES, NO_MASK),
        Column(
            word("results.column.share"), "table2", Cell("table2", "share_positive", SCRIPT), three
        ),
        Column(word("results.column.d"), "table2", Cell("table2", "d", SCRIPT)),
    ]
    masked, text = _columns(BASELINES, MASK), _columns(BASELINES, NO_MASK, PAPER)
    nulls = _columns(NULLS, MASK)
    nulls.append(Column(word("results.column.degrees"), "table2", beyond_degrees()))
    tables: list[Table] = []
    for texts in kept.sets():
        found = rows(kept, texts, compared)
        short = texts == "short"
        tables.append(_with_printed(found) if short else grid("table2", texts, compared, found))
        tables.append(grid("masked", texts, masked, rows(kept, texts, masked)))
        tables.append(grid("nulls", texts, nulls, rows(kept, texts, nulls)))
    folded = grids("formula", kept, text)
    part = Part("table2", says("table2", commands), tuple(tables), folded, commands=commands)
    return part.drawn(_draw(kept))


def _columns(
    names: Sequence[str], mask: dict[str, str], gauge: dict[str, str] = RELEASED
) -> list[Column]:
    return [
        Column(word(f"results.against.{name}"), "table2", against(name, mask, gauge))
        for name in names
    ]


def _with_printed(found: Sequence[tuple[str, ...]]) -> Table:
    """Return Table 2 as printed, and below it what was measured on the same kind of texts."""
    printed = [
        (
            one.shown,
            *(fixed(TABLE_2[one.key].get(name)) for name in BASELINES),
            three(SHARE_POSITIVE.get(one.key)),
            three(EFFECT_SIZE.get(one.key)),
        )
        for one in PRINTED
    ]
    headings = (
        "column.model",
        *(f"against.{name}" for name in BASELINES),
        "column.share",
        "column.d",
    )
    caption = word("results.table2.caption", texts=word("results.set.short"))
    return Table(caption, tuple(word(f"results.{one}") for one in headings), (*printed, *found))


def _draw(kept: Kept) -> Callable[[], Axes]:
    panels = {
        word(f"results.set.{texts}"): {
            model: np.array([
                against(name, NO_MASK).read(kept.tables("table2", model, texts))
                for name in BASELINES
            ])
            for model in kept.models(texts, "table2")
        }
        for texts in kept.sets()
    }  # fmt: skip
    printed = {
        word("results.table2.printed", model=name): np.array(
            [TABLE_2[key][one] for one in BASELINES]
        )
        for name, key in (("Llama 3", "llama_3"), ("Phi-3", "phi_3"))
    }
    short = {word("results.set.short"): printed}  # the paper read no other
    names = [word(f"results.against.{name}") for name in BASELINES]
    return lambda: estimates(panels, rows=names, printed=short, title=word("results.axis.delta"))
