"""F by layer: a step comes and goes with the texts, the formula, and whether layer 0 counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Numbers, Place

PROFILES = 8
EXAMPLE = (0.0, 1.0, 0.8, 0.9)  # levels of four made-up layers, in steps
WAYS = {(False, False): None, (True, False): 0, (False, True): 1, (True, True): 2}
"""Which interval belongs to texts and heads, drawn anew or not."""


class DepthStep(Hero):
    """Drag the break to where F steps up, and hold it against the same levels in other orders.

    The traits `levels`, `ends`, `ranks` and `chances` (what was read), `cut`, after how many layers
    the break stands (0 for none), and the switches are the only state.

    Parameters
    ----------
    depths : sequence of 8 tuples, optional
        Levels, intervals, rank correlations and chances, as ``gedig_edu.lab.depth.depths`` gives
        them for two sets of texts; made up where not given.
    cut : int
        After how many layers the break stands at first.
    **switches : bool
        Switches that are on from the start.

    Raises
    ------
    GedigError
        If there are not 8, or the break is beyond the layers.

    Examples
    --------
    >>> DepthStep(cut=1).numbers["named"]
    0.25
    """

    script = "depth_step.js"
    state = ("levels", "ends", "ranks", "chances", "cut", "paper", "long", "untrained", "later",
             "by_text", "by_head")  # fmt: skip
    given = ("levels", "ends", "ranks", "chances")
    controls = (
        Control("cut", "whole", 0, len(EXAMPLE) - 1, under="layers"),
        *(
            Control(name, "toggle", under="layers")
            for name in ("later", "long", "paper", "untrained", "by_text", "by_head")
        ),
    )
    readouts = ("rank:fixed", "low:fixed", "high:fixed", "rise:fixed", "named", "searched")

    levels = Numbers(PROFILES, None, least=3).tag(sync=True)
    ends = Numbers(PROFILES, 3, None, 2, least=2).tag(sync=True)
    ranks = Numbers(PROFILES, 2, 7, least=2).tag(sync=True)
    chances = Numbers(PROFILES, 2, 2, None, least=2).tag(sync=True)
    cut = Place("levels", axis=1, kind="break").tag(sync=True)
    paper = traitlets.Bool(False).tag(sync=True)
    long = traitlets.Bool(False).tag(sync=True)
    untrained = traitlets.Bool(False).tag(sync=True)
    later = traitlets.Bool(False).tag(sync=True)
    by_text = traitlets.Bool(True).tag(sync=True)
    by_head = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self, depths: Sequence[Sequence[Any]] | None = None, *, cut: int = 1, **switches: bool
    ) -> None:
        depths = _example() if depths is None else depths
        if len(depths) != PROFILES:
            raise GedigError(f"{len(depths)} profiles were given; give {PROFILES}.")
        levels, ends, ranks, chances = (np.array(part) for part in zip(*depths, strict=True))
        given = {"levels": levels, "ends": ends, "ranks": ranks, "chances": chances}
        super().__init__(**given, cut=cut, **switches)

    @property
    def numbers(self) -> dict[str, Any]:
        """The levels now, their rank correlation with depth, and what the break is worth."""
        at = 4 * self.paper + 2 * self.long + self.untrained
        start, way = int(self.later), WAYS[self.by_text, self.by_head]
        ranks, levels = self.ranks[at][start], np.array(self.levels[at])
        stands = self.cut > start
        named, searched = (row[self.cut] if stands else None for row in self.chances[at][start])
        before, after = levels[start : self.cut], levels[self.cut :]
        return plain(
            {
                "rank": ranks[0],
                "low": None if way is None else ranks[1 + 2 * way],
                "high": None if way is None else ranks[2 + 2 * way],
                "before": before.mean() if stands else None,
                "after": after.mean() if stands else None,
                "rise": after.mean() - before.mean() if stands else None,
                "named": named,
                "searched": searched,
                "layers": len(levels),
                "shown": levels,
                "message": "sentence" if stands else "sentence_plain",
            }
        )


def _example() -> list[tuple[Any, ...]]:
    """Return made-up profiles of four layers: a step after layer 0, or none without training."""
    found = []
    for place in range(PROFILES):
        step = 0.01 if place % 2 else 0.1
        lowest = -0.55 if place // 2 % 2 else -0.5
        levels = (step * np.array(EXAMPLE) + lowest) * (1 + place // 4)
        ends = levels[:, None] + np.array([0.005, 0.02, 0.022])[:, None, None] * [-1, 1]
        ranks = np.array([[0.4, 0.2, 0.8, -0.2, 1.0, -0.2, 1.0], [-0.5, -1, 0.5, -1, 1, -1, 1]])
        chances = np.array(
            [[[1, 0.25, 0.5, 0.75], [1, 0.25, 0.75, 1]], [[1, 1, 1, 0.7], [1, 1, 1, 1]]]
        )
        found.append((levels, ends, ranks, chances))
    return found
