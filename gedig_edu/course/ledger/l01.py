"""Claims of lesson 01: what makes a dot product a cosine, and what does not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from gedig_edu.course.claims import Claim
from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Above, Apart, AtMost, HoldsIf, Reading
from gedig_edu.lab.geometry import agreement
from gedig_edu.theory.attention import (
    attend,
    cosine_scores,
    dot_scores,
    kernel_smoother,
    ngpt_scores,
    rbf_kernel,
)
from gedig_edu.theory.gpt2 import layer_norm

Vectors = Float[np.ndarray, "L d"]


def _vectors(*shapes: tuple[int, int]) -> list[Vectors]:
    rng = np.random.default_rng(SEED)
    return [rng.normal(size=shape) for shape in shapes]


def _unit(x: Vectors) -> Vectors:
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def _norms(context: Context) -> Sequence[Reading]:
    """Average the norms of queries and keys over layers, heads and tokens of each text."""
    q = [np.linalg.norm(text.q, axis=-1).mean() for text in context.vectors]
    k = [np.linalg.norm(text.k, axis=-1).mean() for text in context.vectors]
    return [Reading.mean("q", np.array(q)), Reading.mean("k", np.array(k))]


def _layer_norm(_: Context) -> Sequence[Reading]:
    (x,) = _vectors((101, 64))
    x = x * np.geomspace(0.1, 100, 101)[:, None] + 3.0
    normed = layer_norm(x, np.ones(64), np.zeros(64))
    rms_normed = x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + 1e-5)
    return [
        Reading("layer_norm", *_range(np.linalg.norm(normed, axis=-1))),
        Reading("rms_norm", *_range(np.linalg.norm(rms_normed, axis=-1))),
    ]


def _range(values: Float[np.ndarray, " n"]) -> tuple[float, float, float]:
    return float(values.mean()), float(values.min()), float(values.max())


def _cosine(_: Context) -> Sequence[Reading]:
    """Score unit vectors at known angles in a random plane of 64 dimensions."""
    basis, _upper = np.linalg.qr(_vectors((64, 2))[0])
    angles = np.linspace(0, np.pi, 181)
    q = basis[:, :1].T
    k = np.outer(np.cos(angles), basis[:, 0]) + np.outer(np.sin(angles), basis[:, 1])
    dot = dot_scores(q, k, scale=False)[0]
    return [Reading.exact("error", np.abs(dot - np.cos(angles)).max())]


def _rankings(context: Context) -> Sequence[Reading]:
    """Compare the ranking by q·k with that by cosine, for queries that see two keys or more."""
    agreed = [
        agreement(dot_scores(q, k), cosine_scores(q, k), causal=context.model.causal)
        for q, k in context.vectors
    ]
    return [
        Reading.mean("first", np.array([read.first.mean() for read in agreed])),
        Reading.mean("order", np.array([read.spearman.mean() for read in agreed]), judged=False),
    ]


def _ngpt(_: Context) -> Sequence[Reading]:
    q, k = _vectors((11, 64), (13, 64))
    scores = ngpt_scores(q, k)
    stretched = ngpt_scores(q * 1e3, k * np.geomspace(1e-3, 1e3, 13)[:, None])
    return [
        Reading.exact("excess", np.abs(scores).max() / 8 - 1),
        Reading.exact("change", np.abs(stretched - scores).max()),
    ]


def _kernels(_: Context) -> Sequence[Reading]:
    """Hold attention against the RBF smoother of width √T, with free and equal key norms."""
    q, k, v = _vectors((7, 16), (11, 16), (11, 5))

    def difference(keys: Vectors) -> float:
        attention = attend(dot_scores(q, keys, scale=False), v, temperature=4.0).output
        return float(np.abs(attention - kernel_smoother(rbf_kernel(q, keys, width=2.0), v)).max())

    return [
        Reading.exact("free_norms", difference(k)),
        Reading.exact("equal_norms", difference(4 * _unit(k)), condition=False),
    ]


def _cosine_ceiling(_: Context) -> Sequence[Reading]:
    """Hold the largest weight under cosine at T = 1 against e²/(e² + L - 1)."""
    q, k = _vectors((101, 3), (64, 3))
    worst = np.where(np.arange(64)[:, None] == 5, 1.0, -1.0) * q[:1]
    ceiling = np.e**2 / (np.e**2 + 63)
    largest = [attend(cosine_scores(q, keys), keys).weights.max() for keys in (k, worst)]
    return [
        Reading.exact("random", largest[0] - ceiling),
        Reading.exact("worst", largest[1] - ceiling),
    ]


CLAIMS = (
    Claim("01.norms", "surveying", "measured", Apart(1.0, by=0.1), _norms, on="vectors"),
    Claim("01.layernorm", "surveying", "theorem", Apart(1.0, by=0.1), _layer_norm, on="arrays"),
    Claim("01.cosine", "surveying", "theorem", AtMost(1e-12), _cosine, on="arrays"),
    Claim("01.rankings", "surveying", "measured", Above(0.9), _rankings, on="vectors"),
    Claim("01.ngpt", "surveying", "theorem", AtMost(1e-12), _ngpt, on="arrays"),
    Claim("01.kernels", "surveying", "conditional", HoldsIf(Above(1e-9)), _kernels, on="arrays"),
    Claim("01.ceiling", "ours", "theorem", AtMost(1e-12), _cosine_ceiling, on="arrays"),
)
