"""A distribution that the learner draws, and how far its free energy lies above softmax."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import traitlets
from scipy.special import entr

from gedig_edu.errors import GedigError
from gedig_edu.theory.thermo import Ensemble
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Numbers

ENERGIES = (0.0, 0.5, 1.0, 2.0, 3.0)
DRAWN = (0.1, 0.1, 0.2, 0.2, 0.4)
LIMIT = 100.0


class FreeEnergy(Hero):
    """Drag the bars of q and look for a free energy below that of softmax.

    The traits `energies`, `q` and `temperature` are the only state.

    Parameters
    ----------
    energies : sequence of 5 floats
        Within ±100.
    q : sequence of 5 floats
        A distribution: none below 0, sum 1.
    temperature : float
        0.01 to 100.

    Raises
    ------
    GedigError
        If `q` is no distribution, or a shape is another.

    Examples
    --------
    >>> drawn = FreeEnergy(energies=[0.0] * 5, q=(1, 0, 0, 0, 0), temperature=2.0)
    >>> round(float(drawn.numbers["gap"] / np.log(5)), 6)
    2.0
    """

    script = "free_energy.js"
    state = ("energies", "q", "temperature")
    controls = (Control("temperature", "log", 0.01, 100, 0.05, under="ladder"),)
    readouts = ("drawn_energy", "drawn_entropy", "gap")

    energies = Numbers(len(ENERGIES), limit=LIMIT).tag(sync=True)
    q = Numbers(len(ENERGIES), limit=LIMIT).tag(sync=True)
    temperature = Finite(1.0, min=0.01, max=100.0).tag(sync=True)

    def __init__(
        self,
        *,
        energies: Sequence[float] = ENERGIES,
        q: Sequence[float] = DRAWN,
        temperature: float = 1.0,
    ) -> None:
        super().__init__(energies=energies, q=q, temperature=temperature)

    @traitlets.validate("q")
    def _check_q(self, proposal: Any) -> list[float]:
        q = proposal["value"]
        if min(q) < 0 or abs(sum(q) - 1) >= 1e-6:
            raise GedigError(
                f"q={q!r} is no distribution; give numbers of at least 0 that sum to 1."
            )
        return q

    @property
    def numbers(self) -> dict[str, Any]:
        """⟨E⟩, S and A of q, A of softmax, their difference, and T·KL(q‖p) on its own."""
        E, T = np.array(self.energies), self.temperature
        q = np.array(self.q) / np.sum(self.q)
        softmax = Ensemble(E, T)
        log_p = -E / T - softmax.log_partition
        energy, entropy = q @ E, entr(q).sum()
        drawn = energy - T * entropy
        return plain(
            {
                "probabilities": softmax.probabilities,
                "drawn_energy": energy,
                "drawn_entropy": entropy,
                "drawn_free_energy": drawn,
                "free_energy": softmax.free_energy,
                "gap": drawn - softmax.free_energy,
                "heat_kl": T * (-entropy - q @ log_p),
            }
        )

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield each control's ends, for q on one state, even, and on the highest."""
        for q in ((1.0, 0, 0, 0, 0), (0.2,) * 5, (0, 0, 0, 0, 1.0)):
            yield "q", list(map(float, q))
            yield from super().extremes()
        for size in (LIMIT, -LIMIT):
            yield "energies", [size, 0.0, 0.0, 0.0, 0.0]
            yield from super().extremes()
