"""The queries and keys of a model's layers, before and after rotary positions."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import BoundArguments
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from gedig_edu.models.attention import Passage
from gedig_edu.models.backend import Asked
from gedig_edu.models.forward import POSITIONS, ROTATION, calls_of, rotates
from gedig_edu.models.loans import ready
from gedig_edu.models.records import QueriesKeys
from gedig_edu.models.tokens import Encoded
from gedig_edu.shapes import Float
from gedig_edu.words import refusal

if TYPE_CHECKING:
    from gedig_edu.models.runner import Runner


def read_queries_keys(
    runner: Runner, encoded: Encoded, *, layers: Sequence[int]
) -> list[QueriesKeys]:
    """Return the queries and keys that each of `layers` forms for one text, in one pass.

    What a layer scores is kept as it enters the scores. Where an attention module is told how to
    rotate, it is run again on what entered it with every token at position 0, where nothing is
    rotated; so norms, parts that are not rotated and shared keys are as the model has them.
    """
    kept = {"keep": frozenset(layers)}
    length = len(encoded)
    with ready(runner.network):
        with (
            calls_of(*dict.fromkeys(runner.anatomy.modules)) as calls,
            runner.asked([encoded.ids], Asked(), **kept) as passage,
        ):
            runner.read([encoded.ids])
        return [_record(passage.kept[layer], calls[layer], length=length) for layer in layers]


def _record(
    scored: tuple[Tensor, Tensor, float], call: BoundArguments, *, length: int
) -> QueriesKeys:
    q, k = (_to_numpy(tensor[0]) for tensor in scored[:2])
    if not rotates(call):
        return QueriesKeys(q, k, None, None, scale=scored[2])
    q_before, k_before = _at_position_0(call, length=length)
    return QueriesKeys(_to_numpy(q_before[0]), _to_numpy(k_before[0]), q, k, scale=scored[2])


@torch.inference_mode()
def _at_position_0(call: BoundArguments, *, length: int) -> tuple[Tensor, Tensor]:
    """Return the queries and keys of a call of an attention module without its rotation."""
    at_0 = BoundArguments(call.signature, call.arguments.copy())
    if at_0.arguments.get(ROTATION) is not None:
        at_0.arguments[ROTATION] = _all_as_first(at_0.arguments[ROTATION])
    elif at_0.arguments.get(POSITIONS) is not None:
        at_0.arguments[POSITIONS] = torch.zeros_like(at_0.arguments[POSITIONS])
    else:
        raise refusal("model.rotates_unseen", kind=type(call.args[0]).__name__)
    module, *inputs = at_0.args
    with Passage(lengths=(length,), keep=frozenset([0])) as passage:
        module(*inputs, **at_0.kwargs)
    q, k, _ = passage.kept[0]
    return q, k


def _all_as_first(rotation: Any) -> Any:
    """Return rotations [..., L, d] with that of the first token in every place."""
    if isinstance(rotation, Tensor):
        return rotation[..., :1, :].expand_as(rotation)
    return tuple(_all_as_first(part) for part in rotation)


def _to_numpy(tensor: Tensor) -> Float[np.ndarray, "heads L d"]:
    return tensor.float().cpu().numpy()
