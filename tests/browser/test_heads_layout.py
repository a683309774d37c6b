"""The pages about heads on one screen: what is moved and what it changes are seen together."""

from itertools import chain, pairwise

import numpy as np
import pytest

from gedig_edu.lab.live import live
from gedig_edu.views import AttentionExplorer
from gedig_edu.views.widgets.live_f import LiveF
from tests.browser.page_host import Host
from tests.helpers import example_maps

pytestmark = pytest.mark.browser

SCREEN = 679  # px that JupyterLab leaves a notebook on a screen of 1280 x 800
WIDTHS = [840, 1090, 820]  # px for a widget there, with its file browser open and closed; the site
MAPS = example_maps(layers=12, heads=12, length=22)
PAGES = {
    "LiveF": (
        lambda: LiveF(lambda *_, **__: MAPS, live, models=["example"], text="a sentence of words"),
        ".gl-readout",
        {
            "textarea": [".gx-tokens", ".gh-readout"],
            ".gx-tokens": [".gl-looks"],
            "select[name=shown]": [".gx-map", ".gx-scale"],
            "select[name=baseline]": [".gx-map", ".gl-readout"],
            ".gl-tabs": [".gx-stage"],
            "input[name=temperature]": [".gl-heat", ".gl-formula + svg"],
            "input[name=quantile]": [".gx-stage", ".gl-formula + svg"],
            "input[name=lam]": [".gl-formula + svg"],
            "input[name=gamma]": [".gl-formula + svg"],
        },
    ),
    "AttentionExplorer": (
        lambda: AttentionExplorer(MAPS),
        ".gx-read .gh-readout",
        {
            ".gx-map": [".gx-list"],
            "select[name=quantity]": [".gx-map", ".gx-list"],
            ".gx-list": [".gx-map"],
            ".gx-tokens": [".gx-arcs .gx-stage"],
            "input[name=quantile]": [".gx-graph .gx-stage"],
            "input[name=lam]": [".gx-read .gh-readout"],
            "input[name=gamma]": [".gx-read .gh-readout"],
        },
    ),
}  # fmt: skip
SPOT = """(place) => {
  const seen = [...document.querySelectorAll(place)].find((one) => one.checkVisibility());
  const { left, right, top, bottom } = seen.getBoundingClientRect();
  return { left, right, top: top + scrollY, bottom: bottom + scrollY };
}"""


def shown(page, name, width):
    page.set_viewport_size({"width": width, "height": SCREEN})
    page.set_content('<body style="margin: 0"></body>')
    return Host(page, PAGES[name][0]()).show()


def spots(host, *places):
    return [host.page.evaluate(SPOT, place) for place in places]


def reach(*boxes):
    return max(box["bottom"] for box in boxes) - min(box["top"] for box in boxes)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_question_controls_pictures_and_readout_are_on_one_screen(page, name, width):
    _, readout, changes = PAGES[name]
    host = shown(page, name, width)
    places = [".gh-question", readout, *changes, *chain(*changes.values())]
    boxes = spots(host, *places)
    assert reach(*boxes) <= SCREEN
    assert all(0 <= box["left"] < box["right"] <= width for box in boxes)
    assert host.problems == []


@pytest.mark.parametrize("name", PAGES)
def test_without_a_kernel_all_that_can_be_moved_is_on_one_screen(page, name, monkeypatch):
    monkeypatch.setenv("GEDIG_STANDALONE", "1")
    _, readout, changes = PAGES[name]
    host = shown(page, name, WIDTHS[0])
    moved = [control for control in changes if page.locator(control).is_enabled()]
    assert "input[name=lam]" in moved
    assert "input[name=quantile]" not in moved
    places = [".gh-question", readout, *moved, *chain(*map(changes.get, moved))]
    assert reach(*spots(host, *places)) <= SCREEN
    assert host.problems == []


@pytest.mark.parametrize("name", PAGES)
def test_on_a_narrow_page_a_control_is_on_the_screen_with_what_it_changes(page, name):
    _, _, changes = PAGES[name]
    host = shown(page, name, 400)
    for control, changed in changes.items():
        for place in changed:
            assert reach(*spots(host, control, place)) <= SCREEN, (control, place)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert host.problems == []


@pytest.mark.parametrize("width", [*WIDTHS, 400])
def test_long_names_leave_a_matrix_two_thirds_of_its_picture(page, width):
    page.set_viewport_size({"width": width, "height": SCREEN})
    Host(page, AttentionExplorer(example_maps(layers=2, heads=2, length=11))).show()
    assert "incomp…" in page.locator(".gx-matrix svg").first.text_content()
    frame, picture = (
        page.locator(f".gx-matrix {place}").first.bounding_box() for place in (".gx-frame", "svg")
    )
    assert frame["width"] >= 2 / 3 * min(picture["width"], picture["height"])


@pytest.mark.parametrize("width", [*WIDTHS, 400])
@pytest.mark.parametrize("view", ["arcs", "matrix", "graph"])
def test_choosing_a_head_of_the_live_page_moves_nothing(page, width, view):
    host = shown(page, "LiveF", width)
    host.push(view=view)
    places = (".gx-map", ".gl-readout", ".gl-looks", ".gx-stage", ".gl-formula", ".gh-controls")
    before = spots(host, *places)
    for layer, head, query in [(0, 0, 0), (11, 3, 21), (5, 7, 10)]:
        host.push(layer=layer, head=head, query=query)
        assert spots(host, *places) == before
    assert host.problems == []


def test_the_columns_of_the_live_page_stand_beside_each_other_from_820_px_on(page):
    host = shown(page, "LiveF", 820)
    boxes = spots(host, ".gl-sentence", ".gl-map", ".gx-head")
    assert all(one["right"] < other["left"] for one, other in pairwise(boxes))


def test_arcs_use_the_room_they_have(page):
    near = np.tril(np.ones((22, 22))) - np.tril(np.ones((22, 22)), -4)
    weights = (near / near.sum(-1, keepdims=True)).astype(np.float32)
    maps = example_maps(layers=1, heads=1, length=22)
    maps.weights[:] = weights
    page.set_viewport_size({"width": 840, "height": SCREEN})
    host = Host(page, AttentionExplorer(maps)).show()
    arcs, room = spots(host, ".gx-arcs .gx-link", ".gx-arcs svg")
    assert arcs["right"] >= room["right"] - 10
