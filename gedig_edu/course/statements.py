"""What is claimed: a statement, whose it is, and the rule that decides it.

A statement can be read, listed and searched without anything that measures it: how it is measured
stands apart, in the ``measures.py`` of its lesson, and is imported when it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gedig_edu.course.evidence import Rule
from gedig_edu.words import word

Kind = Literal["theorem", "conditional", "measured", "metaphor", "by construction"]
Source = Literal["surveying", "field", "gauge", "micro", "dynamics", "ours"]
Material = Literal[
    "arrays",
    "ten_worlds",
    "graphs",
    "published",
    "words",
    "trainings",
    "vectors",
    "heads",
    "each_head",
    "writing",
    "written",
    "lens",
    "two_lengths",
    "books",
    "runs",
    "sentences",
    "flow",
    "prose",
    "both",
    "twins",
    "lengths",
    "lengths_twins",
    "padded",
    "removed",
    "passages",
    "few_twins",
    "repeated",
    "rotary",
    "worlds",
    "facts",
    "steps",
    "block",
    "small_heads",
    "scales",
    "sums",
    "grown",
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
    on : str
        What it is measured on; "nothing" where the mathematics does not exist yet.
    after_look : bool
        Whether the rule was set or changed after a first look at results; the badge says so.
    slow : bool
        Whether measuring takes longer than a lesson can wait: `show` then reads what a command
        has measured, and measures again on request.
    beside : tuple of str
        Names of numbers, none of them judged, of another quantity than the judged ones: they are
        told, and not drawn on the number line of the badge.
    unit : str
        Unit of its first number; "1" for a number without one.
    """

    id: str
    source: Source
    kind: Kind
    rule: Rule | None = None
    on: Material = "nothing"
    after_look: bool = False
    slow: bool = False
    beside: tuple[str, ...] = ()
    unit: str = "1"

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
    def is_measured(self) -> bool:
        """Whether there is a measurement that puts it to its test."""
        return self.on != "nothing"

    @property
    def lesson(self) -> str:
        """Number of the lesson that tests it."""
        return self.id.partition(".")[0]

    @property
    def topic(self) -> str:
        """Its name within the lesson."""
        return self.id.partition(".")[2]

    @property
    def key(self) -> str:
        """Where its words stand in the message table."""
        return f"lesson_{self.lesson}.claim.{self.topic}"
