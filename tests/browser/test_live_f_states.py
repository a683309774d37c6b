"""The live F page without an answer, in other pages' colours, and at its narrowest."""

import numpy as np
import pytest

from gedig_edu.lab.live import live
from gedig_edu.views.widgets.live_f import QUANTITIES, LiveF
from gedig_edu.words.numbers import fixed
from tests.browser.page_host import Host
from tests.browser.test_live_f import NUMBERS, TEXT
from tests.views.widgets.test_live_f import attend

pytestmark = pytest.mark.browser


@pytest.fixture
def host(page):
    """Give the page of one sentence; a test that leaves an error behind fails."""
    page.set_viewport_size({"width": 1280, "height": 900})
    shown = Host(page, LiveF(attend, live, models=["large"], text=TEXT, query=0)).show()
    yield shown
    assert shown.problems == []


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


def test_an_empty_box_offers_examples(page):
    widget = LiveF(attend, live, models=["large"], text="", examples=["three words here"])
    host = Host(page, widget).show()
    assert not page.locator(".gx-head").is_visible()
    page.get_by_role("button", name="three words here").press("Enter")
    host.settle()
    assert page.evaluate("document.activeElement.value") == "three words here"
    assert widget.text == "three words here"
    assert page.locator(".gx-tokens > span").count() == 3
    assert host.problems == []


def test_emptying_the_box_lays_the_examples_over_the_page_and_moves_nothing(page):
    widget = LiveF(attend, live, models=["large"], text=TEXT, examples=["three words here"])
    host = Host(page, widget).show()
    places = [page.locator(one) for one in (".gx-tokens", ".gl-looks", ".gedig-live")]
    before = [place.bounding_box() for place in places]
    page.locator("textarea").fill("")
    page.locator("textarea").press("Enter")
    host.settle()
    assert [place.bounding_box() for place in places] == before
    page.get_by_role("button", name="three words here").click()
    host.settle()
    assert widget.text == "three words here"
    assert host.problems == []


def test_a_first_reading_that_fails_names_no_picture_and_a_later_one_does(page):
    page.set_content("<body></body>")
    host = Host(page, LiveF(attend, live, models=["large"], text="refuse")).show()
    status, said = (
        page.locator(".gx-status"),
        "The reading stopped: The text is refused; type another.",
    )
    assert status.inner_text() == (
        f"{said} Nothing has been read yet; change the sentence or the model."
    )
    host.push(text=TEXT)
    assert status.inner_text() == ""
    host.push(text="refuse")
    assert status.inner_text() == f"{said} The picture is the last good one."
    assert host.problems == []


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
    assert page.locator(".gx-status").inner_text() == "Asking for layer 1 …"
    for belongs_to_the_head in (".gx-pictures", ".gl-looks"):
        assert opacity(page, belongs_to_the_head) < 0.5
    assert opacity(page, ".gl-readout") == 1
    assert host.problems == []


PARTLY = """(trait) => {
  const { model } = window.shown;
  window.whole = model.get(trait);
  const { random } = window.whole.baselines;
  model.set(trait, { ...window.whole, baselines: { random } });
}"""


def test_heads_are_shown_at_once_and_baselines_that_come_later_move_nothing(page):
    page.set_viewport_size({"width": 840, "height": 679})
    widget = LiveF(attend, live, models=["large"], text=TEXT, baseline="local", layer=1, head=2)
    host = Host(page, widget).show()
    places = [".gh-readout", ".gx-map", ".gl-boxes", ".gl-readout", ".gl-formula", ".gh-controls"]
    boxes = lambda: [page.locator(place).bounding_box() for place in places]  # noqa: E731
    before, filled = boxes(), page.locator(".gx-cell").first.get_attribute("style")
    page.evaluate(PARTLY, "picture")
    host.fade()
    status = page.locator(".gx-status")
    assert status.inner_text() == "Computing the baseline: local …"
    assert opacity(page, ".gx-map") < 1
    assert opacity(page, ".gh-readout") == opacity(page, ".gl-readout") == 1
    assert page.locator(".gx-cell").first.get_attribute("style") == filled
    cells = page.locator(".gl-readout tbody td").all_inner_texts()
    assert cells[6:9] == ["–"] * 3
    assert "–" not in cells[:3]
    assert boxes() == before
    host.push(shown="entropy")
    assert page.locator(".gx-cell").first.get_attribute("style") != filled
    assert opacity(page, ".gx-map") == 1
    assert "NaN" not in page.locator(".gedig-live").inner_html()
    host.push(shown="delta")
    page.evaluate("window.shown.model.set('picture', window.whole)")
    host.fade()
    assert status.inner_text() == ""
    assert opacity(page, ".gx-map") == 1
    assert page.locator(".gx-cell").first.get_attribute("style") == filled
    assert boxes() == before
    assert host.problems == []


def test_a_first_reading_without_its_baseline_is_a_map_without_colours(page):
    host = Host(page, LiveF(attend, live, models=["large"], text=TEXT), kernel=False)
    whole = host.widget.picture
    host.widget.picture = whole | {"baselines": {}}
    host.show()
    assert page.locator(".gx-status").inner_text() == "Computing the baseline: random …"
    labels = page.locator(".gx-cell").evaluate_all("cells => cells.map((one) => one.ariaLabel)")
    assert all(label.endswith(", –") for label in labels)
    numbers = page.locator(".gl-map .gh-number").all_inner_texts()
    assert numbers[0] == fixed(host.widget.reading.real.F.mean())
    assert "NaN" not in page.locator(".gedig-live").inner_html()
    for shown in ("F", "density"):
        page.select_option("select[name=shown]", shown)
        host.settle()
        assert page.locator(".gl-boxes svg").is_visible()
        assert "NaN" not in page.locator(".gedig-live").inner_html()
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
    heat = page.locator('input[name="temperature"]')
    changes = [
        (lambda: heat.press("ArrowLeft"), lambda: heat.press("ArrowRight")),
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


def test_where_the_model_takes_no_temperature_the_page_offers_none(page):
    widget = LiveF(lambda text, model: attend(text, model), live, models=["large"], text=TEXT)
    host = Host(page, widget).show()
    assert not page.locator('input[name="temperature"]').is_visible()
    assert not page.locator(".gl-heat").is_visible()
    assert page.locator('input[name="quantile"]').is_visible()
    assert host.problems == []


def test_one_token_is_drawn_with_the_baseline_in_the_middle_of_the_scale(page):
    host = Host(page, LiveF(attend, live, models=["large"], text="one")).show()
    for shown in QUANTITIES:
        host.push(shown=shown)
        assert page.locator(".gx-scale b").evaluate("(mark) => mark.style.left").endswith("%")
    assert "NaN" not in page.locator(".gedig-live").inner_html()
    assert host.problems == []


@pytest.mark.parametrize(("text", "said"), [
    ("two words", "No links: above the threshold 0.9"),
    ("one", "No links: no weight lies above the threshold 1.00."),
])  # fmt: skip
@pytest.mark.parametrize("width", [1280, 840, 400])
def test_why_a_short_text_has_no_links_is_said_whole_and_moves_nothing(page, text, said, width):
    page.set_viewport_size({"width": width, "height": 679})
    widget = LiveF(attend, live, models=["large"], text=TEXT)
    host = Host(page, widget).show()
    host.push(view="graph")
    before = page.locator(".gl-looks").bounding_box()["height"]
    host.push(text=text)
    for place in (page.locator(".gl-why"), page.locator(".gx-graph .gx-note")):
        assert place.inner_text().startswith(said)
        assert place.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    assert page.locator(".gl-looks").bounding_box()["height"] == before
    assert host.problems == []


def test_an_emptied_box_dims_the_two_means_as_it_dims_the_picture(host):
    host.push(text="")
    host.fade()
    dimmed = "(node) => getComputedStyle(node).opacity"
    assert host.page.locator(".gl-own > .gh-readout").evaluate(dimmed) == "0.6"


@pytest.mark.parametrize("width", [820, 840])
def test_asking_for_words_moves_no_control(host, width):
    host.page.set_viewport_size({"width": width, "height": 679})
    host.settle()
    boxes = "(all) => all.map((one) => JSON.stringify(one.getBoundingClientRect().toJSON()))"
    controls = host.page.locator(".gh-controls > *")
    before = controls.evaluate_all(boxes)
    host.page.get_by_role("button", name="In words").click()
    host.page.evaluate("scrollTo(0, 0)")
    assert controls.evaluate_all(boxes) == before
    host.page.get_by_role("button", name="Hide words").click()


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


class EngineHost(Host):
    """A page with an engine of its own, for which Python's half stands in."""

    def _state(self, names):
        return super()._state(names) | {"engine": True}


@pytest.fixture
def with_engine(page, monkeypatch):
    """Give a page of the site with an engine; a test that leaves an error behind fails."""
    monkeypatch.setenv("GEDIG_STANDALONE", "1")
    widget = LiveF(
        attend, live, models=["large", "small"], text=TEXT, examples=["three words here"]
    )
    page.clock.install()
    shown = EngineHost(page, widget).show()
    yield shown
    assert shown.problems == []


def test_with_an_engine_nothing_is_disabled_and_every_control_answers(with_engine):
    host, page = with_engine, with_engine.page
    assert page.locator(".gedig-live :disabled").count() == 0
    assert "takes the notebook" not in page.locator(".gedig-live").inner_text()
    assert page.locator("select[name=model] option").all_inner_texts() == ["large"]
    assert not page.locator(".gl-examples").is_visible()
    box = page.get_by_label("Your sentence")
    for text in ("one two three four", "three words here"):
        box.fill(text)
        box.press("Enter")
        host.settle()
        assert host.widget.text == text
        assert page.locator(".gx-tokens > span").count() == len(text.split())
    for name in ("quantile", "temperature"):
        before = getattr(host.widget, name)
        page.locator(f'input[name="{name}"]').press("ArrowLeft")
        host.settle()
        assert getattr(host.widget, name) < before
    page.select_option("select[name=convention]", "released")
    host.settle()
    assert host.widget.reading.gauge.pool == "all"


def test_an_engine_says_what_it_loads_and_no_kernel_is_spoken_of(with_engine):
    page = with_engine.page
    tell = "(told) => window.shown.model.receive({ status: 'loading', message: told })"
    page.evaluate(tell, "Loading the model, 9 MB …")
    with_engine.settle()
    status = page.locator(".gx-status")
    assert status.inner_text() == "Loading the model, 9 MB …"
    page.clock.run_for(11_000)
    assert status.inner_text() == "Loading the model, 9 MB …"
    page.evaluate(tell, "")
    with_engine.settle()
    assert status.inner_text() == "Reading every head of large …"
