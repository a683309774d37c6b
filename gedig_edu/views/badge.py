"""The badge of a claim: its verdict, its numbers drawn on a line, and all words behind a fold."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Literal

from gedig_edu.views.number_line import NumberLine
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.words import inline

STYLE = "kit/badge.css"


@dataclass(frozen=True)
class Badge:
    """What was found about a claim, to be understood in one glance.

    Attributes
    ----------
    tone : "right", "wrong" or "note"
        Told by the sign and the words, and only then by a colour.
    sign, verdict : str
        The verdict as a sign and in words.
    id : str
    about : tuple of str
        Its kind, its source, and what it was found on, each in a word or two.
    statement : str
        The claim in one sentence.
    line : NumberLine, optional
        None where there are no numbers and no limit.
    notes : tuple of str
        What else a reader must see.
    fold : str
        Label of the fold in which the rest stands.
    folded : tuple of str
        The rule's words, all numbers, the full source.
    heading : str
        Id, kind and verdict, where it is read as text.

    Examples
    --------
    >>> Badge("right", "✓", "holds", "03.x", ("theorem",), "One is one.", None, (), "More",
    ...       ("The rule.",), heading="03.x · theorem · holds")
    ✓ 03.x · theorem · holds
      One is one.
      The rule.
    """

    tone: Literal["right", "wrong", "note"]
    sign: str
    verdict: str
    id: str
    about: tuple[str, ...]
    statement: str
    line: NumberLine | None
    notes: tuple[str, ...]
    fold: str
    folded: tuple[str, ...]
    heading: str

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """All its words under the heading."""
        return (self.statement, *self.folded, *self.notes)

    def __repr__(self) -> str:
        lines = (f"  {line}" for line in self.paragraphs)
        return "\n".join([f"{self.sign} {self.heading}", *lines])

    def _repr_html_(self) -> str:
        drawn = self.line.html() if self.line else ""
        return (
            f"<style>{styles(STYLE)}</style>"
            f'<div class="gedig-badge gb-{self.tone}" role="group" '
            f'aria-label="{escape(self.heading)}">'
            f"{self._top()}{_paragraph(self.statement, 'gb-says')}{drawn}"
            f"{self._notes()}{self._fold()}</div>"
        )

    def row(self, address: str = "") -> str:
        """Return the badge as a row of a list: the same in little room, without a style sheet.

        Its id leads to the `address`, a page of its own, where there is one.
        """
        drawn = self.line.small() if self.line else ""
        return (
            f'<div class="gedig-badge gb-row gb-{self.tone}">{self._top(address)}'
            f'<div class="gb-drawn">{drawn}</div>'
            f'<div class="gb-words">{_paragraph(self.statement, "gb-says")}'
            f"{self._notes()}{self._fold()}</div></div>"
        )

    def _top(self, address: str = "") -> str:
        named = escape(self.id)
        named = f'<a href="{escape(address)}">{named}</a>' if address else named
        about = "".join(f" <span>{inline(one)}</span>" for one in self.about)
        return (
            f'<div class="gb-top"><strong><span aria-hidden="true">{self.sign} </span>'
            f'{escape(self.verdict)}</strong> <span class="gb-id">{named}</span>'
            f"{about}</div>"
        )

    def _notes(self) -> str:
        return "".join(_paragraph(note, "gb-note") for note in self.notes)

    def _fold(self) -> str:
        if not self.folded:
            return ""
        told = "".join(map(_paragraph, self.folded))
        return f"<details><summary>{inline(self.fold)}</summary>{told}</details>"


def _paragraph(text: str, style: str = "") -> str:
    return f'<p class="{style}">{inline(text)}</p>' if style else f"<p>{inline(text)}</p>"
