"""Plots of ensembles, judged by their artists and their words."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.text import Text

from gedig_edu.views.plots import thermo as plots
from tests.views.names import crossed

LAYERS, HEADS, LENGTH, HEATS = 2, 3, 5, 7


@pytest.fixture
def rows():
    keys = np.arange(1, LENGTH + 1)
    capacity = np.random.default_rng(0).random((LAYERS, HEADS, LENGTH))
    return keys, capacity, np.array([0.0, 1.0, 1.1, 1.3, 1.5])


def test_every_row_has_a_dot_and_every_number_of_keys_its_bound(rows):
    keys, capacity, bound = rows
    dots, bars = plots.capacity_against_bound(*rows).lines
    np.testing.assert_array_equal(dots.get_ydata(), capacity.ravel())
    assert np.abs(dots.get_xdata() - np.tile(keys, LAYERS * HEADS)).max() < 0.5
    np.testing.assert_array_equal(bars.get_ydata(), bound)


def test_capacities_in_words_say_how_much_of_the_bound_is_reached():
    said = plots.capacity_against_bound(
        np.array([1, 2]), np.array([[0.0, 0.5], [0.0, 0.1]]), np.array([0.0, 1.0])
    ).get_label()
    assert "4 rows" in said
    assert "0.500 of it at most" in said
    assert "0.300 on average" in said


def test_every_head_has_a_line_and_the_median_is_one_more():
    heats = np.geomspace(0.1, 10, HEATS)
    both = np.random.default_rng(0).random((2, LAYERS, HEADS, HEATS))
    medians = np.median(both, axis=(1, 2))
    drawn = plots.heads_over_heat(heats, both, medians)
    for ax, expected in zip(drawn, medians, strict=True):
        *heads, median, own = ax.lines
        assert len(heads) == LAYERS * HEADS
        np.testing.assert_allclose(median.get_ydata(), expected)
        assert list(own.get_xdata()) == [1.0, 1.0]
        assert ax.get_xscale() == "log"


def test_heads_in_words_give_the_median_at_its_own_temperature_and_at_its_peak():
    heats = np.array([0.5, 1.0, 2.0])
    entropy, capacity = np.array([[0.1, 0.4, 0.9]]), np.array([[0.3, 0.2, 0.1]])
    drawn = plots.heads_over_heat(heats, (entropy, capacity), (entropy[0], capacity[0]))
    left, right = (ax.get_label() for ax in drawn)
    assert left.startswith("entropy S / log n of 1 heads")
    assert "0.400 at its own temperature" in left
    assert "largest, 0.900, at 2.00 times it" in left
    assert "largest, 0.300, at 0.500 times it" in right


def test_growing_peaks_have_a_curve_and_a_name_each_and_say_how_high_they_are():
    places = np.array([0.5, 1.0, 2.0])
    ax = plots.growing_peaks(places, np.array([[1.0, 2.0, 1.0], [9.0, 3.0, 0.0]]), ("few", "many"))
    assert [line.get_ydata().max() for line in ax.lines] == [2.0, 9.0]
    assert [note.get_text() for note in ax.texts] == ["few", "many"]
    assert "few up to 2.00 at 1.00, many up to 9.00 at 0.500" in ax.get_label()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_plots_draw_into_the_axes_they_are_given(rows, theme):
    ax = plt.subplots()[1]
    assert plots.capacity_against_bound(*rows, theme=theme, ax=ax) is ax
    assert plots.growing_peaks(rows[0], rows[1][0], "abc", theme=theme, ax=ax) is ax
    axes = tuple(plt.subplots(1, 2)[1])
    before = len(plt.get_fignums())
    ones = np.ones((2, 2))
    assert plots.heads_over_heat(np.array([1.0, 2.0]), ones, ones, theme=theme, axes=axes) == axes
    assert len(plt.get_fignums()) == before


def test_real_rows_stand_as_dots_over_their_spread_among_the_curves_of_random_energies():
    ratios = np.linspace(0, 4, 41)
    curves = {"n = 16": ratios / 5, "n = 256": ratios / 6}
    spread, real = np.array([0.5, 1.5, 9.0]), np.array([0.1, 0.4, 0.9])
    ax = plots.condensation(ratios, curves, limit=ratios / 9, spread=spread, real=real)
    dots = next(line for line in ax.lines if line.get_marker() == "o")
    assert dots.get_xdata().tolist() == [0.5, 1.5, 4.0]  # what lies beyond stands at the edge
    assert dots.get_ydata().tolist() == real.tolist()
    drawn = [list(line.get_ydata()) for line in ax.lines]
    assert all(list(curve) in drawn for curve in curves.values())
    said = ax.get_label()
    assert "3 real rows" in said
    assert "67\u00a0% of them" in said
    assert "0.900" in said


@pytest.mark.parametrize("apart", [0.002, 0.05])
def test_the_names_of_condensing_rows_stand_apart_and_on_nothing(apart):
    ratios = np.linspace(0, 4, 41)
    curves = {f"n = {10**place}": ratios / 5 - place * apart for place in (1, 2, 3)}
    spread, real = np.random.default_rng(0).random((2, 300)) * [[4], [1]]
    ax = plots.condensation(ratios, curves, limit=ratios / 8, spread=spread, real=real)
    assert crossed(ax) == []
    boxes = [Text.get_window_extent(text) for text in ax.texts]
    assert [text.get_text() for text in ax.texts] == [*curves, "n → ∞: 1 − 1/x"]
    assert all(one.y0 >= other.y1 for one, other in pairwise(boxes))
    assert max(box.x1 for box in boxes) <= ax.figure.bbox.x1
