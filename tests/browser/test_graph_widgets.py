"""The graph widgets in a real page: edits by pointer and key, the search, the random order."""

import networkx as nx
import pytest

from gedig_edu.theory.graphs import edit_gauge
from gedig_edu.theory.shortcuts import best_shortcut
from gedig_edu.views.widgets.graph_edit import BOUNDS, GRAPHS
from gedig_edu.views.widgets.random_edges import RandomEdges
from gedig_edu.views.widgets.shortcut_graph import ShortcutGraph
from tests.browser.test_hero_widgets import (
    assert_all_are_drawn,
    assert_equal_to_theory,
    show,
    shown_numbers,
)

pytestmark = pytest.mark.browser
SEARCH = "Try every missing edge"


def node(page, at):
    return page.locator(".ge-node").nth(at)


def test_two_clicked_nodes_are_joined_and_joined_again_they_part(page):
    host = show(page, ShortcutGraph())
    for at in (3, 15):
        node(page, at).click()
    host.settle()
    assert (host.widget.edits, host.widget.chosen) == ([[3, 15]], -1)
    assert page.locator(".ge-new").count() == 1
    assert_equal_to_theory(host, "joining 3 and 15")
    for at in (15, 3):
        node(page, at).click()
    host.settle()
    assert host.widget.edits == []
    assert shown_numbers(page)["F"] == 0


def test_an_untouched_graph_offers_an_edge_and_shows_what_it_would_do(page):
    host = show(page, ShortcutGraph())
    offer = page.get_by_role("button", name="Click to try: join 5 and 13")
    assert page.locator(".ge-outline").count() == 4
    assert shown_numbers(page)["F"] == 0
    offer.focus()
    page.evaluate(
        """() => {
          const offer = document.activeElement;
          const press = () => new KeyboardEvent("keydown", { key: "Enter" });
          for (const _ of [1, 2]) offer.dispatchEvent(press());
        }"""
    )
    host.settle()
    assert host.problems == []
    assert host.widget.edits == [[5, 13]]
    assert page.locator(".ge-outline:visible, .ge-offer:visible").count() == 0
    assert page.evaluate("document.activeElement === document.querySelectorAll('.ge-node')[13]")
    assert_equal_to_theory(host, "taking the offer")
    page.get_by_role("button", name="Clear my edges").click()
    host.settle()
    assert host.widget.edits == []
    assert offer.is_visible()


def test_the_offer_is_gone_while_a_node_is_held_and_on_a_graph_that_has_the_edge(page):
    host = show(page, ShortcutGraph(offers={"chain": [5, 13], "ring": [0, 1]}))
    node(page, 2).click()
    host.settle()
    assert not page.locator(".ge-offer").is_visible()
    node(page, 2).click()
    page.get_by_role("button", name="ring", exact=True).click()
    host.settle()
    assert not page.locator(".ge-offer").is_visible()
    assert page.locator(".ge-note").inner_text() == "No edit yet: click two nodes, or an edge."


@pytest.mark.parametrize("graph", GRAPHS)
def test_the_words_of_an_offer_cover_no_node(page, graph):
    show(page, ShortcutGraph(graph), width=400)
    words = page.locator(".ge-offer text").bounding_box()
    for spot in page.locator(".ge-node .ge-dot").all():
        box = spot.bounding_box()
        assert (
            not words
            or box["y"] > words["y"] + words["height"]
            or box["y"] + box["height"] < words["y"]
            or box["x"] > words["x"] + words["width"]
            or box["x"] + box["width"] < words["x"]
        )


@pytest.mark.parametrize("names", [[*"abcdefgh"], ["incomprehensibilities", *"bcdefgh"]])
def test_the_words_of_an_offer_stay_within_the_picture(page, names):
    show(page, ShortcutGraph(nx.path_graph(8), names=names), width=400)
    words, picture = (page.locator(one).bounding_box() for one in (".ge-offer text", ".gh-graph"))
    assert picture["x"] <= words["x"]
    assert words["x"] + words["width"] <= picture["x"] + picture["width"]


def test_a_node_clicked_twice_is_let_go(page):
    host = show(page, ShortcutGraph())
    node(page, 7).click()
    assert node(page, 7).get_attribute("aria-pressed") == "true"
    node(page, 7).click()
    host.settle()
    assert (host.widget.edits, host.widget.chosen) == ([], -1)


def test_a_clicked_edge_goes_and_a_second_click_brings_it_back(page):
    host = show(page, ShortcutGraph("ring"))
    edge = page.locator(".ge-reach").first
    first = host.widget.graphs["ring"][0]
    for edits, gone in (([first], 1), ([], 0)):
        edge.dispatch_event("click")
        host.settle()
        assert host.widget.edits == edits
        assert page.locator(".ge-gone").count() == gone
        assert_equal_to_theory(host, "clicking an edge")


def test_keys_walk_along_the_nodes_and_enter_picks(page):
    host = show(page, ShortcutGraph("grid"))
    node(page, 0).focus()
    for key in ("ArrowRight", "ArrowDown", "Enter", "End", "Enter"):
        page.keyboard.press(key)
    host.settle()
    assert host.widget.edits == [[6, 19]]
    assert page.locator('.ge-node[tabindex="0"]').count() == 1
    assert_equal_to_theory(host, "joining by key")


@pytest.mark.parametrize("graph", GRAPHS)
def test_the_search_of_the_page_finds_what_theory_finds(page, graph):
    host = show(page, ShortcutGraph(graph))
    for options in (
        {"walk": False},
        {"walk": True},
        {"efficiency": True, "bound": "present"},
        {"efficiency": False, "lam": 0.3, "gamma": 3.0, "edits": [[0, 1], [2, 9]]},
    ):
        host.push(**options, found=[])
        widget = ShortcutGraph(graph, **{name: getattr(host.widget, name) for name in options})
        widget.walk = host.widget.walk
        widget.efficiency, widget.bound = host.widget.efficiency, host.widget.bound
        widget.edits = host.widget.edits
        widget.search()
        page.get_by_role("button", name=SEARCH).click()
        host.settle()
        assert (host.widget.found, host.widget.edits) == (widget.found, widget.edits)
        assert_equal_to_theory(host, f"the search with {options}")


def test_the_search_agrees_with_a_loop_over_edit_gauge(page):
    host = show(page, ShortcutGraph(walk=False))
    page.get_by_role("button", name=SEARCH).click()
    host.settle()
    best = best_shortcut(host.widget.before)
    assert host.widget.found == [*best.edge, 171]
    assert shown_numbers(page)["F"] == pytest.approx(
        edit_gauge(host.widget.before, host.widget.after).F, abs=1e-9
    )


def test_nothing_is_left_to_try_on_a_full_graph(page):
    widget = ShortcutGraph("ring")
    widget.edits = [list(edge) for edge in RandomEdges("ring").order]
    host = show(page, widget)
    page.get_by_role("button", name=SEARCH).click()
    host.settle()
    assert host.widget.found == []
    assert host.problems == []


def test_another_graph_starts_without_edits(page):
    host = show(page, ShortcutGraph(edits=[[3, 15]]))
    page.get_by_role("button", name="two parts").click()
    host.settle()
    assert (host.widget.graph, host.widget.edits) == ("two_parts", [])
    assert_equal_to_theory(host, "changing the graph")


def test_a_bridge_gains_nothing_over_fixed_pairs_and_much_in_efficiency(page):
    host = show(page, ShortcutGraph("two_parts", edits=[[4, 15]], walk=False))
    fixed = shown_numbers(page)
    assert fixed["path"] == 0
    assert fixed["F"] == fixed["cost"] > 0
    page.locator('input[name="efficiency"]').check()
    host.settle()
    assert shown_numbers(page)["F"] < -0.2
    assert_equal_to_theory(host, "reading efficiency")


@pytest.mark.parametrize("hero", [ShortcutGraph, RandomEdges])
def test_every_graph_price_and_reading_equals_theory(page, hero):
    host = show(page, hero(), kernel=False)
    widget, settings = hero(), []
    for graph in GRAPHS:
        for bound in BOUNDS:
            for efficiency, walk in ((False, True), (True, False)):
                changes = {"graph": graph, "bound": bound, "efficiency": efficiency, "walk": walk}
                changes |= {"edits": [[2, 9], [0, 1]]} if hero is ShortcutGraph else {"draw": 7}
                for name, value in changes.items():
                    setattr(widget, name, value)
                settings.append({name: getattr(widget, name) for name in hero.state})
    assert_all_are_drawn(host, hero, settings)


def test_a_pair_that_comes_twice_is_one_edge_in_the_page_and_in_theory(page):
    host = show(page, ShortcutGraph(nx.path_graph(4), edits=[[0, 3]]))
    once = shown_numbers(page)
    host.push(graphs={"yours": [[0, 1], [1, 0], [1, 2], [2, 3], [1, 2]]})
    assert (once["added"], once["removed"]) == (1, 0)
    assert shown_numbers(page) == once
    assert_equal_to_theory(host, "a pair that comes twice")


def test_the_point_on_the_curve_can_be_dragged(page):
    host = show(page, RandomEdges())
    grip = page.get_by_role("slider", name="random edges added", exact=True).first
    box = page.locator(".gh-knob .gh-dot").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 200, y, steps=3)
    page.mouse.up()
    host.settle()
    assert 40 < host.widget.count < 110
    assert grip.count() == 1
    assert_equal_to_theory(host, "dragging the point")


def test_another_draw_is_another_order_with_the_same_end(page):
    host = show(page, RandomEdges())
    first = shown_numbers(page)
    page.locator('input[name="draw"]').press("End")
    host.settle()
    last = shown_numbers(page)
    assert last["curve"][5] != first["curve"][5]
    assert last["curve"][-1] == pytest.approx(first["curve"][-1], abs=1e-9)
    assert_equal_to_theory(host, "another draw")


def test_a_graph_of_ones_own_has_no_choice_of_graphs(page):
    own = nx.Graph([("The", "cat"), ("cat", "sat"), ("sat", "on the mat")])
    host = show(page, ShortcutGraph(own), width=400)
    assert page.get_by_role("group", name="graph", exact=True).count() == 0
    node(page, 0).click()
    node(page, 3).click()
    host.settle()
    assert host.widget.edits == [[0, 3]]
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert_equal_to_theory(host, "a graph of tokens")


# How far any name stands out of the picture, in pixels.
OUTSIDE = """
() => {
  const frame = document.querySelector("svg:has(.ge-token)").getBoundingClientRect();
  return Math.max(...[...document.querySelectorAll(".ge-token")].flatMap((name) => {
    const box = name.getBoundingClientRect();
    return [frame.left - box.left, box.right - frame.right,
      frame.top - box.top, box.bottom - frame.bottom];
  }));
}
"""
LONG = ["Constantinop", *"abcde", "thermodynamics", "one", "x" * 60, "end"]


@pytest.mark.parametrize("width", [400, 900])
def test_long_names_of_nodes_stay_within_the_picture(page, width):
    own = nx.relabel_nodes(nx.path_graph(len(LONG)), dict(enumerate(LONG)))
    host = show(page, ShortcutGraph(own), width=width)
    assert page.evaluate(OUTSIDE) <= 0
    assert page.locator(".ge-token").all_text_contents()[:7] == LONG[:7]
    assert page.locator(".ge-token").nth(8).text_content() == 13 * "x" + "…"
    assert 60 * "x" in node(page, 8).get_attribute("aria-label")
    assert host.problems == []


@pytest.mark.parametrize("graph", GRAPHS)
def test_names_given_to_a_graph_of_the_lesson_stay_within_the_picture(page, graph):
    show(page, ShortcutGraph(graph, names=2 * LONG), width=400)
    assert page.evaluate(OUTSIDE) <= 0


# The names that have an edge of the graph run through one of their letters.
CROSSED = """
() => {
  const through = (point, from, to) => point.matrixTransform(from.getScreenCTM())
    .matrixTransform(to.getScreenCTM().inverse());
  const edges = [...document.querySelectorAll(".ge-edge:not(.ge-reach, .ge-dashed)")];
  const within = (name) => {
    const [from, height] = [name.getStartPositionOfChar(0), name.getBBox().height];
    const length = name.getComputedTextLength();
    return Array.from({ length: Math.ceil(length) + 1 }, (_, at) => [0, 0.25, 0.5].map((part) =>
      new DOMPoint(from.x + Math.min(at, length), from.y - part * height))).flat();
  };
  return [...document.querySelectorAll(".ge-token")].filter((name) => within(name).some((point) =>
    edges.some((edge) => edge.isPointInStroke(through(point, name, edge)))))
    .map((name) => name.textContent);
}
"""


@pytest.mark.parametrize("width", [400, 900])
@pytest.mark.parametrize("graph", GRAPHS)
def test_no_edge_of_a_graph_runs_through_a_long_name(page, graph, width):
    show(page, ShortcutGraph(graph, names=2 * LONG), width=width)
    assert page.evaluate(CROSSED) == []
