"""The picture of what a head is worth, judged by its artists and its words."""

import numpy as np
import pytest

from gedig_edu.views.plots.removal import worth

LAYERS, HEADS = 3, 5


@pytest.fixture
def drawn():
    rng = np.random.default_rng(0)
    F, zero, mean = rng.normal(size=(3, LAYERS, HEADS))
    ax = worth(F, {"zero": zero, "mean": mean}, correlations={"zero": -0.25, "mean": 0.5})
    return F, zero, mean, ax


def test_every_head_is_a_dot_at_its_f_and_its_rise_in_both_panels(drawn):
    F, zero, mean, ax = drawn
    for panel, rise in zip(ax.figure.axes, (zero, mean), strict=True):
        dots = [line for line in panel.lines if line.get_marker() == "o"]
        np.testing.assert_array_equal([line.get_xdata() for line in dots], F)
        np.testing.assert_array_equal([line.get_ydata() for line in dots], rise)


def test_the_heads_that_cost_the_most_set_to_zero_are_named_in_both_panels(drawn):
    _, zero, _, ax = drawn
    first, second = ({text.get_text() for text in one.texts} for one in ax.figure.axes)
    layer, head = np.unravel_index(zero.argmax(), zero.shape)
    assert f"{layer}.{head}" in first
    assert len(first) == 3
    assert first == second


def test_a_key_names_the_layer_of_each_shade(drawn):
    key = drawn[-1].figure.axes[-1].get_legend()
    assert [text.get_text() for text in key.get_texts()] == ["0", "1", "2"]
    assert key.get_title().get_text() == "layer"


def test_its_words_give_both_correlations(drawn):
    said = drawn[-1].get_label()
    assert f"{LAYERS * HEADS} heads." in said
    assert "−0.25" in said
    assert "+0.5" in said
