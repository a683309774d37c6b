"""The site's page of sources: five texts, every statement, and links to what meets it."""

import re

import pytest
from bs4 import BeautifulSoup
from markupsafe import Markup

from gedig_edu.course import sources
from gedig_edu.course.site.mathml import Heading
from gedig_edu.course.site.pages import Lesson, landing_page, lesson_page, sources_page

LESSON = Lesson(
    number="06",
    notebook="06_live.ipynb",
    page="06_live.html",
    title="06 · Live",
    question="What is F?",
    needs="",
    time="5 minutes",
    sections=(),
    headings=(Heading(1, "06-live", "06 · Live"), Heading(2, "adds", "What F adds up")),
    cells=(Markup("<h1>06 · Live</h1>"),),
    scripts=(),
    styles=(),
    widgets=Markup("{}"),
    files={},
)


@pytest.fixture(scope="module")
def page():
    return BeautifulSoup(sources_page([LESSON]), "html.parser")


def said(page: BeautifulSoup, name: str) -> str:
    return " ".join(page.find(id=name).get_text().split())


def test_each_text_is_cited_in_full_under_a_heading_that_the_contents_lead_to(page):
    for text in sources.texts():
        section = page.find("section", attrs={"aria-labelledby": text.id})
        cited = section.select_one(".cited").get_text()
        for part in (text.author, text.title, text.english, text.published, text.where):
            assert part.rstrip(".") in cited
        assert page.find("a", href=f"#{text.id}").get_text() == section.h2.get_text()
        assert section.h2.get_text().lower() == text.short.lower()


def test_every_statement_stands_there_with_what_meets_it(page):
    for text in sources.texts():
        for statement in sources.statements(text.id):
            row = said(page, statement.id)
            assert statement.says in row
            assert statement.place in row
            for name in (*statement.claims, statement.section, statement.system, statement.none):
                assert name in row


def test_a_claim_leads_to_the_page_of_its_lesson_and_is_plain_where_there_is_none(page):
    row = page.find(id="gauge.35")
    assert row.find("a", string="06.best_head")["href"] == "06_live.html"
    assert row.find("a", string="07.direction") is None
    assert "07.direction" in row.get_text()


def test_a_section_of_a_lesson_is_linked_by_its_heading(page):
    assert page.find(id="gauge.33").a["href"] == "06_live.html#adds"
    assert page.find(id="gauge.34").a["href"] == "06_live.html"
    assert page.find(id="gauge.17").a is None


def test_the_counts_stand_on_the_page(page):
    rows = page.select("table.counts tbody tr")
    cells = [tuple(cell.get_text() for cell in row.find_all(["th", "td"])) for row in rows]
    assert cells == list(sources.count_table().rows)


def test_landing_page_and_lessons_lead_to_the_sources():
    landing = landing_page([LESSON])["index.html"].decode()
    for html in (landing, lesson_page(LESSON, [LESSON])):
        assert re.search(r'<a href="sources\.html">The five texts</a>', html)
