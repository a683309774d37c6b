"""Predictions: stored before the cell runs, compared with the number after it."""

from __future__ import annotations

import math
import reprlib
from typing import Any

import numpy as np

from gedig_edu.course import lessons, progress
from gedig_edu.course.answers import AnswerError, as_number
from gedig_edu.course.cards import Card
from gedig_edu.course.soundness import can_be_kept
from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.card_form import CardForm
from gedig_edu.words import has_section, section, word


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
        The number expected, or a few words.

    Raises
    ------
    GedigError
        If there is no such question, or the prediction is neither a finite number nor words.

    Examples
    --------
    >>> predict("01.query_norm", "many")
    • Your prediction: many
    """
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
    question = _question(name)
    if isinstance(measured, float | np.floating) and math.isnan(measured):
        return _waiting(name, question)
    try:
        number = as_number(measured)
    except AnswerError as mistake:
        raise GedigError(f"measured={measured!r} cannot be compared: {mistake}") from mistake
    notes = progress.keep(lambda record: progress.measured(record, name, number))
    entry = progress.store().read()["predictions"].get(name, {})
    found = word("course.predict.measured", measured=_written(number))
    if "prediction" not in entry:
        return Card("note", found, (question, word("course.predict.none", name=name), *notes))
    prediction = entry["prediction"]
    stood = word("course.predict.stored", prediction=_written(prediction))
    return Card("note", found, (question, stood, *_distance(prediction, number), *notes))


def _store(name: str, prediction: Any) -> Card:
    value = _value(prediction)
    notes = progress.keep(lambda record: progress.predicted(record, name, value))
    entry = progress.store().read()["predictions"].get(name, {})
    if entry.get("prediction", value) != value:
        kept = word("course.predict.kept", prediction=_written(entry["prediction"]))
        return Card("note", kept, notes)
    return Card("note", word("course.predict.stored", prediction=_written(value)), notes)


def _answered(name: str, text: str) -> Card:
    """Store what stands in the field; a refusal is said below it, where the learner looks."""
    try:
        return _store(name, text)
    except GedigError as refusal:
        return Card("wrong", str(refusal))


def _waiting(name: str, question: str) -> Card:
    """Return the prediction, if there is one, where there is no number to hold it against."""
    entry = progress.store().read()["predictions"].get(name, {})
    stood = (
        word("course.predict.stored", prediction=_written(entry["prediction"]))
        if "prediction" in entry
        else word("course.predict.none", name=name)
    )
    return Card("note", word("course.predict.not_yet"), (question, stood))


def _question(name: str) -> str:
    lesson, _, topic = str(name).partition(".")
    predicting = lesson in lessons.NUMBERS and has_section(f"lesson_{lesson}.predict")
    questions = section(f"lesson_{lesson}.predict") if predicting else {}
    if topic not in questions:
        raise lessons.missing("prediction", name, [f"{lesson}.{one}" for one in questions])
    return questions[topic]


def _value(prediction: Any) -> float | str:
    if isinstance(prediction, bool | np.bool_):
        raise _unfit(prediction)
    if isinstance(prediction, str):
        text = prediction.strip()
        try:
            number = float(text)
        except ValueError:
            if text and can_be_kept(text):
                return text
            number = math.nan
    else:
        try:
            number = as_number(prediction)
        except AnswerError as mistake:
            raise GedigError(f"A prediction is one number or a few words: {mistake}") from mistake
    if not math.isfinite(number):
        raise _unfit(prediction)
    return number


def _unfit(prediction: object) -> GedigError:
    return GedigError(
        f"{reprlib.repr(prediction)} is no prediction that a measurement can be held against; give "
        "one finite number, or a few words."
    )


def _written(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.3g}"


def _distance(prediction: float | str, measured: float) -> tuple[str, ...]:
    if isinstance(prediction, str) or not math.isfinite(prediction):
        return (word("course.predict.judge"),)
    difference = measured - prediction
    if (
        prediction * measured > 0
        and max(abs(prediction / measured), abs(measured / prediction)) > 2
    ):
        factor = math.exp(abs(math.log(measured / prediction)))
        return (word("course.predict.factor", factor=f"{factor:.3g}"),)
    return (word("course.predict.difference", difference=f"{difference:+.3g}"),)


def _field(name: str, question: str) -> CardForm:
    """Return the question over a field that stores what stands in it, with what was stored."""
    entry = progress.store().read()["predictions"].get(name, {})
    stored = entry.get("prediction")
    said = None
    if stored is not None:
        key = "kept" if "measured" in entry else "stored"
        said = Card("note", word(f"course.predict.{key}", prediction=_written(stored)))
    return CardForm(
        Card("note", question),
        button=word("course.predict.store"),
        respond=lambda text: _answered(name, text) if text.strip() else None,
        label=word("course.predict.label"),
        placeholder=word("course.predict.placeholder"),
        value="" if stored is None else _written(stored),
        answer=said,
        off=word("course.predict.off"),
    )
