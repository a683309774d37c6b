"""Token labels."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gedig_edu.errors import GedigError
from gedig_edu.models import load
from gedig_edu.views.labels import clusters, token_label, token_labels, token_notes

SCIENTIST = "👩\u200d🔬"
KISS = "👨🏻\u200d❤️\u200d💋\u200d👨🏼"


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        (" city", "␣city"),
        ("  ", "␣␣"),
        ("\n\n", "⏎⏎"),
        ("\t", "⇥"),
        ("", "∅"),
        (" antidisestablishment", "␣antidisest…"),
        (SCIENTIST * 12, SCIENTIST * 12),
        (SCIENTIST * 13, SCIENTIST * 11 + "…"),
        ("🇯🇵🇩🇪" * 6, "🇯🇵🇩🇪" * 6),
        ("a" + "🇯🇵" * 12, "a" + "🇯🇵" * 10 + "…"),
        ("\xa0", "U+00A0"),
        ("a\u200bb", "aU+200Bb"),
        ("\u200d", "U+200D"),
        ("\x00", "U+0000"),
        ("\ufeff", "U+FEFF"),
        ("\u3000", "U+3000"),
        ("\xad", "U+00AD"),
        ("\u200f", "U+200F"),
        ("\ufe0f", "U+FE0F"),
        ("\u3164", "U+3164"),
        ("\u0301", "◌\u0301"),
        ("\u200b" * 3, "U+200B…"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\\xe7", "byte E7"),
        (" \\xf0\\x9f\\x98", "␣bytes F0 9F 98"),
        ("\ufffd", "byte"),
        ("e" + "\u0301" * 300, "e" + "\u0301" * 9),
        (" " + "\u0301" * 300, "␣" + "\u0301" * 9),
        ("\u0301" * 300, "◌" + "\u0301" * 10),
        ("\u200d" * 300, "U+200D"),
        ("👩\u200d" * 300 + "a", "👩\u200d" * 4 + "👩"),
        (KISS, KISS),
    ],
)
def test_labels_show_what_a_reader_needs(token, shown):
    assert token_label(token) == shown


@given(st.text(max_size=40))
def test_clusters_lose_nothing_and_labels_stay_short(text):
    assert "".join(clusters(text)) == text
    assert 1 <= len(clusters(token_label(text, width=9))) <= 9


@given(st.text("e \u0301\u05b0\u200d\ufe0f👩🏽", max_size=400))
def test_a_label_is_never_a_heap(text):
    assert len(token_label(text, width=9)) <= 9 * 11 + 1


@given(st.text(max_size=3))
def test_no_label_is_blank(text):
    assert any(unicodedata.category(sign)[0] in "LMNPS" for sign in token_label(text))


def test_accents_stay_with_their_letter_and_skin_tones_with_their_hand():
    assert clusters("e\u0301👍🏽") == ["e\u0301", "👍🏽"]


def test_labels_of_a_sentence_keep_their_order():
    assert token_labels(["A", " b"]) == ["A", "␣b"]


def test_a_label_needs_room_for_a_letter_and_the_ellipsis():
    with pytest.raises(GedigError, match="width=1"):
        token_label("a", width=1)


def test_bytes_that_are_no_character_are_said_to_be_part_of_one():
    tokens = load("gpt2-mini").encode("a 猫, 😀!").tokens
    labels, notes = token_labels(tokens), token_notes(tokens)
    told = [(label, note) for label, note in zip(labels, notes, strict=True) if note]
    assert told
    for label, note in told:
        size = {"猫": 3, "😀": 4}[next(sign for sign in "猫😀" if sign in note)]
        assert "byte" in label
        assert f"of the {size} bytes of" in note
    assert all("\\x" not in label and "\ufffd" not in label for label in labels)


def test_stray_bytes_are_told_by_no_character():
    assert token_notes([r"\x8c", r"\xc3\xa9", "x", r"\xe7"]) == [
        "", "2 of the 2 bytes of \u2068é\u2069", "", "",
    ]  # fmt: skip
