"""An exercise in a real page: what a press adds, what is heard, and where the focus stays."""

import pytest

from gedig_edu.course import check, exercises
from tests.browser.axe import violations
from tests.browser.page_host import Host

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def learner(tmp_path, monkeypatch):
    monkeypatch.setenv("GEDIG_HOME", str(tmp_path))
    monkeypatch.setattr(exercises, "_open", set())


def press(page, host, name):
    page.get_by_role("button", name=name).focus()
    page.keyboard.press("Enter")
    host.settle()


def focused(page):
    return page.evaluate("() => document.activeElement.textContent")


def test_hints_come_one_by_one_and_each_is_new_alone_to_a_screen_reader(page):
    host = Host(page, check("01.1", 1, 2)).show()
    items = page.locator(".gedig-exercise [aria-live=polite] li")
    assert items.count() == 0
    press(page, host, "Hint 1 of 3")
    page.evaluate("() => { document.querySelector('.gedig-exercise li').dataset.first = 'yes'; }")
    press(page, host, "Hint 2 of 3")
    assert focused(page) == "Hint 3 of 3"
    assert items.nth(0).get_attribute("data-first") == "yes"  # it was not made anew
    press(page, host, "Hint 3 of 3")
    assert items.count() == 3
    assert focused(page) == "All 3 hints given"
    page.keyboard.press("Enter")
    host.settle()
    assert items.count() == 3
    assert page.get_by_role("status").inner_text().startswith("✗ Exercise 01.1")
    assert host.problems == []


def test_the_solution_opens_stays_and_folds_beside_the_feedback(page):
    form = check("01.5", 1)
    host = Host(page, form).show()
    button = page.get_by_role("button", name="Solution")
    code = page.locator(".gedig-exercise pre")
    assert code.count() == 0
    for expanded in ("true", "false", "true"):
        press(page, host, "Solution")
        assert button.get_attribute("aria-expanded") == expanded
        assert code.is_visible() == form.unfolded == (expanded == "true")
    assert "def cosine_by_hand" in code.inner_text()
    assert page.get_by_role("status").is_visible()


def test_where_solutions_are_off_there_is_no_button_for_one(page, monkeypatch):
    monkeypatch.setenv("GEDIG_SOLUTIONS", "off")
    Host(page, check("01.5", 1)).show()
    assert page.get_by_role("button").all_inner_texts() == ["Hint 1 of 3"]
    assert "olution" not in page.inner_text("body")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [840, 400])
def test_with_all_its_help_open_it_fits_and_axe_finds_nothing(page, npm_folder, scheme, width):
    page.set_viewport_size({"width": width, "height": 700})
    page.emulate_media(color_scheme=scheme)
    ground = {"light": "#fff", "dark": "#111"}[scheme]
    page.evaluate(
        "(ground) => { document.documentElement.lang = 'en';"
        " document.body.style.background = ground; }",
        ground,
    )
    host = Host(page, check("03.5", 1)).show()
    for name in ("Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Solution"):
        press(page, host, name)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert violations(page, npm_folder) == []
