"""F by layer: its rank correlation with depth, and what a step is worth among other orders."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from gedig_edu.errors import GedigError
from gedig_edu.lab.depth import depth, depths, rank, rises
from gedig_edu.theory.gauge import Gauge
from tests.lab.test_carriers import make_maps


def levels_of(*levels, texts=5, heads=3, spread=0.0):
    noise = spread * np.random.default_rng(0).normal(size=(texts, len(levels), heads))
    return np.array(levels)[None, :, None] + noise


def test_the_rank_correlation_is_spearman_s():
    levels = np.random.default_rng(2).normal(size=(7, 9)).round(1)  # ties among them
    expected = [spearmanr(np.arange(9), one).statistic for one in levels]
    np.testing.assert_allclose(rank(levels), expected, atol=1e-12)
    assert np.isnan(rank(np.zeros(4)))
    assert depth(np.zeros((3, 4, 2)), resamples=3).ranks.tolist() == [[0.0] * 7] * 2


def test_a_break_after_k_layers_is_the_scaled_difference_of_two_means():
    levels = np.array([1.0, 2.0, 4.0, 8.0])
    np.testing.assert_allclose(
        rises(levels), [np.sqrt(3 / 4) * (14 / 3 - 1), 4.5, np.sqrt(3 / 4) * (8 - 7 / 3)]
    )


@pytest.mark.parametrize("layers", [4, 6, 8, 12])
def test_one_low_layer_at_the_start_comes_first_in_one_order_of_n(layers):
    """Up to seven layers every order is tried, beyond them ten thousand."""
    found = depth(levels_of(-9.0, *np.linspace(0, 1e-3, layers - 1)), resamples=3)
    named, searched = found.chances[0]
    assert named[1] == pytest.approx(1 / layers, rel=0.15)
    assert named[0] == 1
    assert (searched >= named).all()


def test_without_layer_0_a_step_after_it_is_gone():
    found = depth(levels_of(-9.0, 0.0, 3.0, 2.0, 1.0), resamples=3)
    given = [-9, 0, 3, 2, 1]
    expected = [spearmanr(range(len(some)), some).statistic for some in (given, given[1:])]
    np.testing.assert_allclose(found.ranks[:, 0], expected)
    assert found.chances[1][0].tolist()[:2] == [1, 1]


def test_intervals_are_of_texts_of_heads_and_of_both():
    F = levels_of(0.0, 1.0, 2.0, texts=40, heads=4) + np.arange(4) * np.ones((40, 3, 4))
    found = depth(F, resamples=400)
    width = np.diff(found.ends, axis=-1)[..., 0].mean(axis=1)
    assert width[0] < 1e-9 < width[1]
    assert width[2] == pytest.approx(width[1], rel=0.2)
    assert (found.ends[..., 0] <= found.levels + 1e-9).all()


def test_eight_profiles_are_read_in_their_order():
    class Model:
        def __init__(self, seed):
            self.seed = seed

        def attend_many(self, texts):
            for text in texts:
                maps = make_maps(len(text), seed=self.seed)
                three = np.concatenate([maps.weights, maps.weights[:1]])
                yield type(maps)(tokens=maps.tokens, weights=three, causal=True)

    found = depths(Model(1), Model(2), short=["abcde"], long=["abcdefghij"], resamples=3)
    assert len(found) == 8
    maps = make_maps(10, seed=2)
    np.testing.assert_allclose(found[7].levels[:2], maps.read(Gauge.paper()).F.mean(axis=1))
    np.testing.assert_allclose(found[3].levels[:2], maps.read(Gauge.released()).F.mean(axis=1))


@pytest.mark.parametrize("F", [np.ones((3, 4)), np.ones((3, 2, 4)), np.ones((0, 4, 4))])
def test_too_few_layers_or_none_at_all_are_refused(F):
    with pytest.raises(GedigError, match="3 layers or more"):
        depth(F, resamples=3)


def test_a_missing_set_is_refused():
    with pytest.raises(GedigError, match="give both"):
        depths(None, None, short=["a"], long=[])
