"""The explorer's promises in time: first picture, a new layer, and key press to new picture."""

import time

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

from gedig_edu.theory.gauge import warm_up
from gedig_edu.views.widgets.attention_explorer import AttentionExplorer
from tests.browser.page_host import CHROMIUM, FLAGS, Host, require_chromium
from tests.helpers import example_maps

pytestmark = [pytest.mark.benchmark, pytest.mark.browser]

DRAWN = """() => {
  const root = document.querySelector(".gedig-explorer");
  return root?.getAttribute("aria-busy") === "false" && !root.querySelector(".gx-stale")
    && root.querySelector("canvas").width > 1;
}"""
# Press a key on an element; milliseconds until what it asks for is on the screen.
PRESS = """
async ([place, key, kernel]) => {
  const { model } = window.shown;
  const root = document.querySelector(".gedig-explorer");
  const stamp = () => model.get("overview").reading;
  const before = stamp();
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  const arrived = { no: () => true, layer: () => root.getAttribute("aria-busy") === "false",
    reading: () => stamp() > before }[kernel];
  const start = performance.now();
  root.querySelector(place).dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  do await frame(); while (!arrived());
  return performance.now() - start;
}
"""


@pytest.fixture
def page():
    require_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_page(viewport={"width": 1280, "height": 900})
        browser.close()


def show(page, length):
    """Show 12 × 12 heads; return the host and the seconds from maps to first picture."""
    warm_up()
    maps = example_maps(layers=12, heads=12, length=length)
    start = time.perf_counter()
    host = Host(page, AttentionExplorer(maps, layer=0, head=0)).show()
    page.wait_for_function(DRAWN)
    return host, time.perf_counter() - start


def presses(page, place, keys, kernel="no"):
    return [page.evaluate(PRESS, [place, key, kernel]) for key in keys]


def told(name, milliseconds):
    least, median, late = np.percentile(milliseconds, [0, 50, 95])
    print(f"{name}: median {median:.0f} ms, 95th percentile {late:.0f} ms, least {least:.0f} ms")
    return late


def test_256_tokens_first_picture_in_2_s_and_a_new_layer_in_300_ms(page):
    host, seconds = show(page, 256)
    print(f"first picture of 12 × 12 heads, 256 tokens: {1000 * seconds:.0f} ms")
    layers = presses(page, ".gx-grid", ["ArrowUp"] * 11, "layer")
    told("a new layer at 256 tokens", layers)
    assert seconds < 2
    assert max(layers) < 300
    assert host.problems == []


@pytest.mark.parametrize(
    ("place", "keys"),
    [
        ('input[name="lam"]', ["ArrowRight", "ArrowLeft"]),
        ('input[name="gamma"]', ["ArrowRight", "ArrowLeft"]),
        (".gx-tokens", ["ArrowRight", "ArrowRight"]),
        (".gx-grid", ["ArrowRight", "ArrowLeft"]),
    ],
)
@pytest.mark.parametrize("length", [64, 256])
def test_what_the_page_computes_is_there_in_50_ms(page, place, keys, length):
    show(page, length)
    presses(page, place, keys)
    assert told(f"{place}, {length} tokens", presses(page, place, keys * 15)) < 50


@pytest.mark.parametrize("length", [64, 256])
def test_a_new_quantile_is_there_in_200_ms(page, length):
    show(page, length)
    keys = ["ArrowLeft", "ArrowRight"] * 10
    milliseconds = presses(page, 'input[name="quantile"]', keys, "reading")
    assert told(f"quantile, {length} tokens", milliseconds) < 200


def test_a_new_layer_of_64_tokens_is_there_in_200_ms(page):
    show(page, 64)
    layers = presses(page, ".gx-grid", ["ArrowUp"] * 11, "layer")
    assert told("a new layer, 64 tokens", layers) < 200
