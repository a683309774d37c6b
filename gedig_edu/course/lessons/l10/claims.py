"""Claims of lesson 10: attention in a potential, and what is carried from step to step."""

from __future__ import annotations

from gedig_edu.course.evidence import Above, AtMost, HoldsIf
from gedig_edu.course.statements import Claim

CLAIMS = (
    Claim("10.potential", "dynamics", "by construction", AtMost(1e-12), on="arrays"),
    Claim("10.zero_potential", "ours", "theorem", AtMost(1e-12), on="arrays"),
    Claim("10.barrier", "dynamics", "theorem", AtMost(0.0), on="arrays"),
    Claim(
        "10.groove", "dynamics", "measured", Above(0.0), on="written", slow=True, beside=("plain",)
    ),
    Claim("10.inertia", "dynamics", "measured", AtMost(0.0), on="written", slow=True),
    Claim("10.carry", "dynamics", "conditional", HoldsIf(Above(0.0)), on="arrays"),
    Claim(
        "10.jump",
        "dynamics",
        "measured",
        Above(0.0),
        on="books",
        slow=True,
        beside=("auc", "place"),
    ),
    Claim(
        "10.rounding",
        "dynamics",
        "measured",
        Above(0.0),
        on="writing",
        slow=True,
        beside=("along_first", "along_middle"),
    ),
    Claim("10.hhh", "dynamics", "by construction", AtMost(1e-12), on="arrays", beside=("cooled",)),
    Claim("10.helpful", "dynamics", "measured", Above(0.0), on="lens", slow=True),
    Claim("10.harmless", "dynamics", "measured", AtMost(0.05), on="writing"),
    Claim(
        "10.recovery",
        "dynamics",
        "conditional",
        HoldsIf(AtMost(0.1)),
        on="runs",
        slow=True,
        beside=("condition", "one_step", "same_visits", "missed"),
    ),
    Claim(
        "10.residual",
        "dynamics",
        "measured",
        Above(0.0),
        on="writing",
        slow=True,
        beside=("cosine",),
    ),
    Claim("10.invert", "dynamics", "conditional", HoldsIf(AtMost(1e-6)), on="arrays"),
    Claim("10.subspace", "dynamics", "measured", Above(0.0), on="writing", beside=("off",)),
    Claim("10.wave", "dynamics", "measured", Above(0.0), on="writing"),
    Claim("10.lasts", "dynamics", "measured", Above(0.0), on="writing"),
    Claim("10.kinetic", "dynamics", "by construction", AtMost(1e-12), on="arrays"),
    Claim("10.order", "ours", "measured", Above(0.0), on="sentences", slow=True),
    Claim("10.least_action", "dynamics", "metaphor"),
)
