"""One chromium for each module of browser tests, one page for each test."""

import importlib.util

import pytest

from tests.browser.page_host import CHROMIUM, FLAGS, require_chromium
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
    """Run every lesson once and build the static site; the folder it stands in."""
    from gedig_edu.course.site.build import build_site

    return build_site(tmp_path_factory.mktemp("course") / "site").parent


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
