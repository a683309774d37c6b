"""Rotating pairs: d/2 dials, and a score that sees only m − n."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gedig_edu.shapes import Float
from gedig_edu.theory.rope import frequencies, rotate
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Numbers, Whole

DIM = 8
LIMIT = 10.0
FARTHEST = 100
SHIFT = 1000
QUERY = (1.0, 0.9, 0.6, 0.8, 0.2, -0.3, 0.7, 0.4)
KEY = (0.8, 1.0, 0.8, 0.6, 0.5, 0.1, 0.4, 0.7)


class RotatingPair(Hero):
    """Move a query and a key along the text; their pairs turn, and only m − n moves the score.

    The hand of any dial can be taken, and turns its position as far as that pair's speed lets it.
    Entries pair as in `gedig_edu.theory.rope` with layout "half": x_i with x_{i+4}. The traits
    `q` [8], `k` [8], `m`, `n`, `shift`, `base` and `pair` are the only state.

    Parameters
    ----------
    q, k : sequence of 8 floats
        Query and key before rotation.
    m, n : int
        Their positions, 0 to 100.
    shift : int
        Added to both positions, 0 to 1000.
    base : float
        θ_i = base^(−2i/d), 10 to 10^6.
    pair : int
        The pair that the readout speaks of, 0 to 3.

    Raises
    ------
    GedigError
        If q or k has another shape, or an entry beyond ±10.

    Examples
    --------
    >>> pair = RotatingPair(q=[1] * 8, k=[1] * 8, m=3, n=3, shift=500)
    >>> round(pair.numbers["score"], 6), pair.numbers["offset"]
    (8.0, 0)
    """

    _css = styles("kit/frame.css", "rotating_pair.css")
    script = "rotating_pair.js"
    state = ("q", "k", "m", "n", "shift", "base", "pair")
    controls = (
        Control("m", "whole", 0, FARTHEST, under="offset"),
        Control("n", "whole", 0, FARTHEST, under="offset"),
        Control("shift", "whole", 0, SHIFT, under="shift"),
        Control("base", "log", 10, 1e6, 0.1, under="offset"),
    )
    readouts = ("offset:whole", "score", "wavelength", "q_norm", "k_norm")

    q = Numbers(DIM, limit=LIMIT).tag(sync=True)
    k = Numbers(DIM, limit=LIMIT).tag(sync=True)
    m = Whole(12, min=0, max=FARTHEST).tag(sync=True)
    n = Whole(5, min=0, max=FARTHEST).tag(sync=True)
    shift = Whole(0, min=0, max=SHIFT).tag(sync=True)
    base = Finite(10000.0, min=10.0, max=1e6).tag(sync=True)
    pair = Whole(0, min=0, max=DIM // 2 - 1).tag(sync=True)

    def __init__(
        self,
        *,
        q: Sequence[float] = QUERY,
        k: Sequence[float] = KEY,
        m: int = 12,
        n: int = 5,
        shift: int = 0,
        base: float = 10000.0,
        pair: int = 0,
    ) -> None:
        super().__init__(q=q, k=k, m=m, n=n, shift=shift, base=base, pair=pair)

    @property
    def numbers(self) -> dict[str, Any]:
        """Positions, distance and score after rotation; each pair's part; norms; wavelength."""
        m, n = self.m + self.shift, self.n + self.shift
        q, k = self._turned(self.q, m), self._turned(self.k, n)
        parts = (q * k).reshape(2, DIM // 2).sum(axis=0)
        return plain(
            {
                "m": m,
                "n": n,
                "offset": m - n,
                "score": q @ k,
                "unshifted": self._turned(self.q, self.m) @ self._turned(self.k, self.n),
                "part": parts[self.pair],
                "parts": parts,
                "wavelength": 2 * math.pi / frequencies(DIM, base=self.base)[self.pair],
                "q_norm": np.linalg.norm(q),
                "k_norm": np.linalg.norm(k),
            }
        )

    def _turned(self, x: list[float], position: int) -> Float[np.ndarray, " d"]:
        return rotate(np.array(x), position, base=self.base)

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield each control's ends, then the first and the last pair and vectors of zeros."""
        yield from super().extremes()
        for pair in (0, DIM // 2 - 1):
            yield "pair", pair
        for value in (LIMIT, -LIMIT, 0.0):
            yield "q", [value] * DIM
            yield "k", [value] * DIM
