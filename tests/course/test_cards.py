"""A table as a page shows it and as plain text."""

import re

from gedig_edu.course.cards import Table

HEADINGS = ("Id", "Kind", "Verdict")
ROWS = (("03.first", "theorem", "holds"), ("03.`x`", "<measured>", "mixed"))


def cells(table):
    page = table._repr_html_()
    return re.findall(r"<t[hd] [^>]*>(.*?)</t[hd]>", page)


def test_each_column_has_a_cell_of_its_own_by_default():
    assert cells(Table("", HEADINGS, ROWS))[:6] == [*HEADINGS, *ROWS[0]]


def test_stacked_columns_share_a_cell_in_the_order_given():
    found = [re.sub(r"<br>|</?span[^>]*>", "|", cell) for cell in cells(stacked())]
    assert found == ["Id||Verdict|", "Kind", "03.first||holds|", "theorem",
                     "03.<code>x</code>||mixed|", "&lt;measured&gt;"]  # fmt: skip


def test_plain_text_never_stacks():
    assert repr(stacked()) == repr(Table("", HEADINGS, ROWS))


def stacked():
    return Table("", HEADINGS, ROWS, stacked=((0, 2), (1,)))
