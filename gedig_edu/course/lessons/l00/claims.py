"""Claims of lesson 00: by which way an induction head finds what was said before."""

from __future__ import annotations

from gedig_edu.course.evidence import Above
from gedig_edu.course.statements import Claim

CLAIMS = (
    Claim(
        "00.induction",
        "ours",
        "measured",
        Above(0.5),
        on="repeated",
        slow=True,
        beside=("writers", "readers"),
    ),
)
