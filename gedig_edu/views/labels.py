"""Token labels that survive spaces, line breaks, long words, emoji and what no eye can see."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from gedig_edu.errors import check_number
from gedig_edu.words import word

SIGNS = {" ": "␣", "\n": "⏎", "\r": "⏎", "\t": "⇥"}
JOINERS = {"\u200c", "\u200d"}
UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}  # controls, formats, unassigned, spaces
BLANK = {*"\u034f\u115f\u1160\u2800\u3164\uffa0", *map(chr, range(0xFE00, 0xFE10))}  # of others
LONGEST = 10  # code points of a character that is shown; the longest emoji has as many
BYTES = re.compile(r"((?:\\x[0-9a-f]{2})+)")  # as the tokens of a text write what is no character


def token_label(token: str, *, width: int = 12) -> str:
    r"""Return a token as a reader should see it: spaces shown, at most `width` characters.

    An emoji made of several code points, a flag, or a letter with its accents, counts as one
    character and is never cut in two. A character that leaves no trace is named by its code
    point, and bytes that are only a part of a character by their codes; such a name is never cut,
    even where it is longer than the label. Of a character of more than ten code points, as a
    letter under a heap of accents, ten are shown.

    Examples
    --------
    >>> token_label(" Paris"), token_label("\n"), token_label("antidisestablishment", width=8)
    ('␣Paris', '⏎', 'antidis…')
    >>> token_label("\u200b"), token_label("\xa0of"), token_label("\\xe7\\x8c")
    ('U+200B', 'U+00A0of', 'bytes E7 8C')
    """
    check_number("width", width, at_least=2)
    pieces = list(_pieces(token)) or ["∅"]
    room = [len(clusters(piece)) for piece in pieces]
    if sum(room) <= width:
        return "".join(pieces)
    fits = next(count for count in range(len(room)) if sum(room[: count + 1]) > width - 1)
    fits = max(fits, 1 + (pieces[0] in SIGNS.values()))
    return "".join(pieces[:fits]) + ("…" if fits < len(pieces) else "")


def token_labels(tokens: Sequence[str], *, width: int = 12) -> list[str]:
    """Return the labels of all tokens."""
    return [token_label(token, width=width) for token in tokens]


def token_notes(tokens: Sequence[str]) -> list[str]:
    r"""Return of each token of a text what its label cannot say: of which character it is a part.

    Examples
    --------
    >>> token_notes(["a", r"\xe7\x8c", r"\xab"])[1].translate({0x2068: "", 0x2069: ""})
    '2 of the 3 bytes of 猫'
    """
    notes: list[list[str]] = [[] for _ in tokens]
    for signs in _split_characters(tokens):
        for sign, places in signs:
            for place, count in Counter(places).items():
                said = {"count": count, "size": len(places), "sign": sign}
                notes[place].append(word("views.token.part", **said))
    return ["; ".join(said) for said in notes]


def clusters(text: str) -> list[str]:
    r"""Split text into what a reader takes for one character each.

    A simplification of Unicode's extended grapheme clusters (UAX 29): marks, variation
    selectors, skin tones, tags and joiners stay with the character before them, and the two
    letters of a flag together.

    Examples
    --------
    >>> len(clusters("e\u0301a")), len(clusters("👩\u200d🔬!")), len(clusters("🇯🇵🇩🇪"))
    (2, 2, 2)
    """
    pieces: list[str] = []
    for character in text:
        attached = (
            unicodedata.category(character) in {"Mn", "Me", "Mc"}
            or character in JOINERS
            or 0x1F3FB <= ord(character) <= 0x1F3FF
            or 0xE0020 <= ord(character) <= 0xE007F
        )
        half = (
            bool(pieces) and len(pieces[-1]) == 1 and _is_flag(pieces[-1]) and _is_flag(character)
        )
        if pieces and (attached or half or pieces[-1].endswith("\u200d")):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _is_flag(character: str) -> bool:
    """Say whether it is one of the letters that make a flag two by two."""
    return 0x1F1E6 <= ord(character) <= 0x1F1FF


def _pieces(token: str) -> Iterator[str]:
    """Yield what a label shows, piece by piece: characters, signs and names."""
    for place, part in enumerate(BYTES.split(token)):
        if place % 2:
            codes = _bytes(part).hex(" ").upper()
            yield word(f"views.token.{'bytes' if ' ' in codes else 'byte'}", codes=codes)
        else:
            yield from map(_shown, clusters(part))


def _shown(cluster: str) -> str:
    first, rest = cluster[0], cluster[1:]
    if len(cluster) > LONGEST:
        rest = rest[: LONGEST - 1].rstrip("\u200d")
    if first in SIGNS:
        return SIGNS[first] + rest
    if first == "\N{REPLACEMENT CHARACTER}":
        return word("views.token.some_byte")
    if unicodedata.category(first) in UNSEEN or first in BLANK:
        return f"U+{ord(first):04X}" + rest
    return "◌" * bool(unicodedata.combining(first)) + first + rest


def _bytes(written: str) -> bytes:
    return bytes.fromhex(written.replace("\\x", ""))


def _split_characters(tokens: Sequence[str]) -> Iterator[Iterator[tuple[str, list[int]]]]:
    """Yield, of each run of bytes, its characters and the tokens that hold their bytes."""
    run: list[tuple[int, int]] = []  # token, byte
    for place, token in enumerate(tokens):
        for at, part in enumerate(BYTES.split(token)):
            if at % 2:
                run += [(place, byte) for byte in _bytes(part)]
            elif part:
                yield _characters(run)
                run = []
    yield _characters(run)


def _characters(run: Sequence[tuple[int, int]]) -> Iterator[tuple[str, list[int]]]:
    places, content = [place for place, _ in run], bytes(byte for _, byte in run)
    start = 0
    while start < len(content):
        for size in (2, 3, 4):
            written = content[start : start + size]
            sign = written.decode(errors="ignore")
            if len(sign) == 1 and sign.encode() == written:
                yield sign, places[start : start + size]
                start += size - 1
                break
        start += 1
