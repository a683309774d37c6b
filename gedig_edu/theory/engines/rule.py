"""What every engine is asked and what it answers, so that engines can be compared bit by bit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

TERMS = np.dtype(
    [
        ("tokens", np.int64),
        ("edges", np.int64),
        ("nodes", np.int64),
        ("path_sum", np.int64),
        ("support", np.int64),
        ("threshold", np.float64),
        ("mass", np.float64),
        ("log_mass", np.float64),
        ("suspect", np.int64),
    ],
    align=True,
)
"""The raw terms of one map.

``tokens`` valid tokens; ``edges`` cells above ``threshold``; ``nodes`` in the largest component and
``path_sum`` over its ordered pairs; ``support``, ``mass`` and ``log_mass`` the number, the sum Σ w
and the sum Σ w log w of the cells above the floor; ``suspect`` is 1 where a check failed, and the
other fields then mean nothing.
"""


class Rule(NamedTuple):
    """What an engine needs to know of a gauge and of the maps.

    Attributes
    ----------
    causal : bool
        No weight above the diagonal.
    pool_all : bool
        The quantile is taken over all cells, the causal zeros included.
    lowest_tie : bool
        Of components of equal size the one with the lowest node counts, else the smallest sum.
    quantile : float
        In (0, 1), or NaN where `threshold` is absolute.
    threshold : float
        Absolute threshold, or NaN.
    floor : float
        Cells at or below it do not enter the entropy.
    tolerance : float
        A row of n weights may sum to 1 ± tolerance·√n; infinite lifts the check.
    """

    causal: bool
    pool_all: bool
    lowest_tie: bool
    quantile: float
    threshold: float
    floor: float
    tolerance: float
