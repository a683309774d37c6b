"""How the claims of lesson 08 are measured: whether training with F in the loss does anything."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import permutations

import numpy as np
from scipy.stats import norm, ttest_ind_from_stats, ttest_rel

from gedig_edu.course.context import Context
from gedig_edu.course.evidence import Reading

SENTENCES, SEEDS = 500, 3
WITHOUT, WEAK = (86.00, 0.53), (86.33, 0.46)  # accuracy in %, mean and spread over seeds
RIGHT_WITHOUT = ((427, 431, 432), (428, 429, 433))  # of 500: all that rounds to the printed pair
RIGHT_WEAK = (429, 433, 433)


def _significant(_: Context) -> Sequence[Reading]:
    """Return p of the published difference: over seeds, over sentences, and over paired seeds."""
    seeds = ttest_ind_from_stats(*WEAK, SEEDS, *WITHOUT, SEEDS, equal_var=False).pvalue
    weak, without = WEAK[0] / 100, WITHOUT[0] / 100
    error = math.sqrt((weak * (1 - weak) + without * (1 - without)) / SENTENCES)
    sentences = 2 * float(norm.sf((weak - without) / error))
    paired = [
        float(ttest_rel(RIGHT_WEAK, pairing).pvalue)
        for counts in RIGHT_WITHOUT
        for pairing in permutations(counts)
    ]
    return [
        Reading.exact("seeds", seeds),
        Reading.exact("sentences", sentences),
        Reading("paired", float(np.median(paired)), min(paired), max(paired)),
    ]


MEASURES = {
    "significant": _significant,
}
