"""The how-tos, prose with code that runs, from one file of Markdown each in ``howto/``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from markupsafe import Markup

from gedig_edu.course.site.mathml import Heading, PageRenderer
from gedig_edu.course.site.outputs import trusted

NAMES = ("own_model", "own_figure", "many_texts", "experiment", "train")
INDEX = "howto.html"
FENCE = re.compile(r"^```(python|bash)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class HowTo:
    """One of them.

    Attributes
    ----------
    name : str
        Of its file.
    title, lead : str
        Its heading, and the paragraph under it.
    blocks : tuple of (str, str)
        Its blocks, which run one after the other: "python" or "bash", and the code.
    headings : tuple of Heading
        All headings, the title first.
    body : Markup
        All of it.
    text : str
        The same as Markdown.
    """

    name: str
    title: str
    lead: str
    blocks: tuple[tuple[str, str], ...]
    headings: tuple[Heading, ...]
    body: Markup
    text: str

    @property
    def code(self) -> tuple[str, ...]:
        """Its blocks of Python."""
        return tuple(block for language, block in self.blocks if language == "python")

    @property
    def page(self) -> str:
        """File name of its page."""
        return f"howto_{self.name}.html"


@cache
def how_tos() -> tuple[HowTo, ...]:
    """Return the how-tos in their order.

    Examples
    --------
    >>> [one.title for one in how_tos()][0]
    'Read F of your own model'
    """
    return tuple(map(_read, NAMES))


def _read(name: str) -> HowTo:
    source = resources.files("gedig_edu.course.site").joinpath("howto", f"{name}.md")
    text = source.read_text(encoding="utf-8")
    title, lead, *_ = text.removeprefix("# ").split("\n\n")
    renderer = PageRenderer()
    body = trusted(renderer.html(text))
    blocks, headings = tuple(FENCE.findall(text)), tuple(renderer.headings)
    return HowTo(name, title, lead, blocks, headings, body, text)
