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
