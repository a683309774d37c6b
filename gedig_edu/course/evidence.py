"""What a claim is held to: numbers with intervals, and rules that turn them into a verdict.

A rule is written with the claim, before anything is measured (a claim says where it was not), and
its words come from the same numbers that it judges by. No verdict is ever written down by hand.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from gedig_edu.words import word
from gedig_edu.words.numbers import short

if TYPE_CHECKING:
    import numpy as np

    from gedig_edu.course.intervals import PerHead
    from gedig_edu.shapes import Float


class Verdict(StrEnum):
    """What a rule says about a claim.

    Undecided: an interval contains the limit, so more data could decide. Contradictory: numbers
    decide, and against each other. A metaphor has no verdict, `NONE`.
    """

    HOLDS = "holds"
    HOLDS_IF = "holds if"
    DOES_NOT_HOLD = "does not hold"
    UNDECIDED = "undecided"
    CONTRADICTORY = "contradictory"
    UNTESTABLE = "untestable here"
    NOT_YET = "not yet tested"
    NONE = "–"

    def __str__(self) -> str:
        """Return the verdict as a reader sees it; `value` is what is stored."""
        return word(f"claims.verdict.{self.value}")

    def __format__(self, spec: str, /) -> str:
        """Return the same, as a format asks for it."""
        return format(str(self), spec)


HOLDING = frozenset({Verdict.HOLDS, Verdict.HOLDS_IF})


@dataclass(frozen=True)
class Reading:
    """One measured number.

    Attributes
    ----------
    name : str
        What was measured; its words stand beside the claim's.
    value : float
    low, high : float
        Its 95 % interval; both equal to the value where nothing was sampled.
    condition : bool
        Whether the claim's condition is met in this measurement.
    judged : bool
        False for a number that is shown for comparison and not judged.

    Examples
    --------
    >>> Reading.exact("error", 0.0).high
    0.0
    """

    name: str
    value: float
    low: float
    high: float
    condition: bool = True
    judged: bool = True

    @property
    def written(self) -> str:
        """The number as it is written, with its interval where it has one."""
        if not self.low < self.high:
            return short(self.value)
        return f"{short(self.value)} [{short(self.low)}, {short(self.high)}]"

    @classmethod
    def exact(
        cls, name: str, value: float, *, condition: bool = True, judged: bool = True
    ) -> Reading:
        """Return a number that no sampling stands behind."""
        number = float(value)
        return cls(name, number, number, number, condition, judged)

    @classmethod
    def mean(
        cls,
        name: str,
        values: Float[np.ndarray, " n"],
        *,
        condition: bool = True,
        judged: bool = True,
    ) -> Reading:
        """Return the mean of independent values with its bootstrap interval (seeded, BCa).

        The values must be what is independent: one number per text, not one per head. The mean
        of no values is NaN, on which no rule decides.
        """
        from gedig_edu.course import intervals

        return cls(name, *intervals.of_mean(values), condition, judged)

    @classmethod
    def crossed(
        cls,
        name: str,
        *values: Float[np.ndarray, "*samples layers heads"],
        statistic: Callable[..., Any] = operator.pos,
        condition: bool = True,
        judged: bool = True,
    ) -> Reading:
        """Return a mean over texts and heads with an interval for both.

        Texts (and every further axis before the last two) and the heads of each layer are
        resampled, layers are strata: `crossed_means`. With several arrays, `statistic` makes one
        number of their means, such as ``np.divide`` for a ratio.

        Examples
        --------
        >>> import numpy as np
        >>> F = np.random.default_rng(0).normal(1.0, 0.1, size=(31, 2, 7))  # texts, layers, heads
        >>> read = Reading.crossed("F", F)
        >>> bool(read.low < 1.0 < read.high)
        True
        """
        from gedig_edu.course import intervals

        return cls(name, *intervals.crossed(statistic, *values), condition, judged)

    @classmethod
    def resampled(
        cls,
        name: str,
        statistic: Callable[..., float],
        texts: int,
        *,
        heads: tuple[int, int] | None = None,
        condition: bool = True,
        judged: bool = True,
    ) -> Reading:
        """Return any statistic of texts, or of texts and heads, with its percentile interval.

        Parameters
        ----------
        name : str
        statistic : callable
            ``statistic(chosen)`` takes the numbers of the texts to use; with `heads`,
            ``statistic(chosen, heads)`` takes those of the heads too, [layers, heads], drawn
            within each layer.
        texts : int
            How many texts there are.
        heads : (layers, heads), optional
            Shape of the model.
        condition, judged : bool
            As in `Reading`.
        """
        from gedig_edu.course import intervals

        return cls(name, *intervals.resampled(statistic, texts, heads), condition, judged)

    @classmethod
    def over_heads(
        cls,
        name: str,
        statistic: Callable[..., float],
        *values: PerHead,
        judged: bool = True,
    ) -> Reading:
        """Return any statistic of what was read of every text and head, with its interval.

        Texts, and heads within each layer, are drawn alike from all `values`, which `statistic`
        takes as drawn.

        Examples
        --------
        >>> import numpy as np
        >>> F = np.random.default_rng(0).normal(1.0, 0.1, size=(31, 2, 7))  # texts, layers, heads
        >>> read = Reading.over_heads("spread", np.std, F)
        >>> bool(read.low < 0.1 < read.high)
        True
        """
        from gedig_edu.course import intervals

        return cls(name, *intervals.over_heads(statistic, *values), judged=judged)


class Rule(Protocol):
    """Turns readings into a verdict, and says beforehand how."""

    def __call__(self, readings: Sequence[Reading]) -> Verdict:
        """Return the verdict on these readings."""
        ...

    @property
    def text(self) -> str:
        """The rule in one sentence."""
        ...

    @property
    def limits(self) -> tuple[float, ...]:
        """The numbers at which its judgement of one number changes, from the least on."""
        ...

    @property
    def holding(self) -> tuple[tuple[float, float], ...]:
        """The stretches of numbers on which it holds; none where one number alone decides nothing.

        Each from its lower end to its upper, infinite where it has none.
        """
        ...

    @property
    def side(self) -> str:
        """The same in few words, "" for a rule that decides nothing."""
        ...


@dataclass(frozen=True)
class Above:
    """Holds where every interval lies above a level, fails where every one lies at or below.

    Examples
    --------
    >>> Above(0)([Reading("gain", 0.2, 0.1, 0.3)])
    <Verdict.HOLDS: 'holds'>
    >>> Above(0)([Reading("gain", 0.2, -0.1, 0.3)])
    <Verdict.UNDECIDED: 'undecided'>
    >>> Above(0)([Reading.exact("one", 0.2), Reading.exact("other", -0.2)])
    <Verdict.CONTRADICTORY: 'contradictory'>
    """

    level: float

    def __call__(self, readings: Sequence[Reading]) -> Verdict:
        """Return the verdict on these readings."""
        return _combine(readings, lambda r: r.low > self.level, lambda r: r.high <= self.level)

    @property
    def text(self) -> str:
        """The rule in one sentence."""
        return word("claims.rule.above", level=short(self.level))

    @property
    def limits(self) -> tuple[float, ...]:
        """Where its judgement changes."""
        return (self.level,)

    @property
    def holding(self) -> tuple[tuple[float, float], ...]:
        """Where it holds."""
        return ((self.level, math.inf),)

    @property
    def side(self) -> str:
        """Where it holds, in few words."""
        return word("claims.side.above", level=short(self.level))


@dataclass(frozen=True)
class AtMost:
    """Holds where every interval lies at or below a level, fails where every one lies above.

    Examples
    --------
    >>> AtMost(1e-9)([Reading.exact("error", 1e-12)])
    <Verdict.HOLDS: 'holds'>
    """

    level: float

    def __call__(self, readings: Sequence[Reading]) -> Verdict:
        """Return the verdict on these readings."""
        return _combine(readings, lambda r: r.high <= self.level, lambda r: r.low > self.level)

    @property
    def text(self) -> str:
        """The rule in one sentence."""
        return word("claims.rule.at_most", level=short(self.level))

    @property
    def limits(self) -> tuple[float, ...]:
        """Where its judgement changes."""
        return (self.level,)

    @property
    def holding(self) -> tuple[tuple[float, float], ...]:
        """Where it holds."""
        return ((-math.inf, self.level),)

    @property
    def side(self) -> str:
        """Where it holds, in few words."""
        return word("claims.side.at_most", level=short(self.level))


@dataclass(frozen=True)
class Apart:
    """Holds where every interval lies farther than `by` from a number, fails where all are near.

    Examples
    --------
    >>> Apart(1.0, by=0.1)([Reading("norm", 5.0, 4.0, 6.0)])
    <Verdict.HOLDS: 'holds'>
    """

    number: float
    by: float

    def __call__(self, readings: Sequence[Reading]) -> Verdict:
        """Return the verdict on these readings."""
        low, high = self.limits
        return _combine(
            readings,
            lambda r: r.high < low or r.low > high,
            lambda r: r.low >= low and r.high <= high,
        )

    @property
    def text(self) -> str:
        """The rule in one sentence."""
        return word("claims.rule.apart", number=short(self.number), by=short(self.by))

    @property
    def limits(self) -> tuple[float, ...]:
        """Where its judgement changes."""
        return (self.number - self.by, self.number + self.by)

    @property
    def holding(self) -> tuple[tuple[float, float], ...]:
        """Where it holds."""
        return ((-math.inf, self.limits[0]), (self.limits[1], math.inf))

    @property
    def side(self) -> str:
        """Where it holds, in few words."""
        return word("claims.side.apart", number=short(self.number), by=short(self.by))


@dataclass(frozen=True)
class OneSign:
    """Holds where all numbers have one sign, and fails where two differ.

    Examples
    --------
    >>> OneSign()([Reading.exact("gate", -1.0), Reading.exact("depth", 2.0)])
    <Verdict.DOES_NOT_HOLD: 'does not hold'>
    """

    def __call__(self, readings: Sequence[Reading]) -> Verdict:
        """Return the verdict on these readings."""
        judged = [reading for reading in readings if reading.judged]
        if not judged:
            return Verdict.UNTESTABLE
        decided = [reading for reading in judged if not reading.low <= 0 <= reading.high]
        if len({math.copysign(1, reading.value) for reading in decided}) > 1:
            return Verdict.DOES_NOT_HOLD
        return Verdict.HOLDS if len(decided) == len(judged) else Verdict.UNDECIDED

    @property
    def text(self) -> str:
        """The rule in one sentence."""
        return word("claims.rule.one_sign")

    @property
    def limits(self) -> tuple[float, ...]:
        """Where its judgement changes."""
        return (0.0,)

    @property
    def holding(self) -> tuple[tuple[float, float], ...]:
        """Where it holds."""
        return ()

    @property
    def side(self) -> str:
        """Where it holds, in few words."""
        return word("claims.side.one_sign")


@dataclass(frozen=True)
class HoldsIf:
    """'Holds if' where a rule holds under the claim's condition and not without it.

    Examples
    --------
    >>> within = Reading.exact("aligned", 0.1)
    >>> without = Reading.exact("any", 0.9, condition=False)
    >>> HoldsIf(AtMost(0.5))([within, without])
    <Verdict.HOLDS_IF: 'holds if'>
    """

    rule: Rule

    def __call__(self, readings: Sequence[Reading]) -> Verdict:
        """Return the verdict on these readings."""
        within = self.rule([reading for reading in readings if reading.condition])
        if within is not Verdict.HOLDS:
            return within
        without = self.rule([reading for reading in readings if not reading.condition])
        return Verdict.HOLDS if without is Verdict.HOLDS else Verdict.HOLDS_IF

    @property
    def text(self) -> str:
        """The rule in one sentence."""
        return word("claims.rule.holds_if", rule=self.rule.text)

    @property
    def limits(self) -> tuple[float, ...]:
        """Where its judgement changes."""
        return self.rule.limits

    @property
    def holding(self) -> tuple[tuple[float, float], ...]:
        """Where it holds."""
        return self.rule.holding

    @property
    def side(self) -> str:
        """Where it holds, in few words."""
        return self.rule.side


@dataclass(frozen=True)
class Untestable:
    """For a claim that names nothing which could be measured.

    Examples
    --------
    >>> Untestable()([])
    <Verdict.UNTESTABLE: 'untestable here'>
    """

    def __call__(self, readings: Sequence[Reading]) -> Verdict:  # noqa: ARG002
        """Return the verdict on these readings."""
        return Verdict.UNTESTABLE

    @property
    def text(self) -> str:
        """The rule in one sentence."""
        return word("claims.rule.untestable")

    @property
    def limits(self) -> tuple[float, ...]:
        """Where its judgement changes."""
        return ()

    @property
    def holding(self) -> tuple[tuple[float, float], ...]:
        """Where it holds."""
        return ()

    @property
    def side(self) -> str:
        """Where it holds, in few words."""
        return ""


def over(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict over several models, which is no vote: theirs where all tested share it.

    Where they differ it is contradictory if numbers decide against each other, on one model or
    between two, 'holds if' if each holds or holds if, and else undecided; untestable where none was
    tested.

    Examples
    --------
    >>> over([Verdict.HOLDS, Verdict.HOLDS, Verdict.DOES_NOT_HOLD])
    <Verdict.CONTRADICTORY: 'contradictory'>
    >>> over([Verdict.HOLDS, Verdict.HOLDS, Verdict.UNDECIDED])
    <Verdict.UNDECIDED: 'undecided'>
    """
    found = set(put_to_test(verdicts))
    holds = found & HOLDING
    if not found:
        return Verdict.UNTESTABLE
    if len(found) == 1:
        return found.pop()
    if holds == found:
        return Verdict.HOLDS_IF
    against = Verdict.CONTRADICTORY in found or (holds and Verdict.DOES_NOT_HOLD in found)
    return Verdict.CONTRADICTORY if against else Verdict.UNDECIDED


def put_to_test(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return those of verdicts that something was measured for.

    Examples
    --------
    >>> put_to_test([Verdict.HOLDS, Verdict.NOT_YET])
    [<Verdict.HOLDS: 'holds'>]
    """
    left_out = (Verdict.UNTESTABLE, Verdict.NOT_YET, Verdict.NONE)
    return [one for one in verdicts if one not in left_out]


class _Says(Protocol):
    def __call__(self, reading: Reading, /) -> bool: ...


def _combine(readings: Sequence[Reading], yes: _Says, no: _Says) -> Verdict:
    judged = [reading for reading in readings if reading.judged]
    if not judged or any(math.isnan(reading.value) for reading in judged):
        return Verdict.UNTESTABLE
    if all(map(yes, judged)):
        return Verdict.HOLDS
    if all(map(no, judged)):
        return Verdict.DOES_NOT_HOLD
    decided_both_ways = any(map(yes, judged)) and any(map(no, judged))
    return Verdict.CONTRADICTORY if decided_both_ways else Verdict.UNDECIDED
