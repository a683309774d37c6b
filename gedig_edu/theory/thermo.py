"""Softmax as a thermal ensemble: partition function, free energy, entropy, heat capacity.

Energies E_j = −score_j, k_B = 1, p = softmax(−E/T).
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import NamedTuple

import numpy as np
from array_api_compat import device, to_device

from gedig_edu.errors import GedigError, check_whole
from gedig_edu.shapes import Bool, Brief, Float, Num
from gedig_edu.theory._arrays import (
    Array,
    Namespace,
    common_shape,
    first_true,
    floats,
    in_double,
    namespace,
    narrow,
    place,
    temperatures,
    to_numpy,
    visible,
    working_dtype,
)

_NEGLIGIBLE = 1000.0  # exp(-1000) is 0 in every floating type


class Boltzmann(NamedTuple):
    """Boltzmann factors measured from the ground state, so that no energy is too large.

    Attributes
    ----------
    ground : array
        Lowest energy along the axis, kept as size 1; 0 where no state is present.
    gap : array
        Energy above the ground state; 0 for states that are absent or frozen out.
    reduced : array
        gap / T.
    factors : array
        exp(−reduced), 0 for absent states.
    total : array
        Sum of the factors along the axis, kept as size 1.
    """

    ground: Array
    gap: Array
    reduced: Array
    factors: Array
    total: Array


def boltzmann(
    energies: Float[Array, "*shape"],
    temperature: Float[Array, "*heat"],
    *,
    present: Bool[Array, "*shape"],
    axis: int = -1,
) -> Boltzmann:
    """Return the Boltzmann factors of the `present` states along `axis`.

    Subtracting the ground state before dividing by T keeps energies of any size and
    temperatures of any smallness from overflowing.

    Parameters
    ----------
    energies : float array
        Finite where `present`; anything elsewhere.
    temperature : float array
        Above 0, of the same dtype, broadcasting with size 1 along `axis`.
    present : bool array
        False removes a state.
    axis : int
        The axis of the states.

    Examples
    --------
    >>> import numpy as np
    >>> read = boltzmann(np.array([0.0, 5.0]), np.array(1.0), present=np.array([True, False]))
    >>> read.factors.tolist(), read.total.tolist()
    ([1.0, 0.0], [1.0])
    """
    xp = namespace(energies=energies, temperature=temperature, present=present)
    with np.errstate(over="ignore", invalid="ignore"):
        ground = xp.min(xp.where(present, energies, xp.inf), axis=axis, keepdims=True)
        ground = xp.where(xp.isfinite(ground), ground, 0.0)
        above = energies - ground
        alive = present & (above <= _NEGLIGIBLE * temperature)
        gap = xp.where(alive, above, 0.0)
        reduced = gap / temperature
    factors = xp.where(alive, xp.exp(-reduced), 0.0)
    total = xp.sum(factors, axis=axis, keepdims=True)
    return Boltzmann(ground, gap, reduced, factors, total)


@dataclass(frozen=True, eq=False, repr=False)
class Ensemble(Brief):
    """States with energies E at temperature T: p = exp(−E/T)/Z with k_B = 1.

    Every quantity has the shape of `energies` without `axis` (`probabilities` keeps it) and
    is of the same kind, dtype and device. It is computed when asked for.

    Parameters
    ----------
    energies : array [..., n, ...]
        Energy of each state. +∞ is a state that is never visited: p = 0, and it adds 0 to ⟨E⟩.
    temperature : float or array
        T > 0 and finite; an array broadcasts against `energies` with size 1 along `axis`.
    axis : int
        The axis of the states.

    Raises
    ------
    GedigError
        If an energy is NaN or −∞, if all energies of an ensemble are +∞, or if T is not a
        finite number above 0.

    Notes
    -----
    Helmholtz free energy A = ⟨E⟩ − T S = −T log Z; S = −∂A/∂T; C = ∂⟨E⟩/∂T = Var(E)/T².
    See Callen, *Thermodynamics and an Introduction to Thermostatistics*, ch. 16.

    Examples
    --------
    >>> import numpy as np
    >>> two = Ensemble(np.array([0.0, np.log(3.0)]), 1.0)
    >>> np.round(two.probabilities, 6).tolist()
    [0.75, 0.25]
    >>> round(float(two.free_energy - (two.energy - two.entropy)), 12)
    0.0
    """

    energies: Num[Array, "*shape"]
    temperature: float | Num[Array, "*heat"]
    _: KW_ONLY
    axis: int = -1

    def __post_init__(self) -> None:
        xp, (energies,) = floats(energies=self.energies)
        _check_axis(energies.shape, self.axis)
        unusable = xp.isnan(energies) | (energies == -xp.inf)
        if bool(xp.any(unusable)):
            where = first_true(xp, unusable)
            raise GedigError(
                f"The energy at {place(where)} is {energies[where].item()}; "
                "give finite energies, or +inf for a state that is never visited."
            )
        empty = xp.all(energies == xp.inf, axis=self.axis, keepdims=True)
        if bool(xp.any(empty)):
            raise GedigError(
                f"All energies at {place(first_true(xp, empty))} are +inf, which leaves no state; "
                "give at least one finite energy."
            )
        self._temperature(xp, energies)

    def _temperature(self, xp: Namespace, energies: Array) -> Array:
        dtype = working_dtype(xp, energies)
        return temperatures(xp, self.temperature, energies, dtype, self.axis)

    def _read(self) -> tuple[Namespace, Array, Boltzmann]:
        xp, (energies,) = floats(energies=self.energies)
        T = self._temperature(xp, energies)
        E = xp.astype(energies, T.dtype)
        return xp, T, boltzmann(E, T, present=xp.isfinite(E), axis=self.axis)

    def _mean(self, xp: Namespace, read: Boltzmann, values: Array) -> Array:
        return xp.sum(read.factors / read.total * values, axis=self.axis, keepdims=True)

    def _variance(self, xp: Namespace, read: Boltzmann, values: Array) -> Array:
        return self._mean(xp, read, (values - self._mean(xp, read, values)) ** 2)

    def _per_ensemble(self, xp: Namespace, values: Array) -> Array:
        _, (energies,) = floats(energies=self.energies)
        return narrow(xp, xp.squeeze(values, axis=self.axis), energies.dtype)

    @property
    def probabilities(self) -> Float[Array, "*shape"]:
        """P_j = exp(−E_j/T)/Z, in the shape of the energies."""
        xp, _, read = self._read()
        _, (energies,) = floats(energies=self.energies)
        return xp.astype(read.factors / read.total, energies.dtype)

    @property
    def log_partition(self) -> Float[Array, "*ensembles"]:
        """Log Z = log Σ exp(−E/T)."""
        xp, T, read = self._read()
        with np.errstate(over="ignore"):
            return self._per_ensemble(xp, xp.log(read.total) - read.ground / T)

    @property
    def free_energy(self) -> Float[Array, "*ensembles"]:
        """A = −T log Z."""
        xp, T, read = self._read()
        return self._per_ensemble(xp, read.ground - T * xp.log(read.total))

    @property
    def energy(self) -> Float[Array, "*ensembles"]:
        """⟨E⟩ = Σ p E."""
        xp, _, read = self._read()
        return self._per_ensemble(xp, read.ground + self._mean(xp, read, read.gap))

    @property
    def entropy(self) -> Float[Array, "*ensembles"]:
        """S = −Σ p log p, in nats."""
        xp, _, read = self._read()
        mean = self._mean(xp, read, read.reduced)
        return self._per_ensemble(xp, xp.log(read.total) + mean)

    @property
    def heat_capacity(self) -> Float[Array, "*ensembles"]:
        """C = Var(E)/T², bounded by ¼ log²(n − 1) + 1 for n states."""
        xp, _, read = self._read()
        return self._per_ensemble(xp, self._variance(xp, read, read.reduced))

    @property
    def fisher_information(self) -> Float[Array, "*ensembles"]:
        """Fisher information of β = 1/T: Var(E)."""
        xp, _, read = self._read()
        return self._per_ensemble(xp, self._variance(xp, read, read.gap))

    @property
    def effective_states(self) -> Float[Array, "*ensembles"]:
        """Return exp(S): how many equally likely states would have this entropy."""
        xp, _, _ = self._read()
        return xp.exp(self.entropy)


def _check_axis(shape: tuple[int, ...], axis: int) -> None:
    rank = len(shape)
    if not -rank <= check_whole("axis", axis) < rank or shape[axis] == 0:
        raise GedigError(
            f"energies of shape {tuple(shape)} have no states along axis {axis}; "
            "give at least one state along an axis that exists."
        )


def entropy_floor(
    spread: Num[np.ndarray, "*any"] | float, keys: Num[np.ndarray, "*any"] | int
) -> Float[np.ndarray, "*any"]:
    """Return the least entropy that n logits of a given standard deviation can have, in nats.

    The row that has it is one logit above n − 1 equal ones, by spread·n/√(n − 1) (Zhai et al.
    2023, who bound the norm √n·spread of the centred logits by the spectral norms of the weights).

    Parameters
    ----------
    spread : array
        Standard deviation of the logits of a row, at T = 1; finite and at least 0.
    keys : array
        n, at least 2.

    Raises
    ------
    GedigError
        If a spread or a number of keys is out of range.

    Examples
    --------
    >>> entropy_floor(np.array([0.0, 1.0, 3.0]), 16).round(3).tolist()
    [2.773, 1.018, 0.001]
    """
    std, n = to_numpy("spread", spread), to_numpy("keys", keys)
    if not (np.isfinite(std) & (std >= 0)).all() or not (np.isfinite(n) & (n >= 2)).all():
        raise GedigError(
            "A spread is below 0, or a row has fewer than 2 keys; give the standard deviation of "
            "each row's logits and how many keys it sees."
        )
    gap = std * n / np.sqrt(n - 1)
    others = (n - 1) * np.exp(-gap)  # weight of the others, the one has 1
    return np.log1p(others) + gap * others / (1 + others)


class EffectiveTemperature(NamedTuple):
    """The temperature at which scores explain weights, and how well.

    Attributes
    ----------
    temperature : array
        T, one per map; negative where weights fall as scores rise, ∞ where they do not
        depend on them, NaN where no row has two different scores to compare.
    r2 : array
        Share of the variance of log-weights within rows that the scores explain.
    """

    temperature: Float[Array, "*maps"]
    r2: Float[Array, "*maps"]


def effective_temperature(
    weights: Num[Array, "... Lq Lk"],
    scores: Num[Array, "... Lq Lk"],
    *,
    causal: bool = False,
    padding: Bool[Array, "*tokens"] | None = None,
) -> EffectiveTemperature:
    """Return T and R² of log w_ij = s_ij/T + c_i, by least squares within each map.

    One intercept c_i per row takes up the row's log Z, so both sides are compared within
    rows. Weights that are zero have no logarithm and are left out, and so are cells that a
    causal query cannot see and padding.

    Parameters
    ----------
    weights : array [..., Lq, Lk]
        Attention weights.
    scores : array [..., Lq, Lk]
        The scores to explain them by, finite where a weight is above zero.
    causal : bool
        Leave out cells with j > i.
    padding : bool array, [L], [B, L] for [B, H, L, L], or one value per row
        True marks a real token.

    Returns
    -------
    EffectiveTemperature
        ``(temperature, r2)``, one value per map.

    Raises
    ------
    GedigError
        If a weight is negative or NaN, a score is not finite, or shapes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from gedig_edu.theory.attention import attend, dot_scores
    >>> rng = np.random.default_rng(0)
    >>> q, k, v = rng.normal(size=(3, 7, 16))
    >>> weights = attend(dot_scores(q, k), v).weights
    >>> T, r2 = effective_temperature(weights, dot_scores(q, k, scale=False))
    >>> round(float(T), 9), round(float(r2), 9)
    (4.0, 1.0)
    """
    xp, (weights, scores) = floats(weights=weights, scores=scores)
    dtype = weights.dtype
    shape = common_shape(weights=weights.shape, scores=scores.shape)
    if len(shape) < 2:
        raise GedigError(f"weights have shape {shape}; give a map per head, [..., L, L].")
    w, s = (xp.broadcast_to(in_double(xp, array), shape) for array in (weights, scores))
    _, visible_cells = visible(xp, shape, w, causal=causal, padding=padding)
    seen = visible_cells & (w != 0)
    _check_fit(xp, w, s, seen)
    log_w = _centred(xp, xp.log(xp.where(seen, w, 1.0)), seen)
    s = _centred(xp, s, seen)
    total = {"axis": (-2, -1)}
    ss, sw, ww = xp.sum(s * s, **total), xp.sum(s * log_w, **total), xp.sum(log_w * log_w, **total)
    with np.errstate(divide="ignore", invalid="ignore"):
        T = xp.where(ss > 0, ss / sw, xp.nan)
        r2 = xp.where(ww > 0, xp.clip(sw * sw / (ss * ww), max=1.0), 1.0)
    r2 = xp.where(ss > 0, r2, xp.nan)
    home = device(weights)
    return EffectiveTemperature(*(to_device(narrow(xp, x, dtype), home) for x in (T, r2)))


class FittedHead(NamedTuple):
    """A head's log-weights against scores, both less their row's mean, and the line 1/T.

    Attributes
    ----------
    scores, log_weights : array [cells]
        Of the cells with a weight, row by row.
    temperature, r2 : float
        As in `EffectiveTemperature`.
    """

    scores: Float[np.ndarray, " cells"]
    log_weights: Float[np.ndarray, " cells"]
    temperature: float
    r2: float


def fitted_head(
    weights: Float[np.ndarray, "L L"], scores: Float[np.ndarray, "L L"], *, causal: bool
) -> FittedHead:
    """Fit the temperature of one head, and return the points that the line goes through.

    Parameters
    ----------
    weights, scores : array [L, L]
        Attention weights, and what explains them, such as cosines.
    causal : bool
        Count only what a query may see.

    Examples
    --------
    >>> import numpy as np
    >>> weights = np.array([[0.5, 0.5], [0.2, 0.8]])
    >>> fitted_head(weights, np.array([[1.0, 1.0], [0.0, 2.0]]), causal=False).scores.tolist()
    [0.0, 0.0, -1.0, 1.0]
    """
    T, r2 = map(float, effective_temperature(weights, scores, causal=causal))
    seen = (weights > 0) & (np.tri(len(weights), dtype=bool) | (not causal))
    logs = np.log(np.where(seen, weights, 1.0))
    counts = np.maximum(seen.sum(axis=-1, keepdims=True), 1)
    means = [
        np.where(seen, values, 0.0).sum(axis=-1, keepdims=True) / counts
        for values in (scores, logs)
    ]
    return FittedHead((scores - means[0])[seen], (logs - means[1])[seen], T, r2)


def _check_fit(xp: Namespace, weights: Array, scores: Array, seen: Array) -> None:
    for name, values, wrong, wanted in (
        ("weight", weights, seen & ~((weights > 0) & xp.isfinite(weights)), "at least 0"),
        ("score", scores, seen & ~xp.isfinite(scores), "of finite size"),
    ):
        if bool(xp.any(wrong)):
            where = first_true(xp, wrong)
            raise GedigError(
                f"The {name} at {place(where)} is {values[where].item()}; give numbers {wanted}."
            )


def _centred(xp: Namespace, values: Array, seen: Array) -> Array:
    """Return values less their mean over the seen cells of the row, 0 elsewhere."""
    highest = xp.max(xp.where(seen, values, -xp.inf), axis=-1, keepdims=True)
    shifted = xp.where(seen, values - xp.where(xp.isfinite(highest), highest, 0.0), 0.0)
    count = xp.sum(xp.astype(seen, values.dtype), axis=-1, keepdims=True)
    mean = xp.sum(shifted, axis=-1, keepdims=True) / xp.where(count > 0, count, 1.0)
    return xp.where(seen, shifted - mean, 0.0)
