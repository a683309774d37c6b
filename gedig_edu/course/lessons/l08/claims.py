"""Claims of lesson 08: whether training with F in the loss does anything.

The rules of what is read from our own sweep were written before it was run, but for two: how far F
has to fall, and at which α the controls are judged.
"""

from __future__ import annotations

from gedig_edu.course.evidence import Above, Apart, AtMost
from gedig_edu.course.statements import Claim

MARGIN = 1.0  # points of accuracy, below which a difference is called none
MOVED = 0.001  # of F, the last digit that the paper prints: a smaller move is called none

CLAIMS = (
    Claim("08.weak_helps", "gauge", "measured", Above(0.0), on="trainings"),
    Claim("08.strong_harms", "gauge", "measured", Above(0.0), on="trainings"),
    Claim("08.significant", "gauge", "measured", AtMost(0.05), on="published", after_look=True),
    Claim("08.more_than_a_point", "ours", "measured", Apart(0.0, by=MARGIN), on="trainings"),
    Claim("08.f_fell", "ours", "measured", Above(MOVED), on="trainings", after_look=True),
    Claim("08.f_fell_published", "ours", "measured", Above(0.0), on="published", after_look=True),
    Claim("08.controls", "ours", "measured", Above(0.0), on="trainings", after_look=True),
)
