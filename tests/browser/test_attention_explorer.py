"""The explorer in a real page: theory's numbers, every control to its ends, layers on demand."""

import numpy as np
import pytest

from gedig_edu.theory.comparison import BASELINES
from gedig_edu.theory.gauge import Gauge
from gedig_edu.views.widgets.attention_explorer import QUANTITIES, AttentionExplorer
from tests.browser.head_map import assert_coloured_by
from tests.browser.page_host import Host
from tests.helpers import example_maps

pytestmark = pytest.mark.browser

LAYERS, HEADS, LENGTH = 3, 5, 17
MAPS = example_maps(layers=LAYERS, heads=HEADS, length=LENGTH)
VALUES = """
([at]) => {
  const { module, model } = window.shown;
  const names = Object.keys(model.get("start"));
  const state = Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const data = { overview: model.get("overview"), against: model.get("against"), state };
  return { values: [...module.valuesOf(data)], ...module.headNumbers(data, at) };
}
"""


def show(page, *, maps=MAPS, width=1280, theme="light", kernel=True, **options):
    page.set_viewport_size({"width": width, "height": 900})
    page.set_content(f'<body data-theme="{theme}"></body>')
    return Host(page, AttentionExplorer(maps, **options), kernel=kernel).show()


@pytest.fixture
def host(page):
    """Give the explorer at head 0.0; a test that leaves an error behind fails."""
    shown = show(page, layer=0, head=0, period=5)
    yield shown
    assert shown.problems == []


def page_says(host):
    return host.page.evaluate(VALUES, [host.widget.layer * HEADS + host.widget.head])


def assert_equal_to_theory(host):
    said, expected = page_says(host), host.widget.numbers
    np.testing.assert_allclose(said["values"], expected["values"], atol=1e-9, rtol=0)
    for name, number in expected.items():
        if name != "values":
            assert said[name] == (None if number is None else pytest.approx(number, abs=1e-9))


def key(host, place, *keys):
    for one in keys:
        host.page.locator(place).first.press(one)
        host.settle()


# ---- numbers ------------------------------------------------------------------------------


def test_what_colours_the_map_is_theorys_at_every_lambda_and_gamma(host):
    for lam, gamma in [(0.0, 2.0), (2.0, 2.0), (0.35, 1.15)]:
        host.push(quantity="F", lam=lam, gamma=gamma)
        assert_equal_to_theory(host)
        reading = Gauge.paper(lam=lam, gamma=gamma).read(MAPS.weights, causal=True)
        assert page_says(host)["F"] == pytest.approx(reading.F[0, 0], abs=1e-9)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_the_deeper_a_cell_is_coloured_the_higher_its_value(host, quantity):
    host.push(quantity=quantity)
    assert_coloured_by(host.page, host.widget.numbers["values"], quantity=quantity)


def test_the_sentence_of_the_page_is_the_sentence_of_python(host):
    host.push(layer=2, head=3, query=5, pinned=[1, 4], lam=0.35)
    host.page.wait_for_function(
        "(said) => document.querySelector('.gh-sentence').textContent === said",
        arg=host.widget.sentence,
    )


# ---- controls -----------------------------------------------------------------------------


def test_every_slider_reaches_its_ends_by_key_and_double_click_brings_it_back(host):
    for control in AttentionExplorer.controls:
        before = getattr(host.widget, control.name)
        slider = host.page.locator(f'input[name="{control.name}"]')
        for pressed, end in (("End", control.high), ("Home", control.low), ("PageUp", None)):
            slider.press(pressed)
            host.settle()
            if end is not None:
                assert getattr(host.widget, control.name) == pytest.approx(end)
            assert_equal_to_theory(host)
        slider.dblclick(position={"x": 30, "y": 14})
        host.settle()
        assert getattr(host.widget, control.name) == before


def test_every_option_of_every_choice_can_be_chosen(host):
    for quantity in QUANTITIES:
        host.page.locator('select[name="quantity"]').select_option(quantity)
        host.settle()
        assert host.widget.quantity == quantity
        assert host.page.locator("option").count() >= LAYERS * HEADS
    host.page.locator('select[name="quantity"]').select_option("delta")
    for baseline in BASELINES:
        host.page.locator('select[name="baseline"]').select_option(baseline)
        host.settle()
        assert host.widget.baseline == baseline
        assert_equal_to_theory(host)
    host.page.locator('select[name="baseline"]').select_option("local")
    host.page.locator('input[name="matched"]').press("Space")
    host.settle()
    assert host.widget.matched is True
    assert_equal_to_theory(host)


def test_reset_brings_everything_back(host):
    before = {name: getattr(host.widget, name) for name in host.widget.state}
    host.push(layer=2, head=3, query=1, pinned=[1, 1], quantity="delta", baseline="local",
              matched=True, lam=0.2, gamma=1.3, quantile=0.6)  # fmt: skip
    host.page.get_by_role("button", name="Order").click()
    host.page.get_by_role("button", name="Reset").click()
    host.settle()
    assert host.page.get_by_role("button", name="Order: highest first").is_visible()
    assert {name: getattr(host.widget, name) for name in host.widget.state} == before
    assert_equal_to_theory(host)


def test_arrow_keys_walk_the_map_layer_zero_lowest_and_stop_at_its_edges(host):
    low, high = (host.page.locator(".gx-cell").nth(at).bounding_box() for at in (0, 2 * HEADS))
    assert low["y"] > high["y"]
    key(host, ".gx-grid", "ArrowUp", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown")
    assert (host.widget.layer, host.widget.head) == (0, 2)
    key(host, ".gx-grid", "PageUp", "End", "ArrowRight", "ArrowUp")
    assert (host.widget.layer, host.widget.head) == (2, 4)
    chosen = host.page.locator('.gx-cell[aria-selected="true"]')
    assert chosen.get_attribute("aria-label").startswith("head 2.4, −")
    active = host.page.locator(".gx-grid").get_attribute("aria-activedescendant")
    assert active == chosen.get_attribute("id")


def test_the_list_finds_the_highest_and_the_lowest_head_by_key(host):
    host.push(quantity="entropy")
    values = host.widget.values.ravel()
    key(host, ".gx-list", "Home")
    assert host.widget.layer * HEADS + host.widget.head == values.argmax()
    host.page.get_by_role("button", name="Order: highest first").press("Enter")
    key(host, ".gx-list", "End", "Home")
    assert host.widget.layer * HEADS + host.widget.head == values.argmin()
    shown = host.page.locator(".gx-list option").all_inner_texts()
    assert len(shown) == LAYERS * HEADS


def test_typing_a_heads_name_in_the_list_finds_it(host):
    host.page.locator(".gx-list").focus()
    host.page.keyboard.type("2.3")
    host.settle()
    assert (host.widget.layer, host.widget.head) == (2, 3)


def test_arrow_keys_walk_the_tokens(host):
    host.push(query=0)
    key(host, ".gx-tokens", "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowDown")
    assert host.widget.query == 2
    key(host, ".gx-tokens", "End", "ArrowRight")
    assert host.widget.query == LENGTH - 1
    key(host, ".gx-tokens", "PageUp")
    assert host.widget.query == LENGTH - 11


def test_a_pinned_head_stands_beside_the_chosen_and_goes_again(host):
    host.page.get_by_role("button", name="Pin this head").click()
    host.settle()
    key(host, ".gx-grid", "ArrowUp")
    titles = host.page.locator(".gx-head .gx-title:visible").all_inner_texts()
    assert titles == ["Head 1.0 (layer 1, head 0)", "Pinned: head 0.0"]
    assert host.page.locator(".gh-readout:visible").count() == 2
    host.page.get_by_role("button", name="Unpin").click()
    host.settle()
    assert host.page.locator(".gx-head:visible").count() == 1
    assert host.widget.pinned == []


def test_the_page_around_hears_no_key(host):
    host.page.evaluate("document.body.addEventListener('keydown', () => { window.heard = true; })")
    for place in (".gx-grid", ".gx-tokens", ".gx-list", "input[type=range]"):
        key(host, place, "ArrowRight")
    assert host.page.evaluate("window.heard") is None


def test_everything_that_takes_the_focus_shows_it(host):
    for place in (".gx-tokens", ".gx-list", "select[name=quantity]", "button", "input[type=range]"):
        host.page.locator(place).first.focus()
        host.page.keyboard.press("Shift")
        width = "() => getComputedStyle(document.activeElement).outlineWidth"
        assert host.page.evaluate(width) == "3px", place
    host.page.locator(".gx-grid").focus()
    host.page.keyboard.press("Shift")
    width = "() => getComputedStyle(document.querySelector('.gx-map')).outlineWidth"
    assert host.page.evaluate(width) == "3px"
