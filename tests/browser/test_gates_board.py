"""The board in a page: it plays, a gate is dragged, and a pair of one's own is judged."""

import pytest

from gedig_edu.lab.worlds import generate
from gedig_edu.views.widgets.gates_board import GatesBoard
from tests.browser.test_hero_layout import UNREADABLE
from tests.browser.test_hero_widgets import drag, show, shown_numbers

pytestmark = pytest.mark.browser


def press(page, host, name):
    page.get_by_role("button", name=name, exact=True).click()
    host.settle()


def test_it_steps_plays_to_the_end_and_is_rewound(page):
    page.clock.install()
    host = show(page, GatesBoard(step=24), width=840)
    press(page, host, "Step")
    assert host.widget.step == 25
    press(page, host, "Play")
    page.clock.run_for(5000)
    host.settle()
    assert host.widget.step == 27
    assert page.get_by_role("button", name="Play", exact=True).text_content() == "Play"
    press(page, host, "Rewind")
    assert host.widget.step == 0


def test_a_gate_that_is_dragged_lets_more_in_at_once(page):
    host = show(page, GatesBoard(), width=840)
    before = shown_numbers(page)["accepted"]
    drag(page, page.get_by_role("slider", name="θ_DG"), 60, 0)
    host.settle()
    assert host.widget.theta_dg > 1.5
    assert shown_numbers(page)["accepted"] > before
    assert shown_numbers(page)["outcomes"] == host.widget.numbers["outcomes"]


def test_two_things_pressed_are_judged_and_a_bridge_pays_by_efficiency_alone(page):
    host = show(page, GatesBoard(step=0), width=840)
    for name in ("whale", "shark"):
        press(page, host, f"{name}, edges: 1")
    assert host.widget.own == [0, 9]
    assert shown_numbers(page)["path"] == 0
    assert "bridge two parts" in page.locator(".gb-said").text_content()
    page.get_by_label("paths as global efficiency").check()
    host.settle()
    assert shown_numbers(page)["path"] > 0.5
    press(page, host, "Back from my pair")
    assert host.widget.own == []


@pytest.mark.parametrize("width", [400, 840])
@pytest.mark.parametrize("far", [-1.0, 1.0, 3.0])
def test_its_words_can_be_read_wherever_the_gates_stand(page, width, far):
    world = generate(1, things=16).for_page()
    host = show(page, GatesBoard(world, truth=True, theta_ag=far, theta_dg=far), width=width)
    for step in (0, 12, 30):
        host.push(step=step)
        assert page.evaluate(UNREADABLE) == []
