"""The door of `AttentionMaps`: what people hand in becomes plain arrays, checked once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, NoReturn

import numpy as np

from gedig_edu.errors import GedigError, check_whole
from gedig_edu.shapes import Bool, Float, Int
from gedig_edu.theory._arrays import as_array, shown, to_numpy
from gedig_edu.theory.engines.batch import MapBatch
from gedig_edu.theory.engines.given import (
    ATTENTIONS,
    EPSILON,
    HALF,
    Given,
    accept,
    attentions_of,
    host,
    refuse_outputs,
    stack,
)
from gedig_edu.theory.engines.refusals import Advice, refuse, rounded_to

_TOLERANCE = 8.0 * EPSILON["float32"]
_ADVICE = Advice(
    padding="take padding out with AttentionMaps.from_transformers(outputs, tokens, causal=…, "
    "mask=…)",
    sums="divide each row by its sum",
)


class Checked(NamedTuple):
    """Weights of one text, and their sink, as `AttentionMaps` holds them."""

    weights: Float[np.ndarray, "layers heads L L"]
    sink: Float[np.ndarray, "layers heads L"] | None
    rounded: bool


def check_weights(weights: Any, sink: Any, *, causal: bool) -> Checked:
    """Return the weights of one text in float32, rows that half precision rounded renormalised.

    Parameters
    ----------
    weights : array or tensor [layers, heads, L, L], or a tuple of one a layer
        Of any precision; an axis of one text may stand before the heads.
    sink : array or tensor [layers, heads, L] or None
        What each row leaves to no token.
    causal : bool
        Whether no row may look at later tokens.

    Raises
    ------
    GedigError
        If there are no maps, or of several texts; if a weight is negative or not finite, a row
        does not sum to 1 (with its sink), or a causal one looks ahead.
    """
    given = accept(weights)
    shape = given.shape
    if len(shape) == 5 and shape[1] != 1:
        raise GedigError(
            f"weights have shape {shape}, maps of {shape[1]} texts; give one, or let "
            "AttentionMaps.from_transformers(outputs, tokens, causal=…, index=…) choose it."
        )
    if len(shape) not in (4, 5):
        raise GedigError(
            f"weights have shape {shape}; give [layers, heads, L, L], or a tuple with one "
            "[heads, L, L] a layer."
        )
    if 0 in shape:
        raise GedigError(
            f"weights have shape {shape}; give at least one layer, one head and one token."
        )
    single = stack(given).astype(np.float32, copy=False)
    single = single[:, 0] if single.ndim == 5 else single
    given_sink = None if sink is None else check_sink(sink, single.shape[:-1])
    impossible = np.flatnonzero(_impossible(single, causal=causal))
    if len(impossible):
        _refuse(given, impossible, causal=causal)
    sums = _row_sums(single) + (0.0 if given_sink is None else given_sink)
    away = np.abs(sums - 1.0) / math.sqrt(shape[-1])
    off = away > _TOLERANCE
    rounded = given.dtype in HALF or (off.any() and _all_rounded(single, off, given_sink))
    if rounded:
        off = away > 8.0 * EPSILON[given.dtype if given.dtype in HALF else "bfloat16"]
    if off.any() and given_sink is not None:
        _refuse_sink(sums)
    if off.any():
        _refuse(given, np.flatnonzero(off.any(axis=-1)), causal=causal)
    if not rounded:
        return Checked(single, given_sink, False)
    total = sums.astype(np.float32)
    kept = None if given_sink is None else given_sink / total
    return Checked(single / total[..., None], kept, True)


def _row_sums(weights: np.ndarray) -> np.ndarray:
    """Return Σ_j w_ij; in float32 where that says clearly that all are 1, else in float64."""
    sums = weights @ np.ones(weights.shape[-1], np.float32)
    if (np.abs(sums - 1.0) < _TOLERANCE / 2 * math.sqrt(weights.shape[-1])).all():
        return sums.astype(np.float64)
    return weights.sum(axis=-1, dtype=np.float64)


def _impossible(weights: np.ndarray, *, causal: bool) -> np.ndarray:
    """Return which maps [layers, heads] hold what no softmax returns, or look ahead."""
    lowest, highest = weights.min(), weights.max(axis=(0, 1))  # NaN comes through both
    ahead = causal and np.triu(highest, 1).any()
    if lowest >= 0 and np.isfinite(highest).all() and not ahead:
        return np.zeros(weights.shape[:2], bool)
    wrong = ~((weights >= 0) & np.isfinite(weights))
    if causal:
        wrong |= np.triu(weights, 1) != 0
    return np.asarray(wrong.any(axis=(2, 3)))


def _all_rounded(weights: np.ndarray, off: np.ndarray, sink: np.ndarray | None) -> bool:
    """Return whether every map with a row that is off was in half precision once."""
    return all(
        rounded_to(weights[place], "float32", sink=0.0 if sink is None else sink[place])
        for place in map(tuple, np.argwhere(off.any(axis=-1)))
    )


def _refuse(given: Given, suspects: np.ndarray, *, causal: bool) -> NoReturn:
    """Say what is wrong with the first of the maps that have a fault."""
    tolerance = 8.0 * EPSILON[given.dtype]
    refuse(MapBatch(given, None), suspects, causal=causal, tolerance=tolerance, advice=_ADVICE)


def _refuse_sink(sums: np.ndarray) -> NoReturn:
    layer, head, row = np.unravel_index(np.abs(sums - 1.0).argmax(), sums.shape)
    raise GedigError(
        f"Row {row} of weights[{layer}, {head}] and its sink sum to {sums[layer, head, row]:.6g}; "
        "give as sink what each row leaves of 1."
    )


def check_sink(sink: Any, shape: tuple[int, ...]) -> Float[np.ndarray, "layers heads L"]:
    """Return a sink in float32, finite and not negative."""
    values = to_numpy("sink", sink).astype(np.float32)
    if values.shape != shape:
        raise GedigError(
            f"sink has shape {values.shape}, but weights have rows {shape}; give one number a row."
        )
    if not (np.isfinite(values) & (values >= 0)).all():
        raise GedigError("sink holds a number that is negative or not finite; give shares of 1.")
    return values


def check_tokens(tokens: Any) -> tuple[str, ...]:
    """Return tokens as readable pieces.

    Examples
    --------
    >>> check_tokens(["a", " b"])
    ('a', ' b')
    >>> check_tokens("a b")
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: tokens='a b' is one text; give its pieces, one a token.
    """
    if isinstance(tokens, str):
        raise GedigError(f"tokens={shown(tokens)} is one text; give its pieces, one a token.")
    if not isinstance(tokens, Iterable):
        raise GedigError(
            f"tokens is of type {type(tokens).__name__}; give a list of strings, one a token."
        )
    pieces = tuple(tokens)
    for place, piece in enumerate(pieces):
        if not isinstance(piece, str):
            raise GedigError(
                f"tokens[{place}] is of type {type(piece).__name__}, not text; give strings, as "
                "tokenizer.convert_ids_to_tokens(ids) returns."
            )
    return tuple(map(str, pieces))


def check_special(special: Any, length: int) -> Bool[np.ndarray, " L"]:
    """Return flags of special tokens, from booleans or from 0 and 1."""
    if special is None:
        return np.zeros(length, dtype=bool)
    flags = _per_token("special", special)
    if flags.dtype != np.bool_ and not np.isin(flags, (0, 1)).all():
        raise GedigError(
            "special holds more than 0 and 1; give True where the model added a token."
        )
    return flags.astype(bool)


def check_offsets(offsets: Any, tokens: tuple[str, ...]) -> Int[np.ndarray, "L 2"]:
    """Return character spans, by default those in the text the tokens make side by side."""
    if offsets is None:
        lengths = np.array([len(token) for token in tokens], dtype=np.int64)
        ends = np.cumsum(lengths)
        return np.stack([ends - lengths, ends], axis=1)
    spans = _per_token("offsets", offsets)
    if spans.dtype.kind not in "iu" and spans.size:
        raise GedigError(f"offsets have dtype {spans.dtype}; give whole numbers, [L, 2].")
    spans = spans.astype(np.int64, copy=False)
    if spans.ndim == 2 and spans.shape[1] == 2:
        wrong = np.flatnonzero((spans[:, 0] < 0) | (spans[:, 1] < spans[:, 0]))
        if wrong.size:
            raise GedigError(
                f"offsets[{wrong[0]}] is {spans[wrong[0]].tolist()}; give where the token begins "
                "and ends in the text, from 0 up."
            )
    return spans


def _per_token(name: str, values: Any) -> np.ndarray:
    """Return what a tokenizer gives for each token, without a batch axis of one text."""
    array = as_array(name, host(values))
    batched = array.ndim == (3 if name == "offsets" else 2) and len(array) == 1
    return array[0] if batched else array


def attentions(outputs: Any, *, causal: bool) -> Any:
    """Return a model's attentions from all it returned: a decoder's if causal, else an encoder's.

    Raises
    ------
    GedigError
        If a model returned none.
    """
    if isinstance(outputs, Mapping) or any(hasattr(outputs, name) for name in ATTENTIONS):
        first, encoder, decoder = ATTENTIONS
        for name in (first, *((decoder, encoder) if causal else (encoder, decoder))):
            found = attentions_of(outputs, name)
            if found is not None:
                return found
        refuse_outputs(outputs)
    return outputs


def text_of_batch(
    weights: Any, tokens: Any, *, index: int, mask: Any
) -> tuple[np.ndarray, Any, bool]:
    """Return one text of a batch [layers, heads, L, L] without its padding, and its tokens.

    Returns
    -------
    float32 array [layers, heads, n, n], tokens, and whether the weights came in half precision.

    Raises
    ------
    GedigError
        If there is no such text, the mask does not fit, or a real token looks at padding.
    """
    given = accept(weights)
    shape = given.shape
    if len(shape) not in (4, 5):
        raise GedigError(
            f"outputs hold weights of shape {shape}; give the attentions of all layers, each "
            "[B, heads, L, L]."
        )
    texts = shape[1] if len(shape) == 5 else 1
    index = check_whole("index", index, at_least=0, at_most=texts - 1)
    if len(shape) == 5 and given.layered:
        given = given._replace(parts=tuple(part[index] for part in given.parts))
    elif len(shape) == 5:
        given = given._replace(parts=(given.parts[0][:, index],))
    single = stack(given).astype(np.float32, copy=False)
    several = isinstance(tokens, tuple | list) and all(
        isinstance(one, tuple | list) for one in tokens
    )
    tokens = tokens[index] if several and len(tokens) > index else tokens
    if mask is None:
        return single, tokens, given.dtype in HALF
    valid = _valid(mask, texts, shape[-1], index)
    if (single[..., valid, :][..., ~valid] > 0).any():
        leaked = (single[..., valid, :][..., ~valid] > 0).any(axis=(2, 3))
        batch = MapBatch(
            Given((single,), False, "float32", False), np.tile(valid, (leaked.size, 1))
        )
        refuse(batch, np.flatnonzero(leaked), causal=False, tolerance=0.0, advice=_ADVICE)
    if isinstance(tokens, tuple | list) and len(tokens) == len(valid):
        tokens = [token for token, real in zip(tokens, valid, strict=True) if real]
    return single[..., valid, :][..., valid], tokens, given.dtype in HALF


def looks_padded(weights: Float[np.ndarray, "layers heads L L"]) -> bool:
    """Return whether no row of any map looks at the first, or at the last token."""
    seen = weights.max(axis=(0, 1, 2)) > 0
    return not (seen[0] and seen[-1])


def _valid(mask: Any, texts: int, length: int, index: int) -> np.ndarray:
    """Return which tokens of a text are real, from a mask of booleans or of 0 and 1."""
    flags = as_array("mask", host(mask))
    if flags.dtype != np.bool_ and not np.isin(flags, (0, 1)).all():
        raise GedigError("mask holds more than 0 and 1; give True for each real token.")
    if flags.shape not in ((length,), (1, length), (texts, length)):
        raise GedigError(
            f"mask has shape {flags.shape}, but the batch has {texts} texts of {length} tokens; "
            f"give ({texts}, {length}), as the tokenizer's attention_mask."
        )
    valid = flags.reshape(-1, length)[index if flags.size > length else 0].astype(bool)
    if not valid.any():
        raise GedigError(f"mask has no real token in text {index}; choose another index.")
    return valid
