"""Cells and their outputs as HTML."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bs4 import BeautifulSoup
from markupsafe import Markup
from nbconvert.filters import Highlight2HTML, ansi2html
from nbformat import NotebookNode

from gedig_edu.course.exercises import find
from gedig_edu.course.site.mathml import PageRenderer
from gedig_edu.course.site.widgets import VIEW, PageWidgets, digest
from gedig_edu.views.shown import pictures_of, width_of
from gedig_edu.views.widgets.told import AGAIN
from gedig_edu.words import inline, word

PNG = "image/png"
FOREIGN = ("script", "style", "link", "iframe", "object", "embed", "base", "meta")
EXERCISE = re.compile(r"""^check\(["'](\d\d\.\d+)["']""", re.MULTILINE)
PNG_SIZE = struct.Struct(">16xII")  # width and height, after signature and chunk header


class CellWriter:
    """Writes the cells of one notebook as HTML, and collects the files that they need.

    Parameters
    ----------
    notebook : NotebookNode
        As executed.
    name : str
        File name of the notebook, for the sentence that says where to run it.
    pages : collection of str
        File names of the notebooks that have a page; a link to another becomes plain text.
    solutions : bool
        Whether worked solutions are folded in.
    """

    def __init__(
        self, notebook: NotebookNode, name: str, *, pages: Collection[str], solutions: bool = True
    ) -> None:
        self.name = name
        self.pages = pages
        self.solutions = solutions
        self.renderer = PageRenderer()
        self.widgets = PageWidgets.of(notebook)
        self.figures: dict[str, bytes] = {}

    @property
    def files(self) -> dict[str, bytes]:
        """Figures, modules and styles by their path in the site."""
        return self.figures | self.widgets.files

    def write(self, cell: NotebookNode) -> Markup:
        """Return one cell, with its outputs, as HTML."""
        if cell.cell_type == "markdown":
            return self._clean(self.renderer.html(cell.source))
        code = Markup('<div class="code">{}</div>').format(highlighted(cell.source))
        parts = [self._output(output) for output in cell.outputs]
        if is_folded(cell):
            parts.append(fold(word("site.cell.code"), code))
        else:
            parts.insert(0, code)
        parts += [self._help(name) for name in EXERCISE.findall(cell.source)]
        return Markup("").join(parts)

    def _output(self, output: NotebookNode) -> Markup:
        if output.output_type == "stream":
            return printed(output.text)
        data, metadata = output.data, output.get("metadata") or {}
        if VIEW in data and data[VIEW]["model_id"] in self.widgets.models:
            return self._widget(data[VIEW]["model_id"], data)
        said = metadata.get(PNG, {}).get("alt")
        if (pictures := pictures_of(data.get("text/html", ""))) is not None:
            return self._picture(*pictures, said=said)
        if "text/html" in data:
            return Markup('<div class="output">{}</div>').format(self._clean(data["text/html"]))
        if PNG in data:
            return self._picture(base64.b64decode(data[PNG]), said=said)
        return printed(data.get("text/plain", ""))

    def _clean(self, text: str) -> Markup:
        return clean(text, pages=self.pages)

    def _picture(self, *themes: bytes, said: str | None) -> Markup:
        section = self.renderer.headings[-1].text if self.renderer.headings else self.name
        unnamed = word("site.figure.unnamed", section=section)
        picture, files = pictured(*themes, said=said or unnamed, named=unnamed)
        self.figures |= files
        return picture

    def _help(self, exercise_id: str) -> Markup:
        exercise = find(exercise_id)
        folds = [
            fold(
                word("site.exercise.hint", number=number, count=exercise.hints),
                paragraph(exercise.words(f"hint_{number}")),
            )
            for number in range(1, exercise.hints + 1)
        ]
        if self.solutions:
            solution = paragraph(exercise.words("solution")) + highlighted(exercise.code)
            folds.append(fold(word("site.exercise.solution"), solution))
        return Markup('<div class="help">{}</div>').format(Markup("").join(folds))

    def _needs_kernel(self) -> Markup:
        return paragraph(word("site.widget.kernel", notebook=self.name), "needs-kernel")

    def _widget(self, model_id: str, data: Mapping[str, str]) -> Markup:
        text = data.get("text/plain", "").removesuffix(f"\n{word('widgets.told.again')}")
        if self.widgets.is_form(model_id):
            said = self._clean(data["text/html"])
            return Markup('<div class="still">{}{}</div>').format(said, self._needs_kernel())
        if self.widgets.kind(model_id) != "AnyModel":
            return Markup('<div class="still">{}{}</div>').format(
                Markup("").join(self._still(model_id)), self._needs_kernel()
            )
        self.widgets.use(model_id)
        if self.widgets.lives(model_id):
            return placed(model_id, text)
        return Markup('<div class="still">{}{}{}</div>').format(
            placed(model_id, text, still=True), paragraph(text, "says"), self._needs_kernel()
        )

    def _still(self, model_id: str) -> Iterator[Markup]:
        """Yield the words and the last pictures of a tree of ipywidgets."""
        leaves = list(self._leaves(model_id))
        words = [leaf["value"] for kind, _, leaf in leaves if kind == "HTMLModel"]
        for kind, leaf_id, leaf in leaves:
            if kind == "HTMLModel":
                yield self._clean(leaf["value"])
            elif kind == "ImageModel":
                content = buffer_of(self.widgets.models[leaf_id])
                yield self._picture(
                    content, said=BeautifulSoup(words[-1], "html.parser").get_text()
                )
            elif kind == "AnyModel":
                self.widgets.use(leaf_id)
                yield placed(leaf_id, "", still=True)

    def _leaves(self, model_id: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        state = self.widgets.state(model_id)
        if "children" not in state:
            yield self.widgets.kind(model_id), model_id, state
        for child in state.get("children", ()):
            yield from self._leaves(child.removeprefix("IPY_MODEL_"))


def is_folded(cell: NotebookNode) -> bool:
    """Return whether JupyterLab shows a code cell without its code.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell
    >>> is_folded(new_code_cell("1", metadata={"jupyter": {"source_hidden": True}}))
    True
    """
    return bool(cell.metadata.get("jupyter", {}).get("source_hidden"))


def clean(text: str, *, pages: Collection[str]) -> Markup:
    """Return HTML without anything that runs or loads, its tables in boxes that scroll.

    Examples
    --------
    >>> clean("<style>p {}</style><a href='01_b.ipynb#cell-id=1'>b</a>", pages=["01_b.ipynb"])
    Markup('<a href="01_b.html">b</a>')
    >>> clean("<a href='javascript:go()' onclick='go()'>b</a>", pages=[])
    Markup('<a>b</a>')
    """
    soup = BeautifulSoup(text, "html.parser")
    for foreign in [*soup.find_all(FOREIGN), *soup.find_all(class_=AGAIN)]:
        foreign.decompose()
    for element in soup.find_all(True):
        for name in [name for name, value in element.attrs.items() if runs(name, value)]:
            del element[name]
    for table in soup.find_all("table"):
        del table["border"]
        table.wrap(soup.new_tag("div", attrs={"class": "scroll"}))
        for cell in table.find_all("th"):
            if not cell.get_text(strip=True):
                cell.name = "td"
            elif not cell.get("scope"):
                cell["scope"] = "col" if cell.find_parent("thead") else "row"
    for link in soup.select("a[href]"):
        file = str(link["href"]).split("#")[0]
        if file in pages:
            link["href"] = page_of(file)
        elif file.endswith(".ipynb"):
            link.unwrap()
    return trusted(str(soup))


def runs(name: str, value: object) -> bool:
    r"""Whether an attribute holds a script; a browser reads past white space in an address.

    Examples
    --------
    >>> runs("onclick", ""), runs("href", " Java\nScript:go()"), runs("href", "java.html")
    (True, True, False)
    """
    address = re.sub(r"[\x00-\x20]", "", str(value)).lower()
    return name.lower().startswith("on") or address.startswith(("javascript:", "vbscript:"))


def page_of(notebook: str) -> str:
    """Return the page of a notebook.

    Examples
    --------
    >>> page_of("01_b.ipynb")
    '01_b.html'
    """
    return f"{notebook.removesuffix('.ipynb')}.html"


def highlighted(source: str) -> Markup:
    """Return Python code with a span for each kind of token.

    Examples
    --------
    >>> highlighted("x = 1")
    Markup('...<span class="o">=</span>...')
    """
    return trusted(Highlight2HTML()(source.rstrip(), language="ipython3"))


def printed(text: str) -> Markup:
    """Return what a cell printed.

    Examples
    --------
    >>> printed("F < 0")
    Markup('<pre class="printed">F &lt; 0</pre>')
    """
    return Markup('<pre class="printed">{}</pre>').format(trusted(ansi2html(text.rstrip())))


def paragraph(text: str, style: str = "") -> Markup:
    """Return one paragraph with `backticks` as code."""
    return Markup('<p class="{}">{}</p>').format(style, trusted(inline(text)))


def pictured(*themes: bytes, said: str, named: str) -> tuple[Markup, dict[str, bytes]]:
    """Return a figure as HTML, and the files that it loads.

    Parameters
    ----------
    *themes : bytes
        PNG for every page, or one for a light and one for a dark page.
    said : str
        Its text alternative.
    named : str
        What the box is in which it scrolls.
    """
    classes = ("figure",) if len(themes) == 1 else ("figure light", "figure dark")
    paths = [f"figures/{digest(content)}.png" for content in themes]
    image = Markup('<img class="{}" src="{}" alt="{}" width="{}" height="{}" style="--pixels: {}">')
    pictures = Markup("").join(
        image.format(name, path, said, *PNG_SIZE.unpack_from(content), width_of(content))
        for name, path, content in zip(classes, paths, themes, strict=True)
    )
    box = Markup('<figure class="scroll" aria-label="{}">{}</figure>')
    return box.format(named, pictures), dict(zip(paths, themes, strict=True))


def fold(label: str, content: Markup) -> Markup:
    """Return content that opens on request."""
    return Markup("<details><summary>{}</summary>{}</details>").format(label, content)


def placed(model_id: str, text: str, *, still: bool = False) -> Markup:
    """Return the place of a widget, which holds its words until it is drawn."""
    calm = Markup(" inert") if still else ""
    words = Markup('<pre class="printed">{}</pre>').format(text)
    return Markup('<div class="widget" data-model="{}"{}>{}</div>').format(model_id, calm, words)


def trusted(text: str) -> Markup:
    """Return HTML that a library wrote or `clean` has seen, so that it is not escaped again."""
    return Markup(text)  # noqa: S704


def buffer_of(model: Mapping[str, Any]) -> bytes:
    """Return the picture that an Image widget holds."""
    return base64.b64decode(next(b["data"] for b in model["buffers"] if b["path"] == ["value"]))
