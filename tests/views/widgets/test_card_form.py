"""A card with a button: what a press does, and what stays where no widget can be drawn."""

import pytest

from gedig_edu import GedigError
from gedig_edu.course.cards import Card
from gedig_edu.views.widgets.card_form import CardForm
from gedig_edu.words import word


def form(respond, **options):
    return CardForm(Card("note", "How many?"), button="Ask", respond=respond, **options)


def test_what_the_button_returns_is_the_answer():
    made = form(lambda text: Card("right", f"It is {text}"), label="I expect")
    made.press("3 < 4")
    assert "It is 3 &lt; 4" in made.answer
    assert repr(made) == "• How many?\n✓ It is 3 < 4"
    assert made.card + made.answer == made.said_in_html()


def test_nothing_returned_leaves_the_answer_as_it_is():
    made = form(lambda text: None, answer=Card("note", "before"))
    made.press()
    assert "before" in made.answer


def test_the_form_is_busy_while_it_works_and_only_then():
    seen = []
    made = form(lambda text: seen.append(made.busy))
    made.press()
    assert seen == [True]
    assert made.busy is False


def test_another_card_takes_the_place_of_the_first():
    made = form(lambda text: made.show(Card("right", "measured again")))
    made.press()
    assert repr(made) == "✓ measured again"


def test_a_refusal_becomes_the_answer():
    def refuse(text):
        raise GedigError("Give a number.")

    made = form(refuse)
    made.press("many")
    assert "Give a number." in made.answer
    assert made.busy is False


def test_a_failure_is_shown_and_raised():
    made = form(lambda text: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        made.press()
    assert "ZeroDivisionError" in made.answer
    assert made.busy is False


def test_without_a_kernel_it_says_so_in_the_words_given():
    assert form(lambda text: None).words["off"] == word("widgets.told.off")
    assert form(lambda text: None, off="No kernel.").words["off"] == "No kernel."
