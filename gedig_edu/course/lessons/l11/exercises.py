"""Exercises and quiz of lesson 11: a β read off, a step by hand, what is saved, a descent built."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gedig_edu.course.items import Exercise, questions
from gedig_edu.shapes import Float
from gedig_edu.theory.energy import descend

MELTS, OTHERS_MELT, ALL_MELT, APART = (
    2.7,
    0.67,
    0.53,
    1.8,
)  # β of the first picture; A and B lie √1.8 apart
ODDS, SHARPNESS = 3.0, 2.0  # ξ = (log 3, 0), β = 2
TOKENS, KEYS = 1000, 8


def where_two_melt() -> float:
    """Return the β below which A and B of the first picture share one resting place."""
    return MELTS


OTHER_MELTING = {
    "all": ALL_MELT,
    "others": OTHERS_MELT,
    "inverse": 1 / MELTS,
    "basins": 4,
    "equal": 4 / APART,
}


def one_step() -> float:
    """Return the first number of ξ after one step: patterns (1, 0) and (0, 1)."""
    return ODDS**SHARPNESS / (ODDS**SHARPNESS + 1)


OTHER_STEPS = {
    "no_beta": ODDS / (ODDS + 1),
    "divided": ODDS ** (1 / SHARPNESS) / (ODDS ** (1 / SHARPNESS) + 1),
    "added": math.log(ODDS) + ODDS**SHARPNESS / (ODDS**SHARPNESS + 1),
    "other": 1 / (ODDS**SHARPNESS + 1),
    "odds": ODDS**SHARPNESS,
}


def what_is_left() -> float:
    """Return the products left, in per cent: n²d for the scores, nkd for the mixture, of 2n²d."""
    return 100 * (1 + KEYS / TOKENS) / 2


OTHER_WORK = {
    "edges": 100 * KEYS / TOKENS,
    "share": (1 + KEYS / TOKENS) / 2,
    "all": 100 * (1 + KEYS / TOKENS),
    "saved": 100 * (1 - KEYS / TOKENS) / 2,
    "keys_only": 100 * KEYS / TOKENS / 2,
}


def rest_of(
    query: Float[np.ndarray, " d"], stored: Float[np.ndarray, "n d"], beta: float
) -> Float[np.ndarray, " d"]:
    """Return where a query comes to rest: attention reads until a step is no longer than 10⁻⁶."""
    return descend(query, stored, beta=beta, tol=1e-6, max_steps=10_000).states[-1]


def _variant(
    *,
    steps: int = 2000,
    heat: Callable[[float], float] = float,
    unit: bool = False,
    hard: bool = False,
) -> Callable[[np.ndarray, np.ndarray, float], np.ndarray]:
    """Return the descent by hand with one thing done differently."""

    def rest(query: np.ndarray, stored: np.ndarray, beta: float) -> np.ndarray:
        state = query
        for _ in range(steps):
            scores = heat(beta) * stored @ state
            weights = np.exp(scores - scores.max())
            if hard:
                weights = (scores == scores.max()).astype(float)
            state = stored.T @ weights / weights.sum()
            if unit:
                state = state / np.linalg.norm(state)
        return state

    return rest


OTHER_RESTS = {
    "once": _variant(steps=1),
    "heated": _variant(heat=lambda beta: 1 / beta),
    "no_beta": _variant(heat=lambda _: 1.0),
    "unit": _variant(unit=True),
    "hard": _variant(hard=True),
}


def _memories() -> dict[str, tuple[np.ndarray, np.ndarray, float]]:
    """Return a soft memory, in which a query comes to rest between patterns, and a sharp one."""
    rng = np.random.default_rng(11)
    stored = rng.normal(size=(6, 4))
    return {"": (0.8 * stored[2] + 0.3 * rng.normal(size=4), stored, 0.6)}


READ_OFF = 0.15  # relative: between a slider's step above and one below

EXERCISES = (
    Exercise("11.1", "read it off", where_two_melt, OTHER_MELTING, READ_OFF),
    Exercise("11.2", "compute it", one_step, OTHER_STEPS),
    Exercise("11.3", "predict it", what_is_left, OTHER_WORK, 0.01),
    Exercise("11.4", "build it", rest_of, OTHER_RESTS, 1e-4, cases=_memories),
)

QUIZ = questions("11", right="bdacb")

IN_PERCENT = ("turned", "same", "three")  # predictions asked for in per cent
WITHIN = {"basins": (1, 5), "three": (0, math.inf)}  # ends of predictions
