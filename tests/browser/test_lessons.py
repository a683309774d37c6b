"""Every lesson in JupyterLab: run, then every control to its extremes."""

import json
from urllib.request import urlopen

import pytest

from tests.browser.axe import violations
from tests.browser.driver import OUTPUTS, controls, drive
from tests.browser.jupyter import LESSONS, START, TOKEN, Notebook, serve, write

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    yield from serve("lab", tmp_path_factory)


@pytest.mark.parametrize("name", LESSONS)
def test_lesson_runs_in_jupyterlab_and_every_control_bears_its_extremes(
    page, lab, npm_folder, name
):
    notebook = Notebook(page, lab, name)
    notebook.run()
    notebook.unfold()
    assert notebook.complaints() == []
    assert violations(page, npm_folder, OUTPUTS) == []
    found = controls(notebook)
    moved = [drive(notebook, number, kind) for number, kind, _ in found]
    assert len(found) >= 8
    assert sum(moved) > len(found) / 2
    notebook.settle()
    assert notebook.complaints() == []
    notebook.close()


def test_jupyterlab_opens_without_offering_its_news(lab):
    plugin = "@jupyterlab/apputils-extension:notification"
    with urlopen(f"{lab.address}lab/api/settings/{plugin}?token={TOKEN}", timeout=START) as answer:
        settings = json.load(answer)["schema"]["properties"]
    assert settings["fetchNews"]["default"] == "false"
    assert settings["checkForUpdates"]["default"] is False


KEYS = """from gedig_edu.course import quiz
from gedig_edu.views.widgets.temperature import Temperature
display(Temperature(), quiz("01", 1))"""
STATE = """() => {
  const { content, context } = window.jupyterapp.shell.currentWidget;
  return { cells: content.widgets.length, active: content.activeCellIndex,
    runs: content.widgets[0].model.executionCount, dirty: context.model.dirty };
}"""


def test_from_a_widget_a_learner_chooses_by_key_saves_and_runs_the_cell(page, lab):
    write(lab.folder / "keys.ipynb", KEYS)
    notebook = Notebook(page, lab, "keys.ipynb")
    notebook.run()
    before = page.evaluate(STATE)
    radio = page.locator(".gedig-quiz input[type=radio]")
    radio.first.focus()
    for key in ("ArrowDown", "a", "x"):
        page.keyboard.press(key)
    assert radio.nth(1).is_checked()
    assert page.evaluate(STATE) == before
    page.locator(".gedig-hero input[type=range]").first.click()
    page.keyboard.press("Control+s")
    page.wait_for_function(f"() => !({STATE})().dirty")
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(f"(runs) => ({STATE})().runs > runs", arg=before["runs"])
    notebook.settle()
    assert page.evaluate(STATE)["cells"] == before["cells"] + 1  # running the last cell adds one
    assert notebook.complaints() == []
    notebook.close()


BROKEN = {
    "callback": "import ipywidgets\nbox = ipywidgets.Checkbox(description='break')\n"
    "box.observe(lambda change: 1 / 0, 'value')\nbox",
    "cell": "1 / 0",
    "warning": "import warnings\nwarnings.warn('old')",
    "remote": 'from IPython.display import HTML\nHTML(\'<img alt="" src="https://example.invalid/a">\')',
    "script": "from IPython.display import Javascript\nJavascript('setTimeout(() => broken(), 0)')",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_each_kind_of_failure_would_be_seen(page, lab, kind):
    write(lab.folder / f"{kind}.ipynb", BROKEN[kind])
    notebook = Notebook(page, lab, f"{kind}.ipynb")
    notebook.run()
    for number, what, _ in controls(notebook):
        drive(notebook, number, what)
    notebook.settle()
    assert notebook.complaints()
    notebook.close()
    lab.forget()
