"""Colours of figures: even ramps, a neutral middle, contrast enough."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

from gedig_edu.errors import GedigError
from gedig_edu.views import style
from gedig_edu.views.colours import HEAT, PAGES, STRUCTURE, page_colours, term_colours


def luminance(colour):
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", PAGES)
def test_the_ramp_runs_from_the_page_to_its_deep_end(theme):
    colours = page_colours(theme)
    ramp = style.sequential(theme)
    assert to_hex(ramp(0.0)).upper() == colours["page"]
    assert to_hex(ramp(1.0)).upper() == colours["deep"]


def test_the_ramp_darkens_with_every_step():
    steps = [luminance(style.sequential()(share)) for share in np.linspace(0, 1, 17)]
    assert all(np.diff(steps) < 0)


def test_the_diverging_ramp_is_orange_below_neutral_at_zero_and_blue_above():
    ramp = style.diverging()
    assert to_hex(ramp(0.0)).upper() == HEAT
    assert to_hex(ramp(0.5)).upper() == PAGES["light"]["page"]
    assert to_hex(ramp(1.0)).upper() == STRUCTURE


@pytest.mark.parametrize("theme", PAGES)
@pytest.mark.parametrize("name", ["ink", "soft", "accent"])
def test_text_colours_keep_the_contrast_of_wcag_aa(theme, name):
    colours = page_colours(theme)
    assert contrast(colours[name], colours["page"]) >= 4.5


@pytest.mark.parametrize("theme", PAGES)
def test_bars_keep_the_contrast_of_graphics(theme):
    for colour in term_colours(theme).values():
        assert contrast(colour, page_colours(theme)["page"]) >= 3.0


def test_the_style_ends_with_its_context():
    before = mpl.rcParams["figure.dpi"]
    with style.style("dark"):
        assert mpl.rcParams["figure.facecolor"] == "#111111"
    assert mpl.rcParams["figure.dpi"] == before


def test_what_a_notebook_switches_on_inside_stays_on():
    before = mpl.rcParams["interactive"]
    with style.style():
        mpl.rcParams["interactive"] = not before
    after, mpl.rcParams["interactive"] = mpl.rcParams["interactive"], before
    assert after is not before


def test_an_unknown_theme_is_refused():
    with pytest.raises(GedigError, match="theme='sepia'"):
        style.settings("sepia")
