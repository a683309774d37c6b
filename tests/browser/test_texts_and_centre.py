"""Two texts and a floating centre in a real page: what is clicked and dragged."""

import pytest

from gedig_edu.views.widgets.floating_centre import FloatingCentre
from gedig_edu.views.widgets.two_texts import TwoTexts
from tests.browser.test_hero_widgets import assert_equal_to_theory, show

pytestmark = pytest.mark.browser


def test_a_clicked_word_is_the_one_that_looks_back(page):
    host = show(page, TwoTexts(chosen=0), width=840)
    page.locator(".tt-text").last.locator("span").nth(4).click()  # the prompt comes first
    host.settle()
    assert host.problems == []
    assert host.widget.step == 3
    assert [page.locator(".tt-text .tt-now").nth(at).inner_text().strip() for at in (0, 1)] == [
        "and",
        "and",
    ]


def test_only_words_that_differ_are_bold_and_only_pairs_seen_before_are_shaded(page):
    show(page, TwoTexts(chosen=0), width=840)
    boxes = page.locator(".tt-text")
    assert [boxes.nth(at).locator(".tt-new").count() for at in (0, 1)] == [0, 4]
    assert [boxes.nth(at).locator(".tt-again").count() for at in (0, 1)] == [0, 2]


def test_the_strength_is_dragged_along_the_curve(page):
    host = show(page, TwoTexts(), width=840)
    dot = page.locator(".gh-over .gh-dot").bounding_box()
    page.mouse.move(dot["x"] + 8, dot["y"] + 8)
    page.mouse.down()
    page.mouse.move(dot["x"] - 130, dot["y"] + 8, steps=5)
    page.mouse.up()
    host.settle()
    assert host.widget.strength < -2
    assert_equal_to_theory(host, "a drag")


def test_alpha_is_dragged_along_the_tension_and_the_knob_stays_with_the_pointer(page):
    host = show(page, FloatingCentre(), width=840)
    dot = page.locator(".gh-path .gh-dot")
    start = dot.bounding_box()
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 48, start["y"] + 8, steps=6)
    page.mouse.up()
    host.settle()
    assert host.problems == []
    assert 0.32 < host.widget.alpha < 0.8
    assert abs(dot.bounding_box()["x"] - start["x"] - 40) < 12
    assert_equal_to_theory(host, "a drag")


def test_where_there_is_no_tension_alpha_can_still_be_dragged(page):
    host = show(page, FloatingCentre(step=0), width=840)
    page.locator(".gh-path .gh-knob").press("ArrowRight")
    host.settle()
    assert host.problems == []
    assert host.widget.alpha == pytest.approx(0.32)
