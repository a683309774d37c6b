"""Claims of lesson 05: what an edge of a graph is worth."""

from __future__ import annotations

from gedig_edu.course.evidence import Above, AtMost, HoldsIf, OneSign
from gedig_edu.course.statements import Claim

CLAIMS = (
    Claim("05.shortcut", "gauge", "conditional", HoldsIf(Above(0.999)), on="graphs"),
    Claim(
        "05.random_edges", "gauge", "conditional", HoldsIf(Above(0)), on="graphs", beside=("turn",)
    ),
    Claim(
        "05.bridge",
        "gauge",
        "by construction",
        OneSign(),
        on="graphs",
        beside=("structure", "paths", "huffman", "bits_back"),
    ),
    Claim("05.wires", "ours", "measured", Above(0.8), on="graphs", slow=True),
    Claim("05.horizon", "ours", "theorem", AtMost(1e-12), on="graphs", beside=("edges",)),
)
