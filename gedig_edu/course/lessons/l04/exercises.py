"""Exercises and quiz of lesson 04: heads and temperatures."""

from __future__ import annotations

from typing import Any

import numpy as np

from gedig_edu.course.items import Exercise, questions
from gedig_edu.course.sentences import EXAMPLE
from gedig_edu.lab.geometry import read_vectors
from gedig_edu.lab.temperatures import spread_within_rows
from gedig_edu.models import default_name, load
from gedig_edu.shapes import Bool, Float
from gedig_edu.theory.attention import attend, cosine_scores, dot_scores
from gedig_edu.theory.thermo import effective_temperature
from gedig_edu.views.widgets.one_score_many_temperatures import OneScoreManyTemperatures

DECAY, SQUARED_NORM = 0.01, 40.0
LAYER = 1
LOGIT_STD, COSINE_STD, R2 = 2.5, 0.2, 0.64
WIDTH = 192


def cold_distances() -> tuple[float, float]:
    """Return how far the cold reader looks: scores that prefer far keys, then near ones."""
    far, near = (OneScoreManyTemperatures(preference=sign).numbers for sign in (-1.0, 1.0))
    return far["cold_distance"], near["cold_distance"]


def _other_distances() -> dict[str, Any]:
    far, near = (OneScoreManyTemperatures(preference=sign).numbers for sign in (-1.0, 1.0))
    still = OneScoreManyTemperatures().numbers["cold_distance"]
    names = {"middle": "middle_distance", "hot": "hot_distance", "keys": "cold_keys"}
    return {
        "swapped": cold_distances()[::-1],
        "unmoved": (still, still),
        **{mistake: (far[name], near[name]) for mistake, name in names.items()},
    }


def temperature_from_spreads() -> float:
    """Return T against cosines from the spread of both, pooled within rows, and R²."""
    return COSINE_STD / (np.sqrt(R2) * LOGIT_STD)


OTHER_TEMPERATURES = {
    "inverse": np.sqrt(R2) * LOGIT_STD / COSINE_STD,
    "no_root": COSINE_STD / (R2 * LOGIT_STD),
    "no_r2": COSINE_STD / LOGIT_STD,
    "other_side": np.sqrt(R2) * COSINE_STD / LOGIT_STD,
    "logits_only": 1 / LOGIT_STD,
    "product": COSINE_STD * LOGIT_STD / np.sqrt(R2),
}


def layer_temperatures() -> Float[np.ndarray, " heads"]:
    """Return each head's temperature against cosine scores, in layer 1."""
    model = load(default_name())
    maps = model.attend(EXAMPLE)
    q, k = read_vectors(model, EXAMPLE)  # [layers, heads, L, d]
    scores = cosine_scores(q[LAYER], k[LAYER])
    return effective_temperature(maps.weights[LAYER], scores, causal=maps.causal).temperature


def _other_layers() -> dict[str, Any]:
    model = load(default_name())
    maps = model.attend(EXAMPLE)
    q, k = read_vectors(model, EXAMPLE)

    def fit(scores: Float[np.ndarray, "heads L L"], layer: int = LAYER) -> tuple[Any, Any]:
        return effective_temperature(maps.weights[layer], scores, causal=maps.causal)

    T, r2 = fit(cosine_scores(q[LAYER], k[LAYER]))
    scaled = dot_scores(q[LAYER], k[LAYER])
    return {
        "own": fit(dot_scores(q[LAYER], k[LAYER], scale=False))[0],
        "scaled": fit(scaled)[0],
        "r2": r2,
        "inverse": 1 / T,
        "layer_0": fit(cosine_scores(q[0], k[0]), layer=0)[0],
        "mean": np.mean(T),
        "spread": 1 / spread_within_rows(scaled, causal=maps.causal),
    }


def factor_of_l2() -> float:
    """Return the factor of every T when L2 normalisation takes LayerNorm's place."""
    return float(WIDTH)  # q and k are both √D times shorter


OTHER_FACTORS = {
    "root": np.sqrt(WIDTH),
    "square": WIDTH**2,
    "inverse": 1 / WIDTH,
    "inverse_root": 1 / np.sqrt(WIDTH),
    "none": 1.0,
}


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


def _centred(
    values: Float[np.ndarray, "L L"], seen: Bool[np.ndarray, "L L"]
) -> Float[np.ndarray, "L L"]:
    means = (values * seen).sum(axis=-1, keepdims=True) / seen.sum(axis=-1, keepdims=True)
    return (values - means) * seen


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
    everywhere = np.ones(weights.shape, dtype=bool)
    logs, s = _centred(np.log(weights), everywhere), _centred(scores, everywhere)
    return np.sum(s * s) / np.sum(s * logs)


OTHER_FITS = {
    "slope": lambda w, s: 1 / temperature_by_hand(w, s),
    "one_intercept": _with_one_intercept,
    "no_intercept": _through_the_origin,
    "other_way": lambda w, s: 1 / _scores_on_logs(w, s),
    "base_2": lambda w, s: np.log(2) * temperature_by_hand(w, s),
    "base_10": lambda w, s: np.log(10) * temperature_by_hand(w, s),
    "other_way_slope": _scores_on_logs,
    "zeros": _with_zeros,
}


def _noisy_map() -> dict[str, Any]:
    rng = np.random.default_rng(5)
    scores = rng.normal(size=(13, 13)) + 2 * rng.normal(size=(13, 1))
    noisy = scores + 0.5 * rng.normal(size=(13, 13))
    return {"": (attend(noisy, noisy, temperature=0.7, causal=True).weights, scores)}


def slope_under_decay() -> float:
    """Return ∂L/∂log T at a stationary point of L + (λ/2)‖W_Q‖², where W_Q → W_Q/T."""
    over_log_c = -DECAY * SQUARED_NORM  # the loss falls where the penalty rises
    return -over_log_c


OTHER_SLOPES = {
    "sign": -DECAY * SQUARED_NORM,
    "half": DECAY / 2 * SQUARED_NORM,
    "zero": 0.0,
    "root": DECAY * np.sqrt(SQUARED_NORM),
    "square": DECAY * SQUARED_NORM**2,
    "no_decay": SQUARED_NORM,
}

EXERCISES = (
    Exercise("04.1", "read it off", cold_distances, _other_distances, tolerance=1e-2),
    Exercise("04.2", "compute it", temperature_from_spreads, OTHER_TEMPERATURES),
    Exercise("04.3", "measure it", layer_temperatures, _other_layers, 1e-2, seconds=60.0),
    Exercise("04.4", "predict it", factor_of_l2, OTHER_FACTORS, tolerance=1e-2),
    Exercise("04.5", "build it", temperature_by_hand, OTHER_FITS, cases=_noisy_map),
    Exercise("04.6", "compute it", slope_under_decay, OTHER_SLOPES),
)

QUIZ = questions("04", right="cadbca")

WITHIN = {
    "cold_is_local": (-1, 1),
    "low_energy_paths": (0, 1),
    "entropy_grows": (-1, 1),
}  # ends of predictions
