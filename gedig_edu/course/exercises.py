"""Exercises that answer back: `check`, `hint`, `solution`.

An exercise is data: its worked solution is what an answer is held against, and each of its
typical mistakes is named where an answer shows it. What is asked stands in the notebook's own
prose, its other words in the lesson's message table (``lesson_01.exercise.2.right``, ``.hint_1``,
``.solution``, ``.wrong.<name>``).
"""

from __future__ import annotations

from functools import partial

from gedig_edu.course import catalogue, record
from gedig_edu.course.answers import AnswerError, as_function, describe_trouble, expect, is_close
from gedig_edu.course.cards import Card
from gedig_edu.course.deadline import TimeIsUp, run_within
from gedig_edu.course.handed_in import as_text
from gedig_edu.course.items import Exercise
from gedig_edu.course.switch import solutions_shown
from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.exercise import ExerciseForm
from gedig_edu.words import word
from gedig_edu.words.numbers import MessageError

_open: set[str] = set()  # exercises whose solution stands open in this kernel


def check(exercise_id: str, *answers: object) -> ExerciseForm:
    """Judge an answer, and say what is right or wrong about it over *Hint* and *Solution*.

    Nothing that the answer does can make this fail: an exception from it, nonsense, or a loop
    without end becomes feedback. ``check("01.2", ...)``, with the three dots still there, says
    what to do and what you answered before, and counts no attempt. What is handed in is kept in
    your own record, as `handed_in.as_text` writes it, with its verdict. Hints given before stand
    there again, and so does a solution that was left open in this kernel.

    Parameters
    ----------
    exercise_id : str
        Lesson and number.
    *answers : number, list, tuple, array, tensor, series, table or function
        One answer in any usual form; several numbers, `check("01.1", 2, 1)`, are taken as one
        answer of several parts.

    Returns
    -------
    ExerciseForm
        True exactly when the answer is right, as its `passed` says; `message` says why.

    Raises
    ------
    GedigError
        If there is no such exercise, or ``GEDIG_SOLUTIONS`` says neither on nor off.

    Examples
    --------
    >>> bool(check("01.1", ...)), check("01.1", 2, 1).passed
    (False, True)
    """
    exercise = find(exercise_id)
    answer = answers[0] if len(answers) == 1 else answers or ...
    if answer is Ellipsis:
        return _form(exercise, _waiting(exercise), word("course.exercise.replace"))
    given = as_text(answer)
    message = find_mistake(exercise, answer)
    passed = message is None
    message = exercise.words("right") if message is None else message
    notes = record.keep(lambda kept: record.attempt(kept, exercise.id, passed=passed, answer=given))
    tone = "right" if passed else "wrong"
    return _form(exercise, Card(tone, _heading(exercise, f"_{tone}"), (message, *notes)), message)


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
    said = "read" if exercise.level == "read it off" else "value"
    compare = partial(expect, wrong=exercise.wrong, tolerance=exercise.tolerance, said=said)
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
    hints, notes = _next_hint(exercise, record.hints_given(exercise.id))
    if len(hints) == exercise.hints and solutions_shown():
        notes = (word("course.exercise.last_hint", id=exercise.id), *notes)
    counted = {"number": len(hints), "count": exercise.hints}
    heading = word("course.exercise.hint_of", **counted, id=exercise.id)
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


def _form(exercise: Exercise, feedback: Card, message: str) -> ExerciseForm:
    """Return feedback over the help there is, with what of it was asked for before."""
    shown = solutions_shown()
    names = ("hint", "all_hints", "solution", "off")
    labels = {name: word(f"course.exercise.form.{name}") for name in names}
    in_text = word(f"course.exercise.form.in_text{'' if shown else '_alone'}", id=exercise.id)
    form = ExerciseForm(
        feedback,
        message=message,
        labels=labels | {"heading": _heading(exercise), "in_text": in_text},
        count=exercise.hints,
        give=lambda given: _next_hint(exercise, given),
        solve=(lambda: solution(exercise.id)) if shown else None,
        hints=_hints(exercise, _given(exercise)),
        unfolded=exercise.id in _open,
    )
    form.observe(lambda change: _remember(exercise, unfolded=change["new"]), names="unfolded")
    return form


def _heading(exercise: Exercise, verdict: str = "") -> str:
    level = word(f"course.level.{exercise.level}")
    return word(f"course.exercise.heading{verdict}", id=exercise.id, level=level)


def _remember(exercise: Exercise, *, unfolded: bool) -> None:
    (_open.add if unfolded else _open.discard)(exercise.id)


def _hints(exercise: Exercise, given: int) -> tuple[str, ...]:
    return tuple(exercise.words(f"hint_{n}") for n in range(1, min(given, exercise.hints) + 1))


def _next_hint(exercise: Exercise, given: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the hints with one more than `given`, and what stands against keeping that."""
    hints = _hints(exercise, given + 1)
    return hints, record.keep(lambda kept: record.hinted(kept, exercise.id, len(hints)))


def _given(exercise: Exercise) -> int:
    """Return how many hints were given; none where the record cannot be read, as is said beside."""
    try:
        return record.hints_given(exercise.id)
    except GedigError:
        return 0


def _waiting(exercise: Exercise) -> Card:
    """Say what to do, and below it what was answered before."""
    paragraphs, before = [word("course.exercise.replace")], None
    try:
        before = record.answered(exercise.id)
    except GedigError as trouble:
        paragraphs.append(str(trouble))
    if before is None:
        return Card("note", _heading(exercise), tuple(paragraphs))
    answer, passed = before
    paragraphs.append(word(f"course.exercise.{'before_right' if passed else 'before_wrong'}"))
    return Card("note", _heading(exercise), tuple(paragraphs), code=answer)


def find(exercise_id: str) -> Exercise:
    """Return an exercise by its id.

    Raises
    ------
    GedigError
        If there is none; the sentence names those of the lesson.
    """
    return catalogue.pick("exercise", exercise_id, catalogue.exercises_of)
