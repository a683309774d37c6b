import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import one_sentence

from gedig_edu.errors import GedigError
from gedig_edu.theory.gates import decide, gate_readings
from gedig_edu.theory.graphs import chain, edit_gauge, ring, with_edges

SETTINGS = settings(deadline=None, max_examples=40)
seeds = st.integers(0, 2**32 - 1)
numbers = st.floats(-5, 5)


def test_readings_by_hand():
    # Ring of twelve and the chord 0-2 (see test_graphs): F is 1 at 0 hops; at 1 hop cost 1/10 and
    # path 1/5, F = 0. With the bound 66, all pairs, g0 = 1/66 and 1 hop reads 1/66 - 1/10.
    after = with_edges(ring(12), [(0, 2)])
    g0, g_min = gate_readings(ring(12), after, max_hops=1)
    assert (g0, g_min) == pytest.approx((1.0, 0.0), abs=1e-15)
    g0, g_min = gate_readings(ring(12), after, max_hops=1, bound=66)
    assert (g0, g_min) == pytest.approx((1 / 66, 1 / 66 - 1 / 10), rel=1e-12)


@SETTINGS
@given(seeds, st.integers(1, 5), st.sampled_from(["fixed_pairs", "global_efficiency"]))
def test_g_min_is_the_smallest_gauge_of_one_to_max_hops(seed, max_hops, path):
    rng = np.random.default_rng(seed)
    before = nx.gnp_random_graph(13, 0.2, seed=seed)
    after = with_edges(before, list(nx.non_edges(before))[:2])
    options = {
        "p_before": rng.dirichlet(np.ones(3)),
        "p_after": rng.dirichlet(np.ones(5)),
        "bound": 17,
        "lam": 0.7,
        "gamma": 1.3,
        "path": path,
    }
    readings = gate_readings(before, after, max_hops=max_hops, **options)
    F = [edit_gauge(before, after, hops=hops, **options).F for hops in range(max_hops + 1)]
    assert readings.g0 == F[0]
    assert readings.g_min == min(F[1:])


def test_three_hops_are_read_by_default():
    # Closing a ring of eight needs the whole ring: 3 hops around 0-7 reach all of it, 2 do not.
    before, after = chain(8), ring(8)
    default = gate_readings(before, after)
    assert default == gate_readings(before, after, max_hops=3)
    assert default.g_min < gate_readings(before, after, max_hops=2).g_min


@pytest.mark.parametrize(
    ("g0", "g_min", "decision"),
    [
        (0.5, -0.3, "accept"),
        (-0.3, 0.5, "accept"),
        (0.5, -0.1, "accept"),  # equal to theta_dg
        (-0.1, 0.5, "accept"),  # equal to theta_dg
        (0.5, -0.0999, "explore"),
        (0.2001, 0.0, "explore"),
        (0.2, 0.0, "reject"),  # equal to theta_ag
        (0.1, 0.0, "reject"),
    ],
)
def test_decisions_on_both_sides_of_both_thresholds(g0, g_min, decision):
    assert decide(g0, g_min, theta_ag=0.2, theta_dg=-0.1) == decision


@given(numbers, numbers, numbers, numbers)
def test_the_decision_gate_goes_before_the_attention_gate(g0, g_min, theta_ag, theta_dg):
    decision = decide(g0, g_min, theta_ag=theta_ag, theta_dg=theta_dg)
    assert (decision == "accept") == (g0 <= theta_dg or g_min <= theta_dg)
    if decision != "accept":
        assert (decision == "explore") == (g0 > theta_ag)


REFUSED = {
    "no hops": lambda: gate_readings(chain(3), ring(3), max_hops=0),
    "half a hop": lambda: gate_readings(chain(3), ring(3), max_hops=1.5),
    "directed": lambda: gate_readings(nx.DiGraph(), ring(3)),
    "g0": lambda: decide(np.nan, 0.0, theta_ag=0.0, theta_dg=0.0),
    "g_min": lambda: decide(0.0, "low", theta_ag=0.0, theta_dg=0.0),
    "theta_ag": lambda: decide(0.0, 0.0, theta_ag=np.nan, theta_dg=0.0),
    "theta_dg": lambda: decide(0.0, 0.0, theta_ag=0.0, theta_dg=np.nan),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_are_one_sentence(case):
    with pytest.raises(GedigError) as error:
        REFUSED[case]()
    assert one_sentence(error)
