"""How the claims of lesson 01 are measured: what makes a dot product a cosine."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Reading
from gedig_edu.lab.geometry import same_first
from gedig_edu.lab.projections import Projections, balanced_bases, imbalance_step
from gedig_edu.shapes import Float
from gedig_edu.theory.attention import (
    attend,
    cosine_scores,
    dot_scores,
    kernel_smoother,
    ngpt_scores,
    rbf_kernel,
)
from gedig_edu.theory.basis import change_basis, key_axes
from gedig_edu.theory.gpt2 import layer_norm
from gedig_edu.theory.thermo import effective_temperature

Vectors = Float[np.ndarray, "L d"]
EVENNESS = (-1.0, -0.5, 0.5, 1.0)  # other bases for the same scores; 0 is the model's own


def _vectors(*shapes: tuple[int, int]) -> list[Vectors]:
    rng = np.random.default_rng(SEED)
    return [rng.normal(size=shape) for shape in shapes]


def _unit(x: Vectors) -> Vectors:
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def _norms(context: Context) -> Sequence[Reading]:
    """Take the largest |q·k| of each head, which no change of basis moves, and mean norms."""
    largest, q_norm, k_norm = [], [], []
    for q, k in context.vectors:
        scores = dot_scores(q.astype(float), k.astype(float), scale=False)
        seen = np.tril(scores) if context.model.causal else scores
        largest.append(np.abs(seen).max(axis=(-1, -2)))
        q_norm.append(np.linalg.norm(q, axis=-1).mean(axis=-1))
        k_norm.append(np.linalg.norm(k, axis=-1).mean(axis=-1))
    return [
        Reading.crossed("largest", np.array(largest)),
        Reading.crossed("q", np.array(q_norm), judged=False),
        Reading.crossed("k", np.array(k_norm), judged=False),
    ]


def _basis(_: Context) -> Sequence[Reading]:
    """Change the basis of one head and compare what follows from its scores with its angles."""
    x, to_q, to_k = _vectors((23, 31), (31, 16), (31, 16))
    q, k = x @ to_q, x @ to_k
    A = key_axes(k).basis(1.0)
    moved, answered = change_basis(q, k, A)
    new_q, new_k = change_basis(to_q, to_k, A)

    def change(read: Callable[[Vectors, Vectors], Vectors]) -> float:
        return float(np.abs(read(moved, answered) - read(q, k)).max())

    values = [np.linalg.svd(one @ other.T, compute_uv=False) for one, other in
              ((to_q, to_k), (new_q, new_k))]  # fmt: skip
    return [
        Reading.exact("weights", change(lambda q, k: attend(dot_scores(q, k), k).weights)),
        Reading.exact("spread", change(lambda q, k: dot_scores(q, k).std(axis=-1))),
        Reading.exact("singular", np.abs(values[0] / values[1] - 1)[:16].max()),
        Reading.exact("cosine", change(cosine_scores), judged=False),
    ]


def _layer_norm(_: Context) -> Sequence[Reading]:
    """Hold each normalisation against a constant times L2 normalisation."""
    (x,) = _vectors((101, 64))
    x = x * np.geomspace(0.1, 100, 101)[:, None] + 3.0
    gain = np.geomspace(0.5, 2.0, 64)
    rms_normed = x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + 1e-5)

    def off(normed: Vectors) -> float:
        constant = np.linalg.norm(normed, axis=-1).mean()
        return float(np.linalg.norm(normed / constant - _unit(x), axis=-1).max())

    return [
        Reading.exact("layer_norm", off(layer_norm(x, np.ones(64), np.zeros(64)))),
        Reading.exact("rms_gain", off(rms_normed * gain)),
        Reading.exact("rms_norm", off(rms_normed), condition=False),
    ]


def _cosine(_: Context) -> Sequence[Reading]:
    """Score unit vectors at known angles in a random plane of 64 dimensions."""
    basis, _upper = np.linalg.qr(_vectors((64, 2))[0])
    angles = np.linspace(0, np.pi, 181)
    q = basis[:, :1].T
    k = np.outer(np.cos(angles), basis[:, 0]) + np.outer(np.sin(angles), basis[:, 1])
    dot = dot_scores(q, k, scale=False)[0]
    return [Reading.exact("error", np.abs(dot - np.cos(angles)).max())]


def _rankings(context: Context) -> Sequence[Reading]:
    """Compare the first key by q·k with that by cosine, in the model's own basis and in others."""
    vectors, causal = context.vectors, context.model.causal
    together = np.concatenate([k for _, k in vectors], axis=-2)  # [layers, heads, tokens, d]
    axes = key_axes(together, paired=context.model.rotary)

    def first(evenness: float) -> Float[np.ndarray, "texts layers heads"]:
        A = axes.basis(evenness)
        same = [
            same_first(dot_scores(q, k), cosine_scores(*change_basis(q, k, A)), causal=causal)
            for q, k in vectors
        ]
        return np.array(same)

    others = sorted(map(first, EVENNESS), key=np.mean)
    return [
        Reading.crossed("first", first(0.0)),
        Reading.crossed("lowest", others[0]),
        Reading.crossed("highest", others[-1]),
    ]


def _ngpt(_: Context) -> Sequence[Reading]:
    """Score vectors of any length as nGPT does, without a learned gain and with one."""
    q, k = _vectors((11, 64), (13, 64))
    k[0] = q[0]
    scores = ngpt_scores(q, k)
    stretched = ngpt_scores(q * 1e3, k * np.geomspace(1e-3, 1e3, 13)[:, None])
    gained = ngpt_scores(q, k, gain=np.geomspace(0.5, 2.0, 64))
    return [
        Reading.exact("excess", np.abs(scores).max() / 8 - 1),
        Reading.exact("change", np.abs(stretched - scores).max()),
        Reading.exact("gain", np.abs(gained).max() / 8 - 1, condition=False),
    ]


def _kernels(_: Context) -> Sequence[Reading]:
    """Hold attention against smoothers with a fixed kernel: exp(q·k/T), and the RBF."""
    q, k, v = _vectors((7, 16), (11, 16), (11, 5))

    def difference(keys: Vectors, kernel: Callable[[Vectors, Vectors], Vectors]) -> float:
        attention = attend(dot_scores(q, keys, scale=False), v, temperature=4.0).output
        return float(np.abs(attention - kernel_smoother(kernel(q, keys), v)).max())

    def exponential(q: Vectors, keys: Vectors) -> Vectors:
        return np.exp(q @ keys.T / 4.0)

    def rbf(q: Vectors, keys: Vectors) -> Vectors:
        return rbf_kernel(q, keys, width=2.0)

    return [
        Reading.exact("exponential", difference(k, exponential)),
        Reading.exact("free_norms", difference(k, rbf), judged=False),
        Reading.exact("equal_norms", difference(4 * _unit(k), rbf), judged=False),
    ]


def _conserved(_: Context) -> Sequence[Reading]:
    """Let a gradient, and the first step of Adam along it, move W_QᵀW_Q − W_KᵀW_K.

    The loss is that of one causal head with a random target; its slope by the scores is that of
    any loss, so nothing else about it enters.
    """
    rng = np.random.default_rng(SEED)
    x, slope = rng.normal(size=(31, 17)), rng.normal(size=(31, 31))
    to_q, to_k = rng.normal(size=(2, 17, 8))
    slope = np.tril(slope * attend(dot_scores(x @ to_q, x @ to_k), x, causal=True).weights)
    gradient = x.T @ slope @ (x @ to_k), x.T @ slope.T @ (x @ to_q)
    weights = _one_head(to_q, to_k)
    return [
        Reading.exact("flow", imbalance_step(weights, _one_head(*gradient)).max()),
        Reading.exact(
            "adam", imbalance_step(weights, _one_head(*map(np.sign, gradient))).max(), judged=False
        ),
    ]


def _one_head(to_q: Vectors, to_k: Vectors) -> Projections:
    return Projections(to_q[None, None], to_k[None, None])


def _canonical(context: Context) -> Sequence[Reading]:
    """Compare the first key by q·k with that by cosine, in the balanced basis of every head."""
    causal = context.model.causal
    as_stored = np.eye(context.vectors[0].q.shape[-1])

    def first(A: Float[np.ndarray, "*heads d d"]) -> Float[np.ndarray, "texts layers heads"]:
        same = [
            same_first(dot_scores(q, k), cosine_scores(*change_basis(q, k, A)), causal=causal)
            for q, k in context.vectors
        ]
        return np.array(same)

    return [
        Reading.crossed("balanced", first(balanced_bases(context.model))),
        Reading.crossed("stored", first(as_stored), judged=False),
    ]


def _qk_norm(_: Context) -> Sequence[Reading]:
    """Fit the temperature of single rows against cosines, with QK-norm of one gain and of many."""
    q, k = _vectors((11, 64), (31, 64))
    q = q * np.geomspace(0.01, 100, 11)[:, None]
    k = k * np.geomspace(0.1, 10, 31)[:, None]

    def temperatures(gain: Float[np.ndarray, " d"] | None) -> Float[np.ndarray, " rows"]:
        weights = attend(dot_scores(q, k) if gain is None else ngpt_scores(q, k, gain=gain), k)
        rows = weights.weights[:, None], cosine_scores(q, k)[:, None]  # a map of one row each
        return effective_temperature(*rows).temperature

    def spread(gain: Float[np.ndarray, " d"] | None) -> float:
        T = np.abs(temperatures(gain))
        return float(T.max() / T.min() - 1)

    one = temperatures(np.full(64, 1.5))
    return [
        Reading.exact("one_gain", np.abs(one * 1.5**2 * 8 - 1).max()),
        Reading.exact("gains", spread(np.geomspace(0.5, 2.0, 64)), condition=False),
        Reading.exact("plain", spread(None), judged=False),
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


MEASURES = {
    "norms": _norms,
    "basis": _basis,
    "layernorm": _layer_norm,
    "cosine": _cosine,
    "rankings": _rankings,
    "ngpt": _ngpt,
    "kernels": _kernels,
    "qk_norm": _qk_norm,
    "conserved": _conserved,
    "canonical": _canonical,
    "ceiling": _cosine_ceiling,
}
