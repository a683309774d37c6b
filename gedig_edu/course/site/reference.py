"""The package's reference as pages, made by pdoc from the docstrings, none where it is missing.

pdoc finds the members, reads numpydoc and links names; signatures are written as they stand in the
source, where shapes are words, and the page around is that of the site.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from traitlets import TraitType

from gedig_edu.words import word

if TYPE_CHECKING:
    from pdoc.doc import Doc

PACKAGE = "gedig_edu"
FOLDER = "api"
TEMPLATES = Path(__file__).parent / "templates" / "pdoc"
LINE = 88
ANCHOR = re.compile(r'<(?:section|div) id="([^"]+)"')
CHAPTERS: Mapping[str, tuple[str, ...]] = {
    "gauge": (
        "theory.gauge", "theory.reading", "theory.maps", "theory.comparison", "theory.baselines",
    ),
    "models": ("models.loading", "models.model", "models.records"),
    "lab": ("lab.live", "lab.texts", "lab.streams", "lab.statistics"),
    "views": (
        "views.widgets.attention_explorer", "views.plots.reports", "views.plots.heads",
        "views.bertviz",
    ),
    "theory": (
        "theory.attention", "theory.rope", "theory.thermo", "theory.basis", "theory.graphs",
        "theory.gates", "theory.shortcuts", "theory.heads", "errors",
    ),
}  # fmt: skip


def has_reference() -> bool:
    """Tell whether pdoc is installed, which the reference is made by."""
    return find_spec("pdoc") is not None


@dataclass(frozen=True)
class ModulePage:
    """What a module says of itself.

    Attributes
    ----------
    name : str
        With all its packages.
    says : str
        The first line of its docstring.
    body : Markup
        Its members.
    """

    name: str
    says: str
    body: Markup

    @property
    def path(self) -> str:
        """Where its page lies in the site."""
        return f"{FOLDER}/{self.name.replace('.', '/')}.html"

    @property
    def members(self) -> list[str]:
        """Each public name as a user types it, such as ``Gauge.read``; on the page, its anchor.

        Examples
        --------
        >>> modules()["theory.gauge"].members[:2]
        ['Gauge', 'Gauge.paper']
        """
        return ANCHOR.findall(self.body)


@cache
def modules() -> dict[str, ModulePage]:
    """Return the page of each module of `CHAPTERS`, by its name there, made once."""
    import pdoc.doc
    import pdoc.render

    names = [name for chapter in CHAPTERS.values() for name in chapter]
    found = {f"{PACKAGE}.{n}": pdoc.doc.Module.from_name(f"{PACKAGE}.{n}") for n in names}
    pdoc.render.configure(
        docformat="numpy", include_undocumented=False, search=False, show_source=False,
        template_directory=TEMPLATES,
    )  # fmt: skip
    pdoc.render.env.filters["signature"] = signature
    told = {"contents": word("site.reference.contents"), "is_trait": _is_trait}
    pdoc.render.env.globals.update(told)
    pages = [
        ModulePage(name, one.docstring.splitlines()[0], _body(pdoc.render.html_module(one, found)))
        for name, one in found.items()
    ]
    return dict(zip(names, pages, strict=True))


def signature(doc: Doc[Any]) -> Markup:
    """Return how a class or function is called, as it is written in its source.

    Examples
    --------
    >>> import pdoc.doc
    >>> found = pdoc.doc.Module.from_name("gedig_edu.theory.comparison").get("draws_for")
    >>> print(signature(found).striptags())
    def draws_for(length: int) -> int
    """
    kind = "class" if doc.kind == "class" else "def"
    text = f"{kind} {doc.name}"
    if not getattr(doc.obj, "_is_protocol", False):  # which nobody calls
        text += _called(doc.obj)
    return Markup(highlight(text, PythonLexer(), HtmlFormatter()))  # noqa: S704


class _Written(str):
    """An annotation that `inspect` writes without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _called(thing: Any) -> str:
    """Return parameters and result, one parameter a line where they do not fit on one."""
    try:
        called = inspect.signature(thing)
    except ValueError:  # an exception of ours has Python's own constructor, which shows none
        return ""
    pieces: list[str] = []
    for one in called.parameters.values():
        if one.name in {"self", "cls"}:
            continue
        if one.kind is one.KEYWORD_ONLY and not any(piece.startswith("*") for piece in pieces):
            pieces.append("*")
        pieces.append(str(one.replace(annotation=_written(one.annotation))))
    result = called.return_annotation
    silent = inspect.isclass(thing) or result is inspect.Signature.empty
    end = "" if silent else f" -> {_written(result)}"
    line = f"({', '.join(pieces)}){end}"
    if len(line) <= LINE:
        return line
    return "(\n" + "".join(f"    {piece},\n" for piece in pieces) + f"){end}"


def _written(annotation: Any) -> Any:
    return _Written(annotation) if isinstance(annotation, str) else annotation


def _is_trait(doc: Doc[Any]) -> bool:
    """Tell whether it is a widget's trait, whose docstring is that of traitlets."""
    owner = getattr(sys.modules[doc.modulename], doc.qualname.split(".")[0], None)
    return isinstance(inspect.getattr_static(owner, doc.name, None), TraitType)


def _body(html: str) -> Markup:
    """Return what pdoc wrote: code in the site's colours, no heading that stands there often."""
    plain = re.sub(r"<h6[^>]*>(.*?)</h6>", r'<p class="part">\1</p>', html)
    return Markup(plain.replace("pdoc-code codehilite", "highlight"))  # noqa: S704
