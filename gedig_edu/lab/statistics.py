"""Small honest statistics: what a set of differences says, and how sure one can be."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from jaxtyping import Float

from gedig_edu.errors import GedigError

TIE = 1e-12
"""Largest |ΔF| that rounding alone can leave between equal heads; up to it the two are tied."""


@dataclass(frozen=True)
class DeltaSummary:
    """What a set of differences ΔF says.

    Attributes
    ----------
    count : int
        Number of differences.
    mean, sd : float
        Mean and standard deviation (n − 1); `sd` is NaN for a single difference.
    share_positive : float
        Share of differences above `TIE`, between 0 and 1; a tie is not above.
    effect_size : float
        Cohen's d of the differences, mean/sd; NaN where they vary by no more than rounding,
        `TIE` times the largest of them.
    """

    count: int
    mean: float
    sd: float
    share_positive: float
    effect_size: float

    def to_dict(self) -> dict[str, float]:
        """Return the numbers by name."""
        return asdict(self)


def summarise(delta: Float[np.ndarray, "*shape"]) -> DeltaSummary:
    """Return count, mean, spread, share above zero and effect size of differences.

    The heads of one model on one text are no independent sample, so these numbers describe
    the heads that were read; they are no test of significance.

    Parameters
    ----------
    delta : array of any shape
        Differences ΔF, dimensionless.

    Raises
    ------
    GedigError
        If there is no difference, or one is not finite.

    Examples
    --------
    >>> summarise(np.array([0.1, 0.2, -0.1, 0.2])).share_positive
    0.75
    """
    values = np.asarray(delta, dtype=np.float64).ravel()
    if values.size == 0 or not np.isfinite(values).all():
        raise GedigError(
            f"delta holds {values.size} values, "
            f"{int(np.isfinite(values).sum())} of them finite; give at least one, all finite."
        )
    sd = float(values.std(ddof=1)) if values.size > 1 else float("nan")
    mean = float(values.mean())
    varies = sd > TIE * float(np.abs(values).max())
    return DeltaSummary(
        count=values.size,
        mean=mean,
        sd=sd,
        share_positive=float((values > TIE).mean()),
        effect_size=mean / sd if varies else float("nan"),
    )
