"""Predictions: stored before the cell runs, compared with the number after it."""

from __future__ import annotations

import math
from typing import Any

import ipywidgets

from gedig_edu.course import progress
from gedig_edu.course.answers import AnswerError, as_number
from gedig_edu.course.cards import Card, inline
from gedig_edu.errors import GedigError
from gedig_edu.words import word


def predict(name: str, prediction: Any) -> Card | ipywidgets.VBox:
    """Store what you expect before you measure it.

    ``predict("01.query_norm", ...)``, with the three dots still there, shows the question with a
    field to answer it. A prediction may be changed until its measurement has been seen.

    Parameters
    ----------
    name : str
        Lesson and name; the question is ``lesson_01.predict.query_norm`` in the message table.
    prediction : number or str
        The number expected, or a few words.

    Raises
    ------
    GedigError
        If there is no such question, or the prediction is neither a number nor words.

    Examples
    --------
    >>> predict("01.query_norm", "many")
    • Your prediction: many
    """
    question = _question(name)
    if prediction is Ellipsis:
        return _field(name, question)
    value = _value(prediction)
    notes = progress.keep(lambda record: progress.predicted(record, name, value))
    entry = progress.store().read()["predictions"].get(name, {})
    if entry.get("prediction", value) != value:
        kept = word("course.predict.kept", prediction=_written(entry["prediction"]))
        return Card("note", kept, notes)
    return Card("note", word("course.predict.stored", prediction=_written(value)), notes)


def compare(name: str, measured: float) -> Card:
    """Hold the stored prediction against what was measured.

    Parameters
    ----------
    name : str
        As given to `predict`.
    measured : number
        What the cell found; any form of one number.

    Raises
    ------
    GedigError
        If there is no such question, or `measured` is not one number.
    """
    question = _question(name)
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


def _question(name: str) -> str:
    lesson, _, topic = name.partition(".")
    return word(f"lesson_{lesson}.predict.{topic}")


def _value(prediction: Any) -> float | str:
    if isinstance(prediction, str):
        text = prediction.strip()
        try:
            return float(text)
        except ValueError:
            return text
    try:
        return as_number(prediction)
    except AnswerError as mistake:
        raise GedigError(f"A prediction is one number or a few words: {mistake}") from mistake


def _written(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.3g}"


def _distance(prediction: float | str, measured: float) -> tuple[str, ...]:
    if isinstance(prediction, str):
        return (word("course.predict.judge"),)
    difference = measured - prediction
    if (
        prediction * measured > 0
        and max(abs(prediction / measured), abs(measured / prediction)) > 2
    ):
        factor = math.exp(abs(math.log(measured / prediction)))
        return (word("course.predict.factor", factor=f"{factor:.3g}"),)
    return (word("course.predict.difference", difference=f"{difference:+.3g}"),)


def _field(name: str, question: str) -> ipywidgets.VBox:
    """Return a labelled text field with a button that stores what stands in it."""
    field = ipywidgets.Text(
        placeholder=word("course.predict.placeholder"), description=word("course.predict.label")
    )
    button = ipywidgets.Button(description=word("course.predict.store"))
    button.layout.width = "auto"
    answer = ipywidgets.HTML()

    def store(_: object) -> None:
        if field.value.strip():
            card = predict(name, field.value)
            answer.value = card._repr_html_() if isinstance(card, Card) else ""

    button.on_click(store)
    row = ipywidgets.HBox([field, button])
    row.layout.flex_flow = "row wrap"
    return ipywidgets.VBox([ipywidgets.HTML(inline(question)), row, answer])
