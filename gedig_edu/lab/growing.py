"""A graph that grows by two gates as statements arrive, and the history of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import networkx as nx
import numpy as np

from gedig_edu.errors import check_choice, check_each, check_kind, check_number, check_whole
from gedig_edu.lab.worlds import Statement, World
from gedig_edu.shapes import Float
from gedig_edu.theory.gates import CandidateReadings, candidate_readings, decide
from gedig_edu.theory.graphs import PATHS

WORLD = "a World, as generate(seed) returns"
STATEMENT = "a Statement, such as one of a world's"
ENTROPIES = ("choice", "links", "none")


@dataclass(frozen=True, kw_only=True)
class Gates:
    """How a growing graph decides about an edge.

    Attributes
    ----------
    theta_ag, theta_dg : float
        Thresholds of the attention gate and of the decision gate.
    lam, gamma, max_hops, bound, path
        As in `gedig_edu.theory.gates.gate_readings`.
    entropy : {"choice", "links", "none"}
        Whose probabilities change when the edge is accepted. "choice": the candidates that a
        statement could have meant; before, they are as probable as it says, after, the one it
        names is certain. "links": what the thing is joined to, itself with weight 1 and each
        neighbour with the likeness of its edge; after, the new one is among them. "none": no
        probabilities. Neither reading is the paper's, which names none.
    """

    theta_ag: float = 0.8
    theta_dg: float = 0.0
    lam: float = 1.0
    gamma: float = 0.5
    max_hops: int = 3
    bound: float | None = None
    path: str = "fixed_pairs"
    entropy: str = "choice"

    def __post_init__(self) -> None:
        for name in ("theta_ag", "theta_dg", "lam", "gamma"):
            check_number(name, getattr(self, name))
        hops = check_whole("max_hops", self.max_hops, at_least=1)
        object.__setattr__(self, "max_hops", hops)
        if self.bound is not None:
            check_number("bound", self.bound, above=0)
        check_choice("path", self.path, PATHS)
        check_choice("entropy", self.entropy, ENTROPIES)

    def read(self, graphs: Sequence[nx.Graph], statement: Statement) -> CandidateReadings:
        """Return what the edge of a statement would cost and gain in each of some graphs.

        Parameters
        ----------
        graphs : sequence of networkx.Graph
            Their edges carry a `likeness`, as those of `World.graph` do.
        statement : Statement

        Raises
        ------
        GedigError
            If one is no simple undirected graph, or `statement` is none.
        """
        graphs = check_each("graphs", graphs, nx.Graph, "graphs of networkx")
        p = [probabilities(graph, statement, self.entropy) for graph in graphs]
        return candidate_readings(
            graphs,
            [(statement.thing, statement.other)] * len(graphs),
            max_hops=self.max_hops,
            p_before=[before for before, _ in p],
            p_after=[after for _, after in p],
            bound=self.bound,
            lam=self.lam,
            gamma=self.gamma,
            path=self.path,
        )


def probabilities(
    graph: nx.Graph, statement: Statement, entropy: str
) -> tuple[Float[np.ndarray, " before"], Float[np.ndarray, " after"]]:
    """Return the candidates' probabilities before and after a statement is accepted.

    Parameters
    ----------
    graph : networkx.Graph
        Its edges carry a `likeness`.
    statement : Statement
    entropy : {"choice", "links", "none"}
        As in `Gates`.

    Raises
    ------
    GedigError
        If `entropy` is not one of them, the graph is none or has an edge without a likeness, or
        `statement` is none.

    Examples
    --------
    >>> said = Statement("a", "b", 1.0, (), True)
    >>> [p.tolist() for p in probabilities(nx.Graph(), said, "links")]
    [[1.0], [0.5, 0.5]]
    """
    check_choice("entropy", entropy, ENTROPIES)
    check_kind("graph", graph, nx.Graph, "an undirected graph of networkx")
    check_kind("statement", statement, Statement, STATEMENT)
    if entropy == "choice":
        before = statement.probabilities
        return before, np.eye(len(before))[0]
    if entropy == "none":
        return np.ones(1), np.ones(1)
    near = graph.adj[statement.thing] if statement.thing in graph else {}
    beside = [near[node].get("likeness") for node in near if node != statement.other]
    held = [1.0, *(check_number("likeness", one, at_least=0) for one in beside)]
    after = np.array([*held, statement.likeness])
    return np.array(held) / sum(held), after / after.sum()


@dataclass(frozen=True)
class Step:
    """One statement, what the gates read of it in the graph as it then was, and the outcome.

    Attributes
    ----------
    statement : Statement
    cost, path : tuple of float
        Terms at 0, 1, … max_hops hops.
    entropy : float
        The same at every reach.
    g0, g_min : float
        F at 0 hops, and its smallest value over 1 … max_hops hops.
    outcome : "accept", "explore" or "reject"
    brings : tuple of str
        Things that came into the graph with it; none where it was not accepted.
    nodes, edges : int
        Of the graph after the step.
    """

    statement: Statement
    cost: tuple[float, ...]
    path: tuple[float, ...]
    entropy: float
    g0: float
    g_min: float
    outcome: Literal["accept", "explore", "reject"]
    brings: tuple[str, ...]
    nodes: int
    edges: int


@dataclass(frozen=True)
class History:
    """How a graph grew: one step for each statement; it can be looked at after any of them.

    Attributes
    ----------
    world : World
    gates : Gates
    steps : tuple of Step
    """

    world: World
    gates: Gates
    steps: tuple[Step, ...]

    @property
    def accepted(self) -> np.ndarray:
        """Which statements were accepted, bool [statements]."""
        return np.array([step.outcome == "accept" for step in self.steps], dtype=bool)

    @property
    def precision(self) -> float:
        """Share of the accepted that is right; NaN where none was accepted."""
        return _share(self.world.right & self.accepted, self.accepted)

    @property
    def recall(self) -> float:
        """Share of the right that was accepted; NaN where none is right."""
        return _share(self.world.right & self.accepted, self.world.right)

    def graph(self, steps: int | None = None) -> nx.Graph:
        """Return the graph after the first `steps` statements, all where not given.

        Raises
        ------
        GedigError
            If `steps` is not a whole number from 0 to the number of statements.
        """
        most = len(self.steps)
        count = most if steps is None else check_whole("steps", steps, at_least=0, at_most=most)
        graph = self.world.graph()
        for step in self.steps[:count]:
            if step.outcome == "accept":
                accept(graph, step.statement)
        return graph


def grow(world: World, gates: Gates) -> History:
    """Let the statements of a world arrive one by one, and add the edges that the gates accept.

    A thing enters the graph with its first accepted edge. What is to be explored stays out of
    the graph, as what is rejected does.

    Raises
    ------
    GedigError
        If the world is none, or the gates are.

    Examples
    --------
    >>> from gedig_edu.lab.worlds import generate
    >>> history = grow(generate(2, things=14), Gates(theta_dg=0.4))
    >>> len(history.steps), len(history.graph(0)), len(history.graph())
    (42, 4, 16)
    """
    check_kind("world", world, World, WORLD)
    check_kind("gates", gates, Gates, "Gates(…)")
    graph, steps = world.graph(), []
    for statement in world.statements:
        read = gates.read([graph], statement)
        g0, g_min = float(read.g0[0]), float(read.g_min[0])
        outcome = decide(g0, g_min, theta_ag=gates.theta_ag, theta_dg=gates.theta_dg)
        ends = (statement.thing, statement.other)
        brings = tuple(thing for thing in ends if thing not in graph and outcome == "accept")
        if outcome == "accept":
            accept(graph, statement)
        cost, path = (tuple(map(float, of[0])) for of in (read.cost, read.path))
        steps.append(
            Step(
                statement, cost, path, float(read.entropy[0]), g0, g_min, outcome, brings,
                len(graph), len(graph.edges),
            )
        )  # fmt: skip
    return History(world, gates, tuple(steps))


def accept(graph: nx.Graph, statement: Statement) -> None:
    """Add the edge of a statement to a graph, with its likeness, and the things that it needs.

    Raises
    ------
    GedigError
        If the graph or the statement is none.
    """
    check_kind("graph", graph, nx.Graph, "an undirected graph of networkx")
    check_kind("statement", statement, Statement, STATEMENT)
    graph.add_edge(statement.thing, statement.other, likeness=statement.likeness)


def _share(some: np.ndarray, of: np.ndarray) -> float:
    return float(some.sum() / of.sum()) if of.any() else float("nan")
