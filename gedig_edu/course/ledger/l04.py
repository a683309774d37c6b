"""Claims of lesson 04: the temperatures of real heads, and what LayerNorm does to energies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.stats import spearmanr

from gedig_edu.course.claims import Claim
from gedig_edu.course.context import GEOMETRY_TEXTS, SEED, Context
from gedig_edu.course.evidence import Above, AtMost, HoldsIf, Reading, Untestable
from gedig_edu.theory.attention import cosine_scores, dot_scores
from gedig_edu.theory.gpt2 import layer_norm
from gedig_edu.theory.thermo import effective_temperature


class _Heads(NamedTuple):
    temperature: Float[np.ndarray, " heads"]
    r2: Float[np.ndarray, " heads"]
    distance: Float[np.ndarray, " heads"]


def _heads(context: Context) -> list[_Heads]:
    """Return for each text every head's temperature against cosine scores, R² and reach."""
    read = []
    for maps, (q, k) in zip(context.maps[:GEOMETRY_TEXTS], context.vectors, strict=True):
        T, r2 = effective_temperature(maps.weights, cosine_scores(q, k), causal=maps.causal)
        i, j = np.indices(maps.weights.shape[-2:])
        distance = (maps.weights * abs(i - j)).sum(axis=-1).mean(axis=-1)
        warm = np.isfinite(T) & (T > 0)
        read.append(_Heads(T[warm], r2[warm], distance[warm]))
    return read


def _temperatures(context: Context) -> Sequence[Reading]:
    heads = _heads(context)
    spread = [
        np.quantile(read.temperature, 0.9) / np.quantile(read.temperature, 0.1) for read in heads
    ]
    explained = [np.median(read.r2) for read in heads]
    return [
        Reading.mean("spread", np.array(spread)),
        Reading.mean("r2", np.array(explained), judged=False),
    ]


def _cold_is_local(context: Context) -> Sequence[Reading]:
    correlations = [spearmanr(read.temperature, read.distance)[0] for read in _heads(context)]
    return [Reading.mean("correlation", np.array(correlations))]


def _layer_norm_energy(_: Context) -> Sequence[Reading]:
    """Compare the spread of ‖x‖² after LayerNorm with that of energies behind projections."""
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=(101, 64)) * rng.lognormal(size=(101, 1))
    normed = layer_norm(x, np.ones(64), np.zeros(64))
    to_q, to_k = rng.normal(size=(2, 64, 64)) * np.geomspace(0.1, 3, 64)
    energies = -dot_scores(normed @ to_q, normed @ to_k)
    squares = np.sum(normed**2, axis=-1)
    return [
        Reading.exact("norm", squares.std() / squares.mean()),
        Reading.exact("energy", energies.std() / np.abs(energies).mean(), condition=False),
    ]


CLAIMS = (
    Claim("04.temperatures", "micro", "measured", Above(2.0), _temperatures, on="vectors"),
    Claim("04.cold_is_local", "micro", "measured", Above(0.0), _cold_is_local, on="vectors"),
    Claim(
        "04.layernorm_energy",
        "micro",
        "conditional",
        HoldsIf(AtMost(0.01)),
        _layer_norm_energy,
        on="arrays",
    ),
    Claim("04.low_energy_paths", "micro", "measured", Above(0.5)),
    Claim("04.entropy_grows", "micro", "measured", Above(0.0)),
    Claim("04.constellations", "surveying", "metaphor", Untestable()),
)
