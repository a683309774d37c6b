"""The compiled engine: maps through a few small kernels that hold no lock.

Compiled once for float32 and once for float64 and kept in numba's cache; importing this module
loads or compiles them.

Where the time goes, measured on causal float32 maps of SmolLM2 under `Gauge.released` (one thread
of an AMD EPYC at 2.6 GHz; in brackets the near uniform maps of an untrained GPT-2), in per cent:

====== ============= ======= ======= ================ ======= =======
tokens ms per head   sample  sums    edges, quantile  links   paths
====== ============= ======= ======= ================ ======= =======
64     0.02 (0.02)   14 (21) 21 (27) 41 (22)          2 (2)   22 (28)
512    0.6 (0.8)     15 (10) 40 (25) 25 (13)          7 (4)   13 (48)
1024   1.9 (3.3)     10 (4)  41 (24) 27 (9)           8 (4)   15 (59)
====== ============= ======= ======= ================ ======= =======

The bound below is one pass over the weights: at 1024 tokens all terms together cost four to seven
times what `numpy.copyto` of the map costs, most of it one logarithm per visible cell. The paths
cost at most L³/64 word operations; the searches stop as soon as every node is reached, which on
real attention, with a token that all others look at, is after a few rows. So the time grows about
as L² on such maps, and towards L³ where no such token is.
"""

from __future__ import annotations

import numpy as np

from gedig_edu.theory.engines.kernels import cells, paths
from gedig_edu.theory.engines.kernels.kept import check_switched_on, ready
from gedig_edu.theory.engines.rule import Rule

check_switched_on()
read_cells = ready(cells.read_cells, *cells.SIGNATURES)
read_links = ready(paths.read_links, *paths.SIGNATURES)

NAME = "numba"


def read_block(weights: np.ndarray, spans: np.ndarray, rule: Rule, terms: np.ndarray) -> None:
    """Read maps [maps, L, L] with valid tokens in `spans` [maps, 2] into `terms` [maps]."""
    maps, length, _ = weights.shape
    adjacency = np.zeros((maps, length, (length + 63) // 64), np.uint64)
    read_cells(weights, spans, rule, terms, adjacency)
    nodes, path_sums = np.empty(maps, np.int64), np.empty(maps, np.int64)
    read_links(adjacency, rule.lowest_tie, nodes, path_sums)
    terms["nodes"], terms["path_sum"] = nodes, path_sums


def read_graphs(
    linked: np.ndarray, lowest_tie: bool, nodes: np.ndarray, path_sums: np.ndarray
) -> None:
    """Read undirected graphs `linked` bool [graphs, n, n] into `nodes` and `path_sums` [graphs]."""
    graphs, n, _ = linked.shape
    padded = np.zeros((graphs, n, (n + 63) // 64 * 64), bool)
    padded[:, :, :n] = (linked | linked.transpose(0, 2, 1)) & ~np.eye(n, dtype=bool)
    adjacency = np.packbits(padded, axis=2, bitorder="little").view(np.uint64)
    read_links(adjacency, lowest_tie, nodes, path_sums)
