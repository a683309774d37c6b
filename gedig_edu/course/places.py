"""Where in a lesson something is asked: its section, and the cell to open the notebook at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gedig_edu.course import catalogue
from gedig_edu.course.files import read_json
from gedig_edu.course.workspace import lessons_source

FOLDED = "jp-MarkdownHeadingCollapsed"


@dataclass(frozen=True)
class Place:
    """A place in a notebook.

    Attributes
    ----------
    section : str
        The heading that it stands under.
    link : str
        The notebook, from the folder that all of them are in; with the cell behind a ``#``, as
        JupyterLab opens it, where that file is at hand.
    """

    section: str
    link: str


def place_of(lesson: str, call: str) -> Place:
    """Return where the cell of a lesson stands that begins with `call`.

    An exercise is opened at its task, right above that cell; what stands in a folded section at
    the heading, where a press unfolds it. The notebook is the learner's own, in the folder that
    the kernel works in, or else the one of this package.

    Raises
    ------
    GedigError
        If no lessons are there at all.

    Examples
    --------
    >>> place_of("01", 'check("01.1"').section
    'Two lengths and an angle'
    """
    name = catalogue.file_of(lesson)
    own = _read(Path(name))
    cells = own or _read(lessons_source() / name)
    heading: dict[str, Any] = {}
    for above, cell in zip([{}, *cells], cells, strict=False):
        source = _source(cell)
        if cell.get("cell_type") == "markdown" and source.startswith(("# ", "## ")):
            heading = cell
        if source.startswith(call):
            folded = heading.get("metadata", {}).get(FOLDED)
            task = above if above.get("cell_type") == "markdown" else cell
            target = heading if folded else task
            section = _source(heading).split("\n")[0].lstrip("# ")
            at_hand = own and "id" in target
            return Place(section, f"{name}#cell-id={target['id']}" if at_hand else name)
    return Place("", name)


def _read(path: Path) -> list[dict[str, Any]]:
    """Return the cells of a notebook, none where there is no notebook to read."""
    try:
        return [cell for cell in read_json(path)["cells"] if isinstance(cell, dict)]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _source(cell: dict[str, Any]) -> str:
    """Return the text of a cell, which a notebook may hold as a list of lines."""
    return "".join(cell.get("source", ""))
