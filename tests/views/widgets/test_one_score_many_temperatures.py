"""Three readers of one score matrix: numbers by hand, and what cooling does and does not do."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.one_score_many_temperatures import OneScoreManyTemperatures


def test_numbers_of_two_tokens_are_those_done_by_hand():
    scores = np.array([[0.0, 9.0], [0.0, np.log(3.0)]])
    read = OneScoreManyTemperatures(scores, ("a", "b"), ratio=2.0).numbers
    assert read["middle_weights"] == pytest.approx([1, 0, 0.25, 0.75])
    assert read["middle_distance"] == pytest.approx(0.25 / 2)
    entropy = -(0.25 * np.log(0.25) + 0.75 * np.log(0.75))
    assert read["middle_keys"] == pytest.approx((1 + np.exp(entropy)) / 2)
    assert read["cold_weights"] == pytest.approx([1, 0, 0.1, 0.9])  # odds of 9 at T = 1/2
    assert read["hot_weights"][2] == pytest.approx(1 / (1 + np.sqrt(3)))


def test_the_colder_reader_sees_fewer_keys_whatever_the_scores_prefer():
    for preference in (-1.0, 0.0, 1.0):
        read = OneScoreManyTemperatures(preference=preference).numbers
        assert read["cold_keys"] < read["middle_keys"] < read["hot_keys"]


def test_the_colder_reader_looks_nearer_only_where_the_scores_prefer_near_keys():
    near = OneScoreManyTemperatures(preference=1.0).numbers
    far = OneScoreManyTemperatures(preference=-1.0).numbers
    assert near["cold_distance"] < near["middle_distance"] < near["hot_distance"]
    assert far["cold_distance"] > far["middle_distance"] > far["hot_distance"]


def test_an_encoder_sees_what_comes_after():
    scores = np.zeros((3, 3))
    read = OneScoreManyTemperatures(scores, ("a", "b", "c"), causal=False).numbers
    assert read["middle_keys"] == pytest.approx(3)
    assert read["middle_distance"] == pytest.approx((1 + 2 / 3 + 1) / 3)


def test_sentence_is_made_from_the_data():
    widget = OneScoreManyTemperatures(np.zeros((2, 2)), ("a", "b"))
    assert "at T = 0.250 a token sees 1.50 keys, at a mean distance of 0.250" in widget.sentence
    widget.temperature = 2.0
    assert "at T = 8.00" in widget.sentence


@pytest.mark.parametrize("scores", [np.zeros((2, 3)), np.zeros((3, 3)), np.full((2, 2), np.nan)])
def test_scores_that_do_not_fit_the_tokens_are_refused(scores):
    with pytest.raises(GedigError, match=r"^scores "):
        OneScoreManyTemperatures(scores, ("a", "b"))
