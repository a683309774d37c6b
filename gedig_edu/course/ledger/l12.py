"""Claims of lesson 12: heat capacity as a warning of a phase transition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from gedig_edu.course.claims import Claim
from gedig_edu.course.context import Context
from gedig_edu.course.evidence import Above, HoldsIf, Reading
from gedig_edu.lab.thermodynamics import capacity_bound
from gedig_edu.theory.thermo import Ensemble

GROWS = 2.0  # a quantity that settles stays below, one that grows as log² n reaches 4


def _diverges(_: Context) -> Sequence[Reading]:
    """Divide the largest C at 2^16 states by that at 2^8, for two kinds of energies.

    Where one state lies below many equal ones, C_max grows as ¼ log² n without end; where the
    energies lie evenly, it stays near 1, the heat capacity of an even density of states.
    """
    few, many = 2**8, 2**16
    apart = [_largest(_one_below(n)) for n in (few, many)]
    even = [_largest(np.linspace(0.0, 1.0, n)) for n in (few, many)]
    return [
        Reading.exact("apart", apart[1] / apart[0]),
        Reading.exact("even", even[1] / even[0], condition=False),
        Reading.exact("bound", apart[1] / capacity_bound(many), judged=False),
    ]


def _one_below(n: int) -> Float[np.ndarray, " n"]:
    return np.r_[0.0, np.ones(n - 1)]


def _largest(E: Float[np.ndarray, " n"]) -> float:
    return max(float(Ensemble(E, T).heat_capacity) for T in np.geomspace(2e-2, 1.0, 101))


CLAIMS = (
    Claim("12.diverges", "field", "conditional", HoldsIf(Above(GROWS)), _diverges, on="arrays"),
    Claim("12.peak_before", "field", "measured", Above(0.0)),
)
