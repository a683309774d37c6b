"""Scores that name heads, on maps made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.theory.heads import head_scores, induction_score, previous_token_score
from tests.helpers import example_maps


def one_hot_rows(targets, length):
    return np.eye(length)[np.asarray(targets)]


def test_a_head_that_looks_one_back_scores_one():
    weights = one_hot_rows([0, 0, 1, 2, 3], 5)
    assert previous_token_score(weights) == 1
    assert previous_token_score(np.eye(5)) == 0


def test_a_single_token_has_no_previous_one():
    assert previous_token_score(np.ones((3, 2, 1, 1))).tolist() == [[0, 0]] * 3


def test_an_induction_head_looks_at_the_successor_of_the_previous_occurrence():
    # A B C A B C: the second A (3) looks at B (1), B (4) at C (2), C (5) at the second A (3)
    weights = one_hot_rows([0, 0, 0, 1, 2, 3], 6)
    assert induction_score(weights, period=3) == 1
    assert induction_score(one_hot_rows([0, 0, 0, 0, 1, 2], 6), period=3) == 0


def test_batches_keep_their_shape_and_heads_their_own_score():
    weights = np.stack([np.eye(7), one_hot_rows([0, *range(6)], 7)])
    scores = previous_token_score(np.broadcast_to(weights[:, None], (2, 3, 7, 7)))
    assert scores.tolist() == [[0.0] * 3, [1.0] * 3]


@pytest.mark.parametrize("period", [1, 0, -2, 6, 9])
def test_a_period_that_fits_no_repetition_is_refused(period):
    with pytest.raises(GedigError, match="from 2 to 5"):
        induction_score(np.eye(6), period=period)


def test_the_scores_of_a_head_are_means_over_its_own_map():
    maps = example_maps(layers=2, heads=3, length=13)
    scores = {name: score[1, 2] for name, score in head_scores(maps, period=5).items()}
    weights = maps.weights[1, 2].astype(float)
    assert scores["previous"] == pytest.approx(np.diagonal(weights, -1).mean())
    assert scores["own"] == pytest.approx(np.diagonal(weights)[1:].mean())
    assert scores["first"] == pytest.approx(weights[1:, 0].mean())
    assert scores["induction"] == pytest.approx(np.mean([weights[i, i - 4] for i in range(5, 13)]))


@pytest.mark.parametrize(("causal", "length", "own", "first"), [
    (True, 3, 0.25, 0.75), (False, 3, 0.5, 2.5 / 3), (True, 1, 0, 0), (False, 1, 0, 0),
])  # fmt: skip
def test_a_token_that_sees_no_other_has_no_say_in_the_shares(causal, length, own, first):
    maps = replace(example_maps(layers=1, heads=1, length=length), causal=causal)
    maps.weights[:] = np.array([[1, 0, 0], [0.5, 0.5, 0], [1, 0, 0]])[:length, :length]
    scores = head_scores(maps)
    assert scores["own"].item() == pytest.approx(own)
    assert scores["first"].item() == pytest.approx(first)
