"""The whole GPT-2 forward pass in NumPy: the machine a learner can read from top to bottom.

Architecture: Radford et al. 2019 (learned positions, LayerNorm before each block, tied output).
L tokens, D channels, H heads, d = D / H channels a head, V words, N layers. K keys are seen: the
L tokens, and before them those that an earlier pass has kept (none, unless `start` says so).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

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


def layer_norm(
    x: Float[np.ndarray, "L D"], gain: np.ndarray, bias: np.ndarray, epsilon: float = 1e-5
) -> np.ndarray:
    """Return x with mean 0 and variance 1 over its channels, then scaled and shifted."""
    centred = x - x.mean(axis=-1, keepdims=True)
    return gain * centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + epsilon) + bias


def gelu(x: np.ndarray) -> np.ndarray:
    """Return the tanh form of the Gaussian error linear unit (Hendrycks and Gimpel 2016)."""
    return 0.5 * x * (1 + np.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * x * x * x)))


def untouched(_place: str, _layer: object, given: Any) -> Any:
    """Return what passes a window of `run` as it is."""
    return given


def forward(tokens: Int[np.ndarray, " L"], weights: Weights, *, heads: int) -> ForwardPass:
    """Run GPT-2 on token numbers, and keep what every head looks at.

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
    attention = []

    def at(place: str, _layer: int, given: Any) -> Any:
        if place == "weights":
            attention.append(given)
        return given

    logits = run(tokens, weights, heads=heads, at=at)
    return ForwardPass(logits, np.stack(attention))


def run(
    tokens: Int[np.ndarray, " L"],
    weights: Weights,
    *,
    heads: int,
    at: Callable[[str, int, Any], Any] = untouched,
    start: int = 0,
    logits_from: int = 0,
    activation: Callable[[np.ndarray], np.ndarray] = gelu,
    epsilon: float = 1e-5,
) -> Float[np.ndarray, "rows V"]:
    """Return the logits after each token; `at` looks in, or reaches in, on the way.

    Parameters
    ----------
    tokens, weights, heads
        As for `forward`; ``lm_head.weight``, where it is given, takes the place of ``wte.weight``
        in the last line.
    at : callable
        Given the name of a window, the layer and what passes there, it returns what goes on.
        Windows: "stream" (x, before layer 0 and after each layer, numbered 0 to N),
        "queries, keys, values", "scores" (future at −∞), "weights", "heads", "attention" and
        "feed_forward" (what both parts of a layer write).
    start : int
        Position of the first token; the window of queries, keys and values then puts in front
        what an earlier pass has kept.
    logits_from : int
        The first token after which logits are wanted.
    activation, epsilon
        Of the feed-forward parts, and of LayerNorm.
    """
    layers = sum(name.endswith("attn.c_attn.weight") for name in weights)
    places = np.arange(start, start + len(tokens))
    x = weights["wte.weight"][tokens] + weights["wpe.weight"][places]  # [L, D]
    x = at("stream", 0, x)
    for layer in range(layers):
        own = f"h.{layer}."
        w = {n.removeprefix(own): tensor for n, tensor in weights.items() if n.startswith(own)}
        seen = layer_norm(x, w["ln_1.weight"], w["ln_1.bias"], epsilon)  # [L, D]
        qkv = seen @ w["attn.c_attn.weight"] + w["attn.c_attn.bias"]  # [L, 3 D]
        split = qkv.reshape(len(tokens), 3, heads, -1).transpose(1, 2, 0, 3)  # [3, H, L, d]
        q, k, v = at("queries, keys, values", layer, split)  # each [H, L, d]
        scores = q @ k.swapaxes(-1, -2) / q.shape[-1] ** 0.5  # [H, L, L]
        future = np.arange(k.shape[1]) > places[:, None]  # [L, L]
        scores = at("scores", layer, np.where(future, -np.inf, scores))
        a = at("weights", layer, softmax(scores))  # [H, L, L]
        each = at("heads", layer, a @ v)  # [H, L, d]
        mixed = each.swapaxes(0, 1).reshape(x.shape)  # [L, D]
        x = x + at("attention", layer, mixed @ w["attn.c_proj.weight"] + w["attn.c_proj.bias"])
        seen = layer_norm(x, w["ln_2.weight"], w["ln_2.bias"], epsilon)  # [L, D]
        wide = activation(seen @ w["mlp.c_fc.weight"] + w["mlp.c_fc.bias"])  # [L, 4 D]
        x = x + at("feed_forward", layer, wide @ w["mlp.c_proj.weight"] + w["mlp.c_proj.bias"])
        x = at("stream", layer + 1, x)
    x = layer_norm(x[logits_from:], weights["ln_f.weight"], weights["ln_f.bias"], epsilon)
    return x @ weights.get("lm_head.weight", weights["wte.weight"]).T  # [L, V]
