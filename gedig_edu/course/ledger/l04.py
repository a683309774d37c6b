"""Claims of lesson 04: temperatures of real heads, what they write, and what LayerNorm does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import spearmanr

from gedig_edu.course.claims import Claim
from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Above, AtMost, HoldsIf, Reading
from gedig_edu.lab.temperatures import (
    Thermometers,
    correlation_interval,
    low_energy_share,
    read_thermometers,
    written_entropy,
)
from gedig_edu.models import Stream
from gedig_edu.theory.attention import dot_scores
from gedig_edu.theory.gpt2 import layer_norm


def _thermometers(context: Context) -> list[Thermometers]:
    return [read_thermometers(context.model, text) for text in context.few]


def _streams(context: Context) -> list[Stream]:
    return [context.model.stream(text) for text in context.few]


def _temperatures(context: Context) -> Sequence[Reading]:
    """Compare the warmest tenth of the heads with the coldest, among those with a temperature."""
    heads = _thermometers(context)
    warm = [read.cosine[np.isfinite(read.cosine)] for read in heads]
    spread = [np.quantile(T, 0.9) / np.quantile(T, 0.1) for T in warm]
    explained = [np.median(read.r2) for read in heads]
    return [
        Reading.mean("spread", np.array(spread)),
        Reading.mean("r2", np.array(explained), judged=False),
    ]


def _cold_is_local(context: Context) -> Sequence[Reading]:
    """Correlate, over heads, each thermometer's median over texts with the mean distance."""
    heads = _thermometers(context)
    distance = np.mean([read.distance for read in heads], axis=0)
    beyond = np.mean([read.beyond_sink for read in heads], axis=0)
    cosine = np.median([read.cosine for read in heads], axis=0)
    spread = np.median([read.inverse_spread for read in heads], axis=0)
    centred = np.median([read.centred for read in heads], axis=0)
    pairs = (("cosine", cosine, distance), ("spread", spread, distance))
    shown = (
        ("centred", centred, distance),
        ("cosine_beyond", cosine, beyond),
        ("spread_beyond", spread, beyond),
    )
    return [
        Reading(name, *correlation_interval(T, reach, seed=SEED), judged=judged)
        for group, judged in ((pairs, True), (shown, False))
        for name, T, reach in group
    ]


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


def _low_energy_paths(context: Context) -> Sequence[Reading]:
    """Average over heads how much of their writing the lowest quarter of the energies brings."""
    shares = [
        low_energy_share(read.weights, read.reach, causal=context.model.causal)
        for read in _streams(context)
    ]
    return [
        Reading.mean(name, np.array([getattr(read, name).mean() for read in shares]), judged=judged)
        for name, judged in (("written", True), ("weight", False), ("even", False))
    ]


def _entropy_grows(context: Context) -> Sequence[Reading]:
    """Correlate with depth the entropy of what each layer writes to the stream."""
    streams = _streams(context)
    readings = []
    for part in ("attention", "feed_forward"):
        entropy = [written_entropy(getattr(read, part)) for read in streams]
        trend = [spearmanr(np.arange(len(S)), S)[0] for S in entropy]
        readings.append(Reading.mean(part, np.array(trend)))
    return readings


CLAIMS = (
    Claim("04.temperatures", "micro", "measured", Above(2.0), _temperatures, on="vectors"),
    Claim("04.cold_is_local", "micro", "measured", Above(0.0), _cold_is_local, on="heads"),
    Claim(
        "04.layernorm_energy",
        "micro",
        "conditional",
        HoldsIf(AtMost(0.01)),
        _layer_norm_energy,
        on="arrays",
    ),
    Claim("04.low_energy_paths", "micro", "measured", Above(0.5), _low_energy_paths, on="writing"),
    Claim("04.entropy_grows", "micro", "measured", Above(0.0), _entropy_grows, on="writing"),
    Claim("04.constellations", "surveying", "metaphor"),
)
