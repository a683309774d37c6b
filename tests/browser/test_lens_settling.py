"""Depth that stops, in a real page: ε is dragged, a token is pressed."""

import pytest

from gedig_edu.views.widgets.lens_settling import LensSettling
from tests.browser.test_hero_widgets import assert_equal_to_theory, drag, show

pytestmark = pytest.mark.browser


def test_epsilon_is_dragged_along_the_changes(page):
    host = show(page, LensSettling(), width=840)
    before = host.widget.numbers["depth"]
    drag(page, page.get_by_role("slider", name="ε, on the axis of changes"), 60, 0)
    host.settle()
    assert host.widget.epsilon > 2
    assert host.widget.numbers["depth"] < before
    assert_equal_to_theory(host, "dragging ε")


def test_a_pressed_token_is_the_one_whose_layers_are_shown(page):
    host = show(page, LensSettling(), width=840)
    box = page.locator(".gh-map").bounding_box()
    page.mouse.click(box["x"] + 44 + 3.5 * 72, box["y"] + 60)
    host.settle()
    assert host.widget.token == 3
    assert page.locator(".gh-profile text").first.text_content().startswith("␣home:")
    assert_equal_to_theory(host, "pressing a token")
