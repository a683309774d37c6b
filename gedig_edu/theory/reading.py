"""What a gauge reads from maps: the terms of F and what they were made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from gedig_edu.errors import GedigError, check_number, known_names
from gedig_edu.shapes import Float

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = ("F", "density", "entropy", "path_gain")
_AXES = {0: (), 1: ("head",), 2: ("layer", "head"), 3: ("layer", "text", "head")}
_ORDER = {"text": 0, "layer": 1, "head": 2}

Terms: TypeAlias = "Float[np.ndarray, '*batch']"
"""One float64 number per map, on the leading axes of the weights."""


@dataclass(frozen=True, eq=False, repr=False)
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

    @known_names
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

    @known_names
    def to_frame(self, *, axes: Sequence[str] | None = None) -> pd.DataFrame:
        """Return one row a map: where it stands, F and its three terms.

        Parameters
        ----------
        axes : sequence of str, optional
            Names of the leading axes. By default the last is ``head`` and the one before it
            ``layer``; of three, as models of transformers return them, ``layer, text, head``.

        Returns
        -------
        pandas.DataFrame
            Columns text, layer, head (as far as there are such axes), F, density, entropy and
            path_gain.

        Raises
        ------
        GedigError
            If `axes` are not as many as the leading axes.

        Examples
        --------
        >>> from gedig_edu.theory.gauge import Gauge
        >>> maps = np.full((1, 2, 4, 4), 0.25)
        >>> Gauge.paper().read(maps, causal=False).to_frame().to_dict("records")[1]
        {'layer': 0, 'head': 1, 'F': -1.0, 'density': 0.0, 'entropy': 1.0, 'path_gain': 0.0}
        """
        import pandas as pd

        shape = np.shape(self.F)
        names = list(_AXES.get(len(shape), map("axis_{}".format, range(len(shape)))))
        names = names if axes is None else list(axes)
        if len(names) != len(shape) or len(set(names)) != len(names):
            raise GedigError(
                f"axes={axes!r} do not name {len(shape)} axes; give {len(shape)} names."
            )
        places = dict(zip(names, np.indices(shape), strict=True))
        ordered = sorted(names, key=lambda name: _ORDER.get(name, -1))
        columns = {name: places[name].ravel() for name in ordered}
        columns |= {name: np.ravel(getattr(self, name)) for name in _COLUMNS}
        frame = pd.DataFrame(columns)
        return frame.sort_values(ordered, ignore_index=True) if ordered else frame

    def __repr__(self) -> str:
        shape = np.shape(self.F)
        if not shape:
            terms = ", ".join(f"{name}={float(getattr(self, name)):.3g}" for name in _COLUMNS)
            return f"Reading({terms}, engine={self.engine!r})"
        return f"Reading({list(shape)} maps, F {span(self.F)}, engine={self.engine!r})"


def span(values: Terms) -> str:
    """Return the least and the greatest of some numbers in words.

    Examples
    --------
    >>> span(np.array([-0.25, -0.5])), span(np.array(0.125)), span(np.zeros(0))
    ('-0.5 to -0.25', '0.125', 'none')
    """
    if not np.size(values):
        return "none"
    least, greatest = float(np.min(values)), float(np.max(values))
    return f"{least:.3g}" if least == greatest else f"{least:.3g} to {greatest:.3g}"


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
