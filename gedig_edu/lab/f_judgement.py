"""What trainings with F say together: each arm beside the runs without F, seed by seed."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.errors import GedigError, check_number
from gedig_edu.lab.f_training import PENALTIES, Outcome
from gedig_edu.lab.significance import LEVEL, equivalence
from gedig_edu.theory.repeats import difference
from gedig_edu.words import word

if TYPE_CHECKING:
    import pandas as pd

MARGIN = 1.0
"""Points of accuracy below which a difference does not matter, set before the sweep was run."""

_PERCENT = 100.0


def arms(outcomes: Sequence[Outcome], *, margin: float = MARGIN) -> pd.DataFrame:
    """Return one row an arm, each compared with α = 0 in pairs of a seed.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Runs of one sweep, those of α = 0 among them.
    margin : float
        Points of accuracy, above 0.

    Returns
    -------
    DataFrame
        ``penalty, alpha, seeds``; ``accuracy`` and its spread ``sd`` (n − 1), %; ``loss``, nats;
        ``F``; and, of the seeds that both arms have, less α = 0 and with ``_low`` and ``_high`` of
        a 95 % interval: ``gain`` (points of accuracy), ``loss_gain``, ``F_change``. ``p_equal`` is
        the p of the test that the gain lies within ±margin (equivalence, two one-sided tests), and
        ``verdict`` what gain and test say: "better" or "worse", the same with "_within" where the
        change is shown to be smaller than the margin too, "equal" (within the margin, and no
        change shown) or "open". NaN and "" where fewer than two seeds are shared.

    Raises
    ------
    GedigError
        If there is no run of α = 0, or `margin` is out of range.
    """
    import pandas as pd

    check_number("margin", margin, above=0)
    found: dict[tuple[str, float], dict[int, Outcome]] = {}
    for one in sorted(outcomes, key=lambda one: (PENALTIES.index(one.penalty), one.alpha)):
        found.setdefault((one.penalty, one.alpha), {})[one.seed] = one
    without = found.get(("F", 0.0))
    if without is None:
        raise GedigError("No run has alpha=0, and the others are compared with it; run that too.")
    return pd.DataFrame([_row(arm, runs, without, margin) for arm, runs in found.items()])


def _row(
    arm: tuple[str, float], runs: dict[int, Outcome], without: dict[int, Outcome], margin: float
) -> dict[str, object]:
    accuracy = np.array([_PERCENT * one.accuracy for one in runs.values()])
    row: dict[str, object] = {"penalty": arm[0], "alpha": arm[1], "seeds": len(runs)}
    row |= {"accuracy": accuracy.mean(), "sd": accuracy.std(ddof=1) if len(runs) > 1 else np.nan}
    row |= {name: np.mean([getattr(one, name) for one in runs.values()]) for name in ("loss", "F")}
    shared = sorted(runs.keys() & without.keys())
    gains = {"gain": ("accuracy", _PERCENT), "loss_gain": ("loss", 1.0), "F_change": ("F", 1.0)}
    for name, (field, scale) in gains.items():
        sides = ([scale * getattr(of[seed], field) for seed in shared] for of in (runs, without))
        row |= dict(zip((name, f"{name}_low", f"{name}_high"), _interval(*sides), strict=True))
    if arm == ("F", 0.0) or len(shared) < 2:
        return row | {"p_equal": np.nan, "verdict": ""}
    columns = [[_PERCENT * of[seed].accuracy for seed in shared] for of in (runs, without)]
    with warnings.catch_warnings():  # pairs that all differ by the same are no trouble here
        warnings.filterwarnings("ignore", "Precision loss occurred", RuntimeWarning)
        first, second = map(np.array, columns)
        p = equivalence(first, second, margin=margin, paired=True).p
    return row | {"p_equal": p, "verdict": _verdict(row, p)}


def _interval(one: Sequence[float], other: Sequence[float]) -> tuple[float, float, float]:
    """Return the mean of paired differences, and the ends of its 95 % interval."""
    if len(one) < 2:
        return one[0] - other[0] if one else np.nan, np.nan, np.nan
    found = difference(one, other, paired=True)
    return found.mean, found.mean - found.half, found.mean + found.half


def _verdict(row: dict[str, object], p: float) -> str:
    """Return what the gain comes to; a change can be shown, and shown not to matter."""
    low, high = float(str(row["gain_low"])), float(str(row["gain_high"]))
    within = p < LEVEL
    if low <= 0 <= high:
        return "equal" if within else "open"
    way = "better" if low > 0 else "worse"
    return f"{way}_within" if within else way


def sentences(table: pd.DataFrame, *, margin: float = MARGIN) -> list[str]:
    """Return what each arm comes to: one sentence for accuracy, and one for F.

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
        moved = {
            "change": row["F_change"],
            "low": row["F_change_low"],
            "high": row["F_change_high"],
        }
        how = "down" if moved["high"] < 0 else "up" if moved["low"] > 0 else "still"
        gain = {"gain": row["gain"], "low": row["gain_low"], "high": row["gain_high"]}
        gain |= {"arm": arm, "margin": margin, "seeds": row["seeds"]}
        told += [word(f"training.verdict.{row['verdict']}", **gain)]
        told += [word(f"training.moved.{how}", **moved)]
    return told
