"""Claims of lesson 12: heat capacity as a warning of a phase transition."""

from __future__ import annotations

from gedig_edu.course.evidence import Above, HoldsIf
from gedig_edu.course.statements import Claim

GROWS = 2.0  # a quantity that settles stays below, one that grows as log² n reaches 4

CLAIMS = (
    Claim(
        "12.diverges",
        "field",
        "conditional",
        HoldsIf(Above(GROWS)),
        on="arrays",
        after_look=True,
        beside=("bound",),
    ),
    Claim("12.peak_before", "field", "measured", Above(0.0)),
)
