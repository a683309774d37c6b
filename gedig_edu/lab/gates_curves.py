"""The whole curves of `gates_comparison`: what each way accepts at each of its thresholds.

`python -m gedig_edu.lab.gates_curves OUT` measures them again, in a few minutes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.lab.acceptance import curve
from gedig_edu.lab.gates_comparison import CHANCE, FOLDER, TEST, Tuned, read_tuned
from gedig_edu.lab.worlds import World, generate
from gedig_edu.shapes import Float

if TYPE_CHECKING:
    import pandas as pd

CURVES = "curves.csv"
UPPER_BOUND = "oracle"  # which is right whatever it accepts


def curves(tuned: Iterable[Tuned], worlds: Iterable[World]) -> pd.DataFrame:
    """Return one row for each way and world.

    ``way, world``; ``base``, the share of the statements that is right; for each threshold
    ``accepts_1, …``, the share that is accepted, and ``right_1, …``, the share that is accepted
    and right.
    """
    import pandas as pd

    tuned = list(tuned)
    return pd.DataFrame([_row(one, world) for world in worlds for one in tuned])


def _row(one: Tuned, world: World) -> dict[str, Any]:
    taken = curve(world, one.setting.score, one.thresholds)
    shares = {"accepts": taken.mean(axis=1), "right": (taken & world.right).mean(axis=1)}
    return {"way": one.way, "world": world.name, "base": float(world.right.mean())} | {
        f"{name}_{at}": float(share)
        for name, of in shares.items()
        for at, share in enumerate(of, start=1)
    }


def read_curves(
    folder: Path = FOLDER,
) -> tuple[dict[str, Float[np.ndarray, "worlds twice"]], Float[np.ndarray, " worlds"]]:
    """Return the saved curves as `gedig_edu.views.widgets.acceptance.Acceptance` takes them.

    For each way, and for chance, what it accepts at each threshold, then what of it is right; and
    the share of each world's statements that is right. There is no oracle among them.

    Examples
    --------
    >>> ways, base = read_curves()
    >>> ways["chance"].shape[0] == len(base)
    True
    """
    import pandas as pd

    rows = pd.read_csv(folder / CURVES)
    ways = {
        str(way): of.drop(columns=["way", "world", "base"]).to_numpy(dtype=np.float64)
        for way, of in rows.groupby("way", sort=False)
    }
    base = rows.groupby("world", sort=False).base.first().to_numpy(dtype=np.float64)
    accepted = np.hsplit(next(iter(ways.values())), 2)[0]
    return ways | {CHANCE: np.hstack([accepted, accepted * base[:, None]])}, base


def right_at(
    shares: Float[np.ndarray, "worlds twice"],
    base: Float[np.ndarray, " worlds"],
    accepted: Float[np.ndarray, " worlds"],
) -> Float[np.ndarray, " worlds"]:
    """Return which share is accepted and right in each world, where a given share is accepted.

    Between two thresholds a mixture of both is taken, as in the picture of the curves.

    Parameters
    ----------
    shares : array [worlds, 2 × thresholds]
        Of one way, as `read_curves` gives them.
    base : array [worlds]
        Share of the statements that is right.
    accepted : array [worlds]
        From 0 to 1.

    Examples
    --------
    >>> right_at(np.array([[0.5, 0.4]]), np.array([0.6]), np.array([0.75])).tolist()
    [0.5]
    """
    found = []
    for row, right, share in zip(shares, base, accepted, strict=True):
        points = zip(*np.split(row, 2), strict=True)
        x, y = np.array(sorted([(0.0, 0.0), *points, (1.0, right)])).T
        found.append(np.interp(share, x, y))
    return np.array(found)


if __name__ == "__main__":
    below = [one for one in read_tuned() if one.way != UPPER_BOUND]
    table = curves(below, map(generate, TEST))
    table.to_csv(Path(sys.argv[1]) / CURVES, index=False, float_format="%.6g")
