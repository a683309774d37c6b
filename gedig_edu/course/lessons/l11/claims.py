"""Claims of lesson 11: attention as descent, its cost, and its scales."""

from __future__ import annotations

from gedig_edu.course.evidence import Above, AtMost, HoldsIf
from gedig_edu.course.statements import Claim

SMALL = 0.1  # of what a head writes: an error that counts as none
SETTLED = 0.05  # nats: what may still change after depth has stopped

CLAIMS = (
    Claim("11.first_step", "micro", "theorem", AtMost(1e-12), on="arrays"),
    Claim("11.never_rises", "ours", "theorem", AtMost(1e-12), on="arrays"),
    Claim("11.bounds", "ours", "theorem", AtMost(1e-12), on="arrays"),
    Claim("11.storage", "ours", "measured", Above(2.0), on="arrays", after_look=True, slow=True),
    Claim(
        "11.own_step",
        "micro",
        "measured",
        Above(0.5),
        on="prose",
        slow=True,
        beside=("falls", "turned_fall"),
    ),
    Claim("11.own_output", "ours", "measured", Above(0.5), on="prose", slow=True),
    Claim("11.cost", "micro", "conditional", HoldsIf(AtMost(1.1)), on="arrays"),
    Claim(
        "11.sparse",
        "micro",
        "measured",
        AtMost(SMALL),
        on="passages",
        slow=True,
        beside=("dropped", "norm_bound", "diameter_bound"),
    ),
    Claim("11.without_scores", "ours", "measured", AtMost(SMALL), on="passages", slow=True),
    Claim(
        "11.far_fewer",
        "micro",
        "measured",
        AtMost(0.5),
        on="two_lengths",
        slow=True,
        beside=("short", "long"),
    ),
    Claim(
        "11.depth_stops",
        "micro",
        "conditional",
        HoldsIf(AtMost(SETTLED)),
        on="lens",
        after_look=True,
        slow=True,
        beside=("least", "early"),
    ),
    Claim(
        "11.depth_saves",
        "micro",
        "measured",
        Above(0.0),
        on="lens",
        after_look=True,
        slow=True,
        beside=("cost",),
    ),
    Claim(
        "11.iteration", "micro", "measured", AtMost(0.0), on="writing", after_look=True, slow=True
    ),
    Claim(
        "11.rests",
        "ours",
        "measured",
        Above(0.0),
        on="lens",
        after_look=True,
        slow=True,
        beside=("steps", "restless"),
    ),
    Claim(
        "11.depth_pays",
        "micro",
        "conditional",
        HoldsIf(Above(0.0)),
        on="block",
        beside=("steps", "fixed_steps", "gains"),
    ),
    Claim(
        "11.apart",
        "micro",
        "conditional",
        HoldsIf(Above(0.0)),
        on="block",
        beside=("apart", "together", "together_fixed", "wide"),
    ),
    Claim(
        "11.potential_rests",
        "micro",
        "measured",
        AtMost(0.01),
        on="block",
        after_look=True,
        beside=("potential", "state", "strict"),
    ),
    Claim(
        "11.reason",
        "micro",
        "measured",
        Above(0.0),
        on="small_heads",
        after_look=True,
        beside=("temperatures_circle", "directions_circle", "both_circle"),
    ),
    Claim(
        "11.own_temperature",
        "micro",
        "measured",
        Above(0.0),
        on="small_heads",
        after_look=True,
        beside=("circle",),
    ),
    Claim(
        "11.powers_of_ten", "micro", "measured", Above(0.0), on="small_heads", beside=("circle",)
    ),
    Claim("11.absorbed", "ours", "theorem", AtMost(1e-12), on="arrays"),
    Claim(
        "11.across_scales",
        "ours",
        "measured",
        AtMost(1.0),
        on="scales",
        slow=True,
        beside=("token", "document", "knowledge", "cut"),
    ),
    Claim("11.dictionary", "micro", "metaphor"),
)
