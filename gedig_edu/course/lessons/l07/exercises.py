"""Exercises and quiz of lesson 07: what was chosen, and how sure one can be."""

from __future__ import annotations

from collections.abc import Mapping
from math import factorial
from typing import Any

import numpy as np

from gedig_edu.course.answers import TWO_DIGITS
from gedig_edu.course.items import Exercise, questions
from gedig_edu.shapes import Float

HEADS, TEXTS = 144, 200
BETWEEN_HEADS, BETWEEN_TEXTS, LEFT = 0.86, 0.04, 0.10
LAYERS = (6, 12, 32)


def rows_of_the_tables() -> tuple[int, int]:
    """Return the rows whose columns and whose level are those of Table 2 and of Figure 2."""
    return 3, 4


OTHER_ROWS = {
    "as_written": (1, 1),
    "columns_alone": (3, 3),
    "figure_first": (4, 3),
    "whole": (2, 4),
    "no_paths": (4, 4),
    "one_number": 3,
}


def independent_values() -> float:
    """Return how many independent values have the variance of the mean over heads and texts."""
    count = HEADS * TEXTS
    return 1 / (BETWEEN_HEADS / HEADS + BETWEEN_TEXTS / TEXTS + LEFT / count)


def _other_counts() -> dict[str, Any]:
    count = HEADS * TEXTS
    variance = 1 / independent_values()
    return {
        "all": count,
        "heads": HEADS,
        "texts": TEXTS,
        "variance": variance,
        "deviation": variance**-0.5,
        "share": LEFT * count,
        "texts_alone": 1 / (BETWEEN_TEXTS / TEXTS + LEFT / count),
    }


def lowest_first() -> tuple[float, ...]:
    """Return how often the one low layer comes first when the layers are shuffled."""
    return tuple(1 / layers for layers in LAYERS)


OTHER_CHANCES = {
    "orders": [1 / factorial(layers) for layers in LAYERS],
    "either_end": [2 / layers for layers in LAYERS],
    "others": [1 / (layers - 1) for layers in LAYERS],
    "percent": [100 / layers for layers in LAYERS],
    "inverse": LAYERS,
    "level": [0.05, 0.05, 0.05],
}


def by_distance(weights: Float[np.ndarray, "L L"]) -> Float[np.ndarray, "L L"]:
    """Return a causal map that keeps of another only how far its tokens look."""
    kept = np.zeros_like(weights)
    for back in range(len(weights)):
        mean = np.diagonal(weights, -back).mean()
        kept += mean * np.eye(len(weights), k=-back)
    return kept / kept.sum(axis=1, keepdims=True)


def _without_sums(weights: Float[np.ndarray, "L L"]) -> Float[np.ndarray, "L L"]:
    means = [
        np.diagonal(weights, -back).mean() * np.eye(len(weights), k=-back)
        for back in range(len(weights))
    ]
    return np.sum(means, axis=0)


def _columns(weights: Float[np.ndarray, "L L"]) -> Float[np.ndarray, "L L"]:
    seen = np.tril(np.ones_like(weights))
    kept = seen * (weights.sum(axis=0) / seen.sum(axis=0))
    return kept / kept.sum(axis=1, keepdims=True)


def _sums(weights: Float[np.ndarray, "L L"]) -> Float[np.ndarray, "L L"]:
    sums = [
        np.diagonal(weights, -back).sum() * np.eye(len(weights), k=-back)
        for back in range(len(weights))
    ]
    kept = np.sum(sums, axis=0)
    return kept / kept.sum(axis=1, keepdims=True)


def _ahead(weights: Float[np.ndarray, "L L"]) -> Float[np.ndarray, "L L"]:
    kept = _without_sums(weights)
    kept = kept + np.triu(kept.T, 1)
    return kept / kept.sum(axis=1, keepdims=True)


def _one_map() -> Mapping[str, tuple[Float[np.ndarray, "L L"]]]:
    """Return a causal map to try a null on."""
    cells = np.tril(np.random.default_rng(7).random((9, 9)) ** 3)
    return {"": (cells / cells.sum(axis=1, keepdims=True),)}


EXERCISES = (
    Exercise("07.1", "read it off", rows_of_the_tables, OTHER_ROWS),
    Exercise("07.2", "compute it", independent_values, _other_counts, TWO_DIGITS),
    Exercise("07.3", "compute it", lowest_first, OTHER_CHANCES, TWO_DIGITS),
    Exercise(
        "07.4",
        "build it",
        by_distance,
        {
            "not_normalised": _without_sums,
            "columns": _columns,
            "sums": _sums,
            "ahead": _ahead,
            "unchanged": lambda weights: weights,
        },
        cases=_one_map,
    ),
)

QUIZ = questions("07", right="cbdab")

IN_PERCENT = ("agree", "between_heads")  # predictions asked for in per cent
WITHIN = {"low_entropy": (-1, 1), "orders": (0, 100)}  # ends of predictions
