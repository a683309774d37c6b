"""Every sign in any encoding: what an output cannot take is spelled, and nothing stops."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import TextIO

HANDLER = "gedig-readable"  # our name among Python's handlers of encoding errors
SPELLED = {
    "Δ": "d", "∂": "d", "ℓ": "l", "√": "sqrt", "∞": "inf", "−": "-", "–": "-", "—": "-", "×": "x",
    "·": "*", "⁄": "/", "→": "->", "←": "<-", "↑": "^", "↓": "v", "°": " deg",
    "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "‖": "||", "±": "+-",
    "✓": "v", "✗": "x", "⇄": "<->", "●": "*", "○": "o", "□": "[]", "⏎": "\\n", "⇥": "\\t",
    "⟨": "<", "⟩": ">", "…": "...", "␣": "_", "•": "*", "‘": "'", "’": "'", "“": '"', "”": '"',
    "\N{FIRST STRONG ISOLATE}": "", "\N{POP DIRECTIONAL ISOLATE}": "",
}  # fmt: skip
GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (\w+)")


def readable(text: str, encoding: str = "utf-8") -> str:
    r"""Return a text with every sign that `encoding` lacks spelled, and no control character.

    Examples
    --------
    >>> readable("ΔF = −0.5", "ascii"), readable("日本 é\x1b[2J", "ascii"), readable("日本 é")
    ('dF = -0.5', '\\u65e5\\u672c e\\x1b[2J', '日本 é')
    """
    plain = "".join(f"\\x{ord(c):02x}" if _is_control(c) else c for c in text)
    return plain.encode(encoding, HANDLER).decode(encoding)


def take_any_sign(*streams: TextIO | None) -> None:
    """Let streams spell what their encoding lacks, where Python would stop with an error."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=HANDLER)


def _is_control(sign: str) -> bool:
    return sign not in "\n\t" and unicodedata.category(sign) == "Cc"


def _spell(trouble: UnicodeError) -> tuple[str, int]:
    """Spell what an encoding lacks: our table, a letter without its accents, or its number."""
    if not isinstance(trouble, UnicodeEncodeError):
        raise trouble
    signs = trouble.object[trouble.start : trouble.end]
    return "".join(map(_spelled, signs)), trouble.end


def _spelled(sign: str) -> str:
    byte = ord(sign) - 0xDC00  # how Python keeps a byte that is no text, in the name of a file
    if 0x80 <= byte <= 0xFF:
        return f"\\x{byte:02x}"
    if sign in SPELLED:
        return SPELLED[sign]
    letter = GREEK.fullmatch(unicodedata.name(sign, ""))
    if letter:
        name = letter[2].replace("LAMDA", "LAMBDA")
        return name.lower() if letter[1] == "SMALL" else name.capitalize()
    parts = "".join(SPELLED.get(part, part) for part in unicodedata.normalize("NFKD", sign))
    bare = parts.encode("ascii", "ignore").decode()
    raised = "^" if unicodedata.decomposition(sign).startswith("<super>") else ""
    return raised + bare if bare else sign.encode("ascii", "backslashreplace").decode()


codecs.register_error(HANDLER, _spell)
