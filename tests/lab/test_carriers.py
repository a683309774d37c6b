"""What carries ΔF: exact parts, maps without a model, and tables from which all follows."""

from dataclasses import replace

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.carriers import (
    GAUGES,
    column_terms,
    equal_entropy_parts,
    first_token_out,
    parts,
    standing_still,
    what_is_left,
)
from gedig_edu.lab.live import live
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps

LAYERS, HEADS = 2, 3


def make_maps(length, *, seed=0, causal=True):
    rng = np.random.default_rng([seed, length])
    weights = rng.dirichlet(np.full(length, 0.3), size=(LAYERS, HEADS, length)) + 1e-4
    weights = np.tril(weights) if causal else weights
    weights /= weights.sum(axis=-1, keepdims=True)
    return AttentionMaps(
        tokens=tuple(f" t{place}" for place in range(length)),
        weights=weights.astype(np.float32),
        causal=causal,
        special=np.zeros(length, bool),
        offsets=np.zeros((length, 2), int),
        model="dirichlet",
    )


class Model:
    def __init__(self, seed):
        self.seed = seed

    def attend_many(self, texts):
        return (make_maps(len(text.split()), seed=self.seed) for text in texts)


HEADINGS = ("one two three", "one two three four five", "one two")
PROSE = ("a b c d e f g h i j k", "a b c d e f g h i j k l m")


@pytest.fixture(scope="module")
def tables():
    return what_is_left(Model(1), Model(2), headings=HEADINGS, prose=PROSE)


@pytest.mark.parametrize("gauge", GAUGES.values(), ids=GAUGES)
@pytest.mark.parametrize("name", ["random", "row_shuffled", "diagonal"])
@pytest.mark.parametrize("matched", [False, True])
def test_the_three_parts_sum_to_delta(gauge, name, matched):
    reading = live(make_maps(13), gauge=replace(gauge, gamma=0.7))
    carried = parts(reading, name, matched=matched)
    assert carried.shape == (3, LAYERS, HEADS)
    np.testing.assert_allclose(
        carried.sum(axis=0), reading.delta(name, matched=matched), atol=1e-12
    )


def test_a_shuffle_leaves_only_the_path_part():
    carried = parts(live(make_maps(13), gauge=Gauge.paper()), "row_shuffled")
    np.testing.assert_allclose(carried[:2], 0.0, atol=1e-12)
    assert np.abs(carried[2]).max() > 1e-3


def test_uniform_attention_lies_one_half_below_the_diagonal_and_entropy_carries_it():
    uniform = replace(make_maps(4, causal=False), weights=np.full((2, 3, 4, 4), 0.25, np.float32))
    # by the text F(uniform) = -1 and F(diagonal) = -log 4 / log 16 = -0.5
    carried = parts(live(uniform, gauge=Gauge.paper()), "diagonal")
    np.testing.assert_allclose(carried[1], -0.5, atol=1e-12)
    np.testing.assert_allclose(carried[[0, 2]], 0.0, atol=1e-12)


def test_at_equal_entropy_paths_alone_carry_delta_by_the_paper():
    maps = make_maps(13)
    density, entropy, paths = equal_entropy_parts(maps, gauge=Gauge.paper(), draws=3)
    np.testing.assert_allclose(density, 0, atol=1e-12)  # a quantile fixes the number of edges
    np.testing.assert_allclose(entropy, 0, atol=1e-6)
    assert np.abs(paths).max() > 0.01


def test_two_tokens_leave_a_random_map_of_equal_entropy_nothing_to_differ_in():
    # one free row [a, 1 - a]: with its entropy given, only the order is left, and F has no paths
    carried = equal_entropy_parts(make_maps(2), gauge=Gauge.paper(), draws=7)
    np.testing.assert_allclose(carried, 0, atol=1e-6)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("length", [1, 2, 13])
def test_a_map_that_stands_still_is_an_attention_map(length, causal):
    still = standing_still(length, np.random.default_rng(0), causal=causal)
    np.testing.assert_allclose(still.sum(axis=1), 1.0, atol=1e-12)
    assert (still >= 0).all()
    assert (still.diagonal() > 0.97).all()
    assert not causal or not np.triu(still, 1).any()


def test_without_its_first_token_a_map_has_one_token_less_and_rows_that_sum_to_one():
    maps = first_token_out(make_maps(13))
    assert maps.tokens[0] == " t1"
    np.testing.assert_allclose(maps.weights.sum(axis=-1), 1.0, atol=1e-6)


def test_the_tables_hold_every_setting(tables):
    assert len(tables.heads) == 2 * 2 * 2 * 2 * 2
    assert len(tables.random) == 2 * 2 * 2 * 2
    assert {terms.shape for terms in tables.heads.values()} == {(3, LAYERS * HEADS)}
    assert {terms.shape for terms in tables.random.values()} == {(3,)}


@pytest.mark.parametrize(("texts", "chosen"), [("prose", PROSE), ("short", (*HEADINGS, PROSE[0]))])
def test_a_table_is_the_mean_over_its_texts(tables, texts, chosen):
    readings = [live(maps, gauge=Gauge.released()) for maps in Model(1).attend_many(chosen)]
    F = np.mean([reading.real.F for reading in readings], axis=0).ravel()
    density, entropy, path_gain = tables.heads[f"released {texts} trained kept real"]
    np.testing.assert_allclose(density - 0.5 * (entropy + 0.5 * path_gain), F, atol=1e-12)


def test_shuffled_rows_keep_density_and_entropy(tables):
    real, shuffled = (
        tables.heads[f"paper prose trained kept {rows}"] for rows in ("real", "shuffled")
    )
    np.testing.assert_allclose(real[:2], shuffled[:2], atol=1e-12)
    assert (real[2] != shuffled[2]).any()


def test_without_the_first_token_other_maps_are_read(tables):
    kept, dropped = (tables.heads[f"paper prose trained {f} real"] for f in ("kept", "dropped"))
    assert (kept != dropped).any()


@pytest.mark.parametrize(("headings", "prose"), [((), PROSE), (HEADINGS, ())])
def test_an_empty_set_of_texts_is_refused(headings, prose):
    with pytest.raises(GedigError, match="give one of each"):
        what_is_left(Model(1), Model(2), headings=headings, prose=prose)


@pytest.mark.parametrize("convention", GAUGES)
def test_columns_of_a_table_differ_by_what_the_baselines_alone_decide(convention):
    gauge, lengths = GAUGES[convention], [6, 6, 15]
    weights = np.array([1.0, -gauge.lam, -gauge.lam * gauge.gamma])
    predicted = column_terms(lengths, gauge=gauge, draws=200) @ weights
    delta = {
        name: np.mean([
            live(make_maps(length, causal=False), gauge=gauge, baselines=["random", name],
                 draws=200).delta(name).mean()
            - live(make_maps(length, causal=False), gauge=gauge, baselines=["random"],
                   draws=200).delta("random").mean()
            for length in lengths
        ])
        for name in ("uniform", "local", "diagonal")
    }  # fmt: skip
    assert predicted == pytest.approx(list(delta.values()), abs=0.01)


@pytest.mark.parametrize(
    "call", [lambda: column_terms([], gauge=Gauge.paper()),
             lambda: column_terms([0], gauge=Gauge.paper()),
             lambda: column_terms([5], gauge=Gauge.paper(), draws=0)],
)  # fmt: skip
def test_columns_without_a_length_or_a_draw_are_refused(call):
    with pytest.raises(GedigError, match=r"length|draws"):
        call()
