"""What the learner has done, kept in the learner's own folder and shown in lesson 00."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gedig_edu.course import catalogue
from gedig_edu.course.cards import Card, Table
from gedig_edu.course.files import write_whole
from gedig_edu.course.soundness import is_progress
from gedig_edu.course.store import Record, Store, home, now
from gedig_edu.words import refusal, word

SECTIONS = ("exercises", "quizzes", "predictions")
EXPORT = "gedig-progress.json"


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


def show() -> Table:
    """Show for each lesson what is done: exercises passed, questions answered, predictions.

    Examples
    --------
    >>> show().headings[0]
    'Lesson'
    """
    record = store().read()
    headings = ("lesson", "exercises", "attempts", "questions", "predictions")
    return Table(
        word("course.progress.caption"),
        tuple(word(f"course.progress.{name}") for name in headings),
        tuple(_row(record, lesson) for lesson in catalogue.NUMBERS),
        stacked=((0,), (1, 2), (3, 4)),
    )


def next_step() -> Card:
    """Offer the next thing to do: first in the lesson last worked on, then in those after it.

    Examples
    --------
    >>> next_step().tone
    'note'
    """
    record = store().read()
    start = catalogue.NUMBERS.index(_last_lesson(record))
    for lesson in (*catalogue.NUMBERS[start:], *catalogue.NUMBERS[:start]):
        for exercise in catalogue.exercises_of(lesson):
            if "passed" not in record["exercises"].get(exercise.id, {}):
                heading = word("course.progress.next_exercise", id=exercise.id)
                return Card(
                    "note", heading, (exercise.words("task"),), link=catalogue.file_of(lesson)
                )
        for question in catalogue.quiz_of(lesson):
            if "passed" not in record["quizzes"].get(question.id, {}):
                heading = word("course.progress.next_question", id=question.id)
                return Card("note", heading, (question.text,), link=catalogue.file_of(lesson))
    return Card("right", word("course.progress.all_done"))


def export(path: Path | str = EXPORT, *, replace: bool = False, student: str = "") -> Path:
    """Write everything that is stored to a file of your choice, as JSON, to hand in or to keep.

    Parameters
    ----------
    path : path
        Where to.
    replace : bool
        Whether a file already there may be replaced.
    student : str
        A name to write into the file; none is written where not given.

    Raises
    ------
    GedigError
        If a file is there and `replace` is not given, or the file cannot be written.
    """
    target = Path(path)
    if target.exists() and not replace:
        raise refusal("there_already", path=str(path))
    record = store().read() | ({"student": student} if student else {})
    text = json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True)
    try:
        write_whole(target, text.encode("utf-8", "replace"))
    except OSError as trouble:
        raise refusal("not_written_there", path=str(path), trouble=trouble.strerror) from trouble
    return target


def can_stand(prediction: Any) -> bool:
    """Tell a prediction from none, NaN and the infinities, which older versions stored too."""
    return isinstance(prediction, str) or (prediction is not None and math.isfinite(prediction))


def _touched(record: Record, section: str, name: str) -> dict[str, Any]:
    entry = record[section].setdefault(name, {})
    entry["last"] = now()
    return entry


def _row(record: Record, lesson: str) -> tuple[str, ...]:
    def count(section: str, ids: tuple[str, ...]) -> str:
        passed = sum("passed" in record[section].get(name, {}) for name in ids)
        return word("course.progress.of", done=passed, all=len(ids)) if ids else "–"

    exercises = tuple(exercise.id for exercise in catalogue.exercises_of(lesson))
    questions = tuple(question.id for question in catalogue.quiz_of(lesson))
    attempts = sum(record["exercises"].get(name, {}).get("attempts", 0) for name in exercises)
    predictions = sum(
        "prediction" in entry
        for name, entry in record["predictions"].items()
        if name.startswith(f"{lesson}.")
    )
    return (
        f"{lesson} {word(f'course.lesson.{lesson}')}",
        count("exercises", exercises),
        str(attempts),
        count("quizzes", questions),
        str(predictions),
    )


def _last_lesson(record: Record) -> str:
    moments = [
        (entry.get("last", ""), name.split(".")[0])
        for section in SECTIONS
        for name, entry in record[section].items()
    ]
    known = [pair for pair in moments if pair[1] in catalogue.NUMBERS]
    return max(known)[1] if known else catalogue.NUMBERS[0]
