"""One head opened step by step: hand-computed shares, and what stands behind the mask."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.theory.attention import attend
from gedig_edu.views.widgets.head_steps import HeadSteps

TOKENS = ("the", " old", " clock")
SCORES = np.zeros((2, 5, 3, 3))
SCORES[1, 4] = np.log([[1.0, 2.0, 1.0], [3.0, 1.0, 8.0], [1.0, 2.0, 5.0]])


@pytest.fixture
def head():
    return HeadSteps(TOKENS, SCORES, layer=1, head=4, query=1, step=3)


def test_shares_are_the_softmax_of_what_is_in_sight(head):
    assert head.numbers["row"] == pytest.approx([0.75, 0.25, None], abs=1e-5)
    assert head.numbers["previous"] == head.numbers["first"] == pytest.approx(0.75, abs=1e-5)


def test_the_last_token_sees_all(head):
    head.query = 2
    assert head.numbers["row"] == pytest.approx([1 / 8, 2 / 8, 5 / 8], abs=1e-5)


def test_the_first_step_shows_the_future_and_the_second_takes_it_out(head):
    head.step = 1
    assert head.numbers["row"][2] == pytest.approx(np.log(8), abs=1e-5)
    head.step = 2
    assert head.numbers["row"][2] is None
    assert head.numbers["cells"].count(None) == 3


def test_the_readouts_are_of_the_shares_at_every_step(head):
    seen = []
    for head.step in (1, 2, 3):
        seen.append([head.numbers[name] for name in ("sum", "self", "previous", "first")])
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][0] == pytest.approx(1.0)


def test_a_model_that_sees_both_ways_has_no_mask():
    head = HeadSteps(TOKENS, SCORES, causal=False, layer=1, head=4, query=1, step=2)
    assert None not in head.numbers["cells"]
    head.step = 3
    np.testing.assert_allclose(
        head.numbers["row"], attend(SCORES[1, 4], SCORES[1, 4]).weights[1], atol=1e-5
    )


def test_the_first_token_has_no_token_before(head):
    head.query = 0
    assert head.numbers["previous"] is None
    assert "–" in head.sentence


def test_sliders_reach_every_head_and_token(head):
    high = {control["name"]: control["high"] for control in head.frame["controls"]}
    assert high == {"step": 3, "layer": 1, "head": 4, "query": 2}


@pytest.mark.parametrize(("name", "value"), [("layer", 2), ("head", -1), ("query", 3)])
def test_a_head_or_token_that_is_not_there_is_refused(head, name, value):
    with pytest.raises(GedigError, match=f"{name}={value}"):
        setattr(head, name, value)


def test_scores_of_another_text_are_refused():
    with pytest.raises(GedigError, match="scores has shape"):
        HeadSteps(TOKENS, np.zeros((1, 1, 4, 4)))


def test_scores_are_kept_to_six_digits():
    head = HeadSteps(TOKENS, SCORES * 1e4 / 3)
    exact = SCORES[1, 4] * 1e4 / 3
    np.testing.assert_allclose(head.scores[1][4], exact, atol=2e-6 * abs(exact).max())
