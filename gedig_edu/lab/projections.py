"""W_Q and W_K of every head, the gradients on them, and what a step of training keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gedig_edu.errors import GedigError
from gedig_edu.lab.places import places_of
from gedig_edu.models.numpy_opening import as_gpt2
from gedig_edu.shapes import Brief, Float
from gedig_edu.theory.basis import balanced_basis
from gedig_edu.theory.gpt2 import layer_norm

if TYPE_CHECKING:
    from torch import Tensor, nn

    from gedig_edu.models import AttentionModel


class Projections(NamedTuple):
    """What makes queries and keys of a layer's normalised input, for every head of a model.

    Attributes
    ----------
    to_q : float64 array [layers, heads, D + 1, d]
        W_Q, and its bias as the last row, zeros where there is none.
    to_k : float64 array [layers, key heads, D + 1, d]
        W_K likewise; fewer than heads where several queries share a key.
    """

    to_q: Float[np.ndarray, "layers heads rows d"]
    to_k: Float[np.ndarray, "layers groups rows d"]

    @property
    def grouped(self) -> Projections:
        """Return the same with the queries of one key below each other: one head for each key."""
        layers, groups, _, d = self.to_k.shape
        return Projections(self.to_q.reshape(layers, groups, -1, d), self.to_k)


def projections(model: AttentionModel) -> Projections:
    """Return W_Q and W_K of every head.

    Raises
    ------
    GedigError
        If it is not known where the architecture keeps them, or it normalises what they put out.
    """
    gpt2 = as_gpt2(model)
    if gpt2 is None:
        return _read(model, lambda parameter: parameter)
    held: list[np.ndarray] = []
    for layer in range(model.layers):
        parts = (gpt2.tensors[f"h.{layer}.attn.c_attn.{part}"] for part in ("weight", "bias"))
        matrix = np.vstack([*parts]).astype(np.float64)  # [D + 1, 3 · heads · d]
        held.append(matrix.reshape(len(matrix), 3, model.heads, -1).transpose(1, 2, 0, 3))
    return Projections(*np.stack(held, axis=1)[:2])


@dataclass(frozen=True, eq=False, repr=False)
class Entrance(Brief):
    """What stands between the stream and the queries and keys of a layer.

    Attributes
    ----------
    gain : float64 array [D] or None
        None where nothing stands there, since each sum is normalised behind it instead (BERT).
    bias : float64 array [D] or None
        None for a norm that takes no mean out (RMSNorm).
    epsilon : float
        Added to the mean square.
    """

    gain: Float[np.ndarray, " D"] | None = None
    bias: Float[np.ndarray, " D"] | None = None
    epsilon: float = 0.0

    def __call__(self, states: Float[np.ndarray, "*any D"]) -> Float[np.ndarray, "*any D"]:
        """Return states as queries and keys are made of them.

        Examples
        --------
        >>> Entrance(np.ones(2))(np.array([[3.0, 3.0]])).tolist()
        [[1.0, 1.0]]
        >>> Entrance()(np.array([[3.0, 3.0]])).tolist()
        [[3.0, 3.0]]
        """
        if self.gain is None:
            return states
        if self.bias is not None:
            return layer_norm(states, self.gain, self.bias, self.epsilon)
        size = np.sqrt((states**2).mean(axis=-1, keepdims=True) + self.epsilon)
        return self.gain * states / size


def entrances(model: AttentionModel) -> list[Entrance]:
    """Return what stands between the stream and the queries of each layer.

    Raises
    ------
    GedigError
        As for `projections`.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> model = load("gpt2-mini")
    >>> text = "The mill stood still."
    >>> enters = entrances(model)[2](model.stream(text).states[2].astype(np.float64))
    >>> W = projections(model).to_q[2, 3]
    >>> q = model.queries_keys(text, 2).q[3]
    >>> bool(np.allclose(enters @ W[:-1] + W[-1], q, atol=1e-4))
    True
    """
    gpt2 = as_gpt2(model)
    if gpt2 is not None:
        names = [(f"h.{layer}.ln_1.weight", f"h.{layer}.ln_1.bias") for layer in range(gpt2.layers)]
        epsilon = gpt2.settings.layer_norm_epsilon
        held = [[gpt2.tensors[name].astype(np.float64) for name in pair] for pair in names]
        return [Entrance(gain, bias, epsilon) for gain, bias in held]

    from gedig_edu.models.layers import blocks_of

    path = places_of(model.network, name=model.name).norm
    if path is None:
        return [Entrance()] * model.layers
    blocks = blocks_of(model.network, name=model.name)
    return [_entrance(block.get_submodule(path)) for block in blocks]


def _entrance(norm: nn.Module) -> Entrance:
    bias, kept = getattr(norm, "bias", None), vars(norm)
    return Entrance(
        gain=_array(norm.get_parameter("weight")),
        bias=None if bias is None else _array(bias),
        epsilon=float(kept["eps"] if "eps" in kept else kept["variance_epsilon"]),
    )


def projection_gradients(model: AttentionModel, text: str) -> Projections:
    """Return the gradient of a decoder's next-token loss by every entry of W_Q and W_K.

    Raises
    ------
    GedigError
        If the model is an encoder, the text cannot be read, or as for `projections`.
    """
    network = model.network

    import torch

    from gedig_edu.lab.gradients import need_decoder, traced_loss

    need_decoder("projection_gradients", model)
    parameters = list(network.parameters())
    asked = [parameter.requires_grad for parameter in parameters]
    try:
        network.requires_grad_(True)
        found = torch.autograd.grad(traced_loss(model, text), parameters, allow_unused=True)
    finally:
        for parameter, before in zip(parameters, asked, strict=True):
            parameter.requires_grad_(before)
    of = {id(parameter): gradient for parameter, gradient in zip(parameters, found, strict=True)}
    return _read(model, lambda parameter: of[id(parameter)])


def balanced_bases(model: AttentionModel) -> Float[np.ndarray, "layers heads d d"]:
    """Return for every head the basis in which W_Q and W_K are balanced.

    With rotary positions, one factor for each pair; heads that share a key share their basis.

    Raises
    ------
    GedigError
        As for `projections`.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> balanced_bases(load("gpt2-mini")).shape
    (6, 6, 32, 32)
    """
    read = projections(model)
    A = balanced_basis(*read.grouped, paired=model.rotary)
    return np.repeat(A, read.to_q.shape[1] // read.to_k.shape[1], axis=1)


def imbalance_step(weights: Projections, step: Projections) -> Float[np.ndarray, "layers groups"]:
    """Return how far a small step moves W_QᵀW_Q − W_KᵀW_K, over how far it moves the two.

    Between 0, where both sides move alike, and 1. To first order in the step, as for a flow.

    Parameters
    ----------
    weights, step : Projections
        Where a head stands, and in which direction it moves.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> W = Projections(*rng.normal(size=(2, 1, 1, 7, 3)))
    >>> x, slope = rng.normal(size=(5, 7)), rng.normal(size=(5, 5))  # of any loss of the scores
    >>> gradient = Projections(x.T @ slope @ (x @ W.to_k), x.T @ slope.T @ (x @ W.to_q))
    >>> bool(imbalance_step(W, gradient).max() < 1e-12)
    True
    """
    sides = []
    for W, dW in zip(weights.grouped, step.grouped, strict=True):
        half = W.mT @ dW
        sides.append(half + half.mT)  # [layers, groups, d, d]
    one, other = sides
    size = np.linalg.norm(one, axis=(-2, -1)) + np.linalg.norm(other, axis=(-2, -1))
    apart = np.linalg.norm(one - other, axis=(-2, -1))
    return np.divide(apart, size, out=np.zeros_like(apart), where=size > 0)


def _read(model: AttentionModel, pick: Callable[[nn.Parameter], Tensor]) -> Projections:
    """Return a tensor of the shape of each weight and bias, such as its gradient, head by head."""
    from gedig_edu.models.layers import blocks_of

    places = places_of(model.network, name=model.name)
    found: tuple[list[np.ndarray], list[np.ndarray]] = [], []
    for block in blocks_of(model.network, name=model.name):
        modules = [block.get_submodule(path) for path in (places.query, places.key)]
        if any("norm" in name for name, _ in block.named_modules() if "attn." in name):
            raise GedigError(
                f"{model.name!r} normalises its queries and keys, so its heads have no basis to "
                "choose; load one of gpt2-mini, gpt2, distilgpt2, smollm2."
            )
        d = _width(model)
        for at, (module, rows) in enumerate(zip(modules, found, strict=True)):
            matrix = _matrix(module, pick, fused=places.fused)  # [D + 1, heads · d]
            if places.fused:
                matrix = np.split(matrix, 3, axis=1)[at]
            rows.append(matrix.reshape(len(matrix), -1, d).swapaxes(0, 1))
    return Projections(*(np.stack(rows) for rows in found))


def _matrix(
    module: nn.Module, pick: Callable[[nn.Parameter], Tensor], *, fused: bool
) -> Float[np.ndarray, "rows columns"]:
    weight = _array(pick(module.get_parameter("weight")))
    weight = weight if fused else weight.T  # GPT-2 stores it the other way round
    bias = getattr(module, "bias", None)
    last = np.zeros(weight.shape[1]) if bias is None else _array(pick(bias))
    return np.vstack([weight, last])


def _width(model: AttentionModel) -> int:
    config = model.network.config
    return getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().double().cpu().numpy()
