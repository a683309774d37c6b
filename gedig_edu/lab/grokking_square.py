"""From which step on each sum of one small run is right: a table of sums that fills.

The run is that of `gedig_edu.lab.grokking.small` with its first seed. ``python -m
gedig_edu.lab.grokking_square`` makes it again and keeps it, in some ten seconds.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gedig_edu.lab.grokking import SMALL, GrokSetting, Training
from gedig_edu.shapes import Bool, Int

KEPT = Path(__file__).with_name("results") / "grokking" / "square.json"
SETTING, SEED = SMALL, 1
NEVER = -1


class Square(NamedTuple):
    """The sums of a run, the first number down and the second across.

    Attributes
    ----------
    told : bool array [p, p]
        Which were learned from.
    since : int array [p, p]
        The step of the first reading from which a sum is right in all; −1 where it is wrong in the
        last one.
    """

    told: Bool[np.ndarray, "p p"]
    since: Int[np.ndarray, "p p"]


def measure_square(setting: GrokSetting = SETTING, seed: int = SEED) -> Square:
    """Train a run, and return from when on each sum is right.

    Examples
    --------
    >>> found = measure_square(GrokSetting(prime=3, steps=100), seed=1)
    >>> found.told.sum().item(), found.since[found.told].max().item()
    (4, 10)
    """
    training = Training(setting, seed)
    steps, right = zip(
        *((point.step, training.right()) for point, _ in training.points()), strict=True
    )
    wrong = ~np.array(right)  # [readings, sums]
    last = np.where(wrong.any(axis=0), len(steps) - wrong[::-1].argmax(axis=0), 0)
    since = np.append(steps, NEVER)[last]
    p, rows = setting.prime, training.sums.rows
    table = np.full((p, p), NEVER)
    table[rows[:, 0], rows[:, 1]] = since
    return Square(training.sums.told(p), table)


def kept_square() -> Square:
    """Return the run that is kept.

    Examples
    --------
    >>> found = kept_square()
    >>> found.since.shape, found.told.sum().item()
    ((31, 31), 480)
    """
    read = json.loads(KEPT.read_text(encoding="utf-8"))
    return Square(np.array(read["told"], dtype=bool), np.array(read["since"]))


def _keep(found: Square) -> None:
    rows = {"told": found.told.astype(int).tolist(), "since": found.since.tolist()}
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(json.dumps(rows, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _keep(measure_square())
