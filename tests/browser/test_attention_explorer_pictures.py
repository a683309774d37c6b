"""The explorer's pictures in a real page: one token in all of them, every width, every state."""

import networkx as nx
import numpy as np
import pytest

from gedig_edu.views.widgets.attention_explorer import AttentionExplorer
from gedig_edu.words.numbers import three
from tests.browser.test_attention_explorer import HEADS, LENGTH, MAPS, VALUES, key, show
from tests.helpers import example_maps

pytestmark = pytest.mark.browser


@pytest.fixture
def host(page):
    """Give the explorer at head 0.0; a test that leaves an error behind fails."""
    shown = show(page, layer=0, head=0)
    yield shown
    assert shown.problems == []


# ---- pictures -----------------------------------------------------------------------------


def focused(host):
    return host.page.locator("text.gx-focus").all_text_contents()


def token_spots(host, token):
    """Return where a token lies: in the text, on the arcs' line, in the matrix, on the ring."""
    text = host.page.locator(".gx-tokens > span").nth(token).bounding_box()
    arcs, ring = (host.page.locator(f".gx-{name} svg").first.bounding_box()
                  for name in ("arcs", "graph"))  # fmt: skip
    matrix = host.page.locator(".gx-matrix canvas").first.bounding_box()
    turn = 2 * np.pi * (token + 0.5) / LENGTH - np.pi / 2
    return {
        "text": (text["x"] + 4, text["y"] + 6),
        "arcs": (arcs["x"] + 90, arcs["y"] + 6 + (token + 0.5) / LENGTH * (arcs["height"] - 12)),
        "matrix": (matrix["x"] + 20, matrix["y"] + (token + 0.5) / LENGTH * matrix["height"]),
        "graph": (ring["x"] + ring["width"] / 2 * (1 + 0.6 * np.cos(turn)),
                  ring["y"] + ring["height"] / 2 * (1 + 0.8 * np.sin(turn))),
    }  # fmt: skip


def test_pointing_at_a_token_anywhere_shows_it_everywhere_and_leaving_forgets_it(host):
    host.push(query=0)
    spots = token_spots(host, 9)
    for spot in spots.values():
        host.page.mouse.move(*spot)
        assert host.page.locator(".gx-tokens > .gx-focus").inner_text() == "␣cat"
        assert focused(host) == ["␣cat"] * 3
        host.page.mouse.move(2, 2)
        assert host.page.locator(".gx-tokens > .gx-focus").inner_text() == "The"
    for spot in spots.values():
        host.push(query=0)
        host.page.mouse.click(*spot)
        host.settle()
        assert host.widget.query == 9


def test_the_matrix_is_drawn_from_page_colour_to_deep_blue(host):
    pixel = """([row, column]) => [...document.querySelector(".gx-matrix canvas").getContext("2d")
      .getImageData(column, row, 1, 1).data].slice(0, 3)"""
    assert host.page.evaluate(pixel, [0, 0]) == [8, 48, 107]
    assert host.page.evaluate(pixel, [0, 5]) == [255, 255, 255]
    column = int(MAPS.weights[0, 0, 16].argmax())
    between = host.page.evaluate(pixel, [16, column])
    assert all(deep < value < 255 for deep, value in zip([8, 48, 107], between, strict=True))


def test_a_dark_page_gets_dark_colours_when_the_theme_changes(host):
    pixel = """() => [...document.querySelector(".gx-matrix canvas").getContext("2d")
      .getImageData(5, 0, 1, 1).data].slice(0, 3)"""
    host.page.evaluate("document.body.dataset.theme = 'dark'")
    host.settle()
    assert host.page.evaluate(pixel) == [17, 17, 17]


def test_arcs_are_limited_to_the_strongest_with_their_count(page):
    maps = example_maps(layers=1, heads=1, length=67)
    host = show(page, maps=maps)
    graph = host.widget.gauge.graph(maps.weights[0, 0], causal=True)
    arcs = sum(a != b for a, b in graph.edges)
    assert (
        f"the strongest 128 of {arcs} edges" in page.locator(".gx-arcs .gx-note").first.inner_text()
    )
    drawn = page.locator(".gx-arcs path.gx-link").first.get_attribute("d").count("M")
    assert drawn == 128 < arcs
    assert host.problems == []


@pytest.mark.parametrize(("length", "all_drawn"), [(61, True), (131, False)])
def test_of_many_shortest_paths_only_the_longest_is_drawn_and_the_note_says_so(
    page, length, all_drawn
):
    maps = example_maps(layers=1, heads=1, length=length)
    host = show(page, maps=maps)
    graph = host.widget.gauge.graph(maps.weights[0, 0], causal=True).to_undirected()
    steps = nx.single_source_shortest_path_length(graph, host.widget.query)
    reached, most = len(steps) - 1, max(steps.values())
    thin, bold = (
        page.locator(f".gx-graph path.gx-path{style}").get_attribute("d").count("M")
        for style in (":not(.gx-longest)", ".gx-longest")
    )
    assert (thin, bold) == (reached if all_drawn else 0, most)
    note = page.locator(".gx-graph .gx-note").first.inner_text()
    mean = three(sum(steps.values()) / reached)
    if all_drawn:
        assert f"(tokens reached: {reached}; steps: {mean} on average, {most} to" in note
    else:
        assert f"the longest of {reached} shortest paths from" in note
        assert f"too many to draw (steps: {most}; on average {mean})" in note
    assert host.problems == []


def test_a_long_word_a_space_and_an_emoji_survive(page):
    maps = example_maps(layers=1, heads=1, length=8)
    object.__setattr__(
        maps, "tokens", ("a" * 60, " ", "👩‍🔬👩‍🔬", "\n", "é", "日本語の文章です", "", "<s>")
    )
    host = show(page, maps=maps)
    text = page.locator(".gx-tokens").inner_text()
    for part in ("a" * 23 + "…", "␣", "👩‍🔬👩‍🔬", "⏎", "日本語の文章です", "∅", "<s>"):
        assert part in text
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert host.problems == []


def test_what_leaves_no_trace_is_named_in_lighter_ink_and_a_byte_says_of_what(page):
    tokens = ("\xa0", "\u200b", "\x00", "\u3000", "🇯🇵🇩🇪", "\\xe7\\x8c", "\\xab", "a")
    maps = example_maps(layers=1, heads=1, length=8)
    object.__setattr__(maps, "tokens", tokens)
    host = show(page, maps=maps)
    chips = page.locator(".gx-tokens > span")
    shown = ["U+00A0", "U+200B", "U+0000", "U+3000", "🇯🇵🇩🇪", "bytes E7 8C", "byte AB", "a"]
    assert chips.all_inner_texts() == shown
    assert page.locator(".gx-tokens .gx-space").all_inner_texts() == shown[:4]
    titles = [chips.nth(place).get_attribute("title") for place in (4, 5, 6)]
    assert [title.translate({0x2068: "", 0x2069: ""}) for title in titles] == [
        "", "2 of the 3 bytes of 猫", "1 of the 3 bytes of 猫",
    ]  # fmt: skip
    assert host.problems == []


def test_words_of_wide_letters_get_the_room_they_take(page):
    maps = example_maps(layers=1, heads=1, length=3)
    object.__setattr__(maps, "tokens", ("量子力学", "は", "物理学"))
    host = show(page, maps=maps)
    for picture in ("arcs", "matrix", "graph"):
        names = page.locator(f".gx-{picture} text.gx-token").all_text_contents()
        assert set(names) == {"量子力学", "は", "物理学"}
    assert host.problems == []


def test_a_look_at_oneself_leaves_the_name_readable(page):
    host = show(page, maps=example_maps(layers=1, heads=1, length=5))
    host.push(query=0)
    ring, name = (page.locator(f".gx-arcs {part}").bounding_box()
                  for part in ("circle.gx-look", "text.gx-focus"))  # fmt: skip
    assert ring["x"] >= name["x"] + name["width"]
    assert host.problems == []


@pytest.mark.parametrize("width", [320, 400, 640, 900, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_cut_off_at_any_width(page, width, theme):
    host = show(page, width=width, theme=theme, layer=0, head=0)
    host.push(pinned=[1, 1], quantity="delta")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    heads, order, views, controls, read = (
        page.locator(part).bounding_box()
        for part in (".gx-all", ".gx-order", ".gx-views", ".gh-controls", ".gx-read")
    )
    if width <= 640:
        assert heads["y"] < order["y"] < views["y"] < controls["y"] < read["y"]
    else:  # what is set and what is read beside each other, and the pictures below
        assert heads["x"] < order["x"] < controls["x"] < read["x"]
        assert heads["y"] == read["y"] < views["y"]
    assert host.problems == []


def test_choosing_another_head_moves_nothing(host):
    figure = host.page.locator(".gx-matrix").first
    before = figure.bounding_box()
    host.page.locator(".gx-cell").nth(2 * HEADS + 3).click()
    host.settle()
    assert (host.widget.layer, host.widget.head) == (2, 3)
    assert figure.bounding_box() == before


# ---- kernel and states --------------------------------------------------------------------


def test_a_heads_pictures_are_the_same_whichever_head_was_shown_before(page):
    """Names are kept from head to head; the order in which they came does not show."""
    drawn = """() => [...document.querySelectorAll(".gx-head")[0].querySelectorAll("svg")].map(
      (svg) => [...svg.querySelectorAll("path, rect, circle, text")].map((node) =>
        node.outerHTML.replace(' style=""', "").replaceAll(/ +(?=[ "])/g, "")).sort())"""
    host = show(page, layer=0, head=0)
    for layer, head in [(1, 2), (0, 3), (1, 1)]:
        host.push(layer=layer, head=head, query=5)
    walked = page.evaluate(drawn)
    fresh = show(page.context.new_page(), layer=1, head=1)
    fresh.push(query=5)
    assert fresh.page.evaluate(drawn) == walked
    assert any("gx-hub" in node for node in walked[2])
    assert host.problems == fresh.problems == []


def test_a_layer_is_asked_for_once(host):
    asked = []
    host.widget.observe(lambda change: asked.append(change.new), names=["ask"])
    key(host, ".gx-grid", "ArrowUp", "ArrowDown", "ArrowUp", "ArrowRight")
    assert [one["pictures"] for one in asked] == [[1]]
    assert host.page.locator(".gedig-explorer").get_attribute("aria-busy") == "false"


def test_without_a_kernel_the_page_weighs_terms_and_says_what_it_waits_for(page):
    page.clock.install()
    host = show(page, kernel=False, layer=0, head=0)
    status = page.locator(".gx-status")
    page.locator('input[name="lam"]').press("Home")
    host.settle()
    expected = host.widget.explored.real.density.ravel()
    np.testing.assert_allclose(page.evaluate(VALUES, [0])["values"], expected, atol=1e-9)
    key(host, ".gx-grid", "ArrowUp")
    assert status.inner_text() == "Asking for layer 1 …"
    page.clock.fast_forward(11_000)
    assert status.inner_text().startswith("Asking for layer 1 … No answer yet.")
    assert page.locator(".gedig-explorer").get_attribute("aria-busy") == "true"
    assert page.locator(".gx-stale").count() == 1
    key(host, ".gx-grid", "ArrowUp", "ArrowDown", "ArrowDown")
    page.clock.fast_forward(11_000)
    assert status.inner_text() == ""
    assert host.problems == []


def test_a_failure_is_one_sentence_and_the_last_picture_stays(host):
    host.push(message="The disk is full; make room.")
    said = host.page.locator(".gx-status").inner_text()
    assert (
        said == "The kernel stopped: The disk is full; make room. The picture is the last good one."
    )
    assert host.page.locator(".gx-matrix canvas").first.is_visible()


def test_the_sentence_of_right_to_left_tokens_is_pythons(page):
    maps = example_maps(layers=1, heads=1, length=3)
    object.__setattr__(maps, "tokens", ("שלום", " עולם", " 42"))
    host = show(page, maps=maps)
    assert page.locator(".gh-sentence").text_content() == host.widget.sentence
    assert "\u2068" in host.widget.sentence
    assert host.problems == []


def test_words_appear_on_request_and_are_always_there_for_screen_readers(host):
    sentence = host.page.locator(".gh-sentence")
    assert sentence.text_content() == host.widget.sentence
    assert sentence.bounding_box()["height"] <= 1
    host.page.get_by_role("button", name="In words").click()
    assert sentence.bounding_box()["height"] > 10


def test_closing_forgets_every_listener(host):
    host.page.evaluate("window.shown.close()")
    host.push(lam=0.5)
    assert host.page.locator('.gx-read [data-number="F"]').inner_text() != ""
    assert host.page.evaluate("[...document.querySelectorAll('output')][1].value") == "1.00"


@pytest.mark.parametrize("length", [1, 2, 3])
def test_the_smallest_texts_are_drawn(page, length):
    host = show(page, maps=example_maps(layers=1, heads=1, length=length))
    for name, value in AttentionExplorer.extremes():
        host.push(**{name: value})
    assert "NaN" not in page.locator(".gedig-explorer").inner_html()
    assert host.problems == []


def test_until_the_kernel_answers_a_new_threshold_the_old_picture_is_dimmed(page):
    host = show(page, layer=0, head=0, kernel=False)
    slider, status = page.locator('input[name="quantile"]'), page.locator(".gx-status")
    explorer = page.locator(".gedig-explorer")
    opacities = """() => [".gx-map", ".gx-list", ".gx-tokens", ".gx-head", ".gx-read"]
      .map((place) => Number(getComputedStyle(document.querySelector(place)).opacity))"""
    for pressed, said in (("ArrowLeft", "Reading every head at the new threshold …"),
                          ("ArrowRight", "")):  # fmt: skip
        slider.press(pressed)
        host.fade()
        assert status.inner_text() == said
        assert explorer.get_attribute("aria-busy") == str(bool(said)).lower()
        assert all((value < 1) == bool(said) for value in page.evaluate(opacities))
    host.push(quantile=0.7)
    assert status.inner_text() == ""
    assert host.problems == []
