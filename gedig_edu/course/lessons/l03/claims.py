"""Claims of lesson 03: softmax as thermodynamics, identity by identity."""

from __future__ import annotations

from gedig_edu.course.evidence import Above, AtMost, HoldsIf, Untestable
from gedig_edu.course.statements import Claim

CLAIMS = (
    Claim("03.boltzmann", "micro", "theorem", AtMost(1e-12), on="arrays"),
    Claim("03.definition", "micro", "by construction", HoldsIf(AtMost(1e-06)), on="vectors"),
    Claim("03.minimiser", "field", "theorem", AtMost(1e-09), on="arrays"),
    Claim("03.temperature", "ours", "theorem", AtMost(1e-12), on="arrays"),
    Claim("03.rows", "micro", "by construction", AtMost(1e-05), on="vectors"),
    Claim("03.root_d", "ours", "conditional", HoldsIf(AtMost(0.05)), on="arrays"),
    Claim("03.dipole", "field", "by construction", AtMost(1e-12), on="arrays"),
    Claim("03.first_law", "field", "theorem", AtMost(1e-05), on="arrays"),
    Claim("03.chemical", "field", "conditional", Untestable()),
    Claim(
        "03.heat_capacity",
        "ours",
        "theorem",
        AtMost(0.0),
        on="arrays",
        beside=("few", "many", "width_few", "width_many"),
    ),
    Claim(
        "03.near_peak",
        "ours",
        "measured",
        AtMost(0.5),
        on="vectors",
        after_look=True,
        beside=("share",),
        unit="octave",
    ),
    Claim(
        "03.condensation",
        "ours",
        "measured",
        AtMost(0.05),
        on="vectors",
        after_look=True,
        slow=True,
        beside=("real", "beyond"),
    ),
    Claim("03.length", "ours", "measured", Above(0.5), on="passages", slow=True),
    Claim("03.fisher", "ours", "theorem", AtMost(1e-05), on="arrays"),
)
