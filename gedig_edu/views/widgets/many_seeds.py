"""How many seeds until a difference is real? Imagined repeats of a comparison, and its power."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from gedig_edu.shapes import Float
from gedig_edu.theory.repeats import Design, critical
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Numbers, Whole

REPEATS = 20
FEWEST, MOST = 2, 40
DRAWS = 1000
MASK = 0xFFFFFFFF
ENOUGH = 0.8
PUBLISHED = (0.33, 0.53, 0.46, 3)
"""Of the gauge paper's Table 3, α = 0.001 beside 0: gain and both spreads in points, and seeds."""


class ManySeeds(Hero):
    """Repeat a comparison of two ways to train, and see how often luck alone looks like a gain.

    Parameters
    ----------
    **traits
        `seeds`, runs of each arm, 2 to 40; `effect`, the true gain, and `spread`, by how much
        seeds scatter, in points of accuracy; `shared`, the correlation of a pair, 0 without
        pairs; `margin`, below which two arms are called equal; `draw`, which imagined repeats.

    Examples
    --------
    >>> ManySeeds(seeds=3).numbers["luck"].__round__(2)
    0.21
    """

    _css = styles("kit/frame.css", "many_seeds.css")
    script = "many_seeds.js"
    state = ("seeds", "effect", "spread", "shared", "margin", "draw", "critical", "published")
    given = ("critical", "published")
    controls = (
        Control("effect", "slider", -1, 1, 0.01, under="repeats"),
        Control("draw", "whole", 0, DRAWS - 1, under="repeats"),
        Control("seeds", "whole", FEWEST, MOST, under="power"),
        Control("spread", "log", 0.05, 3, 0.02, under="power"),
        Control("shared", "slider", 0, 0.99, 0.01, under="power"),
        Control("margin", "slider", 0.1, 2, 0.05, under="power"),
    )
    readouts = ("luck:percent", "power:percent", "equivalence:percent", "needed:whole")

    seeds = Whole(3, min=FEWEST, max=MOST).tag(sync=True)
    effect = Finite(0.0, min=-1.0, max=1.0).tag(sync=True)
    spread = Finite(0.5, min=0.05, max=3.0).tag(sync=True)
    shared = Finite(0.0, min=0.0, max=0.99).tag(sync=True)
    margin = Finite(1.0, min=0.1, max=2.0).tag(sync=True)
    draw = Whole(0, min=0, max=DRAWS - 1).tag(sync=True)
    critical = Numbers(2, 2 * MOST - 2).tag(sync=True)
    published = Numbers(3).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        gap, one, other, seeds = PUBLISHED
        half = critical(2 * seeds - 2)[0] * math.sqrt((one**2 + other**2) / seeds)
        table = np.transpose([critical(freedom) for freedom in range(1, 2 * MOST - 1)])
        super().__init__(critical=table, published=(gap, gap - half, gap + half), **traits)

    @property
    def numbers(self) -> dict[str, Any]:
        """What the imagined repeats find, and how often a comparison of n seeds shows what."""
        now = self._design(self.seeds)
        gap = self.published[0]
        estimates, halves = self._repeats(now)
        designs = [self._design(n) for n in range(FEWEST, MOST + 1)]
        power = [one.power for one in designs]
        return plain(
            {
                "estimates": estimates,
                "halves": halves,
                "beyond": int((estimates >= gap).sum()),
                "excluding": int((np.abs(estimates) > halves).sum()),
                "repeats": REPEATS,
                "gap": gap,
                "error": now.error,
                "luck": now.luck(gap),
                "power": now.power,
                "equivalence": now.equivalence,
                "needed": next((one.seeds for one in designs if one.power >= ENOUGH), None),
                "power_curve": power,
                "equivalence_curve": [one.equivalence for one in designs],
                "pairs": self.shared > 0,
            }
        )

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield the ends of every control, then the same with a spread and a start between."""
        yield from super().extremes()
        yield from (("spread", 0.5), ("effect", 0.33), ("seeds", 5), ("shared", 0.0), ("margin", 1))

    def _design(self, seeds: int) -> Design:
        return Design(
            seeds=seeds,
            effect=self.effect,
            spread=self.spread,
            shared=self.shared,
            margin=self.margin,
        )

    def _repeats(self, now: Design) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
        """Return the difference that each imagined repeat measures, and half its interval."""
        luck = [normals(self.draw * REPEATS + row, now.freedom + 1) for row in range(REPEATS)]
        means = np.array([first for first, *_ in luck])
        scale = np.array([math.sqrt(sum(z * z for z in rest) / len(rest)) for _, *rest in luck])
        far = critical(now.freedom)[0]
        return now.effect + now.error * means, far * now.error * scale


def normals(seed: int, count: int) -> list[float]:
    """Return standard normal numbers that the page can repeat.

    Box and Muller's pairs from 32-bit xorshift (Marsaglia 2003), started from Fibonacci hashing.

    Examples
    --------
    >>> [round(z, 3) for z in normals(0, 3)] == [round(z, 3) for z in normals(0, 5)[:3]]
    True
    """
    state = (seed + 1) * 2_654_435_761 & MASK
    uniform = []
    for _ in range(4 + count + count % 2):
        state ^= state << 13 & MASK
        state ^= state >> 17
        state ^= state << 5 & MASK
        uniform.append((state + 0.5) / (MASK + 1))
    drawn = []
    for u, v in zip(uniform[4::2], uniform[5::2], strict=True):
        far = math.sqrt(-2 * math.log(u))
        drawn += [far * math.cos(2 * math.pi * v), far * math.sin(2 * math.pi * v)]
    return drawn[:count]
