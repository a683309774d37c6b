"""How many patterns a memory holds: attention as a store, beside the network of Hopfield (1982)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gedig_edu.errors import GedigError, check_choice, check_number, check_whole
from gedig_edu.shapes import Brief, Float, Int
from gedig_edu.theory._arrays import shown
from gedig_edu.theory.energy import LEAST_BETA, settle

MOST_DIMENSIONS, MOST_PATTERNS, MOST_DRAWS = 512, 2**16, 1024  # some hundred megabytes


@dataclass(frozen=True, eq=False, repr=False)
class Storage(Brief):
    """How many patterns two memories give back, by their dimension.

    Attributes
    ----------
    dimensions : int array [a]
        d.
    counts : int array [b]
        How many patterns were stored.
    softmax, hebbian : array [a, b]
        Share of the noisy queries that came back to their pattern: by `update`, and by the
        network of Hopfield (1982), ξ ← sign(W ξ) with W = XᵀX/d without its diagonal.
    """

    dimensions: Int[np.ndarray, " a"]
    counts: Int[np.ndarray, " b"]
    softmax: Float[np.ndarray, "a b"]
    hebbian: Float[np.ndarray, "a b"]

    def largest(self, memory: Literal["softmax", "hebbian"]) -> Int[np.ndarray, " a"]:
        """Return the largest count, for each dimension, up to which half or more come back."""
        check_choice("memory", memory, ("softmax", "hebbian"))
        held = np.cumprod(getattr(self, memory) >= 0.5, axis=1).sum(axis=1)
        return np.concatenate([[0], self.counts])[held]


def storage(
    dimensions: Sequence[int],
    counts: Sequence[int],
    *,
    beta: float,
    flipped: float = 0.2,
    draws: int = 64,
    seed: int = 0,
) -> Storage:
    """Store random patterns of ±1, spoil some, and count how many come back.

    A pattern came back if the cosine of the state that is reached with it is 0.95 or more. The
    capacity of `update` grows exponentially with d (Ramsauer et al. 2020, theorem 3), that of the
    network of 1982 as 0.14 d.

    Parameters
    ----------
    dimensions, counts : sequence of int
        d, at most 512, and how many patterns are stored, at most 65,536; both at least 1, and
        counts rise.
    beta : float
        β of the softmax, above 0.
    flipped : float
        Share of the signs that are turned in a query, at least 0 and below 0.5.
    draws : int
        Queries for each dimension and count, at most 1,024.
    seed : int
        Of the patterns, the queries and what is turned in them.

    Raises
    ------
    GedigError
        If a list is empty or a number is out of range.

    Examples
    --------
    >>> curves = storage([16], [2, 8, 32], beta=1.0)
    >>> curves.largest("softmax").tolist(), curves.largest("hebbian").tolist()
    ([32], [2])
    """
    sizes = _listed("dimensions", dimensions, MOST_DIMENSIONS)
    stored = _listed("counts", counts, MOST_PATTERNS)
    if sorted(set(stored)) != stored:
        raise GedigError(f"counts={shown(counts)} do not rise; give them in order, each once.")
    beta = check_number("beta", beta, above=LEAST_BETA)
    share = check_number("flipped", flipped, at_least=0, below=0.5)
    queries = check_whole("draws", draws, at_least=1, at_most=MOST_DRAWS)
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    found = [[_recovered(d, n, beta, share, queries, rng) for n in stored] for d in sizes]
    shares = np.array(found)  # [a, b, 2]
    return Storage(np.array(sizes), np.array(stored), shares[..., 0], shares[..., 1])


def _recovered(
    d: int, n: int, beta: float, share: float, draws: int, rng: np.random.Generator
) -> tuple[float, float]:
    """Return which share of the queries comes back, by softmax and by the network of 1982."""
    X = rng.choice([-1.0, 1.0], (n, d))
    wanted = X[rng.integers(n, size=draws)]
    turned = rng.random((draws, d)).argsort(axis=1) < round(share * d)
    query = np.where(turned, -wanted, wanted)
    by_softmax = settle(query, X, beta=beta, tol=1e-3).states
    W = X.T @ X / d - n / d * np.eye(d)
    signs = query
    for _ in range(20):
        signs = np.where(signs @ W == 0, signs, np.sign(signs @ W))
    return _came_back(by_softmax, wanted), _came_back(signs, wanted)


def _came_back(states: np.ndarray, wanted: np.ndarray) -> float:
    products = (states * wanted).sum(axis=1)
    lengths = np.linalg.norm(states, axis=1) * np.linalg.norm(wanted, axis=1)
    return float((products >= 0.95 * lengths).mean())


def _listed(name: str, values: Sequence[int], most: int) -> list[int]:
    listed = isinstance(values, Sequence | np.ndarray) and not isinstance(values, str)
    if not listed or getattr(values, "ndim", 1) == 0 or not len(values):
        raise GedigError(f"{name}={shown(values)} is no list of numbers; give at least one.")
    return [check_whole(name, value, at_least=1, at_most=most) for value in values]
