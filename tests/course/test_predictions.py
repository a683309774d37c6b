import numpy as np
import pytest
import torch

from gedig_edu.course import catalogue, compare, predict, progress, record
from gedig_edu.course.numerals import as_typed
from gedig_edu.errors import GedigError
from gedig_edu.words import has_section, section


def stored(name="01.query_norm"):
    return record.store().read()["predictions"].get(name)


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
    form.press("")
    assert stored() is None
    form.press(" 3.5 ")
    assert stored()["prediction"] == 3.5
    assert "3.5" in form.answer


def test_what_was_predicted_before_stands_in_the_field_again():
    predict("01.query_norm", 3.5)
    form = predict("01.query_norm", ...)
    assert form.value == "3.5"
    assert repr(form).splitlines()[-1] == "• Your prediction: 3.5"
    compare("01.query_norm", 2.0)
    form = predict("01.query_norm", ...)
    form.press("2")
    assert "3.5 stays" in form.answer
    assert stored()["prediction"] == 3.5


def test_words_are_a_prediction_too():
    predict("01.growth", "it takes everything")
    assert stored("01.growth")["prediction"] == "it takes everything"
    assert "it takes everything" in repr(compare("01.growth", 1.0))


@pytest.mark.parametrize(
    ("prediction", "measured", "said"),
    [(1.0, 5.0, "factor of 5"), (5.0, 1.0, "factor of 5"), (-2.0, -8.0, "factor of 4"),
     (1.0, 1.5, "+0.5"), (-1.0, 1.0, "+2"), (0.0, 3.0, "+3"), (3.0, 0.0, "−3"),
     (0.0, 1.125, "+1.13"), (2.5, 2.5, "predicted: 0")],
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


@pytest.mark.parametrize(
    "endless",
    ["infinity", "-inf", " NaN ", "1e999", "9" * 400, float("nan"), float("-inf"), 10**400, True,
     np.True_, 1 + 2j, np.array([1 + 2j]), "", "  ", "half a sign \ud800", np.float32("inf")],
    ids=repr,
)  # fmt: skip
def test_what_is_no_finite_number_is_refused_in_one_sentence_and_not_stored(endless):
    with pytest.raises(GedigError, match=r"number") as refused:
        predict("01.query_norm", endless)
    assert len(str(refused.value)) < 250
    assert stored() is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [("1_000", 1000.0), ("５", 5.0), ("1e3", 1000.0), ("50 %", 0.5), ("∞", "∞"), ("-0", 0.0)],
)
def test_a_number_however_written_is_a_number_and_the_rest_are_words(text, kept):
    predict("01.query_norm", text)
    assert stored()["prediction"] == kept
    compare("01.query_norm", 3.0)


@pytest.mark.parametrize("old", ["Infinity", "-Infinity", "NaN"])
@pytest.mark.parametrize("seen", ["", ', "measured": 5.0'])
def test_a_record_with_an_endless_prediction_opens_and_takes_another(learner, old, seen):
    learner.mkdir(exist_ok=True)
    text = f'{{"predictions": {{"01.query_norm": {{"prediction": {old}{seen}}}}}}}'
    (learner / "progress.json").write_text(text, encoding="utf-8")
    assert "stored no prediction" in repr(compare("01.query_norm", 5.0))
    assert "stays" not in repr(predict("01.query_norm", ...))
    progress.show()
    assert "Your prediction: 4" in repr(predict("01.query_norm", 4.0))
    assert "+1" in repr(compare("01.query_norm", 5.0))


def test_a_refusal_stands_below_the_field():
    form = predict("01.query_norm", ...)
    form.press("infinity")
    assert "one finite number" in form.answer
    assert stored() is None


@pytest.mark.parametrize(
    ("name", "said"),
    [("01.zzz", "lesson '01' has 01.query_norm, 01.growth"), ("01", "01.query_norm"),
     ("01.query_norm.x", "01.query_norm"), ("99.norm", "no lesson '99'"), (5, "lesson '05' has"),
     ("../l01.norm", "no lesson ''"), ("12.norm", "lesson '12' has 12.mirrors")],
)  # fmt: skip
@pytest.mark.parametrize("call", [predict, compare])
def test_a_name_that_no_lesson_asks_for_is_answered_with_those_it_has(call, name, said):
    with pytest.raises(GedigError) as refused:
        call(name, 1)
    assert said in str(refused.value)
    assert "words/en" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("01.query_nrom", "01.query_norm"), ("02.query_norm", "01.query_norm"),
     ("query_norm", "01.query_norm"), ("01.Agreement", "01.agreement")],
)  # fmt: skip
@pytest.mark.parametrize("call", [predict, compare])
def test_a_name_near_to_one_is_answered_with_that_one(call, name, meant):
    with pytest.raises(GedigError, match=rf"did you mean {meant}\?"):
        call(name, 1)


def test_a_name_needs_no_zero_and_is_stored_with_it():
    predict("1.growth", 3)
    assert record.store().read()["predictions"]["01.growth"]["prediction"] == 3.0
    assert "3" in repr(compare("1.growth", 4.0))


@pytest.mark.parametrize("nothing", [float("nan"), np.float64("nan"), np.float32("nan")])
def test_a_prediction_waits_while_nothing_was_measured(nothing):
    assert "stored no prediction" in repr(compare("01.query_norm", nothing))
    predict("01.query_norm", 4.0)
    card = repr(compare("01.query_norm", nothing))
    assert "no number yet" in card
    assert "Your prediction: 4" in card
    assert "measured" not in stored()
    predict("01.query_norm", 5.0)
    assert stored()["prediction"] == 5.0


@pytest.mark.parametrize(
    ("prediction", "measured", "said"),
    [(1e308, 0.05, "factor of 10^309"), (1e-320, 1e10, "factor of 10^330"),
     (2, 1e7, "factor of 10^7"), (2, 1e6, "factor of 500000"), (-1e308, 1e308, "+2e308"),
     (5e-324, 1e-323, "factor of 2")],
)  # fmt: skip
def test_a_prediction_however_far_off_is_compared(prediction, measured, said):
    predict("01.query_norm", prediction)
    assert said in repr(compare("01.query_norm", measured))
    assert stored()["measured"] == measured


def test_a_comparison_that_fails_leaves_the_prediction_free(monkeypatch):
    predict("01.query_norm", 1.0)
    with monkeypatch.context() as broken:
        broken.setattr("gedig_edu.course.predictions._distance", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            compare("01.query_norm", 5.0)
    assert "measured" not in stored()


@pytest.mark.parametrize(
    ("text", "kept"),
    [("70 %", 70.0), ("70%", 70.0), ("70\u202f%", 70.0), ("0,7 %", 0.7), ("0,7", 0.7), ("−3", -3.0),
     ("+1,5", 1.5), (",5", 0.5), ("0,125", 0.125), ("1,000,000", 1e6), ("1,000.5", 1000.5),
     ("10 000", 10000.0), ("1,5e-3", 0.0015), ("1,2,3", "1,2,3"), ("3 or 4", "3 or 4"),
     ("%", "%"), ("−", "−")],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(text, kept):
    number = as_typed(text, percent=True)
    assert (text if number is None else number) == kept


def test_a_question_asks_for_percent_where_its_lesson_says_so():
    asked = [
        (f"{lesson}.{topic}", text)
        for lesson in catalogue.NUMBERS
        if has_section(f"lesson_{lesson}.predict")
        for topic, text in section(f"lesson_{lesson}.predict").items()
    ]
    said = {name for name, text in asked if "percent" in text or "per cent" in text}
    assert said == {name for name, _ in asked if catalogue.asks_percent(name)}
    assert len(said) >= 7


IN_PERCENT = [
    f"{lesson}.{topic}"
    for lesson in catalogue.NUMBERS
    for topic in catalogue.predictions_in_percent(lesson)
]


@pytest.mark.parametrize("name", IN_PERCENT)
def test_a_share_where_percent_is_asked_for_is_asked_about_and_nothing_stored(name):
    form = predict(name, ...)
    for given in ("0.9", "0,9"):
        form.press(given)
        assert "did you mean 90?" in form.answer
    with pytest.raises(GedigError, match=r"did you mean 100\? If not, write '1 %'\.$"):
        predict(name, 1)
    with pytest.raises(GedigError, match=r"^−3 cannot be: the answer "):
        predict(name, -3)
    assert stored(name) is None


@pytest.mark.parametrize("name", IN_PERCENT)
def test_less_than_one_per_cent_is_stored_with_its_sign_and_may_be_handed_in_again(name):
    predict(name, "0.9 %")
    assert stored(name)["prediction"] == 0.9
    form = predict(name, ...)
    form.press(form.value)
    assert "Your prediction: 0.9" in form.answer
    predict(name, 0)
    assert stored(name)["prediction"] == 0.0
    predict(name, "about half")
    assert stored(name)["prediction"] == "about half"


@pytest.mark.parametrize("name", IN_PERCENT)
def test_more_than_all_is_refused_but_for_what_can_be_larger(name):
    if name in {"02.shift", "10.drive", "11.three"}:  # changes and an error
        predict(name, 150)
        assert stored(name)["prediction"] == 150.0
    else:
        with pytest.raises(GedigError, match=r"^150 cannot be: the answer lies between 0 and 100"):
            predict(name, "150 %")
        assert stored(name) is None


def test_no_number_is_stored_beyond_the_ends_that_a_question_has():
    ends = {
        f"{lesson}.{topic}": catalogue.ends_of(f"{lesson}.{topic}")
        for lesson in catalogue.NUMBERS
        if has_section(f"lesson_{lesson}.predict")
        for topic in section(f"lesson_{lesson}.predict")
    }
    bounded = {name: both for name, both in ends.items() if np.isfinite(both[1])}
    assert {"03.cold", "05.shortcut", "06.worth", "08.luck", "10.kept"} <= bounded.keys()
    for name, (low, high) in bounded.items():
        for beyond in (low - 1, high + 1):
            with pytest.raises(GedigError, match=r" cannot be: the answer lies between "):
                predict(name, beyond)
        assert stored(name) is None
        predict(name, high)
        assert stored(name)["prediction"] == high


def test_what_a_lesson_bounds_is_what_it_asks():
    for lesson in catalogue.NUMBERS:
        bounded = catalogue.ends_by_name(lesson).keys()
        asked = section(f"lesson_{lesson}.predict") if bounded else {}
        assert bounded <= asked.keys()


def test_percent_is_a_share_where_a_share_is_asked_for():
    predict("00.silent", "70 %")
    assert stored("00.silent")["prediction"] == 0.7


@pytest.mark.parametrize("text", ["1,000", "-12,345", "1,000 %"])
def test_a_comma_that_can_mean_two_numbers_is_asked_about_and_nothing_stored(text):
    form = predict("01.query_norm", ...)
    form.press(text)
    assert "write the one you mean" in form.answer
    with pytest.raises(GedigError, match=r"can mean -?\d+ or -?\d+\.\d+; write"):
        predict("01.query_norm", text)
    assert stored() is None
