"""Claims as squares, a row for each group of them, with a legend that counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Literal

from gedig_edu.views.widgets.bundle import styles
from gedig_edu.words import inline

STYLE = "kit/tally.css"


@dataclass(frozen=True)
class Outcome:
    """One way in which a claim can come out.

    Attributes
    ----------
    words : str
    sign : str
        What stands in its square, so that no colour is needed to read it.
    tone : "right", "partly", "wrong", "both", "open" or "none"
    """

    words: str
    sign: str
    tone: Literal["right", "partly", "wrong", "both", "open", "none"]


@dataclass(frozen=True)
class Tally:
    """How many claims of each group came out which way.

    Attributes
    ----------
    caption : str
    outcomes : tuple of Outcome
        In the order in which a row shows them.
    groups : dict of str to tuple of (int, str)
        For each group its claims: the place of the outcome, and the claim in words.
    note : str
        What the claims of no outcome are, to stand below; "" for nothing.
    fold : str
        Label of the fold in which a row's claims stand in words, for those who cannot point at a
        square; "" for no fold.

    Examples
    --------
    >>> outcomes = (Outcome("holds", "✓", "right"), Outcome("undecided", "?", "open"))
    >>> Tally("Claims", outcomes, {"lecture": ((1, "b"), (0, "a"), (0, "c"))})
    Claims
    lecture (3)  ✓✓?  2 holds, 1 undecided
    """

    caption: str
    outcomes: tuple[Outcome, ...]
    groups: dict[str, tuple[tuple[int, str], ...]]
    note: str = ""
    fold: str = ""

    def __repr__(self) -> str:
        rows = [
            (
                f"{name} ({len(claims)})",
                "".join(self.outcomes[at].sign for at, _ in self._sorted(name)),
                self._counted(name),
            )
            for name, claims in self.groups.items()
        ]
        wide = [max((len(row[at]) for row in rows), default=0) for at in range(2)]
        lines = (f"{a:<{wide[0]}}  {b:<{wide[1]}}  {c}" for a, b, c in rows)
        return "\n".join((self.caption, *lines, *filter(None, (self.note,))))

    def _repr_html_(self) -> str:
        return f"<style>{styles(STYLE)}</style>{self.html()}"

    def html(self) -> str:
        """Return the picture without its style sheet."""
        rows = "".join(self._row(name) for name in self.groups)
        note = f"<p>{inline(self.note)}</p>" if self.note else ""
        return (
            f'<figure class="gedig-tally"><figcaption>{inline(self.caption)}</figcaption>'
            f'{rows}<ul class="gt-legend">{"".join(self._legend())}</ul>{note}</figure>'
        )

    def _row(self, name: str) -> str:
        marks = "".join(
            f'<span class="gt-mark gt-{self.outcomes[at].tone}" title="{escape(says)}">'
            f"{self.outcomes[at].sign}</span>"
            for at, says in self._sorted(name)
        )
        return (
            f'<div class="gt-row"><span class="gt-name">{inline(name)} '
            f"<span>{len(self.groups[name])}</span></span>"
            f'<span class="gt-marks" role="img" aria-label="{escape(self._counted(name))}">'
            f"{marks}</span>{self._folded(name)}</div>"
        )

    def _folded(self, name: str) -> str:
        if not self.fold:
            return ""
        told = "".join(
            f'<li><span aria-hidden="true">{self.outcomes[at].sign}</span> {inline(says)}</li>'
            for at, says in self._sorted(name)
        )
        return f"<details><summary>{inline(self.fold)}</summary><ul>{told}</ul></details>"

    def _legend(self) -> Iterator[str]:
        everywhere = [at for claims in self.groups.values() for at, _ in claims]
        for at, one in enumerate(self.outcomes):
            if at in everywhere:
                yield (
                    f'<li><span class="gt-mark gt-{one.tone}" aria-hidden="true">{one.sign}</span>'
                    f"{inline(one.words)} {everywhere.count(at)}</li>"
                )

    def _sorted(self, name: str) -> list[tuple[int, str]]:
        return sorted(self.groups[name], key=lambda claim: claim[0])

    def _counted(self, name: str) -> str:
        found = [at for at, _ in self.groups[name]]
        counts = ((found.count(at), one.words) for at, one in enumerate(self.outcomes))
        return ", ".join(f"{count} {words}" for count, words in counts if count)
