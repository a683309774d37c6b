"""The mean energy of rows of attention along a path, parted into heat and work.

d⟨E⟩ = T dS + Σ p dE. At a fixed temperature both parts are differences of states: the heat is
T·ΔS, the work is the change of the free energy A = −T log Z, whatever lies between. The parting
needs a zero of energy: softmax gives the same weights when a constant is added to a row of scores,
and ⟨E⟩, A and the work move with it. The heat does not. So heat is a fact about a row, and work one
about a row and a choice of zero; here the scores as they are, or less their row's mean.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from gedig_edu.errors import GedigError, check_number
from gedig_edu.shapes import Float, Num
from gedig_edu.theory.thermo import Ensemble


class FirstLaw(NamedTuple):
    """Means over rows at each point of a path; heat and work from the first point on.

    Attributes
    ----------
    energy, entropy, free_energy : array [points]
        ⟨E⟩, S and A.
    heat, work : array [points]
        Σ Ē Δp and Σ p̄ ΔE, summed over the steps so far, Ē and p̄ halfway of a step. Together
        they are ⟨E⟩ − ⟨E⟩₀ exactly; the finer the path, the nearer the heat is to T (S − S₀).
    """

    energy: Float[np.ndarray, " points"]
    entropy: Float[np.ndarray, " points"]
    free_energy: Float[np.ndarray, " points"]
    heat: Float[np.ndarray, " points"]
    work: Float[np.ndarray, " points"]


def first_law(
    energies: Iterable[Num[np.ndarray, "*rows states"]],
    *,
    temperature: float = 1.0,
    centred: bool = False,
) -> FirstLaw:
    """Part the change of ⟨E⟩ along a path into heat and work.

    Parameters
    ----------
    energies : iterable of array [..., states]
        E of the same rows at each point of the path; +∞ for what a row does not see.
    temperature : float
        T, above 0, the same all along.
    centred : bool
        Take each row less the mean of its energies: another zero.

    Raises
    ------
    GedigError
        If the points differ in shape or in what is seen, or there is none.

    Examples
    --------
    >>> found = first_law([np.array([0.0, 0.0]), np.array([0.0, 1.0])])
    >>> [round(float(part[-1]), 3) for part in (found.energy, found.heat, found.work)]
    [0.269, -0.116, 0.384]
    """
    T = check_number("temperature", temperature, above=0)
    found: list[tuple[float, ...]] = []
    before: tuple[np.ndarray, np.ndarray] | None = None
    heat = work = 0.0
    for one in energies:
        E = np.asarray(one, dtype=np.float64)
        seen = np.isfinite(E)
        if centred:
            mean = np.where(seen, E, 0.0).sum(axis=-1, keepdims=True)
            E = E - mean / seen.sum(axis=-1, keepdims=True)
        rows = Ensemble(E, T)
        p, E = rows.probabilities, np.where(seen, E, 0.0)
        if before is not None:
            heat, work = (
                heat + _mean(before[1] + E, p - before[0]),
                work + _mean(before[0] + p, E - before[1]),
            )
        found.append((rows.energy.mean(), rows.entropy.mean(), rows.free_energy.mean(), heat, work))
        before = p, E
    if not found:
        raise GedigError("A path needs a point; give the energies of one.")
    return FirstLaw(*np.array(found).T)


def _mean(
    twice: Float[np.ndarray, "*rows states"], step: Float[np.ndarray, "*rows states"]
) -> float:
    if twice.shape != step.shape:
        raise GedigError(
            f"Rows of shape {step.shape} follow rows of shape {twice.shape}; give the same rows."
        )
    return float((twice * step / 2).sum(axis=-1).mean())
