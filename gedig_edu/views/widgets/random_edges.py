"""Random edges one by one: F along a graph that grows by chance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import networkx as nx
import numpy as np

from gedig_edu.theory.shortcuts import growth, missing_edges
from gedig_edu.views.widgets.graph_edit import GraphHero
from gedig_edu.views.widgets.hero import Control, plain
from gedig_edu.views.widgets.traits import Whole

MOST = 172  # missing edges of two chains of ten, the most of all graphs shown
DRAWS = 1000


class RandomEdges(GraphHero):
    """Add random edges one by one, and follow F from the first to the last.

    Parameters
    ----------
    graph : str or networkx.Graph
        As in `ShortcutGraph`.
    **traits
        `count`, edges added, 0 to 172; `draw`, which of 1000 random orders; and those of
        `GraphHero`. There are no candidates unless `walk` is on.

    Examples
    --------
    >>> generator = RandomEdges(count=10)
    >>> round(generator.numbers["F"], 2), generator.numbers["turn"]
    (-0.25, 75)
    """

    script = "random_edges.js"
    state = (*GraphHero.state, "count", "draw")
    controls = (
        Control("count", "whole", 0, MOST, under="growth"),
        Control("draw", "whole", 0, DRAWS - 1, under="growth"),
        *GraphHero.controls,
    )
    readouts = ("F", "path", "lowest", "lowest_at:whole")

    count = Whole(10, min=0, max=MOST).tag(sync=True)
    draw = Whole(0, min=0, max=DRAWS - 1).tag(sync=True)

    def __init__(self, graph: str | nx.Graph = "chain", **traits: Any) -> None:
        super().__init__(graph, **traits)

    @property
    def order(self) -> list[tuple[int, int]]:
        """The missing edges in the order in which they come."""
        return shuffled(missing_edges(self.before), self.draw)

    @property
    def numbers(self) -> dict[str, Any]:
        """F and its terms now, the lowest F, and the number of edges from which on F is above 0."""
        read = growth(self.before, self.order, walk=self.walk, **self.options)
        missing, lowest = len(read.F) - 1, read.F.min()
        added = min(self.count, missing)
        return plain(
            {name: along[added] for name, along in read._asdict().items()}
            | {
                "added": added,
                "missing": missing,
                "lowest": lowest,
                "lowest_at": np.flatnonzero(lowest + 1e-9 >= read.F)[0],
                "turn": read.turn,
                "curve": read.F,
            }
        )

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield the ends of every control, then all graphs and prices with the other weights."""
        yield from super().extremes()
        for lam, gamma in ((0.0, 3.0), (1.0, 0.5)):
            yield "lam", lam
            yield "gamma", gamma
            yield from (("bound", bound) for bound in ("present", "missing", "pairs"))


def shuffled(pairs: list[tuple[int, int]], seed: int) -> list[tuple[int, int]]:
    """Return pairs in a random order that the page can repeat.

    Fisher and Yates' shuffle, driven by 32-bit xorshift (Marsaglia 2003): whole numbers only,
    so that Python and the page agree to the last bit.

    Examples
    --------
    >>> shuffled([(0, 2), (0, 3), (1, 3)], 0)
    [(1, 3), (0, 2), (0, 3)]
    """
    order, state = list(pairs), 2_463_534_242 ^ (seed * 2_654_435_761 & 0xFFFFFFFF)
    for last in range(len(order) - 1, 0, -1):
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        other = state % (last + 1)
        order[last], order[other] = order[other], order[last]
    return order
