"""Paths beyond degrees: graphs of which the answer is known, and graphs drawn from the null."""

import numpy as np
import pytest
from kinds import one_sentence

from gedig_edu.errors import GedigError
from gedig_edu.lab.nulls import soft_configuration_excess
from gedig_edu.theory.baselines import soft_configuration
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps

LAYERS, HEADS, LENGTH = 3, 67, 19
GAUGES = {"paper": Gauge.paper(threshold=0.02), "released": Gauge.released(threshold=0.02)}
both_gauges = pytest.mark.parametrize("gauge", GAUGES.values(), ids=GAUGES)


def maps_of(edges, *, causal):
    """Return maps whose cells above 0.02 are the edges; every token looks at itself too."""
    length = edges.shape[-1]
    edges = edges | np.eye(length, dtype=bool)
    weights = np.where(edges, 0.99 / edges.sum(axis=-1, keepdims=True), 0.0)
    rest = np.tril(~edges) if causal else ~edges
    weights = weights + 0.01 * rest / np.maximum(rest.sum(axis=-1, keepdims=True), 1)
    return AttentionMaps(
        tokens=tuple(f" t{place}" for place in range(length)),
        weights=(weights / weights.sum(axis=-1, keepdims=True)).astype(np.float32),
        causal=causal,
        special=np.zeros(length, dtype=bool),
        offsets=np.zeros((length, 2), int),
        model="edges",
    )


def rings():
    """Return rings in which each token looks at the next two, one a head, nodes renamed."""
    i = np.arange(LENGTH)
    ring = np.isin((i[None] - i[:, None]) % LENGTH, [1, 2])
    rng = np.random.default_rng(0)
    orders = [rng.permutation(LENGTH) for _ in range(LAYERS * HEADS)]
    return np.stack([ring[np.ix_(o, o)] for o in orders]).reshape(LAYERS, HEADS, LENGTH, LENGTH)


@both_gauges
def test_the_real_term_is_what_f_holds_for_paths(gauge):
    maps = maps_of(rings(), causal=False)
    excess = soft_configuration_excess(maps, gauge=gauge, draws=2, refits=1)
    read = gauge.read(maps.weights, causal=False)
    np.testing.assert_allclose(
        excess.real, read.F - read.density + gauge.lam * read.entropy, rtol=0, atol=1e-12
    )


@both_gauges
def test_rings_have_longer_paths_than_their_degrees_ask_for(gauge):
    excess = soft_configuration_excess(maps_of(rings(), causal=False), gauge=gauge, draws=8)
    assert excess.calibrated.shape == (LAYERS, HEADS)
    assert (excess.plain > 0.01).all()
    assert excess.calibrated.mean() > 0.01


def drawn_from_degrees(*, causal, seed):
    """Return a graph a head that has nothing beyond its degrees, among them a few hubs."""
    rng = np.random.default_rng(seed)
    likely = 0.4 * rng.random((LAYERS, HEADS, 1, LENGTH)) ** 2 * np.ones((LENGTH, 1))
    start = rng.random(likely.shape) < likely
    start = np.tril(start, -1) if causal else start & ~np.eye(LENGTH, dtype=bool)
    return maps_of(soft_configuration(start, rng, causal=causal), causal=causal)


def scatter(numbers):
    return numbers.std() / np.sqrt(numbers.size)


@pytest.mark.parametrize("causal", [True, False])
def test_of_the_bias_of_the_null_calibration_takes_a_large_part_off(causal):
    maps = drawn_from_degrees(causal=causal, seed=1)
    excess = soft_configuration_excess(maps, gauge=GAUGES["released"])
    assert excess.plain.mean() > 5 * scatter(excess.plain)
    assert excess.bias.mean() > 5 * scatter(excess.bias)
    assert abs(excess.calibrated.mean()) < 0.6 * excess.plain.mean()


def test_what_calibration_leaves_is_seen_in_the_placebo():
    maps = drawn_from_degrees(causal=True, seed=1)
    excess = soft_configuration_excess(maps, gauge=GAUGES["released"])
    assert excess.calibrated.mean() > 3 * scatter(excess.calibrated)
    assert excess.placebo.mean() > 3 * scatter(excess.placebo)
    left = excess.calibrated - excess.placebo
    assert abs(left.mean()) < excess.calibrated.mean() / 2


def test_rings_stand_far_above_their_placebo():
    excess = soft_configuration_excess(
        maps_of(rings(), causal=False), gauge=GAUGES["paper"], draws=8
    )
    assert excess.calibrated.mean() > 5 * abs(excess.placebo.mean())


def test_graphs_that_their_degrees_decide_have_no_excess():
    stars = np.zeros((2, 3, 7, 7), dtype=bool)
    stars[..., 1:, 0] = True
    excess = soft_configuration_excess(maps_of(stars, causal=True), gauge=GAUGES["paper"])
    assert (excess.real < -0.1).all()
    np.testing.assert_allclose(excess.plain, 0, atol=1e-15)
    np.testing.assert_allclose(excess.bias, 0, atol=1e-15)
    np.testing.assert_allclose(excess.placebo, 0, atol=1e-15)


def test_a_seed_repeats_its_numbers():
    maps = maps_of(rings(), causal=False)
    first, again, other = (
        soft_configuration_excess(maps, gauge=GAUGES["paper"], draws=2, refits=1, seed=seed)
        for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, again)
    assert (first.null != other.null).any()
    assert (first.null_of_redrawn != other.null_of_redrawn).any()


@pytest.mark.parametrize("options", [{"draws": 0}, {"draws": 3, "refits": 4}, {"seed": -1}])
def test_numbers_of_draws_that_cannot_be_are_refused_in_one_sentence(options):
    with pytest.raises(GedigError) as caught:
        soft_configuration_excess(maps_of(rings(), causal=False), gauge=Gauge.paper(), **options)
    assert one_sentence(caught)
