"""Optional sections of a lesson behind a fold, as the notebook has them folded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markupsafe import Markup
from nbformat import NotebookNode

from gedig_edu.course.site.outputs import trusted

MARK = "jp-MarkdownHeadingCollapsed"  # JupyterLab's own, in the cell that holds the heading
HEADING = re.compile(r"\s*(<h2\b.*?</h2>)(.*)", re.DOTALL)
LEVEL = re.compile(r"##? ")


def fold_optional(cells: Sequence[NotebookNode], pages: Sequence[Markup]) -> Iterator[Markup]:
    """Yield the cells of a page, those of each folded section together behind one fold.

    A fold begins with a markdown cell that carries JupyterLab's mark and begins with a heading of
    level 2, which stays in sight; it ends before the next heading of its level or above.

    Parameters
    ----------
    cells : sequence of NotebookNode
        The cells of a notebook.
    pages : sequence of Markup
        The same cells as HTML.

    Examples
    --------
    >>> from nbformat.v4 import new_markdown_cell
    >>> cell = new_markdown_cell("## Optional: more", metadata={MARK: True})
    >>> list(fold_optional([cell], [Markup("<h2>Optional: more</h2><p>It is.</p>")]))
    [Markup('<details class="optional"><summary><h2>...</h2></summary><p>It is.</p></details>')]
    """
    within: list[Markup] = []
    for cell, page in zip(cells, pages, strict=True):
        starts = cell.cell_type == "markdown" and LEVEL.match(cell.source)
        if starts and within:
            yield _fold(within)
            within = []
        if within or (starts and cell.metadata.get(MARK) and HEADING.match(page)):
            within.append(page)
        else:
            yield page
    if within:
        yield _fold(within)


def _fold(pages: Sequence[Markup]) -> Markup:
    opened = '<details class="optional"><summary>{}</summary>'
    first = HEADING.sub(lambda found: opened.format(found[1]) + found[2], pages[0], count=1)
    return trusted(f"{first}{Markup('').join(pages[1:])}</details>")
