"""Token labels that survive spaces, line breaks, long words and emoji."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from gedig_edu.errors import check_number

SIGNS = {" ": "␣", "\n": "⏎", "\r": "⏎", "\t": "⇥"}
JOINER = "\u200d"


def token_label(token: str, *, width: int = 12) -> str:
    r"""Return a token as a reader should see it: spaces shown, at most `width` characters.

    An emoji made of several code points, or a letter with its accents, counts as one
    character and is never cut in two.

    Examples
    --------
    >>> token_label(" Paris"), token_label("\n"), token_label("antidisestablishment", width=8)
    ('␣Paris', '⏎', 'antidis…')
    """
    check_number("width", width, at_least=2)
    shown = "".join(SIGNS.get(character, character) for character in token) or "∅"
    pieces = clusters(shown)
    return shown if len(pieces) <= width else "".join(pieces[: width - 1]) + "…"


def token_labels(tokens: Sequence[str], *, width: int = 12) -> list[str]:
    """Return the labels of all tokens."""
    return [token_label(token, width=width) for token in tokens]


def clusters(text: str) -> list[str]:
    r"""Split text into what a reader takes for one character each.

    A simplification of Unicode's extended grapheme clusters (UAX 29): marks, variation
    selectors, skin tones and joiners stay with the character before them.

    Examples
    --------
    >>> len(clusters("e\u0301a")), len(clusters("👩\u200d🔬!"))
    (2, 2)
    """
    pieces: list[str] = []
    for character in text:
        attached = (
            unicodedata.category(character) in {"Mn", "Me", "Mc"}
            or character == JOINER
            or 0x1F3FB <= ord(character) <= 0x1F3FF
        )
        if pieces and (attached or pieces[-1].endswith(JOINER)):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces
