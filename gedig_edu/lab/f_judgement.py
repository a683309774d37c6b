"""What trainings with F say together: each arm beside the runs without F, seed by seed.

Accuracy is compared sentence by sentence within each pair of runs, so its interval holds for other
seeds and for other sentences (`gedig_edu.theory.repeats.crossed`). Loss and F are kept as one
number a run; their intervals hold for other seeds, on these sentences.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.errors import GedigError, check_number
from gedig_edu.lab.f_training import PENALTIES, Outcome
from gedig_edu.shapes import Int
from gedig_edu.theory.repeats import Difference, critical, crossed, difference
from gedig_edu.words import word

if TYPE_CHECKING:
    import pandas as pd

MARGIN = 1.0
"""Points of accuracy below which a difference does not matter, set before the sweep was run."""

MOVED = 0.001
"""Of F, below which a move does not matter, set after a first look at the sweep.

It is the last digit that the gauge paper prints, and a little less than what one seed's final F
differs from another's.
"""

LEAST_PAIRS = 3  # of which equality can be shown; of two the spread is hardly known
EQUAL = ("equal", "unchanged", "better_within", "worse_within")
_PERCENT = 100.0
_ENDS = ("", "_low", "_high")
COLUMNS = (
    *("penalty", "alpha", "seeds", "accuracy", "sd", "loss", "F", "pairs", "sentences", "changed"),
    *(f"{name}{end}" for name in ("gain", "loss_gain", "F_change") for end in _ENDS),
    *("gain_low_90", "gain_high_90", "verdict"),
)


@dataclass(frozen=True)
class Pairs:
    """Runs of one arm and of another that share their seeds.

    Attributes
    ----------
    one, other : sequence of Outcome
        In the order of their seeds.
    """

    one: Sequence[Outcome]
    other: Sequence[Outcome]

    @classmethod
    def of(cls, one: dict[int, Outcome], other: dict[int, Outcome]) -> Pairs:
        """Return the pairs of the seeds that both have."""
        seeds = sorted(one.keys() & other.keys())
        return cls([one[seed] for seed in seeds], [other[seed] for seed in seeds])

    def __len__(self) -> int:
        return len(self.one)

    @property
    def apart(self) -> Int[np.ndarray, "pairs sentences"]:
        """1 where the first alone is right, −1 where the second alone is, else 0.

        Raises
        ------
        GedigError
            If the runs are not judged on equally many sentences.
        """
        sides = [[one.right for one in side] for side in (self.one, self.other)]
        if len({len(right) for side in sides for right in side}) > 1:
            raise GedigError("The runs are judged on different sentences; compare like with like.")
        one, other = (np.array([list(map(int, right)) for right in side]) for side in sides)
        return one - other

    @property
    def gain(self) -> Difference:
        """How far the first's accuracy lies above the second's, points."""
        found = crossed(self.apart)
        return Difference(*(_PERCENT * one for one in (found.mean, found.half, found.half_90)))

    def change(self, name: str) -> Difference:
        """Return the difference of a field of the outcomes, such as "F" or "loss"."""
        sides = ([getattr(one, name) for one in side] for side in (self.one, self.other))
        return difference(*sides, paired=True)


def arms(
    outcomes: Sequence[Outcome], *, margin: float = MARGIN, chance: float = 0.5
) -> pd.DataFrame:
    """Return one row an arm, each compared with α = 0 in pairs of a seed.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Runs of one sweep, those of α = 0 among them.
    margin : float
        Points of accuracy, above 0.
    chance : float
        Accuracy of one who always names the largest class, above 0 and at most 1.

    Returns
    -------
    DataFrame
        ``penalty, alpha, seeds``; ``accuracy`` and its spread ``sd`` (n − 1), %; ``loss``, nats;
        ``F``; and, of the seeds that both arms have, ``pairs``, the ``sentences`` of each run,
        ``changed``, how many of pairs × sentences are judged otherwise, and, less α = 0 and with
        ``_low`` and ``_high`` of a 95 % interval, ``gain`` (points of accuracy), ``loss_gain`` and
        ``F_change``. ``gain_low_90`` and ``gain_high_90`` are the interval that lies within
        ±margin where equality is shown at 5 % (two one-sided tests). ``verdict`` says what that
        comes to: "better" or "worse", the same with "_within" where the change is shown to be
        smaller than the margin too, "equal" (within the margin, and no change shown), "unchanged"
        (no sentence was judged otherwise in any pair), "chance" (equal so far, of two arms that
        are no better than chance) or "open". NaN and "" where fewer than two seeds are shared,
        and at α = 0, which is not held against itself. Where no sentence was judged otherwise,
        the interval of the gain is the bound of the rule of three.

    Raises
    ------
    GedigError
        If there is no run of α = 0, runs differ in their sentences, or a number is out of range.
    """
    import pandas as pd

    check_number("margin", margin, above=0)
    check_number("chance", chance, above=0, at_most=1)
    found: dict[tuple[str, float], dict[int, Outcome]] = {}
    for one in sorted(outcomes, key=lambda one: (PENALTIES.index(one.penalty), one.alpha)):
        found.setdefault((one.penalty, one.alpha), {})[one.seed] = one
    without = found.get(("F", 0.0))
    if without is None:
        raise GedigError("No run has alpha=0, and the others are compared with it; run that too.")
    rows = [_row(arm, runs, without, margin, chance) for arm, runs in found.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(
    arm: tuple[str, float],
    runs: dict[int, Outcome],
    without: dict[int, Outcome],
    margin: float,
    chance: float,
) -> dict[str, Any]:
    accuracy = np.array([_PERCENT * one.accuracy for one in runs.values()])
    row: dict[str, Any] = {"penalty": arm[0], "alpha": arm[1], "seeds": len(runs)}
    row |= {"accuracy": accuracy.mean(), "sd": accuracy.std(ddof=1) if len(runs) > 1 else np.nan}
    row |= {name: np.mean([getattr(one, name) for one in runs.values()]) for name in ("loss", "F")}
    pairs = Pairs.of(runs, without)
    row |= {"pairs": len(pairs), "sentences": len(next(iter(runs.values())).right)}
    if len(pairs) < 2 or arm == ("F", 0.0):
        return row | {"verdict": ""}
    gain = pairs.gain
    row |= {"changed": np.count_nonzero(pairs.apart)}
    row |= _interval("gain", gain) | _interval("loss_gain", pairs.change("loss"))
    row |= _interval("F_change", pairs.change("F"))
    row |= {"gain_low_90": gain.mean - gain.half_90, "gain_high_90": gain.mean + gain.half_90}
    said = _verdict(gain, changed=bool(row["changed"]), pairs=len(pairs), margin=margin)
    learned = _learned(pairs.one, chance) or _learned(pairs.other, chance)
    return row | {"verdict": said if learned or said not in EQUAL else "chance"}


def _interval(name: str, found: Difference) -> dict[str, float]:
    ends = {f"{name}_low": found.mean - found.half, f"{name}_high": found.mean + found.half}
    return {name: found.mean} | ends


def _verdict(gain: Difference, *, changed: bool, pairs: int, margin: float) -> str:
    """Return what the gain comes to; a change can be shown, and shown not to matter."""
    if not changed:
        return "unchanged"
    within = pairs >= LEAST_PAIRS and gain.equal_within(margin)
    if not gain.differs:
        return "equal" if within else "open"
    way = "better" if gain.mean > 0 else "worse"
    return f"{way}_within" if within else way


def _learned(runs: Sequence[Outcome], chance: float) -> bool:
    """Return whether the mean accuracy is more than chance gives on so many sentences, at 5 %."""
    error = math.sqrt(chance * (1 - chance) / max(1, len(runs[0].right)))
    return float(np.mean([one.accuracy for one in runs])) > chance + critical(10**6)[1] * error


def sentences(table: pd.DataFrame, *, margin: float = MARGIN) -> list[str]:
    """Return what each arm comes to: a sentence for accuracy, one for loss and one for F.

    Parameters
    ----------
    table : DataFrame
        As `arms` returns it.
    margin : float
        As `arms` had it.
    """
    check_number("margin", margin, above=0)
    told = []
    for row in table.query("verdict != ''").to_dict(orient="records"):
        arm = word(f"training.arm.{row['penalty']}", alpha=f"{row['alpha']:g}")
        gain = {name: row[name] for name in ("pairs", "changed")} | _ends(row, "gain")
        gain |= {"arm": arm, "margin": margin, "sentences": row["sentences"]}
        still = "_unchanged" if row["verdict"] == "chance" and not row["changed"] else ""
        told.append(word(f"training.verdict.{row['verdict']}{still}", **gain))
        told.append(word(f"training.loss.{way(row, 'loss_gain')}", **_ends(row, "loss_gain")))
        least = {"least": MOVED} | _ends(row, "F_change")
        told.append(word(f"training.moved.{way(row, 'F_change', least=MOVED)}", **least))
    return told


def _ends(row: dict[Any, Any], name: str) -> dict[str, float]:
    return {"change": row[name], "low": row[f"{name}_low"], "high": row[f"{name}_high"]}


def way(row: dict[Any, Any], name: str, *, least: float = 0.0) -> str:
    """Return where a number of an arm went: "down", "up", "barely" (within ±least) or "still"."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if -least < low and high < least:
        return "barely"
    return "down" if high < 0 else "up" if low > 0 else "still"
