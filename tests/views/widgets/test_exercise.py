"""Feedback over Hint and Solution: what a press gives, and what the page does not hold before."""

import json

import pytest

from gedig_edu import GedigError
from gedig_edu.course.cards import Card
from gedig_edu.views.widgets.exercise import ExerciseForm

HINTS = ("first step", "second step", "third step")
LABELS = {"heading": "Exercise", "hint": "Hint {number} of {count}", "in_text": "Without buttons"}


def form(*, tone="wrong", **options):
    return ExerciseForm(
        Card(tone, "Exercise", ("Look again.",)),
        message="Look again.",
        labels=LABELS,
        count=3,
        give=options.pop("give", lambda given: (HINTS[: given + 1], ())),
        **options,
    )


def solved():
    return Card("note", "Solution", ("Six times seven.",), code="def solved():\n    return 42")


def state(made):
    return json.dumps(made.get_state(), default=str)


@pytest.mark.parametrize("tone", ["right", "wrong", "note"])
def test_it_is_true_exactly_where_the_answer_is_right(tone):
    made = form(tone=tone)
    assert bool(made) is made.passed is (tone == "right")


def test_each_press_gives_one_hint_more_and_leaves_those_before():
    made, seen = form(), []
    for _ in range(3):
        made.press("hint")
        seen.append(list(made.hints))
    assert seen == [list(HINTS[:n]) for n in (1, 2, 3)]
    assert made.wish == ""


def test_its_state_holds_nothing_that_was_not_asked_for():
    made = form(solve=solved)
    assert not [said for said in (*HINTS, "seven", "return 42") if said in state(made)]
    made.press("hint")
    assert "first step" in state(made)
    assert not [said for said in (*HINTS[1:], "seven", "return 42") if said in state(made)]
    made.press("solution")
    assert "return 42" in state(made)


def test_without_a_solution_there_is_no_button_and_a_wish_for_one_gives_nothing():
    made = form()
    assert made.frame["solves"] is False
    made.press("solution")
    assert made.solution == {}
    assert not made.unfolded


def test_words_stand_where_no_widget_can_be_drawn():
    made = form(hints=HINTS[:2], solve=solved, unfolded=True)
    said = repr(made)
    assert "Look again." in said
    assert "Hint 2 of 3: second step" in said
    assert "return 42" in said
    assert said.endswith("Without buttons")
    made.unfolded = False
    assert "return 42" not in repr(made)
    assert "return 42" not in made.said_in_html()
    assert "Without buttons" not in repr(form(tone="right"))


def test_what_the_words_say_is_escaped():
    assert "<b>" not in form(hints=["<b>"]).said_in_html()


def test_a_refusal_is_said_below_and_a_failure_is_said_and_raised():
    def refuse(_given):
        raise GedigError("The folder is full.")

    made = form(give=refuse)
    made.press("hint")
    assert made.notes == ["The folder is full."]
    assert "The folder is full." in repr(made)
    made = form(give=lambda given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        made.press("hint")
    assert "ZeroDivisionError" in made.notes[0]
    assert made.wish == ""
