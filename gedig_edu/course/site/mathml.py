"""Markdown to HTML: headings with anchors, mathematics as MathML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from gedig_edu.errors import GedigError
from gedig_edu.words import refusal

TAG = re.compile(r"<[^>]+>")
LEFT_OVER = re.compile(r"\\[A-Za-z]+|>\s*&\s*<")


@dataclass(frozen=True)
class Heading:
    """A heading of a page.

    Attributes
    ----------
    level : int
        1 for the page's title.
    id : str
        Its anchor.
    text : str
        Without markup.
    """

    level: int
    id: str
    text: str


def formula(latex: str, *, block: bool = False) -> str:
    r"""Return a LaTeX formula as MathML.

    Raises
    ------
    GedigError
        If it cannot be read, or a command in it is not known.

    Examples
    --------
    >>> formula(r"\sqrt{d}")
    '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline">...<msqrt>...</math>'
    >>> formula(r"\sqroot{d}")
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: The formula '\\sqroot{d}' ... write it another way.
    """
    try:
        written = convert(known(latex), display="block" if block else "inline")
    except Exception as trouble:  # the converter has a dozen kinds of error and no common one
        raise _unreadable(latex, type(trouble).__name__) from trouble
    if found := LEFT_OVER.search(written):
        raise _unreadable(latex, found[0].strip("<> "))
    return written


def known(latex: str) -> str:
    r"""Return a formula with `aligned` under its other name, the one the converter knows.

    Examples
    --------
    >>> known(r"\begin{aligned} a &= b \end{aligned}")
    '\\begin{split} a &= b \\end{split}'
    """
    return latex.replace("{aligned}", "{split}")


class PageRenderer(IPythonRenderer):
    """Renders the Markdown cells of one page; `headings` collects what they hold.

    Examples
    --------
    >>> renderer = PageRenderer()
    >>> print(renderer.html("## Why $d$?"))
    <h2 id="why-d">Why <math ...>...</math>?</h2>
    >>> renderer.headings
    [Heading(level=2, id='why-d', text='Why d?')]
    """

    def __init__(self) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self.headings: list[Heading] = []
        self._markdown = MarkdownWithMath(renderer=self)

    def html(self, source: str) -> str:
        """Return a Markdown cell as HTML."""
        return self._markdown.render(source)

    def heading(self, text: str, level: int, **_attrs: Any) -> str:
        """Write a heading with an anchor of its own."""
        plain = unescape(TAG.sub("", text)).strip()
        made = Heading(level, self._anchor(plain), plain)
        self.headings.append(made)
        return f'<h{level} id="{made.id}">{text}</h{level}>\n'

    def inline_math(self, body: str) -> str:
        """Write a formula in a line."""
        return formula(body)

    def block_math(self, body: str) -> str:
        """Write a formula on a line of its own, which scrolls where it is too wide."""
        return f'<span class="formula scroll">{formula(body, block=True)}</span>'

    def latex_environment(self, name: str, body: str) -> str:
        """Write an environment such as align."""
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def _anchor(self, text: str) -> str:
        stem = re.sub(r"\W+", "-", text.lower()).strip("-") or "section"
        taken = {heading.id for heading in self.headings}
        names = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
        return next(name for name in names if name not in taken)


def _unreadable(latex: str, reason: str) -> GedigError:
    return refusal("no_formula", latex=latex, reason=reason)
