"""Claims of lesson 06: what the gauge's own settings do to F, and what carries ΔF."""

from __future__ import annotations

from gedig_edu.course.evidence import Above, AtMost
from gedig_edu.course.statements import Claim

CLAIMS = (
    Claim("06.density_constant", "ours", "by construction", AtMost(0.05), on="prose"),
    Claim("06.heads_differ", "gauge", "measured", Above(1.0), on="prose"),
    Claim(
        "06.sampled_pairs",
        "ours",
        "measured",
        AtMost(0.05),
        on="passages",
        slow=True,
        beside=("tokens",),
    ),
    Claim("06.arrangement", "ours", "measured", AtMost(0.5), on="both"),
    Claim(
        "06.beyond_degrees",
        "ours",
        "measured",
        Above(0.0),
        on="few_twins",
        after_look=True,
        slow=True,
    ),
    Claim(
        "06.equal_entropy", "ours", "measured", Above(0.0), on="heads", after_look=True, slow=True
    ),
    Claim("06.paths", "ours", "measured", Above(0.5), on="prose"),
    Claim("06.sinks", "ours", "measured", Above(0.5), on="both", beside=("weight", "even")),
    Claim("06.mask", "ours", "measured", AtMost(0.2), on="both"),
    Claim("06.untrained", "ours", "measured", AtMost(0.0), on="twins", slow=True),
    Claim("06.best_head", "ours", "measured", Above(0.0), on="prose"),
)
