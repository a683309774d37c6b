"""Claims of lesson 12: heat capacity as a warning of a phase transition.

The rules of what is read from the saved runs stand in `gedig_edu.lab.grokking_readings` too, with
what had been seen when each was written. A share of runs has its exact binomial interval: above a
half it means at least 10 of 12, which is the sign test.
"""

from __future__ import annotations

from gedig_edu.course.evidence import Above, AtMost, HoldsIf
from gedig_edu.course.statements import Claim

GROWS = 2.0  # a quantity that settles stays below, one that grows as log² n reaches 4
MOST_OF_THREE = 0.762  # the largest heat capacity of three states
ENOUGH = 9.5  # of twelve runs

CLAIMS = (
    Claim(
        "12.diverges",
        "field",
        "conditional",
        HoldsIf(Above(GROWS)),
        on="arrays",
        after_look=True,
        beside=("bound",),
    ),
    Claim("12.three_keys", "ours", "theorem", AtMost(MOST_OF_THREE), on="arrays"),
    Claim(
        "12.peak_before",
        "field",
        "measured",
        Above(0.5),
        on="sums",
        beside=("whole", "onset", "peak"),
    ),
    Claim("12.primes", "field", "measured", Above(0.5), on="sums"),
    Claim(
        "12.steady", "ours", "measured", Above(0.5), on="sums", beside=("whole", "onset", "peak")
    ),
    Claim(
        "12.long_rows",
        "ours",
        "measured",
        Above(0.5),
        on="sums",
        beside=("late", "C_right", "C_by_heart"),
    ),
    Claim(
        "12.definitions",
        "ours",
        "measured",
        Above(ENOUGH),
        on="sums",
        after_look=True,
        beside=("ways",),
    ),
    Claim("12.controls", "ours", "measured", Above(0.0), on="sums", after_look=True),
    Claim(
        "12.leaps",
        "ours",
        "measured",
        Above(0.5),
        on="sums",
        after_look=True,
        beside=("at_stumbles", "steady", "plain"),
    ),
    Claim("12.norm", "ours", "measured", Above(0.0), on="sums", beside=("C", "norm", "loss")),
    Claim(
        "12.sharper",
        "ours",
        "measured",
        Above(0.0),
        on="sums",
        after_look=True,
        beside=("own_shares", "all", "steps"),
    ),
    Claim("12.zero", "ours", "theorem", AtMost(1e-9), on="arrays", beside=("work",)),
    Claim(
        "12.work",
        "ours",
        "measured",
        Above(0.0),
        on="grown",
        slow=True,
        after_look=True,
        beside=("heat", "gain", "raw"),
    ),
    Claim("12.heat_and_gauge", "ours", "measured", Above(0.0), on="grown", slow=True),
)
