"""Widgets of one page bring the shared frame's style again and again; none moves for it."""

import pytest

from tests.browser.page_host import Host
from tests.browser.widgets import WIDGETS

pytestmark = pytest.mark.browser

# What each element looks like, before and after one style sheet more at the end of the page.
CHANGED = """(sheets) => {
  const names = ["color", "backgroundColor", "border", "padding", "margin", "display", "fontSize",
    "alignItems", "gridColumn", "fontWeight", "whiteSpace", "stroke", "strokeWidth", "fill",
    "strokeDasharray", "opacity", "cursor", "outline"];
  const look = () => [...document.querySelectorAll("body *")].map((node) => {
    const { x, y, width, height } = node.getBoundingClientRect();
    const style = getComputedStyle(node);
    return [x, y, width, height, ...names.map((name) => style[name])].join(" | ");
  });
  const nodes = [...document.querySelectorAll("body *")];
  const before = look();
  return sheets.flatMap((textContent) => {
    const sheet = Object.assign(document.createElement("style"), { textContent });
    document.head.append(sheet);
    const after = look();
    sheet.remove();
    return nodes.filter((_, place) => before[place] !== after[place])
      .map((node) => node.cloneNode(false).outerHTML);
  });
}"""


@pytest.mark.parametrize("name", WIDGETS)
def test_a_widget_looks_the_same_whichever_comes_after_it(page, tmp_path, monkeypatch, name):
    monkeypatch.setenv("GEDIG_HOME", str(tmp_path))
    widget = WIDGETS[name]()
    page.set_viewport_size({"width": 1100, "height": 900})
    Host(page, widget).show()
    others = {WIDGETS[other]()._css for other in WIDGETS} - {widget._css}
    assert page.evaluate(CHANGED, sorted(others)) == []
