"""Plots are judged by their artists, not by their pixels."""

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex

from gedig_edu.views import plots
from gedig_edu.views.style import page_colours, term_colours

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


def test_waterfall_ends_at_f_and_fills_the_head_alone():
    terms = {"real": (0.1, 0.8, 0.4), "uniform": (0.0, 1.0, 0.0)}
    ax = plots.waterfall(terms, lam=0.5, gamma=0.25)
    bars = [bar for bar in ax.patches if bar.get_width() == pytest.approx(0.17)]
    # 0.1 - 0.5 * 0.8 - 0.5 * 0.25 * 0.4 = -0.35
    assert bars[3].get_height() == pytest.approx(-0.35)
    assert bars[2].get_y() + bars[2].get_height() == pytest.approx(-0.35)
    assert [bar.get_facecolor()[3] for bar in bars] == [1.0] * 4 + [0.0] * 4
    assert to_hex(bars[1].get_edgecolor()).upper() == term_colours()["entropy"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("length", [1, 2, 19])
def test_every_plot_draws_for_any_length_in_both_themes_without_a_warning(theme, length):
    drawn = [
        plots.waterfall({"real": (0.0, 0.0, 0.0)}, lam=0.0, gamma=0.0, theme=theme),
        *plots.overview(np.zeros((length, 1)), label="F", baseline=("random", 0.0), theme=theme),
    ]
    for ax in drawn:
        ax.figure.canvas.draw()
        assert ax.get_label()
        ink = {text.get_color() for text in ax.texts} - set(term_colours(theme).values())
        assert ink <= {page_colours(theme)["ink"]}
