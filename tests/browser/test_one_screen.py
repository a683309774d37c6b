"""What a learner moves, what it changes and what it says are in view together, on any screen."""

import networkx as nx
import numpy as np
import pytest

from gedig_edu.views.widgets.head_basis import HeadBasis
from gedig_edu.views.widgets.head_steps import HeadSteps
from gedig_edu.views.widgets.heated_model import HeatedModel
from gedig_edu.views.widgets.kept_edges import KeptEdges
from gedig_edu.views.widgets.key_growth import KeyGrowth
from gedig_edu.views.widgets.landscape import Landscape
from gedig_edu.views.widgets.lens_settling import LensSettling
from gedig_edu.views.widgets.one_score_many_temperatures import OneScoreManyTemperatures
from gedig_edu.views.widgets.qk_plane import QKPlane
from gedig_edu.views.widgets.random_edges import RandomEdges
from gedig_edu.views.widgets.score_matrix import ScoreMatrix
from gedig_edu.views.widgets.shortcut_graph import ShortcutGraph
from gedig_edu.views.widgets.temperature import Temperature
from gedig_edu.views.widgets.what_is_left import WhatIsLeft
from tests.browser.test_hero_widgets import show
from tests.heroes import HEROES

pytestmark = pytest.mark.browser

SCREEN = 679  # pixels of notebook at 1280 x 800
NOTEBOOK = 840  # pixels of a widget there, with the file browser open
WIDE = 1280  # and of one that has the page to itself
PHONE = 400

DRAWN_FROM = np.random.default_rng(1).normal(size=(8, 24, 24))


def _as_in_a_lesson(hero, count):
    """Return what makes a hero of so many tokens of a sentence and a row or a head of numbers."""
    tokens = [" antidisestablishment", *(f" word{place}" for place in range(count - 1))]
    square = 2 * DRAWN_FROM[0, :count, :count]
    vectors = DRAWN_FROM[1:3, :count, :16]
    given = {
        Temperature: (4 * square[0] - 9, tokens),
        HeadSteps: (tokens, 2 * DRAWN_FROM[:, :count, :count].reshape(2, 4, count, count)),
        OneScoreManyTemperatures: (square, tokens),
        KeyGrowth: (vectors[0, -1], vectors[1], tokens),
        HeadBasis: (*vectors, tokens),
        Landscape: (2 * square[0], tokens),
    }
    return lambda: hero(*given[hero])


SENTENCES = {
    f"{hero.__name__} of {count} tokens": _as_in_a_lesson(hero, count)
    for hero in (Temperature, HeadSteps, OneScoreManyTemperatures, KeyGrowth, HeadBasis, Landscape)
    for count in (16, 24)
}

# Each panel's drawing without what only tells which control has the focus.
DRAWN = """
() => [...document.querySelectorAll(".gh-picture svg")].map((svg) => svg.outerHTML)
"""
PLACES = """
() => {
  const place = (node) => {
    const { top, bottom, left, right } = node.getBoundingClientRect();
    return { top, bottom, left, right };
  };
  const all = (names) => [...document.querySelectorAll(names)].map(place);
  return {
    widget: all(".gedig-hero")[0], question: all(".gh-question")[0], panels: all(".gh-picture svg"),
    controls: all(".gh-control"), readout: all(".gh-readout")[0],
  };
}
"""


def changed_by(page, control):
    """Return the numbers of the panels that a control draws anew."""
    before = page.evaluate(DRAWN)
    if control.get_attribute("type") == "checkbox":
        control.press("Space")
    else:
        low, high, value = control.evaluate("one => [one.min, one.max, one.value].map(Number)")
        control.press("PageDown" if value > (low + high) / 2 else "PageUp")
    page.wait_for_timeout(60)
    return [at for at, drawn in enumerate(page.evaluate(DRAWN)) if drawn != before[at]]


def many_heads():
    """Show what lesson 06 shows of twelve layers of twelve heads."""
    rng = np.random.default_rng(0)
    heads, random = WhatIsLeft().heads, WhatIsLeft().random
    return WhatIsLeft({key: rng.normal(0.5, 0.2, (3, 144)) for key in heads}, random)


def tokens():
    """Show what lesson 05 shows of a head: its links between the tokens of a sentence."""
    links = nx.empty_graph(22)
    links.add_edges_from([(0, 4), (0, 9), (1, 2), (4, 6), (9, 13), (11, 14)])
    names = ["␣incomprehensibility", "A", "␣br", "idge", *"abc"] * 3 + ["."]
    return ShortcutGraph(links, names=names)


def lens(layers):
    """Show what lesson 11 shows of a decoder of so many layers."""
    rng, n = np.random.default_rng(2), 15
    tables = [rng.lognormal(sigma=2, size=(layers + extra, n)) for extra in (0, 1, 1)]
    says = [[" antidisestablishment"] * n] * (layers + 1)
    return lambda: LensSettling([*says[0], " word"], says, *tables)


def edges():
    """Show what lesson 11 shows of the heads of one layer."""
    weights = np.abs(DRAWN_FROM[:, :16, :16])
    tokens = [" antidisestablishment", *(f" word{place}" for place in range(15))]
    return KeptEdges(tokens, weights / weights.sum(axis=-1, keepdims=True), DRAWN_FROM[:, :16])


REAL = {
    "LensSettling of 6 layers": lens(6),
    "LensSettling of 30 layers": lens(30),
    "KeptEdges of 16 tokens": edges,
    "WhatIsLeft of 144 heads": many_heads,
    "ScoreMatrix": lambda: ScoreMatrix(rotation=1.0),  # no base is seen where nothing turns
    "QKPlane with nGPT": lambda: QKPlane(ngpt=True),
    "HeatedModel of six lines": lambda: HeatedModel(written=[6 * "The old\n"] * 13),
    "ShortcutGraph of a head": tokens,
    "ShortcutGraph on a small world": lambda: ShortcutGraph("small_world", edits=[[3, 15]]),
    "RandomEdges on a small world": lambda: RandomEdges("small_world"),
    "RandomEdges on a grid": lambda: RandomEdges("grid"),
}
SHOWN = {hero.__name__: hero for hero in HEROES} | REAL | SENTENCES


@pytest.mark.parametrize("hero", SHOWN.values(), ids=SHOWN)
def test_is_in_view_as_a_whole_on_a_laptop(page, hero):
    host = show(page, hero(), width=WIDE)
    assert page.locator(".gedig-hero").bounding_box()["height"] <= SCREEN
    page.set_viewport_size({"width": NOTEBOOK, "height": 900})
    host.settle()
    places = page.evaluate(PLACES)
    assert places["widget"]["bottom"] - places["widget"]["top"] <= SCREEN
    edge = max(panel["right"] for panel in places["panels"])
    assert all(control["left"] >= edge for control in places["controls"])
    assert places["readout"]["bottom"] <= places["controls"][0]["top"]
    assert changed_by(page, page.locator(".gh-control input").first) != []
    assert host.problems == []


@pytest.mark.parametrize("hero", SHOWN.values(), ids=SHOWN)
def test_each_control_stands_under_what_it_changes_on_a_phone(page, hero):
    show(page, hero(), width=PHONE)
    page.set_viewport_size({"width": PHONE, "height": 8 * SCREEN})
    inputs = page.locator(".gh-control input")
    for at in range(inputs.count()):
        page.get_by_role("button", name="Reset").click()
        changed = changed_by(page, inputs.nth(at))
        places = page.evaluate(PLACES)
        control = places["controls"][at]
        above = [n for n, panel in enumerate(places["panels"]) if panel["bottom"] <= control["top"]]
        nearest = max(above, key=lambda n: places["panels"][n]["bottom"])
        assert nearest in changed
        assert control["bottom"] - places["panels"][nearest]["top"] <= SCREEN


@pytest.mark.parametrize("hero", HEROES)
def test_no_control_moves_away_while_it_is_used(page, hero):
    host = show(page, hero(), width=NOTEBOOK)
    before = page.evaluate(PLACES)["controls"]
    sliders = page.locator(".gh-control input[type=range]").all()
    for slider in sliders:
        for key in ("End", "Home", "PageUp"):
            slider.press(key)
            host.settle()
            assert page.evaluate(PLACES)["controls"] == before
