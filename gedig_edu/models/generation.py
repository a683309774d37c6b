"""Text from a decoder, one token at a time, whatever library computes its logits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np

from gedig_edu.models.finite import check_finite
from gedig_edu.shapes import Float


def continue_ids(
    following: Callable[[list[int]], Float[np.ndarray, " vocabulary"]],
    ids: Sequence[int],
    *,
    tokens: int,
    temperature: float,
    seed: int,
    ends: Collection[int],
) -> list[int]:
    """Return up to `tokens` ids that follow `ids`; it ends early at one of `ends`.

    Parameters
    ----------
    following : callable
        Given the ids that are new since its last call, it returns the logits of the next one.
    ids : sequence of int
    tokens : int
    temperature : float
        0 takes the likeliest token; above 0 tokens are drawn from softmax(logits/temperature).
    seed : int
        Of the draws, which NumPy makes for every backend: one seed writes one text.
    ends : collection of int

    Examples
    --------
    >>> ladder = lambda fresh: np.eye(5)[fresh[-1] + 1]
    >>> continue_ids(ladder, [0, 1], tokens=9, temperature=0, seed=0, ends={4})
    [2, 3]
    """
    generator = np.random.default_rng(seed)
    written: list[int] = []
    fresh = list(ids)
    while len(written) < tokens:
        logits = following(fresh)
        check_finite("generate", logits)
        token = _choose(logits, temperature=temperature, generator=generator)
        if token in ends:
            break
        written.append(token)
        fresh = [token]
    return written


def _choose(logits: np.ndarray, *, temperature: float, generator: np.random.Generator) -> int:
    if temperature == 0:
        return int(logits.argmax())
    below = logits.astype(np.float64) - logits.max()
    with np.errstate(over="ignore"):
        shares = np.exp(below / temperature)
    return int(generator.choice(len(shares), p=shares / shares.sum()))
