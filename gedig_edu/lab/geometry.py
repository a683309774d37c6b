"""Queries and keys as geometry: lengths and rankings in a real model, rounding in rotations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gedig_edu.errors import MODEL, GedigError, check_choice, check_has, check_number, check_whole
from gedig_edu.models import load, status
from gedig_edu.shapes import Brief, Float, Num
from gedig_edu.theory._arrays import check_causal, numbers, to_numpy
from gedig_edu.theory.rope import frequencies, pair_strengths

if TYPE_CHECKING:
    import torch

    from gedig_edu.models import AttentionModel

DTYPES = ("float64", "float32", "float16", "bfloat16")
PAIRS_OF_VECTORS = 64


class Vectors(NamedTuple):
    """Queries and keys of a whole model, as its scores see them.

    Attributes
    ----------
    q, k : float32 array [layers, heads, L, d]
        After the rotation, where the model has rotary positions.
    """

    q: Float[np.ndarray, "layers heads L d"]
    k: Float[np.ndarray, "layers heads L d"]


class Agreement(NamedTuple):
    """How far two rankings of the same keys agree, one number per map.

    Attributes
    ----------
    first : array [...]
        Share of rows in which both put the same key first.
    spearman : array [...]
        Spearman's rank correlation, averaged over rows.
    """

    first: Float[np.ndarray, "*shape"]
    spearman: Float[np.ndarray, "*shape"]


@dataclass(frozen=True, repr=False)
class RoundingError(Brief):
    """By how much rounding breaks the law that scores depend on m − n only.

    Attributes
    ----------
    positions : array [positions]
        How far both vectors were moved along the text.
    error : array [positions]
        |s(p + offset, p) − s(offset, 0)| / (‖q‖‖k‖), root mean square over pairs of vectors.
    """

    positions: Float[np.ndarray, " positions"]
    error: Float[np.ndarray, " positions"]

    def first_above(self, level: float) -> float:
        """Return the first position at which the error exceeds `level`, infinity if none does."""
        above = self.positions[self.error > check_number("level", level)]
        return float(above[0]) if above.size else float("inf")


def read_vectors(model: AttentionModel, text: str) -> Vectors:
    """Read the queries and keys of every layer, as the scores see them.

    Parameters
    ----------
    model : AttentionModel
    text : str

    Raises
    ------
    GedigError
        If the model cannot read the text.
    """
    check_has("model", model, "queries_keys_all", wanted=MODEL)
    layers = model.queries_keys_all(text)
    q = [layer.q if layer.q_rotated is None else layer.q_rotated for layer in layers]
    k = [layer.k if layer.k_rotated is None else layer.k_rotated for layer in layers]
    return Vectors(np.stack(q), np.stack(k))


def agreement(
    first: Num[np.ndarray, "*maps L L"],
    second: Num[np.ndarray, "*maps L L"],
    *,
    causal: bool,
    least: int = 2,
) -> Agreement:
    """Compare how two kinds of score rank the keys of each query.

    Parameters
    ----------
    first, second : array [..., L, L]
        Two scores of the same queries and keys.
    causal : bool
        Rank only the keys that a query may see.
    least : int
        Rows with fewer keys in sight are left out; a row with one key agrees with everything.

    Raises
    ------
    GedigError
        If the shapes differ, or no row has that many keys.

    Examples
    --------
    >>> scores = np.array([[1.0, 2.0, 4.0], [3.0, 1.0, 2.0], [0.0, 5.0, 6.0]])
    >>> read = agreement(scores, -scores, causal=False)
    >>> float(read.first), round(float(read.spearman), 9)
    (0.0, -1.0)
    """
    from scipy.stats import pearsonr, rankdata

    rows = list(_seen(first, second, causal=causal, least=least))
    same = [one.argmax(axis=-1) == other.argmax(axis=-1) for one, other in rows]
    correlation = []
    for row in rows:
        ranks = (rankdata(scores, axis=-1) for scores in row)
        correlation.append(pearsonr(*ranks, axis=-1)[0])
    return Agreement(np.mean(same, axis=0), np.mean(correlation, axis=0))


def same_first(
    first: Num[np.ndarray, "*maps L L"], second: Num[np.ndarray, "*maps L L"], *, causal: bool
) -> Float[np.ndarray, "*maps"]:
    """Return the share of rows in which two kinds of score put the same key first.

    Rows with one key in sight are left out. Parameters and errors are those of `agreement`.

    Examples
    --------
    >>> scores = np.array([[1.0, 2.0, 4.0], [3.0, 1.0, 2.0], [0.0, 5.0, 6.0]])
    >>> float(same_first(scores, scores**2, causal=False))
    1.0
    """
    rows = _seen(first, second, causal=causal, least=2)
    same = [one.argmax(axis=-1) == other.argmax(axis=-1) for one, other in rows]
    return np.mean(same, axis=0)


def _seen(
    first: Num[np.ndarray, "*maps L L"],
    second: Num[np.ndarray, "*maps L L"],
    *,
    causal: bool,
    least: int,
) -> Iterator[tuple[Num[np.ndarray, "*maps keys"], Num[np.ndarray, "*maps keys"]]]:
    """Yield both scores of each query with at least so many keys in sight, those keys only."""
    check_causal(causal)
    first, second = to_numpy("first", first), to_numpy("second", second)
    if first.shape != second.shape or first.ndim < 2 or first.shape[-1] != first.shape[-2]:
        raise GedigError(
            f"The scores have shapes {first.shape} and {second.shape}; give two of one shape, "
            "[..., L, L]."
        )
    length = first.shape[-1]
    least = check_whole("least", least, at_least=2)
    if length < least:
        raise GedigError(f"{length} tokens have no row with {least} keys; give a longer text.")
    for i in range(least - 1 if causal else 0, length):
        seen = slice(0, i + 1 if causal else length)
        yield first[..., i, seen], second[..., i, seen]


def diagonal_spread(matrix: Num[np.ndarray, "L L"]) -> float:
    """Return the largest difference of two entries on one diagonal; 0 for a Toeplitz matrix.

    Examples
    --------
    >>> diagonal_spread(np.array([[1.0, 5.0], [7.0, 1.5]]))
    0.5
    """
    matrix = np.asarray(matrix)
    rows, columns = matrix.shape
    return float(max(np.ptp(np.diagonal(matrix, shift)) for shift in range(1 - rows, columns)))


def law_error(
    positions: Num[np.ndarray, " positions"],
    *,
    angles: str,
    vectors: str,
    offset: int = 7,
    dim: int = 64,
    base: float = 10000.0,
    seed: int = 0,
) -> RoundingError:
    """Move a query and a key along the text together, and see by how much their score changes.

    The law says: not at all. What changes it is rounding, in the angle position · θ_i and in
    the vectors that are turned by it.

    Parameters
    ----------
    positions : array [positions]
        How far to move, in tokens.
    angles : {"float64", "float32", "float16", "bfloat16"}
        Number type of positions, frequencies, angles and of their cosines and sines.
    vectors : {"float64", "float32", "float16", "bfloat16"}
        Number type of the vectors, before and after they are turned; the score itself is summed
        in float64.
    offset : int
        m − n, in tokens.
    dim : int
        Width of the vectors, even.
    base : float
        θ_i = base^(−2i/dim).
    seed : int
        Seed of 64 pairs of normal vectors.

    Raises
    ------
    GedigError
        If a number type is unknown or `dim` is odd.

    Examples
    --------
    >>> read = law_error(np.array([0, 1000]), angles="bfloat16", vectors="bfloat16")
    >>> float(read.error[0]), bool(read.error[1] > 0.01)
    (0.0, True)
    """
    check_choice("angles", angles, DTYPES)
    check_choice("vectors", vectors, DTYPES)
    theta = _as_tensor(frequencies(dim, base=base), angles)
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    drawn = rng.normal(size=(2, PAIRS_OF_VECTORS, int(dim)))
    q, k = (_as_tensor(x, vectors) for x in drawn)

    def score(m: Num[np.ndarray, " n"], n: Num[np.ndarray, " n"]) -> torch.Tensor:
        turned = _turn(q, m, theta).double() * _turn(k, n, theta).double()
        return turned.sum(dim=-1)  # [n, pairs of vectors]

    places = numbers("positions", positions, "[n]")
    offset = check_whole("offset", offset)
    still = score(np.array([float(offset)]), np.zeros(1))
    moved = score(places + offset, places)
    lengths = q.double().norm(dim=-1) * k.double().norm(dim=-1)
    error = ((moved - still) / lengths).square().mean(dim=-1).sqrt()
    return RoundingError(places, error.numpy())


def _as_tensor(values: Num[np.ndarray, "*shape"], kind: str) -> torch.Tensor:
    """Return an array as a tensor of one of `DTYPES`."""
    import torch

    return torch.from_numpy(values).to(getattr(torch, kind))


def _turn(x: torch.Tensor, positions: Num[np.ndarray, " n"], theta: torch.Tensor) -> torch.Tensor:
    """Rotate x [pairs, d] to each position, [n, pairs, d], in the number types it comes in."""
    angle = theta.new_tensor(positions)[:, None] * theta  # [n, d/2]
    return _turned(x, angle[:, None])


def _turned(x: torch.Tensor, angle: torch.Tensor) -> torch.Tensor:
    import torch

    cos, sin = (f(angle).to(x.dtype) for f in (torch.cos, torch.sin))
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cos - second * sin, first * sin + second * cos], dim=-1)


def rotary_base(model: AttentionModel) -> float:
    """Return the base of a model's rotary positions, θ_i = base^(−2i/d).

    Raises
    ------
    GedigError
        If the model does not rotate its queries.
    """
    if not model.rotary:
        raise GedigError(
            f"{model.name!r} has no rotary positions; load smollm2 or another model that has them."
        )
    return float(model.network.config.rope_parameters["rope_theta"])


def strength_by_pair(model: AttentionModel, text: str) -> Float[np.ndarray, "layers heads pairs"]:
    """Return how a rotary head shares out its strength over its pairs; each head sums to 1.

    The mean of ‖q_i‖ over tokens times that of ‖k_i‖, without the first token, which many heads
    use as a sink.

    Raises
    ------
    GedigError
        If the model has no rotary positions, or the text cannot be read or is a single token.
    """
    rotary_base(model)
    read = model.queries_keys_all(text)
    if read[0].q.shape[-2] < 2:
        raise GedigError("A single token leaves none behind the first; give a longer text.")
    q, k = (_mean_lengths(np.stack([getattr(layer, name) for layer in read])) for name in "qk")
    strength = q * k
    return strength / strength.sum(axis=-1, keepdims=True)


def _mean_lengths(x: Float[np.ndarray, "*heads L d"]) -> Float[np.ndarray, "*heads pairs"]:
    """Return the mean length of each pair over all tokens but the first."""
    return np.sqrt(pair_strengths(x, x))[..., 1:, :].mean(axis=-2)


def moved_by_rounding(
    model: AttentionModel,
    text: str,
    shift: float,
    *,
    angles: str,
    vectors: str,
) -> Float[np.ndarray, "layers heads"]:
    """Return the share of a rotary head's attention that moves when the text starts elsewhere.

    The model's own queries and keys are turned to positions 0 … L − 1 and then to the same plus
    `shift`, in the given number types. In exact numbers nothing would move.

    Parameters
    ----------
    model : AttentionModel
    text : str
        At least two tokens.
    shift : float
        Tokens.
    angles, vectors : {"float64", "float32", "float16", "bfloat16"}
        As in `law_error`.

    Raises
    ------
    GedigError
        If the model has no rotary positions, a number type is unknown, or the text cannot be read
        or is a single token.
    """
    check_choice("angles", angles, DTYPES)
    check_choice("vectors", vectors, DTYPES)
    shift = check_number("shift", shift)
    base = rotary_base(model)
    read = model.queries_keys_all(text)
    q, k = (np.stack([getattr(layer, name) for layer in read]) for name in "qk")
    length, d = q.shape[-2:]
    if length < 2:
        raise GedigError("A single token has one key to look at; give a longer text.")
    theta = _as_tensor(frequencies(d, base=base), angles)
    places = np.arange(length) + shift

    def weights(positions: Num[np.ndarray, " L"]) -> torch.Tensor:
        one, other = (_turn_each(_as_tensor(x, vectors), positions, theta).double() for x in (q, k))
        scores = one @ other.mT * read[0].scale
        hidden = scores.new_ones(length, length).triu(1).bool()
        return scores.masked_fill(hidden, -np.inf).softmax(dim=-1)

    moved = (weights(places) - weights(np.arange(length))).abs().sum(dim=-1) / 2
    return moved[..., 1:].mean(dim=-1).numpy()


def _turn_each(
    x: torch.Tensor, positions: Num[np.ndarray, " L"], theta: torch.Tensor
) -> torch.Tensor:
    """Rotate x [..., L, d], each token to its own position, in the number types it comes in."""
    angle = theta.new_tensor(positions)[:, None] * theta  # [L, d/2]
    return _turned(x, angle)


def by_distance(scores: Num[np.ndarray, "*maps L L"]) -> Float[np.ndarray, " L-1"]:
    """Return the mean score at each distance m − n = 0 … L − 2, the first token left out.

    The first token is left out because many heads send it what they need nowhere else.

    Parameters
    ----------
    scores : array [..., L, L]
        Row = query, column = key; averaged over the leading axes as well.

    Examples
    --------
    >>> by_distance(np.array([[9.0, 0, 0], [9, 1, 0], [9, 5, 2]])).tolist()
    [1.5, 5.0]
    """
    seen = np.asarray(scores, dtype=np.float64)[..., 1:, 1:]
    return np.array(
        [np.diagonal(seen, -distance, -2, -1).mean() for distance in range(seen.shape[-1])]
    )


def find_rotary(*models: AttentionModel | str) -> AttentionModel | None:
    """Return the first of the models that is on this machine and rotates its queries.

    Parameters
    ----------
    *models : AttentionModel or str
        Loaded models, or names; nothing is downloaded.
    """
    for model in models:
        if isinstance(model, str):
            if not any(known.name == model and known.present for known in status()):
                continue
            model = load(model)
        if model.rotary:
            return model
    return None
