import ipywidgets
import pytest
import torch

from gedig_edu.course import compare, predict, progress
from gedig_edu.errors import GedigError


def stored(name="01.query_norm"):
    return progress.store().read()["predictions"].get(name)


def test_a_prediction_is_stored_and_may_change_until_it_is_measured():
    predict("01.query_norm", 1)
    predict("01.query_norm", [2.0])
    assert stored()["prediction"] == 2.0
    compare("01.query_norm", 5.0)
    card = predict("01.query_norm", 5.0)
    assert stored()["prediction"] == 2.0
    assert stored()["measured"] == 5.0
    assert "stays" in repr(card)


def test_three_dots_show_a_field_that_stores():
    form = predict("01.query_norm", ...)
    question, row, answer = form.children
    field, button = row.children
    assert isinstance(question, ipywidgets.HTML)
    button.click()
    assert stored() is None
    field.value = " 3.5 "
    button.click()
    assert stored()["prediction"] == 3.5
    assert "3.5" in answer.value


def test_words_are_a_prediction_too():
    predict("01.growth", "it takes everything")
    assert stored("01.growth")["prediction"] == "it takes everything"
    assert "it takes everything" in repr(compare("01.growth", 1.0))


@pytest.mark.parametrize(
    ("prediction", "measured", "said"),
    [(1.0, 5.0, "factor of 5"), (5.0, 1.0, "factor of 5"), (-2.0, -8.0, "factor of 4"),
     (1.0, 1.5, "+0.5"), (-1.0, 1.0, "+2"), (0.0, 3.0, "+3"), (3.0, 0.0, "-3")],
)  # fmt: skip
def test_the_distance_is_told_as_a_factor_or_a_difference(prediction, measured, said):
    predict("01.query_norm", prediction)
    assert said in repr(compare("01.query_norm", torch.tensor(measured)))


def test_a_measurement_without_a_prediction_is_shown_and_not_kept():
    assert "stored no prediction" in repr(compare("01.query_norm", 5.0))
    predict("01.query_norm", 1.0)
    assert "measured" not in stored()


@pytest.mark.parametrize(
    "call",
    [
        lambda: predict("01.nothing", 1),
        lambda: compare("01.nothing", 1),
        lambda: predict("01.query_norm", {}),
        lambda: predict("01.query_norm", [1, 2]),
        lambda: compare("01.query_norm", "many"),
    ],
)
def test_what_cannot_be_predicted_is_refused_in_one_sentence(call):
    with pytest.raises(GedigError):
        call()
