"""Claims of lesson 01: what makes a dot product a cosine, and what does not."""

from __future__ import annotations

from gedig_edu.course.evidence import Above, AtMost, HoldsIf
from gedig_edu.course.statements import Claim

CLAIMS = (
    Claim("01.norms", "surveying", "measured", Above(1.0), on="vectors", beside=("q", "k")),
    Claim("01.basis", "ours", "theorem", AtMost(1e-09), on="arrays"),
    Claim("01.layernorm", "surveying", "conditional", HoldsIf(Above(0.01)), on="arrays"),
    Claim("01.cosine", "surveying", "theorem", AtMost(1e-12), on="arrays"),
    Claim("01.rankings", "surveying", "measured", Above(0.9), on="vectors"),
    Claim("01.ngpt", "surveying", "conditional", HoldsIf(AtMost(1e-12)), on="arrays"),
    Claim("01.kernels", "ours", "by construction", AtMost(1e-09), on="arrays"),
    Claim(
        "01.qk_norm", "ours", "conditional", HoldsIf(AtMost(1e-09)), on="arrays", beside=("plain",)
    ),
    Claim("01.conserved", "ours", "theorem", AtMost(1e-09), on="arrays"),
    Claim("01.canonical", "ours", "measured", Above(0.9), on="vectors"),
    Claim("01.ceiling", "ours", "theorem", AtMost(1e-12), on="arrays"),
)
