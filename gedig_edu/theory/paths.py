"""Exact shortest paths over all pairs of the largest component, for many graphs at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import array_api_compat
import numpy as np

from gedig_edu.errors import GedigError, check_choice
from gedig_edu.shapes import Bool, Brief, Float, Int
from gedig_edu.theory.engines.dispatch import read_graphs
from gedig_edu.theory.reading import path_gain_of

TIES = ("shortest", "lowest")
GAINS = ("chain_gain", "inverse_length")


@dataclass(frozen=True, eq=False, repr=False)
class PathStatistics(Brief):
    """Shortest paths of the largest component of each graph.

    Attributes
    ----------
    nodes : int64 array [...]
        Nodes n of the largest component.
    distance_sum : int64 array [...]
        Sum of the shortest path lengths over its n (n - 1) ordered pairs.
    engine : str
        Which engine computed it.
    """

    nodes: Int[np.ndarray, "*batch"]
    distance_sum: Int[np.ndarray, "*batch"]
    engine: str

    @property
    def mean(self) -> Float[np.ndarray, "*batch"]:
        """Mean shortest path ℓ over the pairs; NaN where there is none."""
        pairs = self.nodes * (self.nodes - 1.0)
        return np.divide(
            self.distance_sum, pairs, out=np.full(self.nodes.shape, np.nan), where=pairs > 0
        )


def path_statistics(
    adjacency: Bool[Any, "*batch n n"], *, tie: str = "shortest", engine: str | None = None
) -> PathStatistics:
    """Return the shortest paths of undirected graphs, exact and over all pairs.

    Parameters
    ----------
    adjacency : bool array or tensor [..., n, n]
        True where two nodes are linked, in either direction; self-loops do not matter.
    tie : {"shortest", "lowest"}
        Of components of equal size, take the one with the smallest sum or with the lowest node.
    engine : {"numba", "numpy", "torch"}, optional
        By default the fastest for where the graphs lie.

    Raises
    ------
    GedigError
        If `adjacency` is not boolean or not square.

    Examples
    --------
    >>> chain = np.eye(5, k=1, dtype=bool)
    >>> statistics = path_statistics(chain)
    >>> int(statistics.nodes), int(statistics.distance_sum), float(statistics.mean)
    (5, 40, 2.0)
    """
    check_choice("tie", tie, TIES)
    if not array_api_compat.is_torch_array(adjacency):
        adjacency = np.asarray(adjacency)
    shape = tuple(adjacency.shape)
    if str(adjacency.dtype).removeprefix("torch.") != "bool":
        raise GedigError(
            f"adjacency has dtype {adjacency.dtype}; give booleans, for instance weights > 0.1."
        )
    if len(shape) < 2 or shape[-1] != shape[-2] or shape[-1] == 0:
        raise GedigError(
            f"adjacency has shape {shape}, but graphs are square, [..., n, n], with at least one "
            "node; give one column per row."
        )
    nodes, sums, name = read_graphs(adjacency, lowest_tie=tie == "lowest", engine=engine)
    return PathStatistics(nodes.reshape(shape[:-2]), sums.reshape(shape[:-2]), name)


def path_gain(
    edges: Bool[Any, "*batch n n"], *, path: str, engine: str | None = None
) -> Float[np.ndarray, "*batch"]:
    """Return the path term that a gauge reads from graphs, without the maps behind them.

    On the graph of a map, its cells above the threshold, this is the `path_gain` of the reading,
    bit for bit; F holds it times −λγ.

    Parameters
    ----------
    edges : bool array or tensor [..., n, n]
        True at (i, j) where the edge i → j is; self-loops and directions do not matter.
    path : {"chain_gain", "inverse_length"}
        A gauge's `path`: (ℓ_chain − ℓ)/ℓ_chain with ℓ_chain = (n + 1)/3, or 1/ℓ, on the largest
        component. Of components of equal size the first takes the one with the smallest ℓ, the
        second the one with the lowest node.
    engine : {"numba", "numpy", "torch"}, optional
        By default the fastest for where the graphs lie.

    Returns
    -------
    float64 array [...]
        Dimensionless; 0 where no two nodes are linked.

    Raises
    ------
    GedigError
        If `edges` is not boolean or not square, or `path` is not known.

    Examples
    --------
    >>> triangle = ~np.eye(3, dtype=bool)
    >>> path_gain(triangle, path="chain_gain").item()
    0.25
    >>> path_gain(triangle, path="inverse_length").item()
    1.0
    """
    check_choice("path", path, GAINS)
    against_chain = path == "chain_gain"
    tie = "shortest" if against_chain else "lowest"
    read = path_statistics(edges, tie=tie, engine=engine)
    nodes, path_sum = (x.astype(np.float64) for x in (read.nodes, read.distance_sum))
    return np.asarray(path_gain_of(nodes, path_sum, against_chain=against_chain))
