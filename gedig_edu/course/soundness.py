"""What an entry of a stored record must be like before anything is computed from it.

A record is a file on the learner's disk: a half-synced copy, a hand's edit or another program may
have left anything in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

DEEPEST = 20

Test = Callable[[Any], bool]


def can_be_kept(value: object, *, levels: int = DEEPEST) -> bool:
    r"""Tell whether a value read from JSON can be written again: shallow, and in whole signs.

    Examples
    --------
    >>> can_be_kept({"choice": ["a", 1, None]})
    True
    >>> can_be_kept("half a sign: \ud800")
    False
    """
    if isinstance(value, str):
        return value.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, list | dict) and levels == 0:
        return False
    if isinstance(value, dict):
        parts = (*value, *value.values())
    else:
        parts = value if isinstance(value, list) else ()
    return all(can_be_kept(part, levels=levels - 1) for part in parts)


def is_progress(section: str, entry: Mapping[str, Any]) -> bool:  # noqa: ARG001
    """Tell whether every field that the progress record reads has the type it is written with.

    Examples
    --------
    >>> is_progress("exercises", {"attempts": 2, "mood": ["any", "thing"]})
    True
    >>> is_progress("exercises", {"attempts": "two"})
    False
    """
    return all(fits(entry[name]) for name, fits in PROGRESS.items() if name in entry)


def is_evidence(entry: Mapping[str, Any]) -> bool:
    """Tell whether a stored piece of evidence holds readings that a rule can judge, and its words.

    Examples
    --------
    >>> rest = {"on": "vectors", "note": "", "when": "", "seconds": 0.1}
    >>> is_evidence({"readings": [{"name": "x", "value": 0.5, "low": 0.4, "high": 0.6}], **rest})
    True
    >>> is_evidence({"readings": [{"name": "x", "value": "half"}], **rest})
    False
    """
    readings = entry.get("readings")
    return (
        isinstance(readings, list)
        and all(map(_is_reading, readings))
        and all(fits(entry.get(name)) for name, fits in EVIDENCE.items())
        and _text(entry.get("command", ""))
    )


def _is_reading(reading: object) -> bool:
    return (
        isinstance(reading, dict)
        and set(NEEDED) <= set(reading) <= set(READING)
        and all(READING[name](value) for name, value in reading.items())
    )


def _text(value: object) -> bool:
    return isinstance(value, str)


def _number(value: object) -> bool:
    return type(value) is float or (type(value) is int and abs(value) < 1e300)


def is_count(value: object) -> bool:
    """Tell whether a value is a whole number that somebody can have counted to.

    Examples
    --------
    >>> is_count(3), is_count(-5), is_count(10**30), is_count(True)
    (True, False, False, False)
    """
    return type(value) is int and 0 <= value < 1e15


def _truth(value: object) -> bool:
    return isinstance(value, bool)


PROGRESS: dict[str, Test] = {
    "attempts": is_count,
    "hints": is_count,
    "measured": _number,
    "prediction": lambda value: _text(value) or _number(value),
    "right": _truth,
    **dict.fromkeys(("last", "passed", "solution_seen", "first", "choice"), _text),
    **dict.fromkeys(("answer", "answered", "passed_with"), _text),
}
EVIDENCE: dict[str, Test] = {**dict.fromkeys(("on", "note", "when"), _text), "seconds": _number}
NEEDED = ("name", "value", "low", "high")
READING: dict[str, Test] = {
    "name": _text,
    **dict.fromkeys(("value", "low", "high"), _number),
    **dict.fromkeys(("condition", "judged"), _truth),
}
