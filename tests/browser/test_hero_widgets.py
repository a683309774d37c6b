"""The lessons' widgets in a real page: numbers equal to theory's, by key, pointer and Python."""

import json

import numpy as np
import pytest

from gedig_edu.views.widgets.entropy_over_d import EntropyOverD
from gedig_edu.views.widgets.first_law import FirstLaw
from gedig_edu.views.widgets.free_energy import FreeEnergy
from gedig_edu.views.widgets.head_steps import HeadSteps
from gedig_edu.views.widgets.one_score_many_temperatures import OneScoreManyTemperatures
from gedig_edu.views.widgets.qk_plane import QKPlane
from gedig_edu.views.widgets.rotating_pair import RotatingPair
from gedig_edu.views.widgets.temperature import Temperature
from tests.browser.page_host import Host
from tests.heroes import HEROES

pytestmark = pytest.mark.browser
TOLERANCE = 1e-9
KEYS = ["ArrowRight", "Shift+ArrowDown", "PageUp", "End", "PageDown", "Home", "ArrowUp"]

# Press every key on everything that takes the focus; report state and numbers after each.
WALK = """
async ([keys, traits]) => {
  const steps = [];
  const root = document.querySelector(".gedig-hero");
  const note = async (after) => {
    await null;
    steps.push({ after, numbers: JSON.parse(root.dataset.numbers),
      state: Object.fromEntries(traits.map((name) => [name, window.shown.model.get(name)])) });
  };
  for (const grip of root.querySelectorAll(".gh-knob, .gh-press, input")) {
    const name = grip.name ?? grip.getAttribute("aria-label");
    const own = { checkbox: ["click", "click"] }[grip.type]
      ?? (grip.matches(".gh-press") ? ["Enter"] : keys);
    grip.focus();
    for (const key of own) {
      const shiftKey = key.startsWith("Shift+");
      const pressed = { key: key.replace("Shift+", ""), shiftKey, bubbles: true, cancelable: true };
      if (key === "click") grip.click();
      else grip.dispatchEvent(new KeyboardEvent("keydown", pressed));
      await note(`${name} ${key}`);
    }
  }
  return steps;
}
"""

SET = """
async (settings) => {
  const steps = [];
  const root = document.querySelector(".gedig-hero");
  for (const state of settings) {
    window.shown.model.receive(state);
    await null;
    steps.push({ after: JSON.stringify(state), state, numbers: JSON.parse(root.dataset.numbers),
      broken: /NaN|Infinity|undefined/.test(root.innerHTML) });
  }
  return steps;
}
"""


def show(page, widget, *, width=1280, theme="light", kernel=True):
    page.set_viewport_size({"width": width, "height": 900})
    page.set_content(f'<body data-theme="{theme}"></body>')
    return Host(page, widget, kernel=kernel).show()


def shown_numbers(page):
    return json.loads(page.locator(".gedig-hero").get_attribute("data-numbers"))


def flat(numbers):
    return {
        f"{name}[{place}]" if isinstance(value, list) else name: part
        for name, value in numbers.items()
        for place, part in enumerate(value if isinstance(value, list) else [value])
    }


def assert_close(page_says, theory, after):
    page_says, theory = flat(page_says), flat(theory)
    assert page_says.keys() == theory.keys()
    for name, expected in theory.items():
        if expected is None or isinstance(expected, str):
            assert page_says[name] == expected, f"{name} after {after}"
        else:
            error = abs(page_says[name] - expected)
            assert error <= TOLERANCE * max(1, abs(expected)), f"{name} after {after}"


def assert_equal_to_theory(host, after):
    assert_close(shown_numbers(host.page), host.widget.numbers, after)
    assert host.problems == []


def assert_same_as_python(steps, widget):
    """Take the widget through the states the page went through, and compare the numbers."""
    for step in steps:
        for name, value in step["state"].items():
            setattr(widget, name, value)
        assert_close(step["numbers"], widget.numbers, step["after"])


def assert_all_are_drawn(host, hero, settings):
    """Set each state in the page; it is drawn without a flaw, with the numbers of theory."""
    steps = host.page.evaluate(SET, settings)
    assert_same_as_python(steps, hero())
    assert not any(step["broken"] for step in steps)
    assert host.problems == []


@pytest.mark.parametrize("hero", HEROES)
def test_every_control_driven_by_key_to_its_ends_shows_the_numbers_of_theory(page, hero):
    host = show(page, hero(), kernel=False)
    steps = page.evaluate(WALK, [KEYS, list(hero.state)])
    grips = page.locator(".gh-knob, .gh-press, input").count()
    assert len({step["after"].rsplit(" ", 1)[0] for step in steps}) == grips
    assert_same_as_python(steps, hero())
    assert host.problems == []


@pytest.mark.parametrize("hero", HEROES)
def test_what_python_sets_is_drawn_at_every_extreme(page, hero):
    widget = hero()
    host = show(page, widget, kernel=False)
    settings = []
    for name, value in hero.extremes():
        setattr(widget, name, value)
        settings.append({trait: getattr(widget, trait) for trait in hero.state})
    assert_all_are_drawn(host, hero, settings)


@pytest.mark.parametrize("hero", HEROES)
def test_the_sentence_of_the_page_is_the_sentence_of_python(page, hero):
    host = show(page, hero())
    page.locator(".gh-knob, input[type=range]").last.press("End")
    host.settle()
    page.wait_for_function("(said) => document.querySelector('.gh-sentence').textContent === said",
                           arg=host.widget.sentence)  # fmt: skip


@pytest.mark.parametrize("hero", HEROES)
def test_control_reaches_both_ends_by_key_and_reset_brings_all_back(page, hero):
    host = show(page, hero())
    before = {name: getattr(host.widget, name) for name in hero.state}
    for control in hero.controls:
        if control.kind == "toggle":
            continue
        target = page.locator(f'input[name="{control.name}"]')
        for key, end in (("End", control.high), ("Home", control.low)):
            target.press(key)
            host.settle()
            assert getattr(host.widget, control.name) == pytest.approx(end)
        target.dblclick(position={"x": 30, "y": 14})
        host.settle()
        assert {name: getattr(host.widget, name) for name in hero.state} == before
    for slider in page.locator("input[type=range]").all():
        slider.press("End")
        host.settle()
    page.get_by_role("button", name="Reset").click()
    host.settle()
    assert {name: getattr(host.widget, name) for name in hero.state} == before


def drag(page, grip, across, down):
    box = grip.locator(".gh-dot").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across, y + down, steps=3)
    page.mouse.up()


def test_grabbing_a_key_chooses_it_and_moves_it_alone(page):
    host = show(page, QKPlane())
    keys = [list(key) for key in host.widget.k]
    drag(page, page.get_by_role("slider", name="key k3"), 60, 30)
    host.settle()
    assert host.widget.chosen == 3
    assert host.widget.k[3][0] > keys[3][0]
    assert host.widget.k[3][1] < keys[3][1]
    assert [key for place, key in enumerate(host.widget.k) if place != 3] == keys[:3] + keys[4:]
    assert_equal_to_theory(host, "dragging k3")


def test_a_knob_moves_by_keys_comes_back_by_a_double_click_and_says_what_it_holds(page):
    host = show(page, Temperature())
    knob = page.get_by_role("slider", name="energy of k2")
    for key, energy in (
        ("ArrowRight", 0.1),
        ("Shift+ArrowLeft", -0.9),
        ("PageUp", 0.1),
        ("End", 100),
    ):
        knob.press(key)
        host.settle()
        assert host.widget.energies[2] == pytest.approx(energy)
    held = [knob.get_attribute(f"aria-value{name}") for name in ("now", "min", "max", "text")]
    assert held == ["100", "-100", "100", "100"]
    knob.locator(".gh-dot").dblclick()
    host.settle()
    assert host.widget.energies[2] == 0


def test_growing_the_chosen_key_moves_the_dot_product_and_leaves_the_cosine(page):
    host = show(page, QKPlane(chosen=1))
    before = shown_numbers(page)
    page.locator('input[name="length"]').press("End")
    after = shown_numbers(page)
    assert after["dot_weights"][1] > 0.99 > before["dot_weights"][1]
    assert after["cosine_weights"] == pytest.approx(before["cosine_weights"], abs=TOLERANCE)
    assert host.problems == []


def test_shifting_both_positions_turns_every_dial_and_leaves_the_score(page):
    host = show(page, RotatingPair())
    score = shown_numbers(page)["score"]
    drag(page, page.get_by_role("slider", name="shift s of both positions"), 300, 0)
    host.settle()
    assert host.widget.shift > 100
    assert shown_numbers(page)["score"] == pytest.approx(score, abs=TOLERANCE)
    page.locator('input[name="m"]').press("ArrowRight")
    assert abs(shown_numbers(page)["score"] - score) > 0.01
    assert_equal_to_theory(host, "dragging the shift")


def middle_of(page, selector):
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("along", [1.0, 0.5])
def test_a_hand_of_any_dial_is_taken_anywhere_along_it_and_turns_its_position(page, along):
    host = show(page, RotatingPair(m=12, n=60))
    hand = page.get_by_role("slider", name="m, position of q, by its hand in pair 1")
    x, y = middle_of(page, ".gh-dial >> nth=1")
    tip_x, tip_y = middle_of(hand, ".gh-dot")
    page.mouse.move(x + along * (tip_x - x), y + along * (tip_y - y))
    page.mouse.down()
    across, up = tip_x - x, y - tip_y
    for angle in (np.pi / 6, np.pi / 3, np.pi / 2):  # against the clock, as positions turn it
        page.mouse.move(
            x + across * np.cos(angle) - up * np.sin(angle),
            y - across * np.sin(angle) - up * np.cos(angle),
        )
        host.settle()
    page.mouse.up()
    host.settle()
    assert (host.widget.pair, host.widget.n) == (1, 60)
    assert host.widget.m == pytest.approx(12 + np.pi / 2 / 0.1, abs=1)  # at 0.1 rad a position
    assert_equal_to_theory(host, "turning a hand")


def test_a_hand_turns_by_keys_and_only_those_of_the_chosen_dial_are_tab_stops(page):
    host = show(page, RotatingPair(m=12, n=5, pair=2))
    hand = page.get_by_role("slider", name="n, position of k, by its hand in pair 2")
    for key, position in (("ArrowRight", 6), ("PageUp", 16), ("Home", 0), ("End", 100)):
        hand.press(key)
        host.settle()
        assert (host.widget.m, host.widget.n) == (12, position)
    assert page.locator(".gh-dials .gh-knob[tabindex='0']").count() == 2
    hand.locator(".gh-dot").dblclick()
    host.settle()
    assert (host.widget.m, host.widget.n) == (12, 5)


def test_a_slow_hand_stops_where_its_positions_end(page):
    host = show(page, RotatingPair(m=12, n=5))
    drag(page, page.get_by_role("slider", name="m, position of q, by its hand in pair 3"), 0, -60)
    host.settle()
    assert (host.widget.pair, host.widget.m) == (3, 100)


def test_the_distance_can_be_dragged_below_zero(page):
    host = show(page, RotatingPair(m=3, n=0))
    page.get_by_role("slider", name="distance m − n").press("Home")
    host.settle()
    assert (host.widget.m, host.widget.n) == (0, 100)
    assert_equal_to_theory(host, "the distance at its low end")


def test_dragging_an_energy_down_takes_share_from_the_others(page):
    host = show(page, Temperature())
    before = shown_numbers(page)["probabilities"]
    drag(page, page.get_by_role("slider", name="energy of k5"), -300, 0)
    host.settle()
    assert host.widget.energies[5] < 0
    after = shown_numbers(page)["probabilities"]
    assert after[5] > before[5] + 0.05
    assert all(new < old for new, old in zip(after[:5], before[:5], strict=True))
    assert_equal_to_theory(host, "dragging k5")


def test_temperature_is_dragged_along_a_curve(page):
    host = show(page, Temperature())
    box = page.locator(".gh-curves").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 12, box["y"] + box["height"] / 2)
    host.settle()
    assert host.widget.temperature > 50
    assert shown_numbers(page)["effective_states"] > 5.9
    assert_equal_to_theory(host, "clicking into the curve of S")


def test_a_drawn_bar_takes_from_the_others_in_proportion(page):
    host = show(page, FreeEnergy())
    drag(page, page.get_by_role("slider", name="share of state 4"), 0, 60)
    host.settle()
    q = host.widget.q
    assert q[4] < 0.3
    assert sum(q) == pytest.approx(1)
    assert q[2] / q[0] == pytest.approx(2)
    assert_equal_to_theory(host, "dragging a bar")


def test_the_way_can_be_dragged_and_the_sum_stays(page):
    host = show(page, FirstLaw())
    before = shown_numbers(page)
    drag(page, page.get_by_role("slider", name="by way of"), -300, -150)
    host.settle()
    after = shown_numbers(page)
    assert abs(after["heat"] - before["heat"]) > 0.1
    assert after["total"] == pytest.approx(before["total"], abs=1e-3)
    assert_equal_to_theory(host, "dragging the way")


def test_the_exponent_levels_the_curve(page):
    host = show(page, EntropyOverD())
    page.locator("input[name=exponent]").press("End")
    numbers = shown_numbers(page)
    assert numbers["heat"] == pytest.approx(numbers["d"])
    assert numbers["entropies"] == pytest.approx(numbers["entropies_2"])
    assert host.problems == []


def test_a_step_shows_its_row_once_it_is_opened(page):
    host = show(page, HeadSteps(query=2))
    bars, crosses = page.locator(".gh-steps .gh-bar"), page.get_by_text("×", exact=True)
    assert (bars.count(), crosses.count()) == (5, 0)
    page.get_by_role("button", name="Step 2").click()
    assert (bars.count(), crosses.count()) == (5 + 3, 2)
    page.get_by_role("button", name="Step 3").press("Enter")
    host.settle()
    assert (bars.count(), crosses.count(), host.widget.step) == (5 + 3 + 3, 4, 3)
    assert_equal_to_theory(host, "opening all steps")


def test_the_middle_reader_is_dragged_along_the_curve_within_its_range(page):
    host = show(page, OneScoreManyTemperatures())
    box = page.locator(".gh-strip").bounding_box()
    for share, expected in ((0.1, 0.05), (0.5, 1.0), (0.97, 20.0)):
        page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        host.settle()
        assert host.widget.temperature == pytest.approx(expected, rel=0.3)
        assert_equal_to_theory(host, f"a click at {share} of the curve")
