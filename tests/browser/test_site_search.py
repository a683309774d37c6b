"""The search of a site without lessons: names and how-tos are found from a page in any folder."""

import pytest

from gedig_edu.course.site.build import site_files, write_site
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser

GAUGE = "api/gedig_edu/theory/gauge"


@pytest.fixture(scope="module")
def without_lessons(tmp_path_factory):
    folder = tmp_path_factory.mktemp("search") / "site"
    write_site(folder, site_files([]))
    return folder


@pytest.mark.parametrize("start", ["sources", "api/index", GAUGE])
@pytest.mark.parametrize(
    ("asked", "first", "address"),
    [
        ("Gauge.read", "Gauge.read", f"{GAUGE}.html#Gauge.read"),
        ("load()", "load", "api/gedig_edu/models/loading.html#load"),
        ("from_transformers", "AttentionMaps.from_transformers",
         "api/gedig_edu/theory/maps.html#AttentionMaps.from_transformers"),
        ("own model", "Read F of your own model",
         "howto_own_model.html#read-f-of-your-own-model"),
        ("figure", "Make your own figure", "howto_own_figure.html#make-your-own-figure"),
    ],
)  # fmt: skip
def test_what_is_asked_for_comes_first_and_enter_goes_there(
    page, without_lessons, start, asked, first, address
):
    visit = Visit(page, without_lessons)
    page = visit.open(start)
    page.get_by_role("searchbox").fill(asked)
    link = page.locator(".results a").first
    assert link.inner_text().splitlines()[0].strip() == first
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{address}")
    assert page.evaluate("document.getElementById(location.hash.slice(1)) !== null")
    assert visit.problems == []
