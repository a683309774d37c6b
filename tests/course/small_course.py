"""A course of two small lessons, and what is asked of any site's files."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlparse

import nbformat
from bs4 import BeautifulSoup

OPENING = "# {title}\n\n**The question.** {question}\n\n**Time.** 5 minutes."
FOLDED = "from gedig_edu.views.widgets.qk_plane import QKPlane\n\nQKPlane(temperature=0.5)"
FIRST = (
    "# 00 · First\n\n**The question.** Is $q \\cdot k$ an angle?\n\n**Move.** Drag a key.",
    FOLDED,
    "**What you need.** Nothing.\n\n**Time.** 5 minutes.",
    "## A part\n\n$$\\frac{q}{\\sqrt{d}}$$\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "import os\n\nprint(os.getcwd())\nprint(os.environ['GEDIG_HOME'])",
    "from gedig_edu.views.picture import new_axes\n\nnew_axes().set_label('A rising line.')",
    "from gedig_edu.course.cards import Card\n\nCard('note', 'Next', link='01_second.ipynb')",
    "from gedig_edu.course import check, record\n\nrecord.keep(lambda kept: None)\n"
    "check('01.1', ...)",
)
SECOND = (
    OPENING.format(title="01 · Second", question="What comes after?")
    + "\n\n| section | minutes | |\n|---|---|---|\n| A part | 4 | core |\n| more | 1 | optional |",
    "## A part\n\n### A part\n\nSee [the first](00_first.ipynb) and [a third](07_third.ipynb).",
    "import ipywidgets\nimport matplotlib.pyplot as plt\n\n"
    "from gedig_edu.views.picture import png\n\n"
    "ipywidgets.VBox([\n"
    "    ipywidgets.HTML('<strong>How long?</strong>'),\n"
    "    ipywidgets.Image(value=png(plt.subplots()[1])),\n"
    "    ipywidgets.HBox([ipywidgets.IntSlider(3, 1, 9, description='n')]),\n"
    "    ipywidgets.HTML('<p>A chain of 3.</p>'),\n"
    "])",
    "from gedig_edu.course import quiz\n\nquiz('01', 1)",
    "## Optional: more\n\nThere is more.",
    "print('more of it')",
    "### Still more",
    "## An end",
)


def notebook(*cells: str) -> nbformat.NotebookNode:
    """Return a notebook; a cell that begins with a heading or a label in bold is prose."""
    made = nbformat.v4.new_notebook()
    for source in cells:
        prose = source.startswith(("#", "**"))
        new = nbformat.v4.new_markdown_cell if prose else nbformat.v4.new_code_cell
        folded = {"jp-MarkdownHeadingCollapsed": True} if source.startswith("## Optional") else {}
        if source == FOLDED:
            folded = {"jupyter": {"source_hidden": True}}
        made.cells.append(new(source, metadata=folded))
    return made


def write_course(folder: Path, **lessons: tuple[str, ...]) -> Path:
    folder.mkdir()
    for name, cells in lessons.items():
        nbformat.write(notebook(*cells), folder / f"{name.removeprefix('n')}.ipynb")
    return folder


def remote_loads(path: Path) -> list[str]:
    """Return the remote addresses that a page, script or style sheet would load."""
    text = path.read_text(encoding="utf-8")
    outside = (
        r"""(?:\bimport\b|\bfrom\b|fetch\(|url\(|@import)[\s("'`]*((?:https?:)?//[^\s"'`)]+)"""
    )
    found = re.findall(outside, text)
    if path.suffix == ".html":
        found += [
            address
            for element in BeautifulSoup(text, "html.parser").find_all(True)
            if element.name != "a"
            for name in ("src", "href", "srcset", "data", "poster", "srcdoc")
            if urlparse(address := str(element.get(name, ""))).netloc or address.startswith("//")
        ]
    return found


class Nesting(HTMLParser):
    """Fails where an element is closed that is not open, or one stays open."""

    VOID = frozenset({"meta", "link", "input", "img", "br", "hr", "col"})

    def check(self, text: str) -> None:
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag, self.getpos()
