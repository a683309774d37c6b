"""What a learner handed in, as a short text that is safe to keep and to show."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from numbers import Complex, Integral, Number, Real
from typing import Any

import numpy as np

from gedig_edu.course.deadline import run_within

LENGTH = 2000  # characters
ITEMS = 50  # of one list, or of one axis of an array
DEPTH = 6
DIGITS = 6
SECONDS = 0.5


def as_text(answer: object) -> str:
    """Return an answer as text of at most 2,000 characters, whatever it is.

    Numbers have six significant digits. Lists, arrays, tensors and tables stand in brackets, of
    each axis the first 50 items. A function is its source, or its name where the source cannot
    be had. Of anything else, and of what takes longer than half a second or fails, the name of
    its type is left. No method that describes a foreign object is called.

    Examples
    --------
    >>> as_text((1, 2 / 3, np.array([0.5, np.nan])))
    '[1, 0.666667, [0.5, nan]]'
    >>> as_text(object())
    'object'
    """
    try:
        text = run_within(SECONDS, lambda: "".join(islice(_pieces(answer, DEPTH), LENGTH + 1)))
    except BaseException:  # as in judging: whatever an answer does when it is looked at
        text = kind_of(answer)
    return shortened(text)


def shortened(text: str) -> str:
    """Return text of at most 2,000 characters that any file can hold; … where it was cut.

    Examples
    --------
    >>> len(shortened("q" * 9999))
    2000
    """
    safe = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return safe if len(safe) <= LENGTH else f"{safe[: LENGTH - 1]}…"


def kind_of(thing: object) -> str:
    """Return the name of a thing's type, whatever the type says when it is asked.

    Examples
    --------
    >>> kind_of(0.5)
    'float'
    """
    return type.__dict__["__name__"].__get__(type(thing))


def _pieces(answer: Any, depth: int) -> Iterator[str]:
    if answer is None or isinstance(answer, bool | np.bool_):
        yield str(answer)
    elif isinstance(answer, str):
        yield str.__str__(answer)[: LENGTH + 1]
    elif isinstance(answer, Number):
        yield _number(answer)
    elif depth == 0:
        yield "…"
    elif isinstance(answer, Mapping):
        yield from _listed("{}", answer.items(), len(answer), depth)
    elif isinstance(answer, list | tuple | set | frozenset):
        yield from _listed("[]", answer, len(answer), depth)
    elif (array := _array(answer)) is not None:
        yield from _pieces(array.tolist() if array.ndim == 0 else list(array[: ITEMS + 1]), depth)
    elif callable(answer):
        yield _source(answer)
    else:
        yield kind_of(answer)


def _listed(brackets: str, items: Iterable[Any], count: int, depth: int) -> Iterator[str]:
    yield brackets[0]
    for place, item in enumerate(islice(items, ITEMS)):
        if place:
            yield ", "
        yield from _pieces(item, depth - 1)
    yield ", …" if count > ITEMS else ""
    yield brackets[1]


def _number(number: Any) -> str:
    if isinstance(number, Integral) and abs(int(number)) < 10**15:
        return str(int(number))
    return f"{float(number) if not _has_two_parts(number) else complex(number):.{DIGITS}g}"


def _has_two_parts(number: Any) -> bool:
    return isinstance(number, Complex) and not isinstance(number, Real)


def _array(answer: Any) -> np.ndarray | None:
    """Return an array, tensor, series or table as an array of plain items; else None."""
    if hasattr(answer, "detach"):
        first = answer.detach()[tuple(slice(ITEMS + 1) for _ in answer.shape)]
        answer = first.cpu().double()
    if isinstance(answer, type) or not hasattr(answer, "__array__"):
        return None
    return np.asarray(answer)


def _source(answer: Any) -> str:
    try:
        return textwrap.dedent(inspect.getsource(answer)).strip()
    except (OSError, TypeError):
        return str(getattr(answer, "__name__", kind_of(answer)))
