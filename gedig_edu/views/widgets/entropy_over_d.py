"""How sharp attention is when heads grow: entropy against d, for scores divided by d^a."""

from __future__ import annotations

from typing import Any

import numpy as np

from gedig_edu.theory.thermo import Ensemble
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Numbers, Whole

QUERIES, KEYS = 24, 16
SMALLEST, LARGEST = 2, 10  # of log₂ d
DIMS = tuple(2**power for power in range(SMALLEST, LARGEST + 1))
EXPONENTS = (0.0, 0.5, 1.0)


class EntropyOverD(Hero):
    """Divide q·k by d^a and see the entropy of attention at every d.

    The scores are those of random queries and keys whose entries have variance 1, the first d
    of 1024 entries each; the first key of each query may be turned towards it. The traits
    `random`, `norms`, `power`, `exponent` and `alignment` are the only state.

    Parameters
    ----------
    power : int
        log₂ d, 2 to 10.
    exponent : float
        a in T = d^a, 0 to 1: no division, √d at a = ½, and d.
    alignment : float
        Cosine, in the limit of large d, of each query and its first key, 0 to 1.

    Examples
    --------
    >>> plain, scaled = (EntropyOverD(exponent=a).numbers for a in (0.0, 0.5))
    >>> plain["entropies"][-1] < 0.5 < 2 < scaled["entropies"][-1] < 2.77
    True
    """

    script = "entropy_over_d.js"
    state = ("random", "norms", "power", "exponent", "alignment")
    given = ("random", "norms")
    controls = (
        Control("exponent", "slider", 0, 1, 0.01, under="curves"),
        Control("power", "whole", SMALLEST, LARGEST, under="curves"),
        Control("alignment", "slider", 0, 1, 0.05, under="weights"),
    )
    readouts = ("heat", "spread", "entropy", "effective_states", "top")

    random = Numbers(len(DIMS), QUERIES, KEYS).tag(sync=True)
    norms = Numbers(len(DIMS), QUERIES).tag(sync=True)
    power = Whole(6, min=SMALLEST, max=LARGEST).tag(sync=True)
    exponent = Finite(0.0, min=0.0, max=1.0).tag(sync=True)
    alignment = Finite(0.0, min=0.0, max=1.0).tag(sync=True)

    def __init__(
        self, *, power: int = 6, exponent: float = 0.0, alignment: float = 0.0, seed: int = 0
    ) -> None:
        rng = np.random.default_rng(seed)
        q = rng.normal(size=(QUERIES, DIMS[-1]))
        k = rng.normal(size=(KEYS, DIMS[-1]))
        scores = np.stack([q[:, :d] @ k[:, :d].T for d in DIMS])  # [dims, queries, keys]
        norms = np.stack([np.sum(q[:, :d] ** 2, axis=-1) for d in DIMS])  # [dims, queries]
        super().__init__(
            random=scores.round(6),
            norms=norms.round(6),
            power=power,
            exponent=exponent,
            alignment=alignment,
        )

    @property
    def numbers(self) -> dict[str, Any]:
        """Mean entropy at each d, and at the chosen d what one query's keys get."""
        share, scores = self.alignment, np.array(self.random)
        scores[..., 0] = share * np.array(self.norms) + np.sqrt(1 - share**2) * scores[..., 0]
        heats = [np.power(DIMS, exponent) for exponent in (self.exponent, *EXPONENTS)]
        read = [Ensemble(-scores, heat[:, None, None]) for heat in heats]
        entropies, *compared = (states.entropy.mean(axis=-1) for states in read)
        place = self.power - SMALLEST
        heat, weights = heats[0][place], read[0].probabilities[place]
        return plain(
            {
                "d": DIMS[place],
                "heat": heat,
                "spread": (scores[place] / heat).std(axis=-1).mean(),
                "entropy": entropies[place],
                "effective_states": np.exp(entropies[place]),
                "top": weights.max(axis=-1).mean(),
                "entropies": entropies,
                "first": entropies[0],
                "last": entropies[-1],
                "weights": weights[0],
            }
            | {f"entropies_{number}": curve for number, curve in enumerate(compared)}
        )
