"""Claims as squares: sorted by outcome, counted in words, readable without colour."""

from bs4 import BeautifulSoup

from gedig_edu.views.tally import Outcome, Tally

OUTCOMES = (
    Outcome("holds", "✓", "right"),
    Outcome("undecided", "?", "open"),
    Outcome("fails", "✗", "wrong"),
)
DRAWN = Tally(
    "Claims", OUTCOMES, {"one <b>": ((2, "c"), (0, 'a "quoted"')), "two": ((0, "d"),)}, "A note."
)


def test_a_row_is_sorted_and_said_in_words():
    page = BeautifulSoup(DRAWN.html(), "html.parser")
    marks = page.select_one(".gt-marks")
    assert [mark["title"] for mark in marks.select(".gt-mark")] == ['a "quoted"', "c"]
    assert marks["aria-label"] == "1 holds, 1 fails"
    assert page.select_one(".gt-name").get_text() == "one <b> 2"


def test_the_legend_counts_what_there_is_and_leaves_out_what_there_is_not():
    page = BeautifulSoup(DRAWN.html(), "html.parser")
    assert [item.get_text() for item in page.select(".gt-legend li")] == ["✓holds 2", "✗fails 1"]


def test_plain_text_says_the_same():
    assert str(DRAWN).splitlines() == [
        "Claims",
        "one <b> (2)  ✓✗  1 holds, 1 fails",
        "two (1)      ✓   1 holds",
        "A note.",
    ]


def test_a_row_unfolds_into_words_where_it_has_a_label_for_that():
    drawn = Tally("Claims", OUTCOMES, {"two": ((1, "e"), (0, "d <i>"))}, fold="Read")
    page = BeautifulSoup(drawn.html(), "html.parser")
    assert page.summary.get_text() == "Read"
    assert [item.get_text() for item in page.select("details li")] == ["✓ d <i>", "? e"]
    assert "<details>" not in DRAWN.html()
