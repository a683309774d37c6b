"""A graph to edit: click two nodes to join them, and read what it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import networkx as nx
import traitlets

from gedig_edu.errors import check_whole
from gedig_edu.theory.graphs import edit_gauge
from gedig_edu.theory.shortcuts import best_shortcut, missing_edges, walk_probabilities
from gedig_edu.views.widgets.graph_edit import GRAPHS, NODES, OWN, GraphHero, pairs_of
from gedig_edu.views.widgets.hero import plain
from gedig_edu.views.widgets.traits import Whole

# Which edge an untouched graph offers to try: neither its best, nor one that a text speaks of.
OFFERS = dict.fromkeys(GRAPHS, (5, 13)) | {"two_parts": (1, 6)}


def _offer_of(graph: nx.Graph) -> dict[str, tuple[int, int]]:
    """Return a graph's first pair of nodes that lie three edges apart, or two where none do."""
    steps = nx.all_pairs_shortest_path_length(nx.convert_node_labels_to_integers(graph), cutoff=3)
    apart = [(far, u, v) for u, row in steps for v, far in row.items() if u < v and far > 1]
    _, u, v = min(apart, key=lambda pair: (-pair[0], *pair[1:]), default=(0, 0, 0))
    return {OWN: (u, v)} if u < v else {}


class ShortcutGraph(GraphHero):
    """Edit a graph by hand, and see cost, entropy, paths and F of the whole edit.

    Parameters
    ----------
    graph : str or networkx.Graph
        "chain", "ring", "grid", "small_world", "two_parts", or a graph of your own.
    **traits
        `edits`, pairs of places whose edge comes or goes; `offers`, by graph, the pair that is
        drawn in dashes to be tried while there is no edit; `walk`, `lam`, `gamma`,
        `efficiency`, `bound` as in `GraphHero`. The walker is on where it is not given.

    Raises
    ------
    GedigError
        If the graph is unknown, directed, a multigraph or of fewer than two nodes, or an edit is
        no pair of its nodes.

    Examples
    --------
    >>> round(ShortcutGraph(edits=[[3, 15]], walk=False).numbers["F"], 4)
    -0.1733
    """

    script = "shortcut_graph.js"
    state = (*GraphHero.state, "edits", "chosen", "found", "offers")
    readouts = ("F", "entropy", "path", "l_before", "l_after")

    edits = traitlets.List().tag(sync=True)
    chosen = Whole(-1, min=-1).tag(sync=True)
    found = traitlets.List().tag(sync=True)
    offers = traitlets.Dict().tag(sync=True)

    def __init__(self, graph: str | nx.Graph = "chain", **traits: Any) -> None:
        offers = _offer_of(graph) if isinstance(graph, nx.Graph) else OFFERS
        super().__init__(graph, **{"walk": True, "offers": offers} | traits)

    @traitlets.validate("edits")
    def _check_edits(self, proposal: Any) -> list[list[int]]:
        return pairs_of("edits", proposal["value"], len(self.names))

    @traitlets.validate("offers")
    def _check_offers(self, proposal: Any) -> dict[str, list[int]]:
        return {
            name: pairs_of("offers", [pair], len(self.names))[0]
            for name, pair in proposal["value"].items()
        }

    @traitlets.validate("chosen")
    def _check_chosen(self, proposal: Any) -> int:
        return check_whole("chosen", proposal["value"], at_least=-1, at_most=len(self.names) - 1)

    @traitlets.validate("found")
    def _check_found(self, proposal: Any) -> list[int]:
        *pair, tried = proposal["value"] or (0, 1, 1)
        pairs_of("found", [pair], len(self.names))
        check_whole("edges tried", tried, at_least=1)
        return proposal["value"]

    @property
    def after(self) -> nx.Graph:
        """The graph after the edits: each takes its edge away, or adds it where it is missing."""
        graph = self.before
        for edit in self.edits:
            (graph.remove_edge if graph.has_edge(*edit) else graph.add_edge)(*edit)
        return graph

    @property
    def numbers(self) -> dict[str, Any]:
        """The gauge of the whole edit, and how many edges came and went."""
        before, after = self.before, self.after
        p = [walk_probabilities(graph) for graph in (before, after)] if self.walk else [None] * 2
        reading = edit_gauge(before, after, p_before=p[0], p_after=p[1], **self.options)
        added = sum(not before.has_edge(*edge) for edge in after.edges)
        removed = sum(not after.has_edge(*edge) for edge in before.edges)
        return plain({**reading._asdict(), "added": added, "removed": removed})

    def search(self) -> None:
        """Add the best missing edge, as the button of the page does."""
        after = self.after
        best = best_shortcut(after, before=self.before, walk=self.walk, **self.options)
        edge = sorted(best.edge)
        kept = [edit for edit in self.edits if edit != edge]
        self.found = [*edge, len(missing_edges(after))]
        self.edits = kept if len(kept) < len(self.edits) else [*self.edits, edge]

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield no edit, every pair, and a whole chain taken away, with all other extremes."""
        every = [list(pair) for pair in combinations(range(NODES), 2)]
        chain_gone = [[at, at + 1] for at in range(NODES - 1)]
        for edits in ([], every, chain_gone, [[0, NODES - 1]]):
            yield "edits", edits
            yield from super().extremes()
