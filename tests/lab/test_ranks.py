"""Rank correlations over heads and their intervals, beside scipy and by hand."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from gedig_edu.lab.experiments import ranks
from gedig_edu.lab.experiments.ranks import halves_agree, rank_correlation


@pytest.fixture(autouse=True)
def _fewer_resamples(monkeypatch):
    monkeypatch.setattr(ranks, "RESAMPLES", 200)


def test_the_value_is_spearmans_of_the_means_over_texts():
    rng = np.random.default_rng(0)
    one, other = rng.random((2, 5, 3, 7))
    expected = spearmanr(one.mean(axis=0).ravel(), other.mean(axis=0).ravel()).statistic
    assert rank_correlation(one, other).value == pytest.approx(expected)


def test_a_head_counts_with_the_texts_that_it_was_measured_on():
    one = np.arange(4.0).reshape(1, 1, 4).repeat(3, axis=0)
    other = one.copy()
    other[0, 0, 0] = 50.0  # on this text head 0 is far above all
    assert rank_correlation(one, other).value < 0
    other[0] = np.nan
    assert rank_correlation(one, other).value == pytest.approx(1)


def test_a_head_that_was_never_measured_is_left_out():
    one = np.array([[[1.0, 2.0, 3.0, 9.0]], [[1.0, 2.0, 3.0, 9.0]]])
    other = -one
    other[..., 3] = np.nan
    assert rank_correlation(one, other).value == pytest.approx(-1)


def test_within_layers_what_layers_have_in_common_is_taken_off():
    """Both rise with the layer, and within each layer they run against each other."""
    level = np.array([0.0, 10.0])[:, None]
    own = np.array([1.0, 2.0, 3.0])
    one, other = (level + own)[None], (level - own)[None]
    assert rank_correlation(one, other).value == pytest.approx(1 - 6 * 16 / (6 * 35))
    assert rank_correlation(one, other, within=True).value == pytest.approx(-1)


def test_the_interval_of_what_has_nothing_in_common_holds_0_and_of_what_has_does_not():
    rng = np.random.default_rng(1)
    F, noise = rng.random((2, 11, 5, 7))
    none = rank_correlation(F, noise)
    own = rng.random((1, 5, 7)).repeat(11, axis=0)
    same = rank_correlation(own + 0.01 * F, own + 0.01 * noise)
    assert none.low < 0 < none.high
    assert 0.8 < same.low <= same.value <= same.high + 0.02


def test_one_text_gives_no_interval_and_what_does_not_vary_no_correlation():
    one = np.arange(6.0).reshape(1, 2, 3)
    alone = rank_correlation(one, one)
    assert alone.value == 1
    assert np.isnan([alone.low, alone.high]).all()
    same = rank_correlation(np.ones((3, 2, 3)), np.ones((3, 2, 3)))
    assert np.isnan(same).all()


def test_halves_of_the_texts_agree_as_their_own_means_do():
    values = np.array([[[1.0, 2.0, 3.0]], [[9.0, 8.0, 7.0]], [[1.0, 2.0, 3.0]], [[9.0, 8.0, 7.0]]])
    assert halves_agree(values) == pytest.approx(-1)
    assert halves_agree(values[[0, 2, 0, 2]]) == pytest.approx(1)
