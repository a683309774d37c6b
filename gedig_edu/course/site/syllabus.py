"""What a lesson says of itself before it begins: its question, what it needs, its sections."""

from __future__ import annotations

from dataclasses import dataclass

from bs4 import BeautifulSoup

from gedig_edu.words import refusal, word


@dataclass(frozen=True)
class Section:
    """A section as the table at the top of its lesson lists it.

    Attributes
    ----------
    name : str
        Its heading, without the word for optional.
    minutes : int
        How long it takes.
    core : bool
        Whether the rest needs it; it is optional where not.
    """

    name: str
    minutes: int
    core: bool


def opening(prose: str, label: str, name: str) -> str:
    """Return the paragraph of a lesson's opening that begins with a label in bold.

    Raises
    ------
    GedigError
        If there is none.

    Examples
    --------
    >>> opening("<p><strong>Time.</strong> 30 minutes.</p>", "Time.", "00_a.ipynb")
    '30 minutes.'
    """
    if said := labelled(prose, label):
        return said
    raise refusal("no_opening", name=name, label=label)


def labelled(prose: str, label: str) -> str:
    """Return the paragraph that begins with a label in bold, without it; "" where there is none.

    Examples
    --------
    >>> labelled("<p><strong>Time.</strong> 30 minutes.</p>", "Place.")
    ''
    """
    for paragraph in BeautifulSoup(prose, "html.parser").find_all("p"):
        text = " ".join(paragraph.get_text().split())
        if paragraph.strong and paragraph.strong.get_text() == label:
            return text.removeprefix(label).strip()
    return ""


def sections_in(prose: str) -> tuple[Section, ...]:
    """Return the sections that the table of a lesson's opening lists; none where it has no table.

    Examples
    --------
    >>> row = "<tr><td>A part</td><td>9</td><td>optional</td></tr>"
    >>> sections_in(f"<table>{row}</table>")
    (Section(name='A part', minutes=9, core=False),)
    """
    kinds = {word("site.lesson.core"): True, word("site.lesson.optional"): False}
    rows = [
        [" ".join(cell.get_text().split()) for cell in row.find_all("td")]
        for row in BeautifulSoup(prose, "html.parser").find_all("tr")
    ]
    return tuple(
        Section(row[0], int(row[1]), kinds[row[2]])
        for row in rows
        if len(row) == 3 and row[2] in kinds and row[1].isdecimal()
    )
