"""Claims of lesson 09: when a growing graph should accept an edge.

The docstrings of `lab.gates_comparison` and of each measure say the rest of the design. The rules
were written before anything was measured. After a first look the rivals were taken apart: what
likeness and common neighbours say alone now stands beside what tuning made of them.
"""

from __future__ import annotations

from gedig_edu.course.evidence import Above, AtMost
from gedig_edu.course.statements import Claim

AREAS = (
    "area_fixed_pairs",
    "area_efficiency",
    "area_likeness",
    "area_lessened",
    "area_mixed",
    "base",
)

CLAIMS = (
    Claim(
        "09.accepts",
        "gauge",
        "measured",
        Above(0.0),
        on="worlds",
        after_look=True,
        beside=AREAS,
    ),
    Claim("09.neighbours", "ours", "measured", Above(0.0), on="worlds", after_look=True),
    Claim("09.above_chance", "ours", "measured", Above(0.0), on="worlds"),
    Claim("09.hops", "gauge", "measured", Above(0.0), on="worlds"),
    Claim("09.bridge", "ours", "by construction", AtMost(0.0), on="ten_worlds"),
    Claim("09.good_update", "gauge", "measured", Above(0.0), on="worlds", slow=True),
    Claim(
        "09.explore",
        "gauge",
        "measured",
        Above(0.0),
        on="worlds",
        slow=True,
        beside=("fixed_pairs_worlds", "efficiency_worlds"),
    ),
    Claim(
        "09.description",
        "gauge",
        "measured",
        Above(0.0),
        on="worlds",
        slow=True,
        unit="bit",
        beside=(
            "fixed_pairs_worlds",
            "efficiency_worlds",
            "fixed_pairs_longer",
            "efficiency_longer",
        ),
    ),
    Claim(
        "09.retrieval",
        "gauge",
        "measured",
        Above(0.0),
        on="facts",
        after_look=True,
        slow=True,
        beside=AREAS,
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
