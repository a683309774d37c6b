"""States at a temperature: probabilities beside their energies, and how they change with T."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import GedigError
from gedig_edu.theory.thermo import Ensemble
from gedig_edu.views.labels import token_labels
from gedig_edu.views.widgets.hero import Control, Hero, first_of, plain
from gedig_edu.views.widgets.traits import Finite, Kept, Numbers

LIMIT = 100.0
COLDEST, HOTTEST = 0.01, 100.0
CURVE = np.geomspace(COLDEST, HOTTEST, 81)
ENERGIES = (-2.0, -1.0, 0.0, 0.5, 1.5, 3.0)
QUANTITIES = ("energy", "free_energy", "entropy", "heat_capacity")


class Temperature(Hero):
    """Move T and each energy; read p, log Z, A, ⟨E⟩, S and C, and see them over T.

    The traits `energies`, `tokens` and `temperature` are the only state.

    Parameters
    ----------
    energies : sequence of floats
        E_j = −score_j of each state, within ±100.
    tokens : sequence of str, optional
        A name for each state; k0, k1, … where not given.
    temperature : float
        0.01 to 100.

    Raises
    ------
    GedigError
        If there are fewer than two energies, one lies beyond ±100, or the number of tokens is
        another.

    Examples
    --------
    >>> two = Temperature(energies=(0.0, np.log(3.0)))
    >>> [round(p, 6) for p in two.numbers["probabilities"]]
    [0.75, 0.25]
    """

    script = "temperature.js"
    state = ("energies", "tokens", "temperature")
    controls = (Control("temperature", "log", COLDEST, HOTTEST, 0.05, under="states"),)
    readouts = (
        "log_partition",
        "free_energy",
        "energy",
        "entropy",
        "effective_states",
        "heat_capacity",
    )

    energies = Numbers(None, limit=LIMIT).tag(sync=True)
    tokens = Kept(traitlets.Unicode()).tag(sync=True)
    temperature = Finite(1.0, min=COLDEST, max=HOTTEST).tag(sync=True)

    def __init__(
        self,
        energies: Sequence[float] = ENERGIES,
        tokens: Sequence[str] | None = None,
        *,
        temperature: float = 1.0,
    ) -> None:
        names = [f"k{place}" for place in range(len(energies))] if tokens is None else tokens
        if len(names) != len(energies) or len(energies) < 2:
            raise GedigError(
                f"{len(energies)} energies came with {len(names)} tokens; give at least two "
                "energies, and one token each."
            )
        super().__init__(
            energies=energies,
            tokens=token_labels(names),
            temperature=temperature,
        )

    @property
    def numbers(self) -> dict[str, Any]:
        """Each quantity of the ensemble at T, and the curves of four of them over T."""
        now = Ensemble(np.array(self.energies), self.temperature)
        along = Ensemble(np.tile(self.energies, (len(CURVE), 1)), CURVE[:, None])
        first = first_of(now.probabilities)
        return plain(
            {name: getattr(now, name) for name in ("probabilities", *self.readouts)}
            | {f"{name}_curve": getattr(along, name) for name in QUANTITIES}
            | {
                "bound": np.log(len(self.energies) - 1) ** 2 / 4 + 1,
                "even": np.log(len(self.energies)),
                "count": len(self.energies),
                "first": self.tokens[first],
                "share": now.probabilities[first],
            }
        )

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield each control's ends, then energies that are far apart, equal, and large."""
        for energies in (ENERGIES, (LIMIT, *ENERGIES[1:]), (LIMIT,) * 6, (-LIMIT,) * 6):
            yield "energies", list(energies)
            yield from super().extremes()
