"""Claims of lesson 04: temperatures of real heads, what they write, and what LayerNorm does."""

from __future__ import annotations

from gedig_edu.course.evidence import Above, AtMost, HoldsIf
from gedig_edu.course.statements import Claim

CLAIMS = (
    Claim("04.temperatures", "micro", "measured", Above(2.0), on="heads", beside=("r2",)),
    Claim("04.cold_is_local", "micro", "measured", Above(0.0), on="heads", after_look=True),
    Claim("04.layernorm_energy", "micro", "conditional", HoldsIf(AtMost(0.01)), on="arrays"),
    Claim("04.low_energy_paths", "micro", "measured", Above(0.5), on="heads"),
    Claim("04.entropy_grows", "micro", "measured", Above(0.0), on="writing"),
    Claim(
        "04.walk_entropy",
        "micro",
        "measured",
        Above(0.0),
        on="flow",
        after_look=True,
        beside=("first", "apart", "mask_first"),
        unit="nat",
    ),
    Claim(
        "04.too_warm",
        "ours",
        "measured",
        Above(0.0),
        on="passages",
        slow=True,
        beside=("together", "size"),
        unit="nat/token",
    ),
    Claim("04.entropy_floor", "ours", "theorem", AtMost(1e-09), on="arrays"),
    Claim("04.constellations", "surveying", "metaphor"),
)
