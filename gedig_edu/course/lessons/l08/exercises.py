"""Exercises and quiz of lesson 08: how many seeds, what rounding leaves, and what pairs show."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from gedig_edu.course.answers import TWO_DIGITS, as_array, expect
from gedig_edu.course.items import Exercise, Wording, questions
from gedig_edu.course.lessons.l08.published import ACCURACY, SENTENCES
from gedig_edu.shapes import Float
from gedig_edu.theory.repeats import Design

GAP, SCATTER, SHARED, ENOUGH = 0.33, 0.5, 0.9, 0.8


def seeds_that_are_needed() -> tuple[int, int]:
    """Return how many seeds tell 0.33 points from 0 in 80 %, without pairs and with."""

    def needed(shared: float) -> int:
        n = 2
        while Design(seeds=n, effect=GAP, spread=SCATTER, shared=shared).power < ENOUGH:
            n += 1
        return n

    return needed(0.0), needed(SHARED)


def _other_seeds() -> dict[str, Any]:
    alone, paired = seeds_that_are_needed()
    return {
        "swapped": (paired, alone),
        "just_below": (alone - 1, paired),
        "both_arms": (2 * alone, 2 * paired),
        "one_number": alone,
        "all_luck": (alone, 3),
        "no_pairs": (alone, alone),
        "first_off": (alone + 1, paired),
        "second_off": (alone, paired + 1),
        "both_off": (alone + 2, paired + 2),
    }


def _judge_seeds(answer: object, wrong: Wording) -> None:
    """Return if both numbers are exactly right, else say which one is off."""
    given = np.squeeze(as_array(answer))
    for name, other in _other_seeds().items():
        if np.array_equal(given, other):
            raise wrong(name)
    first, second = as_array(given, shape=(2,)) == seeds_that_are_needed()
    if not (first and second):
        raise wrong("second_off" if first else "first_off" if second else "both_off")


def counts_behind_the_mean() -> tuple[int, int, int]:
    """Return how many of 500 each seed got right at α = 0.001, from 86.33 ± 0.46."""
    mean, spread = ACCURACY[0.001]
    for counts in combinations_with_replacement(range(420, 441), 3):
        percent = np.array(counts) / SENTENCES * 100
        if f"{percent.mean():.2f} {percent.std(ddof=1):.2f}" == f"{mean:.2f} {spread:.2f}":
            return counts
    raise ValueError


OTHER_COUNTS = {
    "percent": (85.8, 86.6, 86.6),
    "sum": 1295,
    "mean_only": (431, 432, 432),
    "half_way": (429, 432, 434),
    "population": (428, 433, 434),
    "without": (427, 431, 432),
}


def _judge_counts(answer: object, wrong: Wording) -> None:
    """Return if the three counts are the right ones, in any order."""
    expect(
        np.sort(as_array(answer).reshape(-1)),
        counts_behind_the_mean(),
        instead=OTHER_COUNTS,
        wrong=wrong,
    )


def paired_interval(
    one: Float[np.ndarray, " n"], other: Float[np.ndarray, " n"]
) -> tuple[float, float, float]:
    """Return mean, low and high end of the 95 % interval of one − other, in pairs."""
    from scipy.special import stdtrit

    apart = np.asarray(one) - np.asarray(other)
    n = len(apart)
    half = stdtrit(n - 1, 0.975) * apart.std(ddof=1) / math.sqrt(n)
    return apart.mean(), apart.mean() - half, apart.mean() + half


def _variant(
    *,
    paired: bool = True,
    ddof: int = 1,
    tail: float = 0.975,
    root: bool = True,
    normal: bool = False,
    sign: int = 1,
) -> Callable[[np.ndarray, np.ndarray], tuple[float, float, float]]:
    """Return the interval by hand with one thing done differently."""
    from scipy.special import ndtri, stdtrit

    def interval(one: np.ndarray, other: np.ndarray) -> tuple[float, float, float]:
        apart, n = sign * (one - other), len(one)
        freedom = n - 1 if paired else 2 * n - 2
        spread = apart.std(ddof=ddof) if paired else math.sqrt(one.var(ddof=1) + other.var(ddof=1))
        far = ndtri(tail) if normal else stdtrit(freedom, tail)
        half = far * spread / (math.sqrt(n) if root else 1.0)
        return apart.mean(), apart.mean() - half, apart.mean() + half

    return interval


OTHER_INTERVALS = {
    "unpaired": _variant(paired=False),
    "population": _variant(ddof=0),
    "ninety": _variant(tail=0.95),
    "no_root": _variant(root=False),
    "normal": _variant(normal=True),
    "sign": _variant(sign=-1),
}


def _arms() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return two arms whose runs share much of their luck."""
    rng = np.random.default_rng(8)
    luck = rng.normal(86.0, 0.5, size=7)
    return {"": (luck + 0.2 + rng.normal(0, 0.1, size=7), luck)}


def slopes_of_the_entropy() -> Float[np.ndarray, " 3"]:
    """Return ∂S/∂score of a row of attention."""
    p = np.array([0.7, 0.2, 0.1])
    S = -(p * np.log(p)).sum()
    return -p * (np.log(p) + S)


def _other_slopes() -> dict[str, Any]:
    p, right = np.array([0.7, 0.2, 0.1]), slopes_of_the_entropy()
    return {
        "sign": -right,
        "by_weight": -np.log(p) - 1,
        "parts": -p * np.log(p),
        "own_only": -p * (1 - p) * (np.log(p) + 1),
        "no_S": -p * (np.log(p) + 1),
        "bits": right / math.log(2),
        "one_number": -(p * np.log(p)).sum(),
    }


EXERCISES = (
    Exercise("08.1", "read it off", seeds_that_are_needed, _other_seeds, judge=_judge_seeds),
    Exercise("08.2", "compute it", counts_behind_the_mean, OTHER_COUNTS, judge=_judge_counts),
    Exercise("08.3", "build it", paired_interval, OTHER_INTERVALS, 1e-4, cases=_arms),
    Exercise("08.4", "compute it", slopes_of_the_entropy, _other_slopes, TWO_DIGITS),
)

QUIZ = questions("08", right="abdca")

IN_PERCENT = ("luck",)  # predictions asked for in per cent
