"""The one writer of numbers: how a message, a figure and a widget write them.

``views/widgets/kit/text.js`` writes the same in the page; one table of cases holds both. A message
names the format in its placeholder, as in ``"At T = {temperature:three}"``.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from gedig_edu.errors import GedigError, shown

NONE = "–"
TRUTH = ("bool", "bool_")  # Python's, and NumPy's by either of its names
SMALLEST = 1e-12  # what lies nearer to zero is rounding of a computation
LARGEST = 1e21  # from here on a page writes no digits one by one


def three(value: float | None) -> str:
    """Return a number with three significant digits, halves away from zero, and a true minus.

    Examples
    --------
    >>> three(-0.70711), three(1.125), three(1e6), three(2.5e7), three(-0.0), three(None)
    ('−0.707', '1.13', '1000000', '2.50e7', '0.00', '–')
    """
    number = _number(value)
    return "0.00" if number.is_finite() and number.copy_abs() < SMALLEST else _digits(number)


def short(value: float | Decimal | None) -> str:
    """Return a number as `three` does, without zeros at its end, and however near to zero.

    Examples
    --------
    >>> short(5), short(-0.5), short(1.125), short(2e6), short(4.27e-15), short(0.0)
    ('5', '−0.5', '1.13', '2000000', '4.27e−15', '0')
    """
    return re.sub(r"\.0+(?=e|$)|(\.\d+?)0+(?=e|$)", r"\1", _digits(_number(value)))


def signed(value: float | None) -> str:
    """Return a number as `three` does, with a plus above zero.

    Examples
    --------
    >>> signed(0.25), signed(-0.25), signed(1e-16)
    ('+0.250', '−0.250', '0.00')
    """
    number = _number(value)
    above = number.is_finite() and number >= SMALLEST
    return f"{'+' if above else ''}{three(value)}"


def fixed(value: float | None) -> str:
    """Return a number with its sign and three decimals, for numbers read against each other.

    Examples
    --------
    >>> fixed(0.25), fixed(-12.3456), fixed(-0.0002)
    ('+0.250', '−12.346', '0.000')
    """
    number = _number(value)
    text = _decimals(number, 3)
    return text if text in {NONE, "0.000"} else f"{'−' if number.is_signed() else '+'}{text}"


def whole(value: float | None) -> str:
    """Return a whole number with a true minus.

    Examples
    --------
    >>> whole(-3), whole(12.0), whole(None)
    ('−3', '12', '–')
    """
    number = _number(value)
    text = _decimals(number, 0)
    return f"−{text}" if number.is_signed() and text not in {NONE, "0"} else text


def percent(share: float | None) -> str:
    r"""Return a share in whole per cent, halves away from zero; the sign stays on its line.

    Examples
    --------
    >>> percent(0.834), percent(0.125)
    ('83\xa0%', '13\xa0%')
    """
    text = whole(100 * float(_number(share)))
    return text if text == NONE else f"{text}\u00a0%"


def point(values: Sequence[float]) -> str:
    """Return the coordinates of a point.

    Examples
    --------
    >>> point([1, -0.5])
    '(1.00, −0.500)'
    """
    return f"({', '.join(map(three, values))})"


def named(label: str | None) -> str:
    r"""Return a token's label as a word of a sentence, which keeps its own direction of writing.

    Without the isolates (UAX 9) a word of Hebrew or Arabic turns the words and signs around it.

    Examples
    --------
    >>> named("שלום") == "\N{FIRST STRONG ISOLATE}שלום\N{POP DIRECTIONAL ISOLATE}"
    True
    """
    return NONE if label is None else f"\N{FIRST STRONG ISOLATE}{label}\N{POP DIRECTIONAL ISOLATE}"


FORMATS: Mapping[str, Callable[[Any], str]] = {
    "three": three,
    "short": short,
    "signed": signed,
    "fixed": fixed,
    "whole": whole,
    "percent": percent,
    "point": point,
    "token": named,
}


class MessageError(GedigError):
    """A message of the table that cannot be written: a mistake of the package, not of its user."""


class _Message(string.Formatter):
    def convert_field(self, value: Any, conversion: str | None) -> Any:
        return shown(value) if conversion == "r" else super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec and format_spec not in FORMATS:
            raise MessageError(
                f"A message asks for the format {format_spec!r}; choose one of "
                f"{', '.join(FORMATS)}."
            )
        return FORMATS[format_spec](value) if format_spec else str(value)


def fill(message: str, values: Mapping[str, Any]) -> str:
    r"""Return a message with its placeholders written: ``{name}``, or ``{name:format}``.

    Raises
    ------
    MessageError
        If a format is not one of `FORMATS`, or a placeholder has no value.

    Examples
    --------
    >>> fill("At T = {T:three} it gets {share:percent}.", {"T": 0.5, "share": 0.25})
    'At T = 0.500 it gets 25\xa0%.'
    """
    try:
        return _Message().vformat(message, (), values)
    except KeyError as missing:
        raise MessageError(f"The message {message!r} has no value for {missing}.") from missing


def _number(value: float | Decimal | None) -> Decimal:
    """Return a number exactly, NaN where there is none: nothing, a truth value, one too large."""
    if value is None or type(value).__name__ in TRUTH:
        return Decimal("NaN")
    try:
        return value if isinstance(value, Decimal) else Decimal(float(value))
    except OverflowError:
        return Decimal("NaN")


def _digits(number: Decimal) -> str:
    if not number.is_finite():
        return NONE
    if number == 0:
        return "0.00"
    with localcontext(rounding=ROUND_HALF_UP):
        digits, power = f"{number:.2e}".split("e")
        rounded, exponent = Decimal(f"{digits}e{power}"), int(power)
        plain = -4 <= exponent <= 6
        text = f"{rounded:.{max(0, 2 - exponent)}f}" if plain else f"{digits}e{exponent}"
    return text.replace("-", "−")


def _decimals(number: Decimal, places: int) -> str:
    """Return the size of a number with so many decimals."""
    size = number.copy_abs()
    if not size.is_finite() or size >= LARGEST:
        return _digits(size)
    with localcontext(rounding=ROUND_HALF_UP):
        return f"{size:.{places}f}"
