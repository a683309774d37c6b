"""What a lesson asks, as data: exercises and questions of its quiz.

The words of each stand in the message table of its lesson, ``words/<language>/lesson_NN.toml``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from gedig_edu.course.answers import THREE_DIGITS, AnswerError
from gedig_edu.course.worked import worked
from gedig_edu.words import unknown, word

Level = Literal["read it off", "compute it", "predict it", "measure it", "build it"]


class Wording(Protocol):
    """Makes the `AnswerError` that the exercise's table words under a name."""

    def __call__(self, name: str, /, **values: object) -> AnswerError:
        """Return the mistake called `name`."""
        ...


@dataclass(frozen=True)
class Exercise:
    """One exercise: what is asked, how it is solved, and what typical mistakes give.

    A mistake is said once: what it gives names it where a learner hands it in, and is what the
    tests hand in.

    Attributes
    ----------
    id : str
        Lesson and number, such as "03.2".
    level : str
        From "read it off" to "build it".
    answer : callable
        The worked solution: a function that returns what is right or, where a function is to be
        built, is it.
    mistakes : mapping, or callable that returns one
        Typical wrong answers, by the name under which the table words each mistake.
    tolerance : float
        Relative; three digits are enough by default.
    cases : callable, optional
        Returns the arguments that a function to be built is tried on, one case after the other.
        Each stands under the mistake that is told where the function fails there and shows none
        of `mistakes`; under "" it is told that the values are others.
    judge : callable, optional
        In place of comparing, where many answers are right: ``judge(answer, wrong)`` returns
        where the answer is, and raises ``wrong("name", ...)`` where it is not.
    hints : int
        How many hints the table has, 1 to 3.
    seconds : float
        Time limit for judging, s.

    Examples
    --------
    >>> half = Exercise("01.1", "compute it", answer=lambda: 0.5, mistakes={"inverse": 2.0})
    >>> half.right, half.typical
    (0.5, {'inverse': 2.0})
    """

    id: str
    level: Level
    answer: Callable[..., Any]
    mistakes: Mapping[str, Any] | Callable[[], Mapping[str, Any]] = field(repr=False)
    tolerance: float = THREE_DIGITS
    cases: Callable[[], Mapping[str, Iterable[Any]]] | None = None
    judge: Callable[[Any, Wording], None] | None = None
    hints: int = 3
    seconds: float = 5.0

    @property
    def builds(self) -> bool:
        """Whether the answer is a function."""
        return self.level == "build it"

    @property
    def right(self) -> Any:
        """The right answer."""
        return self.answer if self.builds else self.answer()

    @property
    def typical(self) -> Mapping[str, Any]:
        """Typical wrong answers, by the name of the mistake."""
        return self.mistakes() if callable(self.mistakes) else self.mistakes

    @property
    def code(self) -> str:
        """The worked solution, which runs where it is pasted."""
        return worked(self.answer, call=not self.builds)

    def words(self, name: str, **values: object) -> str:
        """Return the words of this exercise under `name`."""
        return word(f"{self.key}.{name}", **values)

    @property
    def key(self) -> str:
        """Where its words stand in the message table."""
        lesson, number = self.id.split(".")
        return f"lesson_{lesson}.exercise.{number}"

    def wrong(self, name: str, /, **values: object) -> AnswerError:
        """Return the mistake that the table words under `name`."""
        return AnswerError(self.words(f"wrong.{name}", **values))


@dataclass(frozen=True)
class Question:
    """One question with one right choice.

    Its words stand in the lesson's message table: ``lesson_03.quiz.2.question`` and, for each
    choice, ``.a`` and ``.a_why``.

    Attributes
    ----------
    id : str
        Lesson and number, such as "03.2".
    right : str
        Letter of the right choice.
    choices : str
        Letters of all choices, in the order shown.

    Examples
    --------
    >>> Question("01.1", right="b").choices
    'abcd'
    """

    id: str
    right: str
    choices: str = "abcd"

    def __post_init__(self) -> None:
        if self.right not in tuple(self.choices):
            raise unknown("right", self.right, self.choices)

    @property
    def text(self) -> str:
        """The question in words."""
        return self.words("question")

    def words(self, name: str) -> str:
        """Return the words of this question under `name`."""
        lesson, number = self.id.split(".")
        return word(f"lesson_{lesson}.quiz.{number}.{name}")

    def explain(self, choice: str) -> str:
        """Return the explanation of a choice."""
        return self.words(f"{choice}_why")

    def to_dict(self) -> dict[str, Any]:
        """Return the question with all its words, as the form takes it."""
        choices = [
            {"id": letter, "text": self.words(letter), "why": self.explain(letter)}
            for letter in self.choices
        ]
        return {"id": self.id, "text": self.text, "right": self.right, "choices": choices}

    def to_text(self, answered: str | None = None) -> str:
        """Return the question, its choices and what was answered before as plain text."""
        lines = [
            f"{word('course.quiz.question', id=self.id)}  {self.text}",
            *(f"  ({c}) {self.words(c)}" for c in self.choices),
        ]
        if answered is not None:
            verdict = word(f"course.quiz.{'right' if answered == self.right else 'wrong'}")
            said = word("course.quiz.answered", choice=answered, verdict=verdict)
            lines.append(f"  {said} {self.explain(answered)}")
        return "\n".join(lines)


def questions(lesson: str, right: str) -> tuple[Question, ...]:
    """Return the quiz of a lesson, by the letters of the right choices in the order asked.

    Examples
    --------
    >>> [question.id for question in questions("01", right="bd")]
    ['01.1', '01.2']
    """
    return tuple(Question(f"{lesson}.{place}", letter) for place, letter in enumerate(right, 1))
