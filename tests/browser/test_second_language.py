"""In a second language no English word stands in a widget that draws itself in the page."""

import pytest

from gedig_edu.course import claims
from tests.browser.page_host import Host
from tests.browser.widgets import WIDGETS
from tests.helpers import example_maps
from tests.words.pseudo import strings

pytestmark = pytest.mark.browser
TOKENS = example_maps(layers=1, heads=1, length=11).tokens
GIVEN = ("tokens", "prompt", "written", "likely", "names", "about", "picture", "models", "text")

# What stands in the page, letter by letter, and what a screen reader is told beside it.
READ = """
() => {
  const said = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest("style, script, code, pre, iframe")) {
      said.push(walker.currentNode.data);
    }
  }
  for (const name of ["aria-label", "aria-valuetext", "alt", "title", "placeholder"]) {
    document.querySelectorAll(`[${name}]`).forEach((one) => said.push(one.getAttribute(name)));
  }
  return said;
}
"""


@pytest.mark.parametrize("name", WIDGETS)
def test_no_english_word_stands_in_a_widget(page, reader, name):
    widget = WIDGETS[name]()
    Host(page, widget).show()
    said = page.evaluate(READ)
    ids = [claim.id for claim in claims.all_claims()]
    refusals = [one.note for one in claims.recall(ids, "gpt2-mini")]  # quoted as they were
    given = [*refusals, *strings([getattr(widget, one, "") for one in GIVEN]), *TOKENS]
    assert any("а" <= letter <= "щ" for letter in "".join(said))
    assert reader.stumbles("\n".join(said), names=given) == []
