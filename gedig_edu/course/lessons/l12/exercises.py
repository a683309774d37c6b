"""Exercises and quiz of lesson 12: a peak that grows, a coin, a rule by hand, and one of yours."""

from __future__ import annotations

import math
from collections.abc import Callable
from math import comb
from typing import Any

import numpy as np

from gedig_edu.course.evidence import Above, AtMost, OneSign, Rule, over
from gedig_edu.course.items import Exercise, Wording, questions
from gedig_edu.errors import GedigError
from gedig_edu.lab.thermodynamics import one_below
from gedig_edu.shapes import Float

TALL, RUNS, BEFORE = 10, 12, 9


def keys_of_a_tall_peak() -> int:
    """Return the least power of two at which C of one key below n − 1 equal ones passes 10."""
    n = 2
    while one_below(n).height <= TALL:
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
    return sum(comb(RUNS, k) for k in range(BEFORE, RUNS + 1)) / 2**RUNS


OTHER_CHANCES = {
    "exactly": comb(RUNS, BEFORE) / 2**RUNS,
    "more": sum(comb(RUNS, k) for k in range(BEFORE + 1, RUNS + 1)) / 2**RUNS,
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
    begin: bool = True,
    end: float = 2.0,
    level: float = 0.5,
    of_train: float = 0.99,
    as_place: bool = False,
    in_window: bool = False,
    value: bool = False,
) -> Callable[[Curve, Curve, Curve, Curve], float]:
    """Return the rule by hand with one thing done differently."""

    def peak(step: Curve, train: Curve, held: Curve, C: Curve) -> float:
        memorised = step[train >= of_train][0] if begin else step[0]
        last = end * step[held >= level][0] if math.isfinite(end) else math.inf
        window = (step >= memorised) & (step <= last)
        inside = int(C[window].argmax())
        at = int(np.flatnonzero(window)[inside])
        if value:
            return float(C[at])
        return float(inside) if in_window else float(at) if as_place else float(step[at])

    return peak


OTHER_PEAKS = {
    "from_start": _variant(begin=False),
    "to_end": _variant(end=math.inf),
    "to_onset": _variant(end=1.0),
    "all_right": _variant(level=0.99),
    "half_learned": _variant(of_train=0.5),
    "place": _variant(as_place=True),
    "place_in_window": _variant(in_window=True),
    "value": _variant(value=True),
}


def _runs() -> dict[str, tuple[Curve, Curve, Curve, Curve]]:
    """Return a made-up run with a hill of C wherever a mistake would look."""
    step = np.arange(0.0, 6001.0, 10.0)
    train, held = (1 / (1 + np.exp(-(step - at) / of)) for at, of in ((100, 15), (900, 160)))
    hills = ((20, 0.9, 12), (130, 0.8, 14), (700, 0.3, 80), (1500, 0.5, 90), (2400, 0.7, 120))
    hills = (*hills, (5200, 0.95, 200))
    places, heights, widths = np.array(hills).T[:, :, None]
    C = 0.2 + (heights * np.exp(-(((step - places) / widths) ** 2))).sum(axis=0)
    return {"": (step, train, held, C)}


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
    "upside_down": ("03.near_peak", Above(0.5)),
    "no_numbers": ("03.chemical", AtMost(1.0)),
}


def _judge_rule(answer: Any, wrong: Wording) -> None:
    """Return if the rule is another one, with a finite limit, and turns the claim's verdict."""
    from gedig_edu.course import closing

    if not isinstance(answer, tuple | list) or len(answer) != 2 or not isinstance(answer[0], str):
        raise wrong("no_pair")
    name: str = answer[0]
    rule: Any = answer[1]
    try:
        (stands,) = closing.standings([name])
    except GedigError as unknown:
        raise wrong("no_claim") from unknown
    limits = getattr(rule, "limits", None)
    if isinstance(rule, type) or not callable(rule) or limits is None:
        raise wrong("no_rule")
    judged_by: Rule = answer[1]
    if not limits or isinstance(rule, OneSign):
        raise wrong("no_limit")
    if not all(map(math.isfinite, limits)):
        raise wrong("no_end")
    if stands.claim.rule is None:
        raise wrong("metaphor")
    if rule == stands.claim.rule:
        raise wrong("same_rule")
    if _is_turned_over(judged_by, stands.claim.rule):
        raise wrong("upside_down")
    measured = [one.readings for one in stands.found.values() if one.readings]
    if not measured:
        raise wrong("no_numbers")
    if over(map(judged_by, measured)) is stands.verdict:
        raise wrong("same_verdict")


def _is_turned_over(rule: Rule, other: Rule) -> bool:
    """Tell whether a rule asks for the contrary at the same limit, which is another claim."""
    return rule.limits == other.limits and type(rule) is not type(other)


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
