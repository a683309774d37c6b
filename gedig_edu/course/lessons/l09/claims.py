"""Claims of lesson 09: when a growing graph should accept an edge.

The rules were written before anything was measured; the docstrings of `lab.gates_comparison` and
of each measure say the rest of the design.
"""

from __future__ import annotations

from gedig_edu.course.evidence import Above, AtMost
from gedig_edu.course.statements import Claim

CLAIMS = (
    Claim(
        "09.accepts",
        "gauge",
        "measured",
        Above(0.0),
        on="worlds",
        beside=("area_fixed_pairs", "area_efficiency", "area_likeness", "area_common", "base"),
    ),
    Claim("09.above_chance", "ours", "measured", Above(0.0), on="worlds"),
    Claim("09.hops", "gauge", "measured", Above(0.0), on="worlds"),
    Claim("09.bridge", "ours", "by construction", AtMost(0.0), on="worlds"),
    Claim("09.good_update", "gauge", "measured", Above(0.0), on="worlds", slow=True),
    Claim("09.explore", "gauge", "measured", Above(0.0), on="worlds", slow=True),
    Claim("09.description", "gauge", "measured", Above(0.0), on="worlds", slow=True, unit="bit"),
    Claim(
        "09.retrieval",
        "gauge",
        "measured",
        Above(0.0),
        on="facts",
        slow=True,
        beside=("area_fixed_pairs", "area_efficiency", "area_likeness", "area_common", "base"),
    ),
    Claim("09.layers", "gauge", "measured", Above(0.0), on="steps", slow=True),
    Claim(
        "09.nodes_on_demand",
        "micro",
        "measured",
        Above(0.0),
        on="worlds",
        slow=True,
        beside=("on_demand", "in_advance"),
    ),
)
