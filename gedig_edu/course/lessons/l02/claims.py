"""Claims of lesson 02: what rotary positions do to a score, and how far rounding lets them."""

from __future__ import annotations

from gedig_edu.course.evidence import Above, AtMost, HoldsIf
from gedig_edu.course.statements import Claim

CLAIMS = (
    Claim("02.relative", "surveying", "theorem", AtMost(1e-09), on="arrays"),
    Claim("02.precision", "ours", "conditional", HoldsIf(AtMost(0.001)), on="arrays"),
    Claim("02.angles", "surveying", "conditional", HoldsIf(AtMost(1e-09)), on="arrays", unit="rad"),
    Claim("02.decay", "ours", "conditional", HoldsIf(AtMost(0.5)), on="arrays", after_look=True),
    Claim("02.global_shift", "ours", "theorem", AtMost(1e-09), on="arrays"),
    Claim(
        "02.fast_pairs",
        "ours",
        "measured",
        Above(0.0),
        on="rotary",
        slow=True,
        beside=("fast", "slow"),
    ),
    Claim("02.bfloat16", "ours", "measured", Above(0.05), on="rotary", after_look=True, slow=True),
    Claim(
        "02.zero_mode", "field", "by construction", AtMost(1e-06), on="arrays", beside=("moved",)
    ),
)
