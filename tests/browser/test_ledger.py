"""The ledger in a real page: what its filters leave, by mouse and by keyboard."""

import pytest

from gedig_edu.course import claims
from gedig_edu.course.catalogue import NUMBERS, is_written
from gedig_edu.course.claims import all_claims
from gedig_edu.course.site.build import site_files, write_site
from tests.browser.axe import violations
from tests.browser.page_host import Host
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser

IN_VIEW = 679  # px of a notebook at 1280 x 800
SHOWN = """() => [...document.querySelectorAll(".gedig-ledger li")]
  .filter((item) => item.checkVisibility())
  .map((item) => item.querySelector(".gb-id").textContent)"""


@pytest.fixture
def host(page, tmp_path, monkeypatch):
    monkeypatch.setenv("GEDIG_HOME", str(tmp_path))
    page.set_viewport_size({"width": 840, "height": IN_VIEW})
    return Host(page, claims.ledger("gpt2-mini")).show()


def wanted(host, **facets):
    """Return the ids of the claims that are what is asked for, as Python says."""
    found = claims.recall([claim.id for claim in all_claims()], "gpt2-mini")
    of = {
        "lesson": lambda one: one.claim.id[:2],
        "kind": lambda one: one.claim.kind,
        "verdict": lambda one: one.verdict.value,
        "source": lambda one: one.claim.source,
    }
    return [
        one.claim.id
        for one in found
        if all(of[name](one) == value for name, value in facets.items())
    ]


def said(host):
    return host.page.get_by_role("status").inner_text()


def test_every_choice_of_every_filter_leaves_what_it_names_and_says_how_many(host):
    for filtered in host.widget.filters:
        select = host.page.get_by_label(filtered["label"], exact=True)
        for choice in filtered["choices"]:
            select.select_option(choice["id"])
            left = wanted(host, **{filtered["name"]: choice["id"]})
            assert host.page.evaluate(SHOWN) == left
            assert said(host) == f"{len(left)} of {len(all_claims())} claims"
            assert 0 < len(left) < len(all_claims())
        select.select_option("")
    assert len(host.page.evaluate(SHOWN)) == len(all_claims())
    assert host.problems == []


def test_filters_add_up_and_show_all_takes_them_back(host):
    host.page.get_by_label("Source", exact=True).select_option("gauge")
    host.page.get_by_label("Verdict", exact=True).select_option("does not hold")
    host.settle()
    assert host.page.evaluate(SHOWN) == wanted(host, source="gauge", verdict="does not hold")
    assert host.widget.chosen == {"lesson": "", "source": "gauge", "verdict": "does not hold"}
    host.page.get_by_role("button", name="Show all").click()
    host.settle()
    assert len(host.page.evaluate(SHOWN)) == len(all_claims())
    assert host.widget.chosen == {}


def test_where_nothing_is_left_it_says_so(host):
    host.page.get_by_label("Kind", exact=True).select_option("metaphor")
    host.page.get_by_label("Verdict", exact=True).select_option("holds")
    assert host.page.evaluate(SHOWN) == []
    assert (
        said(host)
        == f"None of the {len(all_claims())} claims is all of that; choose less, or show all."
    )


def test_the_keyboard_alone_filters_reads_and_unfolds(host):
    page = host.page
    page.keyboard.press("Tab")
    page.evaluate("() => document.addEventListener('keydown', () => { window.taken = true; })")
    page.keyboard.press("Tab")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    host.settle()
    kind = host.page.get_by_label("Kind", exact=True).input_value()
    assert kind
    assert page.evaluate(SHOWN) == wanted(host, kind=kind)
    for _ in range(4):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "led-list"
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.tagName") != "SUMMARY":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    first = page.evaluate(SHOWN)[0]
    assert page.get_by_text(claims.find(first).rule.text).first.is_visible()
    assert page.evaluate("() => window.taken") is None


@pytest.mark.parametrize("width", [840, 400])
def test_filters_and_list_are_in_view_together_and_the_list_scrolls_inside(page, host, width):
    page.set_viewport_size({"width": width, "height": IN_VIEW})
    host.settle()
    boxes = [page.locator(one).bounding_box() for one in (".led-filters", ".led-list")]
    top = min(box["y"] for box in boxes)
    bottom = max(box["y"] + box["height"] for box in boxes)
    assert bottom - top <= IN_VIEW
    inside = page.locator(".led-list")
    assert inside.evaluate("one => one.scrollHeight > one.clientHeight")
    assert inside.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_what_is_chosen_follows_python_and_is_there_when_it_is_shown_again(page, host):
    host.push(chosen={"lesson": "05"})
    assert page.evaluate(SHOWN) == wanted(host, lesson="05")
    assert page.get_by_label("Lesson", exact=True).input_value() == "05"
    page.evaluate("() => window.shown.close()")


@pytest.fixture
def visit(page, tmp_path):
    write_site(tmp_path / "site", site_files([]))
    visit = Visit(page, tmp_path / "site")
    yield visit
    assert visit.problems == []


class TestPageOfTheSite:
    def test_filters_from_a_file_and_keeps_the_filters_in_view(self, visit):
        page = visit.open("ledger")
        assert len(page.evaluate(SHOWN)) == len(all_claims())
        page.locator(".gedig-ledger li").nth(40).scroll_into_view_if_needed()
        assert page.get_by_label("Lesson", exact=True).bounding_box()["y"] >= 0
        page.get_by_label("Lesson", exact=True).select_option("07")
        assert {name[:2] for name in page.evaluate(SHOWN)} == {"07"}
        inside = page.locator(".led-list")
        assert inside.evaluate("one => one.scrollHeight <= one.clientHeight + 1")

    def test_a_link_shows_what_its_filters_leave_and_the_address_follows_them(self, visit):
        page = visit.open("ledger", anchor="lesson=03&verdict=holds")
        shown = page.evaluate(SHOWN)
        assert shown
        assert {name[:2] for name in shown} == {"03"}
        assert page.get_by_label("Verdict", exact=True).input_value() == "holds"
        page.get_by_label("Lesson", exact=True).select_option("05")
        assert page.evaluate("location.hash") == "#lesson=05&verdict=holds"
        page.evaluate("location.hash = '#content'")
        page.evaluate("location.hash = '#lesson=00'")
        page.wait_for_function("() => document.querySelector('[name=verdict]').value === ''")
        assert {name[:2] for name in page.evaluate(SHOWN)} == {"00"}
        page.get_by_role("button", name="Show all").press("Enter")
        assert page.evaluate("location.hash") == ""
        assert len(page.evaluate(SHOWN)) == len(all_claims())

    def test_a_lesson_that_is_not_written_yet_says_so_in_the_filter(self, visit):
        page = visit.open("ledger")
        choices = page.get_by_label("Lesson", exact=True).locator("option").all_inner_texts()
        written = [f"Lesson {one}" for one in NUMBERS if is_written(one)]
        coming = [f"Lesson {one}, not written yet" for one in NUMBERS if not is_written(one)]
        assert choices == ["all", *written, *coming]

    @pytest.mark.parametrize(("width", "theme"), [(400, "dark"), (1280, "light")])
    def test_fits_and_axe_finds_nothing_serious(self, visit, npm_folder, width, theme):
        page = visit.open("ledger", width=width, theme=theme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page, npm_folder) == []

    def test_follows_the_page_to_the_dark_and_is_light_and_whole_on_paper(self, visit):
        page = visit.open("ledger")
        shade = "() => getComputedStyle(document.querySelector('.gn-holds')).fill"
        light = page.evaluate(shade)
        page.get_by_role("button", name="Dark page").click()
        assert page.evaluate(shade) != light
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate(shade) == light
        assert page.locator(".led-filters").is_hidden()
        assert page.get_by_text(claims.find("07.h1").rule.text).first.is_visible()
