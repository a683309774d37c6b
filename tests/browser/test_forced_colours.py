"""Under forced colours, as with Windows' contrast themes, nothing that a colour said is lost."""

import pytest

from tests.browser.page_host import Host
from tests.browser.widgets import WIDGETS

pytestmark = pytest.mark.browser


@pytest.fixture(params=["light", "dark"])
def show(page, request):
    def shown(name):
        page.emulate_media(forced_colors="active", color_scheme=request.param)
        return Host(page, WIDGETS[name]()).show()

    return shown


def looks(page, where, *names):
    """Return what is computed for each element, one tuple for each."""
    found = page.locator(where).evaluate_all(
        "(nodes, names) => nodes.map((node) => names.map((name) => getComputedStyle(node)[name]))",
        names,
    )
    return [tuple(one) for one in found]


@pytest.mark.parametrize(
    ("name", "group", "chosen"),
    [
        ("ShortcutGraph", ".ge-choice button", "aria-pressed"),
        ("LiveF", ".gl-tabs button", "aria-selected"),
    ],
)
def test_what_is_chosen_stands_out(show, name, group, chosen):
    page = show(name).page
    on, off = (
        set(looks(page, f"{group}[{chosen}={state}]", "backgroundColor", "color"))
        for state in ("true", "false")
    )
    assert on
    assert off
    assert not {ground for ground, _ in on} & {ground for ground, _ in off}
    assert not {ink for _, ink in on} & {ink for _, ink in off}


def test_marks_of_a_head_keep_their_colours(show):
    page = show("LiveF").page
    page.locator(".gx-tokens > span").nth(4).hover()
    grounds = looks(page, ".gl-bars i, .gx-scale i", "backgroundImage")
    assert len(grounds) > 1
    assert ("none",) not in grounds
    assert len(set(looks(page, ".gl-formula b", "boxShadow"))) == 3
    assert looks(page, ".gx-tokens > .gx-focus", "boxShadow") != [("none",)]


def test_a_token_looked_at_is_shaded(show):
    page = show("AttentionExplorer").page
    page.locator(".gx-tokens > span").nth(4).hover()
    assert len(set(looks(page, ".gx-tokens > span", "backgroundColor"))) > 2
    assert ("none",) not in looks(page, ".gx-ramp, .gx-scale i", "backgroundImage")
