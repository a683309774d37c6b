"""What the course is made of, as data: claims, with where each comes from and how it is decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from gedig_edu.course.context import Context
from gedig_edu.course.evidence import Reading, Rule
from gedig_edu.words import word

Kind = Literal["theorem", "conditional", "measured", "metaphor", "by construction"]
Source = Literal["surveying", "field", "gauge", "micro", "dynamics", "ours"]
Material = Literal[
    "arrays",
    "graphs",
    "published",
    "vectors",
    "heads",
    "writing",
    "prose",
    "both",
    "twins",
    "lengths",
    "removed",
    "passages",
    "few_twins",
    "nothing",
]


@dataclass(frozen=True)
class Claim:
    """A statement of a source text, or a question of ours, and how it is decided.

    Its words stand with its lesson's: ``lesson_01.claim.norms.statement``, one sentence, and one
    entry for each number that is measured.

    Attributes
    ----------
    id : str
        Lesson and topic, such as "01.norms".
    source : str
        Which of the five source texts states it, or "ours".
    kind : "theorem", "conditional", "measured", "metaphor" or "by construction"
        By construction: what the rule says follows from how that which is measured was made.
    rule : Rule, optional
        Written before measuring, unless `after_look`; a metaphor has none.
    measure : callable, optional
        ``measure(context)`` returns readings; none where the mathematics does not exist yet.
    on : str
        What it is measured on.
    after_look : bool
        Whether the rule was set or changed after a first look at results; the badge says so.
    slow : bool
        Whether measuring takes longer than a lesson can wait: `show` then reads what a command
        has measured, and measures again on request.
    """

    id: str
    source: Source
    kind: Kind
    rule: Rule | None = None
    measure: Callable[[Context], Sequence[Reading]] | None = field(default=None, repr=False)
    on: Material = "nothing"
    after_look: bool = False
    slow: bool = False

    @property
    def statement(self) -> str:
        """The claim in one sentence."""
        return self.words("statement")

    @property
    def kind_in_words(self) -> str:
        """The kind as a reader sees it."""
        return word(f"claims.kind.{self.kind}")

    def words(self, name: str) -> str:
        """Return the words of this claim under `name`."""
        return word(f"{self.key}.{name}")

    @property
    def key(self) -> str:
        """Where its words stand in the message table."""
        lesson, topic = self.id.split(".")
        return f"lesson_{lesson}.claim.{topic}"
