"""What a comparison of two ways to train can tell, by how often it is repeated.

Two arms of n runs each are compared by the difference of their means. The runs of an arm scatter
by `spread` because their seeds differ. Where a run of one arm shares its seed with a run of the
other, both share some of that luck: with a correlation of r their difference scatters by
spread·√(2(1 − r)), and n differences leave n − 1 degrees of freedom. Without pairs it is
spread·√2, with 2n − 2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from gedig_edu.errors import GedigError, check_number, check_whole
from gedig_edu.shapes import Float

TWO_SIDED, ONE_SIDED = 0.975, 0.95
STEPS = 120  # of Simpson's rule over the estimated spread
REACH = 9.0  # standard deviations that it covers
_NORMAL = (1.959964, 1.644854)  # beyond which lie 2.5 % and 5 % of a standard normal


@dataclass(frozen=True, kw_only=True)
class Design:
    """A comparison of two arms, and what it would show if a true difference were known.

    Attributes
    ----------
    seeds : int
        Runs of each arm, n, 2 or more.
    effect : float
        True difference of the two means.
    spread : float
        Standard deviation of the runs of one arm, above 0, in the unit of `effect`.
    shared : float
        r, from 0 (no pairs) to below 1. At 0.5 `spread` is that of the differences within pairs.
    margin : float
        Two arms are called equal where they are shown to differ by less than this.

    Examples
    --------
    >>> published = Design(seeds=3, effect=0.0, spread=0.5)
    >>> round(published.error, 3), published.freedom
    (0.408, 4)
    >>> round(published.luck(0.33), 2)  # how often nothing looks like +0.33 or more
    0.21
    """

    seeds: int
    effect: float
    spread: float
    shared: float = 0.0
    margin: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "seeds", check_whole("seeds", self.seeds, at_least=2))
        check_number("effect", self.effect)
        check_number("spread", self.spread, above=0)
        check_number("shared", self.shared, at_least=0, below=1)
        check_number("margin", self.margin, above=0)

    @property
    def error(self) -> float:
        """Standard error of the difference."""
        return self.spread * math.sqrt(2 * (1 - self.shared) / self.seeds)

    @property
    def freedom(self) -> int:
        """Degrees of freedom of the estimated error."""
        return self.seeds - 1 if self.shared else 2 * self.seeds - 2

    def luck(self, gap: float) -> float:
        """Return how often the measured difference is `gap` or more."""
        return float(_normal((self.effect - check_number("gap", gap)) / self.error))

    @property
    def power(self) -> float:
        """How often the 95 % interval of the difference excludes 0."""
        scale, weight = _estimated_spread(self.freedom)
        far, at = critical(self.freedom)[0] * scale, self.effect / self.error
        return float(weight @ (_normal(at - far) + _normal(-at - far)))

    @property
    def equivalence(self) -> float:
        """How often two one-sided tests at 5 % show a difference below the margin.

        So often the 90 % interval lies between −margin and margin (Schuirmann 1987).
        """
        scale, weight = _estimated_spread(self.freedom)
        room = self.margin / self.error - critical(self.freedom)[1] * scale
        at = self.effect / self.error
        inside = _normal(room - at) - _normal(-room - at)
        return float(weight @ np.where(room > 0, inside, 0.0))


def critical(freedom: int) -> tuple[float, float]:
    """Return Student's t beyond which lie 2.5 %, and beyond which lie 5 %.

    Examples
    --------
    >>> [round(t, 2) for t in critical(4)]
    [2.78, 2.13]
    """
    return _critical(check_whole("freedom", freedom, at_least=1))


@cache
def _critical(freedom: int) -> tuple[float, float]:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, TWO_SIDED)), float(stdtrit(freedom, ONE_SIDED))


@dataclass(frozen=True)
class Difference:
    """The difference of two arms, with its intervals.

    Attributes
    ----------
    mean : float
    half, half_90 : float
        Half of the 95 % interval, and of the 90 % interval by which two arms are called equal.
    """

    mean: float
    half: float
    half_90: float

    @property
    def differs(self) -> bool:
        """Whether the 95 % interval excludes 0."""
        return abs(self.mean) > self.half

    def equal_within(self, margin: float) -> bool:
        """Return whether the 90 % interval lies within ±margin."""
        return abs(self.mean) + self.half_90 < check_number("margin", margin, above=0)


def difference(
    one: Sequence[float] | Float[np.ndarray, " n"],
    other: Sequence[float] | Float[np.ndarray, " n"],
    *,
    paired: bool,
) -> Difference:
    """Return how far arm `one` lies above arm `other`, n runs each.

    Parameters
    ----------
    one, other : array [n]
        A number of each run; where the runs are paired, in the same order.
    paired : bool
        Whether the n differences are taken, or two independent arms of equal spread.

    Raises
    ------
    GedigError
        If the arms are not equally long, shorter than 2, or hold what is no finite number.

    Examples
    --------
    >>> found = difference([86.2, 87.0, 86.1], [86.0, 86.8, 85.8], paired=True)
    >>> round(found.mean, 2), round(found.half, 2), found.differs
    (0.23, 0.14, True)
    >>> difference([86.2, 87.0, 86.1], [86.0, 86.8, 85.8], paired=False).differs
    False
    """
    a, b = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    if a.ndim != 1 or a.shape != b.shape or len(a) < 2 or not np.isfinite([a, b]).all():
        raise GedigError(
            f"The arms have shapes {a.shape} and {b.shape}; give two of equally many finite "
            "numbers, two or more."
        )
    n = len(a)
    variance = (a - b).var(ddof=1) if paired else a.var(ddof=1) + b.var(ddof=1)
    error = math.sqrt(variance / n)
    far, near = critical(n - 1 if paired else 2 * n - 2)
    return Difference(float((a - b).mean()), far * error, near * error)


def crossed(apart: Float[np.ndarray, "runs items"]) -> Difference:
    """Return the mean difference of pairs of runs that are judged on the same items.

    Seeds are some of many, and so are the items, such as sentences: the mean scatters by both.
    The error of the seeds is that of the means of runs; that of the items is that of the means of
    items, less what single entries scatter, which the seeds have counted already. The interval
    reaches as far as the root of the sum of the squares of t times the one and z times the other.
    Where no entry differs there is nothing to estimate an error from. Then the interval is the
    bound of the rule of three (Hanley and Lippman-Hand 1983): were more than about 3 in `items`
    changed, one would have been met with 95 %. Every run judges the same items, and an item that
    changes in one is likely to change in others, so each counts once, however many runs there are.

    Parameters
    ----------
    apart : array [runs, items]
        Each pair's difference on each item: 1, 0 or −1 where answers are right or wrong.

    Raises
    ------
    GedigError
        If there are fewer than two runs or two items, or an entry is no finite number.

    Examples
    --------
    >>> apart = np.zeros((5, 872))
    >>> found = crossed(apart)
    >>> found.mean, round(100 * found.half, 3)  # points
    (0.0, 0.343)
    >>> apart[:, :4] = 1  # the same four sentences, each time
    >>> round(100 * crossed(apart).half, 3)
    0.449
    """
    table = np.asarray(apart, dtype=float)
    if table.ndim != 2 or min(table.shape) < 2 or not np.isfinite(table).all():
        raise GedigError(
            f"The differences have shape {table.shape}; give finite numbers [runs, items], two or "
            "more of each."
        )
    runs, items = table.shape
    if not table.any():
        bound = 1 - (1 - ONE_SIDED) ** (1 / items)
        return Difference(0.0, bound, bound)
    by_run, by_item, mean = table.mean(axis=1), table.mean(axis=0), table.mean()
    left = table - by_run[:, None] - by_item + mean
    single = (left**2).sum() / ((runs - 1) * (items - 1) * table.size)
    of_runs = math.sqrt(by_run.var(ddof=1) / runs)
    of_items = math.sqrt(max(0.0, by_item.var(ddof=1) / items - single))
    far, near = (
        math.hypot(t * of_runs, z * of_items)
        for t, z in zip(critical(runs - 1), _NORMAL, strict=True)
    )
    return Difference(float(mean), far, near)


def _normal(z: Float[np.ndarray, "*shape"] | float) -> Float[np.ndarray, "*shape"]:
    """Return the share of a standard normal below z."""
    from scipy.special import ndtr

    return ndtr(z)


@cache
def _estimated_spread(freedom: int) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
    """Return values of s/σ, s the spread as estimated, and their probabilities, which sum to 1."""
    wide = REACH / math.sqrt(2 * freedom)
    scale = np.linspace(max(0.0, 1 - wide), 1 + wide, STEPS + 1)
    simpson = np.where(np.arange(STEPS + 1) % 2, 4.0, 2.0)
    simpson[[0, -1]] = 1.0
    density = scale ** (freedom - 1) * np.exp(-freedom * (scale**2 - 1) / 2)
    weight = simpson * density
    return scale, weight / weight.sum()
