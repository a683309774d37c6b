"""The rows of a real model as thermal ensembles: entropy, effective keys, heat capacity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import expit

from gedig_edu.errors import GedigError, check_number, check_whole
from gedig_edu.lab.geometry import read_vectors
from gedig_edu.shapes import Float, Int, Num
from gedig_edu.theory._arrays import as_array, numbers, to_numpy
from gedig_edu.theory.attention import dot_scores
from gedig_edu.theory.thermo import Ensemble

if TYPE_CHECKING:
    from gedig_edu.lab.geometry import Vectors
    from gedig_edu.models import AttentionModel


HEATS = np.geomspace(1 / 32, 32, 81)  # eight to an octave


class Rows(NamedTuple):
    """Every row of attention of a model for one text, as energies and a temperature.

    Attributes
    ----------
    energies : float64 array [layers, heads, L, L]
        E = −q·k, unscaled; +∞ where a query may not look.
    temperature : float
        √d, at which standard attention reads them.
    keys : int array [L]
        How many keys each query sees.
    """

    energies: Float[np.ndarray, "layers heads L L"]
    temperature: float
    keys: Int[np.ndarray, " L"]

    def at(self, heat: float = 1.0) -> Ensemble:
        """Return the rows as ensembles at `heat` times their own temperature."""
        return Ensemble(self.energies, check_number("heat", heat, above=0) * self.temperature)

    @property
    def bound(self) -> Float[np.ndarray, " L"]:
        """What the heat capacity of each row cannot exceed."""
        return capacity_bound(self.keys)

    def over_heat(
        self, heats: Float[np.ndarray, " heats"], *, least: int
    ) -> tuple[Float[np.ndarray, "layers heads heats"], Float[np.ndarray, "layers heads heats"]]:
        """Return each head's mean share of log n in S, and of the bound in C, over T.

        Parameters
        ----------
        heats : array [heats]
            Multiples of the rows' own temperature.
        least : int
            Rows that see fewer keys are left out, 2 at the least.
        """
        least = check_whole("least", least, at_least=0, at_most=int(self.keys.max()))
        used = self.keys >= max(2, least)
        each = numbers("heats", heats, "[heats]")
        states = [self._used(used).at(heat) for heat in each]
        entropy = [(state.entropy / np.log(self.keys[used])).mean(axis=-1) for state in states]
        capacity = [(state.heat_capacity / self.bound[used]).mean(axis=-1) for state in states]
        return np.stack(entropy, axis=-1), np.stack(capacity, axis=-1)

    def peak(self, *, least: int) -> Float[np.ndarray, "layers heads"]:
        """Return at which multiple of its own temperature each head's C over its bound peaks.

        The top of a parabola through the largest of `HEATS` and its neighbours, in log T.

        Parameters
        ----------
        least : int
            Rows that see fewer keys are left out, 2 at the least.
        """
        _, capacity = self.over_heat(HEATS, least=least)
        place = capacity.argmax(axis=-1).clip(1, len(HEATS) - 2)[..., None]
        low, top, high = (
            np.take_along_axis(capacity, place + step, axis=-1)[..., 0] for step in (-1, 0, 1)
        )
        bend = 2 * top - low - high
        shift = 0.5 * (high - low) / np.where(bend > 0, bend, 1.0)
        return HEATS[place[..., 0]] * (HEATS[1] / HEATS[0]) ** shift.clip(-1, 1)

    def _used(self, used: Num[np.ndarray, " L"]) -> Rows:
        return Rows(self.energies[:, :, used], self.temperature, self.keys[used])


def rows_of(vectors: Vectors, *, causal: bool) -> Rows:
    """Return the rows that queries and keys make.

    Parameters
    ----------
    vectors : Vectors
        As `gedig_edu.lab.geometry.read_vectors` gives them.
    causal : bool
        Whether a query sees only itself and what came before.

    Examples
    --------
    >>> from gedig_edu.lab.geometry import Vectors
    >>> rows = rows_of(Vectors(*np.ones((2, 1, 1, 3, 4))), causal=True)
    >>> rows.energies[0, 0].tolist()
    [[-4.0, inf, inf], [-4.0, -4.0, inf], [-4.0, -4.0, -4.0]]
    >>> rows.temperature, rows.keys.tolist()
    (2.0, [1, 2, 3])
    """
    q, k = (x.astype(np.float64) for x in vectors)
    length, d = q.shape[-2:]
    seen = np.tri(length, dtype=bool) if causal else np.ones((length, length), dtype=bool)
    energies = np.where(seen, -dot_scores(q, k, scale=False), np.inf)
    return Rows(energies, float(np.sqrt(d)), seen.sum(axis=-1))


def read_rows(model: AttentionModel, text: str) -> Rows:
    """Return the rows of every head of a model for one text.

    Raises
    ------
    GedigError
        If the model cannot read the text.
    """
    vectors = read_vectors(model, text)
    return rows_of(vectors, causal=model.causal)


def capacity_bound(states: Num[np.ndarray, "*any"] | int) -> Float[np.ndarray, "*any"]:
    """Return ¼ log²(n − 1) + 1, above which no heat capacity of n states lies.

    Parameters
    ----------
    states : array or int
        n; a single state has heat capacity 0, and so has its bound.

    Raises
    ------
    GedigError
        If there is a row without a state.

    Examples
    --------
    >>> capacity_bound(np.array([1, 2, 101])).round(3).tolist()
    [0.0, 1.0, 6.302]
    """
    n = as_array("states", states)
    if n.dtype.kind not in "iuf" or not (np.isfinite(n) & (n >= 1)).all():
        raise GedigError(f"states={states!r} holds a number below 1; give at least one state.")
    return np.where(n < 2, 0.0, np.log(np.maximum(n - 1, 1)) ** 2 / 4 + 1)


class CapacityPeak(NamedTuple):
    """Where the heat capacity peaks over T, how high, and how wide the peak is at half its height.

    Attributes
    ----------
    temperature : float
        In units of the gap Δ.
    height : float
        C, in units of k_B = 1.
    width : float
        In units of Δ, as the temperature.
    """

    temperature: float
    height: float
    width: float


def one_below(states: int) -> CapacityPeak:
    """Return the peak of C for one state an energy Δ below n − 1 equal ones.

    With x = Δ/T the lowest state has p = 1/(1 + (n − 1)e⁻ˣ), and C = x² p(1 − p). For large n the
    peak stands at T = Δ/log n, is ¼ log² n high, and narrows as 1/log n against its own T.

    Parameters
    ----------
    states : int
        n, 2 or more.

    Raises
    ------
    GedigError
        If there are fewer than two states.

    Examples
    --------
    >>> [round(number, 3) for number in one_below(2**20)]
    [0.071, 49.039, 0.018]
    """
    x = np.geomspace(0.05, 500, 200_001)
    C = capacity_of_one_below(states, 1 / x)
    half = C.max() / 2
    above_half = x[half <= C]
    return CapacityPeak(
        temperature=float(1 / x[C.argmax()]),
        height=float(C.max()),
        width=float(1 / above_half[0] - 1 / above_half[-1]),
    )


def capacity_of_one_below(
    states: int, temperature: Float[np.ndarray, "*any"]
) -> Float[np.ndarray, "*any"]:
    """Return C of one state an energy Δ below n − 1 equal ones, without an array of n energies.

    Parameters
    ----------
    states : int
        n, 2 or more.
    temperature : array
        T in units of Δ, finite and above 0.

    Raises
    ------
    GedigError
        If there are fewer than two states, or a temperature is not finite and above 0.

    Examples
    --------
    >>> float(capacity_of_one_below(16, np.array([0.25])).round(3)[0])
    2.705
    """
    n, T = check_whole("states", states, at_least=2), to_numpy("temperature", temperature)
    if not (np.isfinite(T) & (T > 0)).all():
        raise GedigError("A temperature is not finite and above 0; give numbers such as 0.25.")
    excess = 1 / T - np.log(n - 1)  # log odds of the lowest state
    return expit(excess) * expit(-excess) / T**2


class FiniteSize(NamedTuple):
    """The heat capacity of rows of more and more states, one of them Δ below the others.

    Attributes
    ----------
    states : int array [sizes]
        n.
    temperature : array [temperatures]
        T in units of Δ.
    C : array [sizes, temperatures]
    height, peak, relative_width : array [sizes]
        The largest C; the T at which it stands, in units of Δ; and the width at half the height,
        as a share of that T.
    bound : array [sizes]
        ¼ log²(n − 1) + 1.
    """

    states: Int[np.ndarray, " sizes"]
    temperature: Float[np.ndarray, " temperatures"]
    C: Float[np.ndarray, "sizes temperatures"]
    height: Float[np.ndarray, " sizes"]
    peak: Float[np.ndarray, " sizes"]
    relative_width: Float[np.ndarray, " sizes"]
    bound: Float[np.ndarray, " sizes"]


def finite_size(
    states: Num[np.ndarray, " sizes"] | Sequence[int] = (2**4, 2**8, 2**12, 2**16, 2**20),
    *,
    temperature: Float[np.ndarray, " temperatures"] | None = None,
) -> FiniteSize:
    """Return C(T) for rows of many lengths: what can be asked where nothing can diverge.

    No finite system has a heat capacity without bound. A transition shows in how the peak changes
    with n: here it grows as ¼ log² n, its T goes to Δ/log n, and it narrows beside that T, as at
    a transition of first order in the limit of many states.

    Parameters
    ----------
    states : ints
        n, each 2 or more.
    temperature : array, optional
        T in units of Δ, finite and above 0; 401 of them from 0.03 to 1 where not given.

    Raises
    ------
    GedigError
        If there are fewer than two states, or a temperature is not finite and above 0.

    Examples
    --------
    >>> found = finite_size([2**4, 2**12, 2**20])
    >>> found.height.round(1).tolist(), found.relative_width.round(2).tolist()
    ([2.7, 18.3, 49.0], [0.97, 0.41, 0.25])
    """
    T = np.geomspace(0.03, 1.0, 401) if temperature is None else temperature
    T, n = numbers("temperature", T, "[temperatures]"), numbers("states", states, "[sizes]")
    sizes = np.array([check_whole("states", one, at_least=2) for one in n])
    at, height, width = np.array([one_below(one) for one in sizes]).T
    return FiniteSize(
        states=sizes,
        temperature=T,
        C=np.stack([capacity_of_one_below(one, T) for one in sizes]),
        height=height,
        peak=at,
        relative_width=width / at,
        bound=capacity_bound(sizes),
    )
