"""How the claims of lesson 08 are measured: whether training with F in the loss does anything."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.stats import norm, ttest_ind_from_stats, ttest_rel

from gedig_edu.course.context import Context
from gedig_edu.course.evidence import Reading
from gedig_edu.course.lessons.l08.published import (
    ACCURACY,
    FINAL_F,
    LOGGED_F,
    LOGGED_RIGHT,
    ROUNDING,
    SEEDS,
    SENTENCES,
)
from gedig_edu.course.lessons.l08.sweep import read_sweep
from gedig_edu.lab.f_judgement import Pairs
from gedig_edu.lab.f_sweep import CONTROLS
from gedig_edu.theory.repeats import Difference, difference
from gedig_edu.words import refusal

LEAST, WEAK, TENTH, STRONG = 0.001, 0.01, 0.1, 1.0
WEAKEST = {"least": LEAST, "weak": WEAK}


def _significant(_: Context) -> Sequence[Reading]:
    """Return p of the published difference, by the pairs of its log; beside it, without pairs."""
    of_weak, of_none = ACCURACY[LEAST], ACCURACY[0.0]
    seeds = ttest_ind_from_stats(*of_weak, SEEDS, *of_none, SEEDS, equal_var=False).pvalue
    weak, without = of_weak[0] / 100, of_none[0] / 100
    error = math.sqrt((weak * (1 - weak) + without * (1 - without)) / SENTENCES)
    logged = float(ttest_rel(LOGGED_RIGHT[LEAST], LOGGED_RIGHT[0.0]).pvalue)
    tried = len(LOGGED_RIGHT) - 1  # values of α, of which the best is told
    beside = {"logged": logged, "seeds": seeds}
    beside["sentences"] = 2 * float(norm.sf((weak - without) / error))
    return [
        Reading.exact("best_of_four", min(1.0, tried * logged)),
        *(Reading.exact(name, p, judged=False) for name, p in beside.items()),
    ]


def _more_than_a_point(_: Context) -> Sequence[Reading]:
    """Return by how many points accuracy rises at the two weak α, in pairs of a seed."""
    sweep = read_sweep()
    return [_reading(name, sweep.gain(("F", alpha))) for name, alpha in WEAKEST.items()]


def _weak_helps(context: Context) -> Sequence[Reading]:
    """Return the same, and beside it what happens to the loss, which is finer."""
    sweep = read_sweep()
    losses = [
        _reading(f"{name}_loss", sweep.pairs(("F", alpha)).change("loss"), judged=False)
        for name, alpha in WEAKEST.items()
    ]
    return [*_more_than_a_point(context), *losses]


def _strong_harms(_: Context) -> Sequence[Reading]:
    """Return by how many points accuracy falls at α = 1, in pairs of a seed."""
    sweep = read_sweep()
    return [
        _reading("strong", sweep.gain(("F", STRONG)), sign=-1),
        _reading("tenth", sweep.gain(("F", TENTH)), sign=-1, judged=False),
    ]


def _f_fell(_: Context) -> Sequence[Reading]:
    """Return by how much F ended lower than without it, in pairs of a seed."""
    sweep = read_sweep()
    names = WEAKEST | {"tenth": TENTH, "strong": STRONG}
    return [
        _reading(name, sweep.fall(("F", alpha)), judged=name in WEAKEST)
        for name, alpha in names.items()
    ]


def _f_fell_published(_: Context) -> Sequence[Reading]:
    """Return by how much the printed F lies lower than without it; the interval is its rounding."""

    def fall(name: str, alpha: float, *, judged: bool) -> Reading:
        found = round(FINAL_F[0.0] - FINAL_F[alpha], 4)
        low, high = (round(found + side * 2 * ROUNDING, 4) for side in (-1, 1))
        return Reading(name, found, low, high, judged=judged)

    logged = difference(LOGGED_F[0.0], LOGGED_F[LEAST], paired=True)
    return [
        fall("least", LEAST, judged=True),
        fall("weak", WEAK, judged=False),
        _reading("logged", logged, judged=False),
    ]


def _controls(_: Context) -> Sequence[Reading]:
    """Return by how many points F lies above each of its controls, and by how much in loss.

    Judged is α = 1, at which F itself changes something; beside it stands α = 0.01.
    """
    sweep = read_sweep()
    names = [name for name in CONTROLS if (name, STRONG) in sweep.runs]
    if not names:
        raise refusal("no_sweep")

    def beside(name: str, alpha: float) -> Pairs:
        return sweep.pairs(("F", alpha), over=(name, alpha))

    losses = {f"{name}_loss": beside(name, STRONG).change("loss") for name in names}
    weak = {f"{name}_weak": beside(name, WEAK).gain for name in names}
    return [
        *(_reading(name, beside(name, STRONG).gain) for name in names),
        *(_reading(name, found, judged=False) for name, found in (losses | weak).items()),
    ]


def _reading(name: str, found: Difference, *, sign: int = 1, judged: bool = True) -> Reading:
    value = sign * found.mean
    return Reading(name, value, value - found.half, value + found.half, judged=judged)


MEASURES = {
    "weak_helps": _weak_helps,
    "strong_harms": _strong_harms,
    "significant": _significant,
    "more_than_a_point": _more_than_a_point,
    "f_fell": _f_fell,
    "f_fell_published": _f_fell_published,
    "controls": _controls,
}
