"""Two gates on an edit: attention (AG) asks where to look, decision (DG) whether to accept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import networkx as nx
import numpy as np

from gedig_edu.errors import (
    GedigError,
    check_choice,
    check_each,
    check_number,
    check_together,
    check_whole,
)
from gedig_edu.shapes import Brief, Float
from gedig_edu.theory._reach import (
    Edit,
    Reach,
    check_bound,
    edit_cost,
    neighbourhoods,
    reach_gain,
    reaches,
)
from gedig_edu.theory.graphs import (
    PATHS,
    check_graph,
    edit_of,
    entropy_change,
    two_ends,
)

AT_ONCE = 1 << 14  # nodes of the neighbourhoods that are read in one go


class GateReadings(NamedTuple):
    """The gauge at the edit itself and at its best reach.

    Attributes
    ----------
    g0 : float
        F at 0 hops, where no path is read.
    g_min : float
        The smallest F of 1 … max_hops hops.
    """

    g0: float
    g_min: float


def gate_readings(
    before: nx.Graph,
    after: nx.Graph,
    *,
    max_hops: int = 3,
    p_before: Sequence[float] | np.ndarray | None = None,
    p_after: Sequence[float] | np.ndarray | None = None,
    bound: float | None = None,
    lam: float = 1.0,
    gamma: float = 0.5,
    path: str = "fixed_pairs",
) -> GateReadings:
    """Return F of an edit at 0 hops, and its smallest value over 1 … `max_hops` hops.

    The options are those of `gedig_edu.theory.graphs.edit_gauge`. Give `bound` to price an edge
    alike at every reach; by default it is the number of node pairs within reach.

    Raises
    ------
    GedigError
        If `max_hops` is not a whole number of at least 1, or as in `edit_gauge`.

    Examples
    --------
    >>> from gedig_edu.theory.graphs import chain, with_edges
    >>> g0, g_min = gate_readings(chain(4), with_edges(chain(4), [(0, 3)]), bound=6)
    >>> round(g0, 6), round(g_min, 6)
    (0.166667, 0.066667)
    """
    check_choice("path", path, PATHS)
    most = check_whole("max_hops", max_hops, at_least=1)
    lam, gamma = check_number("lam", lam), check_number("gamma", gamma)
    bound = check_bound(bound)
    edit = edit_of(before, after)
    entropy = np.array([entropy_change(p_before, p_after)])
    read = CandidateReadings(*_terms([edit], most, bound, path), entropy, lam, gamma)
    return GateReadings(float(read.g0[0]), float(read.g_min[0]))


@dataclass(frozen=True, eq=False, repr=False)
class CandidateReadings(Brief):
    """What each of many candidate edges would cost and gain, at every reach.

    Attributes
    ----------
    cost, path : float64 array [candidates, max_hops + 1]
        The terms of `gedig_edu.theory.graphs.EditReading` at 0, 1, … max_hops hops.
    entropy : float64 array [candidates]
        The same at every reach.
    lam, gamma : float
        The weights of F = cost − λ(entropy + γ·path).
    """

    cost: Float[np.ndarray, "candidates reaches"]
    path: Float[np.ndarray, "candidates reaches"]
    entropy: Float[np.ndarray, " candidates"]
    lam: float
    gamma: float

    @property
    def F(self) -> Float[np.ndarray, "candidates reaches"]:  # noqa: N802
        """The gauge of each candidate at each reach."""
        return self.cost - self.lam * (self.entropy[:, None] + self.gamma * self.path)

    @property
    def g0(self) -> Float[np.ndarray, " candidates"]:
        """F at 0 hops."""
        return self.F[:, 0]

    @property
    def g_min(self) -> Float[np.ndarray, " candidates"]:
        """The smallest F of 1 … max_hops hops."""
        return self.F[:, 1:].min(axis=1)

    def combine(self, *, lam: float, gamma: float) -> CandidateReadings:
        """Return the same terms under other weights; nothing is read again.

        Raises
        ------
        GedigError
            If a weight is not a finite number.
        """
        return replace(self, lam=check_number("lam", lam), gamma=check_number("gamma", gamma))


def candidate_readings(
    graph: nx.Graph | Sequence[nx.Graph],
    candidates: Iterable[Sequence[Any]],
    *,
    max_hops: int = 3,
    p_before: Sequence[Sequence[float] | np.ndarray] | None = None,
    p_after: Sequence[Sequence[float] | np.ndarray] | None = None,
    bound: float | None = None,
    lam: float = 1.0,
    gamma: float = 0.5,
    path: str = "fixed_pairs",
) -> CandidateReadings:
    """Return the readings of many candidate edges, each added alone to a graph.

    Those of one candidate are those of `gate_readings(graph, with_edges(graph, [candidate]))`. A
    candidate may bring nodes that the graph does not have; one that is there already costs and
    gains nothing.

    Parameters
    ----------
    graph : networkx.Graph, or a sequence of them
        One for all candidates, or one for each.
    candidates : iterable of pairs of nodes
    max_hops, bound, lam, gamma, path
        As in `gate_readings`.
    p_before, p_after : sequences, optional
        One array of probabilities for each candidate; both or neither.

    Raises
    ------
    GedigError
        If a candidate does not join two different nodes, there are not as many graphs or
        probabilities as candidates, or as in `gate_readings`.

    Examples
    --------
    >>> from gedig_edu.theory.graphs import chain
    >>> read = candidate_readings(chain(4), [(0, 3), (3, "new")], bound=6)
    >>> read.g0.round(3).tolist(), read.g_min.round(3).tolist()
    ([0.167, 0.167], [0.067, 0.167])
    """
    check_choice("path", path, PATHS)
    most = check_whole("max_hops", max_hops, at_least=1)
    lam, gamma = check_number("lam", lam), check_number("gamma", gamma)
    bound = check_bound(bound)
    edges = check_each("candidates", candidates, object, "pairs of nodes")
    ends = [two_ends(edge) for edge in edges]
    entropy = _entropies(len(ends), p_before, p_after)
    edits = _additions(graph, ends)
    cost, gain = _terms(edits, most, bound, path)
    return CandidateReadings(cost, gain, entropy, lam, gamma)


def _additions(graph: nx.Graph | Sequence[nx.Graph], ends: Sequence[tuple[Any, Any]]) -> list[Edit]:
    many = graph if isinstance(graph, Sequence) else [graph]
    if isinstance(graph, Sequence):
        _check_count("graph", graph, len(ends))
    for one in many:
        check_graph("graph", one)
    near = [dict(one.adjacency()) for one in many]
    if not isinstance(graph, Sequence):
        near *= len(ends)
    return [
        Edit(there, [] if edge[1] in there.get(edge[0], ()) else [edge])
        for there, edge in zip(near, ends, strict=True)
    ]


def _check_count(name: str, given: Sequence[Any], count: int) -> None:
    if len(given) != count:
        raise GedigError(
            f"{name} has {len(given)} entries for {count} candidates; give one for each."
        )


def _entropies(
    count: int,
    p_before: Sequence[Sequence[float] | np.ndarray] | None,
    p_after: Sequence[Sequence[float] | np.ndarray] | None,
) -> Float[np.ndarray, " candidates"]:
    check_together(p_before=p_before, p_after=p_after)
    if p_before is None or p_after is None:
        return np.zeros(count)
    each = []
    for name, given in (("p_before", p_before), ("p_after", p_after)):
        each.append(check_each(name, given, object, "probabilities for each candidate"))
        _check_count(name, each[-1], count)
    return np.array([entropy_change(p, q) for p, q in zip(*each, strict=True)])


def _terms(
    edits: Sequence[Edit], most: int, bound: float | None, path: str
) -> tuple[Float[np.ndarray, "edits reaches"], Float[np.ndarray, "edits reaches"]]:
    """Return cost and path gain of edits at 0 … `most` hops."""
    cost, gain = np.zeros((2, len(edits), most + 1))
    for read in _batches(list(edits), most):
        for row, hops, edit, reach in read:
            cost[row, hops] = edit_cost(edit, reach, bound)
            gain[row, hops] = reach_gain(reach, path) if hops else 0.0
    return cost, gain


def _batches(edits: list[Edit], most: int) -> Iterator[list[tuple[int, int, Edit, Reach]]]:
    """Yield row, hops, edit and what lies within reach, so many together that none grows large.

    A reach that holds no more than the one before it is not read again.
    """
    batch: list[tuple[int, int, int]] = []
    parts: list[tuple[Edit, list[Any]]] = []
    nodes = 0
    for row, edit in enumerate(edits):
        for hops, near in enumerate(neighbourhoods(edit, most)):
            if not hops or len(near) > len(parts[-1][1]):
                parts.append((edit, near))
                nodes += len(near)
            batch.append((row, hops, len(parts) - 1))
        if nodes > AT_ONCE or row == len(edits) - 1:
            found = reaches(parts)
            yield [(row, hops, parts[at][0], found[at]) for row, hops, at in batch]
            batch, parts, nodes = [], [], 0


def decide(
    g0: float, g_min: float, *, theta_ag: float, theta_dg: float
) -> Literal["accept", "explore", "reject"]:
    """Return "accept" if min(g0, g_min) ≤ θ_DG, else "explore" if g0 > θ_AG, else "reject".

    The paper writes g_min < θ_DG; the released code takes the smaller of both, as here.

    Raises
    ------
    GedigError
        If a reading or a threshold is not a finite number.

    Examples
    --------
    >>> decide(0.2, -0.1, theta_ag=0.1, theta_dg=0.0), decide(0.2, 0.1, theta_ag=0.1, theta_dg=0.0)
    ('accept', 'explore')
    """
    g0, g_min = check_number("g0", g0), check_number("g_min", g_min)
    theta_ag = check_number("theta_ag", theta_ag)
    if min(g0, g_min) <= check_number("theta_dg", theta_dg):
        return "accept"
    return "explore" if g0 > theta_ag else "reject"
