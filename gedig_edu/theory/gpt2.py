"""The whole GPT-2 forward pass in NumPy: the machine a learner can read from top to bottom.

Architecture: Radford et al. 2019 (learned positions, LayerNorm before each block, tied output).
L tokens, D channels, H heads, d = D / H channels a head, V words, N layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from gedig_edu.shapes import Float, Int

Weights = Mapping[str, np.ndarray]


class ForwardPass(NamedTuple):
    """Logits [L, V] and attention weights [N, H, L, L] of one text."""

    logits: Float[np.ndarray, "L V"]
    attention: Float[np.ndarray, "N H L L"]


def softmax(x: Float[np.ndarray, "*batch n"]) -> Float[np.ndarray, "*batch n"]:
    """Return exp(x) / Σ exp(x) over the last axis, shifted so that it never overflows."""
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def layer_norm(x: Float[np.ndarray, "L D"], gain: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Return x with mean 0 and variance 1 over its channels, then scaled and shifted."""
    centred = x - x.mean(axis=-1, keepdims=True)
    return gain * centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5) + bias


def gelu(x: np.ndarray) -> np.ndarray:
    """Return the tanh form of the Gaussian error linear unit (Hendrycks and Gimpel 2016)."""
    return 0.5 * x * (1 + np.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * x**3)))


def forward(tokens: Int[np.ndarray, " L"], weights: Weights, *, heads: int) -> ForwardPass:
    """Run GPT-2 on token numbers.

    Parameters
    ----------
    tokens : int array [L]
    weights : mapping of name to array
        The tensors of a GPT-2 checkpoint under their own names (``wte.weight``,
        ``h.0.attn.c_attn.weight``, ...), without the prefix ``transformer.``.
    heads : int
        H; it cannot be read off the shapes.

    Examples
    --------
    >>> softmax(np.array([0.0, np.log(3.0)])).tolist()
    [0.25, 0.75]
    """
    layers = sum(name.endswith("attn.c_attn.weight") for name in weights)
    x = weights["wte.weight"][tokens] + weights["wpe.weight"][: len(tokens)]  # [L, D]
    attention = []
    for layer in range(layers):
        own = f"h.{layer}."
        w = {n.removeprefix(own): tensor for n, tensor in weights.items() if n.startswith(own)}
        seen = layer_norm(x, w["ln_1.weight"], w["ln_1.bias"])  # [L, D]
        qkv = seen @ w["attn.c_attn.weight"] + w["attn.c_attn.bias"]  # [L, 3 D]
        split = qkv.reshape(len(tokens), 3, heads, -1).transpose(1, 2, 0, 3)  # [3, H, L, d]
        q, k, v = split  # each [H, L, d]
        scores = q @ k.swapaxes(-1, -2) / q.shape[-1] ** 0.5  # [H, L, L]
        future = np.triu(np.ones(scores.shape[-2:], dtype=bool), 1)  # [L, L]
        a = softmax(np.where(future, -np.inf, scores))  # [H, L, L]
        mixed = (a @ v).swapaxes(0, 1).reshape(x.shape)  # [L, D]
        x = x + mixed @ w["attn.c_proj.weight"] + w["attn.c_proj.bias"]  # [L, D]
        seen = layer_norm(x, w["ln_2.weight"], w["ln_2.bias"])  # [L, D]
        wide = gelu(seen @ w["mlp.c_fc.weight"] + w["mlp.c_fc.bias"])  # [L, 4 D]
        x = x + wide @ w["mlp.c_proj.weight"] + w["mlp.c_proj.bias"]  # [L, D]
        attention.append(a)
    x = layer_norm(x, weights["ln_f.weight"], weights["ln_f.bias"])  # [L, D]
    return ForwardPass(x @ weights["wte.weight"].T, np.stack(attention))  # [L, V], [N, H, L, L]
