"""One chromium for each module of browser tests, one page for each test."""

import importlib.util

import pytest

from gedig_edu.course.workspace import lessons_source
from tests.browser.page_host import CHROMIUM, FLAGS, require_chromium
from tests.executed import executed
from tests.helpers import require


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """Start Debian's chromium; it ends with the module, so that its event loop does too."""
    require(importlib.util.find_spec("playwright") is not None, "playwright")
    require_chromium()
    from playwright.sync_api import sync_playwright

    profile = tmp_path_factory.mktemp("chromium")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, headless=True, args=FLAGS
        )
        yield context
        context.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Give the folder of the static site, made of the executed copy of every lesson."""
    from gedig_edu.course.site.build import site_files, write_site
    from gedig_edu.course.site.pages import read_lesson

    paths = sorted(lessons_source().glob("[0-9][0-9]_*.ipynb"))
    pages = [path.name for path in paths]
    lessons = [read_lesson(executed(path), path.name, pages=pages) for path in paths]
    folder = tmp_path_factory.mktemp("course") / "site"
    write_site(folder, site_files(lessons))
    return folder


@pytest.fixture(scope="session")
def npm_folder(tmp_path_factory):
    """Give the folder that keeps what npm packed, so that each package is fetched once."""
    return tmp_path_factory.mktemp("npm")


@pytest.fixture
def page(chromium):
    """Give a blank page, closed after the test."""
    opened = chromium.new_page()
    yield opened
    opened.close()
