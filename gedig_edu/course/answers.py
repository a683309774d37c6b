"""What a learner may hand in, turned into what a checker can judge.

Each function accepts every usual form of the same answer and raises an `AnswerError`, worded for
the learner, where the answer is none of them.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from numbers import Integral
from typing import Any

import numpy as np

from gedig_edu.course.deadline import TimeIsUp
from gedig_edu.course.handed_in import kind_of
from gedig_edu.course.numerals import PERCENT_SIGNS, as_typed
from gedig_edu.errors import GedigError
from gedig_edu.shapes import Float
from gedig_edu.words import word

LONGEST_MESSAGE = 500  # characters
MOST = 10**7  # numbers in one answer: 80 MB
TWO_DIGITS = 5e-2  # what rounding to two significant digits changes at most, relative
THREE_DIGITS = 5e-3  # what rounding to three significant digits changes at most, relative
FOUR_DIGITS = 5e-4
TYPED_OUT = 1e-6  # how far a whole number may be off, since it may come out of a calculation


class AnswerError(Exception):
    """What is wrong with an answer, in words for the one who gave it."""


def as_array(
    answer: object, *, shape: tuple[int, ...] | None = None, finite: bool = True
) -> Float[np.ndarray, "*shape"]:
    """Return a number, list, tuple, array, tensor, series or table as a float64 array.

    A number may be typed as a text, as `numerals.as_typed` reads it: "23/10", "2,3".

    Parameters
    ----------
    answer : object
        What the learner gave.
    shape : tuple of int, optional
        The shape it must have; axes of length 1 at the front may be missing or too many.
    finite : bool
        Whether NaN and infinities are a mistake.

    Raises
    ------
    AnswerError
        If the answer holds no numbers, or not in that shape, or numbers that are not finite.

    Examples
    --------
    >>> as_array([[1, 2], [3, 4]], shape=(2, 2)).sum()
    np.float64(10.0)
    >>> as_array("seven")
    Traceback (most recent call last):
    gedig_edu.course.answers.AnswerError: Numbers are asked for, and your answer is of type str.
    """
    array = _float64(answer)
    if shape is not None and array.shape != shape:
        if _squeezed(array.shape) != _squeezed(shape):
            raise _other_shape(array, shape)
        array = array.reshape(shape)
    if finite and not np.isfinite(array).all():
        raise AnswerError(word("course.answer.not_finite"))
    return array


def as_number(answer: object) -> float:
    """Return an answer that holds exactly one number as a float.

    Raises
    ------
    AnswerError
        If it holds none, several, or one that is not finite.

    Examples
    --------
    >>> as_number(np.array([[2.5]]))
    2.5
    """
    array = as_array(answer)
    if array.size != 1:
        raise AnswerError(word("course.answer.one_number", count=array.size))
    return float(array.reshape(()))


def as_function(answer: object) -> Callable[..., Any]:
    """Return the learner's function, guarded: its arguments are copies it may change.

    A function written for torch tensors is given tensors where arrays make it fail.

    Raises
    ------
    AnswerError
        If the answer cannot be called.

    Examples
    --------
    >>> as_function(np.sum)(np.array([1.0, 2.0]))
    np.float64(3.0)
    """
    if not callable(answer):
        raise AnswerError(word("course.answer.function", kind=kind_of(answer)))

    def guarded(*arguments: object) -> Any:
        with np.errstate(all="ignore"):
            try:
                return answer(*(_copied(argument) for argument in arguments))
            except Exception as trouble:
                torch = sys.modules.get("torch")
                if torch is None:
                    raise
                try:
                    return answer(*(_as_tensor(torch, argument) for argument in arguments))
                except Exception:
                    raise trouble from None

    return guarded


def is_close(given: object, expected: object, *, tolerance: float = 1e-3) -> bool:
    """Tell whether two arrays of one shape agree to a relative tolerance; NaN agrees with NaN.

    Examples
    --------
    >>> is_close([0.5, 0.2501], [0.5, 0.25])
    True
    """
    left, right = np.asarray(given, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    return left.shape == right.shape and bool(
        np.allclose(left, right, rtol=tolerance, atol=max(1e-9, tolerance * 1e-3), equal_nan=True)
    )


def expect(
    answer: object,
    expected: object,
    *,
    instead: Mapping[str, object],
    wrong: Callable[..., AnswerError],
    tolerance: float = THREE_DIGITS,
    otherwise: str = "",
    said: str = "value",
) -> None:
    """Return if the answer is the expected one; else say which known mistake it shows.

    Parameters
    ----------
    answer : object
        What the learner gave.
    expected : number or array
        What is right.
    instead : mapping of str to number or array
        What typical mistakes would give, by the name of the mistake.
    wrong : callable
        Words a mistake by its name.
    tolerance : float
        Relative; three digits are enough by default. A mistake that is met to four digits is
        named, even where it lies so near to what is right. A whole number, one that is an int
        in Python, is met exactly or not at all.
    otherwise : str
        The mistake that any other answer shows; "" where it is only said that it is another.
    said : str
        Under which name the course words that: "value", or "read" where nothing is computed.

    Raises
    ------
    AnswerError
        The named one where the answer shows it, else that shape or values are others.

    Examples
    --------
    >>> expect((0.5, 0.25), np.array([0.5, 0.25]), instead={}, wrong=AnswerError)
    >>> expect(0.25, 0.5, instead={"squared": 0.25}, wrong=AnswerError)
    Traceback (most recent call last):
    gedig_edu.course.answers.AnswerError: squared
    >>> expect(433, 434, instead={}, wrong=AnswerError)
    Traceback (most recent call last):
    gedig_edu.course.answers.AnswerError: The form is right and the value is not. Take a hint, ...
    """
    given = as_array(answer, finite=False)
    targets = {"": expected, **instead}.items()
    for near in (min(tolerance, FOUR_DIGITS), tolerance):
        for name, value in targets:
            if _meets(given, value, near):
                if name:
                    raise wrong(name)
                return
    if otherwise:
        raise wrong(otherwise)
    shape = np.asarray(expected).shape
    if shape:
        as_array(given, shape=shape)
    else:
        as_number(given)
    raise AnswerError(word(f"course.answer.{said}"))


def describe_trouble(error: BaseException) -> str:
    """Return ``Kind: message`` of an exception, whatever its message does.

    The message is the learner's code too: call this within the time limit of the answer, whose
    end alone passes through.

    Examples
    --------
    >>> describe_trouble(KeyError("q"))
    "KeyError: 'q'"
    """
    kind = kind_of(error)
    try:
        message = "".join(str(error)).encode("utf-8", "replace").decode()
    except TimeIsUp:
        raise
    except BaseException:
        return kind
    if len(message) > LONGEST_MESSAGE:
        message = f"{message[:LONGEST_MESSAGE]}…"
    return f"{kind}: {message}" if message else kind


def _meets(given: Float[np.ndarray, "*shape"], value: object, tolerance: float) -> bool:
    """Tell whether an answer is a value to a relative tolerance, and its whole numbers exactly."""
    target = np.asarray(value, dtype=np.float64)
    if _squeezed(given.shape) != _squeezed(target.shape):
        return False
    given = given.reshape(target.shape)
    whole = [isinstance(one, Integral) for one in np.asarray(value, dtype=object).flat]
    far = np.abs(given - target).reshape(-1)[whole]
    return is_close(given, target, tolerance=tolerance) and bool((far < TYPED_OUT).all())


def _other_shape(given: Float[np.ndarray, "*shape"], expected: tuple[int, ...]) -> AnswerError:
    """Say how many numbers are asked for or, where that is not what is wrong, in which shape."""
    if given.ndim > 1 or len(expected) not in (1, 2) or given.size == math.prod(expected):
        shapes = {"given": given.shape, "expected": expected}
        return AnswerError(word("course.answer.shape", **shapes))
    counted = "numbers" if len(expected) == 1 else "rows"
    sizes = {"count": expected[0], "columns": expected[-1], "given": given.size}
    return AnswerError(word(f"course.answer.{counted}", **sizes))


def _float64(answer: object) -> Float[np.ndarray, "*shape"]:
    if callable(answer) and not hasattr(answer, "__array__"):
        raise AnswerError(word("course.answer.call_it"))
    if answer is None:
        raise AnswerError(word("course.answer.nothing"))
    if isinstance(answer, dict | set | frozenset):
        raise AnswerError(word("course.answer.no_order", kind=kind_of(answer)))
    try:
        if _count(answer) > MOST:
            raise AnswerError(word("course.answer.too_many", most=f"{MOST:,}"))
        plain = _plain(answer)
        if np.iscomplexobj(plain):
            raise TypeError("a complex number is none of the real ones")
        return np.array(plain, dtype=np.float64)
    except OverflowError as trouble:
        raise AnswerError(word("course.answer.not_finite")) from trouble
    except (TypeError, ValueError, RecursionError) as trouble:
        if isinstance(answer, list | tuple):
            raise AnswerError(word("course.answer.ragged")) from trouble
        kind = kind_of(answer)
        raise AnswerError(word("course.answer.no_numbers", kind=kind)) from trouble


def _count(answer: Any) -> int:
    """Return how many numbers an answer would become; past `MOST` nobody counts on."""
    if isinstance(answer, list | tuple):
        total = 0
        for item in answer:
            total += _count(item)
            if total > MOST:
                break
        return total
    if isinstance(answer, range):
        return MOST + 1 if answer[MOST:] else len(answer)
    shape = getattr(answer, "shape", ())
    return math.prod(shape) if isinstance(shape, tuple) else 1


def _plain(answer: Any) -> Any:
    """Return tensors as arrays and typed numbers as numbers, also inside lists."""
    if hasattr(answer, "detach"):
        return answer.detach().cpu().double().numpy()
    if isinstance(answer, list | tuple):
        return [_plain(item) for item in answer]
    if isinstance(answer, str) and not answer.rstrip().endswith(PERCENT_SIGNS):
        return _typed(answer)
    return answer


def _typed(text: str) -> float | str:
    try:
        number = as_typed(text)
    except GedigError as unclear:
        raise AnswerError(str(unclear)) from unclear
    return text if number is None else number


def _squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    first = next((axis for axis, length in enumerate(shape) if length != 1), len(shape))
    return shape[first:]


def _copied(argument: object) -> object:
    return argument.copy() if isinstance(argument, np.ndarray) else argument


def _as_tensor(torch: Any, argument: object) -> object:
    return torch.tensor(argument) if isinstance(argument, np.ndarray) else argument
