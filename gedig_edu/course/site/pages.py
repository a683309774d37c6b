"""Lessons, landing page and page of sources as HTML, from notebooks and the message table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from importlib.metadata import version
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter

from gedig_edu import __all__ as offered
from gedig_edu.course import claims, closing, findings, sources
from gedig_edu.course.badges import verdict_in_words
from gedig_edu.course.cards import inline
from gedig_edu.course.catalogue import file_of
from gedig_edu.course.closing import Standing
from gedig_edu.course.evidence import HOLDING, Verdict
from gedig_edu.course.site.folds import fold_optional
from gedig_edu.course.site.front import front
from gedig_edu.course.site.howto_pages import INDEX, how_tos
from gedig_edu.course.site.mathml import Heading
from gedig_edu.course.site.outputs import CellWriter, clean, page_of, trusted
from gedig_edu.course.site.reference import CHAPTERS, FOLDER, has_reference, modules
from gedig_edu.course.site.results import page as results
from gedig_edu.course.site.sources_page import cited, rows
from gedig_edu.course.site.syllabus import Section, labelled, opening, sections_in
from gedig_edu.course.site.widgets import PageWidgets
from gedig_edu.models.registry import BUNDLED
from gedig_edu.views.badge import STYLE
from gedig_edu.views.colours import css_variables
from gedig_edu.views.tally import STYLE as TALLY
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.words import language, refusal, word

PACKAGE = "gedig_edu.course.site"
ASSETS = ("site.js", "host.js")
LEDGER_TRAITS = ("rows", "filters", "words", "chosen")
SOURCE = "https://github.com/gedig-edu/gedig-edu"
BINDER = (
    f"https://mybinder.org/v2/gh/gedig-edu/gedig-edu/main?urlpath=lab/tree/lessons/{file_of('00')}"
)
LICENCES = {"code": "MIT", "texts": "CC BY 4.0"}
MEMORY = "memory.json"  # as tests/benchmarks/test_learner_memory.py prints it
LEARNERS = 200
LIGHT, DARK = "default", "github-dark"
ON_DARK = (
    '@media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) {} }}\n'
    ':root[data-theme="dark"] {}'
)


@dataclass(frozen=True)
class Lesson:
    """One executed notebook as the parts of its page.

    Attributes
    ----------
    number : str
        Two digits.
    notebook, page : str
        File names.
    title, question, needs, time : str
        As the notebook says before its first section.
    sections : tuple of Section
        Those of its table.
    headings : tuple of Heading
        All headings, the title first.
    cells : tuple of Markup
        HTML of each cell; those of an optional section in one, behind a fold.
    scripts, styles : tuple of str
        What its widgets load, by path in the site.
    widgets : Markup
        State of its widgets, as JSON.
    files : dict of str to bytes
        Figures, modules and styles.
    """

    number: str
    notebook: str
    page: str
    title: str
    question: str
    needs: str
    time: str
    sections: tuple[Section, ...]
    headings: tuple[Heading, ...]
    cells: tuple[Markup, ...]
    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    widgets: Markup
    files: dict[str, bytes]

    @property
    def core(self) -> int:
        """Minutes of the sections that the rest needs."""
        return sum(section.minutes for section in self.sections if section.core)

    @property
    def all(self) -> int:
        """Minutes of all sections."""
        return sum(section.minutes for section in self.sections)


def read_lesson(
    notebook: NotebookNode, name: str, *, pages: Collection[str], solutions: bool = True
) -> Lesson:
    """Return an executed notebook as a lesson.

    Parameters
    ----------
    notebook : NotebookNode
    name : str
        Its file name.
    pages : collection of str
        File names of all notebooks that have a page.
    solutions : bool
        Whether worked solutions are folded in.

    Raises
    ------
    GedigError
        If it has not one title, does not say its question and time, or holds a formula that
        cannot be written.
    """
    writer = CellWriter(notebook, name, pages=pages, solutions=solutions)
    cells = tuple(writer.write(cell) for cell in notebook.cells)
    headings = tuple(writer.renderer.headings)
    titles = [heading.text for heading in headings if heading.level == 1]
    if len(titles) != 1:
        raise refusal("titles", name=name, count=len(titles))
    first = "".join(_opening_cells(notebook, cells))
    return Lesson(
        number=name[:2],
        notebook=name,
        page=page_of(name),
        title=titles[0],
        question=opening(first, word("site.lesson.question"), name),
        needs=labelled(first, word("site.lesson.needs")),
        time=opening(first, word("site.lesson.time"), name),
        sections=sections_in(first),
        headings=headings,
        cells=tuple(fold_optional(notebook.cells, cells)),
        scripts=tuple(writer.widgets.scripts),
        styles=tuple(writer.widgets.styles),
        widgets=trusted(writer.widgets.data()),
        files=writer.files,
    )


def _opening_cells(notebook: NotebookNode, pages: Sequence[Markup]) -> Iterator[Markup]:
    """Yield the prose before the first section, cell by cell."""
    for cell, page in zip(notebook.cells, pages, strict=True):
        if cell.source.startswith("## "):
            return
        if cell.cell_type == "markdown":
            yield page


def lesson_page(lesson: Lesson, lessons: Sequence[Lesson]) -> str:
    """Return the page of one lesson among those of the site."""
    place = lessons.index(lesson)
    return _templates().get_template("lesson.html").render(
        lesson=lesson,
        before=lessons[place - 1] if place else None,
        after=lessons[place + 1] if place + 1 < len(lessons) else None,
        styles=lesson.styles,
        scripts=lesson.scripts,
        data=lesson.widgets,
    )  # fmt: skip


def landing_page(lessons: Sequence[Lesson]) -> dict[str, bytes]:
    """Return the front page, where F can be tried and all else is found, with what it loads."""
    shown = front()
    widgets = PageWidgets(shown.widgets)
    for name in shown.widgets:
        widgets.use(name)
    page = _templates().get_template("landing.html").render(
        lessons=lessons,
        said=shown.said,
        six=next((lesson.page for lesson in lessons if lesson.number == "06"), ""),
        places={"binder": BINDER, "source": SOURCE},
        **_drawn(widgets),
    )  # fmt: skip
    return widgets.files | {"index.html": page.encode()}


def sources_page(lessons: Sequence[Lesson]) -> str:
    """Return the page of the five texts, every statement linked to the lessons of the site."""
    pages = {lesson.number: lesson.page for lesson in lessons}
    anchors = {
        (lesson.number, heading.text): heading.id
        for lesson in lessons
        for heading in lesson.headings
    }
    return _templates().get_template("sources.html").render(
        texts=[(text, rows(text, pages, anchors)) for text in sources.texts()],
        counts=sources.count_table(),
        cited=cited,
    )  # fmt: skip


def ledger_page(lessons: Sequence[Lesson]) -> dict[str, bytes]:
    """Return the page of all claims, drawn from what the course brings, with what it loads."""
    pages = {lesson.number: lesson.page for lesson in lessons}
    ledger = claims.ledger(BUNDLED, here=False, pages=pages)
    state = ledger.get_state([*LEDGER_TRAITS, "_esm", "_css"])
    widgets = PageWidgets({"ledger": {"model_name": "AnyModel", "state": state}})
    widgets.use("ledger")
    page = _templates().get_template("ledger.html").render(
        **_drawn(widgets),
        table=clean(ledger.said_in_html(), pages=()),
    )  # fmt: skip
    return widgets.files | {"ledger.html": page.encode()}


def closing_page(lessons: Sequence[Lesson]) -> str:
    """Return the page of what became of all claims, with the arguments on either side."""
    standings = closing.standings(here=False)
    found = Counter(one.verdict for one in standings)
    counts = {
        "statements": sum(count.total() for count in sources.counts().values()),
        "claims": len(standings),
        "holds": found[Verdict.HOLDS] + found[Verdict.HOLDS_IF],
        "holds_if": found[Verdict.HOLDS_IF],
        "open": found[Verdict.UNDECIDED] + found[Verdict.CONTRADICTORY],
        "fails": found[Verdict.DOES_NOT_HOLD],
        "models": len(findings.models()),
        **_measured(standings),
    }
    return _templates().get_template("closing.html").render(
        counts=counts,
        by_source=trusted(closing.tally("source", here=False).html()),
        by_kind=trusted(closing.tally("kind", here=False).html()),
        sides=[(side, closing.arguments(side, here=False)) for side in closing.SIDES],
        pages={lesson.number: lesson.page for lesson in lessons},
        in_words=verdict_in_words,
    )  # fmt: skip


def _measured(standings: Sequence[Standing]) -> dict[str, int]:
    """Return what became of the measured claims that a text makes, and how many are ours."""
    measured = [one for one in standings if one.claim.kind == "measured"]
    theirs = [one.verdict for one in measured if one.claim.source != "ours"]
    holds = sum(verdict in HOLDING for verdict in theirs)
    fails = theirs.count(Verdict.DOES_NOT_HOLD)
    return {
        "theirs": len(theirs),
        "their_holds": holds,
        "their_fails": fails,
        "their_open": len(theirs) - holds - fails,
        "measured_ours": len(measured) - len(theirs),
    }


def _drawn(widgets: PageWidgets) -> dict[str, Any]:
    """Return what the template of a page with widgets loads them from."""
    data = trusted(widgets.data())
    return {"styles": widgets.styles, "scripts": widgets.scripts, "data": data}


def teaching_page(lessons: Sequence[Lesson]) -> str:
    """Return the page for lecturers: syllabus, one machine for a class, handing in."""
    memory = json.loads(resources.files(PACKAGE).joinpath(MEMORY).read_text(encoding="utf-8"))
    return _templates().get_template("teaching.html").render(
        lessons=lessons,
        memory=memory,
        learners=LEARNERS,
        total=round(LEARNERS * (memory["pss"] + memory["server"]) / 1000),
        binder=BINDER,
        source=SOURCE,
    )  # fmt: skip


def results_page() -> dict[str, bytes]:
    """Return the page of what was measured, with the figures that it loads."""
    parts = results.parts()
    page = _templates().get_template("results.html").render(parts=parts)
    files = {path: content for part in parts for path, content in part.files.items()}
    return files | {results.PAGE: page.encode()}


def howto_pages() -> dict[str, bytes]:
    """Return the pages of the how-tos and the one that leads to them, by their file names."""
    templates = _templates()
    pages = {INDEX: templates.get_template("howto.html").render(how_tos=how_tos())}
    for one in how_tos():
        pages[one.page] = templates.get_template("howto_page.html").render(one=one)
    return {path: page.encode() for path, page in pages.items()}


def reference_pages() -> dict[str, bytes]:
    """Return the pages made from docstrings, by their place in the site; none without pdoc."""
    if not has_reference():
        return {}
    made = modules()
    index = f"{FOLDER}/index.html"
    chapters = [(chapter, [made[name] for name in names]) for chapter, names in CHAPTERS.items()]
    pages = {index: _templates().get_template("reference_index.html").render(
        chapters=chapters, statement=f"from gedig_edu import {', '.join(offered)}", root="../",
    )}  # fmt: skip
    for module in made.values():
        root = "../" * module.path.count("/")
        pages[module.path] = (
            _templates().get_template("reference.html").render(module=module, root=root)
        )
    return {path: page.encode() for path, page in pages.items()}


def shared_files(lessons: Sequence[Lesson]) -> dict[str, bytes]:
    """Return what all pages load: style, code colours, scripts and what the search finds."""
    assets = resources.files(PACKAGE).joinpath("assets")
    style = assets.joinpath("site.css").read_text(encoding="utf-8")
    colours = f":root {{\n{css_variables()}\n}}"
    files = {name: assets.joinpath(name).read_bytes() for name in ASSETS}
    files["site.css"] = "\n".join(
        [colours, style, styles(STYLE), styles(TALLY), code_colours(), ""]
    ).encode()
    index = json.dumps(list(_searched(lessons)), indent=0)
    files["headings.js"] = f"window.gedigHeadings = {index};\n".encode()
    return files


def _searched(lessons: Sequence[Lesson]) -> Iterator[dict[str, Any]]:
    """Yield what the search finds: headings of the site's pages, names of the reference."""
    for page in (*lessons, *how_tos()):
        for heading in page.headings:
            yield {"page": page.page, "title": page.title, **asdict(heading)}
    for heading in results.headings():
        yield {"page": results.PAGE, "title": word("results.page.title"), **asdict(heading)}
    for module in modules().values() if has_reference() else ():
        for name in module.members:
            yield {"page": module.path, "title": module.name, **asdict(Heading(2, name, name))}


def code_colours() -> str:
    """Return the colours of highlighted code, for a light and for a dark page.

    Examples
    --------
    >>> ".highlight .k " in code_colours()
    True
    """
    light = HtmlFormatter(style=LIGHT).get_token_style_defs(".highlight")
    dark = HtmlFormatter(style=DARK).get_token_style_defs(".highlight")
    return "\n".join([*light, *(ON_DARK.format(rule, rule) for rule in dark)])


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader(PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        word=word,
        language=language,
        version=version("gedig-edu"),
        licences=LICENCES,
        has_reference=has_reference,
        root="",  # the way from a page to the others: what lies in a folder goes up first
    )
    environment.filters["code"] = lambda text: trusted(inline(text))
    return environment
