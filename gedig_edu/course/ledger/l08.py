"""Claims of lesson 08: whether training with F in the loss does anything."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.stats import norm, ttest_ind_from_stats

from gedig_edu.course.claims import Claim
from gedig_edu.course.context import Context
from gedig_edu.course.evidence import Above, AtMost, Reading

SENTENCES, SEEDS = 500, 3
WITHOUT, WEAK = (86.00, 0.53), (86.33, 0.46)  # accuracy in %, mean and spread over seeds


def _significant(_: Context) -> Sequence[Reading]:
    """Return two p-values of the published difference: over seeds, and over sentences."""
    seeds = ttest_ind_from_stats(*WEAK, SEEDS, *WITHOUT, SEEDS, equal_var=False).pvalue
    weak, without = WEAK[0] / 100, WITHOUT[0] / 100
    error = math.sqrt((weak * (1 - weak) + without * (1 - without)) / SENTENCES)
    sentences = 2 * float(norm.sf((weak - without) / error))
    return [Reading.exact("seeds", seeds), Reading.exact("sentences", sentences)]


CLAIMS = (
    Claim("08.weak_helps", "gauge", "measured", Above(0.0)),
    Claim("08.strong_harms", "gauge", "measured", Above(0.0)),
    Claim("08.significant", "gauge", "measured", AtMost(0.05), _significant, on="published"),
)
