"""Claims of lesson 12: heat capacity as a warning of a phase transition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gedig_edu.course.claims import Claim
from gedig_edu.course.context import Context
from gedig_edu.course.evidence import Above, Reading
from gedig_edu.theory.thermo import Ensemble


def _diverges(_: Context) -> Sequence[Reading]:
    """Divide the largest C of one state against n - 1 by its bound, for growing n."""
    T = np.geomspace(1e-2, 1e2, 401)[:, None]
    reached = []
    for n in (16, 256, 4_096):
        E = np.r_[0.0, np.ones(n - 1)]
        C = Ensemble(np.broadcast_to(E, (401, n)), T).heat_capacity.max()
        reached.append(C / (np.log(n - 1) ** 2 / 4 + 1))
    return [Reading.exact("reached", max(reached))]


CLAIMS = (
    Claim("12.diverges", "field", "measured", Above(1.0), _diverges, on="arrays"),
    Claim("12.peak_before", "field", "measured", Above(0.0)),
)
