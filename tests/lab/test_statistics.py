"""What a set of differences is said to say."""

import math

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.statistics import TIE, summarise


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
