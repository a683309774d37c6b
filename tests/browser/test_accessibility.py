"""What holds for every widget: axe-core finds nothing serious, and Tab reaches all of it."""

import pytest

from gedig_edu.views.widgets.bundle import ROOTS
from tests.browser.axe import violations
from tests.browser.page_host import Host
from tests.browser.widgets import WIDGETS

pytestmark = pytest.mark.browser

# What Tab should reach: a group of radio buttons is reached once, at one of them.
MISSED = """() => {
  const groups = new Set([...window.reached].filter((node) => node.type === "radio")
    .map((node) => node.name));
  const wanted = "a[href], button, input, select, textarea, summary, [tabindex]";
  return [...document.querySelectorAll(wanted)].filter((node) => node.tabIndex >= 0
    && !node.disabled && node.checkVisibility({ visibilityProperty: true })
    && !window.reached.has(node) && !groups.has(node.name ?? null)).map((node) => node.outerHTML);
}"""
# The look of an element with and without focus; equal looks are focus nobody sees.
UNSEEN = """() => {
  const node = document.activeElement;
  const names = ["outline", "boxShadow", "stroke", "strokeWidth", "opacity", "border", "fill"];
  const look = () => [node, node.parentElement, ...node.querySelectorAll("*")].map((part) => {
    const style = getComputedStyle(part);
    return names.map((name) => style[name]).join("|");
  }).join();
  const focused = look();
  node.blur();
  const blurred = look();
  node.focus({ focusVisible: true });
  return focused === blurred ? [node.outerHTML.slice(0, 200)] : [];
}"""
# How light the letters are, of 255.
INKS = """(roots) => [...document.querySelectorAll(roots)].map((node) =>
  Math.max(...getComputedStyle(node).color.match(/[0-9.]+/g).slice(0, 3)))"""
NEXT = """() => {
  const node = document.activeElement;
  if (node === document.body || window.reached.has(node)) return false;
  window.reached.add(node);
  return true;
}"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GEDIG_HOME", str(tmp_path))


@pytest.mark.parametrize("name", WIDGETS)
class TestWidget:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_axe_finds_nothing_serious(self, page, home, npm_folder, name, scheme):
        page.emulate_media(color_scheme=scheme)
        host = Host(page, WIDGETS[name]()).show()
        page.evaluate(
            """(scheme) => {
          document.documentElement.lang = "en";
          document.body.style.background = scheme === "dark" ? "#111" : "#fff";
        }""",
            scheme,
        )
        host.settle()
        assert violations(page, npm_folder) == []

    def test_a_page_that_is_dark_by_itself_is_believed_before_the_system(self, page, home, name):
        Host(page, WIDGETS[name]()).show()
        for said, other in (("dark", "light"), ("light", "dark")):
            page.emulate_media(color_scheme=other)
            page.evaluate("(said) => { document.body.dataset.theme = said; }", said)
            assert {ink > 128 for ink in page.evaluate(INKS, ROOTS)} == {said == "dark"}

    def test_tab_reaches_every_control_and_each_shows_it(self, page, home, name):
        host = Host(page, WIDGETS[name]()).show()
        page.evaluate("() => { window.reached = new Set(); }")
        unseen = []
        page.keyboard.press("Tab")
        while page.evaluate(NEXT):
            unseen += page.evaluate(UNSEEN)
            page.keyboard.press("Tab")
        assert unseen == []
        assert page.evaluate("() => window.reached.size") > 0
        assert page.evaluate(MISSED) == []
        assert host.problems == []

    @pytest.mark.parametrize("width", [400, 640])
    def test_nothing_is_cut_off_on_a_phone_or_at_twice_the_size(self, page, home, name, width):
        page.set_viewport_size({"width": width, "height": 800})
        Host(page, WIDGETS[name]()).show()
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        assert wide <= width
