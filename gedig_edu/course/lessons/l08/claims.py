"""Claims of lesson 08: whether training with F in the loss does anything."""

from __future__ import annotations

from gedig_edu.course.evidence import Above, AtMost
from gedig_edu.course.statements import Claim

CLAIMS = (
    Claim("08.weak_helps", "gauge", "measured", Above(0.0)),
    Claim("08.strong_harms", "gauge", "measured", Above(0.0)),
    Claim("08.significant", "gauge", "measured", AtMost(0.05), on="published"),
)
