"""Scores of the normalised transformer: cosines until a gain weighs the dimensions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from kinds import assert_like, both_kinds, give, plain

from gedig_edu.errors import GedigError
from gedig_edu.theory.attention import cosine_scores, ngpt_scores

B, H, LQ, LK, D = 2, 3, 5, 7, 11


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


@both_kinds
def test_ngpt_scores_are_cosines_times_root_d_or_the_scale_given(kind):
    q, k = give(draw(LQ, D), kind), give(draw(LK, D, seed=1), kind)
    cosines = plain(cosine_scores(q, k))
    np.testing.assert_allclose(plain(ngpt_scores(q, k)), cosines * np.sqrt(D), rtol=1e-14)
    np.testing.assert_allclose(plain(ngpt_scores(q, k, scale=3.0)), cosines * 3.0, rtol=1e-14)


@both_kinds
def test_ngpt_scores_with_a_gain_by_hand(kind):
    q, k = give([[3.0, 4.0]], kind), give([[0.0, 2.0], [5.0, 0.0]], kind)
    gained = ngpt_scores(q, k, scale=10.0, gain=give([1.0, 2.0], kind))
    np.testing.assert_allclose(plain(gained), [[32.0, 6.0]], rtol=1e-15)


@both_kinds
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_ngpt_scores_weigh_each_dimension_by_its_gain_twice(kind, dtype):
    q, k, gain = draw(B, H, LQ, D), draw(B, H, LK, D, seed=1), draw(D, seed=2)
    q, k, gain = (give(numbers, kind, dtype) for numbers in (q, k, gain))
    scores = ngpt_scores(q, k, gain=gain)
    assert_like(scores, q)
    units = [plain(x) / np.linalg.norm(plain(x), axis=-1, keepdims=True) for x in (q, k)]
    expected = np.sqrt(D) * np.einsum("bhqd,d,bhkd->bhqk", units[0], plain(gain) ** 2, units[1])
    np.testing.assert_allclose(
        plain(scores), expected, rtol=0, atol=1e-5 if dtype[-2:] == "32" else 1e-13
    )
    ones = ngpt_scores(q, k, gain=give(np.ones(D), kind, dtype))
    np.testing.assert_allclose(plain(ones), plain(ngpt_scores(q, k)), rtol=0, atol=1e-6)


@settings(deadline=None, max_examples=40)
@given(arrays(np.float64, (LQ, D), elements=st.floats(-30, 30)), st.integers(0, 2**32 - 1))
def test_a_gain_that_is_not_constant_exceeds_root_d_and_no_gain_never_does(q, seed):
    for k in (q, draw(LK, D, seed=seed)):
        assert np.abs(ngpt_scores(q, k)).max() <= np.sqrt(D)
    uneven = np.ones(D)
    uneven[seed % D] = 1.5
    along = np.eye(D)[[seed % D]]
    assert ngpt_scores(along, along, gain=uneven).item() > np.sqrt(D)
    assert np.ptp(np.diag(ngpt_scores(np.eye(D), np.eye(D), gain=uneven))) > 1


@both_kinds
@pytest.mark.parametrize(("dtype", "gain"), [("float64", 1e200), ("float32", -1e30)])
def test_a_gain_whose_square_no_score_can_hold_is_refused(kind, dtype, gain):
    q = give(draw(LQ, D), kind, dtype)
    with pytest.raises(GedigError, match="leaves the range of"):
        ngpt_scores(q, q, gain=give(np.full(D, gain), kind, dtype))
    largest = 1e153 if dtype == "float64" else 1e18
    assert np.isfinite(plain(ngpt_scores(q, q, gain=give(np.full(D, largest), kind, dtype)))).all()
