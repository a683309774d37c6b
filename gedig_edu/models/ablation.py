"""Heads taken out of a pass: which ones, and what stands in place of what they would write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import index
from typing import TYPE_CHECKING

from gedig_edu.errors import GedigError
from gedig_edu.models.backend import Kind
from gedig_edu.shapes import Float

if TYPE_CHECKING:
    from torch import Tensor

Ablation = Mapping[tuple[int, int], Kind]
KINDS = ("zero", "mean")


def as_ablation(
    ablate: Ablation | None, *, layers: int, heads: int, name: str
) -> dict[int, dict[int, Kind]]:
    """Return which heads to take out of each layer, and how.

    Raises
    ------
    GedigError
        If it is no mapping from (layer, head) to "zero" or "mean", or `name` has no such head.

    Examples
    --------
    >>> as_ablation({(2, 5): "zero", (2, 0): "mean"}, layers=3, heads=7, name="small")
    {2: {5: 'zero', 0: 'mean'}}
    """
    if ablate is None:
        return {}
    if not isinstance(ablate, Mapping):
        raise GedigError(
            f"ablate={ablate!r} is no mapping; give heads and what becomes of them, such as "
            "{(2, 5): 'zero', (3, 0): 'mean'}."
        )
    wanted: dict[int, dict[int, Kind]] = {}
    for place, kind in ablate.items():
        layer, head = _place(place)
        if layer not in range(layers) or head not in range(heads):
            raise GedigError(
                f"ablate names layer {layer}, head {head}, which {name!r} does not have; "
                f"choose a layer of 0 to {layers - 1} and a head of 0 to {heads - 1}."
            )
        if kind not in KINDS:
            raise GedigError(
                f"ablate gives {kind!r} for layer {layer}, head {head}; "
                "give 'zero', or 'mean' for the head's mean over the text."
            )
        wanted.setdefault(layer, {})[head] = kind
    return wanted


def take_out(
    output: Float[Tensor, "batch L heads d"],
    heads: Mapping[int, Kind],
    *,
    lengths: Sequence[int],
) -> Float[Tensor, "batch L heads d"]:
    """Return what a layer's heads put out, some of it replaced by zero or by its mean.

    Parameters
    ----------
    output : tensor [batch, L, heads, d]
        What each head puts out, before W_O mixes the heads.
    heads : mapping of int to {"zero", "mean"}
    lengths : sequence of int
        Tokens of each text of the batch; what stands behind them is padding and enters no mean.
    """
    output = output.clone()
    for head, kind in heads.items():
        for text, length in zip(output, lengths, strict=True):
            own = text[:length, head]  # [L, d]
            text[:length, head] = 0 if kind == "zero" else own.float().mean(dim=0).to(own)
    return output


def _place(place: object) -> tuple[int, int]:
    try:
        layer, head = place  # pyright: ignore[reportGeneralTypeIssues]
        if isinstance(layer, bool) or isinstance(head, bool):
            raise TypeError("True and False count no heads")
        return index(layer), index(head)
    except (TypeError, ValueError) as error:
        raise GedigError(
            f"ablate names {place!r}, which is no head; give a pair (layer, head) of whole "
            "numbers, such as (2, 5)."
        ) from error
