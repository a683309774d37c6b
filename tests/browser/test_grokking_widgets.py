"""The pictures of lesson 12 in a real page: what is dragged moves, and nothing else does."""

import pytest

from gedig_edu.views.widgets.grokking_run import GrokkingRun
from gedig_edu.views.widgets.growing_row import GrowingRow
from gedig_edu.views.widgets.sums_square import SumsSquare
from tests.browser.test_hero_widgets import show

pytestmark = pytest.mark.browser


def drag(page, where, dx):
    box = where.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y, steps=4)
    page.mouse.up()


@pytest.mark.parametrize(("panel", "own"), [("shares", "own_onset"), ("C", "own_peak")])
def test_a_mark_that_is_dragged_leaves_the_time_alone(page, panel, own):
    host = show(page, GrokkingRun(), width=840)
    before = {name: getattr(host.widget, name) for name in ("time", "own_onset", "own_peak")}
    drag(page, page.locator(f".gh-{panel} .gh-knob .gh-dot"), 90)
    host.settle()
    after = {name: getattr(host.widget, name) for name in before}
    assert host.problems == []
    assert [name for name in before if after[name] != before[name]] == [own]
    assert after[own] > before[own]


def test_pressing_beside_a_mark_moves_the_time_in_each_picture(page):
    host = show(page, GrokkingRun(time=5), width=840)
    for panel, share in (("shares", 0.6), ("C", 0.7), ("norm", 0.9)):
        box = page.locator(f".gh-{panel}").bounding_box()
        last = host.widget.time
        page.mouse.click(box["x"] + share * box["width"], box["y"] + 0.75 * box["height"])
        host.settle()
        assert host.widget.time > last


def test_the_rule_speaks_when_it_is_asked(page):
    host = show(page, GrokkingRun(), width=840)
    assert "the rule" not in page.locator(".gh-picture").inner_text()
    page.get_by_label("what the rule says").check()
    host.settle()
    assert "C peaks after the onset" in page.locator(".gh-picture").text_content()


def test_a_sum_is_chosen_in_the_table_and_mirrors_get_their_colour(page):
    host = show(page, SumsSquare(time=100), width=840)
    drag(page, page.locator(".gh-square .gh-knob .gh-dot"), 60)
    host.settle()
    assert (host.widget.a, host.widget.b) == (3, 4)
    assert page.locator(".sq-mirrored").get_attribute("d") == ""
    page.get_by_label("colour sums whose mirror b + a is told").check()
    host.settle()
    assert page.locator(".sq-mirrored").get_attribute("d")


def test_the_hill_is_dragged_to_another_delta_and_keeps_its_height(page):
    host = show(page, GrowingRow(power=6), width=840)
    height = host.widget.numbers["height"]
    drag(page, page.locator(".gh-hill .gh-knob .gh-dot"), 40)
    host.settle()
    assert host.widget.delta > 1
    assert host.widget.numbers["height"] == height
