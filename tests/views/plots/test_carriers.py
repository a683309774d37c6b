"""What carries ΔF, judged by the bars."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

from gedig_edu.views.colours import term_colours
from gedig_edu.views.plots.carriers import carriers

BASELINES = ("random", "uniform", "local", "diagonal", "row_shuffled")
TERMS = ("Δdensity", "− λ·Δentropy", "− λγ·Δpath gain", "= ΔF")
PARTS = {"random": np.array([0.0, 0.25, -0.05]), "row_shuffled": np.array([0.0, 0.0, -0.5])}


def test_the_fourth_bar_of_each_group_is_the_sum_of_the_three():
    bars = carriers(PARTS).patches
    lengths = np.array([bar.get_width() for bar in bars]).reshape(2, 4)
    np.testing.assert_allclose(lengths[:, :3], list(PARTS.values()))
    np.testing.assert_allclose(lengths[:, 3], [0.2, -0.5])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_term_has_its_colour_and_name(theme):
    ax = carriers(PARTS, theme=theme)
    named = {text.get_text(): text.get_color() for text in ax.texts}
    assert named["− λ·Δentropy"] == term_colours(theme)["entropy"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["random", "own shuffle"]


@pytest.mark.parametrize("groups", [1, 3, 5])
def test_the_names_of_the_terms_stand_apart_whatever_the_number_of_groups(groups):
    ax = carriers(dict.fromkeys(BASELINES[:groups], PARTS["random"]))
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text() in TERMS]
    assert len(boxes) == 4
    assert boxes[0].count_overlaps(boxes[1:]) == boxes[3].count_overlaps(boxes[:3]) == 0
    assert boxes[1].x0 - boxes[2].x1 > 10
    assert boxes[0].y0 > boxes[2].y1


def test_the_text_alternative_says_all_four_numbers():
    said = carriers(PARTS).get_label()
    assert said.startswith("Against random: density 0.00, entropy 0.250 and paths −0.0500 make")
    assert said.splitlines()[1].startswith("Against own shuffle: ")


def test_it_draws_into_the_axes_it_is_given():
    _, ax = plt.subplots()
    assert carriers(PARTS, ax=ax) is ax
