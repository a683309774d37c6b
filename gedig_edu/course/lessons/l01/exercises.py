"""Exercises and quiz of lesson 01: dot product or cosine."""

from __future__ import annotations

from typing import Any

import numpy as np

from gedig_edu.course.items import Exercise, questions
from gedig_edu.course.sentences import EXAMPLE
from gedig_edu.models import default_name, load
from gedig_edu.shapes import Float
from gedig_edu.theory.attention import attend, cosine_scores, dot_scores

PLANE_QUERY = np.array([[2.0, 1.0]])
PLANE_KEYS = np.array([[2.2, 0.2], [0.9, 0.45], [3.0, -1.0], [-1.0, 2.0], [-1.5, -1.0]])
GROWN = 1


def winners() -> tuple[int, int]:
    """Return the key that wins under q·k, and the one that wins under cosine."""
    dot = dot_scores(PLANE_QUERY, PLANE_KEYS)[0]
    cosine = cosine_scores(PLANE_QUERY, PLANE_KEYS)[0]
    return int(np.argmax(dot)), int(np.argmax(cosine))


def _other_winners() -> dict[str, Any]:
    dot, cosine = winners()
    return {
        "swapped": (cosine, dot),
        "from_one": (dot + 1, cosine + 1),
        "only_dot": (dot, dot),
        "only_cosine": (cosine, cosine),
    }


def query_norms() -> Float[np.ndarray, " heads"]:
    """Return the mean L2 norm of the queries of layer 0, one number per head."""
    model = load(default_name())
    q = model.queries_keys(EXAMPLE, 0).q  # [heads, L, d]
    return np.linalg.norm(q, axis=-1).mean(axis=-1)


def _other_norms() -> dict[str, Any]:
    read = load(default_name()).queries_keys(EXAMPLE, 0)
    norms = np.linalg.norm(read.q, axis=-1)
    return {
        "over_tokens": np.linalg.norm(read.q, axis=1).mean(axis=-1),
        "per_token": norms.mean(axis=0),
        "mean_first": np.linalg.norm(read.q.mean(axis=1), axis=-1),
        "squared": (norms**2).mean(axis=-1),
        "root_mean_square": norms.mean(axis=-1) / np.sqrt(read.q.shape[-1]),
        "keys": np.linalg.norm(read.k, axis=-1).mean(axis=-1),
        "all_heads": norms.mean(),
    }


def weights_after_growth() -> tuple[float, float]:
    """Return the weight of the grown key under q·k/√d, and under cosine."""
    keys = PLANE_KEYS.copy()
    keys[GROWN] *= 10
    by_dot = attend(dot_scores(PLANE_QUERY, keys), keys).weights
    by_cosine = attend(cosine_scores(PLANE_QUERY, keys), keys).weights
    return float(by_dot[0, GROWN]), float(by_cosine[0, GROWN])


def _other_weights() -> dict[str, Any]:
    dot, cosine = weights_after_growth()
    before = attend(dot_scores(PLANE_QUERY, PLANE_KEYS), PLANE_KEYS).weights[0, GROWN]
    cooled = cosine_scores(PLANE_QUERY, PLANE_KEYS) / np.sqrt(2)
    return {
        "swapped": (cosine, dot),
        "before": (before, cosine),
        "scaled_cosine": (dot, attend(cooled, PLANE_KEYS).weights[0, GROWN]),
        "scores": (22.5 / np.sqrt(2), 1.0),
        "scores_unscaled": (22.5, 1.0),
        "percent": (100 * dot, 100 * cosine),
    }


def warmest_temperature() -> float:
    """Return T at which the best case of one key among 64 is a weight of 0.9."""
    share, keys = 0.9, 64
    return 2 / np.log(share / (1 - share) * (keys - 1))


OTHER_TEMPERATURES = {
    "half_range": 1 / np.log(9 * 63),
    "one_key_too_many": 2 / np.log(9 * 64),
    "inverse": np.log(9 * 63) / 2,
    "forgot_the_share": 2 / np.log(63),
    "log2": 2 / np.log2(9 * 63),
    "log10": 2 / np.log10(9 * 63),
}


def cosine_by_hand(
    q: Float[np.ndarray, "Lq d"], k: Float[np.ndarray, "Lk d"]
) -> Float[np.ndarray, "Lq Lk"]:
    """Return the cosine of every query with every key; a zero vector scores 0."""
    q_norm = np.linalg.norm(q, axis=-1, keepdims=True)  # [Lq, 1]
    k_norm = np.linalg.norm(k, axis=-1, keepdims=True)  # [Lk, 1]
    q_unit = q / np.where(q_norm > 0, q_norm, 1.0)
    k_unit = k / np.where(k_norm > 0, k_norm, 1.0)
    return q_unit @ k_unit.T


def _unit(x: Float[np.ndarray, "L d"], axis: int = -1) -> Float[np.ndarray, "L d"]:
    return x / np.linalg.norm(x, axis=axis, keepdims=True)


OTHER_COSINES = {
    "transposed": lambda q, k: cosine_by_hand(q, k).T,
    "dot": lambda q, k: q @ k.T,
    "scaled_dot": lambda q, k: q @ k.T / np.sqrt(q.shape[-1]),
    "keys_kept": lambda q, k: _unit(q) @ k.T,
    "queries_kept": lambda q, k: q @ _unit(k).T,
    "over_tokens": lambda q, k: _unit(q, axis=0) @ _unit(k, axis=0).T,
    "distance": lambda q, k: 1 - cosine_by_hand(q, k),
    "radians": lambda q, k: np.arccos(cosine_by_hand(q, k)),
    "degrees": lambda q, k: np.degrees(np.arccos(cosine_by_hand(q, k))),
    "zero": lambda q, k: _unit(q) @ _unit(k).T,
}


def _queries_and_keys() -> dict[str, Any]:
    rng = np.random.default_rng(1)
    q, k = 3 * rng.normal(size=(5, 3)), 2 * rng.normal(size=(7, 3))
    with_zero = q * (np.arange(5) != 2)[:, None], k * (np.arange(7) != 3)[:, None]
    return {"": (q, k), "zero": with_zero}


def balancing_factors() -> Float[np.ndarray, " 2"]:
    """Return the diagonal of A for which W_Q A and W_K A⁻¹ have equal columns."""
    to_q, to_k = np.array([9.0, 1.0]), np.array([1.0, 16.0])
    return np.sqrt(to_k / to_q)


OTHER_FACTORS = {
    "inverse": (3.0, 1 / 4),
    "squared": (1 / 9, 16.0),
    "to_one": (1 / 9, 1.0),
    "keys_to_one": (1.0, 16.0),
    "mean": (3.0, 4.0),
    "root_too_many": (1 / np.sqrt(3), 2.0),
    "unchanged": (1.0, 1.0),
}


EXERCISES = (
    Exercise("01.1", "read it off", winners, _other_winners),
    Exercise("01.2", "measure it", query_norms, _other_norms, tolerance=1e-2, seconds=60.0),
    Exercise("01.3", "compute it", weights_after_growth, _other_weights),
    Exercise("01.4", "predict it", warmest_temperature, OTHER_TEMPERATURES),
    Exercise("01.5", "build it", cosine_by_hand, OTHER_COSINES, 1e-5, cases=_queries_and_keys),
    Exercise("01.6", "compute it", balancing_factors, OTHER_FACTORS),
)

QUIZ = questions("01", right="bdacb")

IN_PERCENT = ("one_of_1024", "agreement")  # predictions asked for in per cent
