"""Which keys a widget keeps, and which the page around hears as if pressed beside it."""

import pytest

from gedig_edu.views.widgets.temperature import Temperature
from tests.browser.page_host import Host
from tests.browser.widgets import WIDGETS

pytestmark = pytest.mark.browser

AROUND = """() => {
  window.heard = [];
  window.kept = 0;
  document.body.tabIndex = 0;
  document.body.addEventListener("keydown", (event) => {
    window.heard.push([event.ctrlKey ? "Control+" : "", event.shiftKey ? "Shift+" : "", event.key,
      Boolean(event.target.closest("[data-lm-suppress-shortcuts]"))]);
    if (window.takes) event.preventDefault();
  });
  window.addEventListener("keydown", (event) => {
    if (event.isTrusted) setTimeout(() => { window.prevented = event.defaultPrevented; });
  }, true);
}"""


def pressed(page, node, key):
    """Press a key on an element; return what the page around heard of it."""
    page.evaluate("() => { window.heard = []; }")
    node.press(key)
    page.wait_for_timeout(30)
    heard = page.evaluate("() => window.heard")
    assert not any(inside for *_, inside in heard)
    return [f"{control}{shift}{key}" for control, shift, key, _ in heard]


def show(page, name):
    host = Host(page, WIDGETS[name]()).show()
    page.evaluate(AROUND)
    return host


@pytest.mark.parametrize("name", ["Temperature", "AttentionExplorer", "LiveF", "QuizForm"])
def test_plain_keys_stay_and_shortcuts_go_on(page, name, tmp_path, monkeypatch):
    monkeypatch.setenv("GEDIG_HOME", str(tmp_path))
    host = show(page, name)
    node = page.locator("input[type=range]:enabled, input[type=radio]").first
    for key in ("ArrowDown", "Home", "a", "b", "Shift+ArrowUp", " "):
        assert pressed(page, node, key) == []
    assert pressed(page, node, "Control+s")[-1] == "Control+s"
    assert pressed(page, node, "Shift+Enter")[-1] == "Shift+Enter"
    assert host.problems == []


def test_what_the_page_around_takes_the_browser_does_not_get(page):
    show(page, "Temperature")
    node = page.locator("input[type=range]").first
    for takes in (True, False):
        page.evaluate("(takes) => { window.takes = takes; }", takes)
        pressed(page, node, "Control+s")
        assert page.evaluate("window.prevented") is takes


def test_a_text_box_keeps_its_own_shortcuts(page):
    host = show(page, "LiveF")
    box = page.locator("textarea")
    for key in ("Control+a", "Control+z", "Shift+Enter"):
        assert not {"Control+a", "Control+z", "Shift+Enter"} & set(pressed(page, box, key))
    assert pressed(page, box, "Control+s")[-1] == "Control+s"
    assert host.problems == []


def test_escape_gives_the_focus_back_to_the_page_around(page):
    page.set_content("<body></body>")
    Host(page, Temperature()).show()
    page.evaluate(AROUND)
    page.locator(".gh-knob").first.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    page.locator("input[type=range]").first.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
