"""F as the gauge paper's author trained with it, behind the runs of Table 3.

The formula is public: the notebook ``colab_f_reg_sweep.ipynb`` in the folder
experiments/transformer_gedig of the repository InsightSpike-AI logs those runs. In our own words:

- an edge is σ((w − τ)/0.1), τ the 0.9 quantile of all cells, padding included. Weights of running
  text lie within 0.1 of it, so that every cell counts nearly a half, and the density is about 0.48
  where the gauge counts 0.1 (MiniLM, 500 sentences of SST-2). Its gradient runs through τ, the
  weight of a single cell, and through the bend of σ.
- the path term counts the cells above one half in the first four powers of the soft links. A count
  has **no gradient**.
- the entropy is the gauge's, over log n².

With λ = 1 and γ = 0.5. On MiniLM the pull of this F on the parameters and the pull of its entropy
alone have a cosine of 0.98; so it is mostly the entropy that trains. Its mean F on these sentences
is −0.459, near the −0.448 of Table 3: that level says nothing of the λ of the scoring script, since
it is another F.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import array_api_compat
import numpy as np

from gedig_edu.errors import GedigError

if TYPE_CHECKING:
    from gedig_edu.shapes import Bool, Float
    from gedig_edu.theory.maps import AttentionMaps

LAM, GAMMA, QUANTILE, SOFTNESS, STEPS = 1.0, 0.5, 0.9, 0.1, 4
_TINY = 1e-38


class AsTrained(NamedTuple):
    """F and its terms by the formula of the training, arrays or tensors [batch, heads].

    Attributes
    ----------
    F : density − λ (entropy + γ · path_gain)
    density, entropy, path_gain : terms
        `path_gain` has no gradient.
    """

    F: Any
    density: Any
    entropy: Any
    path_gain: Any


def as_trained(weights: Float[Any, "batch heads L L"], *, mask: Bool[Any, "batch L"]) -> AsTrained:
    """Read F by the formula that the gauge paper's author trained with; see the module.

    Parameters
    ----------
    weights : array or torch tensor [batch, heads, L, L]
        Padding stands behind the tokens.
    mask : bool array or tensor [batch, L]
        Valid tokens, of the same kind.

    Raises
    ------
    GedigError
        If the shapes do not fit.

    Examples
    --------
    >>> reading = as_trained(np.full((1, 1, 5, 5), 0.2), mask=np.ones((1, 5), dtype=bool))
    >>> reading.density.item(), round(reading.entropy.item(), 6), round(reading.F.item(), 3)
    (0.5, 1.0, -0.66)
    """
    if len(weights.shape) != 4 or tuple(mask.shape) != tuple(weights.shape[::3]):
        raise GedigError(
            f"weights has shape {tuple(weights.shape)} and mask {tuple(mask.shape)}; give maps "
            "[batch, heads, L, L] of one layer and their mask [batch, L]."
        )
    xp = array_api_compat.array_namespace(weights)
    seen = mask[:, None, :, None] & mask[:, None, None, :]
    cells = xp.where(seen, xp.astype(weights, xp.float64), 0.0)
    flat = xp.reshape(cells, (*cells.shape[:2], -1))
    level = xp.sort(flat, axis=-1)[..., max(1, int(QUANTILE * flat.shape[-1])) - 1]
    links = 1 / (1 + xp.exp((level[..., None, None] - cells) / SOFTNESS))
    density = xp.mean(links, axis=(-1, -2))
    p = flat / xp.sum(flat, axis=-1, keepdims=True)
    surprise = -xp.sum(p * xp.log(xp.where(p > _TINY, p, 1.0)), axis=-1)
    size = xp.sum(xp.astype(mask, xp.float64), axis=-1)[:, None]
    entropy = surprise / xp.where(size > 1, 2 * xp.log(size), 1.0)
    gain = _reach(xp, links)
    return AsTrained(density - LAM * (entropy + GAMMA * gain), density, entropy, gain)


def _reach(xp: Any, links: Any) -> Any:
    """Return ¼ Σ_k 1/k times the share of cells above one half in the kth power, k from 1 to 4."""
    steps = links + xp.eye(links.shape[-1], dtype=links.dtype, device=links.device)
    power, reached = steps, 0.0
    for k in range(1, STEPS + 1):
        if k > 1:
            power = xp.clip(power @ steps, 0, 1)
        reached = reached + xp.mean(xp.astype(power > 0.5, xp.float64), axis=(-1, -2)) / k
    return reached / STEPS


def level_as_trained(maps: Sequence[AttentionMaps]) -> Float[np.ndarray, "texts layers heads"]:
    """Return F of every head by `as_trained`, the texts in one batch padded to the longest.

    Padding is part of that formula: its threshold is taken over the padded map.

    Parameters
    ----------
    maps : sequence of AttentionMaps
        Of one model.

    Returns
    -------
    float64 array [texts, layers, heads]

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> maps = list(load("gpt2-mini").attend_many(["So it was.", "The cat sat on the mat."]))
    >>> level_as_trained(maps).shape
    (2, 6, 6)
    """
    lengths = np.array([len(one) for one in maps])
    mask = np.arange(lengths.max()) < lengths[:, None]
    layers, heads = maps[0].weights.shape[:2]
    padded = np.zeros((len(maps), layers * heads, *mask.shape[1:], *mask.shape[1:]))
    for row, one in zip(padded, maps, strict=True):
        row[:, : len(one), : len(one)] = one.weights.reshape(-1, len(one), len(one))
    return as_trained(padded, mask=mask).F.reshape(len(maps), layers, heads)
