"""The landscape in a real page: the ground is dragged to its ceiling, and time is played."""

import pytest

from gedig_edu.views.widgets.landscape import CEILING, STEPS, Landscape
from tests.browser.test_hero_widgets import show

pytestmark = pytest.mark.browser


def knob(page, place):
    return page.locator(".gh-ground .gh-knob").nth(place)


def test_ground_dragged_to_the_top_is_a_wall_without_end(page):
    host = show(page, Landscape(), width=840)
    box = knob(page, 1).locator(".gh-dot").bounding_box()
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 8, page.locator(".gh-ground").bounding_box()["y"], steps=4)
    page.mouse.up()
    host.settle()
    assert host.problems == []
    assert host.widget.field[1] == CEILING
    assert knob(page, 1).get_attribute("aria-valuetext") == "infinite"
    assert host.widget.numbers["weights"][1] == 0


def test_the_last_way_that_is_left_cannot_be_closed(page):
    host = show(page, Landscape([1.0, 2.0], field=[0, CEILING]), width=840)
    knob(page, 0).focus()
    page.keyboard.press("End")
    host.settle()
    assert host.problems == []
    assert host.widget.field == [CEILING - 0.1, CEILING]


def test_time_is_stepped_played_and_wound_back(page):
    host = show(page, Landscape(time=STEPS - 2), width=840)
    step, play, rewind = (
        page.get_by_role("button", name=name) for name in ("Step", "Play", "Rewind")
    )
    step.click()
    host.settle()
    assert host.widget.time == STEPS - 1
    play.click()
    assert page.get_by_role("button", name="Pause").is_visible()
    page.wait_for_function(
        "() => document.querySelector('.gh-player button').textContent === 'Play'"
    )
    host.settle()
    assert host.widget.time == STEPS
    assert step.is_disabled()
    rewind.click()
    host.settle()
    assert host.widget.time == 1
    assert rewind.is_disabled()


def test_each_part_of_the_potential_is_switched_at_its_name(page):
    host = show(page, Landscape(time=9), width=840)
    for name, part in (("P, field", "field"), ("track, wells", "track"), ("M, carried", "carry")):
        page.get_by_role("button", name=name).click()
        host.settle()
        assert getattr(host.widget, f"with_{part}") is False
    assert host.widget.numbers["weights"] == pytest.approx(host.widget.numbers["plain"])


@pytest.mark.parametrize("width", [840, 400])
@pytest.mark.parametrize("options", [{"with_carry": False}, {"width": 0.3}], ids=["wide", "jump"])
def test_in_a_deep_track_no_water_meets_the_switches_and_no_number_another(page, width, options):
    host = show(page, Landscape(track=-1.0, time=20, **options), width=width)
    water, numbers, switches = (
        [one.bounding_box() for one in page.locator(f".gh-ground {which}").all()]
        for which in (".ls-water", "text.gh-head.gh-middle:not(.gh-mono)", ".gh-frame")
    )
    lowest = max(box["y"] + box["height"] for box in switches)
    assert min(box["y"] for box in water if box["height"] > 1) > lowest
    shown = [box for box in numbers if box["y"] > lowest - 4]
    assert len(shown) >= 3  # a share, P and E
    for at, one in enumerate(shown):
        for other in shown[at + 1 :]:
            apart = abs(one["x"] + one["width"] / 2 - other["x"] - other["width"] / 2)
            beside = apart > (one["width"] + other["width"]) / 2
            assert beside or abs(one["y"] - other["y"]) > 11, (one, other)
    assert host.problems == []
