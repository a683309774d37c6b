"""What a gauge reads from maps: the terms of F and what they were made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from gedig_edu.errors import check_number
from gedig_edu.shapes import Float

Terms: TypeAlias = "Float[np.ndarray, '*batch']"
"""One float64 number per map, on the leading axes of the weights."""


@dataclass(frozen=True, eq=False)
class Reading:
    """What a gauge reads from a batch of maps [..., L, L]: float64 arrays [...].

    Attributes
    ----------
    F : float64 array [...]
        density - λ (entropy + γ · path_gain).
    density : float64 array [...]
        Edges over n², n the number of valid tokens.
    entropy : float64 array [...]
        Shannon entropy of the whole map relative to its maximum, in [0, 1].
    path_gain : float64 array [...]
        What short paths are worth; 0 where there is no path.
    path_length : float64 array [...]
        Mean shortest path over the pairs of the largest component; NaN where there is no pair.
    edges : float64 array [...]
        Number of cells above the threshold, self-loops included.
    nodes : float64 array [...]
        Nodes of the largest component.
    threshold : float64 array [...]
        The threshold τ.
    engine : str
        Which engine computed it: "numba", "numpy" or "torch".
    """

    F: Terms
    density: Terms
    entropy: Terms
    path_gain: Terms
    path_length: Terms
    edges: Terms
    nodes: Terms
    threshold: Terms
    engine: str

    @classmethod
    def of_terms(
        cls,
        terms: np.ndarray,
        *,
        engine: str,
        per_cell: bool,
        against_chain: bool,
        lam: float,
        gamma: float,
    ) -> Reading:
        """Return the reading of an engine's raw terms [...].

        Parameters
        ----------
        terms : array of dtype `engines.rule.TERMS` [...]
            What the engine counted and summed.
        engine : str
            Its name.
        per_cell : bool
            Entropy relative to log n² for n tokens, or else to the log of the cells it sums over.
        against_chain : bool
            Path gain (ℓ_chain - ℓ)/ℓ_chain, or else 1/ℓ.
        lam, gamma : float
            The weights λ and γ.
        """
        cells = terms["tokens"].astype(np.float64) ** 2
        nodes = terms["nodes"].astype(np.float64)
        path_sum = terms["path_sum"].astype(np.float64)
        pairs = nodes * (nodes - 1)
        states = cells if per_cell else terms["support"].astype(np.float64)
        density = np.asarray(terms["edges"] / cells)
        reading = cls(
            F=density,
            density=density,
            entropy=_relative_entropy(terms["mass"], terms["log_mass"], states),
            path_gain=path_gain_of(nodes, path_sum, against_chain=against_chain),
            path_length=_ratio(path_sum, pairs, pairs > 0, otherwise=np.nan),
            edges=terms["edges"].astype(np.float64),
            nodes=nodes,
            threshold=terms["threshold"].copy(),
            engine=engine,
        )
        return reading.combine(lam=lam, gamma=gamma)

    def combine(self, *, lam: float, gamma: float) -> Reading:
        """Return the same terms under new weights; nothing is read again.

        Parameters
        ----------
        lam, gamma : float
            The weights λ and γ.

        Examples
        --------
        >>> from gedig_edu.theory.gauge import Gauge
        >>> reading = Gauge.paper().read(np.eye(8), causal=False)
        >>> float(reading.F), float(reading.combine(lam=2, gamma=0.5).F)
        (-0.5, -1.0)
        """
        lam, gamma = check_number("lam", lam), check_number("gamma", gamma)
        F = self.density - lam * (self.entropy + gamma * self.path_gain)
        return replace(self, F=np.asarray(F))


def path_gain_of(nodes: Terms, path_sum: Terms, *, against_chain: bool) -> Terms:
    """Return what short paths are worth, from the sum of distances over the ordered pairs.

    Parameters
    ----------
    nodes, path_sum : float64 arrays [...]
        Nodes n of the largest component, and the sum over its n (n − 1) ordered pairs.
    against_chain : bool
        (ℓ_chain − ℓ)/ℓ_chain with ℓ_chain = (n + 1)/3, or else 1/ℓ; 0 where there is no pair.

    Examples
    --------
    >>> path_gain_of(np.array(3.0), np.array(6.0), against_chain=True).item()  # a triangle
    0.25
    """
    pairs = nodes * (nodes - 1)
    if against_chain:
        gain = 1 - _ratio(3 * path_sum, pairs * (nodes + 1), pairs > 0)
        return np.where(pairs > 0, gain, 0.0)
    return _ratio(pairs, path_sum, pairs > 0)


def _ratio(
    above: np.ndarray, below: np.ndarray, where: np.ndarray, *, otherwise: float = 0.0
) -> np.ndarray:
    """Return above/below, and `otherwise` where it is not asked for."""
    return np.divide(above, below, out=np.full(np.shape(above), otherwise), where=where)


def _relative_entropy(mass: np.ndarray, log_mass: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Return (log S - Σ w log w / S) / log(states) for maps of sum S, 0 for a single state.

    It is the Shannon entropy of w/S over its maximum; rounding is kept out of [0, 1].
    """
    several = (states > 1) & (mass > 0)
    logarithm = np.log(mass, out=np.zeros_like(mass), where=several)
    nats = logarithm - _ratio(log_mass, mass, several)
    most = np.log(states, out=np.ones_like(states), where=several)
    return np.where(several, np.clip(nats / most, 0.0, 1.0), 0.0)
