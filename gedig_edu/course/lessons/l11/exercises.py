"""Exercises and quiz of lesson 11: a β read off, a step by hand, what is saved, a descent built."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gedig_edu.course.items import Exercise, questions
from gedig_edu.shapes import Float
from gedig_edu.theory.energy import descend

OTHERS_MELT, ALL_MELT, APART = 0.67, 0.53, 1.8  # β of the first picture; A and B lie √1.8 apart
ODDS, SHARPNESS = 3.0, 2.0  # ξ = (log 3, 0), β = 2
TOKENS, KEYS = 1000, 8


def where_two_melt() -> float:
    """Return the β below which A and B of the first picture share one resting place."""
    five_places, four_places = 2.83, 2.52  # two steps of the slider, next to each other
    return (five_places + four_places) / 2


OTHER_MELTING = {
    "all": ALL_MELT,
    "others": OTHERS_MELT,
    "inverse": 1 / where_two_melt(),
    "basins": 4,
    "equal": 4 / APART,
}


def one_step() -> float:
    """Return the first number of ξ after one step: patterns (1, 0) and (0, 1)."""
    patterns, state, beta = np.eye(2), np.array([np.log(3), 0.0]), 2.0
    weights = np.exp(beta * patterns @ state)  # 9 and 1
    weights = weights / weights.sum()
    return float((patterns.T @ weights)[0])


OTHER_STEPS = {
    "no_beta": ODDS / (ODDS + 1),
    "divided": ODDS ** (1 / SHARPNESS) / (ODDS ** (1 / SHARPNESS) + 1),
    "added": math.log(ODDS) + ODDS**SHARPNESS / (ODDS**SHARPNESS + 1),
    "other": 1 / (ODDS**SHARPNESS + 1),
    "odds": ODDS**SHARPNESS,
}


def what_is_left() -> float:
    """Return the products left, in per cent: n²d for the scores, nkd for the mixture, of 2n²d."""
    n, kept, d = 1000, 8, 64  # d falls out
    return 100 * (n * n * d + n * kept * d) / (2 * n * n * d)


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
    tol: float = 0.0,
    unit: bool = False,
    hard: bool = False,
    added: bool = False,
) -> Callable[[np.ndarray, np.ndarray, float], np.ndarray]:
    """Return the descent by hand with one thing done differently."""

    def rest(query: np.ndarray, stored: np.ndarray, beta: float) -> np.ndarray:
        state = query
        for _ in range(steps):
            scores = heat(beta) * stored @ state
            weights = np.exp(scores - scores.max())
            if hard:
                weights = (scores == scores.max()).astype(float)
            before, state = state, stored.T @ weights / weights.sum() + added * state
            if unit:
                state = state / (np.linalg.norm(state) or 1.0)
            if np.linalg.norm(state - before) <= tol:
                break
        return state

    return rest


def _nearest(query: np.ndarray, stored: np.ndarray, _: float) -> np.ndarray:
    return stored[np.linalg.norm(stored - query, axis=1).argmin()]


OTHER_RESTS = {
    "once": _variant(steps=1),
    "heated": _variant(heat=lambda beta: 1 / beta),
    "no_beta": _variant(heat=lambda _: 1.0),
    "unit": _variant(unit=True),
    "hard": _variant(hard=True),
    "nearest": _nearest,
    "added": _variant(added=True),
    "early": _variant(tol=1e-3),
}


def _memories() -> dict[str, tuple[np.ndarray, np.ndarray, float]]:
    """Return an empty memory, to which adding adds nothing, and one with rest between patterns."""
    rng = np.random.default_rng(11)
    stored = rng.normal(size=(6, 4))
    query = 0.5 * stored[2] + 0.3 * rng.normal(size=4)
    return {"empty": (query, np.zeros((3, 4)), 0.6), "": (query, stored, 0.6)}


READ_OFF = 0.06  # relative: between the two steps of the slider

EXERCISES = (
    Exercise("11.1", "read it off", where_two_melt, OTHER_MELTING, READ_OFF),
    Exercise("11.2", "compute it", one_step, OTHER_STEPS),
    Exercise("11.3", "predict it", what_is_left, OTHER_WORK, 0.01),
    Exercise("11.4", "build it", rest_of, OTHER_RESTS, 1e-4, cases=_memories),
)

QUIZ = questions("11", right="bdacb")

IN_PERCENT = ("turned", "same", "three")  # predictions asked for in per cent
WITHIN = {"basins": (1, 5), "three": (0, math.inf)}  # ends of predictions
