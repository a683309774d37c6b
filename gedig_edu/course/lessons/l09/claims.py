"""Claims of lesson 09: a graph that grows when it needs to."""

from __future__ import annotations

from gedig_edu.course.evidence import Above
from gedig_edu.course.statements import Claim

CLAIMS = (Claim("09.nodes_on_demand", "micro", "measured", Above(0.0)),)
