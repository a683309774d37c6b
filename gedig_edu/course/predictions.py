"""Predictions: stored before the cell runs, compared with the number after it."""

from __future__ import annotations

import math
import reprlib
from decimal import Decimal
from typing import Any

import numpy as np

from gedig_edu.course import catalogue, record
from gedig_edu.course.answers import AnswerError, as_number, describe_trouble
from gedig_edu.course.cards import Card
from gedig_edu.course.deadline import TimeIsUp, run_within
from gedig_edu.course.numerals import PERCENT_SIGNS, as_typed, written
from gedig_edu.course.soundness import can_be_kept
from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.card_form import CardForm
from gedig_edu.words import has_section, refusal, section, word
from gedig_edu.words.numbers import short

SECONDS = 5.0  # for a number that computes itself
LONGEST = 500  # characters of a prediction in words
LARGEST_FACTOR = 1e6  # a larger one is told as a power of ten


def predict(name: str, prediction: Any) -> Card | CardForm:
    """Store what you expect before you measure it.

    ``predict("01.query_norm", ...)``, with the three dots still there, shows the question with a
    field to answer it, and in the field what was predicted before. A prediction may be changed
    until its measurement has been seen.

    Parameters
    ----------
    name : str
        Lesson and name; the question is ``lesson_01.predict.query_norm`` in the message table.
    prediction : number or str
        The number expected, or a few words. Text is read as `numerals.as_typed` does: "0,7" is
        0.7, and "70 %" is 70 where the question asks for percent. There a number above 0 and
        up to 1 needs the sign, "0.9 %", since a share may be meant.

    Raises
    ------
    GedigError
        If there is no such question, or the prediction is neither a finite number nor words, or
        it can be read as two numbers, or no answer can be so small or so large.

    Examples
    --------
    >>> predict("01.query_norm", "many")
    • Your prediction: many
    """
    name = catalogue.full_id(name)
    question = _question(name)
    if prediction is Ellipsis:
        return _field(name, question)
    return _store(name, prediction)


def compare(name: str, measured: float) -> Card:
    """Hold the stored prediction against what was measured.

    Parameters
    ----------
    name : str
        As given to `predict`.
    measured : number
        What the cell found; any form of one number. NaN says that nothing was measured yet, as
        `gedig_edu.course.claims.Evidence.measured` does: then the prediction waits.

    Raises
    ------
    GedigError
        If there is no such question, or `measured` is not one number.
    """
    name = catalogue.full_id(name)
    question = _question(name)
    if isinstance(measured, float | np.floating) and math.isnan(measured):
        return _waiting(name, question)
    try:
        number = _one_number(measured)
    except AnswerError as mistake:
        raise refusal("not_compared", measured=measured, trouble=mistake) from mistake
    found = word("course.predict.measured", measured=written(number))
    entry = _entry(name)
    if "prediction" not in entry:
        return Card("note", found, (question, word("course.predict.none", name=name)))
    stood = word("course.predict.stored", prediction=written(entry["prediction"]))
    distance = _distance(entry["prediction"], number)
    notes = record.keep(lambda kept: record.measured(kept, name, number))
    return Card("note", found, (question, stood, distance, *notes))


def _entry(name: str) -> dict[str, Any]:
    """Return what is stored under a name; a prediction that cannot stand is none."""
    entry = record.store().read()["predictions"].get(name, {})
    return entry if record.can_stand(entry.get("prediction")) else {}


def _store(name: str, prediction: Any) -> Card:
    value = _value(prediction, percent=catalogue.asks_percent(name))
    if not isinstance(value, str):
        _check_unit(name, value, prediction)
    notes = record.keep(lambda kept: record.predicted(kept, name, value))
    entry = _entry(name)
    if entry.get("prediction", value) != value:
        kept = word("course.predict.kept", prediction=written(entry["prediction"]))
        return Card("note", kept, notes)
    return Card("note", word("course.predict.stored", prediction=written(value)), notes)


def _answered(name: str, text: str) -> Card:
    """Store what stands in the field; a refusal is said below it, where the learner looks."""
    try:
        return _store(name, text)
    except GedigError as refusal:
        return Card("wrong", str(refusal))


def _waiting(name: str, question: str) -> Card:
    """Return the prediction, if there is one, where there is no number to hold it against."""
    entry = _entry(name)
    stood = (
        word("course.predict.stored", prediction=written(entry["prediction"]))
        if "prediction" in entry
        else word("course.predict.none", name=name)
    )
    return Card("note", word("course.predict.not_yet"), (question, stood))


def _question(name: str) -> str:
    lesson, _, topic = name.partition(".")
    questions = _questions(lesson)
    if topic not in questions:
        known = {n: [f"{n}.{one}" for one in _questions(n)] for n in catalogue.NUMBERS}
        raise catalogue.missing("prediction", name, known)
    return questions[topic]


def _questions(lesson: str) -> dict[str, str]:
    """Return what a lesson asks to be predicted, by name."""
    key = f"lesson_{lesson}.predict"
    return section(key) if lesson in catalogue.NUMBERS and has_section(key) else {}


def _value(prediction: Any, *, percent: bool) -> float | str:
    if isinstance(prediction, bool | np.bool_):
        raise _unfit(prediction)
    if isinstance(prediction, str):
        text = prediction.strip()
        if len(text) > LONGEST:
            raise refusal("prediction_too_long", count=len(text), most=LONGEST)
        number = as_typed(text, percent=percent)
        if number is None and text and can_be_kept(text):
            return text
    else:
        try:
            number = _one_number(prediction)
        except AnswerError as mistake:
            raise refusal("not_one_prediction", trouble=mistake) from mistake
    if number is None or not math.isfinite(number):
        raise _unfit(prediction)
    return number


def _check_unit(name: str, value: float, prediction: object) -> None:
    """Refuse a number that its question cannot have for an answer, or may mean as a share."""
    signed = isinstance(prediction, str) and prediction.rstrip().endswith(PERCENT_SIGNS)
    if catalogue.asks_percent(name) and 0 < value <= 1 and not signed:
        raise refusal("share_for_percent", given=written(value), meant=written(100 * value))
    low, high = catalogue.ends_of(name)
    if value < low or value > high:
        kind = "below" if math.isinf(high) else "outside"
        raise refusal(f"prediction_{kind}", given=written(value), low=low, high=high)


def _in_field(name: str, stored: float | str) -> str:
    """Return a prediction so that the field may be handed in again as it stands."""
    small = not isinstance(stored, str) and 0 < stored <= 1
    return f"{written(stored)} %" if small and catalogue.asks_percent(name) else written(stored)


def _one_number(given: Any) -> float:
    """Return what was given as one number, whatever it does when it is looked at."""

    def looked_at() -> float:
        try:
            return as_number(given)
        except (AnswerError, TimeIsUp):
            raise
        except BaseException as trouble:
            raise AnswerError(describe_trouble(trouble)) from trouble

    try:
        return run_within(SECONDS, looked_at)
    except TimeIsUp:
        raise AnswerError(word("course.answer.too_long", seconds=f"{SECONDS:g}")) from None


def _unfit(prediction: object) -> GedigError:
    return refusal("no_prediction_at_all", prediction=reprlib.repr(prediction))


def _distance(prediction: float | str, measured: float) -> str:
    if isinstance(prediction, str):
        return word("course.predict.judge")
    if prediction and measured and (prediction > 0) == (measured > 0):
        powers = abs(math.log10(abs(measured)) - math.log10(abs(prediction)))
        if powers > math.log10(LARGEST_FACTOR):
            return word("course.predict.factor", factor=f"10^{powers:.0f}")
        if powers > math.log10(2):
            return word("course.predict.factor", factor=short(10**powers))
    difference: float | Decimal = measured - prediction
    if math.isinf(difference):
        difference = Decimal(measured) - Decimal(prediction)
    sign = "+" if difference > 0 else ""
    return word("course.predict.difference", difference=f"{sign}{short(difference)}")


def _field(name: str, question: str) -> CardForm:
    """Return the question over a field that stores what stands in it, with what was stored."""
    entry = _entry(name)
    stored = entry.get("prediction")
    said = None
    if stored is not None:
        key = "kept" if "measured" in entry else "stored"
        said = Card("note", word(f"course.predict.{key}", prediction=written(stored)))
    return CardForm(
        Card("note", question),
        button=word("course.predict.store"),
        respond=lambda text: _answered(name, text) if text.strip() else None,
        label=word("course.predict.label"),
        placeholder=word("course.predict.placeholder"),
        value="" if stored is None else _in_field(name, stored),
        answer=said,
        off=word("course.predict.off"),
    )
