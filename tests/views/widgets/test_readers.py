"""The small readers answer every position of their controls, and say in words what they show."""

import ipywidgets
import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.theory.maps import AttentionMaps
from gedig_edu.views.widgets.explore import Explore
from gedig_edu.views.widgets.readers import head_reader, next_token_reader

WORDS = ["the", " old", " clock", " <b>", " 🙂"]


def decode(ids):
    return "".join(WORDS[number] for number in ids)


@pytest.fixture
def next_tokens():
    logits = np.zeros((3, 5))
    logits[0, 1] = np.log(16.0)  # 16 / (16 + 4) = 0.8
    logits[1, 4] = np.log(4.0)
    return next_token_reader([0, 1, 2], logits, decode=decode)


def test_probabilities_are_the_softmax_of_the_chosen_row(next_tokens):
    assert "“ old” with 80 %" in next_tokens.text
    next_tokens.controls["position"].value = 1
    assert "“ 🙂” with 50 %" in next_tokens.text
    assert "“ clock”, 12 %" in next_tokens.text


def test_the_last_position_has_no_token_that_follows(next_tokens):
    next_tokens.controls["position"].value = 2
    assert "that follows" not in next_tokens.text


def test_logits_of_another_text_are_refused():
    with pytest.raises(GedigError, match="one row per token"):
        next_token_reader([0, 1], np.zeros((3, 5)), decode=decode)


def test_every_head_can_be_opened_and_reset_goes_back():
    weights = np.zeros((2, 3, 5, 5), dtype=np.float32)
    weights[:] = np.eye(5)
    weights[1, 2] = np.eye(5)[[0, 0, 1, 2, 3]]
    maps = AttentionMaps(
        tokens=tuple(WORDS), weights=weights, causal=True, special=np.zeros(5, dtype=bool),
        offsets=np.zeros((5, 2), dtype=int), model="made by hand",
    )  # fmt: skip
    reader = head_reader(maps)
    first = reader.text
    reader.controls["layer"].value, reader.controls["head"].value = 1, 2
    assert reader.text != first
    reader.reset.click()
    assert reader.text == first
    assert reader.controls["layer"].max == 1
    assert reader.controls["head"].max == 2


def test_words_in_the_page_are_text_not_markup():
    import matplotlib.pyplot as plt

    def draw(name):
        ax = plt.subplots()[1]
        ax.set_label(f"<script>{name}</script>")
        return ax

    widget = Explore("<i>Which?</i>", draw, name=ipywidgets.Dropdown(options=["a", "b"]))
    page = " ".join(c.value for c in widget.children if isinstance(c, ipywidgets.HTML))
    assert "&lt;i&gt;" in page
    assert "<script>" not in page
    assert plt.get_fignums() == []
