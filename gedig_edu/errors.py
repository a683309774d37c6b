"""The one error of the package, and the checks that word every refusal alike.

A refusal is one sentence: what was given, what is expected, what to do next.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import math
import os
import unicodedata
import warnings
from collections.abc import Callable, Collection
from typing import Any, TypeVar

Thing = TypeVar("Thing", bound=Callable[..., Any])

_PASSED_THROUGH = (  # beginnings of the files between a warning and who asked
    os.path.dirname(__file__) + os.sep, contextlib.__file__, importlib.__file__, "<frozen ",
)  # fmt: skip
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # Unicode's categories
LONGEST = 300  # characters of what was given that a sentence repeats
_HARMLESS = "\n\t\u200c\u200d\u00ad"


class GedigError(ValueError):
    """A request that cannot be met, said in one sentence a learner can act on.

    What was given may be part of the sentence; its control characters are written as escapes,
    so that no name of a file can move a terminal's cursor or colour its text.

    Examples
    --------
    >>> issubclass(GedigError, ValueError)
    True
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(printable(sentence))


def printable(text: str) -> str:
    r"""Return `text` with its control characters, and those that turn its direction, as escapes.

    Line breaks, tabs and the joiners inside words and emoji stay.

    Examples
    --------
    >>> print(printable("red\x1b[31m and back \u202e"))
    red\x1b[31m and back \u202e
    """
    return "".join(repr(sign)[1:-1] if _is_unseen(sign) else sign for sign in text)


def _is_unseen(sign: str) -> bool:
    return sign not in _HARMLESS and unicodedata.category(sign) in _UNSEEN


def shown(value: object) -> str:
    """Return a value as Python writes it, cut where nobody reads on, whatever it is.

    Examples
    --------
    >>> shown("a"), len(shown("a" * 9999)), shown(10**9999)
    ("'a'", 301, 'int')
    """
    try:
        text = repr(value[:LONGEST]) if isinstance(value, str) else " ".join(repr(value).split())
    except Exception:  # of the value's own, such as one that is nested too deep
        text = type(value).__name__
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def warn(sentence: str) -> None:
    """Warn, and point at the line outside the package that asked for what is warned of.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     warn("The tokenizer looks like another model's.")
    >>> caught[0].category.__name__, caught[0].filename == __file__
    ('UserWarning', False)
    """
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_filename.startswith(_PASSED_THROUGH):
        frame = frame.f_back
    if frame is None:  # a thread of ours, that nobody outside called
        warnings.warn(sentence, stacklevel=2)
        return
    seen = frame.f_globals.setdefault("__warningregistry__", {})
    place = {"filename": frame.f_code.co_filename, "lineno": frame.f_lineno}
    warnings.warn_explicit(sentence, UserWarning, **place, registry=seen)


def check_choice(name: str, value: object, choices: Collection[str]) -> None:
    """Refuse a `value` that is not one of `choices`.

    Examples
    --------
    >>> check_choice("pool", "both", ["visible", "all"])
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: pool='both' is not known; choose one of 'visible', 'all'.
    """
    if not isinstance(value, str) or value not in choices:
        known = ", ".join(repr(choice) for choice in choices)
        raise GedigError(f"{name}={shown(value)} is not known; choose one of {known}.")


def check_flag(name: str, value: object, what: str) -> None:
    """Refuse a `value` that is neither True nor False; `what` it says comes into the sentence.

    Examples
    --------
    >>> check_flag("causal", None, "whether the model is causal")
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: causal=None is neither True nor False; say whether the model ...
    """
    if type(value).__name__ not in ("bool", "bool_"):  # NumPy's has had two names
        raise GedigError(f"{name}={shown(value)} is neither True nor False; say {what}.")


def check_kind(name: str, value: object, kind: Any, wanted: str) -> None:
    """Refuse a `value` that is not of a kind; what is `wanted` comes into the sentence.

    Examples
    --------
    >>> check_kind("prompt", 3, str, "a text")
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: prompt is of type int; give a text.
    """
    if not isinstance(value, kind):
        raise GedigError(f"{name} is of type {type(value).__name__}; give {wanted}.")


def check_has(name: str, value: object, *parts: str, wanted: str) -> None:
    """Refuse a `value` that lacks what is asked of it; what is `wanted` comes into the sentence.

    Examples
    --------
    >>> check_has("stream", 3, "weights", wanted="what model.stream returns")
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: stream is of type int; give what model.stream returns.
    """
    if not all(hasattr(value, part) for part in parts):
        raise GedigError(f"{name} is of type {type(value).__name__}; give {wanted}.")


MODEL, GAUGE = "a model, as gedig_edu.models.load returns", "a Gauge, as Gauge.paper() returns"


def check_each(name: str, values: object, kind: Any, wanted: str) -> tuple[Any, ...]:
    """Return the entries of a sequence, refused where one is not of a kind.

    Examples
    --------
    >>> check_each("tokens", ["a", "b"], str, "tokens as text")
    ('a', 'b')
    >>> check_each("tokens", ["a", 3], str, "tokens as text")
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: tokens[1] is of type int; give tokens as text.
    """
    try:
        entries = tuple(values)  # pyright: ignore[reportArgumentType]
    except TypeError:  # of what has no entries, an array of no axis among it
        raise GedigError(f"{name} is of type {type(values).__name__}; give {wanted}.") from None
    for at, entry in enumerate(entries):
        check_kind(f"{name}[{at}]", entry, kind, wanted)
    return entries


def known_names(thing: Thing) -> Thing:
    """Have a function, or a class as it is made, refuse a keyword it does not have in one sentence.

    Its signature stays as it is, for `help` and for completion.

    Examples
    --------
    >>> @known_names
    ... def weigh(*, lam=1.0, gamma=0.5): ...
    >>> weigh(lamda=2)
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: weigh has no lamda; choose among lam, gamma.
    """
    made: Any = thing
    if isinstance(made, type):
        made.__init__ = _refusing(vars(made)["__init__"], made.__qualname__)
        return thing
    return _refusing(made, made.__qualname__)


def _refusing(function: Any, name: str) -> Any:
    taken = inspect.signature(function).parameters
    names = [one for one in taken if one not in ("self", "cls")]

    @functools.wraps(function)
    def refusing(*given: Any, **options: Any) -> Any:
        for option in options:
            if option not in taken:
                raise GedigError(f"{name} has no {option}; choose among {', '.join(names)}.")
        return function(*given, **options)

    return refusing


def check_together(**given: object) -> None:
    """Refuse two values of which one alone is given, and the other is None.

    Examples
    --------
    >>> check_together(q=[1.0], keys=None)
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: q came without keys; give both, or neither.
    """
    missing = [name for name, value in given.items() if value is None]
    present = [name for name in given if name not in missing]
    if missing and present:
        raise GedigError(f"{present[0]} came without {missing[0]}; give both, or neither.")


def check_number(
    name: str,
    value: object,
    *,
    above: float = -math.inf,
    below: float = math.inf,
    at_least: float = -math.inf,
    at_most: float = math.inf,
) -> float:
    """Return `value` as a float if it is a finite number in the stated range, else refuse it.

    Examples
    --------
    >>> check_number("temperature", 0.5, above=0)
    0.5
    >>> check_number("temperature", -1, above=0)
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: temperature=-1 is out of range; give a finite number above 0.
    """
    number = _as_float(value)
    inside = above < number < below and at_least <= number <= at_most
    if inside and math.isfinite(number):
        return number
    bounds = [
        f"{word} {bound:g}"
        for word, bound in (
            ("above", above),
            ("at least", at_least),
            ("below", below),
            ("at most", at_most),
        )
        if math.isfinite(bound)
    ]
    wanted = " ".join(["a finite number", " and ".join(bounds)]).strip()
    raise GedigError(f"{name}={shown(value)} is out of range; give {wanted}.")


def check_whole(
    name: str, value: object, *, at_least: float = -math.inf, at_most: float = math.inf
) -> int:
    """Return `value` as an int if it is a whole number in the stated range, else refuse it.

    Examples
    --------
    >>> check_whole("draws", 3, at_least=1)
    3
    >>> check_whole("draws", 1.5, at_least=1)
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: draws=1.5 is not a whole number; give one of 1 or more.
    """
    number = check_number(name, value, at_least=at_least, at_most=at_most)
    if not number.is_integer():
        kind = f"one of {at_least} or more" if math.isfinite(at_least) else "one"
        raise GedigError(f"{name}={shown(value)} is not a whole number; give {kind}.")
    return int(number)


def _as_float(value: Any) -> float:
    """Return a number as a float; what only looks like one (text, yes and no, i) is NaN."""
    kind = type(value).__name__
    dtype = "masked" if kind == "MaskedConstant" else str(getattr(value, "dtype", kind))
    if dtype.endswith(("bool", "masked")) or "complex" in dtype or not hasattr(value, "__float__"):
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
