"""The map of all heads: room at any number of them, and a scale that can be read."""

import pytest

from tests.browser.test_attention_explorer import show
from tests.helpers import example_maps

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("layers", "heads"), [(2, 61), (47, 3), (1, 1)])
def test_a_map_of_any_shape_has_room_for_its_cells_and_names(page, layers, heads):
    host = show(page, maps=example_maps(layers=layers, heads=heads, length=3))
    heights = page.locator(".gx-cell").evaluate_all(
        "all => all.map((one) => one.height.baseVal.value)"
    )
    assert min(heights) >= 264 / 47
    side, around = (
        page.locator(place).first.bounding_box() for place in (".gx-map text[transform]", ".gx-all")
    )
    assert side["y"] >= around["y"] - 2
    assert host.problems == []


def test_ends_of_a_scale_that_differ_are_told_apart(page):
    maps = example_maps(layers=1, heads=2, length=3)
    maps.weights[0, 1] = maps.weights[0, 0]
    maps.weights[0, 1, 2, :2] += [1e-5, -1e-5]
    host = show(page, maps=maps)
    low, high = (
        float(end.replace("−", "-")) for end in page.locator(".gx-scale").inner_text().split()
    )
    assert low < high
    values = host.widget.values
    assert (low, high) == pytest.approx((values.min(), values.max()), rel=1e-3)
