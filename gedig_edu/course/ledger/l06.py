"""Claims of lesson 06: what the gauge's own settings do to F."""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import numpy as np

from gedig_edu.course.claims import Claim
from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Above, AtMost, Reading
from gedig_edu.theory.gauge import Gauge

SAMPLED_PAIRS = 200
SAMPLED_TEXTS = 7


def _density_constant(context: Context) -> Sequence[Reading]:
    """Measure how density varies over the heads of a text, under both kinds of threshold."""

    def spread(gauge: Gauge) -> np.ndarray:
        readings = (gauge.read(maps.weights, causal=maps.causal) for maps in context.maps)
        return np.array([reading.density.std() / reading.density.mean() for reading in readings])

    return [
        Reading.mean("quantile", spread(Gauge.paper())),
        Reading.mean("fixed", spread(Gauge.paper(threshold=0.01)), judged=False),
    ]


def _heads_differ(context: Context) -> Sequence[Reading]:
    """Divide the spread of F over the heads of a layer by its spread over texts."""
    F = np.stack([reading.real.F for reading in context.prose])  # [texts, layers, heads]
    over_texts = F.std(axis=0, ddof=1).mean()
    return [Reading.mean("ratio", F.std(axis=-1, ddof=1).mean(axis=-1) / over_texts)]


def _sampled_pairs(context: Context) -> Sequence[Reading]:
    """Take ℓ from 200 random pairs, and return the error that 5 % of such samples exceed."""
    gauge, rng = Gauge.paper(), np.random.default_rng(SEED)
    errors = []
    longest = sorted(context.maps, key=len)[-SAMPLED_TEXTS:]
    for maps in longest:
        layer, head = rng.integers(maps.layers), rng.integers(maps.heads)
        graph = gauge.graph(maps.weights[layer, head], causal=maps.causal).to_undirected()
        graph.remove_edges_from(list(nx.selfloop_edges(graph)))
        lengths = _path_lengths(graph.subgraph(max(nx.connected_components(graph), key=len)))
        if not len(lengths):
            continue
        samples = rng.choice(lengths, size=(500, SAMPLED_PAIRS)).mean(axis=-1)
        errors.append(np.quantile(abs(samples / lengths.mean() - 1), 0.95))
    return [Reading.mean("error", np.array(errors))]


def _path_lengths(graph: nx.Graph) -> np.ndarray:
    return np.array(
        [
            length
            for source, reached in nx.all_pairs_shortest_path_length(graph)
            for target, length in reached.items()
            if source < target
        ]
    )


CLAIMS = (
    Claim("06.density_constant", "gauge", "measured", AtMost(0.05), _density_constant, on="prose"),
    Claim("06.heads_differ", "gauge", "measured", Above(1.0), _heads_differ, on="prose"),
    Claim("06.sampled_pairs", "gauge", "measured", AtMost(0.05), _sampled_pairs, on="prose"),
)
