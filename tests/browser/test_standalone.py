"""The explorer and the live page on the site: no kernel, no network, and the numbers of theory."""

import re

import numpy as np
import pytest

from gedig_edu.lab.live import live
from gedig_edu.theory.comparison import BASELINES
from gedig_edu.views import AttentionExplorer
from gedig_edu.views.widgets.live_f import QUANTITIES, LiveF
from gedig_edu.views.widgets.standalone import VARIABLE
from gedig_edu.words.numbers import three
from tests.browser.axe import violations
from tests.browser.visit import SETTLE, Visit, page_with
from tests.helpers import example_maps

pytestmark = pytest.mark.browser

LAYERS, HEADS, LENGTH = 3, 5, 11
MAPS = example_maps(layers=LAYERS, heads=HEADS, length=LENGTH)
TRAITS = """([id, names]) => {
  const { model } = window.gedigWidgets[id];
  return Object.fromEntries(names.map((name) => [name, model.get(name)]));
}"""
TEXT = "a text of exactly eleven words, which is counted by words"
EXAMPLES = ["a word", "seven words are enough for an example"]
LABELS = "(cells) => cells.map((cell) => cell.getAttribute('aria-label'))"
DESCRIBED = """(control) => control.disabled
  && document.getElementById(control.getAttribute("aria-describedby")).checkVisibility()"""


def attend(text, _model, **_heat):
    return example_maps(layers=LAYERS, heads=HEADS, length=len(text.split()))


class Shown:
    """A widget on a page of the site, and the same widget here for its numbers."""

    def __init__(self, page, folder, widget):
        self.visit = page_with(page, folder, widget)
        self.widget, self.page = widget, page
        self.place = page.locator(f'[data-model="{widget.model_id}"]')

    def press(self, where, *keys):
        for key in keys:
            self.place.locator(where).first.press(key)
        self.settle()

    def choose(self, where, value):
        self.place.locator(where).first.select_option(value)
        self.settle()

    def settle(self):
        self.page.evaluate(SETTLE)
        said = self.page.evaluate(TRAITS, [self.widget.model_id, list(self.follow)])
        with self.widget.hold_trait_notifications():
            for name, value in said.items():
                setattr(self.widget, name, value)

    def cells(self):
        """Return what each head's cell says, by its name."""
        labels = self.place.locator("[role=gridcell]").evaluate_all(LABELS)
        return dict(re.fullmatch(r"head (\S+), (.+)", label).groups() for label in labels)


class Explorer(Shown):
    follow = AttentionExplorer.state

    def assert_theory(self):
        signed = "+" if self.widget.quantity == "delta" else ""
        assert self.cells() == {
            f"{layer}.{head}": (signed if value >= 5e-13 else "") + three(value)
            for (layer, head), value in np.ndenumerate(self.widget.values)
        }
        for name in ("F", "density", "previous"):
            read = self.place.locator(f'.gx-read [data-number="{name}"]').inner_text()
            assert read == three(self.widget.numbers[name])
        self.page.wait_for_function(
            "(said) => document.querySelector('.gh-sentence').textContent === said",
            arg=self.widget.sentence,
        )


class Live(Shown):
    follow = (
        "text",
        "lam",
        "gamma",
        "baseline",
        "matched",
        "shown",
        "layer",
        "head",
        "query",
        "view",
    )

    def assert_theory(self):
        reading, name, quantity = self.widget.reading, self.widget.baseline, self.widget.shown
        delta = reading.delta(name, matched=self.widget.matched)
        values = delta if quantity == "delta" else getattr(reading.real, quantity)
        said = [float(text.replace("−", "-")) for text in self.cells().values()]
        np.testing.assert_allclose(said, values.ravel(), rtol=6e-3, atol=1e-12)
        chosen = self.place.locator(".gl-readout [aria-current=true] td").first.inner_text()
        expected = delta[self.widget.layer, self.widget.head]
        assert float(chosen.replace("−", "-")) == pytest.approx(expected, rel=6e-3, abs=1e-12)


@pytest.fixture
def explorer(page, tmp_path, monkeypatch):
    """Give the explorer on a page of the site; whatever went wrong there fails at the end."""
    monkeypatch.setenv(VARIABLE, "1")
    shown = Explorer(page, tmp_path, AttentionExplorer(MAPS, layer=0, head=0))
    yield shown
    assert shown.visit.problems == []


@pytest.fixture
def live_page(page, tmp_path, monkeypatch):
    """Give the live page on a page of the site; whatever went wrong there fails at the end."""
    monkeypatch.setenv(VARIABLE, "1")
    widget = LiveF(attend, live, models=["example"], text=TEXT, examples=EXAMPLES)
    shown = Live(page, tmp_path, widget)
    yield shown
    assert shown.visit.problems == []


def assert_weights_measures_and_baselines(shown, measure, quantities):
    """Move λ and γ, choose each measure and each baseline: the numbers are theory's each time."""
    for name, end in (("lam", "Home"), ("lam", "End"), ("gamma", "End")):
        shown.press(f'input[name="{name}"]', end)
        shown.assert_theory()
    for select, values in ((measure, quantities), ("baseline", BASELINES)):
        for value in values:
            shown.choose(f'select[name="{select}"]', value)
            shown.assert_theory()


def test_every_layer_of_the_explorer_opens_by_key_with_the_numbers_of_theory(explorer):
    explorer.assert_theory()
    for layer in (1, 2):
        explorer.press(".gx-grid", "ArrowUp", "ArrowRight")
        assert (explorer.widget.layer, explorer.widget.head) == (layer, layer)
        assert explorer.place.locator(".gx-stale").count() == 0
        explorer.assert_theory()


def test_lambda_gamma_and_the_measures_of_the_explorer_answer_in_the_page(explorer):
    assert_weights_measures_and_baselines(
        explorer, "quantity", ("density", "entropy", "path_gain", "previous", "delta")
    )
    explorer.choose('select[name="baseline"]', "local")
    explorer.press('input[name="matched"]', "Space")
    assert explorer.widget.matched
    explorer.assert_theory()


def test_heads_of_the_explorer_are_sorted_and_two_are_pinned_side_by_side(explorer):
    explorer.place.get_by_role("button", name="Pin this head").press("Enter")
    explorer.place.get_by_role("button", name="Order: highest first").press("Enter")
    explorer.press(".gx-list", "End", "Home")
    widget = explorer.widget
    assert widget.layer * HEADS + widget.head == widget.values.argmin()
    titles = explorer.place.locator(".gx-head .gx-title:visible").all_inner_texts()
    assert titles[0].startswith(f"Head {widget.layer}.{widget.head} ")
    assert titles[1] == "Pinned: head 0.0"
    assert explorer.place.locator(".gx-stale").count() == 0
    explorer.assert_theory()


def test_a_token_pointed_at_in_the_explorer_is_in_focus_everywhere(explorer):
    explorer.place.locator(".gx-tokens > span").nth(4).hover()
    assert explorer.place.locator("text.gx-focus").count() == 3
    explorer.press(".gx-tokens", "Home", "ArrowRight")
    assert explorer.widget.query == 1


def test_the_explorer_disables_the_quantile_alone_and_says_why(explorer):
    disabled = explorer.place.locator(":is(input, select, textarea, button):disabled")
    assert [one.get_attribute("name") for one in disabled.all()] == ["quantile"]
    assert disabled.evaluate(DESCRIBED)
    text = explorer.place.inner_text()
    assert text.count("takes the notebook") == 1
    assert "The threshold is fixed on this page" in text


def test_every_control_of_the_live_page_that_it_can_answer_has_the_numbers_of_theory(live_page):
    live_page.assert_theory()
    assert_weights_measures_and_baselines(live_page, "shown", QUANTITIES)
    live_page.press('input[type="checkbox"]', "Space")
    live_page.assert_theory()


def test_every_head_of_the_live_page_opens_with_all_its_pictures(live_page):
    live_page.press(".gx-grid", "ArrowUp", "ArrowUp", "End")
    assert (live_page.widget.layer, live_page.widget.head) == (2, HEADS - 1)
    for view, drawn in (("matrix", ".gx-edge"), ("graph", ".gx-path"), ("arcs", ".gx-look")):
        live_page.place.get_by_role("tab", name=view.capitalize()).press("Enter")
        live_page.settle()
        assert live_page.widget.view == view
        assert live_page.place.locator(f".gx-{view}:visible {drawn}").count() > 0
    live_page.press(".gx-tokens", "Home", *["ArrowRight"] * 4)
    best = MAPS.weights[2, HEADS - 1, 4].max()
    first = live_page.place.locator(".gl-bars li").first.inner_text()
    assert f"{round(100 * best)}\u00a0%" in first
    live_page.place.get_by_role("button", name="Reset").press("Enter")
    live_page.settle()
    live_page.assert_theory()


def test_every_example_of_the_live_page_is_read_and_the_first_text_comes_back(live_page):
    live_page.press(".gx-grid", "PageUp", "End")
    for text in (*EXAMPLES, TEXT):
        button = live_page.place.get_by_role("button", name=text)
        button.press("Enter")
        live_page.settle()
        assert live_page.widget.text == live_page.place.locator("textarea").input_value() == text
        assert live_page.place.locator(".gx-tokens > span").count() == len(text.split())
        assert live_page.place.locator(".gl-chosen").all_inner_texts() == [text]
        assert live_page.place.locator(".gx-stale, .gx-old").count() == 0
        assert live_page.place.locator(".gx-status").inner_text() == ""
        live_page.assert_theory()


def test_the_live_page_disables_what_reads_every_head_again_and_says_why(live_page):
    disabled = live_page.place.locator(":is(input, select, textarea, button):disabled").all()
    names = sorted(one.get_attribute("name") for one in disabled)
    assert names == ["convention", "model", "quantile", "temperature", "text"]
    assert all(one.evaluate(DESCRIBED) for one in disabled)
    assert live_page.place.inner_text().count("takes the notebook") == 1


@pytest.mark.parametrize("name", ["explorer", "live_page"])
def test_axe_finds_nothing_serious_and_nothing_is_cut_off(request, npm_folder, name):
    shown = request.getfixturevalue(name)
    for theme in ("light", "dark"):
        shown.page.emulate_media(color_scheme=theme)
        shown.settle()
        assert violations(shown.page, npm_folder) == []
    shown.page.set_viewport_size({"width": 400, "height": 900})
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= 400


def test_lesson_06_lets_both_be_used(page, site):
    visit = Visit(page, site)
    visit.open_whole("06_live_f_on_gpt2")
    for root in (".gedig-explorer", ".gedig-live"):
        assert page.locator(f".widget:not([inert]) {root}").count() == 1
    assert page.locator(".gedig-explorer :disabled").count() > 0
    assert page.locator(".gedig-live :disabled").count() == 0  # it reads sentences by itself
    before = page.locator(".gedig-live .gx-head .gx-title").inner_text()
    page.locator(".gedig-live .gx-grid").press("ArrowRight")
    page.evaluate(SETTLE)
    assert page.locator(".gedig-live .gx-head .gx-title").inner_text() != before
    page.locator(".gedig-explorer .gx-grid").press("PageUp")
    page.evaluate(SETTLE)
    assert "Head 5." in page.locator(".gedig-explorer .gx-head .gx-title").first.inner_text()
    assert page.locator(".gedig-explorer .gx-stale").count() == 0
    assert visit.problems == []
