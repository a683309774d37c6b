"""What a set of differences is said to say."""

import math

import numpy as np
import pandas as pd
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.statistics import TIE, crossed_means, paired, per_head, summarise


def test_summary_of_three_differences_by_hand():
    summary = summarise(np.array([[0.1, 0.2, -0.3]]))
    assert summary.count == 3
    assert summary.mean == pytest.approx(0.0)
    assert summary.sd == pytest.approx(math.sqrt((0.01 + 0.04 + 0.09) / 2))
    assert summary.share_positive == pytest.approx(2 / 3)
    assert summary.effect_size == pytest.approx(0.0)


def test_zero_is_not_counted_as_positive():
    assert summarise(np.array([0.0, 1.0])).share_positive == 0.5


def test_rounding_noise_is_a_tie_and_not_counted_as_positive():
    noise = np.array([1.1e-16, 2.2e-16, -1.1e-16, TIE])
    assert summarise(noise).share_positive == 0.0
    assert summarise(np.append(noise, 2 * TIE)).share_positive == 0.2


def test_one_difference_has_no_spread_and_no_effect_size():
    summary = summarise(np.array([0.25]))
    assert math.isnan(summary.sd)
    assert math.isnan(summary.effect_size)


@pytest.mark.parametrize("value", [0.0, 0.1, -3e5])
def test_differences_that_vary_by_rounding_alone_have_no_effect_size(value):
    equal = np.full(7, value)
    rounded = equal * (1 + np.array([0, 1, -1, 1, 0, 2, 0]) * np.finfo(float).eps)
    assert math.isnan(summarise(equal).effect_size)
    assert math.isnan(summarise(rounded).effect_size)
    assert summarise(equal + np.array([1, 2, 3, 4, 5, 6, 7.0])).effect_size != 0


@pytest.mark.parametrize("delta", [np.array([]), np.array([0.1, math.nan])])
def test_nothing_and_not_a_number_are_refused(delta):
    with pytest.raises(GedigError, match="at least one, all finite"):
        summarise(delta)


def test_both_kinds_of_d_by_hand():
    # Differences 1, 3, 5 have the spread 2; the two sets have √(4) = 2 and 0: pooled √2.
    effect = paired(np.array([2.0, 4.0, 6.0]), np.array([1.0]))
    assert (effect.count, effect.mean, effect.share_positive) == (3, 3.0, 1.0)
    assert effect.d_z == pytest.approx(3 / 2)
    assert effect.d == pytest.approx(3 / math.sqrt(2))


def test_pairs_that_move_together_have_a_large_d_z_and_a_small_d():
    heads = np.random.default_rng(0).normal(0, 10, size=(31, 2, 7))
    effect = paired(heads + 1 + np.linspace(0, 0.1, 7), heads)
    assert effect.d_z > 20
    assert effect.d < 0.2


def test_averaging_over_heads_first_makes_an_effect_larger_and_no_difference():
    rng = np.random.default_rng(1)
    real = 0.1 + rng.normal(0, 0.05, (1, 5, 7)) + rng.normal(0, 0.01, (31, 5, 7))
    cells = paired(real, np.zeros((31, 1, 1)))
    texts = paired(real.mean(axis=(1, 2)), np.zeros(31))
    assert texts.mean == pytest.approx(cells.mean)
    assert texts.d_z > 5 * cells.d_z


def test_sets_without_spread_have_neither_d():
    effect = paired(np.full(5, 3.0), np.full(5, 2.0))
    assert math.isnan(effect.d)
    assert math.isnan(effect.d_z)


def test_what_makes_no_pairs_is_refused():
    with pytest.raises(GedigError, match="give pairs"):
        paired(np.zeros(3), np.zeros(4))


def test_rows_become_one_number_a_text_layer_and_head():
    F = np.random.default_rng(0).normal(size=(3, 2, 5))
    text, layer, head = (axis.ravel() for axis in np.indices(F.shape))
    rows = pd.DataFrame({"text": 7 * text + 2, "layer": layer, "head": head, "F": F.ravel()})
    shuffled = rows.sample(frac=1.0, random_state=0)
    assert np.array_equal(per_head(shuffled, "F"), F)


def test_rows_that_lack_a_head_or_have_two_gauges_are_refused():
    rows = pd.DataFrame({"text": [0, 0, 1, 1], "layer": 0, "head": [0, 1, 0, 1], "F": 0.5})
    for bad in (rows[:3], pd.concat([rows, rows]), rows[:0], rows.assign(head=[0, 1, 0, 0])):
        with pytest.raises(GedigError, match="the rows of one gauge"):
            per_head(bad, "F")
    with pytest.raises(GedigError, match="no column 'G'"):
        per_head(rows, "G")


def cover(made, interval, trials):
    inside = []
    for _ in range(trials):
        low, high = interval(made())
        inside.append(low < 0 < high)
    return float(np.mean(inside))


@pytest.mark.parametrize(
    ("heads", "least", "most"), [(23, 0.91, 0.99), (6, 0.85, 0.95), (2, 0.7, 0.87)]
)
def test_the_crossed_bootstrap_covers_what_it_says_where_layers_have_many_heads(heads, least, most):
    rng = np.random.default_rng(3)

    def made():
        of_heads, texts = rng.normal(0, 0.04, (1, 5, heads)), rng.normal(0, 0.005, (31, 1, 1))
        return of_heads + texts + rng.normal(0, 0.02, (31, 5, heads))

    def interval(values):
        return np.quantile(crossed_means(values, resamples=300)[0], [0.025, 0.975])

    assert least < cover(made, interval, 300) < most


def test_an_interval_over_texts_alone_is_far_too_narrow():
    rng = np.random.default_rng(5)

    def interval(values):
        of_texts = values.mean(axis=(1, 2))
        error = 1.96 * of_texts.std(ddof=1) / math.sqrt(len(of_texts))
        return of_texts.mean() - error, of_texts.mean() + error

    def made():
        heads, texts = rng.normal(0, 0.04, (1, 3, 23)), rng.normal(0, 0.01, (31, 1, 1))
        return heads + texts + rng.normal(0, 0.02, (31, 3, 23))

    assert cover(made, interval, 200) < 0.6
