"""What the learner did: answers, hints, choices, predictions, kept in the learner's folder."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gedig_edu.course.soundness import is_progress
from gedig_edu.course.store import Record, Store, home, now

SECTIONS = ("exercises", "quizzes", "predictions")


def store() -> Store:
    """Return the store of progress in the learner's folder."""
    return Store(home() / "progress.json", sections=SECTIONS, sound=is_progress)


def keep(change: Callable[[Record], object]) -> tuple[str, ...]:
    """Make a change to what is stored; where that cannot be, return why in one sentence.

    An answer is judged even where nothing can be stored.
    """
    return store().keep(change)


def attempt(record: Record, exercise: str, *, passed: bool, answer: str = "") -> None:
    """Count an attempt; an exercise once passed stays passed.

    Kept are the last answer with its verdict, and the first one that passed.
    """
    entry = _touched(record, "exercises", exercise)
    entry["attempts"] = entry.get("attempts", 0) + 1
    entry |= {"answer": answer, "right": passed, "answered": entry["last"]}
    if passed:
        entry.setdefault("passed", entry["last"])
        entry.setdefault("passed_with", answer)


def answered(exercise: str) -> tuple[str, bool] | None:
    """Return the first answer to an exercise that passed, else the last, and whether it did."""
    entry = store().read()["exercises"].get(exercise, {})
    if "passed_with" in entry:
        return entry["passed_with"], True
    return (entry["answer"], False) if "answer" in entry else None


def hinted(record: Record, exercise: str, hints: int) -> None:
    """Store how many hints of an exercise have been given."""
    entry = _touched(record, "exercises", exercise)
    entry["hints"] = max(hints, entry.get("hints", 0))


def hints_given(exercise: str) -> int:
    """Return how many hints of an exercise have been given."""
    return store().read()["exercises"].get(exercise, {}).get("hints", 0)


def solution_seen(record: Record, exercise: str) -> None:
    """Store that the worked solution was opened."""
    _touched(record, "exercises", exercise).setdefault("solution_seen", now())


def quiz_answered(record: Record, question: str, choice: str, *, right: bool) -> None:
    """Store an answer to a quiz question; the first choice and a right answer stay."""
    entry = _touched(record, "quizzes", question)
    entry.setdefault("first", choice)
    entry["choice"] = choice
    if right:
        entry.setdefault("passed", now())


def predicted(record: Record, claim: str, prediction: Any) -> None:
    """Store a prediction, which may change until the measurement has been seen."""
    entry = _touched(record, "predictions", claim)
    if "measured" not in entry or not can_stand(entry.get("prediction")):
        entry["prediction"] = prediction


def measured(record: Record, claim: str, value: Any) -> None:
    """Store the first measurement that a prediction was compared with."""
    entry = _touched(record, "predictions", claim)
    if "prediction" in entry:
        entry.setdefault("measured", value)


def can_stand(prediction: Any) -> bool:
    """Tell a prediction from none, NaN and the infinities, which older versions stored too."""
    return isinstance(prediction, str) or (prediction is not None and math.isfinite(prediction))


def _touched(record: Record, section: str, name: str) -> dict[str, Any]:
    entry = record[section].setdefault(name, {})
    entry["last"] = now()
    return entry
