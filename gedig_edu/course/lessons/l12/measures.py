"""How the claims of lesson 12 are measured: heat capacity as a warning of a phase transition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gedig_edu.course.context import Context
from gedig_edu.course.evidence import Reading
from gedig_edu.lab.thermodynamics import capacity_bound, one_below
from gedig_edu.theory.thermo import Ensemble


def _diverges(_: Context) -> Sequence[Reading]:
    """Divide the largest C at 2^16 states by that at 2^8, for two kinds of energies.

    Where one state lies below many equal ones, C_max grows as ¼ log² n without end; where the
    energies lie evenly, it stays near 1, the heat capacity of an even density of states.
    """
    few, many = 2**8, 2**16
    apart = [one_below(n).height for n in (few, many)]
    even = [_largest_of_even(n) for n in (few, many)]
    return [
        Reading.exact("apart", apart[1] / apart[0]),
        Reading.exact("even", even[1] / even[0], condition=False),
        Reading.exact("bound", apart[1] / float(capacity_bound(many)), judged=False),
    ]


def _largest_of_even(n: int) -> float:
    E = np.linspace(0.0, 1.0, n)
    return max(float(Ensemble(E, T).heat_capacity) for T in np.geomspace(2e-2, 1.0, 101))


MEASURES = {
    "diverges": _diverges,
}
