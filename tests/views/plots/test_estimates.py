"""Numbers with intervals, judged by their artists and their words."""

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex

from gedig_edu.views.plots.estimates import estimates, profiles

ROWS = ("random", "local", "diagonal")


@pytest.fixture
def numbers():
    middle = np.array([0.1, -0.2, 0.3])
    return np.stack([middle, middle - 0.05, middle + 0.15], axis=1)


def drawn(figure):
    return [ax for ax in figure.axes if ax.has_data()]


def test_each_number_is_a_dot_with_its_interval_in_its_row(numbers):
    ax = estimates(
        {"short": {"ours": numbers}, "prose": {"ours": -numbers[:, [0, 2, 1]]}}, rows=ROWS
    )
    first, second = drawn(ax.figure)
    for panel, sign in ((first, 1), (second, -1)):
        (bars,) = panel.containers
        dots, _, (lines,) = bars
        np.testing.assert_allclose(dots.get_xdata(), sign * numbers[:, 0])
        ends = np.array([segment[:, 0] for segment in lines.get_segments()])
        np.testing.assert_allclose(np.sort(ends), np.sort(sign * numbers[:, 1:]))
    assert [label.get_text() for label in first.get_yticklabels()] == list(ROWS)
    plt.close(ax.figure)


def test_two_series_of_a_row_do_not_lie_on_one_another_and_a_key_names_them(numbers):
    printed = {"short": {"printed": np.array([0.1, np.nan, 0.2])}}
    series = {"one": numbers, "other": numbers + 1}
    ax = estimates({"short": series}, rows=ROWS, printed=printed)
    (panel,) = drawn(ax.figure)
    heights = [bars[0].get_ydata() for bars in panel.containers]
    heights.append(next(line for line in panel.lines if line.get_label() == "printed").get_ydata())
    for row, of_row in enumerate(np.transpose(heights)):
        assert len({round(float(at), 6) for at in of_row}) == len(heights)
        assert (abs(of_row - row) < 0.5).all()
    (key,) = ax.figure.legends
    assert [text.get_text() for text in key.get_texts()] == ["one", "other", "printed"]
    plt.close(ax.figure)


def test_what_was_printed_stands_in_its_own_panel_alone_and_hollow(numbers):
    panels = {"short": {"ours": numbers}, "prose": {"ours": numbers}}
    ax = estimates(panels, rows=ROWS, printed={"short": {"printed": np.zeros(3)}})
    marked = [
        [line for line in one.lines if line.get_label() == "printed"] for one in drawn(ax.figure)
    ]
    assert list(map(len, marked)) == [1, 0]
    assert marked[0][0].get_fillstyle() == "none"
    plt.close(ax.figure)


def test_the_words_give_every_number_and_leave_out_what_was_not_measured(numbers):
    numbers[1] = np.nan
    ax = estimates({"short lines": {"minilm": numbers}}, rows=ROWS)
    said = ax.get_label()
    assert "short lines, minilm, random: +0.100 from +0.050 to +0.250." in said
    assert "diagonal: +0.300" in said
    assert "local" not in said
    plt.close(ax.figure)


def test_profiles_draw_a_line_with_its_band_and_say_where_it_begins_and_ends():
    points = np.array([[0, -0.5, -0.6, -0.4], [1, -0.3, -0.4, -0.2], [2, -0.4, -0.45, -0.3]])
    bare = np.array([[0, -0.34, np.nan, np.nan], [11, -0.25, np.nan, np.nan]])
    panels = {"minilm": {"short": points}, "BERT": {"printed": bare}}
    ax = profiles(panels, titles=("layer", "F"), level=0.0)
    first, second = drawn(ax.figure)
    line = next(one for one in first.lines if one.get_label() == "short")
    np.testing.assert_allclose(line.get_xydata(), points[:, :2])
    (band,) = first.collections
    np.testing.assert_allclose(band.get_paths()[0].get_extents().intervaly, [-0.6, -0.2])
    assert first.get_ylim() == second.get_ylim()
    assert all(place % 1 == 0 for place in first.get_xticks())
    assert ax.get_label() == (
        "minilm, short: −0.500 at 0 and −0.400 at 2, between −0.500 and −0.300 on the way. "
        "BERT, printed: −0.340 at 0 and −0.250 at 11, between −0.340 and −0.250 on the way."
    )
    plt.close(ax.figure)


def test_a_panel_can_be_logarithmic_alone():
    points = np.array([[0.001, 1, 1, 1], [0.1, 2, 2, 2]])
    panels = {"quantile": {"a": points}, "weight": {"a": points}}
    ax = profiles(panels, titles=("x", "y"), logarithmic=["weight"])
    assert [one.get_xscale() for one in drawn(ax.figure)] == ["linear", "log"]
    plt.close(ax.figure)


def test_a_dark_page_has_a_dark_ground(numbers):
    ax = estimates({"short": {"ours": numbers}}, rows=ROWS, theme="dark")
    assert to_hex(ax.get_facecolor()) == "#111111"
    plt.close(ax.figure)
