"""The mean energy of rows of attention along a path, parted into heat and work.

d⟨E⟩ = T dS + Σ p dE. At a fixed temperature both parts are differences of states: the heat is
T·ΔS, the work is the change of the free energy A = −T log Z, whatever lies between. The parting
needs a zero of energy: softmax gives the same weights when a constant is added to a row of scores,
and ⟨E⟩, A and the work move with it. The heat does not. So heat is a fact about a row, and work one
about a row and a choice of zero; here the scores as they are, or less their row's mean.

With that mean as zero, and from even rows, both have a name: the heat is −T·KL(p‖even), never more
than T log n, and the work −T·KL(even‖p), which has no bound. The work is the larger where a row has
many keys of next to no weight; while a row is nearly even the two are equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from gedig_edu.errors import GedigError, check_flag, check_number, shown
from gedig_edu.shapes import Float, Num
from gedig_edu.theory._arrays import to_numpy
from gedig_edu.theory.thermo import Ensemble

_OTHERS = "Rows of shape {} are followed by rows of shape {}; give the same rows."
_SEEN = "Two states differ in shape or in what is seen; give the same rows."


class Parting(NamedTuple):
    """What a change of state at a fixed temperature is made of, row by row: d⟨E⟩ = heat + work.

    Attributes
    ----------
    heat, work : array [...]
        T ΔS and ΔA.
    """

    heat: Float[np.ndarray, "*rows"]
    work: Float[np.ndarray, "*rows"]


def parted(
    before: Num[np.ndarray, "*rows states"],
    after: Num[np.ndarray, "*rows states"],
    *,
    temperature: float = 1.0,
    centred: bool = False,
) -> Parting:
    """Part the change of ⟨E⟩ between two states at one temperature.

    Parameters
    ----------
    before, after : array [..., states]
        E; +∞ for what a row does not see, the same in both.
    temperature : float
        T, above 0.
    centred : bool
        Take each row less the mean of its energies: another zero.

    Raises
    ------
    GedigError
        If these are no energies, a row sees nothing, or shapes or what is seen differ.

    Examples
    --------
    >>> even, uneven = np.array([0.0, 0.0]), np.array([0.0, 1.0])
    >>> [round(float(part), 3) for part in parted(even, uneven)]
    [-0.111, 0.38]
    >>> [round(float(part), 3) for part in parted(even, uneven + 7)]
    [-0.111, 7.38]
    """
    T = check_number("temperature", temperature, above=0)
    check_flag("centred", centred, "whether each row is taken less its mean")
    first, last = (_zeroed(_read(E), centred) for E in (before, after))
    if first.shape != last.shape or (np.isfinite(first) != np.isfinite(last)).any():
        raise GedigError(_SEEN)
    old, new = Ensemble(first, T), Ensemble(last, T)
    return Parting(T * (new.entropy - old.entropy), new.free_energy - old.free_energy)


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
        If the points are no energies, a row sees nothing, they differ in shape or in what is seen,
        or there is none.

    Examples
    --------
    >>> found = first_law([np.array([0.0, 0.0]), np.array([0.0, 1.0])])
    >>> [round(float(part[-1]), 3) for part in (found.energy, found.heat, found.work)]
    [0.269, -0.116, 0.384]
    """
    T = check_number("temperature", temperature, above=0)
    found: list[tuple[float, ...]] = []
    before: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
    heat = work = 0.0
    check_flag("centred", centred, "whether each row is taken less its mean")
    for one in _points(energies):
        E = _zeroed(_read(one), centred)
        rows, seen = Ensemble(E, T), np.isfinite(E)
        p, E = rows.probabilities, np.where(seen, E, 0.0)
        if before is not None:
            if before[0].shape != p.shape:
                raise GedigError(_OTHERS.format(before[0].shape, p.shape))
            if (before[2] != seen).any():
                raise GedigError(_SEEN)
            heat += _mean((before[1] + E) / 2 * (p - before[0]))
            work += _mean((before[0] + p) / 2 * (E - before[1]))
        found.append((rows.energy.mean(), rows.entropy.mean(), rows.free_energy.mean(), heat, work))
        before = p, E, seen
    if not found:
        raise GedigError("A path needs a point; give the energies of one.")
    return FirstLaw(*np.array(found).T)


def _points(energies: Iterable[object]) -> Iterator[object]:
    """Return the points of a path one by one, since a path may be longer than memory."""
    try:
        return iter(energies)
    except TypeError:
        raise GedigError(
            f"energies={shown(energies)} are no path; give a list of arrays."
        ) from None


def _read(energies: object) -> Float[np.ndarray, "*rows states"]:
    """Return energies as numbers, each row with something that it sees."""
    try:
        E = to_numpy("energies", energies)
    except GedigError as trouble:
        raise GedigError("Energies are rows of numbers; give an array of them.") from trouble
    if E.size == 0 or not np.isfinite(E).any(axis=-1).all():
        raise GedigError("A row sees nothing; give each a finite energy, and at least one row.")
    return E


def _zeroed(
    E: Float[np.ndarray, "*rows states"], centred: bool
) -> Float[np.ndarray, "*rows states"]:
    """Return energies as they are, or less the mean of what each row sees."""
    if not centred:
        return E
    seen = np.isfinite(E)
    mean = np.where(seen, E, 0.0).sum(axis=-1, keepdims=True) / seen.sum(axis=-1, keepdims=True)
    return E - mean


def _mean(terms: Float[np.ndarray, "*rows states"]) -> float:
    return float(terms.sum(axis=-1).mean())
