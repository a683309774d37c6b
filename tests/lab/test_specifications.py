"""Every way to ask for ΔF: the same numbers as asked one by one, and what each interval draws."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.live import live
from gedig_edu.lab.specifications import (
    RESAMPLED,
    against,
    by_distance,
    every_delta,
    specifications,
)
from gedig_edu.theory import baselines
from gedig_edu.theory.gauge import Gauge
from tests.lab.test_carriers import HEADS, LAYERS, Model, make_maps

TEXTS = {"mine": ("a b c d e f g h", "a b c d e f g h i j k")}
LENGTHS = (8, 11)


@pytest.fixture(scope="module")
def deltas():
    return every_delta(Model(1), Model(2), TEXTS)


def test_each_combination_of_choices_is_there_once(deltas):
    names = [key.split() for key in deltas]
    assert len(names) == 2 * 2 * (3 * 2 + 5)
    assert {len(name) for name in names} == {5}
    assert {delta.shape for delta in deltas.values()} == {(2, LAYERS, HEADS)}


@pytest.mark.parametrize("mask", ["unmasked", "matched"])
@pytest.mark.parametrize("null", ["uniform", "local"])
@pytest.mark.parametrize(
    ("name", "gauge"),
    [
        ("script quantile", Gauge.released()),
        ("paper quantile", Gauge.paper()),
        ("script fixed", Gauge.released(quantile=None, threshold=0.01)),
        ("paper fixed", Gauge.paper(threshold=0.01)),
    ],
)
def test_a_combination_is_delta_against_that_map_by_that_formula(deltas, name, gauge, null, mask):
    expected = [
        live(make_maps(length, seed=1), gauge=gauge).delta(null, matched=mask == "matched")
        for length in LENGTHS
    ]
    np.testing.assert_allclose(deltas[f"mine {name} {null} {mask}"], expected, atol=1e-12)


def test_a_map_of_equal_entropy_leaves_no_entropy_to_the_formula_of_the_paper(deltas):
    """λ = 1 and the same entropy and number of links: what is left is the path term, γ = 0.5."""
    assert np.abs(deltas["mine paper quantile equal_entropy matched"]).max() < 0.5
    assert np.abs(deltas["mine paper quantile equal_entropy matched"]).max() > 0


def test_the_twin_is_the_same_head_of_the_other_model(deltas):
    gauge = Gauge.released()
    expected = [
        make_maps(length, seed=1).read(gauge).F - make_maps(length, seed=2).read(gauge).F
        for length in LENGTHS
    ]
    np.testing.assert_allclose(deltas["mine script quantile twin matched"], expected, atol=1e-12)


def test_a_model_that_looks_ahead_has_no_mask_to_choose():
    class Encoder:
        def attend_many(self, texts):
            return (make_maps(len(text.split()), causal=False) for text in texts)

    found = every_delta(Encoder(), Encoder(), TEXTS)
    assert len(found) == 2 * 2 * 8
    assert {key.split()[-1] for key in found} == {"matched"}


def test_the_same_seed_gives_the_same_numbers_and_another_gives_others(deltas):
    again, other = (
        every_delta(Model(1), Model(2), TEXTS),
        every_delta(Model(1), Model(2), TEXTS, seed=1),
    )
    key = "mine script quantile same_degrees matched"
    assert all(np.array_equal(again[name], deltas[name]) for name in deltas)
    assert not np.array_equal(other[key], deltas[key])


@pytest.mark.parametrize("texts", [{}, {"mine": ()}])
def test_no_text_is_refused(texts):
    with pytest.raises(GedigError, match="give one text of each set at least"):
        every_delta(Model(1), Model(2), texts)


def test_intervals_draw_what_they_are_called():
    """Where only heads differ, texts have no interval, and heads of each layer a shorter one."""
    rng = np.random.default_rng(0)
    layers = np.array([-1.0, 1.0])[:, None]
    delta = np.broadcast_to(layers + 0.1 * rng.normal(size=(2, 8)), (20, 2, 8))
    (one,) = specifications({"heads": delta}).values()
    width = dict(zip(RESAMPLED, np.diff(one.intervals).ravel(), strict=True))
    assert width["texts"] < 1e-9
    assert width["texts_heads"] == pytest.approx(width["heads"])
    assert width["heads_in_layers"] < 0.3 * width["heads"]


def test_the_interval_of_independent_values_is_that_of_their_mean():
    delta = np.random.default_rng(1).normal(0.3, 1.0, size=(400, 1, 1))
    (one,) = specifications({"texts": delta}, resamples=4000).values()
    error = delta.std() / 20
    np.testing.assert_allclose(
        one.intervals[0], one.delta + 1.96 * error * np.array([-1, 1]), atol=0.01
    )
    assert one.share == pytest.approx((delta > 0).mean())


def test_nothing_to_sum_up_is_refused():
    with pytest.raises(GedigError, match="give those that every_delta returns"):
        specifications({})


def test_distance_alone_keeps_a_head_that_looks_one_back_and_evens_out_one_that_does_not():
    back = np.eye(6, k=-1)
    back[0, 0] = 1
    star = np.zeros((6, 6))
    star[:, 0] = 1
    assert by_distance(back)[5].round(2).tolist() == [0, 0, 0, 0, 0.86, 0.14]
    assert by_distance(star)[5, 0] < 1
    np.testing.assert_allclose(by_distance(np.stack([back, star])).sum(axis=-1), 1)


def test_a_null_that_returns_no_map_is_refused():
    with pytest.raises(GedigError, match="sums to 2"):
        against([make_maps(5)], lambda one: 2 * one, gauge=Gauge.paper())


def test_a_null_of_one_s_own_is_held_against_each_head():
    maps = [make_maps(5), make_maps(7)]
    same = against(maps, lambda one: one, gauge=Gauge.paper())
    np.testing.assert_allclose(same, np.zeros((2, LAYERS, HEADS)), atol=1e-6)
    even = against(maps, lambda one: baselines.uniform(len(one), causal=True), gauge=Gauge.paper())
    expected = [live(one, gauge=Gauge.paper()).delta("uniform", matched=True) for one in maps]
    np.testing.assert_allclose(even, expected)
