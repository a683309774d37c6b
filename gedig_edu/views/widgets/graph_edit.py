"""What the widgets about graphs share: the graphs, the weights of F, the price of an edge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import comb
from typing import Any, ClassVar

import networkx as nx
import traitlets

from gedig_edu.errors import GedigError
from gedig_edu.theory.graphs import chain, grid, ring
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.hero import Control, Hero
from gedig_edu.views.widgets.traits import Finite, Kept

NODES = 20
BOUNDS = ("pairs", "missing", "present")
GRAPHS = ("chain", "ring", "grid", "small_world", "two_parts")
OWN = "yours"


def lesson_graphs() -> dict[str, nx.Graph]:
    """Return the graphs to choose from, each on the nodes 0 to 19.

    The small world is a ring with each node joined to its four nearest and a tenth of the
    edges moved at random (Watts and Strogatz 1998); two parts are two chains of ten.

    Examples
    --------
    >>> {name: len(graph.edges) for name, graph in lesson_graphs().items()}
    {'chain': 19, 'ring': 20, 'grid': 31, 'small_world': 40, 'two_parts': 18}
    """
    half = chain(NODES // 2)
    graphs = (
        chain(NODES),
        ring(NODES),
        nx.convert_node_labels_to_integers(grid(4, 5)),
        nx.watts_strogatz_graph(NODES, 4, 0.1, seed=3),
        nx.disjoint_union(half, half),
    )
    return dict(zip(GRAPHS, graphs, strict=True))


def pairs_of(name: str, pairs: Any, nodes: int) -> list[list[int]]:
    """Return pairs of places of nodes, the lower place first.

    Raises
    ------
    GedigError
        If one is no pair of two different places.

    Examples
    --------
    >>> pairs_of("edits", [(3, 0)], 4)
    [[0, 3]]
    """
    places = range(nodes)
    if not isinstance(pairs, Sequence):
        raise GedigError(f"{name}={pairs!r} is no list; give pairs of different nodes.")
    for pair in pairs:
        two = isinstance(pair, Sequence) and len(pair) == 2 and pair[0] != pair[1]
        if not two or not all(end in places for end in pair):
            raise GedigError(
                f"{name} hold {pair!r}; give pairs of different nodes from 0 to {places[-1]}."
            )
    return [sorted(pair) for pair in pairs]


class GraphHero(Hero):
    """A widget about edits of a graph; its traits are those of the edit and of F's weights.

    Attributes
    ----------
    graphs : dict of name to list of pairs
        Edges between places of nodes, each pair kept once; `graph` is the name of the one that
        is shown.
    names : list of str
        What the nodes are called.
    lam, gamma : float
        λ and γ of F, 0 to 3.
    efficiency : bool
        Read the path term as global efficiency instead of over fixed pairs.
    walk : bool
        Take the nodes for candidates, as likely as a random walker stands on them.
    bound : {"pairs", "missing", "present"}
        How many edges cost 1: all pairs of nodes, those without an edge, those with one.
    """

    _css = styles("kit/frame.css", "graph_edit.css")
    state: ClassVar[tuple[str, ...]] = (
        "graphs", "names", "graph", "lam", "gamma", "efficiency", "walk", "bound",
    )  # fmt: skip
    controls = (
        Control("lam", "slider", 0, 3, 0.05),
        Control("gamma", "slider", 0, 3, 0.05),
        Control("efficiency", "toggle"),
        Control("walk", "toggle"),
    )

    graphs = traitlets.Dict().tag(sync=True)
    names = Kept(traitlets.Unicode()).tag(sync=True)
    graph = traitlets.Unicode("chain").tag(sync=True)
    lam = Finite(1.0, min=0.0, max=3.0).tag(sync=True)
    gamma = Finite(0.5, min=0.0, max=3.0).tag(sync=True)
    efficiency = traitlets.Bool(False).tag(sync=True)
    walk = traitlets.Bool(False).tag(sync=True)
    bound = traitlets.Enum(BOUNDS, default_value="pairs").tag(sync=True)

    def __init__(self, graph: str | nx.Graph = "chain", **traits: Any) -> None:
        own = isinstance(graph, nx.Graph)
        graphs: Mapping[str, nx.Graph] = {OWN: graph} if own else lesson_graphs()
        name = OWN if own else graph
        if name not in graphs:
            raise GedigError(f"graph={graph!r} is unknown; give one of {', '.join(graphs)}.")
        first = next(iter(graphs.values()))
        if first.is_directed() or first.is_multigraph():
            raise GedigError(
                f"A {type(first).__name__} was given, and F reads plain undirected graphs; "
                "give nx.Graph(graph), in which each pair of nodes has at most one edge."
            )
        place = {node: at for at, node in enumerate(first)}
        if len(place) < 2:
            raise GedigError("A graph of fewer than two nodes has no edge to try; give a larger.")
        edges = {
            name: [sorted((place[u], place[v])) for u, v in one.edges]
            for name, one in graphs.items()
        }
        names = [str(node) for node in first]
        super().__init__(**{"graphs": edges, "names": names, "graph": name} | traits)
        if len(self.names) != len(first):
            raise GedigError(
                f"names has {len(self.names)} entries for {len(first)} nodes; give one for each."
            )

    @traitlets.validate("graphs")
    def _check_graphs(self, proposal: Any) -> dict[str, list[list[int]]]:
        graphs = proposal["value"]
        if self.graph not in graphs:
            raise GedigError(f"graphs lack {self.graph!r}, which is shown; give it as well.")
        pairs = {name: pairs_of(name, edges, len(self.names)) for name, edges in graphs.items()}
        return {name: [*map(list, dict.fromkeys(map(tuple, one)))] for name, one in pairs.items()}

    @traitlets.validate("graph")
    def _check_graph(self, proposal: Any) -> str:
        if self.graphs and proposal["value"] not in self.graphs:
            known = ", ".join(self.graphs)
            raise GedigError(f"graph={proposal['value']!r} is unknown; give one of {known}.")
        return proposal["value"]

    @property
    def before(self) -> nx.Graph:
        """The graph that is edited, on the places of its nodes."""
        graph = nx.empty_graph(len(self.names))
        graph.add_edges_from(self.graphs[self.graph])
        return graph

    @property
    def options(self) -> dict[str, Any]:
        """What `gedig_edu.theory.graphs.edit_gauge` is told."""
        pairs, present = comb(len(self.names), 2), len(self.graphs[self.graph])
        bounds = {"pairs": pairs, "missing": pairs - present, "present": present}
        return {
            "bound": bounds[self.bound] or 1,
            "lam": self.lam,
            "gamma": self.gamma,
            "path": "global_efficiency" if self.efficiency else "fixed_pairs",
        }

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield each control's ends, then each price and each graph at both path readings."""
        yield from super().extremes()
        yield from (("bound", bound) for bound in BOUNDS)
        for graph in GRAPHS:
            yield "graph", graph
            for efficiency in (False, True):
                yield "efficiency", efficiency
