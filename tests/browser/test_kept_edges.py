"""Kept edges in a real page: the number of keys is dragged along the curve."""

import pytest

from gedig_edu.views.widgets.kept_edges import KeptEdges
from tests.browser.test_hero_widgets import assert_equal_to_theory, drag, show

pytestmark = pytest.mark.browser


def test_keys_are_dragged_along_the_curve_and_the_map_frames_what_is_kept(page):
    host = show(page, KeptEdges(), width=840)
    before = page.locator(".ke-kept").count()
    drag(page, page.get_by_role("slider", name="keys a row, along the curve"), 90, 0)
    host.settle()
    assert host.widget.more > 3
    assert page.locator(".ke-kept").count() == sum(host.widget.numbers["kept"]) > before
    assert_equal_to_theory(host, "dragging the keys")


NAME_BESIDE = """(style) => {
  const stroke = [...document.querySelectorAll(`polyline.${style}`)].at(-1).getBoundingClientRect();
  const left = (text) => text.getBoundingClientRect().x;
  const beside = [...document.querySelectorAll("svg text")].filter((text) => {
    const box = text.getBoundingClientRect();
    return Math.abs(box.y + box.height / 2 - stroke.y) < 5 && box.x > stroke.right;
  });
  return beside.sort((one, other) => left(one) - left(other))[0].textContent;
}"""


@pytest.mark.parametrize("width", [400, 840])
def test_every_curve_s_name_stands_beside_a_stroke_of_it(page, width):
    host = show(page, KeptEdges(), width=width)
    styles = ("ke-shown", "ke-other", "gh-warm", "ke-norm")
    bounds = ["≤ δ·diam v", "≤ 2δ·max‖v‖"]
    names = [page.evaluate(NAME_BESIDE, style) for style in styles]
    assert names == ["keys by score", "keys by place", *bounds]
    page.get_by_label("by place: first and nearest").check()
    host.settle()
    names = [page.evaluate(NAME_BESIDE, style) for style in styles]
    assert names == ["keys by place", "keys by score", *bounds]
