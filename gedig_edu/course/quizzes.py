"""Quizzes: questions with an explanation for every choice, beside the code they are about."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from gedig_edu.course import catalogue, record
from gedig_edu.course.cards import Card
from gedig_edu.course.items import Question
from gedig_edu.views.widgets.quiz import QuizForm
from gedig_edu.words import unknown, word


def quiz(lesson: str, number: int | None = None) -> QuizForm:
    """Show the quiz of a lesson, or one question of it, as a form.

    Answers are stored as they are checked and stand there again the next time.

    Parameters
    ----------
    lesson : str
        Two digits, such as "03".
    number : int, optional
        Which question, from 1; all where not given.

    Raises
    ------
    GedigError
        If there is no such question.

    Examples
    --------
    >>> print(str(quiz("01", 1)).splitlines()[0][:13])
    Question 01.1
    """
    questions = find(lesson, number)
    stored = record.store().read()["quizzes"]
    without_form = word("course.quiz.in_text", id=questions[0].id, choice=_any(questions[0]))
    answers = {q.id: choice for q in questions if (choice := _stored_choice(stored, q))}
    form = QuizForm(
        [question.to_dict() for question in questions],
        labels={
            name: word(f"course.quiz.{name}")
            for name in ("question", "check", "right", "wrong", "others", "choose", "off")
        },
        text="\n\n".join([*(q.to_text(answers.get(q.id)) for q in questions), without_form]),
        answers=answers,
    )
    form.observe(_record_changes, names="answers")
    return form


def _any(question: Question) -> str:
    """Return a choice to show how one is written: which, says nothing of what is right."""
    return question.choices[crc32(question.id.encode()) % len(question.choices)]


def answer(question_id: str, choice: str) -> Card:
    """Answer a question in words instead of with the form.

    Parameters
    ----------
    question_id : str
        Lesson and number, such as "03.2".
    choice : str
        Letter of a choice.

    Raises
    ------
    GedigError
        If there is no such question or choice.
    """
    question = catalogue.pick("question", question_id, catalogue.quiz_of)
    if not isinstance(choice, str) or choice not in tuple(question.choices):
        raise unknown("choice", choice, question.choices)
    right = choice == question.right
    notes = _record(question, choice)
    verdict = word("course.quiz.right" if right else "course.quiz.wrong")
    heading = word("course.quiz.heading", id=question.id, choice=choice, verdict=verdict)
    return Card("right" if right else "wrong", heading, (question.explain(choice), *notes))


def find(lesson: str, number: int | None = None) -> tuple[Question, ...]:
    """Return the questions of a lesson, or the one with a number.

    Raises
    ------
    GedigError
        If there is none.
    """
    questions = catalogue.quiz_of(catalogue.two_digits(lesson))
    if number is None and questions:
        return questions
    asked = 1 if number is None else catalogue.as_name(number)
    wanted = f"{catalogue.two_digits(lesson)}.{asked}"
    return (catalogue.pick("question", wanted, catalogue.quiz_of),)


def _stored_choice(stored: dict[str, Any], question: Question) -> str | None:
    choice = stored.get(question.id, {}).get("choice")
    return choice if choice in tuple(question.choices) else None


def _record_changes(change: dict[str, Any]) -> None:
    for name, choice in change["new"].items():
        if change["old"].get(name) != choice:
            _record(catalogue.pick("question", name, catalogue.quiz_of), choice)


def _record(question: Question, choice: str) -> tuple[str, ...]:
    right = choice == question.right
    return record.keep(lambda kept: record.quiz_answered(kept, question.id, choice, right=right))
