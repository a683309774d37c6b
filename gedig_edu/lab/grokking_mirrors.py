"""How sharply sums turn right, those whose mirror was told apart from those with neither told.

What is held back turns right in two steps: first a + b whose mirror b + a was told, then the
others. A width over both is that of two discoveries, and how many of either there are goes with the
share that was told. So the width is taken here over the sums with neither told alone, and primes
are compared at one share as well: four of them, three seeds each. Written before these runs were
made, and after the width over both had been seen (`gedig_edu.lab.grokking_readings`): it narrows if
Spearman's ρ of p and (three quarters − a quarter)/half lies below 0 at one share, its interval with
it. ``python -m gedig_edu.lab.grokking_mirrors`` makes the runs again and keeps what they say, in
three minutes of a core.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.lab.grokking import GrokSetting, Training
from gedig_edu.lab.grokking_sweep import SHARES

if TYPE_CHECKING:
    import pandas as pd

KEPT = Path(__file__).with_name("results") / "grokking" / "mirrors.csv"
ONE_SHARE, OF_ONE_SHARE = GrokSetting().share, (47, 53, 67, 83)
SEEDS = (1, 2, 3)
LEVELS = {"quarter": 0.25, "half": 0.5, "three_quarters": 0.75}


def settings() -> list[GrokSetting]:
    """Return the settings of the runs: four primes at one share, and those that had another.

    Examples
    --------
    >>> sorted({setting.prime for setting in settings()})
    [31, 41, 47, 53, 67, 83]
    """
    at_one = [GrokSetting(prime=p, share=ONE_SHARE) for p in OF_ONE_SHARE]
    return [*at_one, *(GrokSetting(prime=p, share=share) for p, share in SHARES.items())]


def turn(setting: GrokSetting, seed: int) -> dict[str, float]:
    """Train a run until three quarters of the sums with neither told are right.

    Parameters
    ----------
    setting : GrokSetting
        Of two terms.
    seed : int

    Returns
    -------
    dict of str to float
        ``prime, share, seed``; how many sums there are with ``neither`` told; the first steps with
        a ``quarter``, ``half`` and ``three_quarters`` of them right, NaN where that does not come;
        ``mirrored``, the share of the sums with a told mirror that is right at the second.

    Examples
    --------
    >>> found = turn(GrokSetting(prime=5, share=0.4, steps=30), seed=1)
    >>> found["prime"], found["neither"]
    (5, 11)
    """
    training = Training(setting, seed)
    rows, told = training.sums.rows, training.sums.told(setting.prime)
    mirror = told[rows[:, 1], rows[:, 0]]
    held = ~told[rows[:, 0], rows[:, 1]]
    about = {"prime": setting.prime, "share": setting.share, "seed": seed}
    found = about | {"neither": int((held & ~mirror).sum())} | dict.fromkeys(LEVELS, np.nan)
    found["mirrored"] = np.nan
    for point, _ in training.points():
        right = training.right()
        for name, level in LEVELS.items():
            if np.isnan(found[name]) and right[held & ~mirror].mean() >= level:
                found[name] = point.step
                if name == "half":
                    found["mirrored"] = float(right[held & mirror].mean())
        if not np.isnan(found["three_quarters"]):
            break
    return found


def turned(runs: Iterable[tuple[GrokSetting, int]] = ()) -> pd.DataFrame:
    """Return `turn` of runs, one row each; those that are kept where none are given.

    Examples
    --------
    >>> found = turned()
    >>> len(found), found["three_quarters"].notna().all().item()
    (21, True)
    """
    import pandas as pd

    rows = [turn(setting, seed) for setting, seed in runs]
    return pd.DataFrame(rows) if rows else pd.read_csv(KEPT)


if __name__ == "__main__":
    all_runs = [(setting, seed) for setting in settings() for seed in SEEDS]
    turned(all_runs).to_csv(KEPT, index=False, float_format="%.6g")
