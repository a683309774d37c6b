"""Exercises that answer back: `check`, `hint`, `solution`.

An exercise is data: its worked solution is what an answer is held against, and each of its
typical mistakes is named where an answer shows it. Its words stand in the lesson's message table
(``lesson_01.exercise.2.task``, ``.right``, ``.hint_1``, ``.solution``, ``.wrong.<name>``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from gedig_edu.course import catalogue, record
from gedig_edu.course.answers import AnswerError, as_function, describe_trouble, expect, is_close
from gedig_edu.course.cards import Card
from gedig_edu.course.deadline import TimeIsUp, run_within
from gedig_edu.course.handed_in import as_text
from gedig_edu.course.items import Exercise
from gedig_edu.course.switch import solutions_shown
from gedig_edu.errors import GedigError
from gedig_edu.words import word
from gedig_edu.words.numbers import MessageError


@dataclass(frozen=True, repr=False)
class Feedback(Card):
    """What `check` says: a card that is true exactly when the answer is right.

    Attributes
    ----------
    passed : bool
    message : str
        What is right, or what is wrong and where to look.
    """

    passed: bool = False
    message: str = ""

    def __bool__(self) -> bool:
        return self.passed


def check(exercise_id: str, *answers: object) -> Feedback:
    """Judge an answer and say what is right or wrong about it.

    Nothing that the answer does can make this fail: an exception from it, nonsense, or a loop
    without end becomes feedback. ``check("01.2", ...)``, with the three dots still there, shows
    the task, with what you answered before, and counts no attempt. What is handed in is kept in
    your own record, as `handed_in.as_text` writes it, with its verdict.

    Parameters
    ----------
    exercise_id : str
        Lesson and number.
    *answers : number, list, tuple, array, tensor, series, table or function
        One answer in any usual form; several numbers, `check("01.1", 2, 1)`, are taken as one
        answer of several parts.

    Raises
    ------
    GedigError
        If there is no such exercise.

    Examples
    --------
    >>> bool(check("01.1", ...))
    False
    """
    exercise = find(exercise_id)
    answer = answers[0] if len(answers) == 1 else answers or ...
    level = word(f"course.level.{exercise.level}")
    heading = word("course.exercise.heading", id=exercise.id, level=level)
    if answer is Ellipsis:
        return _task(exercise, heading)
    given = as_text(answer)
    message = find_mistake(exercise, answer)
    passed = message is None
    message = exercise.words("right") if message is None else message
    notes = record.keep(lambda kept: record.attempt(kept, exercise.id, passed=passed, answer=given))
    if not passed:
        notes = (word("course.exercise.hint_ready", id=exercise.id), *notes)
    return Feedback(
        "right" if passed else "wrong", heading, (message, *notes), passed=passed, message=message
    )


def find_mistake(exercise: Exercise, answer: object) -> str | None:
    """Return what is wrong with an answer in words, or None if nothing is."""

    def judged() -> str | None:
        try:
            _judge(exercise, answer)
        except (TimeIsUp, MessageError):  # of ours, and no fault of the answer
            raise
        except AnswerError as mistake:
            return str(mistake)
        except BaseException as error:
            return word("course.answer.raised", trouble=describe_trouble(error))
        return None

    try:
        return run_within(exercise.seconds, judged)
    except TimeIsUp:
        return word("course.answer.too_long", seconds=f"{exercise.seconds:g}")


def _judge(exercise: Exercise, answer: object) -> None:
    """Return where an answer is right; else raise the mistake that it shows."""
    compare = partial(expect, wrong=exercise.wrong, tolerance=exercise.tolerance)
    if exercise.judge is not None:
        exercise.judge(answer, exercise.wrong)
    elif exercise.cases is None:
        compare(answer, exercise.right, instead=exercise.typical)
    else:
        built, solved = as_function(answer), as_function(exercise.answer)
        left = {name: as_function(mistaken) for name, mistaken in exercise.typical.items()}
        for failing, case in exercise.cases().items():
            right, shown = solved(*case), {name: made(*case) for name, made in left.items()}
            compare(built(*case), right, instead=shown, otherwise=failing)
            left = {name: made for name, made in left.items() if is_close(shown[name], right)}


def hint(exercise_id: str) -> Card:
    """Give the next hint of an exercise, with those given before.

    Examples
    --------
    >>> hint("01.99")
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: There is no exercise '01.99'; lesson '01' has 01.1, ...
    """
    exercise = find(exercise_id)
    given = min(record.hints_given(exercise.id) + 1, exercise.hints)
    notes = record.keep(lambda kept: record.hinted(kept, exercise.id, given))
    hints = tuple(exercise.words(f"hint_{number}") for number in range(1, given + 1))
    if given == exercise.hints and solutions_shown():
        notes = (word("course.exercise.last_hint", id=exercise.id), *notes)
    heading = word("course.exercise.hint", number=given, count=exercise.hints, id=exercise.id)
    return Card("note", heading, (*hints, *notes))


def solution(exercise_id: str) -> Card:
    """Show the worked solution behind a fold; where they are switched off, say so instead.

    Raises
    ------
    GedigError
        If there is no such exercise, or ``GEDIG_SOLUTIONS`` says neither on nor off.
    """
    exercise = find(exercise_id)
    heading = word("course.exercise.solution", id=exercise.id)
    if not solutions_shown():
        return Card("note", heading, (word("course.exercise.switched_off", id=exercise.id),))
    notes = record.keep(lambda kept: record.solution_seen(kept, exercise.id))
    return Card(
        "note",
        heading,
        (exercise.words("solution"), *notes),
        code=exercise.code,
        fold=word("course.exercise.unfold"),
    )


def _task(exercise: Exercise, heading: str) -> Feedback:
    """Show what is asked, and below it what was answered before."""
    task = exercise.words("task")
    replace = "replace" if solutions_shown() else "replace_alone"
    paragraphs, before = [task, word(f"course.exercise.{replace}")], None
    try:
        before = record.answered(exercise.id)
    except GedigError as trouble:
        paragraphs.append(str(trouble))
    if before is None:
        return Feedback("note", heading, tuple(paragraphs), message=task)
    answer, passed = before
    paragraphs.append(word(f"course.exercise.{'before_right' if passed else 'before_wrong'}"))
    return Feedback("note", heading, tuple(paragraphs), code=answer, message=task)


def find(exercise_id: str) -> Exercise:
    """Return an exercise by its id.

    Raises
    ------
    GedigError
        If there is none; the sentence names those of the lesson.
    """
    return catalogue.pick("exercise", exercise_id, catalogue.exercises_of)
