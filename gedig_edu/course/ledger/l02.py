"""Claims of lesson 02: what rotary positions do to a score, and how far rounding lets them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from gedig_edu.course.claims import Claim
from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import AtMost, HoldsIf, Reading
from gedig_edu.lab.geometry import law_error
from gedig_edu.theory.rope import frequencies, relative_scores, rotate

DIM = 64
FARTHEST = 10**6


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
    """Hold the angle by which each pair has turned against position times its frequency."""
    x, _k = _pair()
    position = 12_345
    turned = rotate(x, position)
    half = DIM // 2
    before, after = x[:half] + 1j * x[half:], turned[:half] + 1j * turned[half:]
    surplus = np.angle(after / before * np.exp(-1j * position * frequencies(DIM)))
    distinct = len(set(frequencies(DIM).tolist()))
    return [
        Reading.exact("error", np.abs(surplus).max()),
        Reading.exact("missing", half - distinct),
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
    """Divide the root mean square score at distances 900 to 1100 by that at 0 to 10."""
    near, far = np.arange(11), np.arange(900, 1_101)

    def ratio(q: Any, k: Any) -> float:
        squares = [np.mean(relative_scores(q, k, offsets) ** 2) for offsets in (far, near)]
        return float(np.sqrt(squares[0] / squares[1]))

    rng = np.random.default_rng(SEED)
    pairs = rng.normal(size=(199, 2, DIM))
    return [
        Reading.mean("aligned", np.array([ratio(q, q) for q, _k in pairs])),
        Reading.mean("random", np.array([ratio(q, k) for q, k in pairs]), condition=False),
    ]


def _off(difference: Float[np.ndarray, " n"], q: Any, k: Any) -> float:
    return float(np.abs(difference).max() / (np.linalg.norm(q) * np.linalg.norm(k)))


CLAIMS = (
    Claim("02.relative", "surveying", "theorem", AtMost(1e-9), _relative, on="arrays"),
    Claim("02.precision", "ours", "conditional", HoldsIf(AtMost(1e-3)), _precision, on="arrays"),
    Claim("02.angles", "surveying", "theorem", AtMost(1e-9), _angles, on="arrays"),
    Claim("02.decay", "ours", "conditional", HoldsIf(AtMost(0.5)), _decay, on="arrays"),
    Claim("02.global_shift", "ours", "theorem", AtMost(1e-9), _global_shift, on="arrays"),
    Claim("02.zero_mode", "field", "metaphor"),
)
