"""Exercises and quiz of lesson 06: what F notices, and what carries ΔF."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from jaxtyping import Float

from gedig_edu.course.answers import as_array, as_function, expect, is_close
from gedig_edu.course.items import Exercise, Question, Wording
from gedig_edu.course.lessons.l06 import LENGTHS, PUBLISHED
from gedig_edu.course.sentences import EXAMPLE
from gedig_edu.lab.carriers import column_terms, parts
from gedig_edu.lab.live import LiveReading, live
from gedig_edu.models import default_name, load
from gedig_edu.theory import baselines
from gedig_edu.theory.comparison import terms_of
from gedig_edu.theory.gauge import Gauge

DENSITY, ENTROPY, PATH_GAIN = 0.05, 0.8, 0.4
FORMULAS = {"paper": Gauge.paper(), "released": Gauge.released()}


def by_both_weights() -> tuple[float, float]:
    """Return F of the head with λ = 1, and with λ = 0.5; γ = 0.5 both times."""
    bought = ENTROPY + 0.5 * PATH_GAIN
    return DENSITY - 1.0 * bought, DENSITY - 0.5 * bought


def _judge_by_hand(answer: Any, wrong: Wording) -> None:
    bought = ENTROPY + 0.5 * PATH_GAIN
    instead = {
        "swapped": by_both_weights()[::-1],
        "plus": (DENSITY + bought, DENSITY + 0.5 * bought),
        "gamma_alone": (
            DENSITY - ENTROPY - 0.5 * PATH_GAIN,
            DENSITY - 0.5 * ENTROPY - 0.5 * PATH_GAIN,
        ),
        "no_paths": (DENSITY - ENTROPY, DENSITY - 0.5 * ENTROPY),
        "no_density": (-bought, -0.5 * bought),
        "one_number": by_both_weights()[0],
    }
    expect(answer, by_both_weights(), instead=instead, wrong=wrong)


def what_carries_it() -> Float[np.ndarray, " 3"]:
    """Return what density, entropy and paths carry of the mean ΔF against matched random."""
    maps = load(default_name()).attend(EXAMPLE)
    reading = live(maps, gauge=Gauge.released(), seed=0)
    return parts(reading, "random", matched=True).mean(axis=(1, 2))


def _judge_carriers(answer: Any, wrong: Wording) -> None:
    reading = _example()
    right = _mean_parts(reading, matched=True)
    instead = {
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
    expect(answer, right, instead=instead, wrong=wrong, tolerance=0.02)


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


def every_token_looks_at_itself(length: int) -> Float[np.ndarray, "L L"]:
    """Return a causal attention map with a higher F, by the text, than any head."""
    return np.eye(length)


def _judge_break(answer: Any, wrong: Wording) -> None:
    _judge_map(answer, wrong, ("paper",))


def still_but_for_traces(length: int) -> Float[np.ndarray, "L L"]:
    """Return a causal map with a higher F than any head by the text and by the script."""
    one_back = np.eye(length, k=-1)
    one_back[0, 0] = 1.0
    noise = np.tril(np.random.default_rng(0).random((length, length)))
    noise /= noise.sum(axis=1, keepdims=True)
    return 0.979 * np.eye(length) + 0.02 * one_back + 0.001 * noise


def _judge_break_both(answer: Any, wrong: Wording) -> None:
    _judge_map(answer, wrong, ("paper", "released"))


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


def product_of_the_weights() -> tuple[float, float]:
    """Return the λγ that fits the published columns best with λ = 0.5, and with λ = 1."""
    columns = column_terms(LENGTHS, gauge=Gauge.released())  # [3 baselines, 3 terms]
    return _fitted(columns, 0.5), _fitted(columns, 1.0)


def _fitted(columns: Float[np.ndarray, "3 3"], lam: float) -> float:
    density, entropy, paths = columns.T
    left = PUBLISHED - (density - lam * entropy)  # what −λγ·Δpath gain has to explain
    return float(-(left @ paths) / (paths @ paths))


def _judge_product(answer: Any, wrong: Wording) -> None:
    half, whole = right = product_of_the_weights()
    written = column_terms(LENGTHS, gauge=Gauge.paper())
    instead = {
        "swapped": (whole, half),
        "gamma_alone": (half / 0.5, whole),
        "sign": (-half, -whole),
        "other_formula": (_fitted(written, 0.5), _fitted(written, 1.0)),
    }
    expect(answer, right, instead=instead, wrong=wrong, tolerance=0.02)


@cache
def _example(formula: str = "released") -> LiveReading:
    return live(load(default_name()).attend(EXAMPLE), gauge=FORMULAS[formula], seed=0)


def _mean_parts(reading: LiveReading, *, matched: bool) -> Float[np.ndarray, " 3"]:
    return parts(reading, "random", matched=matched).mean(axis=(1, 2))


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


def _uniform(length: int) -> Float[np.ndarray, "L L"]:
    return baselines.uniform(length, causal=True)


EXERCISES = (
    Exercise(
        "06.1",
        level="compute it",
        judge=_judge_by_hand,
        reference=by_both_weights,
        typical={
            "swapped": lambda: (-0.45, -0.95),
            "plus": lambda: (1.05, 0.55),
            "gamma_alone": lambda: (-0.95, -0.55),
            "no_paths": lambda: (-0.75, -0.35),
            "one_number": lambda: -0.95,
        },
    ),
    Exercise(
        "06.2",
        level="measure it",
        judge=_judge_carriers,
        reference=what_carries_it,
        typical={
            "no_mask": lambda: _mean_parts(_example(), matched=False),
            "unweighted": lambda: what_carries_it() / [1, -0.5, -0.25],
            "signs": lambda: what_carries_it() * [1, -1, -1],
            "sum": lambda: what_carries_it().sum(),
            "other_formula": lambda: _mean_parts(_example("paper"), matched=True),
            "shares": lambda: what_carries_it() / what_carries_it().sum(),
            "percent": lambda: 100 * what_carries_it() / what_carries_it().sum(),
        },
        seconds=60.0,
    ),
    Exercise(
        "06.3",
        level="build it",
        judge=_judge_shuffle,
        reference=shuffle_rows,
        builds=True,
        typical={
            "future": lambda: lambda weights, rng: rng.permuted(weights, axis=1),
            "unchanged": lambda: lambda weights, _: weights,
            "not_random": lambda: (
                lambda weights, _: shuffle_rows(weights, np.random.default_rng(9))
            ),
            "across_rows": lambda: _across_rows,
            "columns": lambda: _columns,
        },
    ),
    Exercise(
        "06.4",
        level="build it",
        judge=_judge_break,
        reference=every_token_looks_at_itself,
        builds=True,
        typical={
            "below_paper": lambda: _uniform,
            "no_map": lambda: lambda length: 2 * np.eye(length),
            "future": lambda: baselines.uniform,
        },
        seconds=60.0,
    ),
    Exercise(
        "06.5",
        level="build it",
        judge=_judge_break_both,
        reference=still_but_for_traces,
        builds=True,
        typical={
            "below_released": lambda: np.eye,
            "below_paper": lambda: _uniform,
            "no_map": lambda: lambda length: np.zeros((length, length)),
            "future": lambda: lambda length: np.roll(np.eye(length), 1, axis=1),
        },
        seconds=60.0,
    ),
    Exercise(
        "06.6",
        level="measure it",
        judge=_judge_product,
        reference=product_of_the_weights,
        typical={
            "swapped": lambda: product_of_the_weights()[::-1],
            "gamma_alone": lambda: np.array(product_of_the_weights()) / [0.5, 1.0],
            "sign": lambda: -np.array(product_of_the_weights()),
            "other_formula": lambda: (
                _fitted(column_terms(LENGTHS, gauge=Gauge.paper()), 0.5),
                _fitted(column_terms(LENGTHS, gauge=Gauge.paper()), 1.0),
            ),
        },
        seconds=60.0,
    ),
)


QUIZ = (
    Question("06.1", right="b"),
    Question("06.2", right="d"),
    Question("06.3", right="a"),
    Question("06.4", right="b"),
    Question("06.5", right="c"),
    Question("06.6", right="d"),
)
