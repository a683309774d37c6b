"""How the claims of lesson 02 are measured: rotary positions, and rounding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Reading
from gedig_edu.course.intervals import PerHead
from gedig_edu.lab.geometry import law_error, moved_by_rounding, strength_by_pair
from gedig_edu.shapes import Float
from gedig_edu.theory.heads import previous_token_score
from gedig_edu.theory.rope import frequencies, relative_scores, rotate
from gedig_edu.theory.thermo import Ensemble

DIM = 64
FARTHEST = 10**6
START = 4000  # where a text starts that is read again later


def _pair() -> tuple[Float[np.ndarray, " d"], Float[np.ndarray, " d"]]:
    rng = np.random.default_rng(SEED)
    return rng.normal(size=DIM), rng.normal(size=DIM)


def _relative(_: Context) -> Sequence[Reading]:
    q, k = _pair()
    rng = np.random.default_rng(SEED)
    m, n = rng.integers(0, FARTHEST + 1, size=(2, 997))
    scores = np.sum(rotate(q, m) * rotate(k, n), axis=-1)
    return [Reading.exact("error", _off(scores - relative_scores(q, k, m - n), q, k))]


def _precision(_: Context) -> Sequence[Reading]:
    """Move a pair along to position 10^6, its angles computed in several number types."""
    positions = np.arange(0, FARTHEST, 1_009)

    def error(angles: str) -> float:
        return law_error(positions, angles=angles, vectors="float64", dim=DIM).error.max()

    return [
        Reading.exact("float64", error("float64")),
        Reading.exact("float32", error("float32"), condition=False),
        Reading.exact("bfloat16", error("bfloat16"), condition=False),
    ]


def _angles(_: Context) -> Sequence[Reading]:
    """Hold the turn of every pair against position times a frequency: its own, or one for all."""
    x, _k = _pair()
    position = 12_345
    turned = rotate(x, position)
    half = DIM // 2
    turn = (turned[:half] + 1j * turned[half:]) / (x[:half] + 1j * x[half:])

    def surplus(theta: Any) -> float:
        return float(np.abs(np.angle(turn * np.exp(-1j * position * theta))).max())

    theta = frequencies(DIM)
    return [
        Reading.exact("own", surplus(theta)),
        Reading.exact("common", surplus(theta[0]), condition=False),
    ]


def _global_shift(_: Context) -> Sequence[Reading]:
    rng = np.random.default_rng(SEED)
    q, k = rng.normal(size=(2, 31, DIM))
    positions = np.arange(31)

    def scores(shift: int) -> Float[np.ndarray, "L L"]:
        return rotate(q, positions + shift) @ rotate(k, positions + shift).T

    changes = [np.abs(scores(shift) - scores(0)).max() for shift in (1, 1_000, FARTHEST)]
    bound = np.linalg.norm(q, axis=-1).max() * np.linalg.norm(k, axis=-1).max()
    return [Reading.exact("change", max(changes) / bound)]


def _decay(_: Context) -> Sequence[Reading]:
    """Divide the root mean square score at distances 900 to 1100 by that at 0 to 10.

    The squares are pooled over pairs of vectors before they are divided: the mean of single
    ratios is drawn up by the pairs that happen to score little near by.
    """
    offsets = np.arange(900, 1_101), np.arange(11)
    pairs = np.random.default_rng(SEED).normal(size=(199, 2, DIM))

    def pooled(name: str, q: Any, k: Any, *, condition: bool = True) -> Reading:
        far, near = (np.mean(relative_scores(q, k, at) ** 2, axis=-1) for at in offsets)

        def ratio(chosen: Any) -> float:
            return float(np.sqrt(far[chosen].mean() / near[chosen].mean()))

        return Reading.resampled(name, ratio, len(pairs), condition=condition)

    q, k = pairs[:, 0], pairs[:, 1]
    return [pooled("aligned", q, q), pooled("random", q, k, condition=False)]


def _zero_mode(_: Context) -> Sequence[Reading]:
    """Bend the free energy around the softmax of rotary scores, and turn all tokens at once."""
    q, k = np.random.default_rng(SEED).normal(size=(2, 31, DIM))
    places = np.arange(31)

    def scores(shift: int) -> Float[np.ndarray, "L L"]:
        return rotate(q, places + shift) @ rotate(k, places + shift).T / np.sqrt(DIM)

    shares = [Ensemble(-scores(shift), 1.0).probabilities for shift in (0, FARTHEST)]
    masses = [_least_curvature(-row) for row in scores(0)]
    return [
        Reading.exact("mass", min(masses)),
        Reading.exact("moved", np.abs(shares[1] - shares[0]).max(), judged=False),
    ]


def _least_curvature(energies: Float[np.ndarray, " n"], step: float = 1e-4) -> float:
    """Return the least second derivative of the free energy at T = 1 around its minimum.

    The energy of q less its entropy, by finite differences along n − 1 directions of unit length in
    the Fisher metric, sum of δ²/p; with that metric as kinetic energy it is a squared mass.
    """
    p = Ensemble(energies, 1.0).probabilities
    root = np.sqrt(p)
    across = np.linalg.qr(np.column_stack([root, np.eye(len(p))[:, 1:]]))[0].T[1:]  # [n - 1, n]
    one, other = (step * root * across)[:, None], (step * root * across)[None]

    def free(q: Float[np.ndarray, "*points n"]) -> Float[np.ndarray, "*points"]:
        return np.sum(q * (energies + np.log(q)), axis=-1)

    bent = free(p + one + other) - free(p + one - other)
    bent += free(p - one - other) - free(p - one + other)
    return float(np.linalg.eigvalsh(bent / (4 * step**2))[0])


def _off(difference: Float[np.ndarray, " n"], q: Any, k: Any) -> float:
    return float(np.abs(difference).max() / (np.linalg.norm(q) * np.linalg.norm(k)))


def _fast_pairs(context: Context) -> Sequence[Reading]:
    """Correlate, over heads, looking one back with the strength in the fastest quarter of pairs."""
    model = context.model
    share = np.stack([strength_by_pair(model, text) for text in context.few])
    back = np.stack([previous_token_score(model.attend(text).weights) for text in context.few])
    pairs = share.shape[-1]
    fast = share[..., : pairs // 4].sum(axis=-1)  # [texts, layers, heads]

    def rho(one: PerHead, other: PerHead) -> float:
        return float(np.asarray(spearmanr(*(x.mean(axis=0).ravel() for x in (one, other)))[0]))

    return [
        Reading.over_heads("correlation", rho, fast, back),
        Reading.crossed("fast", fast, judged=False),
        Reading.crossed("slow", share[..., pairs // 2 :].sum(axis=-1), judged=False),
    ]


def _bfloat16(context: Context) -> Sequence[Reading]:
    """Let each text start at position 4000, and count the attention that moves."""

    def moved(name: str, angles: str, *, judged: bool) -> Reading:
        shares = [
            moved_by_rounding(context.model, text, START, angles=angles, vectors="bfloat16")
            for text in context.few
        ]
        return Reading.crossed(name, np.stack(shares), judged=judged)

    return [
        moved("bfloat16", "bfloat16", judged=True),
        moved("float32", "float32", judged=False),
    ]


MEASURES = {
    "relative": _relative,
    "precision": _precision,
    "angles": _angles,
    "decay": _decay,
    "global_shift": _global_shift,
    "fast_pairs": _fast_pairs,
    "bfloat16": _bfloat16,
    "zero_mode": _zero_mode,
}
