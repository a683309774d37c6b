"""A query that goes down an energy in the plane: one step, one read of attention."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import GedigError
from gedig_edu.shapes import Float
from gedig_edu.theory.energy import Descent, descend, settle
from gedig_edu.theory.thermo import Ensemble
from gedig_edu.views.labels import token_labels
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.hero import Control, Hero, first_of, plain
from gedig_edu.views.widgets.traits import Finite, Kept, Numbers, Whole

STORED = ((2.0, 0.3), (1.4, 1.5), (-1.8, 1.2), (-1.6, -1.4), (0.9, -1.9))
NAMES = "ABCDE"
EDGE = 2.8  # of the plane that is shown, each way
STEPS, STILL = 40, 0.01  # at most; a step shorter than this is the last
SETTLING, APART = 200, 0.1  # steps to find a resting place, and how far two of them lie apart


class EnergyPlane(Hero):
    """Drag a query, let it go, and see attention take it downhill to what is stored.

    Each step is one attention read whose keys and values are the patterns: the next place is the
    mean of the patterns, each weighted by its share of attention.

    Parameters
    ----------
    stored : array [n, 2], optional
        Patterns within ±2.8; five made-up ones where not given.
    names : sequence of n str, optional
        A name for each pattern.
    **traits
        `query`, two numbers within ±2.8; `beta`, 0.2 to 20; `step`, 0 to 40, those after the
        state rests being the last.

    Raises
    ------
    GedigError
        If there are not as many names as patterns, or a number is out of range.

    Examples
    --------
    >>> plane = EnergyPlane(query=[0.5, -1.0], beta=4.0, step=40)
    >>> plane.numbers["token"], plane.numbers["steps"], plane.numbers["basins"]
    ('E', 2, 5)
    """

    _css = styles("kit/frame.css", "energy_plane.css")
    script = "energy_plane.js"
    state = ("stored", "names", "query", "beta", "step")
    given = ("stored", "names")
    controls = (Control("beta", "log", 0.2, 20, 0.05, under="plane"),)
    readouts = ("energy:signed", "fall:signed", "share:percent", "steps:whole", "basins:whole")

    stored = Numbers(None, 2, limit=EDGE).tag(sync=True)
    names = Kept(traitlets.Unicode()).tag(sync=True)
    query = Numbers(2, limit=EDGE).tag(sync=True)
    beta = Finite(1.0, min=0.2, max=20.0).tag(sync=True)
    step = Whole(0, min=0, max=STEPS).tag(sync=True)

    def __init__(
        self,
        stored: Float[np.ndarray, "n 2"] | Sequence[Sequence[float]] = STORED,
        names: Sequence[str] | None = None,
        **traits: Any,
    ) -> None:
        if names is None:
            names = NAMES if stored is STORED else [f"x{place}" for place in range(len(stored))]
        if len(names) != len(stored):
            raise GedigError(f"{len(stored)} patterns came with {len(names)} names; give one each.")
        given = {"query": [-0.4, 0.0]} | traits
        super().__init__(stored=stored, names=token_labels(names), **given)

    @property
    def numbers(self) -> dict[str, Any]:
        """The way down, the energy along it, attention at the step shown, and resting places."""
        X, found = np.array(self.stored), self._descent
        shown = min(self.step, found.steps)
        state = found.states[shown]
        weights = Ensemble(-(X @ state), 1 / self.beta).probabilities
        most = int(first_of(weights))
        rests = self._rests
        fall = found.energies[shown] - found.energies[shown - 1] if shown else None
        return plain(
            {
                "across": found.states[:, 0],
                "up": found.states[:, 1],
                "energies": found.energies,
                "steps": found.steps,
                "shown": shown,
                "at": state,
                "energy": found.energies[shown],
                "fall": fall,
                "weights": weights,
                "token": self.names[most],
                "share": weights[most],
                "basins": len(rests),
                "rests_across": rests[:, 0],
                "rests_up": rests[:, 1],
                "message": "sentence_rests" if shown == found.steps else "sentence",
            }
        )

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield both ends of β from corners of the plane, at the query, on the way, and at rest."""
        for query in ([EDGE, EDGE], [-EDGE, 0.0], [0.0, 0.0]):
            yield "query", query
            for step in (0, 3, STEPS):
                yield "step", step
                yield from super().extremes()
        yield "beta", 1.5

    @property
    def _descent(self) -> Descent:
        return descend(
            np.array(self.query), np.array(self.stored), beta=self.beta, tol=STILL, max_steps=STEPS
        )

    @property
    def _rests(self) -> Float[np.ndarray, "basins 2"]:
        """Return where the patterns themselves come to rest, each place once."""
        X = np.array(self.stored)
        found: list[np.ndarray] = []
        for state in settle(X, X, beta=self.beta, tol=0, max_steps=SETTLING).states:
            if all(np.linalg.norm(state - one) > APART for one in found):
                found.append(state)
        return np.array(found)
