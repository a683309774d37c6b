"""Whatever is handed to baselines, heads, nulls and to what lessons 01 to 08 measure maps with."""

import numpy as np
import pytest

from gedig_edu.lab import carriers, flow, geometry, nulls, shortcuts, significance
from gedig_edu.theory import baselines, comparison, heads, soft, wires
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.graphs import chain
from gedig_edu.theory.shortcuts import growth
from tests.helpers import example_maps
from tests.strange import not_met

PAPER, MAPS, LINE = Gauge.paper(), example_maps(layers=2, heads=2, length=5), chain(4)
EVEN, RNG = np.full((7, 7), 1 / 7), np.random.default_rng(0)
PEAK = np.array([0.5, 0.25, 0.25])
SENT = shortcuts.bits_back(PEAK, count=3).sent

CALLS = {
    "random": (baselines.random, {"length": 3, "rng": RNG, "causal": True}),
    "uniform": (baselines.uniform, {"length": 3, "causal": True}),
    "local": (baselines.local, {"length": 3, "window": 3, "causal": True}),
    "diagonal": (baselines.diagonal, {"length": 3, "causal": True}),
    "row_shuffled": (baselines.row_shuffled, {"weights": EVEN, "rng": RNG, "causal": False}),
    "soft_configuration": (
        baselines.soft_configuration,
        {"edges": np.eye(3, dtype=bool), "rng": RNG, "causal": True, "draws": 1},
    ),
    "heated": (baselines.heated, {"length": 3, "rng": RNG, "powers": [0, 1], "causal": True}),
    "entropy_matched": (
        baselines.entropy_matched, {"length": 7, "entropy": 0.9, "rng": RNG, "causal": False},
    ),
    "local_score": (heads.local_score, {"weights": EVEN, "window": 3, "causal": False}),
    "head_scores": (heads.head_scores, {"maps": MAPS, "period": 2}),
    "with_wire": (wires.with_wire, {"r": 1 - np.eye(3), "i": 0, "j": 1}),
    "standing_still": (
        carriers.standing_still,
        {"length": 3, "rng": RNG, "causal": True, "back": 0.1, "noise": 0.1},
    ),
    "equal_entropy_parts": (
        carriers.equal_entropy_parts, {"maps": MAPS, "gauge": PAPER, "seed": 0, "draws": 1},
    ),
    "column_terms": (
        carriers.column_terms, {"lengths": [5], "gauge": PAPER, "seed": 0, "draws": 1},
    ),
    "soft_configuration_excess": (
        nulls.soft_configuration_excess,
        {"maps": MAPS, "gauge": PAPER, "draws": 1, "refits": 1, "seed": 0},
    ),
    "walk": (flow.walk, {"weights": np.tile(EVEN, (2, 3, 1, 1)), "stays": 0.5}),
    "same_first": (geometry.same_first, {"first": EVEN, "second": EVEN, "causal": False}),
    "law_error": (
        geometry.law_error,
        {"positions": np.arange(3), "angles": "float64", "vectors": "float64", "offset": 1,
         "dim": 4, "base": 10.0, "seed": 0},
    ),
    "change_point": (significance.change_point, {"levels": np.arange(5.0), "seed": 0}),
    "random_growth": (shortcuts.random_growth, {"graph": LINE, "draws": 1, "seed": 0}),
    "bits_back": (shortcuts.bits_back, {"p": PEAK, "count": 3, "seed": 0}),
    "receive": (shortcuts.receive, {"sent": SENT, "p": PEAK, "count": 3}),
    "head_graph": (
        shortcuts.head_graph, {"maps": MAPS, "layer": 0, "head": 0, "gauge": PAPER},
    ),
}  # fmt: skip
NAN_IS_NAMED = {
    "read_baseline": (
        comparison.read_baseline,
        {"name": "random", "maps": MAPS, "gauge": PAPER, "matched": True, "seed": 0, "draws": 1},
    ),
    "read_soft": (
        soft.read_soft,
        {"gauge": Gauge.released(), "weights": EVEN, "causal": False, "softness": 0.3,
         "beta": 3.0},
    ),
    "growth": (
        growth,
        {"before": LINE, "edges": [(0, 3)], "bound": 3.0, "lam": 1.0, "gamma": 0.5,
         "path": "fixed_pairs"},
    ),
    "agreement": (
        geometry.agreement, {"first": EVEN, "second": EVEN, "causal": False, "least": 2},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", [*CALLS, *NAN_IS_NAMED])
@pytest.mark.filterwarnings("ignore:An input array is constant")  # equal scores have no order
def test_what_an_argument_cannot_be_is_refused_in_one_sentence(name):
    function, needs = (CALLS | NAN_IS_NAMED)[name]
    assert not_met(function, needs, may_be_nan=name in NAN_IS_NAMED) == []
