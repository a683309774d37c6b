"""Two gates on an edit: attention (AG) asks where to look, decision (DG) whether to accept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import networkx as nx
import numpy as np

from gedig_edu.errors import check_number, check_whole
from gedig_edu.theory.graphs import edit_gauge


class GateReadings(NamedTuple):
    """The gauge at the edit itself and at its best reach.

    Attributes
    ----------
    g0 : float
        F at 0 hops, where no path is read.
    g_min : float
        The smallest F of 1 … max_hops hops.
    """

    g0: float
    g_min: float


def gate_readings(
    before: nx.Graph,
    after: nx.Graph,
    *,
    max_hops: int = 3,
    p_before: Sequence[float] | np.ndarray | None = None,
    p_after: Sequence[float] | np.ndarray | None = None,
    bound: float | None = None,
    lam: float = 1.0,
    gamma: float = 0.5,
    path: str = "fixed_pairs",
) -> GateReadings:
    """Return F of an edit at 0 hops, and its smallest value over 1 … `max_hops` hops.

    The options are those of `gedig_edu.theory.graphs.edit_gauge`. Give `bound` to price an edge
    alike at every reach; by default it is the number of node pairs within reach.

    Raises
    ------
    GedigError
        If `max_hops` is not a whole number of at least 1, or as in `edit_gauge`.

    Examples
    --------
    >>> from gedig_edu.theory.graphs import chain, with_edges
    >>> g0, g_min = gate_readings(chain(4), with_edges(chain(4), [(0, 3)]), bound=6)
    >>> round(g0, 6), round(g_min, 6)
    (0.166667, 0.066667)
    """
    most = check_whole("max_hops", max_hops, at_least=1)
    g0, *reach = (
        edit_gauge(
            before,
            after,
            p_before=p_before,
            p_after=p_after,
            bound=bound,
            lam=lam,
            gamma=gamma,
            hops=hops,
            path=path,
        ).F
        for hops in range(most + 1)
    )
    return GateReadings(g0, min(reach))


def decide(
    g0: float, g_min: float, *, theta_ag: float, theta_dg: float
) -> Literal["accept", "explore", "reject"]:
    """Return "accept" if min(g0, g_min) ≤ θ_DG, else "explore" if g0 > θ_AG, else "reject".

    The paper writes g_min < θ_DG; the released code takes the smaller of both, as here.

    Raises
    ------
    GedigError
        If a reading or a threshold is not a finite number.

    Examples
    --------
    >>> decide(0.2, -0.1, theta_ag=0.1, theta_dg=0.0), decide(0.2, 0.1, theta_ag=0.1, theta_dg=0.0)
    ('accept', 'explore')
    """
    g0, g_min = check_number("g0", g0), check_number("g_min", g_min)
    theta_ag = check_number("theta_ag", theta_ag)
    if min(g0, g_min) <= check_number("theta_dg", theta_dg):
        return "accept"
    return "explore" if g0 > theta_ag else "reject"
