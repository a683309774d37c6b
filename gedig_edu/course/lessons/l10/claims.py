"""Claims of lesson 10: attention in a potential, and what is carried from step to step."""

from __future__ import annotations

from gedig_edu.course.evidence import Above, AtMost, HoldsIf
from gedig_edu.course.statements import Claim

CLAIMS = (
    Claim("10.potential", "dynamics", "by construction", AtMost(1e-12), on="arrays"),
    Claim("10.zero_potential", "ours", "theorem", AtMost(1e-12), on="arrays"),
    Claim("10.barrier", "dynamics", "theorem", AtMost(0.0), on="arrays"),
    Claim("10.groove", "dynamics", "measured", Above(0.0)),
    Claim("10.jump", "dynamics", "conditional", HoldsIf(Above(0.0))),
    Claim("10.rounding", "dynamics", "measured", Above(0.0)),
    Claim("10.hhh", "dynamics", "conditional", HoldsIf(Above(0.0))),
    Claim("10.recovery", "dynamics", "conditional", HoldsIf(AtMost(0.1))),
    Claim("10.residual", "dynamics", "measured", Above(0.0)),
    Claim("10.least_action", "dynamics", "metaphor"),
)
