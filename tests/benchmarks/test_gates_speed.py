"""Both gates on a graph of 1,000 nodes beside networkx, in turns in one run, the same numbers."""

from functools import partial

import networkx as nx
import numpy as np
import pytest

from gedig_edu.theory.gates import candidate_readings, gate_readings
from gedig_edu.theory.graphs import with_edges
from tests.benchmarks.rivals import networkx_gates
from tests.benchmarks.timing import side_by_side

NODES, CANDIDATES, ROUNDS = 1000, 20, 3
LEAST = 40.0  # times as fast as networkx, for one candidate and for each of many


@pytest.mark.benchmark
@pytest.mark.parametrize("path", ["fixed_pairs", "global_efficiency"])
def test_gates_on_a_thousand_nodes_are_read_faster_than_with_networkx(path):
    graph = nx.connected_watts_strogatz_graph(NODES, 6, 0.2, seed=1)
    missing = list(nx.non_edges(graph))
    drawn = np.random.default_rng(0).choice(len(missing), CANDIDATES, replace=False)
    candidates = [missing[at] for at in drawn]
    after = with_edges(graph, candidates[:1])
    calls = {
        "one": partial(gate_readings, graph, after, path=path),
        "many": partial(candidate_readings, graph, candidates, path=path),
        "networkx": partial(networkx_gates, graph, after, path=path),
    }
    expected, many = calls["networkx"](), calls["many"]()
    assert calls["one"]() == pytest.approx(expected, abs=1e-12)
    assert (many.g0[0], many.g_min[0]) == pytest.approx(expected, abs=1e-12)
    taken = side_by_side(calls, rounds=ROUNDS)
    taken["many"] = taken["many"].each_of(CANDIDATES)
    times = [taken["networkx"].times(taken[name]) for name in ("one", "many")]
    wall = ", ".join(f"{name} {1000 * seconds.wall:.1f} ms" for name, seconds in taken.items())
    print(f"gates, {path}: {wall}; {times[0]:.0f} and {times[1]:.0f} times networkx")
    assert min(times) >= LEAST
