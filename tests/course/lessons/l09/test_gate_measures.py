"""The claims of lesson 09 can come out either way, and count what they say."""

import numpy as np
import pandas as pd
import pytest

from gedig_edu.course import claims
from gedig_edu.course.lessons.l09 import measures
from gedig_edu.lab.acceptance import WAYS
from gedig_edu.lab.gates_comparison import CHANCE, Tuned
from gedig_edu.lab.worlds import Known, Statement, World

START = (Known("a", "b", 0.9), Known("b", "c", 0.9), Known("c", "d", 0.9))


def saved(gates, rivals, first):
    """A comparison of made-up numbers: 50 worlds, a little scatter."""
    level = dict.fromkeys(WAYS, rivals)
    level |= dict.fromkeys(measures.GATES.values(), gates) | {"first_moment": first, CHANCE: 0.5}
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        [
            {"way": way, "world": f"w{at:02d}", "area": value, "precision": value}
            for way, mean in level.items()
            for at, value in enumerate(mean + 0.02 * rng.normal(size=50))
        ]
    )


@pytest.mark.parametrize(
    ("levels", "verdicts"),
    [
        ((0.8, 0.6, 0.7), ["holds", "holds", "holds"]),
        ((0.4, 0.6, 0.5), ["does not hold", "does not hold", "does not hold"]),
        ((0.6, 0.6, 0.6), ["undecided", "holds", "undecided"]),
    ],
)
def test_the_comparison_is_judged_either_way(levels, verdicts, monkeypatch):
    monkeypatch.setattr(measures, "read_worlds", lambda: saved(*levels))
    found = claims.run(["09.accepts", "09.above_chance", "09.hops"], "gpt2-mini")
    assert [str(one.verdict.value) for one in found] == verdicts


def test_beside_common_neighbours_the_gates_are_judged_where_both_accept_as_many(monkeypatch):
    (found,) = claims.run(["09.neighbours"], "gpt2-mini")
    assert found.verdict.value == "holds"
    ways, base = measures.read_curves()
    accepted = np.hsplit(ways[measures.GATES["fixed_pairs"]], 2)[0]
    ideal = np.hstack([accepted, np.minimum(accepted, base[:, None])])
    monkeypatch.setattr(
        measures, "read_curves", lambda: (ways | {"common_neighbours": ideal}, base)
    )
    (found,) = claims.run(["09.neighbours"], "gpt2-mini")
    assert found.verdict.value == "does not hold"


def test_a_mean_over_worlds_counts_those_that_have_a_value():
    mean, worlds = measures._where_both("gates", [1.0, np.nan, 3.0])
    assert (mean.value, worlds.value, worlds.judged) == (2.0, 2, False)


def test_over_fixed_pairs_a_bridge_gains_exactly_nothing_and_efficiency_sees_it():
    (found,) = claims.run(["09.bridge"], "gpt2-mini")
    assert found.verdict.value == "holds"
    assert found.readings[0].value == 0
    assert found.readings[1].value > 0


def test_what_is_apart_is_the_chosen_less_the_others():
    values = np.array([1.0, 2.0, 6.0])
    assert measures._apart(values, np.array([True, False, True])) == 1.5
    assert np.isnan(measures._apart(values, np.array([True, True, True])))


def test_nodes_are_counted_when_the_goal_is_reached():
    # Named in the first half: x three times, c's friend "e" twice, "f" once, "g" never. All
    # likeness is high, so everything is accepted. On demand the two right edges bring e and g:
    # 4 + 2 nodes. In advance x, e and f are nodes before g is: 4 + 4.
    past = [("a", "x"), ("b", "x"), ("c", "x"), ("a", "e"), ("b", "e"), ("a", "f")]
    present = [("c", "e"), ("d", "g"), ("a", "c"), ("b", "d"), ("d", "f"), ("d", "x")]
    said = [Statement(u, v, 0.9, (), v in "eg") for u, v in (*past, *present)]
    tuned = Tuned("likeness", {}, (0.1,), 0, 1.0)
    world = World("counted", START, tuple(said))
    assert measures._needed(world, tuned, np.random.default_rng(0)) == (6, 8)


def test_a_description_is_longer_by_what_an_edge_and_its_routes_take():
    # Two nodes and their edge: one graph of one, and a route of two bits.
    graph = World("pair", START[:1], ()).graph()
    assert measures._described(graph) == pytest.approx(2.0)
