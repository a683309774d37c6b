"""Claims of lesson 05: what an edge of a graph is worth."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import networkx as nx
import numpy as np

from gedig_edu.course.claims import Claim
from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Above, HoldsIf, OneSign, Reading
from gedig_edu.lab.shortcuts import agreement_with_codes, random_growth
from gedig_edu.theory.graphs import chain, edit_gauge, with_edges

NODES = 20
DRAWS = 41
AGREEMENT_DRAWS = 11


def _candidates() -> list[tuple[int, int]]:
    return [pair for pair in combinations(range(NODES), 2) if pair[1] - pair[0] > 1]


def _shortcut(_: Context) -> Sequence[Reading]:
    """Count the single edges with F < 0: on a chain, and on one already full of shortcuts."""
    rng = np.random.default_rng(SEED)
    candidates = _candidates()
    crowd = [
        candidates[i] for i in rng.choice(len(candidates), len(candidates) // 2, replace=False)
    ]
    crowded = with_edges(chain(NODES), crowd)
    return [
        Reading.exact("sparse", _share_that_pays(chain(NODES))),
        Reading.exact("crowded", _share_that_pays(crowded), condition=False),
    ]


def _share_that_pays(before: nx.Graph) -> float:
    """Return the share of missing edges with F < 0; each shortens the path of its own ends."""
    missing = nx.non_edges(before)
    return float(
        np.mean([edit_gauge(before, with_edges(before, [edge])).F < 0 for edge in missing])
    )


def _random_edges(_: Context) -> Sequence[Reading]:
    """Price random edges on a chain: ten of them, and half of all candidates."""
    before = chain(NODES)
    half = len(_candidates()) // 2
    fixed = random_growth(before, draws=DRAWS, seed=SEED)
    reach = random_growth(before, draws=DRAWS, seed=SEED, path="global_efficiency")
    dear = random_growth(before, draws=DRAWS, seed=SEED, bound=len(before.edges))
    return [
        Reading.mean("ten", fixed.F[:, 10]),
        Reading.mean("half", fixed.F[:, half]),
        Reading.mean("turn", fixed.turn, judged=False),
        Reading.mean("ten_dear", dear.F[:, 10], judged=False),
        Reading.mean("half_efficiency", reach.F[:, half], judged=False),
    ]


def _bridge(_: Context) -> Sequence[Reading]:
    """Correlate each term of F with what description length or free energy charges for it."""
    agreement = agreement_with_codes(draws=AGREEMENT_DRAWS, seed=SEED)
    return [
        Reading.mean(name, values, judged=name != "free_energy")
        for name, values in agreement._asdict().items()
    ]


CLAIMS = (
    Claim("05.shortcut", "gauge", "conditional", HoldsIf(Above(0.999)), _shortcut, on="graphs"),
    Claim("05.random_edges", "gauge", "measured", Above(0.0), _random_edges, on="graphs"),
    Claim("05.bridge", "gauge", "conditional", OneSign(), _bridge, on="graphs"),
)
