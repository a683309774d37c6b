"""What the course answers with: a card in a notebook, the same words as plain text elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Literal

from gedig_edu.views.colours import GREYS, OKABE_ITO
from gedig_edu.words import inline

Tone = Literal["right", "wrong", "note"]
_EDGE = {"right": OKABE_ITO["blue"], "wrong": OKABE_ITO["vermillion"], "note": GREYS["grey"]}
_CELL = "style='text-align:left;vertical-align:top;padding:4px 4px 4px 0'"
_SIGN = {"right": "✓", "wrong": "✗", "note": "•"}


@dataclass(frozen=True)
class Card:
    """A heading, a few paragraphs, perhaps code behind a fold.

    Text in `backticks` is shown as code. The tone is told by a sign and by the words, and only
    then by a colour.

    Attributes
    ----------
    tone : "right", "wrong" or "note"
    heading : str
    paragraphs : tuple of str
    code : str
        Python source shown below the paragraphs, or "".
    fold : str
        Label of a fold that hides paragraphs and code until opened; "" for none.
    link : str
        A file to open, relative to the notebook, with a place in it behind a ``#``; "" for none.

    Examples
    --------
    >>> Card("right", "Exercise 01.2", ("Right: `k1` wins.",))
    ✓ Exercise 01.2
      Right: `k1` wins.
    """

    tone: Tone
    heading: str
    paragraphs: tuple[str, ...] = ()
    code: str = ""
    fold: str = ""
    link: str = ""

    def __repr__(self) -> str:
        lines = [f"{_SIGN[self.tone]} {self.heading}"]
        lines += [f"  {paragraph}" for paragraph in self.paragraphs]
        lines += [f"    {line}".rstrip() for line in self.code.splitlines()]
        lines += [f"  → {self._file}"] if self.link else []
        return "\n".join(lines)

    @property
    def _file(self) -> str:
        return self.link.split("#")[0]

    def _repr_html_(self) -> str:
        body = "".join(f"<p style='margin:4px 0'>{inline(text)}</p>" for text in self.paragraphs)
        if self.code:
            body += (
                f"<pre style='overflow-x:auto;margin:4px 0'><code>{escape(self.code)}</code></pre>"
            )
        if self.link:
            opens = f"<a href='{escape(self.link)}'>{escape(self._file)}</a>"
            body += f"<p style='margin:4px 0'>{opens}</p>"
        if self.fold:
            body = f"<details><summary>{inline(self.fold)}</summary>{body}</details>"
        return (
            f"<div role='status' style='border-left:4px solid {_EDGE[self.tone]};"
            "padding:4px 12px;max-width:46em;"
            "color:var(--jp-content-font-color1,inherit)'>"
            f"<strong><span aria-hidden='true'>{_SIGN[self.tone]} </span>"
            f"{inline(self.heading)}</strong>{body}</div>"
        )


@dataclass(frozen=True)
class Table:
    """Rows under headings with a caption: an HTML table, or aligned plain text.

    Attributes
    ----------
    caption : str
    headings : tuple of str
    rows : tuple of tuple of str
    stacked : tuple of tuple of int
        Columns that a page shows in one cell, one below the other, so that many columns fit on a
        phone; each column in a cell of its own where not given. Plain text never stacks.
    note : str
        What a sign in the rows means, to stand below them; "" for nothing.

    Examples
    --------
    >>> Table("Done", ("lesson", "exercises"), (("01", "2 of 5"), ("02", "0 of 5")))
    Done
    lesson  exercises
    01      2 of 5
    02      0 of 5
    """

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    stacked: tuple[tuple[int, ...], ...] = ()
    note: str = ""

    def __repr__(self) -> str:
        lines = (self.headings, *self.rows)
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        body = ("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
        return "\n".join((self.caption, *body, *filter(None, (self.note,))))

    def _repr_html_(self) -> str:
        headings = self._cells(self.headings)
        head = "".join(f"<th scope='col' {_CELL}>{text}</th>" for text in headings)
        rows = "".join(
            f"<tr><th scope='row' {_CELL}>{first}</th>"
            + "".join(f"<td {_CELL}>{text}</td>" for text in rest)
            + "</tr>"
            for first, *rest in map(self._cells, self.rows)
        )
        note = inline(self.note)
        foot = f"<tfoot><tr><td colspan='{len(headings)}' {_CELL}>{note}</td></tr></tfoot>"
        return (
            f"<table><caption style='text-align:left'>{inline(self.caption)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
            f"{foot if note else ''}</table>"
        )

    def _cells(self, line: tuple[str, ...]) -> list[str]:
        groups = self.stacked or [(column,) for column in range(len(line))]
        return [_stack(*(inline(line[column]) for column in group)) for group in groups]


def _stack(first: str, *rest: str) -> str:
    return first + "".join(f"<br><span style='font-weight:normal'>{text}</span>" for text in rest)
