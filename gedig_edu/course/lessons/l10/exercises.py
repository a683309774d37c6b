"""Exercises and quiz of lesson 10: a wall read off, a residual summed, a field recovered."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gedig_edu.course.items import Exercise, questions
from gedig_edu.shapes import Float

BOAT, SEA = 2.85, 2.32  # scores of the first picture's two likeliest keys
SHARE_BOAT, SHARE_SEA = 0.46, 0.27
MISSED, KEPT = 0.46, 0.8
STEP, ALPHA, CALM = 4.0, 0.25, 1.0


def height_of_the_wall() -> float:
    """Return the P at ␣boat at which ␣sea gets as much attention: the scores' difference."""
    return BOAT - SEA


OTHER_HEIGHTS = {
    "sign": SEA - BOAT,
    "ceiling": 6.0,
    "shares": SHARE_BOAT - SHARE_SEA,
    "odds": SHARE_BOAT / SHARE_SEA,
    "energy": BOAT,
    "sum": BOAT + SEA,
}


def what_is_carried() -> float:
    """Return where M at a key ends if the same is missed at every step: a geometric sum."""
    return MISSED / (1 - KEPT)


OTHER_CARRIED = {
    "one_step": MISSED,
    "forgets": MISSED * KEPT,
    "divided": MISSED / KEPT,
    "average": MISSED * (1 - KEPT),
    "late": MISSED * KEPT / (1 - KEPT),
    "all_steps": MISSED * 24,
}


def field_of(
    weights: Float[np.ndarray, "runs n"], scores: Float[np.ndarray, "runs n"], T: float
) -> Float[np.ndarray, " n"]:
    """Return the field that is the same in all runs, with mean 0: −T log w + q·k, averaged."""
    U = scores - T * np.log(weights)
    U = U - U.mean(axis=1, keepdims=True)  # each run's own constant
    return U.mean(axis=0)


def _variant(
    *,
    heated: bool = True,
    sign: float = 1.0,
    centred: bool = True,
    averaged_first: bool = False,
    base: float = math.e,
    scored: bool = True,
    over_T: bool = False,
    anchored: bool = False,
) -> Callable[[np.ndarray, np.ndarray, float], np.ndarray]:
    """Return the field by hand with one thing done differently."""

    def field(weights: np.ndarray, scores: np.ndarray, T: float) -> np.ndarray:
        if averaged_first:
            weights, scores = (one.mean(axis=0, keepdims=True) for one in (weights, scores))
        U = scored * scores - (T if heated else 1.0) * np.log(weights) / math.log(base)
        if centred:
            U = U - (U[:, :1] if anchored else U.mean(axis=1, keepdims=True))
        if over_T:
            U = U / T
        return sign * U.mean(axis=0)

    return field


OTHER_FIELDS = {
    "over_T": _variant(over_T=True),
    "first_key": _variant(anchored=True),
    "cold": _variant(heated=False),
    "sign": _variant(sign=-1.0),
    "constant": _variant(centred=False),
    "averaged": _variant(averaged_first=True),
    "bits": _variant(base=2.0),
    "no_scores": _variant(scored=False),
}


def _runs() -> dict[str, tuple[np.ndarray, np.ndarray, float]]:
    """Return the weights of runs in one field, with other scores in each."""
    rng = np.random.default_rng(10)
    T, P = 3.0, rng.normal(size=7) + 1.0
    scores = T * rng.normal(size=(5, 7))
    raised = np.exp((scores - P) / T)
    return {"": (raised / raised.sum(axis=1, keepdims=True), scores, T)}


def steps_until_calm() -> int:
    """Return after how many steps the centre is nearer than 1 to a state 4 away, α = ¼."""
    steps = 0
    while STEP * (1 - ALPHA) ** steps >= CALM:
        steps += 1
    return steps


OTHER_STEPS = {
    "straight": 3,
    "inverse": 4,
    "one_more": 6,
    "not_whole": math.log(CALM / STEP) / math.log(1 - ALPHA),
    "alpha_left": 2,
}

READ_OFF = 0.17  # relative: 0.5 and 0.6 are the heights beside it that a drag can stop at

EXERCISES = (
    Exercise("10.1", "read it off", height_of_the_wall, OTHER_HEIGHTS, READ_OFF),
    Exercise("10.2", "compute it", what_is_carried, OTHER_CARRIED),
    Exercise("10.3", "build it", field_of, OTHER_FIELDS, 1e-6, cases=_runs),
    Exercise("10.4", "predict it", steps_until_calm, OTHER_STEPS),
)

QUIZ = questions("10", right="caadd")

IN_PERCENT = ("wall", "pairs", "drive")  # predictions asked for in per cent
WITHIN = {"drive": (0, math.inf), "kept": (-1, 1)}  # ends of predictions
