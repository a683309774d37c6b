"""What may be chosen on the live F page, and what becomes of a choice in another text."""

import math

import pytest
import traitlets

from gedig_edu.errors import GedigError
from gedig_edu.theory.heads import telling_query
from tests.views.widgets.test_live_f import LAYERS, make_page


def test_a_smaller_model_or_a_shorter_text_moves_the_choice_inside():
    page = make_page(layer=2, head=4, query=7)
    page.model = "small"
    assert (page.layer, page.head) == (1, 2)
    assert list(page.details) == ["1"]
    page.text = "one two"
    assert page.query == 1


def test_a_choice_beyond_the_last_is_the_last():
    page = make_page()
    page.layer, page.query = 99, 999
    assert page.layer == LAYERS - 1
    assert list(page.details) == [str(LAYERS - 1)]
    assert page.query == 7
    assert make_page(query=999).query == 7


def test_until_a_token_is_chosen_each_text_opens_at_one_with_a_look_to_see():
    page = make_page(text="")
    for text in (
        "one",
        "one two three",
        "a b c d e f g",
        "a b",
        "nine words that stand here in one long row",
    ):
        page.text = text
        opened = telling_query(page.reading.maps.weights[page.layer, page.head])
        assert page.query == opened
        page.quantile = 1.6 - page.quantile
        page.layer = 1 - min(page.layer, 1)
        assert page.query == opened


def test_a_chosen_token_stays_chosen_in_the_next_text():
    page = make_page(query=0)
    page.text = "one two three"
    assert page.query == 0
    page.query = 1
    page.text = "a b c d e"
    assert page.query == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", 0.2), ("temperature", 4.1), ("temperature", math.nan),
        ("quantile", 1.0), ("lam", -0.1), ("lam", math.nan), ("quantile", math.nan),
        ("gamma", True), ("layer", True), ("head", 0.5), ("query", -1), ("baseline", "nonsense"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", ["", "the cat sat"])
def test_values_outside_the_controls_are_refused_in_one_sentence(text, name, value):
    page = make_page(text=text)
    before = getattr(page, name)
    for refused in (lambda: setattr(page, name, value), lambda: make_page(**{name: value})):
        with pytest.raises(GedigError, match=f"^{name}=.*;") as refusal:
            refused()
        assert str(refusal.value).count(". ") == 0
    assert getattr(page, name) == before


def test_a_quantity_without_a_name_is_no_trait_value():
    with pytest.raises(traitlets.TraitError):
        make_page().shown = "mood"
