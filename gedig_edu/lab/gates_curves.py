"""The saved curves of `gates_comparison`: what each way accepts at each of its thresholds."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gedig_edu.lab.gates_comparison import CHANCE, CURVES, FOLDER
from gedig_edu.shapes import Float


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
