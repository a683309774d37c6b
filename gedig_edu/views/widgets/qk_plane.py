"""The q·k plane: one query, five keys, and three ways to score them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import check_number
from gedig_edu.theory.attention import attend, cosine_scores, dot_scores, ngpt_scores
from gedig_edu.views.widgets.hero import Control, Hero, first_of, plain
from gedig_edu.views.widgets.traits import Finite, Numbers, Whole

KEYS = 5
LIMIT = 40.0
QUERY = (2.0, 1.0)
PLACES = ((2.2, 0.2), (0.9, 0.45), (3.0, -1.0), (-1.0, 2.0), (-1.5, -1.0))


class QKPlane(Hero):
    """Drag a query and five keys; see who gets the weight by dot product and by cosine.

    The traits `q` [2], `k` [5, 2], `chosen`, `temperature` and `ngpt` are the only state.
    Keys stand in `k`, because `keys` is what every Jupyter widget calls its trait names.

    Parameters
    ----------
    q : sequence of 2 floats
        The query.
    keys : sequence of 5 pairs of floats
        The keys.
    chosen : int
        The key that the readout compares with q, counted from 0.
    temperature : float
        T of softmax(score/T), 0.05 to 20.
    ngpt : bool
        Show the weights of nGPT's scores, √d·cos θ, too.

    Raises
    ------
    GedigError
        If q or the keys have another shape, or a coordinate beyond ±40.

    Examples
    --------
    >>> plane = QKPlane(q=(3, 4), keys=[(4, 3), (1, 0), (0, 1), (-1, 0), (0, -1)])
    >>> round(plane.numbers["dot"], 6), round(plane.numbers["cosine"], 6)
    (24.0, 0.96)
    """

    script = "qk_plane.js"
    state = ("q", "k", "chosen", "temperature", "ngpt")
    controls = (
        Control("temperature", "log", 0.05, 20, 0.05, under="weights"),
        Control("length", "log", 0.1, 40, 0.05, under="plane"),
        Control("ngpt", "toggle", under="weights"),
    )
    readouts = ("dot", "cosine", "angle", "q_norm", "k_norm", "projection")

    q = Numbers(2, limit=LIMIT).tag(sync=True)
    k = Numbers(KEYS, 2, limit=LIMIT).tag(sync=True)
    chosen = Whole(0, min=0, max=KEYS - 1).tag(sync=True)
    temperature = Finite(1.0, min=0.05, max=20.0).tag(sync=True)
    ngpt = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        *,
        q: Sequence[float] = QUERY,
        keys: Sequence[Sequence[float]] = PLACES,
        chosen: int = 0,
        temperature: float = 1.0,
        ngpt: bool = False,
    ) -> None:
        super().__init__(q=q, k=keys, chosen=chosen, temperature=temperature, ngpt=ngpt)

    @property
    def length(self) -> float:
        """‖k‖ of the chosen key; setting it keeps the direction."""
        return math.hypot(*self.k[self.chosen])

    @length.setter
    def length(self, value: float) -> None:
        wanted = check_number("length", value, at_least=0, at_most=LIMIT)
        x, y = self.k[self.chosen] if self.length else (1.0, 0.0)
        factor = wanted / math.hypot(x, y)
        self.k = [*self.k[: self.chosen], [x * factor, y * factor], *self.k[self.chosen + 1 :]]

    @property
    def numbers(self) -> dict[str, Any]:
        """Dot product, cosine, angle, norms, projection; the weights under each score."""
        q, keys = np.array([self.q]), np.array(self.k)
        key = keys[self.chosen]
        dot = dot_scores(q, keys, scale=False)[0, self.chosen]
        q_norm, k_norm = np.linalg.norm(q), np.linalg.norm(key)
        across = abs(q[0, 0] * key[1] - q[0, 1] * key[0])
        cosines = cosine_scores(q, keys)
        scores = {"dot": dot_scores(q, keys), "cosine": cosines, "ngpt": ngpt_scores(q, keys)}
        weights = {
            kind: attend(score, keys, temperature=self.temperature).weights[0]
            for kind, score in scores.items()
        }
        told = ("dot", "cosine")
        return plain(
            {
                "key": key,
                "dot": dot,
                "cosine": cosines[0, self.chosen],
                "angle": np.degrees(np.arctan2(across, dot)) if q_norm and k_norm else None,
                "q_norm": q_norm,
                "k_norm": k_norm,
                "projection": dot / q_norm if q_norm else None,
                **{f"{kind}_weight": weights[kind][self.chosen] for kind in told},
                **{f"first_{kind}": first_of(weights[kind]) for kind in told},
                **{f"{kind}_weights": shares for kind, shares in weights.items()},
            }
        )

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield each control's ends, then the vectors at the corners and at zero."""
        yield from super().extremes()
        for chosen in (0, KEYS - 1):
            yield "chosen", chosen
        for x, y in ((LIMIT, LIMIT), (-LIMIT, LIMIT), (0.0, 0.0)):
            yield "q", [x, y]
            yield "k", [[x, y]] * KEYS
            yield "length", LIMIT
