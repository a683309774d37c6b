"""What is wrong with a map in which an engine found a fault, in one sentence that can be followed.

Padding is the usual reason: a softmax over nothing leaves rows of NaN, of zeros or of equal weight,
the later tokens included. Such rows are named as what they are, since a reading with causal=False
would take them for attention.
"""

from __future__ import annotations

import math
from typing import NamedTuple, NoReturn

import numpy as np

from gedig_edu.errors import GedigError
from gedig_edu.theory.engines.batch import MapBatch
from gedig_edu.theory.engines.given import EPSILON

_SCATTER = 0.005  # further from 1 than half precision leaves a row's sum
_LOOKED_AT = 256  # maps in which traces of training are sought
_BOTH_WAYS = 0.9  # of its rows see a later token where a model looks both ways


class Advice(NamedTuple):
    """What can be done where the maps were handed in.

    Attributes
    ----------
    padding : str
        About rows of padding.
    sums : str
        About rows that do not sum to 1.
    """

    padding: str
    sums: str


READING = Advice(
    padding="give mask=, True for each real token",
    sums="divide each row by its sum, or pass normalized=False",
)


def refuse(
    batch: MapBatch,
    suspects: np.ndarray,
    *,
    causal: bool,
    tolerance: float,
    advice: Advice = READING,
) -> NoReturn:
    """Say what is wrong with the first of the maps in which an engine found a fault.

    Parameters
    ----------
    batch : MapBatch
        All maps.
    suspects : int array [n]
        Flat index of each map with a fault, at least one.
    causal : bool
        Whether the maps were said to be causal.
    tolerance : float
        As in `Rule`.
    advice : Advice
        What the caller can do.

    Raises
    ------
    GedigError
        Always.
    """
    index = int(suspects[0])
    name, tokens = batch.name(index), batch.tokens(index)
    rows = batch.original(index)[tokens]
    cells = rows[:, tokens]
    _refuse_values(name, cells, tokens, advice)
    _refuse_invalid_keys(name, rows, tokens)
    if causal:
        _refuse_future(name, cells, tokens, advice, alone=len(suspects) < len(batch))
    _refuse_too_large(name, cells, tokens)
    for suspect in suspects[:_LOOKED_AT]:  # dropout may have spared the first
        _refuse_training(batch, int(suspect), advice)
    _refuse_sums(name, cells, tokens, advice, batch.dtype, tolerance)


def _refuse_values(name: str, cells: np.ndarray, tokens: np.ndarray, advice: Advice) -> None:
    seen = np.tri(len(cells), dtype=bool) & ~np.isnan(cells)  # whatever stands above the diagonal
    empty = ~seen.any(axis=1)
    if empty.all():
        raise GedigError(
            f"Every row of {name} is NaN; {advice.padding} if padding stood there, or run the "
            "model in float32, where its scores do not overflow."
        )
    if empty.any():
        raise GedigError(
            f"Row {tokens[empty.argmax()]} of {name} is NaN throughout, as a softmax leaves it "
            f"where padding stood; {advice.padding}."
        )
    wrong = np.argwhere(~(cells >= 0) | np.isinf(cells))
    if len(wrong):
        i, j = wrong[0]
        raise GedigError(
            f"Row {tokens[i]} of {name} has {cells[i, j]:.6g} at column {tokens[j]}, but weights "
            "are finite and never negative; give what softmax returned, not the scores before it."
        )


def _refuse_invalid_keys(name: str, rows: np.ndarray, tokens: np.ndarray) -> None:
    others = rows.copy()
    others[:, tokens] = 0.0
    wrong = np.argwhere(others > 0)
    if len(wrong):
        i, j = wrong[0]
        raise GedigError(
            f"Row {tokens[i]} of {name} puts {others[i, j]:.6g} on token {j}, which the mask calls "
            "invalid; mask the scores before the softmax, or correct the mask."
        )


def _refuse_future(
    name: str, cells: np.ndarray, tokens: np.ndarray, advice: Advice, *, alone: bool
) -> None:
    """Refuse weight on later tokens; `alone` where other maps of the batch have none."""
    wrong = np.argwhere(np.triu(cells, 1) != 0)
    if not len(wrong):
        return
    i, j = wrong[0]
    said = f"Row {tokens[i]} of {name} puts {cells[i, j]:.6g} on the later token {tokens[j]}, but "
    even = np.ptp(cells, axis=1) <= 2 * EPSILON["float16"] * cells.mean(axis=1)
    if even[i] and not even[-1]:
        raise GedigError(
            f"{said}it has the same weight on all {len(cells)} tokens, as a softmax leaves it "
            f"where padding stood; {advice.padding}."
        )
    seeing = len(np.unique(wrong[:, 0])) / (len(cells) - 1)
    if alone or seeing < _BOTH_WAYS:
        raise GedigError(
            f"{said}other rows put none on later ones; if padding stood there, {advice.padding}, "
            "or mask the scores before the softmax."
        )
    raise GedigError(
        f"{said}a causal map is zero above its diagonal; pass causal=False for a model that looks "
        "both ways."
    )


def _refuse_too_large(name: str, cells: np.ndarray, tokens: np.ndarray) -> None:
    with np.errstate(over="ignore"):
        large = np.isinf(cells.sum(axis=1))
    if large.any():
        raise GedigError(
            f"Row {tokens[large.argmax()]} of {name} is too large to be added up in float64; "
            "divide the weights by their largest."
        )


def _refuse_training(batch: MapBatch, index: int, advice: Advice) -> None:
    """Refuse sums on both sides of 1, and one above it beside weights of 0, as dropout leaves."""
    name, tokens = batch.name(index), batch.tokens(index)
    cells = batch.original(index)[tokens][:, tokens]
    with np.errstate(over="ignore", invalid="ignore"):
        sums = cells.sum(axis=1)
    high, low = int(sums.argmax()), int(sums.argmin())
    instead = (
        "as in a model that is training; call the model's eval() before it reads the text, or, "
        f"if it was in evaluation, {advice.sums}."
    )
    if sums[high] > 1 + _SCATTER and sums[low] < 1 - _SCATTER:
        raise GedigError(
            f"Row {tokens[high]} of {name} sums to {sums[high]:.6g} and row {tokens[low]} to "
            f"{sums[low]:.6g}, {instead}"
        )
    off = np.abs(sums - 1.0)
    for row in (int(off.argmax()), *np.flatnonzero(sums > 1 + _SCATTER)):
        if off[row] > _SCATTER and sums[row] and _has_holes(cells[row]):
            raise GedigError(
                f"Row {tokens[row]} of {name} sums to {sums[row]:.9g}, and some of its weights are "
                f"0, {instead}"
            )


def _has_holes(row: np.ndarray) -> bool:
    """Whether a weight before the last that is not 0 is 0."""
    return bool((row[: np.flatnonzero(row)[-1]] == 0).any())


def _refuse_sums(
    name: str,
    cells: np.ndarray,
    tokens: np.ndarray,
    advice: Advice,
    dtype: str,
    tolerance: float,
) -> NoReturn:
    sums = cells.sum(axis=1)
    worst = int(np.argmax(np.abs(sums - 1.0)))
    if not sums[worst]:
        raise GedigError(
            f"Row {tokens[worst]} of {name} sums to 0, as rows of padding do; {advice.padding}."
        )
    said = f"Row {tokens[worst]} of {name} sums to {sums[worst]:.9g}, "
    before = rounded_to(cells, dtype)
    if before:
        raise GedigError(
            f"{said}since its weights were rounded to {before} before they became {dtype}; give "
            f"them as {before}, or {advice.sums}."
        )
    raise GedigError(
        f"{said}but a row of attention sums to 1 within "
        f"{tolerance * math.sqrt(len(tokens)):.2g} in {dtype}; {advice.sums}."
    )


def rounded_to(cells: np.ndarray, dtype: str, *, sink: np.ndarray | float = 0.0) -> str | None:
    """Return the coarser precision that holds every weight of a map, if its rows fit that one.

    Parameters
    ----------
    cells : float array [n, n]
        Weights that are finite and not negative.
    dtype : str
        The precision they are stored in.
    sink : float array [n], optional
        What each row leaves to no token.

    Examples
    --------
    >>> halves = np.full((3, 3), 1 / 3, np.float16).astype(np.float32)
    >>> rounded_to(halves, "float32")
    'float16'
    """
    off = np.abs(cells.sum(axis=1, dtype=np.float64) + sink - 1.0).max()
    for name, spacing in EPSILON.items():
        if spacing <= EPSILON[dtype] or off > 8 * spacing * math.sqrt(len(cells)):
            continue
        if np.array_equal(_round(cells, name), cells):
            return name
    return None


def _round(cells: np.ndarray, name: str) -> np.ndarray:
    if name == "bfloat16":
        return (cells.astype(np.float32).view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)
    with np.errstate(over="ignore"):
        return cells.astype(name)
