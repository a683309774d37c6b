"""How the lessons' widgets lie on a page of any width, what they say, and what they draw beside."""

import pytest

from gedig_edu.views.widgets.energy_plane import EDGE, EnergyPlane
from gedig_edu.views.widgets.entropy_over_d import EntropyOverD
from gedig_edu.views.widgets.kept_edges import KeptEdges
from gedig_edu.views.widgets.key_growth import KeyGrowth
from gedig_edu.views.widgets.lens_settling import LensSettling
from gedig_edu.views.widgets.one_score_many_temperatures import OneScoreManyTemperatures
from gedig_edu.views.widgets.qk_plane import LIMIT, QKPlane
from gedig_edu.views.widgets.random_edges import RandomEdges
from gedig_edu.views.widgets.score_matrix import ScoreMatrix
from gedig_edu.views.widgets.what_is_left import WhatIsLeft
from gedig_edu.words.numbers import three
from tests.browser.test_hero_widgets import show, shown_numbers
from tests.heroes import HEROES

pytestmark = pytest.mark.browser


# Names of controls that their values cover.
COVERED = """
() => [...document.querySelectorAll(".gh-control:not(.gh-toggle)")].filter((control) => {
    const words = document.createRange();
    words.selectNodeContents(control.querySelector("span"));
    const [name, value] = [words, control.querySelector("output")]
      .map((part) => part.getBoundingClientRect());
    return name.right > value.left && name.bottom > value.top + 2 && value.bottom > name.top + 2;
  }).map((control) => control.textContent)
"""

# Words in a picture that stand on others, and those outside the widget.
UNREADABLE = """
() => {
  const { left, right } = document.querySelector(".gedig-hero").getBoundingClientRect();
  const texts = [...document.querySelectorAll("svg text")].filter((text) => text.textContent.trim())
    .map((text) => ({ words: text.textContent, box: text.getBoundingClientRect() }));
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 4
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 6;
  return [
    ...texts.filter(({ box }) => box.left < left || box.right > right).map(({ words }) => words),
    ...texts.flatMap((one, place) => texts.slice(place + 1)
      .filter((other) => over(one.box, other.box)).map((other) => [one.words, other.words])),
  ];
}
"""
# Words that the handle with the focus covers, its own letter aside.
UNDER_HANDLE = """
() => {
  const dot = document.activeElement.querySelector(".gh-dot").getBoundingClientRect();
  const own = [...document.activeElement.querySelectorAll("text")];
  return [...document.querySelectorAll("svg text")]
    .filter((text) => text.textContent.trim() && !own.includes(text)).filter((text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      const across = Math.min(right, dot.right) - Math.max(left, dot.left);
      return across > 3 && Math.min(bottom - 3, dot.bottom) - Math.max(top + 3, dot.top) > 3;
    }).map((text) => text.textContent);
}
"""
CORNER = [[2.2, 0.2], [2.3, 0.3], [3.0, -1.0], [-1.0, 2.0], [-2.4, -3.2]]
CROWDED = [
    (EnergyPlane, {"query": [EDGE, EDGE], "step": 40}),
    (LensSettling, {"epsilon": 300.0}),
    (LensSettling, {"token": 1}),
    (KeptEdges, {}),
    (QKPlane, {"k": CORNER}),
    (QKPlane, {"k": [[LIMIT, LIMIT]] * 5, "q": [LIMIT, LIMIT]}),
    (EntropyOverD, {"alignment": 1.0}),
    (RandomEdges, {"graph": "grid", "gamma": 0.0}),
    (WhatIsLeft, {}),
    (OneScoreManyTemperatures, {"temperature": 20.0}),
]


@pytest.mark.parametrize(("hero", "crowd"), CROWDED)
@pytest.mark.parametrize("width", [400, 900])
def test_no_words_stand_on_others_or_outside(page, hero, crowd, width):
    host = show(page, hero(), width=width)
    host.push(**crowd)
    assert page.evaluate(UNREADABLE) == []


@pytest.mark.parametrize("hero", HEROES)
def test_a_place_too_narrow_for_a_picture_makes_no_shape_of_negative_size(page, hero):
    host = show(page, hero(), width=60)
    host.settle()
    assert host.problems == []


@pytest.mark.parametrize("hero", HEROES)
@pytest.mark.parametrize("width", [400, 840])
def test_no_handle_at_an_end_of_its_range_covers_words(page, hero, width):
    host = show(page, hero(), width=width)
    for knob in page.locator(".gh-knob").all():
        for keys in (["Home"], ["End"], ["Shift+PageUp", "Shift+PageDown"]):
            for key in keys:
                knob.press(key)
            host.settle()
            assert page.evaluate(UNDER_HANDLE) == []
        knob.locator(".gh-dot").dblclick(force=True)
        host.settle()


@pytest.mark.parametrize("hero", HEROES)
def test_the_page_around_hears_no_key(page, hero):
    show(page, hero())
    page.evaluate("document.body.addEventListener('keydown', () => { window.heard = true; })")
    page.locator(".gh-knob, input[type=range]").first.press("ArrowRight")
    page.locator("input[type=range]").first.press("ArrowRight")
    assert page.evaluate("window.heard") is None


@pytest.mark.parametrize("hero", HEROES)
@pytest.mark.parametrize("width", [400, 640, 1280])
def test_readout_stands_at_the_right_and_below_where_it_is_narrow(page, hero, width):
    host = show(page, hero(), width=width, theme="dark")
    picture, readout, controls = (
        page.locator(f".gh-{part}").bounding_box() for part in ("picture", "readout", "controls")
    )
    if width == 1280:
        assert readout["x"] >= picture["x"] + picture["width"]
        assert controls["y"] >= readout["y"] + readout["height"]
        assert picture["width"] >= 2 / 3 * width
    else:
        assert readout["y"] >= controls["y"] + controls["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert host.problems == []


@pytest.mark.parametrize("hero", HEROES)
def test_no_value_covers_the_name_of_its_control(page, hero):
    host = show(page, hero())
    for width in (1280, 1000, 720, 400):
        page.set_viewport_size({"width": width, "height": 900})
        host.settle()
        assert page.evaluate(COVERED) == []


@pytest.mark.parametrize("hero", HEROES)
def test_words_appear_on_request_and_are_always_there_for_screen_readers(page, hero):
    host = show(page, hero())
    sentence = page.locator(".gh-sentence")
    assert sentence.text_content() == host.widget.sentence
    assert sentence.get_attribute("aria-live") == "polite"
    assert sentence.bounding_box()["height"] <= 1
    button = page.get_by_role("button", name="In words")
    assert button.get_attribute("aria-expanded") == "false"
    button.click()
    assert sentence.bounding_box()["height"] > 10
    hide = page.get_by_role("button", name="Hide words")
    assert hide.get_attribute("aria-expanded") == "true"
    hide.click()
    assert sentence.bounding_box()["height"] <= 1
    assert button.is_visible()


@pytest.mark.parametrize("hero", HEROES)
def test_words_asked_for_are_brought_into_view(page, hero):
    show(page, hero(), width=400)
    page.set_viewport_size({"width": 400, "height": 400})
    button = page.get_by_role("button", name="In words")
    button.focus()
    button.press("Enter")
    box = page.locator(".gh-sentence").bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 401  # a page scrolls by whole pixels


@pytest.mark.parametrize("width", [400, 840])
def test_a_key_with_all_the_weight_says_so_before_the_next_column(page, width):
    host = show(page, KeyGrowth(), width=width)
    host.push(growth=10.0)
    said = page.get_by_text("100\u00a0%", exact=True).first.bounding_box()
    columns = [one.bounding_box()["x"] for one in page.locator("svg line.gh-axis").all()]
    assert said["x"] + said["width"] + 2 <= sorted(columns)[1]


def test_a_grown_key_stands_beside_what_all_keys_had_before(page):
    host = show(page, KeyGrowth())
    before = shown_numbers(page)["dot_weights"]
    title = page.locator(".gh-rows .gh-note")
    assert page.locator(".gh-before").count() == 0
    assert "before" not in title.inner_html()
    host.push(growth=3.0)
    outlines = page.locator(".gh-before").evaluate_all(
        "all => all.map((one) => one.width.baseVal.value)"
    )
    assert [width / sum(outlines) for width in outlines] == pytest.approx(before)
    assert "before" in title.inner_html()


def test_scores_of_one_distance_fall_together_until_the_tokens_differ(page):
    host = show(page, ScoreMatrix(rotation=1.0))
    heights = """() => new Set([...document.querySelectorAll('.gh-cell-dot')].map((dot) =>
        `${dot.getAttribute('cx')} ${Number(dot.getAttribute('cy')).toFixed(6)}`)).size"""
    widest = page.locator(".gh-distances .gh-head")
    assert page.locator(".gh-cell-dot").count() == 16 * 16
    assert page.evaluate(heights) == 31
    assert widest.count() == 0
    host.push(difference=0.6)
    assert page.evaluate(heights) == 16 * 16
    assert widest.inner_html() == f"Δ diagonal {three(shown_numbers(page)['spread'])}"
