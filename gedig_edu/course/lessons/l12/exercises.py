"""Exercises and quiz of lesson 12: a peak that grows, a coin, a rule by hand, and one of yours."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any

import numpy as np

from gedig_edu.course.evidence import (
    Above,
    Apart,
    AtMost,
    HoldsIf,
    OneSign,
    Reading,
    Rule,
    Untestable,
    over,
)
from gedig_edu.course.items import Exercise, Wording, questions
from gedig_edu.errors import GedigError
from gedig_edu.shapes import Float


def keys_of_a_tall_peak() -> int:
    """Return the least power of two at which C of one key below n − 1 equal ones passes 10."""
    from gedig_edu.lab.thermodynamics import one_below

    n = 2
    while one_below(n).height <= 10:
        n *= 2
    return n


OTHER_KEYS = {
    "exponent": 9,
    "just_below": 256,
    "limit": 1024,
    "base": 128,
    "tick": 4096,
}


def by_a_coin() -> float:
    """Return how often a fair coin, thrown 12 times, shows heads 9 times or more."""
    return sum(math.comb(12, k) for k in range(9, 13)) / 2**12


RUNS, BEFORE = 12, 9
OTHER_CHANCES = {
    "exactly": math.comb(RUNS, BEFORE) / 2**RUNS,
    "more": sum(math.comb(RUNS, k) for k in range(BEFORE + 1, RUNS + 1)) / 2**RUNS,
    "both_sides": 2 * by_a_coin(),
    "share": BEFORE / RUNS,
    "one_order": 0.5**BEFORE,
    "percent": 100 * by_a_coin(),
    "rest": 1 - by_a_coin(),
}

Curve = Float[np.ndarray, " readings"]


def peak_in_window(step: Curve, train: Curve, held: Curve, C: Curve) -> float:
    """Return the step of the largest C between memorisation and twice the onset."""
    memorised = step[train >= 0.99][0]
    onset = step[held >= 0.5][0]
    window = (step >= memorised) & (step <= 2 * onset)
    return step[window][C[window].argmax()]


def _variant(
    *,
    begin: str = "train",
    end: float = 2.0,
    level: float = 0.5,
    of_train: float = 0.99,
    as_place: bool = False,
    in_window: bool = False,
    value: bool = False,
) -> Callable[[Curve, Curve, Curve, Curve], float]:
    """Return the rule by hand with one thing done differently."""

    def peak(step: Curve, train: Curve, held: Curve, C: Curve) -> float:
        first = step[0]
        if begin:
            first = step[train >= of_train][0] if begin == "train" else step[held >= 0.5][0]
        last = end * step[held >= level][0] if math.isfinite(end) else math.inf
        window = (step >= first) & (step <= last)
        inside = int(C[window].argmax())
        at = int(np.flatnonzero(window)[inside])
        if value:
            return float(C[at])
        return float(inside) if in_window else float(at) if as_place else float(step[at])

    return peak


OTHER_PEAKS = {
    "from_start": _variant(begin=""),
    "from_onset": _variant(begin="held"),
    "to_end": _variant(end=math.inf),
    "to_onset": _variant(end=1.0),
    "too_soon": _variant(end=1.5),
    "to_whole": _variant(end=1.0, level=0.99),
    "all_right": _variant(level=0.99),
    "half_learned": _variant(of_train=0.5),
    "place": _variant(as_place=True),
    "place_in_window": _variant(in_window=True),
    "value": _variant(value=True),
}


def _runs() -> dict[str, tuple[Curve, Curve, Curve, Curve]]:
    """Return made-up runs with a hill of C wherever a mistake would look.

    All is learned by step 170, half of what is held back is right at 900 and 99 % of it at 1,640.
    C is largest between the last two, then before the onset, then from 1,640 on.
    """
    step = np.arange(0.0, 6001.0, 10.0)
    train, held = (1 / (1 + np.exp(-(step - at) / of)) for at, of in ((100, 15), (900, 160)))
    outside = ((20, 0.9, 12), (130, 0.8, 14), (2400, 0.7, 120), (5200, 0.95, 200))

    def curve(early: float, soon: float, late: float, last: float) -> Curve:
        inside = ((700, early, 80), (1150, soon, 50), (1500, late, 60), (1740, last, 30))
        places, heights, widths = np.array((*outside, *inside)).T[:, :, None]
        return 0.2 + (heights * np.exp(-(((step - places) / widths) ** 2))).sum(axis=0)

    return {
        "": (step, train, held, curve(0.3, 0.4, 0.5, 0.1)),
        "early": (step, train, held, curve(0.6, 0.4, 0.5, 0.1)),
        "late": (step, train, held, curve(0.3, 0.4, 0.5, 0.6)),
    }


def another_rule() -> tuple[str, Rule]:
    """Return a claim and a rule by which it comes out otherwise: near is a factor of 2."""
    return "03.near_peak", AtMost(1.0)


OTHER_RULES = {
    "no_pair": "03.near_peak",
    "no_claim": ("03.everything", AtMost(1.0)),
    "no_rule": ("03.near_peak", 1.0),
    "no_limit": ("03.near_peak", OneSign()),
    "no_end": ("03.near_peak", AtMost(math.inf)),
    "metaphor": ("10.least_action", AtMost(1.0)),
    "same_rule": ("03.near_peak", AtMost(0.5)),
    "same_verdict": ("03.near_peak", AtMost(0.6)),
    "upside_down": ("03.near_peak", Above(0.7)),
    "no_numbers": ("03.chemical", AtMost(1.0)),
    "condition": ("03.near_peak", HoldsIf(AtMost(1.0))),
    "far_off": ("03.near_peak", AtMost(9.0)),
}
FAR = 0.1  # of what all numbers and our limit span, beyond which a limit is far from them


def _judge_rule(answer: Any, wrong: Wording) -> None:
    """Return if the rule is another one, that could fail, and turns the claim's verdict."""
    from gedig_edu.course import closing

    if not isinstance(answer, tuple | list) or len(answer) != 2 or not isinstance(answer[0], str):
        raise wrong("no_pair")
    try:
        (stands,) = closing.standings([answer[0]])
    except GedigError as unknown:
        raise wrong("no_claim") from unknown
    rule, ours = answer[1], stands.claim.rule
    if isinstance(rule, HoldsIf) and not isinstance(ours, HoldsIf):
        raise wrong("condition")
    bare = rule.rule if isinstance(rule, HoldsIf) else rule
    _judge_limits(bare, wrong)
    if ours is None:
        raise wrong("metaphor")
    measured = [one.readings for one in stands.found.values() if one.readings]
    if not measured or isinstance(ours, Untestable):
        raise wrong("no_numbers")
    held_to = ours.rule if isinstance(ours, HoldsIf) else ours
    if bare == held_to:
        raise wrong("same_rule")
    if {type(bare), type(held_to)} == {Above, AtMost}:
        raise wrong("upside_down")
    if _is_far_off(bare, held_to, [reading for one in measured for reading in one]):
        raise wrong("far_off")
    judged_by = HoldsIf(bare) if isinstance(ours, HoldsIf) else bare
    if over(map(judged_by, measured)) is stands.verdict:
        raise wrong("same_verdict")


def _judge_limits(rule: Any, wrong: Wording) -> None:
    """Return if this is a rule with limits that are finite and in order."""
    if isinstance(rule, OneSign | Untestable):
        raise wrong("no_limit")
    if not isinstance(rule, Above | AtMost | Apart):
        raise wrong("no_rule")
    given = (rule.number, rule.by) if isinstance(rule, Apart) else (rule.level,)
    if not all(isinstance(one, Real) and math.isfinite(one) for one in given):
        raise wrong("no_end")
    if isinstance(rule, Apart) and rule.by < 0:
        raise wrong("no_end")


def _is_far_off(rule: Rule, ours: Rule, readings: Sequence[Reading]) -> bool:
    """Tell whether a limit lies far from our limits and every number that is judged."""
    judged = [end for one in readings if one.judged for end in (one.low, one.high)]
    low, high = min(*judged, *ours.limits), max(*judged, *ours.limits)
    room = FAR * (high - low)
    return not all(low - room <= limit <= high + room for limit in rule.limits)


EXERCISES = (
    Exercise("12.1", "read it off", keys_of_a_tall_peak, OTHER_KEYS),
    Exercise("12.2", "compute it", by_a_coin, OTHER_CHANCES),
    Exercise("12.3", "build it", peak_in_window, OTHER_PEAKS, cases=_runs),
    Exercise(
        "12.4", "measure it", another_rule, OTHER_RULES, judge=_judge_rule, hints=2, seconds=30.0
    ),
)

QUIZ = questions("12", right="cadbc")

IN_PERCENT = ("mirrors",)  # predictions asked for in per cent
WITHIN = {"runs": (0, RUNS), "growth": (0, math.inf)}  # ends of predictions
