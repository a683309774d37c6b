"""Two sentences side by side on the live page: one scale, one head, the numbers of both."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from gedig_edu.lab.live import live
from gedig_edu.theory.comparison import TERMS
from gedig_edu.theory.gauge import Gauge
from gedig_edu.views.widgets.live_f import QUANTITIES, LiveF
from gedig_edu.views.widgets.standalone import VARIABLE
from gedig_edu.words.numbers import fill, fixed
from tests.browser.head_map import assert_coloured_by
from tests.browser.page_host import Host
from tests.browser.test_engine import EnginePage, model
from tests.browser.test_heads_layout import PAGES, SCREEN, WIDTHS, reach, spots
from tests.browser.test_live_f_states import PARTLY
from tests.views.widgets.test_live_f import attend

pytestmark = pytest.mark.browser

TEXT = "the cat sat on the mat and then it slept"
OTHER = "a second sentence of seven other words"
MARKED = """(mark) => [...document.querySelectorAll(".gl-own")].map((own) => {
  const sides = ["x", "y", "width", "height"];
  const place = (node) => sides.map((name) => node.getAttribute(name)).join();
  const marks = [...own.querySelectorAll(mark)].filter((one) => one.style.display !== "none");
  const cells = [...own.querySelectorAll(".gx-cell")].map(place);
  return marks.map((one) => cells.indexOf(place(one)));
})"""


def make(**controls):
    return LiveF(attend, live, models=["large", "small"], text=TEXT, baseline="local", **controls)


@pytest.fixture
def host(page):
    """Give the page of two sentences; a test that leaves an error behind fails."""
    page.set_viewport_size({"width": 840, "height": SCREEN})
    shown = Host(page, make(beside=OTHER, layer=1, head=2)).show()
    yield shown
    assert shown.problems == []


def numbers(place):
    return place.locator(".gh-number").all_inner_texts()


def owns(page):
    return page.locator(".gl-own").all()


def test_the_button_sets_a_copy_beside_the_sentence_chosen_to_be_typed_over_or_changed(page):
    host = Host(page, make()).show()
    page.get_by_role("button", name="+ another").click()
    host.settle()
    assert host.widget.beside == TEXT
    first, second = owns(page)
    assert numbers(first) == numbers(second)
    assert page.locator(".gl-difference").inner_text() == "mean F, second − first: 0.000"
    page.keyboard.press("End")
    page.keyboard.type(" again")
    page.keyboard.press("Enter")
    host.settle()
    assert host.widget.beside == f"{TEXT} again"
    assert host.widget.text == TEXT
    assert numbers(second) != numbers(first)
    page.get_by_role("button", name="× close").press("Enter")
    host.settle()
    page.get_by_role("button", name="+ another").click()
    page.keyboard.type("two words")
    page.keyboard.press("Enter")
    host.settle()
    assert host.widget.beside == "two words"
    page.get_by_role("button", name="× close").press("Enter")
    host.settle()
    assert host.widget.beside == ""
    assert page.locator(".gx-map").count() == 1
    assert page.locator(".gx-tokens").is_visible()
    assert page.evaluate("document.activeElement.textContent") == "+ another"
    assert host.problems == []


def test_each_map_says_its_mean_and_the_head_with_three_decimals_and_the_difference(host):
    for change in (
        {},
        {"layer": 2, "head": 0},
        {"lam": 0.3},
        {"temperature": 2},
        {"beside": "a b"},
    ):
        host.push(**change)
        widget = host.widget
        both = [widget.reading.real.F, widget.beside_reading.real.F]
        at = (widget.layer, widget.head)
        for own, F in zip(owns(host.page), both, strict=True):
            assert numbers(own) == [fixed(F.mean()), fixed(F[at])]
        said = host.page.locator(".gl-difference").inner_text()
        assert said.endswith(f": {fixed(both[1].mean() - both[0].mean())}")


@pytest.mark.parametrize("shown", QUANTITIES)
def test_both_maps_have_one_scale(host, shown):
    host.push(shown=shown)
    readings = host.widget.reading, host.widget.beside_reading
    values = [
        one.delta("local") if shown == "delta" else getattr(one.real, shown) for one in readings
    ]
    assert_coloured_by(host.page, np.concatenate(values), quantity=shown)


def test_the_table_holds_the_weighed_terms_of_the_head_in_both_and_the_difference(host):
    host.push(lam=0.3, gamma=1.5)
    rows = [
        row.locator("td").all_inner_texts() for row in host.page.locator(".gl-both tbody tr").all()
    ]
    weights, expected = (1, 0.3, 0.3 * 1.5), []
    for reading in (host.widget.reading, host.widget.beside_reading):
        terms = [getattr(reading.real, name)[1, 2] for name in TERMS]
        weighed = [weight * term for weight, term in zip(weights, terms, strict=True)]
        expected.append([*weighed, reading.real.F[1, 2], reading.real.F.mean()])
    expected.append(list(np.subtract(expected[1], expected[0])))
    assert rows == [[fixed(value) for value in row] for row in expected]


def test_a_head_pointed_at_or_chosen_in_one_map_is_marked_in_both(host):
    page = host.page
    for own in owns(page):
        cell = own.locator(".gx-cell").nth(7)
        cell.hover()
        assert page.evaluate(MARKED, ".gx-point") == [[7], [7]]
        page.mouse.move(2, 2)
        assert page.evaluate(MARKED, ".gx-point") == [[], []]
    owns(page)[1].locator(".gx-cell").nth(11).click()
    host.settle()
    assert (host.widget.layer, host.widget.head) == (2, 1)
    assert page.evaluate(MARKED, ".gx-mark") == [[11], [11]]
    assert page.locator("[role=gridcell][aria-selected=true]").count() == 2


def test_two_sentences_fit_one_screen_and_on_a_phone_their_maps_do(page):
    widget = PAGES["LiveF"][0]()
    page.set_content('<body style="margin: 0"></body>')
    host = Host(page, widget).show()
    host.push(beside="another sentence of words")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": SCREEN})
        host.settle()
        assert page.locator(".gedig-live").bounding_box()["height"] <= SCREEN
        first, second = (own.bounding_box() for own in owns(page))
        assert first["y"] == second["y"]
        assert first["x"] + first["width"] <= second["x"]
    page.set_viewport_size({"width": 400, "height": SCREEN})
    host.settle()
    first, second = (own.bounding_box() for own in owns(page))
    assert first["y"] + first["height"] <= second["y"]
    assert reach(*spots(host, ".gl-heads")) <= SCREEN
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert host.problems == []


def test_choosing_a_head_or_typing_another_sentence_moves_nothing(host):
    places = (".gl-heads", ".gl-both", ".gl-formula", ".gh-controls", "textarea[name=beside]")
    before = spots(host, *places)
    for change in (
        {"layer": 2, "head": 4},
        {"beside": "a b"},
        {"beside": ""},
        {"beside": "refuse"},
    ):
        host.push(**change)
        assert spots(host, *places) == before


def test_a_refused_second_sentence_is_said_under_its_own_box(host):
    box = host.page.locator("textarea[name=beside]")
    before = numbers(owns(host.page)[1])
    box.fill("refuse me")
    box.press("Enter")
    host.fade()
    first, second = host.page.locator(".gx-status").all()
    assert first.inner_text() == ""
    assert second.inner_text().startswith("The reading stopped: The text is refused;")
    assert numbers(owns(host.page)[1]) == before
    fades = "(node) => getComputedStyle(node).opacity"
    assert [own.evaluate(fades) for own in owns(host.page)] == ["1", "0.6"]
    box.fill("")
    box.press("Enter")
    host.settle()
    assert second.inner_text() == "Type a second sentence."
    assert host.page.locator("textarea").count() == 2


def test_until_the_second_sentence_is_answered_it_alone_waits(page):
    host = Host(page, make(beside=OTHER), kernel=False).show()
    box = page.locator("textarea[name=beside]")
    box.fill("one two")
    box.blur()
    host.fade()
    assert page.locator(".gx-status").all_inner_texts() == ["", "Reading every head of large …"]
    assert page.locator(".gx-old").count() == 0
    assert host.problems == []


def test_the_text_alternative_tells_of_both(host):
    host.page.wait_for_timeout(400)
    widget, said = host.widget, host.page.locator(".gh-sentence").text_content()
    first, second = widget.reading.real.F, widget.beside_reading.real.F
    numbers_of = {
        "mean_F": second.mean(), "difference": second.mean() - first.mean(), "layer": 1, "head": 2,
        "F": second[1, 2],
    }  # fmt: skip
    assert said.endswith(fill(widget.words["summary_beside"], numbers_of))


def test_without_a_kernel_two_sentences_are_shown_and_no_other_is_offered(page, monkeypatch):
    monkeypatch.setenv("GEDIG_STANDALONE", "1")
    host = Host(page, make(beside=OTHER)).show()
    assert page.locator("textarea[name=beside]").is_disabled()
    assert page.locator(".gl-another:visible").count() == 0
    assert [len(numbers(own)) for own in owns(page)] == [2, 2]
    page.locator('input[name="lam"]').press("Home")
    host.settle()
    F = host.widget.beside_reading.real.F
    assert numbers(owns(page)[1])[0] == fixed(F.mean())
    assert host.problems == []


def test_the_engine_of_the_page_reads_a_second_sentence_and_a_link_brings_both(
    page, tmp_path, monkeypatch
):
    monkeypatch.setenv(VARIABLE, "1")
    shown = EnginePage(page, tmp_path)
    page.get_by_role("button", name="+ another").click()
    box = shown.place.locator("textarea[name=beside]")
    box.fill(OTHER)
    box.press("Enter")
    assert_second_read(shown)
    shown.change(temperature=2.0)
    assert_second_read(shown, temperature=2.0)
    page.wait_for_function("() => location.hash.includes('temperature=2')")
    link = page.evaluate("location.href")
    page.goto("about:blank")
    page.goto(link)
    assert_second_read(shown, temperature=2.0)
    assert shown.visit.problems == []


def assert_second_read(shown, **how):
    """The second map's numbers are Python's, and its status has nothing left to say."""
    said, F = shown.page.locator(".gl-own").nth(1), read_by_python(how)
    expect(said.locator(".gh-number").first).to_have_text(fixed(F.mean()))
    expect(shown.page.locator(".gx-status").nth(1)).to_have_text("")
    expect(said).not_to_have_class(re.compile("gl-pale|gl-absent"))


def read_by_python(how):
    return live(model().attend(OTHER, **how), gauge=Gauge.paper()).real.F


def test_lengths_are_said_where_they_differ_for_f_falls_with_length(host):
    lengths = host.page.locator(".gl-lengths")
    assert lengths.inner_text().startswith("10 and 7 tokens: by the paper's formula F falls")
    host.push(convention="released")
    assert lengths.inner_text().startswith("10 and 7 tokens: by the script's formula too F changes")
    host.push(beside=TEXT.replace("cat", "dog"))
    assert not lengths.is_visible()


def test_one_token_says_that_f_is_silent_and_has_no_difference(host):
    host.push(beside="x")
    page = host.page
    said = "One token: F needs at least two to say anything."
    assert page.locator(".gx-status").all_inner_texts() == ["", said]
    assert page.locator(".gl-difference").inner_text().endswith(": –")
    last = page.locator(".gl-both tbody tr").last
    assert last.locator("td").all_inner_texts() == ["–"] * 5
    assert not page.locator(".gl-lengths").is_visible()
    host.push(text="x", beside=OTHER)
    assert page.locator(".gx-status").all_inner_texts() == [said, ""]
    assert page.locator(".gl-difference").inner_text().endswith(": –")


def test_two_sentences_that_begin_alike_are_told_apart_by_how_they_go_on(host):
    host.push(beside=f"{TEXT} well")
    titles = host.page.locator(".gl-said")
    assert titles.all_inner_texts() == ["first 10 tokens … slept", "second 11 tokens … slept well"]
    assert [one.get_attribute("title") for one in titles.locator("bdi").all()] == [
        TEXT,
        f"{TEXT} well",
    ]
    host.push(beside=OTHER)
    assert titles.all_inner_texts() == [f"first 10 tokens {TEXT}", f"second 7 tokens {OTHER}"]
    host.push(beside=TEXT)
    assert titles.all_inner_texts()[1] == f"second 10 tokens {TEXT}"


def test_a_second_sentence_whose_baseline_is_not_here_yet_keeps_its_map_pale(host):
    page = host.page
    cells = page.locator(".gl-own").nth(1).locator(".gx-cell")
    colours = "(cells) => cells.map((cell) => cell.style.fill)"
    before = [owns(page)[0].locator(".gx-cell").evaluate_all(colours), cells.evaluate_all(colours)]
    page.evaluate(PARTLY, "beside_picture")
    host.fade()
    assert page.locator(".gx-status").all_inner_texts() == ["", "Computing the baseline: local …"]
    after = [owns(page)[0].locator(".gx-cell").evaluate_all(colours), cells.evaluate_all(colours)]
    assert after == before
    faded = "(node) => Number(getComputedStyle(node.parentNode).opacity)"
    assert [one.evaluate(faded) < 1 for one in page.locator(".gx-map").all()] == [False, True]
    page.evaluate("window.shown.model.set('beside_picture', window.whole)")
    host.fade()
    assert page.locator(".gx-status").all_inner_texts() == ["", ""]
    assert page.locator(".gl-pale").count() == 0
