"""Whatever is handed to descent, to sparse attention, to depth and to heat capacity in training."""

import numpy as np
import pytest

from gedig_edu.lab import (
    descent,
    energy_block,
    fewer_edges,
    first_law,
    grokking,
    grokking_mirrors,
    grokking_readings,
    grokking_square,
    head_scales,
    settling,
    thermodynamics,
    three_scales,
)
from gedig_edu.models import load
from gedig_edu.theory import energy, sparse, storage
from gedig_edu.theory.gauge import Gauge
from tests.strange import not_met

RNG = np.random.default_rng(0)
MODEL = load("gpt2-mini")
THREE, TWO = RNG.normal(size=(3, 2)), RNG.normal(size=2)
EVEN = np.tril(np.ones((3, 3))) / np.arange(1, 4)[:, None]
STREAM = MODEL.stream("the old mill")
SAME = np.eye(STREAM.weights.shape[-1], dtype=bool)
SETTLED = settling.settling(MODEL, "the old mill")
RUN = {name: np.linspace(0, 1, 9) for name in ("step", "train", "held", "C", "norm", "train_loss")}
SMALL = grokking.GrokSetting(prime=3, share=0.5, width=8, heads=2, steps=2, every=1)
ROWS = thermodynamics.read_rows(MODEL, "the old mill")
DESCENT = {"beta": 1.0, "tol": 1e-3, "max_steps": 4}

CALLS = {
    "hopfield_energy": (energy.hopfield_energy, {"states": TWO, "stored": THREE, "beta": 1.0}),
    "update": (energy.update, {"states": TWO, "stored": THREE, "beta": 1.0}),
    "descend": (energy.descend, DESCENT | {"query": TWO, "stored": THREE}),
    "settle": (energy.settle, DESCENT | {"states": THREE, "stored": THREE}),
    "multi_scale": (
        energy.multi_scale, {"scores": EVEN, "temperatures": [1.0, 2.0], "causal": True},
    ),
    "choose_scale": (energy.choose_scale, {"text_length": 9}),
    "sparse_attend": (
        sparse.sparse_attend,
        {"scores": EVEN, "v": THREE, "edges": np.eye(3, dtype=bool), "causal": True},
    ),
    "top_edges": (sparse.top_edges, {"scores": EVEN, "keys": 2, "causal": True}),
    "edge_attend": (
        sparse.edge_attend,
        {"q": THREE, "k": THREE, "v": THREE, "edges": [(0, 0), (1, 1), (2, 0)]},
    ),
    "storage": (
        storage.storage,
        {"dimensions": [8], "counts": [2], "beta": 1.0, "flipped": 0.2, "draws": 2, "seed": 0},
    ),
    "own_steps": (
        descent.own_steps, {"model": MODEL, "text": "the old mill", "turns": 2, "seed": 0},
    ),
    "rests": (
        descent.rests, {"model": MODEL, "text": "the mill", "tol": 1e-2, "max_steps": 3},
    ),
    "settling": (settling.settling, {"model": MODEL, "text": "the old mill"}),
    "Settling.depth": (SETTLED.depth, {"epsilon": 0.1, "sign": "change", "least": 1}),
    "at_level": (
        settling.at_level, {"texts": [SETTLED], "epsilon": 0.1, "sign": "change", "least": 1},
    ),
    "level_for": (
        settling.level_for, {"texts": [SETTLED], "share": 0.5, "sign": "change", "least": 1},
    ),
    "strongest": (fewer_edges.strongest, {"stream": STREAM, "keys": 2, "causal": True}),
    "nearest": (fewer_edges.nearest, {"length": 3, "keys": 2, "causal": True}),
    "keys_needed": (fewer_edges.keys_needed, {"weights": EVEN, "share": 0.9}),
    "draw_forests": (
        energy_block.draw_forests, {"graphs": 2, "rng": np.random.default_rng(0), "depth": None},
    ),
    "Heads": (
        head_scales.Heads, {"directions": 1, "temperatures": "one", "width": 4, "heads": 2},
    ),
    "sentences_of": (three_scales.sentences_of, {"text": "One. Two."}),
    "things_of": (three_scales.things_of, {"text": "The Mill. The Mill."}),
    "parted": (
        first_law.parted,
        {"before": TWO, "after": TWO + 1, "temperature": 1.0, "centred": False},
    ),
    "first_law": (
        first_law.first_law, {"energies": [TWO, TWO], "temperature": 1.0, "centred": False},
    ),
    "GrokSetting": (
        grokking.GrokSetting,
        {"prime": 3, "share": 0.5, "terms": 2, "sums": None, "labels": "sums",
         "weight_decay": 1.0, "learning_rate": 1e-3, "momentum": 0.9, "width": 8, "heads": 2,
         "steps": 2, "every": 1},
    ),
    "sums_of": (grokking.sums_of, {"setting": SMALL, "seed": 0}),
    "Training": (grokking.Training, {"setting": SMALL, "seed": 0}),
    "smoothed": (grokking_readings.smoothed, {"values": np.ones(9), "share": 0.1}),
    "sign_test": (grokking_readings.sign_test, {"before": 1, "runs": 2}),
    "measure_square": (grokking_square.measure_square, {"setting": SMALL, "seed": 0}),
    "read_rows": (thermodynamics.read_rows, {"model": MODEL, "text": "the old mill"}),
    "Rows.at": (ROWS.at, {"heat": 1.0}),
    "Rows.over_heat": (ROWS.over_heat, {"heats": np.ones(2), "least": 2}),
    "Rows.peak": (ROWS.peak, {"least": 2}),
    "capacity_bound": (thermodynamics.capacity_bound, {"states": 3}),
    "one_below": (thermodynamics.one_below, {"states": 3}),
    "capacity_of_one_below": (
        thermodynamics.capacity_of_one_below, {"states": 3, "temperature": np.ones(2)},
    ),
    "finite_size": (
        thermodynamics.finite_size, {"states": [4, 16], "temperature": np.array([0.5, 1.0])},
    ),
}  # fmt: skip
NAN_IS_NAMED = {
    "read_at_scale": (
        three_scales.read_at_scale,
        {
            "text": "The old mill stood. The mill turned.",
            "model": MODEL,
            "scale": "token",
            "gauge": Gauge.paper(),
        },
    ),
    "on_edges": (
        fewer_edges.on_edges,
        {"stream": STREAM, "edges": SAME, "causal": True},
    ),
    "error_on_these": (
        fewer_edges.error_on_these,
        {"stream": STREAM, "edges": SAME, "causal": True},
    ),
    "turn": (grokking_mirrors.turn, {"setting": SMALL, "seed": 0}),
    "first_at": (grokking_readings.first_at, {"points": RUN, "name": "held", "level": 0.5}),
    "summarise": (
        grokking_readings.summarise,
        {"points": RUN, "onset": None, "share": 0.1, "ends": "onset"},
    ),
    "leaps": (grokking_readings.leaps, {"points": RUN}),
    "stumbles": (grokking_readings.stumbles, {"points": RUN}),
}


@pytest.mark.parametrize("name", [*CALLS, *NAN_IS_NAMED])
def test_what_an_argument_cannot_be_is_refused_in_one_sentence(name):
    function, needs = (CALLS | NAN_IS_NAMED)[name]
    assert not_met(function, needs, may_be_nan=name in NAN_IS_NAMED) == []
