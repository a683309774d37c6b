"""Visits to the static site: its pages from files, with the network off."""

from pathlib import Path

import nbformat
from ipywidgets import Widget

from gedig_edu.course.site.build import site_files, write_site
from gedig_edu.course.site.pages import read_lesson
from gedig_edu.course.site.widgets import STATE

LOCAL = ("file:", "data:", "blob:")
SETTLE = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"

UNFOLD = """() => document.querySelectorAll("details.optional").forEach((section) => {
  section.open = true;
})"""


class Visit:
    """Opens pages of the site offline and notes whatever goes wrong."""

    def __init__(self, page, site: Path):
        self.page, self.site = page, site
        self.problems: list[str] = []
        page.context.set_offline(True)
        page.on("console", lambda line: line.type in ("error", "warning") and self.note(line.text))
        page.on("pageerror", lambda error: self.note(str(error)))
        page.on("requestfailed", self.note_failure)
        page.on("request", lambda request: request.url.startswith(LOCAL) or self.note(request.url))

    def note_failure(self, request) -> None:
        """Note what could not be had, but not what a page still asked for when it was left."""
        if request.failure != "net::ERR_ABORTED":
            self.note(f"failed: {request.url}")

    def note(self, problem: str) -> None:
        self.problems.append(problem)

    def open(self, name: str, *, width: int = 1280, theme: str = "light", anchor: str = ""):
        self.page.emulate_media(color_scheme=theme)
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.goto(f"{(self.site / name).as_uri()}.html#{anchor}".removesuffix("#"))
        self.page.wait_for_function(
            "() => document.querySelectorAll('[data-model]:not([data-drawn])').length === 0"
        )
        self.page.evaluate(SETTLE)
        return self.page

    def open_whole(self, name: str, **screen):
        """Open a page and unfold its optional sections."""
        self.open(name, **screen)
        self.page.evaluate(UNFOLD)
        self.page.evaluate(SETTLE)
        return self.page


def page_with(page, folder: Path, widget, *above) -> Visit:
    """Write a site of one lesson, cells and a widget below them, and open it; return the visit."""
    data = widget._repr_mimebundle_()  # which opens it
    # its own state alone: to ask every widget of this process meets those that are being freed
    state = Widget.get_manager_state(widgets=[widget, widget.layout])
    notebook = nbformat.v4.new_notebook(metadata={"widgets": {STATE: state}})
    opening = "# 06 · A\n\n**The question.** Why?\n\n**Time.** 5 minutes."
    cell = nbformat.v4.new_code_cell("widget")
    cell.outputs = [nbformat.v4.new_output("execute_result", data=data)]
    notebook.cells = [nbformat.v4.new_markdown_cell(opening), *above, cell]
    lesson = read_lesson(notebook, "06_a.ipynb", pages=())
    write_site(folder / "site", site_files([lesson]))
    visit = Visit(page, folder / "site")
    visit.open("06_a")
    return visit
