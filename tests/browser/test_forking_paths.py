"""A learner drags along the curve, clicks a choice, and moves the break between layers."""

import pytest

from gedig_edu.views.widgets.depth_step import DepthStep
from gedig_edu.views.widgets.forking_paths import CHOICES, ForkingPaths
from tests.browser.test_hero_widgets import show

pytestmark = pytest.mark.browser


def choices_of(widget):
    return [widget.numbers[name] for name in CHOICES]


def test_a_drag_along_the_curve_goes_from_the_lowest_to_the_highest(page):
    host = show(page, ForkingPaths(start="prose script"))
    curve = page.locator(".gh-ways").bounding_box()
    page.mouse.move(curve["x"] + curve["width"] / 2, curve["y"] + 100)
    page.mouse.down()
    seen = []
    for share in (0.3, 0.6, 1.0):
        page.mouse.move(curve["x"] + share * curve["width"], curve["y"] + 100)
        host.settle()
        seen.append(host.widget.numbers["delta"])
    page.mouse.up()
    assert seen == sorted(seen)
    assert host.widget.place == len(host.widget.specs) - 1
    assert host.problems == []


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("paper, λ = 1", {"formula": "paper"}),
        ("model's mask", {"mask": "matched"}),
        ("its own shuffle", {"null": "row_shuffled", "mask": "matched"}),  # made with the mask
        ("sentences", {}),
    ],
)
def test_a_click_on_a_choice_changes_as_little_else_as_can_be(page, name, changed):
    host = show(page, ForkingPaths(start="prose script quantile random unmasked"))
    before = dict(zip(CHOICES, choices_of(host.widget), strict=True))
    row = page.get_by_role("button", name=name)
    row.click()
    host.settle()
    assert choices_of(host.widget) == list((before | changed).values())
    assert row.get_attribute("aria-pressed") == "true"


def test_a_null_that_needs_the_mask_gives_the_mask_of_before_back(page):
    host = show(page, ForkingPaths(start="prose script quantile random unmasked"))

    def after(*names):
        for name in names:
            page.get_by_role("button", name=name).click()
            host.settle()
        return choices_of(host.widget)[3:]

    assert after("the diagonal", "its own shuffle") == ["row_shuffled", "matched"]
    assert after("random maps") == ["random", "unmasked"]
    assert after("model's mask", "the diagonal", "random maps") == ["random", "matched"]
    host.widget.place = 0  # as a drag along the curve does
    host.settle()
    begun = choices_of(host.widget)
    assert after("sentences") == begun[3:]


def test_the_picture_says_what_could_be_printed(page):
    host = show(page, ForkingPaths(start="prose script quantile random unmasked"))
    headline = page.locator(".gh-headline")
    assert headline.text_content() == "Printable: ‘more structured than random maps’."
    page.get_by_role("button", name="the diagonal").click()
    host.settle()
    assert headline.text_content() == "Against the diagonal: undecided, zero is inside."
    for name in ("by_text", "by_head"):
        page.locator(f"input[name={name}]").press("Space")
        host.settle()
    assert headline.text_content() == "A mean without an interval decides nothing."


def test_the_break_is_dragged_between_layers_and_gone_where_no_layer_is_before_it(page):
    host = show(page, DepthStep())
    knob, panel = page.locator(".gh-knob"), page.locator(".gh-layers").bounding_box()
    box = knob.locator(".gh-dot").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(panel["x"] + panel["width"] - 20, box["y"], steps=4)
    page.mouse.up()
    host.settle()
    assert host.widget.cut == 3
    assert page.locator(".gh-now").count() == 1
    knob.press("Home")
    host.settle()
    assert host.widget.cut == 0
    assert page.locator(".gh-now").count() == 0
    assert host.problems == []
