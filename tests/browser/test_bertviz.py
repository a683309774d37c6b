"""bertviz in a real page: nothing before the click, the first draw, and no network at all."""

import re

import pytest

from gedig_edu.views import AttentionExplorer, bertviz_head_view, bertviz_model_view
from tests.browser.npm import script
from tests.browser.page_host import Host
from tests.helpers import example_maps

pytestmark = pytest.mark.browser

REMOTE = re.compile("^https?:")
PACKED = {
    "require.js": ("requirejs@2.3.6", "require.js"),
    "d3": ("d3@5.7.0", "dist/d3.min.js"),
    "jquery": ("jquery@2.1.4", "dist/jquery.min.js"),
}


@pytest.fixture(scope="module")
def scripts(npm_folder):
    return {name: script(*place, npm_folder) for name, place in PACKED.items()}


@pytest.fixture
def asked(page, scripts):
    """Answer remote scripts from npm's packages, and note each address that was asked for."""
    addresses = []

    def answer(route):
        address = route.request.url
        addresses.append(address)
        name = next(name for name in scripts if f"/{name}/" in address)
        route.fulfill(body=scripts[name], content_type="text/javascript")

    page.route(REMOTE, answer)
    return addresses


@pytest.mark.parametrize("view", [bertviz_head_view, bertviz_model_view])
def test_first_draw_works_and_loads_exactly_what_was_named(page, asked, view):
    maps = example_maps(layers=3, heads=5, length=7)
    shown = view(maps)
    Host(page, shown.frame).show()
    assert asked == []
    offered = page.locator(".gedig-remote li").all_inner_texts()
    assert offered == shown.scripts
    page.get_by_role("button").press("Enter")
    page.frame_locator("iframe").locator("#vis svg").first.wait_for()
    page.wait_for_function("() => window.shown.model.get('state') === 'drawn'")
    assert sorted(set(asked)) == sorted(shown.scripts)
    assert page.get_by_role("status").inner_text() == shown.frame.words["sentence"]
    assert page.locator("iframe").get_attribute("title") == shown.frame.words["sentence"]
    assert page.locator("iframe").bounding_box()["height"] > 100
    assert len(shown.children) == 1


def test_head_view_holds_the_tokens_and_every_layer(page, asked):
    maps = example_maps(layers=3, heads=5, length=7)
    shown = bertviz_head_view(maps, layers=[0, 2])
    Host(page, shown.frame).show()
    page.get_by_role("button").click()
    inside = page.frame_locator("iframe")
    inside.locator("#vis svg").first.wait_for()
    assert inside.locator("#layer option").all_inner_texts() == ["0", "2"]
    assert inside.locator("#vis svg text", has_text=maps.tokens[3].strip()).count() >= 2


@pytest.mark.parametrize("state", ["loading", "drawn"])
def test_a_saved_state_loads_nothing_before_a_click(page, asked, state):
    shown = bertviz_head_view(example_maps(layers=2, heads=3, length=5))
    shown.frame.state = "loading"
    saved = shown.frame.page
    shown.frame.state = state
    shown.frame.page = saved
    host = Host(page, shown.frame).show()
    assert page.locator("iframe").count() == 0
    assert page.get_by_role("status").inner_text() == ""
    assert asked == []
    page.get_by_role("button").click()
    page.frame_locator("iframe").locator("#vis svg").first.wait_for()
    page.wait_for_function("() => window.shown.model.get('state') === 'drawn'")
    host.settle()
    assert shown.frame.page == ""
    assert sorted(set(asked)) == sorted(shown.scripts)


def test_the_press_leaves_the_focus_on_what_happens_next(page):
    shown = bertviz_head_view(example_maps(layers=2, heads=3, length=5))
    host = Host(page, shown.frame, kernel=False).show()
    page.get_by_role("button").press("Enter")
    assert page.get_by_role("button").count() == 0
    assert "run this cell again" in page.evaluate("document.activeElement.textContent")
    host.push(page="<p>drawing</p>")
    assert page.evaluate("document.activeElement.textContent") == shown.frame.words["loading"]


def test_a_page_that_cannot_be_made_says_why(page):
    shown = bertviz_head_view(example_maps(layers=2, heads=3, length=5))
    host = Host(page, shown.frame, kernel=False).show()
    page.get_by_role("button").click()
    host.push(state="failed", reason="bertviz is broken.")
    assert page.get_by_role("status").inner_text() == "bertviz is broken."
    assert page.get_by_role("button").is_visible()


@pytest.mark.parametrize("how", ["refused", "silent"])
def test_without_network_it_says_so_and_our_explorer_stands_in(page, how):
    shown = bertviz_head_view(example_maps(layers=2, heads=3, length=5))
    shown.frame.patience = 1.0
    held: list = []
    page.route(REMOTE, lambda route: route.abort() if how == "refused" else held.append(route))
    Host(page, shown.frame).show()
    page.get_by_role("button").click()
    page.wait_for_function("() => window.shown.model.get('state') === 'failed'")
    assert page.get_by_role("status").inner_text() == shown.frame.words["failed"]
    assert page.locator("iframe").count() == 0
    assert page.get_by_role("button").is_visible()
    assert isinstance(shown.children[1], AttentionExplorer)
    for route in held:
        route.abort()
