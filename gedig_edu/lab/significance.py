"""Tests of significance: many layers at once, equivalence, and whether the order of layers matters.

`gedig_edu.lab.statistics` describes; here something is decided.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from gedig_edu.errors import GedigError, check_choice, check_number, check_whole
from gedig_edu.shapes import Float, Int
from gedig_edu.theory._arrays import to_numpy

if TYPE_CHECKING:
    import pandas as pd

Correction = Literal["holm", "benjamini-hochberg"]
CORRECTIONS: tuple[Correction, ...] = ("holm", "benjamini-hochberg")
LEVEL = 0.05
_ORDERS = 999  # for a number that is drawn anew many times
Along: TypeAlias = Callable[[Float[np.ndarray, "*orders layers"]], Float[np.ndarray, "*orders"]]
"""A statistic of levels along the last axis, such as `first_step`."""


def adjusted(
    p: Float[np.ndarray, " tests"], *, correction: Correction = "holm"
) -> Float[np.ndarray, " tests"]:
    """Return p values adjusted for how many were looked at.

    Parameters
    ----------
    p : array [tests]
        Of one family of tests, such as one for each layer.
    correction : "holm" or "benjamini-hochberg"
        Holm (1979): the chance of a single wrong 'significant' in the family stays below the
        level, whatever the tests' dependence. Benjamini and Hochberg (1995): the expected share of
        wrong ones among the significant does, for tests that are independent or positively
        dependent.

    Raises
    ------
    GedigError
        If there is no p value, or one is no number from 0 to 1.

    Examples
    --------
    >>> adjusted(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    >>> adjusted(np.array([0.01, 0.04, 0.03]), correction="benjamini-hochberg").tolist()
    [0.03, 0.04, 0.04]
    """
    check_choice("correction", correction, CORRECTIONS)
    values = np.asarray(p, dtype=np.float64)
    if values.ndim != 1 or not values.size or not ((values >= 0) & (values <= 1)).all():
        raise GedigError("p is no list of numbers from 0 to 1; give one p value for each test.")
    if correction == "benjamini-hochberg":
        from scipy import stats

        return stats.false_discovery_control(values)
    order = np.argsort(values)
    left = np.arange(values.size, 0, -1)  # how many hypotheses are still open at each step
    steps = np.maximum.accumulate(left * values[order])
    found = np.empty_like(values)
    found[order] = np.minimum(1.0, steps)
    return found


def layer_tests(delta: Float[np.ndarray, "texts layers heads"]) -> pd.DataFrame:
    """Test for each layer whether its mean differs from 0, and say what is left for all of them.

    Texts and heads are both samples and every head meets every text, so the variance of a layer's
    mean is (MS_heads + MS_texts − MS_rest)/(texts·heads), with Satterthwaite's degrees of freedom:
    the two-way random-effects analysis of variance (Searle, Casella and McCulloch 1992, chapter 4).

    Parameters
    ----------
    delta : array [texts, layers, heads]
        At least two texts and two heads.

    Returns
    -------
    DataFrame
        One row per layer: ``layer``, ``mean``, the ends ``low`` and ``high`` of its 95 % interval,
        ``p`` (two-sided), and p adjusted by both corrections, ``p_holm`` and ``p_bh``.

    Raises
    ------
    GedigError
        If the array has another shape, or a number is not finite.

    Examples
    --------
    >>> delta = np.random.default_rng(0).normal(size=(31, 2, 7)) + np.array([[[0.0], [1.0]]])
    >>> layer_tests(delta)["p_holm"].gt(0.05).tolist()
    [True, False]
    """
    import pandas as pd
    from scipy import stats

    values = _checked(delta)
    means = values.mean(axis=(0, 2))
    error, freedom = _error_of_means(values)
    margin = stats.t.isf(LEVEL / 2, freedom) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(error > 0, np.abs(means) / error, np.where(means == 0, 0.0, math.inf))
    p = 2 * stats.t.sf(t, freedom)
    columns = {"layer": range(len(means)), "mean": means, "low": means - margin}
    columns |= {"high": means + margin, "p": p, "p_holm": adjusted(p)}
    return pd.DataFrame(columns | {"p_bh": adjusted(p, correction="benjamini-hochberg")})


def head_tests(values: Float[np.ndarray, "texts layers heads"]) -> pd.DataFrame:
    """Test for each layer whether its heads differ, and say how much of the spread that makes.

    The test is the F test of the two-way analysis of variance, MS_heads/MS_rest. The share is the
    intraclass correlation ICC(3,1) of Shrout and Fleiss (1979): the variance between heads over
    that and the rest, which is a head's own way with a text; what a text does to all heads of the
    layer alike is left out. The last row takes the layers together. Intervals are exact for normal
    numbers.

    Parameters
    ----------
    values : array [texts, layers, heads]
        Such as F or ΔF; at least two texts and two heads.

    Returns
    -------
    DataFrame
        One row per layer, by its number, and one of the index "all": ``share`` with the ends
        ``low`` and ``high`` of its 95 % interval (NaN where nothing varies), ``p`` of the F test
        and ``p_holm``, adjusted for the number of layers.

    Raises
    ------
    GedigError
        If the array has another shape, or a number is not finite.

    Examples
    --------
    >>> alike, apart = np.random.default_rng(0).normal(size=(2, 31, 1, 7))
    >>> apart += 3 * np.arange(7)
    >>> head_tests(np.concatenate([alike, apart], axis=1))["p_holm"].lt(0.05).tolist()
    [False, True, True]
    """
    import pandas as pd
    from scipy import stats

    given = _checked(values)
    squares, (between, _, within) = _mean_squares(given)
    texts, layers, _ = given.shape
    of_heads, _, rest = np.column_stack([squares, squares.mean(axis=1)])
    with np.errstate(divide="ignore", invalid="ignore"):
        F = np.where(of_heads > 0, of_heads / rest, np.where(rest > 0, 0.0, np.nan))
    freedom = np.array([(between, within)] * layers + [(layers * between, layers * within)]).T

    def share(F: Float[np.ndarray, " rows"]) -> Float[np.ndarray, " rows"]:
        return np.maximum(1 - texts / (F + texts - 1), 0.0)  # (F − 1)/(F + texts − 1)

    low, high = (F / stats.f.ppf(q, *freedom) for q in (1 - LEVEL / 2, LEVEL / 2))
    p = np.where(np.isnan(F), 1.0, stats.f.sf(F, *freedom))
    columns = {"share": share(F), "low": share(low), "high": share(high), "p": p}
    columns["p_holm"] = np.append(adjusted(p[:-1]), p[-1])
    return pd.DataFrame(columns, index=pd.Index([*range(layers), "all"], name="layer"))


def _checked(
    values: Float[np.ndarray, "texts layers heads"],
) -> Float[np.ndarray, "texts layers heads"]:
    given = np.asarray(values, dtype=np.float64)
    if given.ndim != 3 or min(given.shape[0], given.shape[2]) < 2 or not given.shape[1]:
        raise GedigError(
            f"The numbers have the shape {given.shape}; give [texts, layers, heads] with at least "
            "two texts and two heads."
        )
    if not np.isfinite(given).all():
        raise GedigError("Some numbers are not finite; leave those texts out.")
    return given


def _mean_squares(
    values: Float[np.ndarray, "texts layers heads"],
) -> tuple[Float[np.ndarray, "3 layers"], Int[np.ndarray, 3]]:
    """Return the mean squares of heads, of texts and of the rest, and their degrees of freedom."""
    texts, _, heads = values.shape
    of_heads = values.mean(axis=0)  # [layers, heads]
    of_texts = values.mean(axis=2)  # [texts, layers]
    rest = values - of_heads - of_texts[..., None] + values.mean(axis=(0, 2))[:, None]
    freedom = np.array([heads - 1, texts - 1, (texts - 1) * (heads - 1)])
    squares = np.array([
        texts * of_heads.var(axis=1, ddof=1),
        heads * of_texts.var(axis=0, ddof=1),
        (rest**2).sum(axis=(0, 2)) / freedom[2],
    ])  # fmt: skip
    return squares, freedom


def _error_of_means(
    values: Float[np.ndarray, "texts layers heads"],
) -> tuple[Float[np.ndarray, " layers"], Float[np.ndarray, " layers"]]:
    """Return the standard error of each layer's mean, and its degrees of freedom."""
    texts, _, heads = values.shape
    squares, freedom = _mean_squares(values)
    freedom = freedom[:, None]
    total = squares[0] + squares[1] - squares[2]
    larger = squares[:2].argmax(axis=0)
    alone = np.take_along_axis(squares, larger[None], axis=0)[0]
    # The rest can exceed its expectation; the larger of the two is then a safe stand-in.
    short = total < alone
    with np.errstate(divide="ignore", invalid="ignore"):
        shared = total**2 / (squares**2 / freedom).sum(axis=0)
    used = np.where(short | ~np.isfinite(shared), freedom[larger, 0], shared)
    return np.sqrt(np.where(short, alone, total) / (texts * heads)), used


@dataclass(frozen=True)
class Equivalence:
    """Whether a difference is shown to be too small to matter, by two one-sided tests.

    Attributes
    ----------
    difference : float
        Mean difference, in the unit of the data.
    low, high : float
        Its 90 % interval: equivalence at 5 % is shown exactly where it lies within ±margin.
    p : float
        The larger p of the two one-sided tests.
    margin : float
        Largest difference that does not matter, set before looking.
    """

    difference: float
    low: float
    high: float
    p: float
    margin: float

    @property
    def shown(self) -> bool:
        """Whether equivalence is shown at 5 %."""
        return self.p < LEVEL


def equivalence(
    first: Float[np.ndarray, " n"],
    second: Float[np.ndarray, " m"],
    *,
    margin: float,
    paired: bool = False,
) -> Equivalence:
    """Test whether two means differ by less than a margin: TOST (Schuirmann 1987).

    'Not significant' does not show that there is no difference; this test does, where it can. Two
    one-sided tests at 5 % pass exactly where the 90 % interval of the difference lies within
    ±margin. Its 95 % interval, which excludes 0 where there is a difference, may then reach out of
    the margin. `gedig_edu.theory.repeats.Difference.equal_within` is the same rule.

    Parameters
    ----------
    first, second : arrays
        At least two numbers each; of one length where they are pairs.
    margin : float
        Largest difference that does not matter, in the unit of the data, above 0.
    paired : bool
        Whether the nth of one belongs to the nth of the other, such as runs with one seed. Unpaired
        spreads may differ (Welch).

    Raises
    ------
    GedigError
        If there are too few numbers, one is not finite, or pairs are not of one length.

    Examples
    --------
    >>> one, other = np.array([86.1, 85.8, 86.4, 86.0]), np.array([86.0, 85.9, 86.3, 85.8])
    >>> equivalence(one, other, margin=1.0, paired=True).shown
    True
    >>> equivalence(one, other, margin=0.05, paired=True).shown
    False
    """
    from scipy import stats

    margin = check_number("margin", margin, above=0)
    one, other = _sample("first", first), _sample("second", second)
    if paired and len(one) != len(other):
        raise GedigError(f"{len(one)} and {len(other)} numbers are no pairs; give equally many.")

    def test(shift: float, side: Literal["less", "greater", "two-sided"]) -> Any:
        if paired:
            return stats.ttest_1samp(one - other, shift, alternative=side)
        return stats.ttest_ind(one - shift, other, equal_var=False, alternative=side)

    interval = test(0.0, "two-sided").confidence_interval(1 - 2 * LEVEL)
    p = max(float(test(-margin, "greater").pvalue), float(test(margin, "less").pvalue))
    difference = float(one.mean() - other.mean())
    return Equivalence(difference, float(interval.low), float(interval.high), p, margin)


def _sample(name: str, values: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    sample = np.asarray(values, dtype=np.float64)
    if sample.ndim != 1 or len(sample) < 2 or not np.isfinite(sample).all():
        raise GedigError(f"{name} is no list of two or more finite numbers; give one number a run.")
    return sample


def order_p(levels: Float[np.ndarray, " layers"], statistic: Along, *, seed: int = 0) -> float:
    """Return how often the layers' own levels, in any order, give as large a statistic.

    If depth does not matter, the levels could stand in any order: a permutation test, exact up to
    seven layers and over 9,999 orders beyond (`scipy.stats.permutation_test`). It takes the levels
    as they are; how sure each is, is another question.

    Parameters
    ----------
    levels : array [layers]
        One number a layer, such as mean F.
    statistic : callable
        Of levels along the last axis, such as `first_step` or `largest_gap`.
    seed : int
        Seed of the orders, where there are too many to try all.

    Raises
    ------
    GedigError
        If there are fewer than three layers, or a level is not finite.

    Examples
    --------
    >>> levels = np.array([-0.5, -0.3, -0.32, -0.31, -0.33, -0.34])
    >>> round(order_p(levels, first_step), 3)  # 8 of 720 orders
    0.011
    >>> round(order_p(levels[[0, 5, 3, 4, 2, 1]], first_step), 3)  # the later layers turned round
    0.158
    """
    from scipy import stats

    def along(values: Float[np.ndarray, "*orders layers"], axis: int) -> Any:
        return statistic(np.moveaxis(values, axis, -1))

    found = stats.permutation_test(
        (_levels(levels),),
        along,
        permutation_type="pairings",
        vectorized=True,
        n_resamples=9_999,
        alternative="greater",
        rng=np.random.default_rng(check_whole("seed", seed, at_least=0)),
    )
    return float(found.pvalue)


def order_excess(levels: Float[np.ndarray, " layers"], statistic: Along, *, seed: int = 0) -> float:
    """Return by how much a statistic of the layers' levels exceeds that of 95 % of their orders.

    Above 0 where `order_p` is below 0.05; unlike p it has a spread over texts and heads, and so an
    interval. Over all orders up to six layers, over 999 beyond: see `orders_of`.

    Parameters
    ----------
    levels, statistic, seed
        As in `order_p`.

    Raises
    ------
    GedigError
        If there are fewer than three layers, or a level is not finite.

    Examples
    --------
    >>> levels = np.array([-0.5, -0.3, -0.32, -0.31, -0.33, -0.34])
    >>> order_excess(levels, first_step) > 0
    True
    """
    given = _levels(levels)
    drawn = statistic(given[orders_of(len(given), most=_ORDERS, seed=seed)])
    return float(statistic(given) - np.quantile(drawn, 1 - LEVEL, method="higher"))


def _levels(levels: Float[np.ndarray, " layers"]) -> Float[np.ndarray, " layers"]:
    given = to_numpy("levels", levels)
    if given.ndim != 1 or len(given) < 3 or not np.isfinite(given).all():
        raise GedigError(
            f"levels has the shape {given.shape}; give one finite number for each of at least "
            "three layers."
        )
    return given


def orders_of(layers: int, *, most: int, seed: int = 0) -> Int[np.ndarray, "orders layers"]:
    """Return every order of the layers, or so many drawn ones where there are more.

    Parameters
    ----------
    layers : int
        At least 1.
    most : int
        How many orders at most.
    seed : int
        Seed of those that are drawn.

    Raises
    ------
    GedigError
        If a number is out of range.

    Examples
    --------
    >>> orders_of(3, most=6).tolist()[:2], len(orders_of(3, most=5))
    ([[0, 1, 2], [0, 2, 1]], 5)
    """
    layers, most = (check_whole(*one, at_least=1) for one in (("layers", layers), ("most", most)))
    return _orders(layers, most, check_whole("seed", seed, at_least=0))


@cache
def _orders(layers: int, most: int, seed: int) -> Int[np.ndarray, "orders layers"]:
    if math.factorial(layers) <= most:
        return np.array(list(permutations(range(layers))))
    rng = np.random.default_rng(seed)
    return rng.permuted(np.tile(np.arange(layers), (most, 1)), axis=1)


def lowest_p(levels: Float[np.ndarray, " layers"]) -> float:
    """Return in which share of the layers' orders a level as low as the first one comes first.

    That is all that 'layer 0 is the lowest' can claim: 1/n among n layers, however far below the
    others it lies, and 0.05 from twenty layers on.

    Raises
    ------
    GedigError
        If there are fewer than three layers, or a level is not finite.

    Examples
    --------
    >>> lowest_p(np.array([-0.5, -0.3, -0.32, -0.31]))
    0.25
    """
    given = _levels(levels)
    return float((given <= given[0]).mean())


def first_step(levels: Float[np.ndarray, "*orders layers"]) -> Float[np.ndarray, "*orders"]:
    """Return the step from the first level to the second, less the largest step after it.

    Above 0 where the sharpest rise comes right after the first layer. `order_p` of it asks for the
    whole pattern: first level low, second high, and no later step as sharp. Where one low layer
    comes first, which is so in one order of n, its p lies anywhere between 0 and 1/n, and how the
    later layers happen to stand decides where; of the first layer alone, see `lowest_p`.

    Examples
    --------
    >>> first_step(np.array([0.0, 3.0, 4.0, 4.0])).tolist()
    2.0
    """
    steps = np.diff(levels, axis=-1)
    return steps[..., 0] - steps[..., 1:].max(axis=-1)


def largest_gap(levels: Float[np.ndarray, "*orders layers"]) -> Float[np.ndarray, "*orders"]:
    """Return how far the levels before and after the best change point lie apart.

    The largest of `rises`, up or down: the likelihood ratio statistic of one change of a mean
    (Hinkley 1970).

    Examples
    --------
    >>> largest_gap(np.array([0.0, 0.0, 1.0, 1.0])).tolist()
    1.0
    """
    return np.abs(rises(levels)).max(axis=-1)


def rises(levels: Float[np.ndarray, "*orders layers"]) -> Float[np.ndarray, "*orders breaks"]:
    """Return for a break after 1, 2, … layers the mean after it less the mean before, scaled.

    √(k(n − k)/n) makes breaks at different places comparable: under any order of the layers the
    scaled rise has one variance everywhere (Hinkley 1970).

    Examples
    --------
    >>> float(rises(np.array([0.0, 0.0, 1.0, 1.0]))[1])
    1.0
    """
    n = levels.shape[-1]
    k = np.arange(1, n)
    before = levels.cumsum(axis=-1)[..., :-1]
    after = levels.sum(axis=-1, keepdims=True) - before
    return np.sqrt(k * (n - k) / n) * (after / (n - k) - before / k)


@dataclass(frozen=True)
class ChangePoint:
    """Where the mean of a sequence of layers changes most, and whether order made that.

    Attributes
    ----------
    after : int
        The last layer before the change.
    rise : float
        Mean after less mean before, in the unit of the levels.
    p : float
        How often the same levels in another order show as large a gap.
    """

    after: int
    rise: float
    p: float


def change_point(levels: Float[np.ndarray, " layers"], *, seed: int = 0) -> ChangePoint:
    """Find the change of a mean along the layers, and test it by permuting them.

    One layer apart from all others is never convincing: among n layers it stands at one end in two
    orders of n, so p is at least 2/n. A step after layer 0 alone therefore needs more than 40
    layers here, and 20 where its place was named before (see `lowest_p`).

    Raises
    ------
    GedigError
        If there are fewer than three layers, or a level is not finite.

    Examples
    --------
    >>> found = change_point(np.array([0.0, 0.1, 0.0, 0.9, 1.0, 1.1]))
    >>> found.after, round(found.rise, 3), found.p
    (2, 0.967, 0.1)
    """
    p = order_p(levels, largest_gap, seed=seed)
    given = np.asarray(levels, dtype=np.float64)
    after = int(np.abs(rises(given)).argmax())
    return ChangePoint(after, float(given[after + 1 :].mean() - given[: after + 1].mean()), p)
