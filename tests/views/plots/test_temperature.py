"""Plots of temperatures, judged by their artists and their words."""

import numpy as np
import pytest

from gedig_edu.lab.temperatures import fitted_head
from gedig_edu.theory.attention import attend, cosine_scores
from gedig_edu.theory.thermo import effective_temperature
from gedig_edu.views.plots import temperature as plots

LAYERS, HEADS, LENGTH = 5, 3, 7


@pytest.fixture
def readings():
    rng = np.random.default_rng(0)
    return 0.1 + rng.random((3, LAYERS, HEADS))


@pytest.fixture
def head():
    rng = np.random.default_rng(1)
    q, k = rng.normal(size=(2, LENGTH, 4))
    scores = cosine_scores(q, k)
    return attend(scores, k, temperature=0.2, causal=True).weights, scores


def test_a_head_is_drawn_as_points_around_a_line_of_slope_one_over_the_temperature(head):
    fitted = fitted_head(*head, causal=True)
    ax = plots.thermometers({"head 1.2": fitted, "head 0.0": fitted})
    points, line = ax.lines
    assert len(points.get_xdata()) == LENGTH * (LENGTH + 1) // 2
    np.testing.assert_allclose(points.get_ydata(), points.get_xdata() / 0.2, atol=1e-9)
    (x0, x1), (y0, y1) = line.get_xdata(), line.get_ydata()
    assert (x1 - x0) / (y1 - y0) == pytest.approx(0.2)
    assert "head 1.2: T = 0.200, R² = 1.00" in ax.get_title(loc="left")
    assert len(ax.figure.axes) == 2


def test_a_head_in_words_gives_points_temperature_and_what_it_explains(head):
    weights, scores = head
    noise = np.random.default_rng(2).normal(size=scores.shape)
    fitted = fitted_head(weights, scores + noise, causal=True)
    said = plots.thermometers({"head 1.2": fitted}).get_label()
    T = effective_temperature(weights, scores + noise, causal=True).temperature
    assert f"T = {T:#.3g}" in said
    assert f"{LENGTH * (LENGTH + 1) // 2} points" in said


def test_an_encoders_head_shows_the_whole_map(head):
    weights = attend(head[1], head[1], temperature=0.2).weights
    ax = plots.thermometers({"h": fitted_head(weights, head[1], causal=False)})
    assert len(ax.lines[0].get_xdata()) == LENGTH**2


def test_maps_stand_side_by_side_with_layer_0_at_the_bottom(readings):
    temperature, spread, r2 = readings
    ax = plots.head_temperatures(temperature, spread, r2)
    maps = [one.images[0] for one in ax.figure.axes if one.images]
    for image, values in zip(maps, (temperature, spread, r2), strict=True):
        np.testing.assert_allclose(image.get_array(), values)
        assert image.origin == "lower"
    assert maps[2].get_clim() == (0, 1)
    assert f"T against cos θ: from {temperature.min():#.3g}" in ax.get_label()


def test_a_temperature_without_end_stays_blank_and_out_of_the_words(readings):
    temperature, spread, r2 = readings
    temperature[2, 1] = np.inf
    ax = plots.head_temperatures(temperature, spread, r2)
    assert np.isnan(np.ma.filled(ax.images[0].get_array(), np.nan)[2, 1])
    assert "inf" not in ax.get_label()


def test_each_thermometer_has_a_panel_with_a_dot_for_each_head(readings):
    names = {"one": readings[0], "other": readings[1]}
    correlations = {"one": 0.25, "other": -0.5}
    ax = plots.distance_against(names, readings[2], correlations=correlations)
    panels = ax.figure.axes
    assert [panel.get_xlabel() for panel in panels] == ["one", "other"]
    dots = np.concatenate([line.get_ydata() for line in panels[1].lines])
    np.testing.assert_allclose(dots, readings[2].ravel())
    assert panels[0].get_xscale() == "log"
    assert "15 heads" in ax.get_label()
    assert "other and distance have a rank correlation of −0.500" in ax.get_label()


def test_curves_over_depth_share_names_and_say_both_ends():
    curves = {"path": np.array([2.0, 1.5, 1.0]), "neither": np.array([0.0, 1e-9, 1.0])}
    ax = plots.by_depth({"small": curves, "large": curves}, label="gradient")
    assert [panel.get_title(loc="left") for panel in ax.figure.axes] == ["small", "large"]
    assert [line.get_label() for line in ax.lines] == ["path", "neither"]
    assert np.isnan(ax.lines[1].get_ydata()[0])
    assert "small, path: 2.00 at layer 0, 1.00 at the last" in ax.get_label()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_plot_has_the_colours_of_its_page(readings, head, theme):
    page = {"light": (1.0, 1.0, 1.0, 1.0), "dark": (17 / 255, 17 / 255, 17 / 255, 1.0)}[theme]
    drawn = (
        plots.thermometers({"h": fitted_head(*head, causal=True)}, theme=theme),
        plots.head_temperatures(*readings, theme=theme),
        plots.distance_against(
            {"T": readings[0]}, readings[1], correlations={"T": 0.1}, theme=theme
        ),
        plots.by_depth({"a": {"b": np.ones(3)}}, label="g", theme=theme),
    )
    for ax in drawn:
        assert ax.get_facecolor() == pytest.approx(page)
        assert ax.get_label()
