"""What is printed can be printed: every sign in any encoding, and no control character."""

import io
import re
import unicodedata
from pathlib import Path

import pytest

from gedig_edu import words
from gedig_edu.course import badges
from gedig_edu.views import labels
from gedig_edu.words.spelling import readable, take_any_sign

EN = Path(words.__file__).parent / "en"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "cp437", "shift_jis"])
def test_signs_of_the_field_are_spelled_where_an_encoding_lacks_them(encoding):
    text = "ΔF = −0.5 … λ·γ → τ ≤ √2, A⁻ᵀ, 13\xa0% – “é”"
    written = readable(text, encoding)
    assert written.encode(encoding).decode(encoding) == written
    assert "\\u" not in written
    assert "?" not in written


def test_what_is_spelled_means_the_same():
    spelled = {"λγ": "lambdagamma", "x²": "x^2", "Aᵀ": "A^T", "½": "1/2", "Σθ": "Sigmatheta"}
    assert {text: readable(text, "ascii") for text in spelled} == spelled


def signs_of_ours():
    """Every sign outside ASCII that our words, badges and labels have, but the letters of Japan."""
    words = "".join(path.read_text(encoding="utf-8") for path in EN.rglob("*.toml"))
    marks = "".join([*badges.SIGNS.values(), badges.OTHER_SIGN, *labels.SIGNS.values()])
    names = {sign: unicodedata.name(sign, "") for sign in {*words, *marks} if not sign.isascii()}
    return {sign for sign, name in names.items() if not name.startswith(("CJK", "HIRA", "KATA"))}


def test_every_sign_of_ours_has_a_spelling():
    signs = signs_of_ours()
    assert {"Δ", "✗", "○", "⇄", "⇥", "²"} <= signs
    assert {sign for sign in signs if re.search(r"\\[ux]", readable(sign, "ascii"))} == set()


def test_what_has_no_spelling_is_named_by_its_number():
    assert readable("日 🎉", "ascii") == "\\u65e5 \\U0001f389"
    assert readable("日 🎉", "utf-8") == "日 🎉"


def test_a_control_character_does_nothing_to_the_terminal():
    assert readable("a\x1b[2Jb\rc\x07\x9b\nd") == "a\\x1b[2Jb\\x0dc\\x07\\x9b\nd"


def test_a_byte_that_is_no_text_is_shown_as_a_byte():
    assert readable(b"caf\xe9.csv".decode("utf-8", "surrogateescape")) == "caf\\xe9.csv"
    assert readable("\ud800") == "\\ud800"


def test_a_stream_takes_every_sign_once_told():
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="cp1252", errors="strict")
    with pytest.raises(UnicodeEncodeError):
        stream.write("ΔF")
    take_any_sign(stream, None, io.StringIO())
    stream.write("ΔF ≈ 日")
    stream.flush()
    assert written.getvalue() == b"dF ~ \\u65e5"


def test_no_words_wear_markdown_that_a_form_or_a_picture_would_show_as_it_stands():
    emphasis = re.compile(r"(?<![*\w])\*[^*\s][^*\n]*\*(?![*\w])")
    told = {path.name: emphasis.findall(path.read_text("utf-8")) for path in EN.rglob("*.toml")}
    assert {name: found for name, found in told.items() if found} == {}
