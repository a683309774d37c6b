"""The static site opened from files, with the network off: every page, every live widget."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from gedig_edu.course.site.build import site_files, write_site
from gedig_edu.course.site.pages import read_lesson
from gedig_edu.course.site.widgets import digest
from gedig_edu.views import AttentionExplorer, bertviz_head_view
from gedig_edu.views.widgets.hero import Hero
from tests.browser.axe import violations
from tests.browser.test_hero_widgets import assert_close
from tests.browser.visit import SETTLE, Visit, page_with
from tests.course.small_course import OPENING, remote_loads
from tests.helpers import example_maps
from tests.heroes import HEROES

pytestmark = pytest.mark.browser

LESSONS = Path(__file__).parents[2] / "lessons"
NAMES = [path.stem for path in sorted(LESSONS.glob("[0-9][0-9]_*.ipynb"))]
PAGES = [
    "index", "ledger", "closing", "results", "sources", "teaching", "howto", "howto_own_model",
    "howto_own_figure", "howto_many_texts", "howto_experiment", "howto_train", "api/index",
    "api/gedig_edu/theory/gauge", "api/gedig_edu/models/model",
]  # fmt: skip
NARROW, ZOOMED = 400, 640  # 1280 px at 200 % leave 640
A4 = 718  # px of A4 between margins of 1 cm
SECTIONS = {"01": "qk_plane", "02": "rotating_pair", "03": "temperature", "05": "shortcut_graph"}

PROSE = """() => {
  const copy = document.querySelector("main").cloneNode(true);
  copy.querySelectorAll("pre, code, script, .widget").forEach((node) => node.remove());
  return copy.textContent;
}"""

READ = """([id, traits]) => {
  const { model } = window.gedigWidgets[id];
  const root = document.querySelector(`[data-model="${id}"] .gedig-hero`);
  return {
    state: Object.fromEntries(traits.map((name) => [name, model.get(name)])),
    numbers: JSON.parse(root.dataset.numbers),
  };
}"""


@pytest.fixture
def visit(page, site):
    """Give a visit to the site; whatever went wrong on it fails the test at its end."""
    visit = Visit(page, site)
    yield visit
    assert visit.problems == []


@pytest.mark.parametrize("name", [*PAGES, *NAMES])
class TestPage:
    def test_opens_with_everything_drawn_and_nothing_asked_of_the_network(self, visit, name):
        page = visit.open(name)
        assert page.locator("h1").count() == 1
        assert page.locator(".widget > pre").count() == 0
        broken = "() => [...document.images].filter((image) => !image.naturalWidth || !image.alt)"
        assert page.evaluate(f"{broken.replace('() => ', '() => (')}).length") == 0

    def test_leaves_no_tex_in_its_text(self, visit, name):
        page = visit.open(name)
        assert re.findall(r"\$|\\[A-Za-z]+", page.evaluate(PROSE)) == []
        if name not in PAGES and "$$" in (LESSONS / f"{name}.py").read_text(encoding="utf-8"):
            assert page.locator("math[display=block] mi").count() > 0

    @pytest.mark.parametrize(("width", "theme"), [(NARROW, "dark"), (ZOOMED, "light")])
    def test_never_scrolls_sideways(self, visit, name, width, theme):
        page = visit.open_whole(name, width=width, theme=theme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_axe_finds_nothing_serious(self, visit, npm_folder, name, theme):
        assert violations(visit.open_whole(name, theme=theme), npm_folder) == []

    def test_what_needs_the_kernel_shows_something_and_says_so(self, visit, name):
        page = visit.open_whole(name)
        for still in page.locator(".still").all():
            assert f"open {name}.ipynb" in still.locator(".needs-kernel").inner_text()
            assert still.bounding_box()["height"] > 60


def heroes_of(page) -> list[tuple[str, type]]:
    """Return the id and the class of every live widget that the page drew."""
    classes = {digest(hero._esm.encode()): hero for hero in HEROES}
    modules = page.evaluate(
        "() => Object.entries(window.gedigWidgets).map(([id, { module }]) => [id, module])"
    )
    return [(model_id, classes[module]) for model_id, module in modules if module in classes]


def grips_of(place):
    """Return what a widget can be moved by, each with its keys; of nodes and rows every third."""
    pressed = [(grip, ["Enter"]) for grip in place.locator(".gh-press").all()[::3]]
    inputs = place.locator("input:enabled, .gh-knob").all()
    switches = [grip.get_attribute("type") == "checkbox" for grip in inputs]
    return pressed + [
        (grip, ["Space"] if switch else ["End", "ArrowLeft"])
        for grip, switch in zip(inputs, switches, strict=True)
    ]


def assert_theory_says_the_same(page, model_id, hero, after):
    shown = page.evaluate(READ, [model_id, list(hero.state)])
    widget = hero.__new__(hero)  # with data of the lesson's shapes, not of the class's example
    Hero.__init__(widget, **shown["state"])
    assert_close(shown["numbers"], widget.numbers, f"{hero.__name__}, {after}")
    return json.dumps(shown["numbers"])


@pytest.mark.parametrize("name", ["index", *NAMES])
def test_live_widgets_answer_to_keys_with_the_numbers_of_theory(visit, name):
    page = visit.open_whole(name)
    heroes = heroes_of(page)
    wanted = SECTIONS.get(name[:2])
    assert wanted is None or wanted in {hero.section for _, hero in heroes}
    for model_id, hero in heroes:
        place = page.locator(f'[data-model="{model_id}"]').first
        seen = {assert_theory_says_the_same(page, model_id, hero, "as it stands")}
        for grip, keys in grips_of(place):
            for key in keys:
                grip.press(key)
                page.evaluate(SETTLE)
                seen.add(assert_theory_says_the_same(page, model_id, hero, key))
        assert len(seen) > 1, f"{hero.__name__} does not move"


def test_no_file_of_the_site_loads_anything_from_outside(site):
    files = [path for path in site.rglob("*") if path.suffix in {".html", ".js", ".css"}]
    assert len(files) > 2 * len(NAMES)
    assert {path.name: found for path in files if (found := remote_loads(path))} == {}


def test_a_widget_that_brought_nothing_along_stands_still_above_the_sentence(page, tmp_path):
    visit = page_with(page, tmp_path, AttentionExplorer(example_maps(layers=3, heads=5, length=11)))
    assert page.locator(".still > .widget[inert] .gedig-explorer").count() == 1
    assert "open 06_a.ipynb" in page.locator(".still").inner_text()
    page.keyboard.press("Tab")
    for _ in range(20):
        assert page.evaluate("document.activeElement.closest('.still') === null")
        page.keyboard.press("Tab")
    assert visit.problems == []


def test_a_button_that_needs_a_kernel_is_dim_and_the_words_beneath_are_not(page, tmp_path):
    offer = bertviz_head_view(example_maps(layers=2, heads=3, length=5)).frame
    visit = page_with(page, tmp_path, offer)
    opacity = "part => Number(getComputedStyle(part).opacity)"
    assert page.locator(".still > .widget[inert] button").first.evaluate(opacity) < 0.7
    for part in (".still", ".still > .widget", ".still .needs-kernel"):
        assert page.locator(part).evaluate(opacity) == 1
    assert visit.problems == []


def test_search_finds_a_heading_by_keyboard_and_goes_there(visit):
    page = visit.open("index")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("layernorm")
    assert page.locator(".results a").first.inner_text().startswith("But there is a LayerNorm")
    assert re.match(r"\d+ of \d+ found", page.locator(".results [role=status]").inner_text())
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('.results') !== null")
    page.keyboard.press("Enter")
    page.wait_for_url("**/01_dot_product_or_cosine.html#*")
    heading = page.locator("h2", has_text="But there is a LayerNorm")
    assert 0 <= heading.bounding_box()["y"] < 900


def test_search_is_left_by_escape_and_says_where_nothing_is_found(visit):
    page = visit.open("index")
    box = page.get_by_role("searchbox")
    box.focus()
    page.keyboard.type("zebra crossing")
    said = page.locator(".results [role=status]").inner_text()
    assert said == "No heading and no name holds these words."
    page.keyboard.press("Escape")
    assert box.input_value() == ""
    assert not page.locator(".results").is_visible()


# Of every figure: its size against what it was drawn at, and whether its box is reached by Tab.
FIGURES = """() => [...document.querySelectorAll("figure.scroll")].map((box) => {
  const picture = box.querySelector("img");
  return [picture.clientWidth / ((picture.naturalWidth / 150) * 96), box.tabIndex === 0];
})"""


def test_a_figure_keeps_its_letters_readable_on_a_telephone(visit, npm_folder):
    name = next(name for name in NAMES if name.startswith("02"))
    page = visit.open_whole(name, width=NARROW)
    figures = page.evaluate(FIGURES)
    assert figures
    for size, reached in figures:
        assert size == pytest.approx(1, abs=0.01)
        assert reached
    box = page.locator("figure.scroll").first
    box.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('figure.scroll').scrollLeft > 0")
    assert violations(page, npm_folder) == []
    wide = visit.open_whole(name).evaluate(FIGURES)
    assert [reached for _, reached in wide] == [False] * len(figures)
    assert min(size for size, _ in wide) > 1


LONG = (
    "45 minutes for the core, 105 for all; what is optional is folded, and nothing needs it. " * 3
)
# Of every row: how far its note hangs over its frame, and what part of it its question is given.
ROWS = """() => [...document.querySelectorAll(".lessons li")].map((row) => {
  const parts = [row, row.querySelector(".time"), row.querySelector("p:not(.time)")];
  const [frame, note, question] = parts.map((node) => node.getBoundingClientRect());
  return [note.bottom - frame.bottom, question.width / frame.width, question.top - frame.top];
})"""


@pytest.mark.parametrize("width", [NARROW, 1280])
def test_a_row_with_a_long_note_keeps_its_question_beside_its_title(page, tmp_path, width):
    cell = nbformat.v4.new_markdown_cell(OPENING.replace("5 minutes.", LONG))
    notebook = nbformat.v4.new_notebook(cells=[cell])
    lesson = read_lesson(notebook, "00_a.ipynb", pages=())
    write_site(tmp_path / "site", site_files([lesson]))
    ((over, share, below),) = (
        Visit(page, tmp_path / "site").open("index", width=width).evaluate(ROWS)
    )
    assert over <= 0
    assert share > 0.6
    assert below < 60


def test_the_cursor_waits_in_the_box_of_the_front_page_and_nothing_scrolls(page, tmp_path):
    files = site_files([])
    asks = files["index.html"].replace(b'"standalone":true', b'"standalone":false')
    write_site(tmp_path / "site", files | {"index.html": asks})
    page = Visit(page, tmp_path / "site").open("index")
    assert page.evaluate("[document.activeElement.name, scrollY]") == ["text", 0]


# Of the front page: where what F is ends, where the live page begins, and where its sliders end.
FIRST_SCREEN = """() => {
  const box = (where) => document.querySelector(where).getBoundingClientRect();
  return [".short", ".gedig-live", ".gedig-live input[name=gamma]"].map((where, at) =>
    at === 1 ? box(where).top : box(where).bottom);
}"""


def test_the_first_screen_of_a_laptop_says_what_f_is_above_the_live_page_and_its_sliders(
    page, tmp_path
):
    write_site(tmp_path / "site", site_files([]))
    page = Visit(page, tmp_path / "site").open("index")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate(SETTLE)
    said, live, sliders = page.evaluate(FIRST_SCREEN)
    assert said < live < sliders < 800
    assert page.locator(".short").inner_text().startswith("F = density")
    page.get_by_role("link", name="Its terms").press("Enter")
    assert 0 <= page.get_by_role("heading", name="F in one line").bounding_box()["y"] < 100


def test_first_tab_skips_to_the_content(visit):
    page = visit.open("01_dot_product_or_cosine")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_dark_follows_the_system_until_the_switch_and_is_remembered(visit):
    page = visit.open("index", theme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.get_by_role("button", name="Light page").press("Enter")
    assert page.evaluate(ground) != dark
    assert page.get_by_role("button", name="Dark page").count() == 1
    assert page.get_by_role("button", name="Light page").count() == 0
    visit.open("01_dot_product_or_cosine", theme="dark")
    assert page.evaluate(ground) != dark
    page.evaluate("localStorage.clear()")


def test_next_leads_through_every_lesson_and_back_home(visit):
    page = visit.open(NAMES[0])
    for name in NAMES[1:]:
        page.locator('a[rel="next"]').click()
        page.wait_for_url(f"**/{name}.html")
    assert page.locator('a[rel="next"]').count() == 0
    page.locator(".home").click()
    page.wait_for_url("**/index.html")


def test_a_quiz_explains_the_answer_in_the_page(visit):
    page = visit.open("01_dot_product_or_cosine")
    question = page.locator(".gedig-quiz-question").first
    question.get_by_role("radio").nth(1).press("Space")
    question.get_by_role("button").press("Enter")
    assert question.locator(".gedig-quiz-why p").first.inner_text().startswith(("✓", "✗"))


# The lightest words, the darkest ground and a cell of no weight, as parts of white, and widths.
PAPER = """() => {
  const lightness = ([red, green, blue]) => (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
  const of = (where, name) => [...document.querySelectorAll(where)]
    .filter((node) => node.textContent.trim())
    .map((node) => lightness(getComputedStyle(node)[name].match(/[\\d.]+/g)));
  const matrix = document.querySelector(".gedig-explorer .gx-matrix canvas");
  const copy = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  copy.drawImage(matrix, 1 - matrix.width, 0);
  return {
    words: Math.max(...of("main p, .highlight span, .gh-hint, .gx-note", "color")),
    grounds: Math.min(...of("body, .gedig-hero", "backgroundColor")),
    unseen: lightness(copy.getImageData(0, 0, 1, 1).data),
    widths: [...document.querySelectorAll(".gedig-hero")].map((widget) => widget.clientWidth),
  };
}"""


def test_paper_is_light_and_unfolded_and_then_the_screen_is_as_it_was(visit):
    page = visit.open("06_live_f_on_gpt2", theme="dark")
    drawn = page.evaluate(PAPER)
    assert drawn["unseen"] < 0.2
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4, "height": 1000})
    paper = page.evaluate(PAPER)
    assert not page.locator("header.top").is_visible()
    assert page.locator(".help details:not([open])").count() == 0
    assert paper["words"] < 0.55
    assert paper["grounds"] == paper["unseen"] == pytest.approx(1)
    assert paper["widths"] == drawn["widths"]
    assert page.evaluate("document.documentElement.scrollWidth") <= A4
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator("details[open]").count() == 0
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_real_print_undoes_what_it_did(visit, tmp_path):
    page = visit.open("06_live_f_on_gpt2", theme="dark")
    page.evaluate("addEventListener('beforeprint', () => { window.printed = true; })")
    page.pdf(path=tmp_path / "page.pdf", format="A4")
    assert page.evaluate("window.printed")
    assert page.locator("details[open]").count() == 0
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
