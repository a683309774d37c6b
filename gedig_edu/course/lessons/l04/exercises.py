"""Exercises and quiz of lesson 04: heads and temperatures."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from jaxtyping import Float

from gedig_edu.course.answers import as_array, as_function, expect
from gedig_edu.course.items import Exercise, Question, Wording
from gedig_edu.course.sentences import EXAMPLE
from gedig_edu.lab.geometry import read_vectors
from gedig_edu.lab.temperatures import spread_within_rows
from gedig_edu.models import default_name, load
from gedig_edu.theory.attention import attend, cosine_scores, dot_scores
from gedig_edu.theory.thermo import effective_temperature
from gedig_edu.views.widgets.one_score_many_temperatures import OneScoreManyTemperatures

LAYER = 1
LOGIT_STD, COSINE_STD, R2 = 2.5, 0.2, 0.64
WIDTH = 192


def cold_distances() -> tuple[float, float]:
    """Return how far the cold reader looks: scores that prefer far keys, then near ones."""
    far, near = (OneScoreManyTemperatures(preference=sign).numbers for sign in (-1.0, 1.0))
    return far["cold_distance"], near["cold_distance"]


def _judge_distances(answer: Any, wrong: Wording) -> None:
    far, near = (OneScoreManyTemperatures(preference=sign).numbers for sign in (-1.0, 1.0))
    still = OneScoreManyTemperatures().numbers["cold_distance"]

    def both(name: str) -> tuple[float, float]:
        return far[name], near[name]

    instead = {
        "swapped": both("cold_distance")[::-1],
        "middle": both("middle_distance"),
        "hot": both("hot_distance"),
        "keys": both("cold_keys"),
        "unmoved": (still, still),
    }
    expect(answer, cold_distances(), instead=instead, wrong=wrong, tolerance=1e-2)


def temperature_from_spreads() -> float:
    """Return T against cosines from the spread of both, pooled within rows, and R²."""
    return COSINE_STD / (np.sqrt(R2) * LOGIT_STD)


def _judge_spreads(answer: Any, wrong: Wording) -> None:
    root = np.sqrt(R2)
    instead = {
        "inverse": root * LOGIT_STD / COSINE_STD,
        "no_root": COSINE_STD / (R2 * LOGIT_STD),
        "no_r2": COSINE_STD / LOGIT_STD,
        "other_side": root * COSINE_STD / LOGIT_STD,
        "logits_only": 1 / LOGIT_STD,
        "product": COSINE_STD * LOGIT_STD / root,
    }
    expect(answer, temperature_from_spreads(), instead=instead, wrong=wrong, tolerance=5e-3)


def layer_temperatures() -> Float[np.ndarray, " heads"]:
    """Return each head's temperature against cosine scores, in layer 1."""
    model = load(default_name())
    maps = model.attend(EXAMPLE)
    q, k = read_vectors(model, EXAMPLE)  # [layers, heads, L, d]
    scores = cosine_scores(q[LAYER], k[LAYER])
    return effective_temperature(maps.weights[LAYER], scores, causal=maps.causal).temperature


def _judge_layer(answer: Any, wrong: Wording) -> None:
    weights, q, k, causal = _example(default_name())

    def fit(layer: int, scores: Float[np.ndarray, "heads L L"]) -> tuple[Any, Any]:
        return effective_temperature(weights[layer], scores, causal=causal)

    T, r2 = fit(LAYER, cosine_scores(q[LAYER], k[LAYER]))
    unscaled = dot_scores(q[LAYER], k[LAYER], scale=False)
    instead = {
        "own": fit(LAYER, unscaled)[0],
        "scaled": fit(LAYER, dot_scores(q[LAYER], k[LAYER]))[0],
        "r2": r2,
        "inverse": 1 / T,
        "layer_0": fit(0, cosine_scores(q[0], k[0]))[0],
        "mean": np.mean(T),
        "spread": _inverse_spread(),
    }
    expect(answer, T, instead=instead, wrong=wrong, tolerance=1e-2)


def factor_of_l2() -> float:
    """Return the factor of every T when L2 normalisation takes LayerNorm's place."""
    return float(WIDTH)  # q and k are both √D times shorter


def _judge_l2(answer: Any, wrong: Wording) -> None:
    instead = {
        "root": np.sqrt(WIDTH),
        "square": WIDTH**2,
        "inverse": 1 / WIDTH,
        "inverse_root": 1 / np.sqrt(WIDTH),
        "none": 1.0,
    }
    expect(answer, factor_of_l2(), instead=instead, wrong=wrong, tolerance=1e-2)


def temperature_by_hand(
    weights: Float[np.ndarray, "L L"], scores: Float[np.ndarray, "L L"]
) -> float:
    """Return T of log w_ij = s_ij/T + c_i by least squares, over the weights above zero."""
    across, along = 0.0, 0.0
    for w, s in zip(weights, scores, strict=True):
        seen = w > 0
        log_w = np.log(w[seen])
        score = s[seen] - s[seen].mean()  # one intercept for each row
        across += score @ score
        along += score @ (log_w - log_w.mean())
    return float(across / along)


def _judge_by_hand(answer: Any, wrong: Wording) -> None:
    function = as_function(answer)
    rng = np.random.default_rng(5)
    scores = rng.normal(size=(13, 13)) + 2 * rng.normal(size=(13, 1))
    noisy = scores + 0.5 * rng.normal(size=(13, 13))
    weights = attend(noisy, noisy, temperature=0.7, causal=True).weights
    expected = temperature_by_hand(weights, scores)
    seen = weights > 0
    x, y = scores[seen], np.log(weights[seen])
    slope = np.polyfit(x, y, 1)[0]
    centred = [_centred(values, seen) for values in (np.log(np.where(seen, weights, 1)), scores)]
    instead = {
        "slope": 1 / expected,
        "one_intercept": 1 / slope,
        "no_intercept": (x @ x) / (x @ y),
        "other_way": np.sum(centred[0] ** 2) / np.sum(centred[0] * centred[1]),
        "base_2": expected * np.log(2),
        "base_10": expected * np.log(10),
        "other_way_slope": np.sum(centred[0] * centred[1]) / np.sum(centred[0] ** 2),
    }
    given = as_array(function(weights, scores), finite=False)
    if given.size == 1 and not np.isfinite(given).all():
        raise wrong("zeros")
    expect(given, expected, instead=instead, wrong=wrong)


def _centred(
    values: Float[np.ndarray, "L L"], seen: Float[np.ndarray, "L L"]
) -> Float[np.ndarray, "L L"]:
    means = (values * seen).sum(axis=-1, keepdims=True) / seen.sum(axis=-1, keepdims=True)
    return (values - means) * seen


@cache
def _example(name: str) -> tuple[Any, Any, Any, bool]:
    model = load(name)
    maps = model.attend(EXAMPLE)
    q, k = read_vectors(model, EXAMPLE)
    return maps.weights, q, k, maps.causal


def _inverse_spread() -> Float[np.ndarray, " heads"]:
    _, q, k, causal = _example(default_name())
    return 1 / spread_within_rows(dot_scores(q[LAYER], k[LAYER]), causal=causal)


def _wrong_layer(layer: int, **choice: Any) -> Any:
    weights, q, k, causal = _example(default_name())
    scores = choice.get("scores", cosine_scores)(q[layer], k[layer])
    return effective_temperature(weights[layer], scores, causal=causal)


def _with_one_intercept(weights: Any, scores: Any) -> float:
    seen = weights > 0
    return 1 / np.polyfit(scores[seen], np.log(weights[seen]), 1)[0]


def _through_the_origin(weights: Any, scores: Any) -> float:
    seen = weights > 0
    return scores[seen] @ scores[seen] / (scores[seen] @ np.log(weights[seen]))


def _scores_on_logs(weights: Any, scores: Any) -> float:
    seen = weights > 0
    logs = _centred(np.log(np.where(seen, weights, 1)), seen)
    return np.sum(logs * _centred(scores, seen)) / np.sum(logs**2)


def _with_zeros(weights: Any, scores: Any) -> float:
    logs = np.log(weights)
    s = scores - scores.mean(axis=1, keepdims=True)
    return np.sum(s * s) / np.sum(s * (logs - logs.mean(axis=1, keepdims=True)))


EXERCISES = (
    Exercise(
        "04.1",
        level="read it off",
        judge=_judge_distances,
        reference=cold_distances,
        typical={
            "swapped": lambda: cold_distances()[::-1],
            "middle": lambda: tuple(
                OneScoreManyTemperatures(preference=sign).numbers["middle_distance"]
                for sign in (-1.0, 1.0)
            ),
            "hot": lambda: tuple(
                OneScoreManyTemperatures(preference=sign).numbers["hot_distance"]
                for sign in (-1.0, 1.0)
            ),
            "keys": lambda: [
                OneScoreManyTemperatures(preference=sign).numbers["cold_keys"]
                for sign in (-1.0, 1.0)
            ],
            "unmoved": lambda: 2 * (OneScoreManyTemperatures().numbers["cold_distance"],),
        },
    ),
    Exercise(
        "04.2",
        level="compute it",
        judge=_judge_spreads,
        reference=temperature_from_spreads,
        typical={
            "inverse": lambda: 10.0,
            "no_root": lambda: 0.125,
            "no_r2": lambda: 0.08,
            "other_side": lambda: 0.064,
            "logits_only": lambda: 0.4,
            "product": lambda: 0.625,
        },
    ),
    Exercise(
        "04.3",
        level="measure it",
        judge=_judge_layer,
        reference=layer_temperatures,
        typical={
            "own": lambda: (
                _wrong_layer(LAYER, scores=lambda q, k: dot_scores(q, k, scale=False)).temperature
            ),
            "scaled": lambda: _wrong_layer(LAYER, scores=dot_scores).temperature,
            "r2": lambda: _wrong_layer(LAYER).r2,
            "layer_0": lambda: _wrong_layer(0).temperature,
            "inverse": lambda: 1 / _wrong_layer(LAYER).temperature,
            "mean": lambda: _wrong_layer(LAYER).temperature.mean(),
            "spread": _inverse_spread,
        },
        seconds=60.0,
    ),
    Exercise(
        "04.4",
        level="predict it",
        judge=_judge_l2,
        reference=factor_of_l2,
        typical={
            "root": lambda: 13.856,
            "square": lambda: 36864,
            "inverse": lambda: 1 / 192,
            "inverse_root": lambda: 192**-0.5,
            "none": lambda: 1,
        },
    ),
    Exercise(
        "04.5",
        level="build it",
        judge=_judge_by_hand,
        reference=temperature_by_hand,
        builds=True,
        typical={
            "slope": lambda: lambda w, s: 1 / temperature_by_hand(w, s),
            "one_intercept": lambda: _with_one_intercept,
            "no_intercept": lambda: _through_the_origin,
            "other_way": lambda: lambda w, s: 1 / _scores_on_logs(w, s),
            "other_way_slope": lambda: _scores_on_logs,
            "base_2": lambda: lambda w, s: np.log(2) * temperature_by_hand(w, s),
            "base_10": lambda: lambda w, s: np.log(10) * temperature_by_hand(w, s),
            "zeros": lambda: _with_zeros,
        },
    ),
)


QUIZ = (
    Question("04.1", right="c"),
    Question("04.2", right="a"),
    Question("04.3", right="d"),
    Question("04.4", right="b"),
    Question("04.5", right="c"),
    Question("04.6", right="a"),
)
