"""What LayerNorm and the residual path do to gradients: a small tower, and a real decoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.errors import MODEL, GedigError, check_has, check_number, check_whole
from gedig_edu.shapes import Brief, Float
from gedig_edu.words import refusal

if TYPE_CHECKING:
    from torch import Tensor, nn

    from gedig_edu.models import AttentionModel

EPSILON = 1e-5


@dataclass(frozen=True, eq=False, repr=False)
class Tower(Brief):
    """One vector's way through a tower of feed-forward layers, and a gradient's way back.

    Attributes
    ----------
    lengths : array [depth + 1]
        ‖x_n‖, from the input on.
    gradients : array [depth + 1]
        ‖∂(u·x_N)/∂x_n‖ for one random unit vector u; 1 at the last.
    kept : float
        Cosine of x_N and x_0: how much of the base state is left.
    """

    lengths: Float[np.ndarray, " layers"]
    gradients: Float[np.ndarray, " layers"]
    kept: float


def tower(
    *,
    depth: int = 24,
    width: int = 64,
    gain: float = 1.0,
    residual: bool = True,
    normalised: bool = True,
    seed: int = 0,
) -> Tower:
    """Send a vector up a tower x + W₂ tanh(W₁ LN(x)), and a gradient down, by the chain rule.

    Parameters
    ----------
    depth, width : int
        Layers, and entries of x.
    gain : float
        W₁ and W₂ are normal with standard deviation gain/√width.
    residual : bool
        Keep the path x around each layer.
    normalised : bool
        LayerNorm, without gain and bias, at the entrance of each layer.
    seed : int
        Of x_0, u and the matrices; the same for every other setting.

    Raises
    ------
    GedigError
        If `depth` is not at least 1, `width` not at least 2, or `gain` not above 0.

    Examples
    --------
    >>> lost = tower(gain=0.5, residual=False, normalised=False)
    >>> kept = tower(gain=0.5)
    >>> bool(lost.gradients[0] < 1e-9), bool(kept.gradients[0] > 0.5)
    (True, True)
    """
    depth, width = (
        check_whole(name, value, at_least=least)
        for name, value, least in (("depth", depth, 1), ("width", width, 2))
    )
    check_number("gain", gain, above=0)
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    x, u = rng.normal(size=(2, width))
    layers = rng.normal(size=(depth, 2, width, width)) * gain / np.sqrt(width)
    states, inner = [x], []
    for W1, W2 in layers:
        read, deviation = _layer_norm(states[-1]) if normalised else (states[-1], 0.0)
        active = np.tanh(W1 @ read)
        inner.append((read, deviation, active))
        states.append(residual * states[-1] + W2 @ active)
    gradients = [u / np.linalg.norm(u)]
    for (W1, W2), (read, deviation, active) in zip(layers[::-1], inner[::-1], strict=True):
        back = W1.T @ ((1 - active**2) * (W2.T @ gradients[-1]))
        if normalised:
            back = (back - back.mean() - read * (back * read).mean()) / deviation
        gradients.append(residual * gradients[-1] + back)
    lengths = np.linalg.norm(states, axis=-1)
    kept = states[-1] @ x / max(lengths[-1] * lengths[0], np.finfo(float).tiny)
    return Tower(lengths, np.linalg.norm(gradients[::-1], axis=-1), float(kept))


def _layer_norm(
    x: Float[np.ndarray, " width"],
) -> tuple[Float[np.ndarray, " width"], float]:
    centred = x - x.mean()
    deviation = float(np.sqrt(np.mean(centred**2) + EPSILON))
    return centred / deviation, deviation


def stream_gradients(
    model: AttentionModel, text: str, *, residual: bool = True
) -> Float[np.ndarray, " layers"]:
    """Return how strongly the loss of a real decoder answers to the stream at each layer.

    The L2 norm over all tokens of ∂loss/∂x_n, x_n what enters layer n.

    Parameters
    ----------
    model : AttentionModel
        A decoder.
    text : str
    residual : bool
        False cuts the path around each layer: a layer hands on what it writes, and no more.

    Raises
    ------
    GedigError
        If the model is an encoder, which has no next-token loss, or the text cannot be read.
    """
    import torch

    from gedig_edu.models.layers import blocks_of

    need_decoder("stream_gradients", model)
    entered: list[Tensor] = []

    def enter(_: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        state = inputs[0]
        if not entered:
            state = state.detach().requires_grad_()
        entered.append(state)
        return (state, *inputs[1:])

    def leave(_: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        return output - inputs[0]

    blocks = blocks_of(model.network, name=model.name)
    handles = [block.register_forward_pre_hook(enter) for block in blocks]
    if not residual:
        handles += [block.register_forward_hook(leave) for block in blocks]
    try:
        loss = traced_loss(model, text)
    finally:
        for handle in handles:
            handle.remove()
    gradients = torch.autograd.grad(loss, entered)
    return torch.stack([g.float().norm() for g in gradients]).cpu().numpy()


def temperature_slopes(model: AttentionModel, text: str) -> Float[np.ndarray, "layers heads"]:
    """Return how the loss answers to the temperature of each head: ∂L/∂log T at T = 1.

    A head at T attends as softmax(s/T), s its logits; to divide them is what W_Q → W_Q/T does
    (with its bias). The slope is Σ ∂L/∂U · s for a potential U at 0, and s may be log-weights,
    since a constant in a row moves nothing.

    Parameters
    ----------
    model : AttentionModel
        A decoder.
    text : str
        At least two tokens.

    Returns
    -------
    array [layers, heads]
        Nats per token for each unit of log T; above 0, the loss falls when the head is cooled.

    Raises
    ------
    GedigError
        If the model is an encoder, or the text cannot be read.
    """
    import torch

    from gedig_edu.models.attention import Passage

    need_decoder("temperature_slopes", model)
    weights = model.attend(text).weights.astype(np.float64)
    potential = torch.zeros(weights.shape, device=model.network.device, requires_grad=True)
    with Passage(lengths=(weights.shape[-1],), potential=potential) as passage:
        loss = traced_loss(model, text)
    if not passage.modules:
        raise refusal("model.outside", name=model.name, kind=model.network.config.model_type)
    (gradient,) = torch.autograd.grad(loss, [potential])
    logs = np.log(np.where(weights > 0, weights, 1.0))
    return (gradient.cpu().numpy() * logs).sum(axis=(-1, -2))


def traced_loss(model: AttentionModel, text: str, **options: Any) -> Float[Tensor, ""]:
    """Return a decoder's mean next-token loss, nats per token, with what autograd needs of it.

    `options` go to the network.
    """
    import torch

    from gedig_edu.models.loans import ready

    ids = torch.tensor([model.encode(text).ids], device=model.network.device)
    with ready(model.network):
        logits = model.network(input_ids=ids, use_cache=False, **options).logits[0]
    return torch.nn.functional.cross_entropy(logits[:-1].float(), ids[0, 1:])


def need_decoder(what: str, model: AttentionModel) -> None:
    """Refuse a model that has no next-token loss.

    Raises
    ------
    GedigError
        If the model is an encoder.
    """
    check_has("model", model, "causal", wanted=MODEL)
    if not model.causal:
        raise GedigError(
            f"{what} needs a next-token loss and {model.name!r} is an encoder; "
            "load one of gpt2-mini, gpt2, distilgpt2, smollm2."
        )
