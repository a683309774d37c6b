"""The live F page in a real browser: its numbers, its controls, its states."""

import math
import re

import numpy as np
import pytest

from gedig_edu.lab.live import live
from gedig_edu.theory.comparison import BASELINES
from gedig_edu.views.widgets.live_f import QUANTITIES, LiveF
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


@pytest.mark.parametrize("matched", [False, True])
@pytest.mark.parametrize(("lam", "gamma"), [(1.0, 0.5), (0.0, 2.0), (2.0, 0.0), (0.35, 1.15)])
def test_the_page_recombines_as_python_does(host, lam, gamma, matched):
    host.push(lam=lam, gamma=gamma, matched=matched)
    shown = host.page.evaluate(NUMBERS)
    reading = host.widget.reading
    np.testing.assert_allclose(shown["F"], reading.real.F.ravel(), atol=1e-9, rtol=0)
    for name in BASELINES:
        expected = reading.delta(name, matched=matched).ravel()
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


def test_boxes_are_numpys_quartiles(host):
    values = np.random.default_rng(3).normal(size=11)
    drawn = host.page.evaluate(
        "(values) => window.shown.module.fiveNumbers(Float64Array.from(values))", values.tolist()
    )
    np.testing.assert_allclose(drawn, np.quantile(values, [0, 0.25, 0.5, 0.75, 1]), atol=1e-12)


@pytest.mark.parametrize("model", ["large", "both ways"])
def test_links_and_hubs_are_pythons(host, model):
    for layer, head in ((0, 4), (1, 2), (2, 0)):
        host.push(model=model, layer=layer, head=head, view="graph")
        degree = host.widget.reading.hubs(layer, head).degree
        drawn = host.page.locator(".gx-graph path.gx-link").get_attribute("d").count("M")
        assert drawn == host.widget.reading.real.edges[layer, head] - loops(host, layer, head)
        hubs = host.page.locator(".gl-looks ul").last.locator("li").all_inner_texts()
        shown = [int(re.search(r"(\d+) links", text)[1]) for text in hubs]
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
    for key in ("ArrowRight", "PageDown", "Shift+Enter"):
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


def test_reset_brings_everything_back(host):
    before = {name: getattr(host.widget, name) for name in host.widget.defaults}
    host.push(
        convention="released", quantile=0.6, lam=0.1, gamma=1.9, baseline="local",
        matched=True, shown="entropy", view="graph",
    )  # fmt: skip
    host.page.get_by_role("button", name="Reset").click()
    host.settle()
    assert {name: getattr(host.widget, name) for name in host.widget.defaults} == before


@pytest.mark.parametrize("lam", [0.3, 0.5, 1.0])
@pytest.mark.parametrize("moved_back", [False, True])
def test_reset_brings_back_weights_that_are_not_the_conventions_own(page, lam, moved_back):
    widget = LiveF(attend, live, models=["large"], text=TEXT, lam=lam, gamma=0.75)
    host = Host(page, widget).show()
    page.select_option("select[name=convention]", "released")
    host.settle()
    assert (widget.convention, widget.lam, widget.gamma) == ("released", 0.5, 0.5)
    if moved_back:
        slider = page.locator('input[name="lam"]')
        slider.fill(str(lam))
        host.settle()
        assert widget.lam == pytest.approx(lam)
    page.get_by_role("button", name="Reset").click()
    host.settle()
    assert (widget.convention, widget.lam, widget.gamma) == ("paper", lam, 0.75)
    shown = page.evaluate("['lam', 'gamma'].map((name) => window.shown.model.get(name))")
    assert shown == [lam, 0.75]
    assert host.problems == []


def test_the_readout_says_the_four_differences_with_three_digits(host):
    cells = host.page.locator(".gl-readout tbody tr").nth(0).locator("td").all_inner_texts()
    delta = host.widget.reading.delta("random")
    said = [float(text.replace("−", "-")) for text in cells[:2]]
    assert said == pytest.approx([delta[0, 0], delta.mean()], rel=6e-3)
    assert all(len(text.strip("+−0.")) <= 3 for text in cells[:2])
    assert cells[2] == f"{math.floor(100 * (delta > 0).mean() + 0.5)} %"


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
    assert f"{round(100 * weights.max())} %" in first


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


def test_an_empty_box_offers_examples(page):
    widget = LiveF(attend, live, models=["large"], text="", examples=["three words here"])
    host = Host(page, widget).show()
    assert not page.locator(".gx-head").is_visible()
    page.get_by_role("button", name="three words here").click()
    host.settle()
    assert widget.text == "three words here"
    assert page.locator(".gx-tokens > span").count() == 3
    assert host.problems == []


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


@pytest.mark.parametrize("width", [300, 400, 700, 1280])
@pytest.mark.parametrize("view", ["arcs", "matrix", "graph"])
def test_nothing_is_cut_off_at_any_width(host, width, view):
    host.page.set_viewport_size({"width": width, "height": 900})
    host.push(view=view, text=" ".join(["antidisestablishmentarianism"] * 31))
    assert host.page.evaluate("document.documentElement.scrollWidth") <= width
    columns = host.page.locator(".gl-columns > section").all()
    lefts = {round(column.bounding_box()["x"]) for column in columns}
    assert len(lefts) == {300: 1, 400: 1, 700: 2, 1280: 3}[width]


def test_without_a_kernel_the_page_still_weighs_the_terms(page):
    widget = LiveF(attend, live, models=["large"], text=TEXT)
    host = Host(page, widget, kernel=False).show()
    page.locator('input[name="lam"]').press("Home")
    host.settle()
    expected = widget.reading.combine(lam=0.0, gamma=0.5).real.F
    np.testing.assert_allclose(page.evaluate(NUMBERS)["F"], expected.ravel(), atol=1e-9)
    page.locator(".gx-cell").nth(3).click()
    host.settle()
    assert page.locator(".gx-stale").count() == 0
    page.locator(".gx-cell").nth(7).click()
    host.settle()
    assert page.locator(".gx-status").inner_text() == "Asking the kernel for layer 1 …"
    for belongs_to_the_head in (".gx-pictures", ".gl-looks"):
        assert opacity(page, belongs_to_the_head) < 0.5
    assert opacity(page, ".gl-readout") == 1
    assert host.problems == []


def opacity(page, place):
    return float(page.locator(place).evaluate("(node) => getComputedStyle(node).opacity"))


def assert_waits(host, said):
    host.fade()
    page = host.page
    assert page.locator(".gx-status").inner_text() == said
    busy = page.locator(".gedig-live").get_attribute("aria-busy")
    assert busy == str(said.startswith("Reading")).lower()
    for place in (".gx-map", ".gl-boxes", ".gl-readout", ".gx-head", ".gx-tokens", ".gl-looks"):
        assert (opacity(page, place) < 1) == bool(said), place
    assert opacity(page, "textarea") == 1


def test_until_the_kernel_answers_the_old_picture_is_dimmed_and_the_page_says_it_reads(page):
    widget = LiveF(attend, live, models=["large", "small"], text=TEXT)
    host = Host(page, widget, kernel=False).show()
    box, quantile = page.get_by_label("Your sentence"), page.locator('input[name="quantile"]')
    changes = [
        (lambda: quantile.press("ArrowLeft"), lambda: quantile.press("ArrowRight")),
        (lambda: page.select_option("select[name=model]", "small"),
         lambda: page.select_option("select[name=model]", "large")),
        (lambda: page.select_option("select[name=convention]", "released"),
         lambda: page.select_option("select[name=convention]", "paper")),
        (lambda: box.fill("one two"), lambda: box.fill(TEXT)),
    ]  # fmt: skip
    for change, undo in changes:
        change()
        box.blur()
        model = page.locator("select[name=model]").input_value()
        assert_waits(host, f"Reading every head of {model} …")
        undo()
        box.blur()
        assert_waits(host, "")
    box.fill("one two")
    box.blur()
    host.push(text="one two")
    assert_waits(host, "")
    box.fill("")
    box.blur()
    assert_waits(host, "Type a sentence, or take an example.")
    assert host.problems == []


def test_a_dark_page_gets_the_dark_colours_when_the_theme_changes(host):
    host.push(view="matrix")
    pixel = """() => [...document.querySelector(".gx-matrix canvas").getContext("2d")
      .getImageData(5, 0, 1, 1).data].slice(0, 3)"""
    assert host.page.evaluate(pixel) == [255, 255, 255]
    host.page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    host.settle()
    dark = host.page.evaluate(pixel)
    host.page.evaluate("delete document.body.dataset.jpThemeLight")
    host.settle()
    assert dark == [17, 17, 17]
    assert host.page.evaluate(pixel) == [255, 255, 255]


def test_one_token_is_drawn_with_the_baseline_in_the_middle_of_the_scale(page):
    host = Host(page, LiveF(attend, live, models=["large"], text="one")).show()
    for shown in QUANTITIES:
        host.push(shown=shown)
        assert page.locator(".gx-scale b").evaluate("(mark) => mark.style.left").endswith("%")
    assert "NaN" not in page.locator(".gedig-live").inner_html()
    assert host.problems == []


@pytest.mark.parametrize("count", [11, 23, 47])
def test_the_last_columns_name_stays_within_the_picture(host, count):
    host.page.set_viewport_size({"width": 320, "height": 900})
    host.push(view="matrix", text=" ".join(["eleven"] * count))
    beyond = host.page.evaluate("""() => {
      const right = (node) => node.getBoundingClientRect().right;
      const names = [...document.querySelectorAll(".gx-matrix svg text")];
      return Math.max(...names.map(right)) - right(document.querySelector(".gx-matrix svg"));
    }""")
    assert beyond <= 0


def test_the_enter_that_ends_a_composition_does_not_send_the_sentence(host):
    enter = """(box, isComposing) => {
      box.value = "日本語 の 文";
      box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing }));
    }"""
    box = host.page.get_by_label("Your sentence")
    for composing, text in ((True, TEXT), (False, "日本語 の 文")):
        box.evaluate(enter, composing)
        host.settle()
        assert host.widget.text == text


@pytest.mark.parametrize(
    ("classes", "scheme"),
    [
        ("vscode-high-contrast", "dark"),
        ("vscode-high-contrast vscode-high-contrast-light", "light"),
    ],
)
def test_the_high_contrast_themes_of_vs_code_set_the_colours(host, classes, scheme):
    host.page.emulate_media(color_scheme={"dark": "light", "light": "dark"}[scheme])
    host.page.evaluate("(classes) => { document.body.className = classes; }", classes)
    found = host.page.evaluate(
        "getComputedStyle(document.querySelector('.gedig-live')).colorScheme"
    )
    host.page.evaluate("document.body.className = ''")
    host.page.emulate_media(color_scheme="light")
    assert found == scheme


def test_a_class_of_the_page_around_that_changes_no_colour_draws_nothing(host):
    link = host.page.locator(".gx-arcs path.gx-link").element_handle()
    host.page.evaluate("document.body.className = 'scrolled'")
    host.settle()
    assert link.evaluate("(node) => node.isConnected")
    host.page.evaluate("document.body.className = 'vscode-dark'")
    host.settle()
    assert not link.evaluate("(node) => node.isConnected")
    host.page.evaluate("document.body.className = ''")
    host.settle()
