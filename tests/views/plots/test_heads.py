"""Plots are judged by their artists, not by their pixels."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

from gedig_edu.views import plots
from gedig_edu.views.colours import page_colours

LAYERS, HEADS = 5, 3


@pytest.fixture
def values():
    return np.random.default_rng(0).normal(size=(LAYERS, HEADS))


def test_layer_zero_lies_at_the_bottom_of_the_map(values):
    ax = plots.head_map(values, label="F")
    image = ax.images[0]
    np.testing.assert_array_equal(image.get_array(), values)
    assert image.origin == "lower"


def test_a_centred_map_has_zero_in_the_middle(values):
    norm = plots.head_map(values, label="ΔF", centred=True).images[0].norm
    assert norm.vmin == pytest.approx(-norm.vmax)


def test_plots_draw_into_the_axes_they_are_given(values):
    _, ax = plt.subplots()
    before = len(plt.get_fignums())
    assert plots.head_map(values, label="F", ax=ax) is ax
    assert len(plt.get_fignums()) == before


def test_boxes_show_each_layer_and_the_baseline_as_a_dotted_line(values):
    ax = plots.layer_boxes(values, label="F", baseline=("random", -0.5))
    assert len(ax.patches) == LAYERS
    dotted = [line for line in ax.lines if line.get_label() == "random"]
    assert list(dotted[0].get_xdata()) == [-0.5, -0.5]
    assert dotted[0].get_linestyle() == ":"


def test_medians_of_the_boxes_are_the_medians_of_the_layers(values):
    ax = plots.layer_boxes(values, label="F")
    drawn = [float(line.get_xdata()[0]) for line in ax.lines if line.get_linewidth() == 1.8]
    np.testing.assert_allclose(drawn, np.median(values, axis=1))


def test_overview_shares_the_layer_axis(values):
    left, right = plots.overview(values, label="F")
    assert left.get_shared_y_axes().joined(left, right)
    assert left.get_ylim() == right.get_ylim()


def test_overview_names_its_colours_over_the_map_and_numbers_the_layers_twice(values):
    left, right = plots.overview(values, label="effective keys")
    left.figure.draw_without_rendering()
    assert left.get_title(loc="right") == "effective keys"
    assert left.images[0].colorbar.ax.get_ylabel() == ""
    assert right.get_ylabel() == left.get_ylabel() == "layer"
    assert all(tick.label1.get_visible() for tick in right.yaxis.get_major_ticks())


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("length", [1, 2, 19])
def test_every_plot_draws_for_any_length_in_both_themes_without_a_warning(theme, length):
    flat = np.zeros((length, 1))
    for ax in plots.overview(flat, label="F", baseline=("random", 0.0), theme=theme):
        ax.figure.canvas.draw()
        assert ax.get_label()
        assert {text.get_color() for text in ax.texts} <= {page_colours(theme)["ink"]}
