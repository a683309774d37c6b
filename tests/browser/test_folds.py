"""An optional section, in JupyterLab and on the site: folded, and drawn whole once unfolded."""

import nbformat
import pytest

from gedig_edu.views.widgets.temperature import Temperature
from tests.browser.jupyter import Notebook, serve
from tests.browser.visit import SETTLE, page_with

pytestmark = pytest.mark.browser

FOLDED = {"jp-MarkdownHeadingCollapsed": True}
SETUP = """from gedig_edu.course import quiz
from gedig_edu.lab.live import live
from gedig_edu.models import load
from gedig_edu.views import AttentionExplorer
from gedig_edu.views.widgets.head_steps import HeadSteps
from gedig_edu.views.widgets.live_f import LiveF
from gedig_edu.views.widgets.temperature import Temperature

maps = load("gpt2-mini").attend("A good bridge bends.")

def shown():
    explorer = AttentionExplorer(maps)
    page = LiveF(lambda text, model: maps, live, models=["example"], text="four words")
    return Temperature(), explorer, page, quiz("01", 1)"""
WIDGETS = "display(*shown())"
CORE, OPTIONAL, LAST = "## Core", "## Optional: the same again", "## Core again"

# Of every picture that a learner can see below a heading: its kind and size.
PICTURES = """(heading) => {
  const { widgets } = window.jupyterapp.shell.currentWidget.content;
  const at = widgets.findIndex((cell) => cell.model.sharedModel.getSource() === heading);
  const pictures = ".gedig-quiz, [class*=gedig-] :is(svg, canvas)";
  const drawn = widgets[at + 1].node.querySelectorAll(pictures);
  return [...drawn].map((one) => {
    const { width, height } = one.getBoundingClientRect();
    return [one.className.baseVal ?? one.className, Math.round(width), Math.round(height)];
  });
}"""
RUN = """() => window.jupyterapp.shell.currentWidget.content.widgets
  .filter((cell) => cell.model.type === "code").map((cell) => cell.model.executionCount)"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    yield from serve("lab", tmp_path_factory)


@pytest.fixture
def notebook(page, lab):
    prose, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    cells = [
        prose("# A lesson"), code(SETUP), prose(CORE), code(WIDGETS),
        prose(OPTIONAL, metadata=FOLDED), code(WIDGETS), prose(LAST), code("1"),
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3"}
    made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(made, lab.folder / "folded.ipynb")
    opened = Notebook(page, lab, "folded.ipynb")
    yield opened
    assert opened.complaints() == []
    opened.close()


def test_an_optional_section_is_folded_and_run_and_unfolds_to_whole_pictures(page, notebook):
    notebook.run()
    page.wait_for_function(f"() => ({RUN})().every(Boolean)")
    notebook.settle(milliseconds=1000)
    core, optional = page.evaluate(PICTURES, CORE), page.evaluate(PICTURES, OPTIONAL)
    assert page.get_by_role("heading", name="Core again").is_visible()
    assert len(core) > 6
    assert [size for _, *size in optional if size != [0, 0]] == []
    heading = page.locator(".jp-MarkdownCell", has_text=OPTIONAL.removeprefix("## "))
    heading.get_by_role("button", name="1 cell hidden").click()
    page.wait_for_function(f"(heading) => ({PICTURES})(heading)[0][1] > 0", arg=OPTIONAL)
    notebook.settle(milliseconds=1000)
    page.evaluate(SETTLE)
    assert page.evaluate(PICTURES, OPTIONAL) == core


def test_an_optional_section_of_the_site_unfolds_when_its_heading_is_asked_for(page, tmp_path):
    above = nbformat.v4.new_markdown_cell(OPTIONAL, metadata=FOLDED)
    visit = page_with(page, tmp_path, Temperature(), above)
    section = page.locator("details.optional")
    picture = section.locator("svg.gh-panel").first
    assert page.get_by_role("heading", name="Optional: the same again").is_visible()
    assert not picture.is_visible()
    page.locator(".contents summary").click()
    page.locator(".contents a", has_text="Optional: the same again").click()
    assert section.evaluate("section => section.open")
    page.evaluate(SETTLE)
    assert picture.bounding_box()["width"] > 200
    assert picture.bounding_box()["height"] > 50
    assert visit.problems == []
