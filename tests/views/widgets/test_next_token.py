"""What a model expects next: softmax by hand, places, and the end of the text."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.next_token import NextToken

WORDS = ["the", " old", " clock", " <b>", " 🙂"]


def decode(ids):
    return "".join(WORDS[number] for number in ids)


@pytest.fixture
def reader():
    logits = np.zeros((3, 5))
    logits[0, 1] = np.log(16.0)  # 16 / (16 + 4) = 0.8
    logits[1, 4] = np.log(4.0)  # 4 / (4 + 4) = 0.5, and 1/8 for " clock"
    return NextToken([0, 1, 2], logits, decode=decode)


def test_probabilities_are_the_softmax_of_the_chosen_row(reader):
    assert reader.likely[0][0] == "␣old"
    assert reader.numbers["said"] == reader.numbers["shares"][0] == pytest.approx(0.8)
    assert reader.numbers["rank"] == 1
    reader.position = 1
    assert reader.numbers["shares"][0] == pytest.approx(0.5)
    assert reader.numbers["said"] == pytest.approx(0.125)
    assert reader.numbers["surprise"] == pytest.approx(np.log(8))
    assert reader.numbers["rank"] == 2


def test_nobody_knows_what_follows_the_last_token(reader):
    reader.position = 2
    assert [reader.numbers[name] for name in ("said", "surprise", "rank")] == [None] * 3
    assert reader.sentence.endswith(" Nothing follows the last token here.")
    assert "–" not in reader.sentence


def test_the_slider_reaches_the_last_token(reader):
    assert reader.frame["controls"][0]["high"] == 2
    with pytest.raises(GedigError, match="position=3"):
        reader.position = 3


def test_at_most_eight_tokens_are_shown_likeliest_first():
    reader = NextToken([0, 1], np.arange(26.0).reshape(2, 13), decode=lambda ids: chr(97 + ids[0]))
    assert reader.likely[0] == list("mlkjihgf")
    assert reader.shares[0] == sorted(reader.shares[0], reverse=True)


def test_logits_of_another_text_are_refused():
    with pytest.raises(GedigError, match="one row per token"):
        NextToken([0, 1], np.zeros((3, 5)), decode=decode)
