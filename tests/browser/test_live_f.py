"""The live F page in a real browser: its numbers, its controls, its states."""

import math
import re
from itertools import combinations

import numpy as np
import pytest

from gedig_edu.lab.live import live
from gedig_edu.theory.comparison import BASELINES
from gedig_edu.views.widgets.live_f import QUANTITIES, LiveF
from gedig_edu.words.numbers import fixed
from tests.browser.head_map import assert_coloured_by
from tests.browser.page_host import Host
from tests.views.widgets.test_live_f import attend

pytestmark = pytest.mark.browser

TEXT = "the cat sat on the mat and then it slept"
NUMBERS = """
() => {
  const { module, model } = window.shown;
  const names = ["lam", "gamma", "matched", "baseline"];
  const state = Object.fromEntries(names.map((name) => [name, model.get(name)]));
  state.quantity = model.get("shown");
  const now = module.numbersOf({ about: model.get("picture"), state });
  const deltas = Object.entries(now.against).map(([name, { delta }]) => [name, [...delta]]);
  const shown = { F: [...now.real.F], values: [...now.values], level: now.level };
  return { ...shown, ...Object.fromEntries(deltas) };
}
"""


@pytest.fixture(scope="module")
def shown_once(chromium):
    widget = LiveF(attend, live, models=["large", "small", "both ways"], text=TEXT)
    page = chromium.new_page()
    yield Host(page, widget).show()
    page.close()


@pytest.fixture
def host(shown_once):
    """The page in its first state again; a test that leaves an error behind fails."""
    shown_once.page.set_viewport_size({"width": 1280, "height": 900})
    shown_once.page.evaluate("document.activeElement.blur()")
    first = shown_once.widget.defaults
    shown_once.push(text=TEXT, model="large", convention=first["convention"])
    shown_once.push(**first, layer=0, head=0, query=0)
    yield shown_once
    assert shown_once.problems == []


def test_the_page_recombines_as_python_does(host):
    host.push(lam=0.35, gamma=1.15, matched=True)
    shown = host.page.evaluate(NUMBERS)
    reading = host.widget.reading
    np.testing.assert_allclose(shown["F"], reading.real.F.ravel(), atol=1e-9, rtol=0)
    for name in BASELINES:
        expected = reading.delta(name, matched=True).ravel()
        np.testing.assert_allclose(shown[name], expected, atol=1e-9, rtol=0)


@pytest.mark.parametrize("shown", QUANTITIES)
def test_what_is_coloured_and_where_the_baseline_lies_are_pythons_numbers(host, shown):
    host.push(shown=shown, baseline="local")
    numbers = host.page.evaluate(NUMBERS)
    reading = host.widget.reading
    if shown == "delta":
        expected, level = reading.delta("local"), 0.0
    elif shown == "F":
        expected, level = reading.real.F, reading.baseline_mean("local").mean()
    else:
        index = ("density", "entropy", "path_gain").index(shown)
        expected = getattr(reading.real, shown)
        level = reading.baseline_terms("local")[index].mean()
    np.testing.assert_allclose(numbers["values"], expected.ravel(), atol=1e-9, rtol=0)
    assert numbers["level"] == pytest.approx(level, abs=1e-9)
    assert_coloured_by(host.page, numbers["values"], quantity=shown, level=level)


@pytest.mark.parametrize("model", ["large", "both ways"])
def test_links_and_hubs_are_pythons(host, model):
    for layer, head in ((0, 4), (1, 2), (2, 0)):
        host.push(model=model, layer=layer, head=head, view="graph")
        degree = host.widget.reading.hubs(layer, head).degree
        drawn = host.page.locator(".gx-graph path.gx-link").get_attribute("d").count("M")
        assert drawn == host.widget.reading.real.edges[layer, head] - loops(host, layer, head)
        hubs = host.page.locator(".gl-looks ul").last.locator("li").all_inner_texts()
        shown = [int(re.search(r"(\d+)$", text)[1]) for text in hubs]
        assert shown == degree[degree > 1].nlargest(3).tolist()


def loops(host, layer, head):
    return int(np.trace(host.widget.reading.edges(layer, head)))


def test_a_click_on_the_map_opens_that_head_and_moves_nothing(host):
    figure = host.page.locator(".gx-stage:visible")
    before = figure.bounding_box()
    host.page.locator(".gx-cell").nth(1 * 5 + 4).click()
    host.settle()
    assert (host.widget.layer, host.widget.head) == (1, 4)
    assert "Head 1.4" in host.page.locator("h3").inner_text()
    assert figure.bounding_box() == before


def test_layer_zero_is_the_lowest_row(host):
    low, high = (host.page.locator(".gx-cell").nth(place).bounding_box() for place in (0, 10))
    assert low["y"] > high["y"]


def test_arrow_keys_walk_the_map_and_stop_at_its_edges(host):
    host.page.locator(".gx-grid").focus()
    for key in ("ArrowUp", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft"):
        host.page.keyboard.press(key)
        host.settle()
    assert (host.widget.layer, host.widget.head) == (0, 1)
    host.page.keyboard.press("PageUp")
    host.page.keyboard.press("End")
    host.settle()
    assert (host.widget.layer, host.widget.head) == (2, 4)
    chosen = host.page.locator('.gx-cell[aria-selected="true"]')
    assert chosen.get_attribute("aria-label").startswith("head 2.4, ")
    assert host.page.locator(".gx-grid").get_attribute("aria-activedescendant") == (
        chosen.get_attribute("id")
    )


def test_keys_do_not_leave_the_widget(host):
    host.page.evaluate(
        "() => { window.leaked = 0;"
        " document.addEventListener('keydown', () => { window.leaked += 1; }); }"
    )
    host.page.locator('input[type="range"]').first.focus()
    for key in ("ArrowRight", "PageDown", "Enter"):
        host.page.keyboard.press(key)
    assert host.page.evaluate("window.leaked") == 0


@pytest.mark.parametrize(
    ("name", "low", "high", "step"),
    [("quantile", 0.5, 0.99, 0.01), ("lam", 0.0, 2.0, 0.05), ("gamma", 0.0, 2.0, 0.05)],
)
def test_sliders_reach_their_ends_step_and_reset(host, name, low, high, step):
    slider = host.page.locator(f'input[name="{name}"]')
    start = getattr(host.widget, name)
    for key, expected in (("Home", low), ("End", high), ("PageDown", None), ("ArrowLeft", None)):
        slider.focus()
        host.page.keyboard.press(key)
        host.settle()
        if expected is not None:
            assert getattr(host.widget, name) == pytest.approx(expected)
    assert getattr(host.widget, name) == pytest.approx(high - 11 * step)
    slider.dblclick()
    host.settle()
    assert getattr(host.widget, name) == pytest.approx(start)


def test_temperature_is_a_logarithmic_slider_that_keys_step_and_a_double_click_resets(host):
    slider, said = host.page.locator('input[name="temperature"]'), host.widget
    for keys, expected in (
        (["Home"], 0.25), (["End"], 4), (["ArrowLeft"] * 8, 2), (["PageDown"], 2 ** (-0.25)),
    ):  # fmt: skip
        for key in keys:
            slider.press(key)
            host.settle()
        assert said.temperature == pytest.approx(expected)
    heated = attend(TEXT, "large", temperature=said.temperature).weights
    np.testing.assert_array_equal(said.reading.maps.weights, heated)
    assert host.page.locator(".gl-heat").inner_text().startswith("T divides every head")
    slider.dblclick()
    host.settle()
    assert said.temperature == 1


def test_reset_brings_everything_back(host):
    before = {name: getattr(host.widget, name) for name in host.widget.defaults}
    host.push(
        convention="released", quantile=0.6, temperature=2.5, lam=0.1, gamma=1.9, baseline="local",
        matched=True, shown="entropy", view="graph",
    )  # fmt: skip
    host.page.get_by_role("button", name="Reset").click()
    host.settle()
    assert {name: getattr(host.widget, name) for name in host.widget.defaults} == before


def test_the_readout_says_the_four_differences_with_three_digits(host):
    cells = host.page.locator(".gl-readout tbody tr").nth(0).locator("td").all_inner_texts()
    delta = host.widget.reading.delta("random")
    said = [float(text.replace("−", "-")) for text in cells[:2]]
    assert said == pytest.approx([delta[0, 0], delta.mean()], rel=6e-3)
    assert all(len(text.strip("+−0.")) <= 3 for text in cells[:2])
    assert cells[2] == f"{math.floor(100 * (delta > 0).mean() + 0.5)}\u00a0%"


def test_mean_f_of_all_heads_and_f_of_this_one_have_three_decimals(host):
    for change in ({}, {"layer": 2, "head": 3}, {"lam": 0.35}, {"text": "one two three four"}):
        host.push(**change)
        F, widget = host.widget.reading.real.F, host.widget
        numbers = host.page.locator(".gl-map .gh-number").all_inner_texts()
        assert numbers == [fixed(F.mean()), fixed(F[widget.layer, widget.head])]


def test_tabs_follow_the_arrow_keys(host):
    host.page.get_by_role("tab", name="Arcs").focus()
    host.page.keyboard.press("ArrowRight")
    host.settle()
    assert host.widget.view == "matrix"
    assert host.page.get_by_role("tab", name="Matrix").get_attribute("aria-selected") == "true"
    assert host.page.evaluate("document.activeElement.textContent") == "Matrix"


def test_a_chip_chooses_the_token_whose_attention_is_shown(host):
    host.page.locator(".gx-tokens > span").nth(5).click()
    host.settle()
    assert host.widget.query == 5
    weights = host.widget.reading.maps.weights[0, 0, 5]
    first = host.page.locator(".gl-bars li").first.inner_text()
    assert host.widget.reading.maps.tokens[int(weights.argmax())] in first
    assert f"{round(100 * weights.max())}\u00a0%" in first


def test_pointing_at_a_token_shows_where_it_looks_and_leaving_forgets_it(host):
    tokens = host.widget.reading.maps.tokens
    said = host.page.locator(".gl-looks p").first
    host.page.locator(".gx-tokens > span").nth(4).hover()
    assert said.inner_text() == f"Here {tokens[4]} looks at"
    assert host.page.locator("text.gx-focus:visible").first.text_content() == tokens[4]
    host.page.mouse.move(2, 2)
    assert said.inner_text() == f"Here {tokens[0]} looks at"
    assert host.widget.query == 0


def test_typing_reads_the_new_sentence(host):
    host.page.get_by_label("Your sentence").fill("one two three four")
    host.page.keyboard.press("Enter")
    host.settle()
    assert host.widget.text == "one two three four"
    assert host.page.locator(".gx-tokens > span").count() == 4


def test_an_error_is_one_sentence_and_the_last_picture_stays(host):
    box = host.page.get_by_label("Your sentence")
    box.fill("refuse me")
    box.press("Enter")
    host.settle()
    assert "The text is refused; type another." in host.page.locator(".gx-status").inner_text()
    assert host.page.locator(".gx-cell").first.is_visible()


def test_a_model_that_sees_both_ways_has_nothing_to_match(host):
    host.page.locator('select[name="model"]').select_option("both ways")
    host.settle()
    assert host.page.locator('input[type="checkbox"]').is_disabled()


def test_the_text_alternative_follows_the_data(host):
    host.push(layer=2, head=1, baseline="row_shuffled")
    host.page.wait_for_timeout(400)
    text = host.page.locator(".gh-sentence").text_content()
    assert text.startswith("Head 2.1 of large: F −")
    assert "Against its own row-shuffle" in text
    host.push(gamma=2.0)
    host.page.wait_for_timeout(400)
    assert host.page.locator(".gh-sentence").text_content() != text


def test_the_sentence_says_above_what_each_difference_lies(host):
    host.push(lam=0.7, baseline="uniform")
    host.page.wait_for_timeout(400)
    text = host.page.locator(".gh-sentence").text_content()
    assert "ΔF is above zero in " in text
    assert "% of the heads. Against its own row-shuffle its ΔF is " in text


@pytest.mark.parametrize("convention", ["paper", "released"])
def test_a_convention_says_the_weights_that_it_brings(host, convention):
    host.page.locator('select[name="convention"]').select_option(convention)
    host.settle()
    who = {"paper": "paper", "released": "script"}[convention]
    said = f"The {who} weighs with λ = {host.widget.lam:g}, γ = {host.widget.gamma:g}."
    assert host.page.locator(".gl-heat").inner_text().endswith(said)


@pytest.mark.parametrize("width", [1280, 840, 400])
def test_the_two_means_stand_where_the_box_that_changes_them_is_in_view(host, width):
    page = host.page
    page.set_viewport_size({"width": width, "height": 679})
    host.settle()
    means = page.locator(".gh-readout").bounding_box()
    tokens = page.locator(".gx-tokens").bounding_box()
    title, grid = (
        page.locator(place).bounding_box() for place in (".gl-heads .gx-title", ".gx-map")
    )
    assert means["y"] + means["height"] <= tokens["y"]
    assert title["y"] + title["height"] <= grid["y"]
    assert page.locator(".gh-readout").count() == 1


def test_the_box_takes_the_direction_of_what_is_typed(host):
    box = host.page.get_by_label("Your sentence")
    box.fill("مرحبا بالعالم")
    assert box.evaluate("(box) => getComputedStyle(box).direction") == "rtl"
    box.fill("hello")
    assert box.evaluate("(box) => getComputedStyle(box).direction") == "ltr"


@pytest.mark.parametrize("count", [5, 9, 15, 18])
def test_every_token_of_a_sentence_is_named_in_the_graph_beside_its_node(host, count):
    host.push(text=" ".join((["of", "a", "garden"] * 6)[:count]), view="graph")
    names = host.page.locator(".gx-graph .gx-token").all()
    seen = [one for one in names if one.evaluate("(name) => name.style.opacity") != "0"]
    boxes = [one.bounding_box() for one in seen]
    assert len(boxes) == count
    for one, other in combinations(boxes, 2):
        assert beside(one, other, "x", "width", by=-1) or beside(one, other, "y", "height", by=-4)


def beside(one, other, at, size, *, by):
    """Whether one box ends before the other begins, on one axis."""
    return any(a[at] + a[size] + by <= b[at] for a, b in ((one, other), (other, one)))


def test_what_a_word_of_the_page_means_is_said_to_who_points_and_to_who_listens(host):
    words, page = host.widget.words, host.page
    for name in ("quantile", "convention", "matched"):
        control = page.locator(f'[name="{name}"]')
        assert control.get_attribute("aria-description") == words[f"why_{name}"]
        title = control.evaluate("(one) => one.closest('[title]').title")
        assert title.startswith(words[f"why_{name}"])
    rows = page.locator(".gl-readout tbody th").all()
    for name, row in zip(BASELINES, rows, strict=True):
        host.push(baseline=name)
        said = page.locator('select[name="baseline"]').get_attribute("aria-description")
        assert said == row.get_attribute("title") == words[f"why_{name}"]
    assert page.get_by_title(words["why_share"]).inner_text() == "above 0"
    assert page.get_by_title(words["why_hubs"]).count() == 1
