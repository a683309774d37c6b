"""Every lesson in JupyterLab and some in Notebook 7: run, then every control to its extremes."""

import json
from urllib.request import urlopen

import nbformat
import pytest

from gedig_edu.course import workspace
from tests.browser.axe import violations
from tests.browser.driver import OUTPUTS, controls, drive
from tests.browser.jupyter import START, TOKEN, Notebook, Server

pytestmark = pytest.mark.browser

LESSONS = sorted(path.name for path in workspace.lessons_source().glob("[0-9][0-9]_*.ipynb"))
IN_NOTEBOOK = [name for name in LESSONS if name[:2] in {"01", "05", "06"}]


def serve(app, tmp_path_factory):
    folder = tmp_path_factory.mktemp(app)
    workspace.copy_lessons(folder)
    server = Server(app, folder, tmp_path_factory.mktemp("log") / f"{app}.log")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    yield from serve("lab", tmp_path_factory)


@pytest.fixture(scope="module")
def classic(tmp_path_factory):
    yield from serve("notebook", tmp_path_factory)


@pytest.mark.parametrize("name", LESSONS)
def test_lesson_runs_in_jupyterlab_and_every_control_bears_its_extremes(
    page, lab, npm_folder, name
):
    notebook = Notebook(page, lab, name)
    notebook.run()
    assert notebook.complaints() == []
    assert violations(page, npm_folder, OUTPUTS) == []
    found = controls(notebook)
    moved = [drive(notebook, number, kind) for number, kind, _ in found]
    assert len(found) >= 8
    assert sum(moved) > len(found) / 2
    notebook.settle()
    assert notebook.complaints() == []
    notebook.close()


@pytest.mark.parametrize("name", IN_NOTEBOOK)
def test_lesson_runs_in_notebook_7(chromium, page, classic, name):
    """Notebook 7.6 raises even where a notebook is empty; that and its own log are allowed."""
    write(classic.folder / "empty.ipynb", "")
    with chromium.new_page() as other:
        empty = Notebook(other, classic, "empty.ipynb")
        own = empty.faults()
        empty.close()
    notebook = Notebook(page, classic, name)
    notebook.run()
    assert set(notebook.faults()) <= set(own)
    notebook.close()
    assert len(controls(notebook)) >= 8


def test_jupyterlab_opens_without_offering_its_news(lab):
    plugin = "@jupyterlab/apputils-extension:notification"
    with urlopen(f"{lab.address}lab/api/settings/{plugin}?token={TOKEN}", timeout=START) as answer:
        settings = json.load(answer)["schema"]["properties"]
    assert settings["fetchNews"]["default"] == "false"
    assert settings["checkForUpdates"]["default"] is False


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


def write(path, source):
    """Write a notebook of one code cell."""
    cells = [nbformat.v4.new_code_cell(source)]
    kernel = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
