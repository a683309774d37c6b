"""What the learner has done, as lesson 00 shows it: a table, the next step, a file to hand in."""

from __future__ import annotations

import json
from pathlib import Path

from gedig_edu.course import catalogue
from gedig_edu.course.cards import Card, Table
from gedig_edu.course.files import write_whole
from gedig_edu.course.places import place_of
from gedig_edu.course.record import SECTIONS, store
from gedig_edu.course.store import Record
from gedig_edu.words import refusal, word

EXPORT = "gedig-progress.json"


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
        tuple(_row(record, lesson) for lesson in catalogue.NUMBERS if catalogue.is_written(lesson)),
    )


def next_step() -> Card:
    """Offer the next thing to do: first in the lesson last worked on, then in those after it.

    Its link opens the lesson there.

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
                return _step("exercise", exercise.id, f'check("{exercise.id}"')
        for question in catalogue.quiz_of(lesson):
            if "passed" not in record["quizzes"].get(question.id, {}):
                number = question.id.split(".")[1]
                return _step("question", question.id, f'quiz("{lesson}", {number})')
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


def _step(kind: str, name: str, call: str) -> Card:
    lesson = name.split(".")[0]
    place = place_of(lesson, call)
    title = word(f"course.lesson.{lesson}")
    where = word("course.progress.where", lesson=lesson, title=title, section=place.section)
    return Card("note", word(f"course.progress.next_{kind}", id=name), (where,), link=place.link)


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
