"""How the claims of lesson 09 are measured: when a growing graph should accept an edge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import networkx as nx
import numpy as np

from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Reading
from gedig_edu.lab.acceptance import curve
from gedig_edu.lab.gates_comparison import CHANCE, TEST, Tuned, by_way, read_tuned, read_worlds
from gedig_edu.lab.gates_curves import read_curves, right_at
from gedig_edu.lab.growing import Gates, accept, grow
from gedig_edu.lab.layer_gates import layer_gates
from gedig_edu.lab.retrieval import decide_on_facts
from gedig_edu.lab.shortcuts import edge_bits, route_bits
from gedig_edu.lab.worlds import Statement, World, generate
from gedig_edu.shapes import Float
from gedig_edu.theory.graphs import PATHS, with_edges

GATES = {"fixed_pairs": "fixed_pairs", "efficiency": "global_efficiency"}  # readings of paths
RIVALS = {
    "likeness": "likeness",
    "lessened": "likeness_lessened",
    "mixed": "neighbours_and_likeness",
}
MIDDLE = 3  # place of the median among the thresholds
SHARE = 0.8  # of the right edges that a graph on demand holds in the end: the goal


@cache
def _worlds() -> tuple[World, ...]:
    return tuple(generate(seed) for seed in TEST)


def _tuned(way: str) -> Tuned:
    return next(one for one in read_tuned() if one.way == way)


def _gates_of(way: str) -> Gates:
    """Return the gates as tuning left them, with the median threshold."""
    tuned = _tuned(way)
    return Gates(path=way, **tuned.options, theta_dg=-tuned.thresholds[MIDDLE])


def _accepts(_: Context) -> Sequence[Reading]:
    """Return by how much the gates' area exceeds that of ways that read likeness, by world."""
    area = by_way(read_worlds(), "area")
    judged = [
        Reading.mean(f"{path}_{rival}", area[gates] - area[other])
        for path, gates in GATES.items()
        for rival, other in RIVALS.items()
    ]
    beside = {"base": CHANCE} | {f"area_{name}": way for name, way in (GATES | RIVALS).items()}
    return [*judged, *(Reading.mean(name, area[way], judged=False) for name, way in beside.items())]


def _neighbours(_: Context) -> Sequence[Reading]:
    """Return by how much the gates' precision exceeds that of common neighbours alone, by world.

    Where they accept as many as the gates do at their threshold. No area is compared: most
    statements have no common neighbour, so a curve has two points, and no line between them is
    its own.
    """
    ways, base = read_curves()
    found = []
    for path, way in GATES.items():
        accepted, right = (half[:, _tuned(way).best] for half in np.hsplit(ways[way], 2))
        rival = right_at(ways["common_neighbours"], base, accepted)
        found.append(Reading.mean(path, (right - rival) / accepted))
    return found


def _above_chance(_: Context) -> Sequence[Reading]:
    """Return by how much more of what the gates accept is right than of all that is said."""
    precision = by_way(read_worlds(), "precision")
    return [
        Reading.mean(path, precision[gates] - precision[CHANCE]) for path, gates in GATES.items()
    ]


def _hops(_: Context) -> Sequence[Reading]:
    """Return by how much the gates' area exceeds that of the first moment alone."""
    area = by_way(read_worlds(), "area")
    return [Reading.mean(path, area[way] - area["first_moment"]) for path, way in GATES.items()]


def _bridge(_: Context) -> Sequence[Reading]:
    """Return the largest path gain of edges that join two parts or bring a thing, in ten worlds."""
    largest = dict.fromkeys(PATHS, 0.0)
    for world in _worlds()[:10]:
        for graph, said in _as_the_truth_says(world):
            ends = (said.thing, said.other)
            if not all(end in graph for end in ends) or not nx.has_path(graph, *ends):
                for path in PATHS:
                    gain = float(np.abs(Gates(path=path).read([graph], said).path).max())
                    largest[path] = max(largest[path], gain)
    fixed, efficiency = (largest[path] for path in PATHS)
    return [
        Reading.exact("fixed_pairs", fixed),
        Reading.exact("efficiency", efficiency, judged=False),
    ]


def _as_the_truth_says(world: World) -> Iterator[tuple[nx.Graph, Statement]]:
    """Yield the graph that holds all that was right so far, and what is said next."""
    graph = world.graph()
    for said in world.statements:
        yield graph, said
        if said.right:
            accept(graph, said)


def _good_update(_: Context) -> Sequence[Reading]:
    """Return how much more right edges shorten, and settle, than wrong ones, by world.

    Path gain at 3 hops by both readings; fall of the entropy of what could have been meant.
    """
    found = []
    for world in _worlds():
        rows = []
        for graph, said in _as_the_truth_says(world):
            read = [Gates(path=path).read([graph], said) for path in PATHS]
            gains = [float(one.path[0, -1]) for one in read]
            rows.append([*gains, -float(read[0].entropy[0])])
        terms = np.array(rows)
        found.append(terms[world.right].mean(axis=0) - terms[~world.right].mean(axis=0))
    names = ("shorter_fixed_pairs", "shorter_efficiency", "less_uncertain")
    return [Reading.mean(name, of) for name, of in zip(names, np.array(found).T, strict=True)]


def _explore(_: Context) -> Sequence[Reading]:
    """Return how much more often what AG would explore is right than what it rejects, by world.

    DG at the median of its thresholds; AG at the median g0 of what DG leaves, so that it explores
    half of that. Worlds in which it does not do both are left out, and counted.
    """
    return [
        reading
        for path, way in GATES.items()
        for reading in _where_both(path, [_explored(world, way) for world in _worlds()])
    ]


def _where_both(name: str, values: Sequence[float]) -> list[Reading]:
    """Return the mean over the worlds that have a value, and how many they are."""
    found = _finite(values)
    return [Reading.mean(name, found), Reading.exact(f"{name}_worlds", len(found), judged=False)]


def _explored(world: World, way: str) -> float:
    left = [step for step in grow(world, _gates_of(way)).steps if step.outcome != "accept"]
    g0 = np.array([step.g0 for step in left])
    right = np.array([step.statement.right for step in left])
    explored = g0 > (np.median(g0) if len(g0) else 0.0)
    return _apart(right.astype(np.float64), explored)


def _description(_: Context) -> Sequence[Reading]:
    """Return how many bits more a description needs with an edge that DG leaves than accepts.

    Bits that name the edges of a part of the graph, and one route for each two of its nodes; the
    edge joins two nodes of that part. The graph grows as the truth says. Beside it, not judged,
    which share of the accepted edges makes the description longer.
    """
    readings = []
    for path, way in GATES.items():
        found = [_bits(world, way) for world in _worlds()]
        readings += _where_both(path, [-_apart(*one) for one in found])
        longer = np.concatenate([bits[accepted] > 0 for bits, accepted in found])
        readings.append(Reading.exact(f"{path}_longer", float(longer.mean()), judged=False))
    return readings


def _bits(world: World, way: str) -> tuple[Float[np.ndarray, " edges"], np.ndarray]:
    """Return how many bits each edge within a part adds, and whether DG accepts it."""
    gates, bits, accepted = _gates_of(way), [], []
    for graph, said in _as_the_truth_says(world):
        ends = (said.thing, said.other)
        if all(end in graph for end in ends) and nx.has_path(graph, *ends):
            part = graph.subgraph(nx.node_connected_component(graph, said.thing))
            bits.append(_described(with_edges(nx.Graph(part.edges), [ends])) - _described(part))
            accepted.append(float(gates.read([graph], said).F.min()) <= gates.theta_dg)
    return np.array(bits), np.array(accepted, dtype=bool)


def _described(graph: nx.Graph) -> float:
    return edge_bits(graph) + len(graph) * (len(graph) - 1) / 2 * route_bits(graph)


def _apart(values: Float[np.ndarray, " n"], chosen: np.ndarray) -> float:
    """Return the mean of the chosen less that of the others, NaN where one side is empty."""
    both = chosen.any() and not chosen.all()
    return float(values[chosen].mean() - values[~chosen].mean()) if both else np.nan


def _finite(values: Sequence[float]) -> Float[np.ndarray, " worlds"]:
    found = np.array(values)
    return found[np.isfinite(found)]


def _retrieval(context: Context) -> Sequence[Reading]:
    """Return by how much the gates' area exceeds its rivals' on facts that were retrieved."""
    found = decide_on_facts(context.model, ways=[*GATES.values(), *RIVALS.values()])
    facts = int(found.arrived.max()) + 1

    def read(name: str, way: str, other: str = "", *, judged: bool = True) -> Reading:
        def area(chosen: np.ndarray) -> float:
            return found.area(way, chosen) - (found.area(other, chosen) if other else 0.0)

        return Reading.resampled(name, area, facts, judged=judged)

    return [
        *(
            read(f"{path}_{rival}", gates, other)
            for path, gates in GATES.items()
            for rival, other in RIVALS.items()
        ),
        Reading.exact("base", float(found.right.mean()), judged=False),
        *(read(f"area_{name}", way, judged=False) for name, way in (GATES | RIVALS).items()),
    ]


def _layers(context: Context) -> Sequence[Reading]:
    """Return by how much g_min of the next layer lies below that of other steps, by sentence.

    Below jumps over a layer or more, and below the same step taken back.
    """
    read = [
        {path: layer_gates(maps, path=way) for path, way in GATES.items()}
        for maps in context.maps[: len(context.few)]
    ]
    return [
        Reading.mean(
            f"{path}_{name}",
            np.array([getattr(one[path], name).mean() - one[path].onward.mean() for one in read]),
        )
        for path in GATES
        for name in ("skipping", "back")
    ]


def _nodes_on_demand(_: Context) -> Sequence[Reading]:
    """Return how many nodes more a vocabulary needs that is fixed in advance, by world.

    The second half of the statements arrives. On demand, a thing becomes a node with its first
    accepted edge. In advance, the nodes are the things known at the start and those most often
    named in the first half, ties and things never named in a random order; what names another
    thing is lost. Both accept by the same gates. The goal is 80 % of the right edges that the
    graph on demand holds in the end; each counts the nodes it has when it gets there, and the
    vocabulary is the smallest that does.
    """
    tuned = _tuned("fixed_pairs")
    rng = np.random.default_rng(SEED)
    rows = np.array([_needed(world, tuned, rng) for world in _worlds()])
    return [
        Reading.mean("more_in_advance", rows[:, 1] - rows[:, 0]),
        Reading.mean("on_demand", rows[:, 0], judged=False),
        Reading.mean("in_advance", rows[:, 1], judged=False),
    ]


def _needed(world: World, tuned: Tuned, rng: np.random.Generator) -> tuple[int, int]:
    """Return the nodes with which the goal is reached: on demand, and fixed in advance."""
    half = len(world.statements) // 2
    past, present = world.statements[:half], world.statements[half:]
    named = [thing for said in past for thing in (said.thing, said.other)]
    known = list(world.graph())
    others = [world.things[at] for at in rng.permutation(len(world.things))]
    others = sorted((one for one in others if one not in known), key=named.count, reverse=True)

    def held(statements: Sequence[Statement]) -> list[Statement]:
        taken = curve(
            replace(world, statements=tuple(statements)),
            tuned.setting.score,
            [tuned.thresholds[tuned.best]],
        )[0]
        return [said for said, yes in zip(statements, taken, strict=True) if yes]

    grown = held(present)
    goal = SHARE * sum(said.right for said in grown)
    graph, right = world.graph(), 0
    for said in grown:
        if right >= goal:
            break
        accept(graph, said)
        right += said.right
    for more in range(len(others)):
        nodes = {*known, *others[:more]}
        kept = held([said for said in present if {said.thing, said.other} <= nodes])
        if sum(said.right for said in kept) >= goal:
            return len(graph), len(nodes)
    return len(graph), len(known) + len(others)


MEASURES = {
    "accepts": _accepts,
    "neighbours": _neighbours,
    "above_chance": _above_chance,
    "hops": _hops,
    "bridge": _bridge,
    "good_update": _good_update,
    "explore": _explore,
    "description": _description,
    "retrieval": _retrieval,
    "layers": _layers,
    "nodes_on_demand": _nodes_on_demand,
}
