"""Attention as a walk: where a token's attention comes from when it is followed down the layers."""

from __future__ import annotations

import numpy as np
from scipy.special import entr

from gedig_edu.errors import GedigError, check_number
from gedig_edu.shapes import Float
from gedig_edu.theory._arrays import to_numpy


def walk(
    weights: Float[np.ndarray, "layers heads L L"], *, stays: float = 0.5
) -> Float[np.ndarray, "steps L L"]:
    """Follow attention from the last layer down to the first, from every token.

    In each layer a walker stays on its token with probability `stays`, for the residual path, and
    else moves as the mean of the heads attends. All steps together are the attention rollout of
    Abnar & Zuidema (2020), whose `stays` is ½.

    Parameters
    ----------
    weights : array [layers, heads, L, L]
    stays : float
        0 to 1.

    Returns
    -------
    float64 array [layers + 1, L, L]
        After 0, 1, … steps: row i is where a walker from token i is.

    Raises
    ------
    GedigError
        If `weights` has other axes, or `stays` is out of range.

    Examples
    --------
    >>> look_back = np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    >>> walk(look_back[None, None].repeat(2, axis=0), stays=0)[:, 2].tolist()
    [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    """
    weights = to_numpy("weights", weights)
    if weights.ndim != 4 or weights.shape[-1] != weights.shape[-2]:
        raise GedigError(
            f"weights has shape {list(weights.shape)}; give [layers, heads, L, L] of one text."
        )
    stays = check_number("stays", stays, at_least=0, at_most=1)
    moves = stays * np.eye(weights.shape[-1]) + (1 - stays) * weights.mean(axis=1)
    places = [np.eye(weights.shape[-1])]
    for layer in moves[::-1]:
        places.append(places[-1] @ layer)
    return np.stack(places)


def entropy_of(places: Float[np.ndarray, "*any L"]) -> Float[np.ndarray, "*any"]:
    """Return the entropy of distributions over tokens, in nats.

    Examples
    --------
    >>> entropy_of(np.array([[0.5, 0.5], [1.0, 0.0]])).round(3).tolist()
    [0.693, 0.0]
    """
    return entr(places).sum(axis=-1)


def apart(places: Float[np.ndarray, "steps L L"]) -> Float[np.ndarray, " steps"]:
    """Return how far apart walkers still are: half the L1 distance, the mean over pairs of tokens.

    No step can raise it (the data-processing inequality): what two walkers have in common they
    keep.

    Examples
    --------
    >>> together = np.full((2, 2), 0.5)
    >>> apart(np.stack([np.eye(2), together])).tolist()
    [1.0, 0.0]
    """
    first, second = np.triu_indices(places.shape[-2], 1)
    return 0.5 * np.abs(places[:, first] - places[:, second]).sum(axis=-1).mean(axis=-1)
