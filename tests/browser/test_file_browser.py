"""`gedig-edu lab` leaves the room to the lesson, and the file browser to whoever opens it."""

import pytest

from gedig_edu.course import workspace
from tests.browser.jupyter import APPS, START, TOKEN, serve

pytestmark = pytest.mark.browser

OPEN = """async () => {
  const { restored, shell } = window.jupyterapp;
  await restored;
  return !shell.leftCollapsed;
}"""
SAVED = """async () => {
  const { workspaces } = window.jupyterapp.serviceManager;
  const collapsed = async () =>
    (await workspaces.fetch("gedig-edu")).data["layout-restorer:data"].left.collapsed;
  while (await collapsed()) await new Promise((done) => setTimeout(done, 200));
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    yield from serve("lab", tmp_path_factory)


def open_as_a_learner(page, lab):
    (url,) = (one for one in workspace.jupyter_arguments() if "default_url" in one)
    path = url.partition("=/")[2]
    assert path.startswith(APPS["lab"][0].removesuffix("App").lower())
    page.goto(f"{lab.address}{path}?token={TOKEN}", timeout=1000 * START)
    page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.context")
    shown = "() => window.jupyterapp.shell.currentWidget.context.path"
    assert page.evaluate(shown) == workspace.FIRST_LESSON
    page.wait_for_timeout(1000)  # in which JupyterLab used to open its file browser
    return page.evaluate(OPEN)


def test_it_is_closed_at_first_and_once_opened_it_stays_open(chromium, lab):
    with chromium.new_page() as page:
        assert not open_as_a_learner(page, lab)
        page.evaluate("() => window.jupyterapp.commands.execute('filebrowser:activate')")
        page.evaluate(SAVED)
    with chromium.new_page() as page:
        assert open_as_a_learner(page, lab)
        page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
