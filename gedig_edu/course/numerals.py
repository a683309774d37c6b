"""Numbers as people write them: a comma, a per cent sign, a true minus, a fraction."""

from __future__ import annotations

import re

from gedig_edu.words import refusal
from gedig_edu.words.numbers import short

PERCENT_SIGNS = ("%", "％")
GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:([ \u00a0\u2009\u202f])[0-9]{3})(?:\1[0-9]{3})*")
THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:(?:,[0-9]{3}){2,}|(?:,[0-9]{3})+(?=\.))(\.[0-9]*)?")
FRACTION = re.compile(r"([+-]?[0-9]*\.?[0-9]+)\s*/\s*([0-9]*\.?[0-9]+)")
UNCLEAR = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
DECIMAL = re.compile(r"[+-]?[0-9]*,[0-9]+(e[+-]?[0-9]+)?", re.IGNORECASE)


def as_typed(text: str, *, percent: bool = False) -> float | None:
    """Return the number that a text is, or None where it is words.

    Parameters
    ----------
    text : str
        A true minus, a decimal comma, a space or several commas between thousands and a per cent
        sign are understood, and a fraction.
    percent : bool
        Whether the number is asked for in per cent: then "70 %" is 70, else 0.7.

    Raises
    ------
    GedigError
        If a comma may stand for a thousand as well as for a decimal point.

    Examples
    --------
    >>> as_typed("0,7"), as_typed("−3"), as_typed("70 %"), as_typed("70 %", percent=True)
    (0.7, -3.0, 0.7, 70.0)
    >>> as_typed("23/10")
    2.3
    >>> as_typed("many")
    """
    plain = text.strip().replace("\u2212", "-")
    share = plain.endswith(PERCENT_SIGNS)
    plain = plain[:-1].rstrip() if share else plain
    if UNCLEAR.fullmatch(plain):
        meant = {"thousands": plain.replace(",", ""), "decimal": plain.replace(",", ".")}
        raise refusal("two_numbers", text=text.strip(), **meant)
    if THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    elif DECIMAL.fullmatch(plain):
        plain = plain.replace(",", ".")
    elif GROUPED.fullmatch(plain):
        plain = re.sub(r"\s", "", plain)
    fraction = FRACTION.fullmatch(plain)
    above, below = fraction.groups() if fraction else (plain, "1")
    try:
        number = float(above) / float(below)
    except (ValueError, ZeroDivisionError):
        return None
    return number / 100 if share and not percent else number


def written(value: float | str) -> str:
    """Return a prediction, a number or words, as a sentence names it.

    Examples
    --------
    >>> written(-0.5), written("many")
    ('−0.5', 'many')
    """
    return value if isinstance(value, str) else short(value)
