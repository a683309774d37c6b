"""A whole matrix of rotary scores: rotation makes it Toeplitz, content unmakes it."""

from __future__ import annotations

from typing import Any

import numpy as np

from gedig_edu.shapes import Float
from gedig_edu.theory.attention import cosine_scores
from gedig_edu.theory.rope import rotate
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Numbers, Whole

TOKENS, DIM = 16, 12
LIMIT = 10.0


class ScoreMatrix(Hero):
    """Turn on the rotation, let the tokens differ, shift the text; watch the score matrix.

    Token i's query is (1 − difference)·common + difference·own, its key likewise, both of unit
    length. The traits `q` [17, 12] and `k` [17, 12], whose first row is common to all tokens,
    `rotation`, `difference`, `shift` and `base` are the only state.

    Parameters
    ----------
    rotation : float
        Positions are multiplied by it, 0 to 1.
    difference : float
        0: all tokens alike, 1: each its own query and key.
    shift : int
        Added to all positions, 0 to 1000.
    base : float
        θ_i = base^(−2i/d), 10 to 10^6.

    Examples
    --------
    >>> bool(ScoreMatrix(rotation=1.0).numbers["spread"] < 1e-12)
    True
    >>> bool(ScoreMatrix(rotation=1.0, difference=1.0).numbers["spread"] > 0.5)
    True
    """

    script = "score_matrix.js"
    state = ("q", "k", "rotation", "difference", "shift", "base")
    controls = (
        Control("rotation", "slider", 0, 1, 0.05, under="matrix"),
        Control("difference", "slider", 0, 1, 0.05, under="matrix"),
        Control("shift", "whole", 0, 1000, under="matrix"),
        Control("base", "log", 10, 1e6, 0.1, under="distances"),
    )
    readouts = ("spread", "row_spread", "moved")

    q = Numbers(TOKENS + 1, DIM, limit=LIMIT).tag(sync=True)
    k = Numbers(TOKENS + 1, DIM, limit=LIMIT).tag(sync=True)
    rotation = Finite(0.0, min=0.0, max=1.0).tag(sync=True)
    difference = Finite(0.0, min=0.0, max=1.0).tag(sync=True)
    shift = Whole(0, min=0, max=1000).tag(sync=True)
    base = Finite(10000.0, min=10.0, max=1e6).tag(sync=True)

    def __init__(self, **traits: float) -> None:
        rng = np.random.default_rng(11)
        q = rng.normal(size=(TOKENS + 1, DIM))
        k = rng.normal(size=(TOKENS + 1, DIM))
        q[0] *= np.tile([3.0, 2.0, 1.0, 1.0, 0.5, 0.5], 2)  # the fast pairs show the most
        k[0] = q[0] + 0.3 * k[0]
        super().__init__(**{"q": q.round(2).tolist(), "k": k.round(2).tolist()} | traits)

    @property
    def numbers(self) -> dict[str, Any]:
        """All scores over ‖q‖‖k‖; how much they vary by diagonal, by row and by the shift."""
        scores = self._scores(self.shift)
        diagonals = (np.diagonal(scores, place) for place in range(1 - TOKENS, TOKENS))
        return plain(
            {
                "spread": max(np.ptp(diagonal) for diagonal in diagonals),
                "row_spread": np.ptp(scores, axis=1).max(),
                "moved": np.abs(scores - self._scores(0)).max(),
                "scores": scores.ravel(),
            }
        )

    def _scores(self, shift: int) -> Float[np.ndarray, "L L"]:
        positions = self.rotation * (np.arange(TOKENS) + shift)
        q, k = (self._mixed(np.array(x)) for x in (self.q, self.k))
        return cosine_scores(
            rotate(q, positions, base=self.base), rotate(k, positions, base=self.base)
        )

    def _mixed(self, x: Float[np.ndarray, "tokens d"]) -> Float[np.ndarray, "L d"]:
        return (1 - self.difference) * x[:1] + self.difference * x[1:]
