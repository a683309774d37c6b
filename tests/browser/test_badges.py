"""Badges in a real page: nothing overlaps, nothing leaves the frame, none is taller than a page."""

import nbformat
import pytest

from gedig_edu.course.claims import all_claims, recall
from gedig_edu.course.claims import show as shown
from gedig_edu.course.findings import SHIPPED
from tests.browser.axe import violations
from tests.browser.visit import page_with

pytestmark = pytest.mark.browser

MODELS = sorted(path.stem for path in SHIPPED.glob("*.json"))
TALLEST = 679  # px of a notebook in view at 1280 x 800
GROUND = {"light": "#fff", "dark": "#111"}

# Words of one badge that lie upon one another, or beyond its frame, with the badge's name.
TROUBLE = """() => {
  const found = [];
  const words = ".gb-top > *, .gb-says, .gn-name, .gn-number, .gn-row text, .gb-note, summary";
  for (const badge of document.querySelectorAll(".gedig-badge")) {
    const frame = badge.getBoundingClientRect();
    const name = badge.querySelector(".gb-id").textContent;
    const lines = [...badge.querySelectorAll(words)].filter((one) => one.textContent.trim())
      .flatMap((one) => {
        const range = document.createRange();
        range.selectNodeContents(one);
        const drawn = one.closest("svg");
        const boxes = drawn ? [one.getBoundingClientRect()] : [...range.getClientRects()];
        return boxes.map((box) => [one, box]);
      });
    for (const [one, box] of lines) {
      const said = `${name}: ${one.textContent}`;
      if (box.left < frame.left - 1 || box.right > frame.right + 1) found.push(`${said} is cut`);
      for (const [other, next] of lines) {
        if (one === other || one.contains(other) || other.contains(one)) continue;
        const across = Math.min(box.right, next.right) - Math.max(box.left, next.left);
        const down = Math.min(box.bottom, next.bottom) - Math.max(box.top, next.top);
        if (across > 1 && down > 3) found.push(`${said} | ${other.textContent}`);
      }
    }
  }
  return found;
}"""
HEIGHTS = """() => [...document.querySelectorAll(".gedig-badge")].map((badge) =>
  [badge.querySelector(".gb-id").textContent, badge.offsetHeight,
    badge.querySelectorAll(".gn-row").length - 1])"""


def show(page, model, *, width=840, theme="light"):
    """Show the badges of all claims one below the other."""
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=theme)
    found = recall([claim.id for claim in all_claims()], model)
    badges = "".join(f"<div>{one.badge()._repr_html_()}</div>" for one in found)
    page.set_content(
        f"<html lang='en'><title>Badges</title><body style='background:{GROUND[theme]}'>"
        f"<main>{badges}</main></body></html>"
    )


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("width", [840, 400])
def test_no_words_of_a_badge_overlap_or_leave_it(page, model, width):
    show(page, model, width=width)
    assert page.evaluate(TROUBLE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_words_that_overlap_or_leave_are_noticed(page):
    show(page, "gpt2-mini", width=840)
    page.add_style_tag(content=".gedig-badge { width: 120px; } .gn-axis text { font-size: 60px; }")
    trouble = page.evaluate(TROUBLE)
    assert any(one.endswith("is cut") for one in trouble)
    assert any(" | " in one for one in trouble)


@pytest.mark.parametrize(("width", "one_reading"), [(840, 165), (400, 260)])
def test_a_badge_is_as_tall_as_a_few_lines_and_never_taller_than_a_page(page, width, one_reading):
    for model in MODELS:
        show(page, model, width=width)
        heights = page.evaluate(HEIGHTS)
        assert {name: tall for name, tall, _ in heights if tall > TALLEST} == {}
        short = sorted(tall for _, tall, count in heights if count == 1)
        assert short[len(short) // 2] <= one_reading


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(page, npm_folder, theme):
    show(page, "gpt2-mini", theme=theme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert violations(page, npm_folder) == []


def test_under_forced_colours_number_and_limit_and_side_stand_out(page):
    page.emulate_media(forced_colors="active")
    page.set_content(recall(["01.rankings"], "gpt2-mini")[0].badge()._repr_html_())
    page.emulate_media(forced_colors="active")
    look = """(name) => { const style = getComputedStyle(document.querySelector(name));
      return [style.fill, style.stroke]; }"""
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for name in (".gn-dot", ".gn-limit", ".gn-bar"):
        assert page.evaluate(look, name)[1] not in {ground, "none"}
    assert page.evaluate(look, ".gn-holds")[0] not in {ground, "none"}


def test_the_fold_opens_by_keyboard_and_holds_rule_and_source(page):
    (found,) = recall(["07.h1"], "gpt2-mini")
    page.set_content(found.badge()._repr_html_())
    assert not page.get_by_text(found.expected).is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.get_by_text(found.expected).is_visible()
    assert page.get_by_text("Miyauchi").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_the_site_a_badge_looks_as_in_a_notebook(page, tmp_path, theme):
    """Its style is the site's there, since a page takes none from an output."""
    (found,) = recall(["05.random_edges"], "gpt2-mini")
    html = found.badge()._repr_html_()
    look = """() => [...document.querySelectorAll(".gedig-badge")].slice(0, 1)
      .flatMap((badge) => [...badge.querySelectorAll("rect, circle, text")])
      .map((one) => { const style = getComputedStyle(one);
        return [style.fill, style.stroke, style.r, style.fontSize].join(); })"""
    page.emulate_media(color_scheme=theme)
    page.set_content(html)
    alone = page.evaluate(look)
    cell = nbformat.v4.new_code_cell("badge")
    data = {"text/html": html, "text/plain": ""}
    cell.outputs = [nbformat.v4.new_output("execute_result", data=data)]
    visit = page_with(page, tmp_path, shown("06.untrained", "gpt2-mini"), cell)
    visit.open("06_a", theme=theme)
    assert len(alone) > 12
    assert page.evaluate(look) == alone
    assert page.locator(".still .gn-line").is_visible()
    assert visit.problems == []
