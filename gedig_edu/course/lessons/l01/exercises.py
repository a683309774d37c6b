"""Exercises and quiz of lesson 01: dot product or cosine."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from jaxtyping import Float

from gedig_edu.course.answers import as_array, as_function, expect, is_close
from gedig_edu.course.items import Exercise, Question, Wording
from gedig_edu.course.sentences import EXAMPLE
from gedig_edu.models import default_name, load
from gedig_edu.theory.attention import attend, cosine_scores, dot_scores

PLANE_QUERY = np.array([[2.0, 1.0]])
PLANE_KEYS = np.array([[2.2, 0.2], [0.9, 0.45], [3.0, -1.0], [-1.0, 2.0], [-1.5, -1.0]])
GROWN = 1


def winners() -> tuple[int, int]:
    """Return the key that wins under q·k, and the one that wins under cosine."""
    dot = dot_scores(PLANE_QUERY, PLANE_KEYS)[0]
    cosine = cosine_scores(PLANE_QUERY, PLANE_KEYS)[0]
    return int(np.argmax(dot)), int(np.argmax(cosine))


def _judge_winners(answer: Any, wrong: Wording) -> None:
    dot, cosine = winners()
    instead = {
        "swapped": (cosine, dot),
        "from_one": (dot + 1, cosine + 1),
        "only_dot": (dot, dot),
        "only_cosine": (cosine, cosine),
    }
    expect(answer, (dot, cosine), instead=instead, wrong=wrong)


def query_norms() -> Float[np.ndarray, " heads"]:
    """Return the mean L2 norm of the queries of layer 0, one number per head."""
    model = load(default_name())
    q = model.queries_keys(EXAMPLE, 0).q  # [heads, L, d]
    return np.linalg.norm(q, axis=-1).mean(axis=-1)


def _judge_norms(answer: Any, wrong: Wording) -> None:
    q, k = _example(default_name())
    norms = np.linalg.norm(q, axis=-1)
    instead = {
        "over_tokens": np.linalg.norm(q, axis=1).mean(axis=-1),
        "per_token": norms.mean(axis=0),
        "mean_first": np.linalg.norm(q.mean(axis=1), axis=-1),
        "squared": (norms**2).mean(axis=-1),
        "root_mean_square": norms.mean(axis=-1) / np.sqrt(q.shape[-1]),
        "keys": np.linalg.norm(k, axis=-1).mean(axis=-1),
        "all_heads": norms.mean(),
    }
    expect(answer, norms.mean(axis=-1), instead=instead, wrong=wrong, tolerance=1e-2)


def weights_after_growth() -> tuple[float, float]:
    """Return the weight of the grown key under q·k/√d, and under cosine."""
    keys = PLANE_KEYS.copy()
    keys[GROWN] *= 10
    by_dot = attend(dot_scores(PLANE_QUERY, keys), keys).weights
    by_cosine = attend(cosine_scores(PLANE_QUERY, keys), keys).weights
    return float(by_dot[0, GROWN]), float(by_cosine[0, GROWN])


def _judge_tenfold(answer: Any, wrong: Wording) -> None:
    dot, cosine = weights_after_growth()
    before = attend(dot_scores(PLANE_QUERY, PLANE_KEYS), PLANE_KEYS).weights[0, GROWN]
    cooled = cosine_scores(PLANE_QUERY, PLANE_KEYS) / np.sqrt(2)
    instead = {
        "swapped": (cosine, dot),
        "before": (before, cosine),
        "scaled_cosine": (dot, attend(cooled, PLANE_KEYS).weights[0, GROWN]),
        "scores": (22.5 / np.sqrt(2), 1.0),
        "scores_unscaled": (22.5, 1.0),
        "percent": (100 * dot, 100 * cosine),
    }
    expect(answer, (dot, cosine), instead=instead, wrong=wrong, tolerance=5e-3)


def warmest_temperature() -> float:
    """Return T at which the best case of one key among 64 is a weight of 0.9."""
    share, keys = 0.9, 64
    return 2 / np.log(share / (1 - share) * (keys - 1))


def _judge_warmest(answer: Any, wrong: Wording) -> None:
    instead = {
        "half_range": 1 / np.log(9 * 63),
        "one_key_too_many": 2 / np.log(9 * 64),
        "inverse": np.log(9 * 63) / 2,
        "forgot_the_share": 2 / np.log(63),
        "log2": 2 / np.log2(9 * 63),
        "log10": 2 / np.log10(9 * 63),
    }
    expect(answer, warmest_temperature(), instead=instead, wrong=wrong)


def cosine_by_hand(
    q: Float[np.ndarray, "Lq d"], k: Float[np.ndarray, "Lk d"]
) -> Float[np.ndarray, "Lq Lk"]:
    """Return the cosine of every query with every key; a zero vector scores 0."""
    q_norm = np.linalg.norm(q, axis=-1, keepdims=True)  # [Lq, 1]
    k_norm = np.linalg.norm(k, axis=-1, keepdims=True)  # [Lk, 1]
    q_unit = q / np.where(q_norm > 0, q_norm, 1.0)
    k_unit = k / np.where(k_norm > 0, k_norm, 1.0)
    return q_unit @ k_unit.T


def _judge_cosine(answer: Any, wrong: Wording) -> None:
    function = as_function(answer)
    rng = np.random.default_rng(1)
    q, k = 3 * rng.normal(size=(5, 3)), 2 * rng.normal(size=(7, 3))
    scores, expected = as_array(function(q, k), finite=False), cosine_scores(q, k)
    q_unit = q / np.linalg.norm(q, axis=-1, keepdims=True)
    k_unit = k / np.linalg.norm(k, axis=-1, keepdims=True)
    instead = {
        "transposed": expected.T,
        "dot": q @ k.T,
        "scaled_dot": q @ k.T / np.sqrt(3),
        "keys_kept": q_unit @ k.T,
        "queries_kept": q @ k_unit.T,
        "over_tokens": (q / np.linalg.norm(q, axis=0)) @ (k / np.linalg.norm(k, axis=0)).T,
        "distance": 1 - expected,
        "radians": np.arccos(expected),
        "degrees": np.degrees(np.arccos(expected)),
    }
    expect(scores, expected, instead=instead, wrong=wrong, tolerance=1e-5)
    q[2], k[3] = 0.0, 0.0
    with_zero = as_array(function(q, k), shape=(5, 7), finite=False)
    if not (is_close(with_zero[2], np.zeros(7)) and is_close(with_zero[:, 3], np.zeros(5))):
        raise wrong("zero")


@cache
def _example(model: str) -> tuple[Float[np.ndarray, "heads L d"], Float[np.ndarray, "heads L d"]]:
    read = load(model).queries_keys(EXAMPLE, 0)
    return read.q, read.k


def _queries() -> Float[np.ndarray, "heads L d"]:
    return _example(default_name())[0]


EXERCISES = (
    Exercise(
        "01.1",
        level="read it off",
        judge=_judge_winners,
        reference=winners,
        typical={
            "swapped": lambda: (1, 2),
            "from_one": lambda: [3, 2],
            "only_dot": lambda: (2, 2),
            "only_cosine": lambda: (1, 1),
        },
    ),
    Exercise(
        "01.2",
        level="measure it",
        judge=_judge_norms,
        reference=query_norms,
        typical={
            "over_tokens": lambda: np.linalg.norm(_queries(), axis=1).mean(axis=-1),
            "per_token": lambda: np.linalg.norm(_queries(), axis=-1).mean(axis=0),
            "squared": lambda: (_queries() ** 2).sum(axis=-1).mean(axis=-1),
            "mean_first": lambda: np.linalg.norm(_queries().mean(axis=1), axis=-1),
            "all_heads": lambda: np.linalg.norm(_queries(), axis=-1).mean(),
        },
        seconds=60.0,
    ),
    Exercise(
        "01.3",
        level="compute it",
        judge=_judge_tenfold,
        reference=weights_after_growth,
        typical={
            "swapped": lambda: (0.314, 1.0),
            "before": lambda: (0.0742, 0.3141),
            "scaled_cosine": lambda: (1.0, 0.2855),
            "scores": lambda: (15.91, 1.0),
            "percent": lambda: (100, 31.4),
        },
    ),
    Exercise(
        "01.4",
        level="predict it",
        judge=_judge_warmest,
        reference=warmest_temperature,
        typical={
            "half_range": lambda: 0.1577,
            "one_key_too_many": lambda: 0.31465,
            "inverse": lambda: 3.1702,
            "forgot_the_share": lambda: 0.4827,
            "log2": lambda: 0.2187,
            "log10": lambda: 0.7263,
        },
    ),
    Exercise(
        "01.5",
        level="build it",
        judge=_judge_cosine,
        reference=cosine_by_hand,
        builds=True,
        typical={
            "dot": lambda: lambda q, k: q @ k.T,
            "keys_kept": lambda: lambda q, k: q @ k.T / np.linalg.norm(q, axis=1)[:, None],
            "over_tokens": lambda: (
                lambda q, k: (q / np.linalg.norm(q, axis=0)) @ (k / np.linalg.norm(k, axis=0)).T
            ),
            "transposed": lambda: lambda q, k: cosine_by_hand(q, k).T,
            "distance": lambda: lambda q, k: 1 - cosine_by_hand(q, k),
            "degrees": lambda: lambda q, k: np.degrees(np.arccos(cosine_by_hand(q, k))),
            "radians": lambda: lambda q, k: np.arccos(cosine_by_hand(q, k)),
            "zero": lambda: (
                lambda q, k: (
                    (q @ k.T) / np.linalg.norm(q, axis=1)[:, None] / np.linalg.norm(k, axis=1)
                )
            ),
        },
    ),
)


QUIZ = (
    Question("01.1", right="b"),
    Question("01.2", right="d"),
    Question("01.3", right="a"),
    Question("01.4", right="c"),
    Question("01.5", right="b"),
)
