"""What was found about a claim, and its badge: words and numbers, for `views` to draw."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from gedig_edu.course.cards import Tone
from gedig_edu.course.evidence import Reading, Untestable, Verdict
from gedig_edu.course.statements import Claim
from gedig_edu.words import word

if TYPE_CHECKING:
    from gedig_edu.views.badge import Badge
    from gedig_edu.views.number_line import NumberLine

TONES: dict[Verdict, Tone] = {Verdict.HOLDS: "right", Verdict.DOES_NOT_HOLD: "wrong"}
SIGNS = {
    Verdict.HOLDS: "✓",
    Verdict.HOLDS_IF: "✓",
    Verdict.DOES_NOT_HOLD: "✗",
    Verdict.UNDECIDED: "?",
    Verdict.CONTRADICTORY: "⇄",
}
WITHOUT_MODEL = (
    "arrays",
    "graphs",
    "published",
    "words",
    "trainings",
    "worlds",
    "ten_worlds",
    "block",
    "small_heads",
    "sums",
)
OTHER_SIGN = "•"
MARK = "*"  # in a list, beside a verdict by a rule that was set after a look


@dataclass(frozen=True)
class Evidence:
    """What was found when a claim was put to its test.

    Attributes
    ----------
    claim : Claim
    model : str
        Name of the model of the run.
    on : str
        What was measured, in words.
    readings : tuple of Reading
    verdict : Verdict
        What the claim's rule says about the readings.
    note : str
        Why nothing could be measured, or "".
    seconds : float
        How long it took.
    when : str
        Moment of the measurement, UTC.
    command : str
        The command that measured it, or "" where it was measured here.
    """

    claim: Claim
    model: str
    on: str
    readings: tuple[Reading, ...]
    verdict: Verdict
    note: str = ""
    seconds: float = 0.0
    when: str = ""
    command: str = ""

    @property
    def expected(self) -> str:
        """The decision rule in words, "" for a metaphor."""
        return self.claim.rule.text if self.claim.rule else ""

    @property
    def late(self) -> bool:
        """Whether the verdict is by a rule that was set after a look at the numbers."""
        return self.claim.after_look and bool(self.readings)

    @property
    def measured(self) -> float:
        """The first number, NaN where there is none."""
        return self.readings[0].value if self.readings else float("nan")

    @property
    def interval(self) -> tuple[float, float] | None:
        """The first number's interval, None where nothing was sampled."""
        first = self.readings[0] if self.readings else None
        return (first.low, first.high) if first and first.low < first.high else None

    def to_dict(self) -> dict[str, Any]:
        """Return the claim, its rule, the first number and the verdict, as JSON can hold them.

        A metaphor has neither rule nor verdict; where there is no number, value, ends and unit are
        None.
        """
        first = self.readings[0] if self.readings else None
        value, low, high = (first.value, first.low, first.high) if first else [None] * 3
        return {
            "id": self.claim.id,
            "lesson": self.claim.lesson,
            "source": self.claim.source,
            "kind": self.claim.kind,
            "statement": self.claim.statement,
            "rule": self.expected or None,
            "value": _finite(value),
            "low": _finite(low),
            "high": _finite(high),
            "unit": self.claim.unit if first else None,
            "verdict": None if self.verdict is Verdict.NONE else self.verdict.value,
            "model": self.model,
        }

    def numbers(self) -> tuple[str, ...]:
        """Return every number with its interval in words."""
        return tuple(
            word("claims.badge.number", what=self.claim.words(one.name), number=one.written)
            for one in self.readings
        )

    def badge(self, predicted: str = "") -> Badge:
        """Return the evidence as a badge, with a stored prediction beside it."""
        return badge_of(self, predicted)


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


def badge_of(evidence: Evidence, predicted: str = "") -> Badge:
    """Return the badge of what was found, with a stored prediction beside it."""
    from gedig_edu.views.badge import Badge

    claim, verdict = evidence.claim, evidence.verdict
    named = {"id": claim.id, "kind": claim.kind_in_words, "verdict": verdict}
    return Badge(
        tone=TONES.get(verdict, "note"),
        sign=SIGNS.get(verdict, OTHER_SIGN),
        verdict=verdict_in_words(verdict),
        id=claim.id,
        about=_about(evidence),
        statement=claim.statement,
        line=line_of(evidence),
        notes=tuple(note for note in (*_notes(evidence), predicted) if note),
        fold=word("claims.badge.fold"),
        folded=_folded(evidence),
        heading=word("claims.badge.heading", **named),
    )


def verdict_in_words(verdict: Verdict) -> str:
    """Return a verdict as a reader sees it where it stands alone.

    Examples
    --------
    >>> verdict_in_words(Verdict.NONE), verdict_in_words(Verdict.HOLDS)
    ('no verdict', 'holds')
    """
    return word("claims.badge.no_verdict") if verdict is Verdict.NONE else str(verdict)


def source_in_words(source: str) -> str:
    """Return whose a claim is in a word or two: the id of a text, or "ours"."""
    return word("claims.about.ours" if source == "ours" else f"sources.text.{source}.short")


def line_of(evidence: Evidence) -> NumberLine | None:
    """Return the number line, None where nothing is or could be measured."""
    from gedig_edu.views.number_line import Mark, NumberLine

    claim, rule = evidence.claim, evidence.claim.rule
    if rule is None or not rule.limits or not claim.is_measured:
        return None
    drawn = [one for one in evidence.readings if one.name not in claim.beside]
    marks = tuple(
        Mark(claim.words(one.name), one.value, one.low, one.high, one.written, _kind(one))
        for one in drawn
    )
    numbers = "; ".join(_said(evidence, one) for one in drawn if one.judged)
    said = word("claims.line.said", side=rule.side, numbers=numbers or word("claims.line.empty"))
    without = word("claims.line.without")
    return NumberLine(rule.limits, rule.holding, rule.side, marks, said, without)


def _kind(reading: Reading) -> Literal["judged", "without", "compared"]:
    if not reading.judged:
        return "compared"
    return "judged" if reading.condition else "without"


def _said(evidence: Evidence, one: Reading) -> str:
    """Return one number in words, and on which side it lies."""
    rule, what = evidence.claim.rule, evidence.claim.words(one.name)
    if math.isnan(one.value):
        return word("claims.line.undefined", what=what)
    sides = {Verdict.HOLDS: "holds", Verdict.HOLDS_IF: "holds", Verdict.DOES_NOT_HOLD: "fails"}
    alone = Reading(one.name, one.value, one.low, one.high)
    side = sides.get(rule([alone]), "across") if rule and rule.holding else "told"
    return word(f"claims.line.{side}", what=what, number=one.written)


def _about(evidence: Evidence) -> tuple[str, ...]:
    """Return the kind, whose it is, on which model and, of a recorded number, when."""
    claim = evidence.claim
    about = [claim.kind_in_words, source_in_words(claim.source)]
    if claim.on in WITHOUT_MODEL:
        about.append(word("claims.about.no_model"))
    elif claim.is_measured:
        where = "recorded" if evidence.command else "model"
        day = evidence.when[:10]
        about.append(word(f"claims.about.{where}", model=evidence.model, date=day))
    return (*about, word("claims.about.after_look")) if claim.after_look else tuple(about)


def _notes(evidence: Evidence) -> tuple[str, ...]:
    """Return what is to be seen at once: why there is no number."""
    claim = evidence.claim
    if claim.rule is None:
        return (word("claims.badge.metaphor"),)
    if isinstance(claim.rule, Untestable):
        return (claim.words("reason"),)
    return (word("claims.badge.ahead"),) if not claim.is_measured else (evidence.note,)


def _folded(evidence: Evidence) -> tuple[str, ...]:
    """Return the source, the rule's words, every number and where it was measured."""
    claim = evidence.claim
    told = [word(f"claims.source.{claim.source}")]
    if evidence.readings or (claim.rule and not isinstance(claim.rule, Untestable)):
        when = "rule_after_look" if claim.after_look else "rule"
        told.append(word(f"claims.badge.{when}", rule=evidence.expected))
    told += evidence.numbers()
    return (*told, _where(evidence)) if evidence.readings else tuple(told)


def _where(evidence: Evidence) -> str:
    if not evidence.command:
        return word("claims.badge.on", on=evidence.on)
    day = evidence.when[:10]
    return word("claims.badge.saved", on=evidence.on, date=day, command=evidence.command)
