"""Plots of graphs, judged by their artists and their words."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

from gedig_edu.views.plots import graphs as plots


@pytest.fixture
def worth():
    F = np.full((5, 5), np.nan)
    for (i, j), value in {(0, 2): -0.1, (0, 4): 0.3, (1, 4): -0.2}.items():
        F[i, j] = F[j, i] = value
    return F


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_map_of_shortcuts_has_zero_in_the_middle_and_marks_the_lowest(worth, theme):
    ax = plots.shortcut_map(worth, theme=theme)
    norm = ax.images[0].norm
    assert (norm.vmin, norm.vmax) == (-0.3, 0.3)
    marked = {tuple(map(int, point)) for point in np.transpose(ax.lines[0].get_data())}
    assert marked == {(1, 4), (4, 1)}


def test_the_map_in_words_counts_what_pays(worth):
    said = plots.shortcut_map(worth).get_label()
    assert said.startswith("3 possible edges, 2 of them with F below 0")
    assert "1 – 4" in said
    assert "0.300" in said


def test_growth_draws_each_draw_thin_and_their_mean_bold():
    F = np.array([[0.0, -0.2, 0.1], [0.0, -0.4, 0.3]])
    draws = {"dear": F, "cheap": F - 1}
    ax = plots.growth_curves({name: (f, f.mean(axis=0)) for name, f in draws.items()})
    bold = [line for line in ax.lines if line.get_linewidth() == 1.8]
    thin = [line for line in ax.lines if line.get_linewidth() == 0.4]
    assert (len(bold), len(thin)) == (2, 4)
    np.testing.assert_allclose(bold[0].get_ydata(), [0, -0.3, 0.2])
    np.testing.assert_allclose(bold[0].get_xdata(), [0, 0.5, 1])


def test_growth_in_words_gives_the_lowest_point_and_the_end():
    mean = np.array([0.0, -0.25, 0.125])
    ax = plots.growth_curves({"dear": (mean[None], mean)}, high=0.1)
    assert ax.get_label() == (
        "dear: F is lowest, −0.250, with 50\u00a0% of the missing edges, "
        "and 0.125 with all of them."
    )
    assert ax.get_ylim()[1] == 0.1


def test_a_plot_draws_on_the_axes_it_is_given(worth):
    _, (left, right) = plt.subplots(ncols=2)
    assert plots.shortcut_map(worth, ax=left) is left
    assert plots.growth_curves({"one": (np.zeros((1, 3)), np.zeros(3))}, ax=right) is right
