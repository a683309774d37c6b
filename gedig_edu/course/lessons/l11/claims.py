"""Claims of lesson 11: attention as descent, its cost, and its scales."""

from __future__ import annotations

from gedig_edu.course.evidence import AtMost, HoldsIf
from gedig_edu.course.statements import Claim

CLAIMS = (
    Claim("11.cost", "micro", "theorem", AtMost(0.05)),
    Claim("11.depth_stops", "micro", "conditional", HoldsIf(AtMost(1e-06))),
    Claim("11.dictionary", "micro", "metaphor"),
)
