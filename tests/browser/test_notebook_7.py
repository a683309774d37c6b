"""Lessons in Notebook 7: they run, and everything that can be moved is there."""

import pytest

from tests.browser.driver import controls
from tests.browser.jupyter import LESSONS, Notebook, serve, write

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def classic(tmp_path_factory):
    yield from serve("notebook", tmp_path_factory)


@pytest.mark.parametrize("name", LESSONS)
def test_lesson_runs_in_notebook_7(chromium, page, classic, name):
    """Notebook 7.6 raises even where a notebook is empty; that and its own log are allowed."""
    write(classic.folder / "empty.ipynb", "")
    with chromium.new_page() as other:
        empty = Notebook(other, classic, "empty.ipynb")
        own = empty.faults()
        empty.close()
    notebook = Notebook(page, classic, name)
    notebook.run()
    notebook.unfold()
    assert set(notebook.faults()) <= set(own)
    notebook.close()
    assert len(controls(notebook)) >= 8
