"""A path through temperature and one energy: heat and work along it, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import traitlets

from gedig_edu.errors import GedigError
from gedig_edu.shapes import Float
from gedig_edu.theory.thermo import Ensemble
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Numbers, Whole

OTHERS = (0.0, 0.5, 1.0, 1.5)  # energies that stay
COLDEST, HOTTEST = 0.2, 3.0
LIMIT = 3.0
STEPS = 200
PLACES = ("begin", "via", "finish")


class Sums(NamedTuple):
    """Heat Σ T ΔS and work Σ p ΔE along a path, and the change of ⟨E⟩ between its ends."""

    heat: float
    work: float
    change: float


class FirstLaw(Hero):
    """Lead attention from one state to another, and add up heat and work on the way.

    Five keys: four keep their energies, the path changes T and the energy ε of the fifth. It
    runs straight from `begin` to `via` and on to `finish`, each ``[T, ε]``; beside it stands
    the straight path. The traits `begin`, `via`, `finish` and `steps` are the only state.

    Parameters
    ----------
    begin, via, finish : pair of floats
        T from 0.2 to 3 and ε from −3 to 3.
    steps : int
        Steps of each half of the path, 1 to 200; sums are taken by the trapezoidal rule.

    Raises
    ------
    GedigError
        If a point lies outside that range.

    Examples
    --------
    >>> numbers = FirstLaw().numbers
    >>> abs(numbers["heat"] + numbers["work"] - numbers["change"]) < 1e-4
    True
    >>> abs(numbers["heat"] - numbers["straight_heat"]) > 0.1
    True
    """

    script = "first_law.js"
    state = ("begin", "via", "finish", "steps")
    controls = (Control("steps", "whole", 1, STEPS, under="sums"),)
    readouts = ("total", "change", "error", "detour")

    begin = Numbers(2, limit=LIMIT).tag(sync=True)
    via = Numbers(2, limit=LIMIT).tag(sync=True)
    finish = Numbers(2, limit=LIMIT).tag(sync=True)
    steps = Whole(STEPS, min=1, max=STEPS).tag(sync=True)

    def __init__(
        self,
        *,
        begin: Sequence[float] = (0.5, -2.0),
        via: Sequence[float] = (2.5, -2.0),
        finish: Sequence[float] = (2.5, 2.0),
        steps: int = STEPS,
    ) -> None:
        super().__init__(begin=begin, via=via, finish=finish, steps=steps)

    @traitlets.validate(*PLACES)
    def _check_place(self, proposal: Any) -> list[float]:
        name, value = proposal["trait"].name, proposal["value"]
        if value[0] < COLDEST:
            raise GedigError(f"{name} has T = {value[0]:g}; give at least {COLDEST:g}.")
        return value

    @property
    def numbers(self) -> dict[str, Any]:
        """Heat, work, their sum and Δ⟨E⟩ of the learner's path, and what the straight one takes."""
        begin, via, finish = (np.array(getattr(self, name)) for name in PLACES)
        halves = [along(*half, steps=self.steps) for half in ((begin, via), (via, finish))]
        own = Sums(*np.sum(halves, axis=0))
        straight = along(begin, finish, steps=2 * self.steps)
        return plain(
            {
                "heat": own.heat,
                "work": own.work,
                "total": own.heat + own.work,
                "change": own.change,
                "error": own.heat + own.work - own.change,
                "detour": own.heat - straight.heat,
                "straight_heat": straight.heat,
                "straight_work": straight.work,
                "straight_total": straight.heat + straight.work,
                "path_steps": 2 * self.steps,
            }
        )

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield each control's ends, with every point at the corners and all in one place."""
        corners = ([COLDEST, -LIMIT], [COLDEST, LIMIT], [HOTTEST, -LIMIT], [HOTTEST, LIMIT])
        for corner in corners:
            for name in PLACES:
                yield name, corner
            yield from super().extremes()


def along(begin: Float[np.ndarray, " 2"], finish: Float[np.ndarray, " 2"], *, steps: int) -> Sums:
    """Return heat, work and Δ⟨E⟩ on the straight line between two states [T, ε].

    Examples
    --------
    >>> still = along(np.array([1.0, 0.0]), np.array([1.0, 0.0]), steps=3)
    >>> still.heat, still.work, still.change
    (0.0, 0.0, 0.0)
    """
    share = np.linspace(0, 1, steps + 1)[:, None]
    T, energy = np.hsplit(begin + share * (finish - begin), 2)  # each [steps + 1, 1]
    others = np.broadcast_to(OTHERS, (steps + 1, len(OTHERS)))
    states = Ensemble(np.concatenate([energy, others], axis=-1), T)
    p, S, U = states.probabilities[:, 0], states.entropy, states.energy
    heat = np.sum(0.5 * (T[1:, 0] + T[:-1, 0]) * np.diff(S))
    work = np.sum(0.5 * (p[1:] + p[:-1]) * np.diff(energy[:, 0]))
    return Sums(float(heat), float(work), float(U[-1] - U[0]))
