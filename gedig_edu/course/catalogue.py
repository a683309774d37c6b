"""The lessons in order, and what each brings beside its notebook, loaded on demand.

What lesson 03 brings stands in ``lessons/l03``: in ``exercises.py`` ``EXERCISES``, a tuple of
`Exercise`, ``QUIZ``, a tuple of `Question`, where predictions are asked for in per cent their
names, ``IN_PERCENT``, and where a prediction has other ends than 0 and 100 % these by its name,
``WITHIN``; in ``claims.py`` ``CLAIMS``, a tuple of `Claim`; in ``measures.py``
``MEASURES``, what measures each by its topic, ``measure(context)``, which returns readings.
Its words stand in ``words/<language>/lesson_03.toml``.

A lesson is found by these files alone. Each exercise needs three mistakes or more that its messages
tell apart, a quiz four questions or more, and every exercise a notebook that asks it, since the
site and the learner's next step lead there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import SequenceMatcher
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from gedig_edu.errors import shown
from gedig_edu.words import refusal, word

if TYPE_CHECKING:
    from gedig_edu.course.context import Context
    from gedig_edu.course.evidence import Reading
    from gedig_edu.course.items import Exercise, Question
    from gedig_edu.course.statements import Claim
    from gedig_edu.errors import GedigError

FILES = (
    "00_start_here",
    "01_dot_product_or_cosine",
    "02_rotary_positions",
    "03_softmax_is_boltzmann",
    "04_heads_and_temperatures",
    "05_worth_of_a_shortcut",
    "06_live_f_on_gpt2",
    "07_is_it_structure",
    "08_training_with_f",
    "09_two_gates",
    "10_attention_with_memory",
    "11_attention_as_descent",
    "12_heat_capacity_and_grokking",
)
NUMBERS = tuple(name[:2] for name in FILES)
NAMED = ("claim", "prediction")  # kinds whose ids are words; those of the others are numbers
LONGEST_NAME = 60  # characters of a name that a refusal repeats
NEAR = 0.82  # how alike two names are, from 0 to 1, where one may be meant by the other


class Named(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str:
        """Lesson, a dot and the rest."""
        ...


Item = TypeVar("Item", bound=Named)


def exercises_of(lesson: str) -> tuple[Exercise, ...]:
    """Return the exercises of a lesson, none where it has none.

    Examples
    --------
    >>> [exercise.id for exercise in exercises_of("01")][:2]
    ['01.1', '01.2']
    """
    return _brought(lesson, "exercises", "EXERCISES")


def quiz_of(lesson: str) -> tuple[Question, ...]:
    """Return the quiz questions of a lesson, none where it has none.

    Examples
    --------
    >>> quiz_of("02")[0].id
    '02.1'
    """
    return _brought(lesson, "exercises", "QUIZ")


def claims_of(lesson: str) -> tuple[Claim, ...]:
    """Return the claims that a lesson tests, none for a lesson that is not there.

    Examples
    --------
    >>> claims_of("01")[0].id
    '01.norms'
    """
    return _brought(lesson, "claims", "CLAIMS")


def measure_of(claim: Claim) -> Callable[[Context], Sequence[Reading]]:
    """Return what measures a claim; its lesson's ``measures.py`` is imported only now.

    Examples
    --------
    >>> from gedig_edu.course.context import Context
    >>> (dipole,) = [claim for claim in claims_of("03") if claim.topic == "dipole"]
    >>> [reading.name for reading in measure_of(dipole)(Context())]
    ['error']
    """
    module = import_module(f"gedig_edu.course.lessons.l{claim.lesson}.measures")
    return module.MEASURES[claim.topic]


def is_written(lesson: str) -> bool:
    """Tell whether a lesson asks anything of a learner yet; its claims may stand there before it.

    Examples
    --------
    >>> is_written("06"), is_written("99")
    (True, False)
    """
    return bool(exercises_of(lesson) or quiz_of(lesson))


def asks_percent(name: str) -> bool:
    """Tell whether a prediction is asked for in per cent, as its lesson's ``IN_PERCENT`` says.

    Examples
    --------
    >>> asks_percent("01.agreement"), asks_percent("01.growth")
    (True, False)
    """
    lesson, _, topic = name.partition(".")
    return topic in predictions_in_percent(lesson)


def predictions_in_percent(lesson: str) -> tuple[str, ...]:
    """Return which predictions a lesson asks for in per cent.

    Examples
    --------
    >>> predictions_in_percent("02"), predictions_in_percent("99")
    (('shift', 'learned'), ())
    """
    return _brought(lesson, "exercises", "IN_PERCENT", ())


def ends_of(name: str) -> tuple[float, float]:
    """Return what a prediction can be, by its lesson's ``WITHIN``; in per cent, 0 to 100.

    Examples
    --------
    >>> ends_of("01.agreement"), ends_of("05.shortcut"), ends_of("01.growth")
    ((0.0, 100.0), (0, 1), (-inf, inf))
    """
    lesson, _, topic = name.partition(".")
    usual = (0.0, 100.0) if asks_percent(name) else (-math.inf, math.inf)
    return ends_by_name(lesson).get(topic, usual)


def ends_by_name(lesson: str) -> Mapping[str, tuple[float, float]]:
    """Return the ends that a lesson sets to predictions, by their names.

    Examples
    --------
    >>> ends_by_name("06"), ends_by_name("99")
    ({'worth': (-1, 1)}, {})
    """
    return _brought(lesson, "exercises", "WITHIN", ()) or {}


def two_digits(lesson: object) -> str:
    """Return a lesson's number as the catalogue writes it; 3 and "3" are "03".

    Examples
    --------
    >>> two_digits("3"), two_digits(12), two_digits("three")
    ('03', '12', 'three')
    """
    number = as_name(lesson)
    return number.zfill(2) if number.isdecimal() else number


def full_id(name: object) -> str:
    """Return an id with both digits of its lesson; a number is none, since 1.10 is 1.1.

    Examples
    --------
    >>> full_id("3.dipole"), full_id("03.dipole")
    ('03.dipole', '03.dipole')
    """
    lesson, dot, rest = as_name(name).partition(".")
    return f"{two_digits(lesson)}{dot}{rest}" if isinstance(name, str) else as_name(name)


def as_name(name: object) -> str:
    """Return a name, whatever was given as one, at a length that can be looked up.

    Examples
    --------
    >>> as_name("03.dipole"), as_name(None), len(as_name("x" * 9999))
    ('03.dipole', 'None', 120)
    """
    return name[: 2 * LONGEST_NAME] if isinstance(name, str) else shown(name)[: 2 * LONGEST_NAME]


def pick(kind: str, name: str, items_of: Callable[[str], tuple[Item, ...]]) -> Item:
    """Return what has this id among the items of its lesson.

    Parameters
    ----------
    kind : {"exercise", "question", "claim", "prediction"}
        What is looked for.
    name : str
        Lesson, a dot and the rest, such as "01.2".
    items_of : callable
        Returns the items of a lesson.

    Raises
    ------
    GedigError
        If there is none; the sentence names what is near, else those of the lesson.

    Examples
    --------
    >>> pick("question", "02.99", quiz_of)
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: There is no question '02.99'; lesson '02' has 02.1, 02.2, ...
    """
    full = full_id(name)
    lesson = full.partition(".")[0]
    items = {item.id: item for item in items_of(lesson)}
    if full in items:
        return items[full]
    asked = NUMBERS if kind in NAMED else (lesson,)
    raise missing(kind, name, {n: [one.id for one in items_of(n)] for n in asked})


def missing(kind: str, name: object, known: Mapping[str, Collection[str]]) -> GedigError:
    """Return the refusal of a name that no lesson has.

    It names what is called nearly so, else what the lesson has.

    Parameters
    ----------
    kind : {"exercise", "question", "claim", "prediction"}
    name : str
        What was given.
    known : mapping of str to collection of str
        The ids of this kind, by lesson.

    Examples
    --------
    >>> print(missing("prediction", "99.norm", {}))
    There is no prediction '99.norm', since there is no lesson '99'; lessons are '00' to '12'.
    >>> print(missing("claim", "06.h1", {"07": ["07.h1", "07.h2_step"]}))
    There is no claim '06.h1'; did you mean 07.h1?
    """
    given, full = _cut(as_name(name)), full_id(name)
    lesson = full.partition(".")[0]
    near = _near(full, [one for ids in known.values() for one in ids]) if kind in NAMED else []
    if near:
        return refusal(f"near_{kind}", name=given, near=", ".join(near))
    if lesson not in NUMBERS:
        ends = {"first": NUMBERS[0], "last": NUMBERS[-1]}
        shown = _cut(lesson)
        return refusal(f"{kind}_of_no_lesson", name=given, lesson=shown, **ends)
    listed = ", ".join(known.get(lesson, ())) or word("refusals.none")
    return refusal(f"no_{kind}", name=given, lesson=lesson, known=listed)


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _near(name: str, ids: Collection[str]) -> list[str]:
    """Return the ids that are called nearly so, the nearest first, three at most."""
    topic = name.rpartition(".")[2]

    def alike(one: str) -> float:
        pairs = ((name, one), (topic, one.partition(".")[2]))
        return max(SequenceMatcher(None, *pair).ratio() for pair in pairs)

    found = sorted(((alike(one), one) for one in ids), key=lambda pair: -pair[0])
    return [one for share, one in found[:3] if share >= NEAR]


def file_of(lesson: str) -> str:
    """Return the notebook of a lesson.

    Examples
    --------
    >>> file_of("02")
    '02_rotary_positions.ipynb'
    """
    return f"{FILES[NUMBERS.index(lesson)]}.ipynb"


def _brought(lesson: str, part: str, name: str, *default: object) -> Any:
    module = f"gedig_edu.course.lessons.l{lesson}.{part}"
    if lesson not in NUMBERS or find_spec(module) is None:
        return ()
    return getattr(import_module(module), name, *default)
