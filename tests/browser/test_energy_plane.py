"""The plane of energies in a real page: a query is dragged, let go, and goes down by itself."""

import pytest

from gedig_edu.views.widgets.energy_plane import EnergyPlane
from tests.browser.test_hero_widgets import assert_equal_to_theory, drag, show

pytestmark = pytest.mark.browser

RESTS = "() => document.querySelector('.gh-player button').textContent === 'Play'"


def query(page):
    return page.get_by_role("slider", name="query, across and up")


def test_a_query_that_is_let_go_goes_down_until_it_rests(page):
    host = show(page, EnergyPlane(beta=8.0, step=2), width=840)
    drag(page, query(page), 90, 40)
    host.settle()
    assert host.widget.query[0] > 0.5
    assert host.widget.step == 0
    page.wait_for_function(RESTS)
    host.settle()
    assert host.widget.step == host.widget.numbers["steps"] > 1
    assert page.get_by_role("button", name="Step").is_disabled()
    assert_equal_to_theory(host, "letting a query go")


def test_who_asks_for_less_motion_sees_the_end_at_once(page):
    page.emulate_media(reduced_motion="reduce")
    host = show(page, EnergyPlane(), width=840)
    drag(page, query(page), -40, 20)
    host.settle()
    assert host.widget.step == host.widget.numbers["steps"] > 1


def test_keys_move_the_query_and_buttons_take_the_steps(page):
    host = show(page, EnergyPlane(step=3), width=840)
    query(page).press("ArrowUp")
    host.settle()
    assert (host.widget.query, host.widget.step) == ([-0.4, 0.1], 0)
    page.get_by_role("button", name="Step").click()
    host.settle()
    assert host.widget.step == 1
    assert_equal_to_theory(host, "a key and a step")


def test_a_press_in_the_curve_of_energies_shows_its_step(page):
    host = show(page, EnergyPlane(), width=840)
    box = page.locator(".gh-energy").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 12, box["y"] + box["height"] / 2)
    host.settle()
    assert host.widget.step == host.widget.numbers["steps"]
