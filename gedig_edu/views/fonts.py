"""Fonts for a text of any script, among those that are installed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from matplotlib import font_manager, rcParams
from matplotlib.ft2font import FaceFlags

from gedig_edu.views.labels import clusters

UNSEEN = {"Cc", "Cf", "Cs", "Cn", "Co"}  # controls and formats, and what is no character
NO_TEXT = ("cm", "STIX", "Last Resort", "DejaVu Math")  # signs of formulas, and boxes for all signs


def fonts_for(text: str) -> list[str] | None:
    r"""Return families that hold every sign of a text between them, None where none do.

    The families of the figure's style come first, and others only for what these lack.

    Examples
    --------
    >>> fonts_for("A plain sentence.")
    ['DejaVu Sans']
    >>> fonts_for("\ue000") is None  # a sign for private use
    True
    """
    regular = _regular()
    missing, families = {ord(sign) for sign in text}, list[str]()
    for family in dict.fromkeys([*_styled(), *regular]):
        held = missing & _signs(regular[family]) if family in regular else set()
        if held:
            families.append(family)
            missing -= held
        if not missing:
            break
    return None if missing else families or _styled()[:1]


def drawable(text: str) -> str:
    r"""Return a text in one line, without signs that no font draws: controls, joiners, selectors.

    Examples
    --------
    >>> drawable("two\n lines\x07 and a heart \u2764\ufe0f")
    'two lines and a heart ❤'
    """
    signs = (sign for sign in " ".join(text.split()) if unicodedata.category(sign) not in UNSEEN)
    return "".join(sign for sign in signs if not "\ufe00" <= sign <= "\ufe0f")


def fold(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Return a text in lines of at most `width`, cut at spaces, or within a word that is wider.

    Examples
    --------
    >>> fold("the cat sat incomprehensibly", 7, len)
    ['the cat', 'sat inc', 'omprehe', 'nsibly']
    """
    words = re.findall(r"\S+\s*|\s+", text)
    pieces = [p for w in words for p in ([w] if measure(w.rstrip()) <= width else clusters(w))]
    lines, line = [], ""
    for piece in pieces:
        if line and measure((line + piece).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]


def _styled() -> list[str]:
    """Return the families of the figure's style, generic ones by the names behind them."""
    known: dict[str, list[str]] = dict(rcParams)  # pyright: ignore[reportAssignmentType]
    return [one for name in known["font.family"] for one in known.get(f"font.{name}", [name])]


def _regular() -> dict[str, str]:
    """Return the upright file of ordinary weight of each family that writes text."""
    return {
        font.name: font.fname
        for font in font_manager.fontManager.ttflist
        if (font.style, font.weight, font.stretch) == ("normal", 400, "normal")
        and not font.name.startswith(NO_TEXT)
    }


@cache
def _signs(path: str) -> frozenset[int]:
    """Return the code points that a font draws as outlines."""
    font = font_manager.get_font(path)
    outlined = FaceFlags.SCALABLE in font.face_flags
    return frozenset(font.get_charmap()) if outlined else frozenset()
