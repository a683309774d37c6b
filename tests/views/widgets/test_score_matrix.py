"""The score matrix of lesson 02: when it is Toeplitz, and what a shift does to it."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.theory.rope import relative_scores
from gedig_edu.views.widgets.score_matrix import DIM, TOKENS, ScoreMatrix


def scores_of(widget):
    return np.array(widget.numbers["scores"]).reshape(TOKENS, TOKENS)


def test_without_rotation_equal_tokens_give_one_flat_matrix():
    numbers = ScoreMatrix().numbers
    assert np.ptp(numbers["scores"]) < 1e-12
    assert numbers["spread"] == numbers["row_spread"] == pytest.approx(0, abs=1e-12)


def test_rotation_makes_equal_tokens_a_function_of_distance():
    widget = ScoreMatrix(rotation=1.0, base=500.0)
    q, k = (np.array(x[0]) / np.linalg.norm(x[0]) for x in (widget.q, widget.k))
    offsets = np.subtract.outer(np.arange(TOKENS), np.arange(TOKENS))
    np.testing.assert_allclose(
        scores_of(widget), relative_scores(q, k, offsets, base=500.0), atol=1e-12
    )
    assert widget.numbers["spread"] < 1e-12
    assert widget.numbers["row_spread"] > 0.1


def test_half_a_rotation_is_half_the_distance():
    half, whole = (scores_of(ScoreMatrix(rotation=rotation)) for rotation in (0.5, 1.0))
    np.testing.assert_allclose(half[0, ::2], whole[0, : TOKENS // 2], atol=1e-12)


def test_tokens_of_their_own_break_the_diagonals_and_no_shift_moves_a_score():
    widget = ScoreMatrix(rotation=1.0, difference=1.0, shift=1000)
    assert widget.numbers["spread"] > 0.5
    assert widget.numbers["moved"] < 1e-12


def test_every_extreme_of_every_control_is_shown():
    widget = ScoreMatrix()
    for name, value in ScoreMatrix.extremes():
        setattr(widget, name, value)
        assert np.isfinite(widget.numbers["scores"]).all()
        assert widget.sentence


def test_vectors_of_another_shape_are_refused():
    with pytest.raises(GedigError, match="shape"):
        ScoreMatrix().q = [[0.0] * DIM] * TOKENS
