"""Exercises and quiz of lesson 06: what F notices, and what carries ΔF."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import numpy as np

from gedig_edu.course.answers import as_array, as_function, is_close
from gedig_edu.course.items import Exercise, Wording, questions
from gedig_edu.course.lessons.l06.published import LENGTHS, PUBLISHED
from gedig_edu.course.sentences import EXAMPLE
from gedig_edu.lab.carriers import column_terms, parts
from gedig_edu.lab.live import LiveReading, live
from gedig_edu.lab.removal import recorded_removal
from gedig_edu.models import default_name, load
from gedig_edu.shapes import Float
from gedig_edu.theory import baselines
from gedig_edu.theory.comparison import terms_of
from gedig_edu.theory.gauge import Gauge

DENSITY, ENTROPY, PATH_GAIN = 0.05, 0.8, 0.4
FORMULAS = {"paper": Gauge.paper(), "released": Gauge.released()}


def by_both_weights() -> tuple[float, float]:
    """Return F of the head with λ = 1, and with λ = 0.5; γ = 0.5 both times."""
    bought = ENTROPY + 0.5 * PATH_GAIN
    return DENSITY - 1.0 * bought, DENSITY - 0.5 * bought


def _other_weights() -> dict[str, Any]:
    lam, bought = np.array([1.0, 0.5]), ENTROPY + 0.5 * PATH_GAIN
    return {
        "swapped": by_both_weights()[::-1],
        "plus": DENSITY + lam * bought,
        "gamma_alone": DENSITY - lam * ENTROPY - 0.5 * PATH_GAIN,
        "no_paths": DENSITY - lam * ENTROPY,
        "no_density": -lam * bought,
        "one_number": by_both_weights()[0],
    }


def what_carries_it() -> Float[np.ndarray, " 3"]:
    """Return what density, entropy and paths carry of the mean ΔF against matched random."""
    maps = load(default_name()).attend(EXAMPLE)
    reading = live(maps, gauge=Gauge.released(), seed=0)
    return parts(reading, "random", matched=True).mean(axis=(1, 2))


def _other_carriers() -> dict[str, Any]:
    reading = _example("released")
    right = _mean_parts(reading, matched=True)
    return {
        "no_mask": _mean_parts(reading, matched=False),
        "unweighted": right / [1, -0.5, -0.25],
        "signs": right * [1, -1, -1],
        "no_gamma": right * [1, 1, 2],
        "sum": right.sum(),
        "head_alone": terms_of(reading.real).mean(axis=(1, 2)) * [1, -0.5, -0.25],
        "other_formula": _mean_parts(_example("paper"), matched=True),
        "shares": right / right.sum(),
        "percent": 100 * right / right.sum(),
    }


@cache
def _example(formula: str) -> LiveReading:
    return live(load(default_name()).attend(EXAMPLE), gauge=FORMULAS[formula], seed=0)


def _mean_parts(reading: LiveReading, *, matched: bool) -> Float[np.ndarray, " 3"]:
    return parts(reading, "random", matched=matched).mean(axis=(1, 2))


def shuffle_rows(
    weights: Float[np.ndarray, "L L"], rng: np.random.Generator
) -> Float[np.ndarray, "L L"]:
    """Return a causal map whose rows keep their weights in another order."""
    shuffled = np.zeros_like(weights)
    for query, row in enumerate(weights):
        seen = query + 1  # a token sees itself and what came before
        shuffled[query, :seen] = rng.permutation(row[:seen])
    return shuffled


def _judge_shuffle(answer: Any, wrong: Wording) -> None:
    function = as_function(answer)
    weights = baselines.random(11, np.random.default_rng(2), causal=True)
    first, second = (
        as_array(function(weights, np.random.default_rng(seed)), shape=weights.shape)
        for seed in (0, 1)
    )
    if np.triu(first, 1).any():
        raise wrong("future")
    if is_close(first, weights):
        raise wrong("unchanged")
    if is_close(np.sort(first, axis=0), np.sort(weights, axis=0)):
        raise wrong("columns")
    if not is_close(np.sort(first, axis=1), np.sort(weights, axis=1)):
        raise wrong("across_rows")
    if is_close(first, second):
        raise wrong("not_random")


def _across_rows(weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a map whose visible cells were shuffled all together."""
    seen = np.tril(np.ones(weights.shape, dtype=bool))
    shuffled = np.zeros_like(weights)
    shuffled[seen] = rng.permutation(weights[seen])
    return shuffled


def _columns(weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a map whose columns were shuffled instead of its rows."""
    shuffled = np.zeros_like(weights)
    for key, column in enumerate(weights.T):
        shuffled[key:, key] = rng.permutation(column[key:])
    return shuffled


OTHER_SHUFFLES = {
    "future": lambda weights, rng: rng.permuted(weights, axis=1),
    "unchanged": lambda weights, _: weights,
    "not_random": lambda weights, _: shuffle_rows(weights, np.random.default_rng(9)),
    "across_rows": _across_rows,
    "columns": _columns,
}


def every_token_looks_at_itself(length: int) -> Float[np.ndarray, "L L"]:
    """Return a causal attention map with a higher F, by the text, than any head."""
    return np.eye(length)


def still_but_for_traces(length: int) -> Float[np.ndarray, "L L"]:
    """Return a causal map with a higher F than any head by the text and by the script."""
    one_back = np.eye(length, k=-1)
    one_back[0, 0] = 1.0
    noise = np.tril(np.random.default_rng(0).random((length, length)))
    noise /= noise.sum(axis=1, keepdims=True)
    return 0.979 * np.eye(length) + 0.02 * one_back + 0.001 * noise


def _judge_map(answer: Any, wrong: Wording, formulas: tuple[str, ...]) -> None:
    best = best_heads()
    function = as_function(answer)
    length = best["tokens"]
    made = as_array(function(length), shape=(length, length))
    if np.triu(made, 1).any():
        raise wrong("future")
    if (made < 0).any() or not is_close(made.sum(axis=1), np.ones(length), tolerance=1e-6):
        raise wrong("no_map")
    for name in formulas:
        F = float(FORMULAS[name].read(made, causal=True, normalized=False).F)
        if best[name] >= F:
            raise wrong(f"below_{name}")


@cache
def best_heads() -> dict[str, Any]:
    """Return the highest F of a head of the bundled model by each formula, and the length."""
    maps = load("gpt2-mini").attend(EXAMPLE)
    found = {
        name: float(gauge.read(maps.weights, causal=True).F.max())
        for name, gauge in FORMULAS.items()
    }
    return {"tokens": len(maps), **found}


OTHER_MAPS = {
    "below_paper": lambda length: baselines.uniform(length, causal=True),
    "no_map": lambda length: 2 * np.eye(length),
    "future": baselines.uniform,
}


def product_of_the_weights() -> tuple[float, float]:
    """Return the λγ that fits the published columns best with λ = 0.5, and with λ = 1."""
    columns = column_terms(LENGTHS, gauge=Gauge.released())  # [3 baselines, 3 terms]
    return _fitted(columns, 0.5), _fitted(columns, 1.0)


def _fitted(columns: Float[np.ndarray, "3 3"], lam: float) -> float:
    density, entropy, paths = columns.T
    left = PUBLISHED - (density - lam * entropy)  # what −λγ·Δpath gain has to explain
    return float(-(left @ paths) / (paths @ paths))


def _other_products() -> dict[str, Any]:
    half, whole = product_of_the_weights()
    written = column_terms(LENGTHS, gauge=Gauge.paper())
    return {
        "swapped": (whole, half),
        "gamma_alone": (half / 0.5, whole),
        "sign": (-half, -whole),
        "other_formula": (_fitted(written, 0.5), _fitted(written, 1.0)),
    }


def evenness_for_f() -> tuple[Any, Any]:
    """Return the rank correlation of 1 − entropy with the rise of the loss, zero and mean."""
    from scipy.stats import spearmanr

    worth = recorded_removal()
    decided = 1 - worth["entropy"]
    zero, mean = (spearmanr(decided, worth[way])[0] for way in ("zero", "mean"))
    return zero, mean


def _other_evenness() -> dict[str, Any]:
    from scipy.stats import spearmanr

    worth, right = recorded_removal(), np.array(evenness_for_f())
    ways = [worth["zero"], worth["mean"]]
    return {
        "swapped": right[::-1],
        "sign": -right,
        "itself": [spearmanr(worth["F"], rise)[0] for rise in ways],
        "pearson": [np.corrcoef(1 - worth["entropy"], rise)[0, 1] for rise in ways],
        "percent": 100 * right,
    }


EXERCISES = (
    Exercise("06.1", "compute it", by_both_weights, _other_weights),
    Exercise("06.2", "measure it", what_carries_it, _other_carriers, 0.02, seconds=60.0),
    Exercise("06.3", "build it", shuffle_rows, OTHER_SHUFFLES, judge=_judge_shuffle),
    Exercise(
        "06.4",
        "build it",
        every_token_looks_at_itself,
        OTHER_MAPS,
        judge=partial(_judge_map, formulas=("paper",)),
        seconds=60.0,
    ),
    Exercise(
        "06.5",
        "build it",
        still_but_for_traces,
        OTHER_MAPS | {"below_released": np.eye},
        judge=partial(_judge_map, formulas=("paper", "released")),
        seconds=60.0,
    ),
    Exercise("06.6", "measure it", product_of_the_weights, _other_products, 0.02, seconds=60.0),
    Exercise("06.7", "compute it", evenness_for_f, _other_evenness, tolerance=5e-3),
)

QUIZ = questions("06", right="bdabcd")

IN_PERCENT = ("above",)  # predictions asked for in per cent
WITHIN = {"worth": (-1, 1)}  # ends of predictions
