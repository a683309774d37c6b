"""How the claims of lesson 04 are measured: temperatures of heads, and what they write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
from scipy.stats import spearmanr

from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Reading
from gedig_edu.course.intervals import PerHead
from gedig_edu.lab.flow import apart, entropy_of, walk
from gedig_edu.lab.gradients import temperature_slopes
from gedig_edu.lab.temperatures import (
    Thermometers,
    cosine_temperature,
    low_energy_share,
    rank_correlation,
    read_thermometers,
    written_entropy,
)
from gedig_edu.models import Stream
from gedig_edu.shapes import Float
from gedig_edu.theory.attention import dot_scores
from gedig_edu.theory.baselines import uniform
from gedig_edu.theory.basis import change_basis, key_axes
from gedig_edu.theory.gpt2 import layer_norm
from gedig_edu.theory.thermo import Ensemble, entropy_floor

EVENNESS = (-1.0, -0.5, 0.5, 1.0)  # other bases for the same scores; 0 only turns the model's own


def _correlation(name: str, one: PerHead, other: PerHead, *, judged: bool = False) -> Reading:
    """Correlate, over heads, the median over texts of one with the mean of the other."""

    def rho(one: PerHead, other: PerHead) -> float:
        return rank_correlation(np.median(one, axis=0), np.mean(other, axis=0))

    return Reading.over_heads(name, rho, one, other, judged=judged)


def _thermometers(context: Context) -> dict[str, PerHead]:
    """Read every head on every text."""
    read = [read_thermometers(context.model, text) for text in context.few]
    return {part.name: np.array([getattr(one, part.name) for one in read])
            for part in fields(Thermometers)}  # fmt: skip


def _streams(context: Context) -> list[Stream]:
    return [context.model.stream(text) for text in context.few]


def _temperatures(context: Context) -> Sequence[Reading]:
    """Compare the warmest tenth of the heads with the coldest, among those with a temperature."""
    read = _thermometers(context)

    def ratio(T: PerHead) -> float:
        of_heads = np.median(T, axis=0)
        cold, warm = np.quantile(of_heads[np.isfinite(of_heads)], (0.1, 0.9))
        return warm / cold

    return [
        Reading.over_heads("spread", ratio, read["inverse_spread"]),
        Reading.over_heads("cosine", ratio, read["cosine"], judged=False),
        Reading.crossed("r2", read["r2"], judged=False),
    ]


def _cold_is_local(context: Context) -> Sequence[Reading]:
    """Correlate, over heads, 1/std of the logits with the distance looked, all and past the sink.

    Both are what no change of basis moves. The temperature against cosines is read in the
    model's own basis and in others of the same scores.
    """
    read = _thermometers(context)
    others = [
        _correlation("", _in_basis(context, evenness), read["distance"])
        for evenness in (0.0, *EVENNESS)
    ]
    own, cold = others[0], read["inverse_spread"]
    others.sort(key=lambda reading: reading.value)
    return [
        _correlation("spread", cold, read["distance"], judged=True),
        _correlation("spread_beyond", cold, read["beyond_sink"], judged=True),
        _correlation("spread_sink", cold, read["sink"]),
        _correlation("entropy_beyond", read["entropy"], read["beyond_sink"]),
        replace(own, name="cosine"),
        replace(others[0], name="cosine_lowest"),
        replace(others[-1], name="cosine_highest"),
    ]


def _in_basis(context: Context, evenness: float) -> PerHead:
    """Read T against cosines in another basis of the same scores."""
    vectors, causal = context.vectors, context.model.causal
    keys = np.concatenate([k for _, k in vectors], axis=-2)  # [layers, heads, tokens, d]
    A = key_axes(keys, paired=context.model.rotary).basis(evenness)
    return np.array([
        cosine_temperature(maps.weights, *change_basis(q, k, A), causal=causal).temperature
        for maps, (q, k) in zip(context.maps, vectors, strict=False)
    ])  # fmt: skip


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
        Reading.crossed(name, np.array([getattr(read, name) for read in shares]), judged=judged)
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


def _walk_entropy(context: Context) -> Sequence[Reading]:
    """Follow attention down the layers: entropy at the end less half-way, two kinds of walk.

    Beside it the same walks where each head looks evenly at all that it may see: what the mask
    does without a model.
    """
    read = []
    for maps in context.model.attend_many(context.few):
        layers, _, length, _ = maps.weights.shape
        even = uniform(length, causal=maps.causal)
        alone = _walked(np.broadcast_to(even, (layers, 1, length, length)))
        read.append(_walked(maps.weights) | {f"mask_{name}": alone[name] for name in alone})
    names = ("rollout", "moving", "first", "apart", "mask_rollout", "mask_moving", "mask_first")
    return [
        Reading.mean(name, np.array([one[name] for one in read]), judged=name in names[:2])
        for name in names
    ]


def _walked(weights: Float[np.ndarray, "layers heads L L"]) -> dict[str, float]:
    """Return what becomes of walkers that follow these maps down."""
    found = {}
    for name, stays in (("rollout", 0.5), ("moving", 0.0)):
        places = walk(weights, stays=stays)
        entropy = entropy_of(places).mean(axis=-1)
        change = entropy[-1] - entropy[len(entropy) // 2]
        found[name] = round(float(change), 12)  # beyond is rounding: even looks stay even
    return found | {"first": places[-1, :, 0].mean(), "apart": np.diff(apart(places)).max()}


def _too_warm(context: Context) -> Sequence[Reading]:
    """Return how the loss answers to the temperature of each head, at T = 1."""
    slopes = np.array([temperature_slopes(context.model, text) for text in context.passages])
    together = slopes.sum(axis=(1, 2))  # all heads heated alike
    return [
        Reading.crossed("slope", slopes),
        Reading.mean("together", together, judged=False),
        Reading.over_heads("size", lambda s: np.abs(s.mean(axis=0)).mean(), slopes, judged=False),
    ]


def _entropy_floor(_: Context) -> Sequence[Reading]:
    """Return by how much the entropy of a row falls below the floor at most: rows of all kinds."""
    rng = np.random.default_rng(SEED)
    below = []
    for n in (2, 3, 11, 101):
        tails = rng.normal(size=(500, n)) ** rng.integers(1, 6, size=(500, 1))
        logits = tails * rng.lognormal(0, 2, size=(500, 1))
        entropy = Ensemble(-logits, 1.0).entropy
        below.append((entropy_floor(logits.std(axis=-1), n) - entropy).max())
    return [Reading.exact("below", max(below))]


MEASURES = {
    "temperatures": _temperatures,
    "cold_is_local": _cold_is_local,
    "layernorm_energy": _layer_norm_energy,
    "low_energy_paths": _low_energy_paths,
    "entropy_grows": _entropy_grows,
    "walk_entropy": _walk_entropy,
    "too_warm": _too_warm,
    "entropy_floor": _entropy_floor,
}
