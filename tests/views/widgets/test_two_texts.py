"""Two texts beside each other: where they part, what repeats, and what is refused."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.two_texts import STRENGTHS, TwoTexts

PLACES = 2 * len(STRENGTHS)


def looks(steps, prompt):
    made = np.zeros((PLACES, steps, prompt + steps))
    made[..., 0] = 1
    return made


def test_at_w_0_the_two_texts_are_one():
    shown = TwoTexts().numbers
    assert shown["first"] is None
    assert not any(shown["differs"])
    assert shown["distinct"] == shown["distinct_plain"] == 1
    assert shown["look"] == shown["look_plain"]


def test_a_pair_that_stood_before_is_marked_at_its_second_word():
    written = [["a", "b", "a", "b", "b", "b"]] * PLACES
    shown = TwoTexts(["x"], written, looks(6, 1)).numbers
    assert shown["again"] == [False, False, False, True, False, True]
    assert shown["distinct"] == pytest.approx(3 / 5)


def test_a_text_that_ends_early_has_no_token_there_and_differs_from_none():
    written = [["a", "b", "c"]] * PLACES
    written[0] = ["a"]
    texts = TwoTexts(["x"], written, looks(3, 1), chosen=0, step=2)
    assert texts.numbers["token"] is None
    assert texts.numbers["own"] is None
    assert texts.numbers["distinct"] is None
    assert texts.numbers["differs"] == [False]
    assert "is –" in texts.sentence


def test_own_is_what_goes_to_the_words_written_here():
    given = looks(3, 2)
    given[:, 2] = [0.1, 0.2, 0.3, 0.4, 0]
    texts = TwoTexts(["x", "y"], [["a", "b", "c"]] * PLACES, given, step=2)
    assert texts.numbers["own"] == pytest.approx(0.7)


def test_line_breaks_are_signs_that_keep_the_text_in_its_lines():
    texts = TwoTexts(["x\n"], [["a\n\n", "\r"]] * PLACES, looks(2, 1))
    assert texts.prompt == ["x⏎"]
    assert texts.written[0] == ["a⏎⏎", "⏎"]


@pytest.mark.parametrize("shape", [(PLACES, 2, 3), (PLACES, 3, 3), (PLACES - 1, 3, 4)])
def test_looks_of_another_shape_are_refused(shape):
    with pytest.raises(GedigError, match=r"give looks of \(18, 3, 4\)"):
        TwoTexts(["x"], [["a", "b", "c"]] * PLACES, np.zeros(shape))


def test_setting_a_strength_takes_the_nearest_that_was_written():
    texts = TwoTexts()
    texts.strength = -5.2
    assert texts.strength == -6
