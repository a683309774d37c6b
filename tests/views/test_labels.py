"""Token labels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gedig_edu.errors import GedigError
from gedig_edu.views.labels import clusters, token_label, token_labels

SCIENTIST = "👩\u200d🔬"


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
    ],
)
def test_labels_show_what_a_reader_needs(token, shown):
    assert token_label(token) == shown


@given(st.text(max_size=40))
def test_clusters_lose_nothing_and_labels_stay_short(text):
    assert "".join(clusters(text)) == text
    assert 1 <= len(clusters(token_label(text, width=9))) <= 9


def test_accents_stay_with_their_letter_and_skin_tones_with_their_hand():
    assert clusters("e\u0301👍🏽") == ["e\u0301", "👍🏽"]


def test_labels_of_a_sentence_keep_their_order():
    assert token_labels(["A", " b"]) == ["A", "␣b"]


def test_a_label_needs_room_for_a_letter_and_the_ellipsis():
    with pytest.raises(GedigError, match="width=1"):
        token_label("a", width=1)
