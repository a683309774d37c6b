"""What a network is, as one short pass through it shows: layers, heads, what sees what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from gedig_edu.errors import GedigError
from gedig_edu.models.attention import NAME, Passage
from gedig_edu.models.forward import (
    LONGROPE,
    POSITIONS,
    ROTATION,
    calls_of,
    pass_through,
    reader_of,
    rotates,
    signature_of,
    turns_of,
)
from gedig_edu.words import refusal

TOKENS = 7  # of the text that a network is tried on, or as many as it reads
ROUNDING = 0.02  # of a row's sum in half precision
UNLIMITED = 1_000_000  # tokens: the context of a network that knows no last position


@dataclass(frozen=True, eq=False, kw_only=True)
class Anatomy:
    """What a short pass through a network showed.

    Attributes
    ----------
    reader : Module
        The part that reads a text: all below the head, or the encoder beside a decoder.
    layers, heads : int
        Layers with attention, and heads in each.
    causal : bool
        Whether no token gave any weight to a later one.
    sinks : bool
        Whether a row may give weight to no key.
    rotary : bool
        Whether positions enter by rotating queries and keys.
    modules : tuple of Module
        The attention module of each layer; empty where transformers' attention interface does not
        reach them, and maps are those that the network's own eager attention hands out.
    turns : tuple of (kind, length)
        Rotations that depend on the longest text that goes through, and the length beyond which.
    """

    reader: nn.Module
    layers: int
    heads: int
    causal: bool
    sinks: bool
    rotary: bool
    modules: tuple[nn.Module, ...]
    turns: tuple[tuple[str, int], ...] = ()

    def regime(self, length: int) -> tuple[int, ...]:
        """Return what rotations depend on: texts for which it differs are rotated differently."""
        return tuple(
            int(length > limit) if kind == LONGROPE else max(length, limit)
            for kind, limit in self.turns
        )


def anatomy_of(network: PreTrainedModel, *, name: str) -> Anatomy:
    """Send a few tokens through a network, and return what that shows.

    The network's attention function becomes ours, or eager attention where ours is not called.

    Raises
    ------
    GedigError
        If the network reads no text, has no attention maps, or maps that are not
        [heads, L, L] with as many heads in every layer.
    """
    ids = few_ids(network)
    if len(ids) < 2:
        raise refusal("model.one_token", name=name, kind=network.config.model_type)
    weights: list[Tensor] = []
    passage = Passage(lengths=(len(ids),), receive=lambda _, given: weights.append(given))
    _set_attention(network, NAME)
    reader = _reader(network, name=name)
    turning = [
        module
        for module in reader.modules()
        if {ROTATION, POSITIONS} & signature_of(type(module)).parameters.keys()
    ]
    with calls_of(*turning) as calls, passage:
        _try(network, reader, ids, name=name)
    if not weights:
        _set_attention(network, "eager")
        weights = given_by(_try(network, reader, ids, name=name, output_attentions=True))
    kind = network.config.model_type
    heads = _heads(weights, tokens=len(ids), name=name, kind=kind)
    sums = _row_sums(weights, name=name, kind=kind)
    met = set(passage.modules)
    return Anatomy(
        reader=reader,
        layers=len(weights),
        heads=heads,
        causal=not any(given.triu(diagonal=1).any() for given in weights),
        sinks=passage.sinks or bool((sums < 1 - ROUNDING).any()),
        rotary=any(call.args[0] in met and rotates(call) for call in calls),
        modules=tuple(passage.modules),
        turns=_limits_of(reader),
    )


def _limits_of(reader: nn.Module) -> tuple[tuple[str, int], ...]:
    """Return the kind and limit of each rotation whose angles depend on the longest text.

    "longrope" has other factors beyond its limit (Ding et al. 2024), "dynamic" others for each
    length beyond it.
    """
    found: set[tuple[str, int]] = set()
    for module in reader.modules():
        for layers, kind in turns_of(module):
            if kind == LONGROPE:
                given: Any = module.config
                said = given.rope_parameters if layers is None else given.rope_parameters[layers]
                found.add((kind, said["original_max_position_embeddings"]))
            else:
                found.add((kind, int(getattr(module, "original_max_seq_len", 0))))
    return tuple(sorted(found))


def context_of(network: PreTrainedModel) -> int:
    """Return the most tokens that a network reads, as far as its configuration says."""
    config = network.config.get_text_config()
    names = ("max_position_embeddings", "n_positions", "max_seq_len", "max_sequence_length")
    said = [getattr(config, name, None) for name in names]
    context = next((count for count in said if isinstance(count, int) and count > 0), UNLIMITED)
    tables = [
        table
        for path, table in reader_of(network).named_modules()
        if "position" in path and isinstance(table, nn.Embedding)
    ]  # where padding has a position, as in RoBERTa, those of tokens begin behind it
    places = [t.num_embeddings - t.padding_idx - 1 for t in tables if t.padding_idx is not None]
    return min(context, *places, UNLIMITED)


def _reader(network: PreTrainedModel, *, name: str) -> nn.Module:
    reader = reader_of(network)
    if "input_ids" not in signature_of(type(reader)).parameters:
        raise refusal("model.no_text", name=name, kind=network.config.model_type)
    return reader


def few_ids(network: PreTrainedModel) -> list[int]:
    """Return a few ids, none of which has a meaning of its own where there are others."""
    config = network.config
    given = [getattr(config, f"{role}_token_id", None) for role in ("pad", "bos", "eos")]
    special = {token for ids in given for token in (ids if isinstance(ids, list) else [ids])}
    vocabulary = getattr(config.get_text_config(), "vocab_size", None) or 3 + 2 * TOKENS
    plain = [token for token in range(min(vocabulary, 3 + 2 * TOKENS)) if token not in special]
    count = min(TOKENS, context_of(network))
    return [(plain or [0])[-1 - place % max(len(plain), 1)] for place in range(count)]


def _try(
    network: PreTrainedModel, reader: nn.Module, ids: list[int], *, name: str, **options: Any
) -> Any:
    """Return what a network puts out for a few tokens."""
    try:
        return pass_through(reader, [ids], **options)
    except GedigError:
        raise
    except Exception as error:  # whatever an unknown network raises where it lacks an input
        reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        kind = network.config.model_type
        raise refusal("model.not_tried", name=name, kind=kind, reason=reason) from error


def _heads(weights: list[Tensor], *, tokens: int, name: str, kind: str) -> int:
    """Return the heads of every layer, if there are maps and all layers have as many."""
    if not weights:
        raise refusal("model.no_maps", name=name, kind=kind)
    shapes = [list(given.shape) for given in weights]
    other = [shape for shape in shapes if len(shape) != 4 or shape[-2:] != [tokens, tokens]]
    if other:
        raise refusal("model.other_maps", name=name, kind=kind, shape=other[0], tokens=tokens)
    counts = sorted({heads for _, heads, _, _ in shapes})
    if len(counts) > 1:
        counts = " and ".join(map(str, counts))
        raise refusal("model.uneven_heads", name=name, kind=kind, counts=counts)
    return counts[0]


def _row_sums(weights: list[Tensor], *, name: str, kind: str) -> Tensor:
    """Return what each row gives to the keys, if all of it are weights: some hand out scores."""
    rows = torch.stack([given.float().cpu() for given in weights])
    sums = rows.sum(dim=-1)
    if rows.min() < 0 or sums.max() > 1 + ROUNDING or not sums.isfinite().all():
        raise refusal("model.other_rows", name=name, kind=kind, sum=f"{sums.max():.3g}")
    return sums


def given_by(outputs: Any) -> list[Tensor]:
    """Return the attention maps that a network itself hands out, of the layers that have some."""
    return [given for given in getattr(outputs, "attentions", None) or () if given is not None]


def _set_attention(network: PreTrainedModel, kind: str) -> None:
    """Set the attention of a network and of all networks in it, those that ask no leave as well."""
    for part in network.modules():
        if isinstance(part, PreTrainedModel):
            part.config._attn_implementation = kind
