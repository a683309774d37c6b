"""The table of colours: it is the only one, and style sheets and scripts name what it holds."""

import re
from pathlib import Path

import pytest

from gedig_edu.course.site.pages import shared_files
from gedig_edu.views.colours import GREYS, OKABE_ITO, PAGES, css_variables
from tests.browser.widgets import WIDGETS

PACKAGE = Path(__file__).resolve().parents[2] / "gedig_edu"
SHEETS = [path for end in ("css", "js", "html") for path in PACKAGE.rglob(f"*.{end}")]
COLOUR = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b", re.IGNORECASE)
TABLE = {*OKABE_ITO.values(), *GREYS.values(), *PAGES["light"].values(), *PAGES["dark"].values()}


def colours_of(path):
    return {colour.upper() for colour in COLOUR.findall(path.read_text(encoding="utf-8"))}


def test_both_themes_give_every_colour_of_a_page():
    assert [*PAGES["light"]] == [*PAGES["dark"]]


def test_the_variables_hold_every_colour_under_its_name():
    lines = css_variables().splitlines()
    for name, light in PAGES["light"].items():
        assert f"  --gedig-{name}: light-dark({light}, {PAGES['dark'][name]});" in lines
    for name, colour in (OKABE_ITO | GREYS).items():
        assert f"  --gedig-{name}: {colour};" in lines
    assert len(lines) == len(PAGES["light"]) + len(OKABE_ITO) + len(GREYS)


@pytest.mark.parametrize("name", WIDGETS)
def test_a_widget_brings_the_colours(name):
    assert css_variables() in str(WIDGETS[name]()._css)


def test_the_site_brings_the_colours():
    assert css_variables() in shared_files(())["site.css"].decode()


def test_no_sheet_repeats_a_colour_and_only_the_site_has_some_of_its_own():
    own = {path.relative_to(PACKAGE).as_posix(): colours_of(path) for path in SHEETS}
    assert {path for path, colours in own.items() if colours & TABLE} == set()
    assert {path for path, colours in own.items() if colours} == {"course/site/assets/site.css"}


def test_no_python_file_repeats_a_colour_of_the_table():
    quoted = "|".join(f'"{colour}"' for colour in sorted(TABLE))
    written = [
        path.name
        for path in PACKAGE.rglob("*.py")
        if re.search(quoted, path.read_text(encoding="utf-8"), re.IGNORECASE)
    ]
    assert written == ["colours.py"]


def test_every_variable_that_a_sheet_or_a_script_asks_for_is_set():
    text = "\n".join([css_variables(), *(path.read_text(encoding="utf-8") for path in SHEETS)])
    asked = set(re.findall(r"var\((--(?!jp-)[\w-]+)", text))
    assert "--gedig-ink" in asked
    assert asked - set(re.findall(r"(--[\w-]+):", text)) == {"--pixels"}  # of each figure
