"""Exact shortest paths over all pairs of the largest component, for many graphs at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import array_api_compat
import numpy as np
from jaxtyping import Bool, Float, Int

from gedig_edu.errors import GedigError, check_choice
from gedig_edu.theory import engines

TIES = ("shortest", "lowest")


@dataclass(frozen=True, eq=False)
class PathStatistics:
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
    nodes, sums, name = engines.read_graphs(adjacency, lowest_tie=tie == "lowest", engine=engine)
    return PathStatistics(nodes.reshape(shape[:-2]), sums.reshape(shape[:-2]), name)
