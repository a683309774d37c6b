"""F and ΔF under other λ and γ: the terms are weighed anew, and nothing is read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.lab.experiments.compare import PARTS, measure_parts
from gedig_edu.lab.experiments.summary import (
    above,
    gauges,
    means,
    named,
    read_columns,
    rounded,
    sample,
)
from gedig_edu.shapes import Float
from gedig_edu.theory.comparison import TERMS
from gedig_edu.theory.gauge import Gauge

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["measure", "tables"]

measure = measure_parts

LAMS = (0.25, 0.5, 1.0, 2.0)
GAMMAS = (0.0, 0.25, 0.5, 1.0)
AGAINST = ("random", "random_matched", "row_shuffled_matched")


def tables(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return mean F and ΔF for several λ and γ.

    Returns
    -------
    dict of str to DataFrame
        ``lambda_scan``: one row a (gauge, λ, γ): mean F, mean ΔF against random maps without and
        with the model's mask and against the heads' own row-shuffles, with intervals, and the
        shares above 0. The gauge decides how the terms are read, `lam` and `gamma` how they are
        weighed. ``sample``: texts and their lengths.
    """
    import pandas as pd

    told = []
    for gauge, part in gauges(rows):
        names = [*TERMS, *(f"{one}_delta_{name}" for name in AGAINST for one in PARTS)]
        read = read_columns(part, names)
        for lam in LAMS:
            for gamma in GAMMAS:
                values = recombined(read, getattr(Gauge, gauge)(), lam=lam, gamma=gamma)
                told.append({"gauge": gauge, "lam": lam, "gamma": gamma, **_row(values)})
    return {"lambda_scan": rounded(pd.DataFrame(told)), "sample": sample(rows)}


def recombined(
    read: dict[str, Float[np.ndarray, "*shape"]], gauge: Gauge, *, lam: float, gamma: float
) -> dict[str, Float[np.ndarray, "*shape"]]:
    """Return F and ΔF with another λ and γ than the rows were made with.

    Parameters
    ----------
    read : dict
        Columns ``density``, ``entropy`` and ``path_gain``, and ``PART_delta_NAME`` of the
        baselines in `AGAINST`.
    gauge : Gauge
        The one they were read by.
    lam, gamma : float

    Returns
    -------
    dict of str to array
        ``F`` and ``delta_NAME``.
    """
    found = {"F": read["density"] - lam * (read["entropy"] + gamma * read["path_gain"])}
    for name in AGAINST:
        density, entropy, path = (read[f"{one}_delta_{name}"] for one in PARTS)
        rest = entropy / gauge.lam + gamma * path / (gauge.lam * gauge.gamma)
        found[f"delta_{name}"] = density + lam * rest
    return found


def _row(values: dict[str, Float[np.ndarray, "texts layers heads"]]) -> dict[str, float]:
    row: dict[str, float] = {}
    for name, told in means(values).items():
        row |= named(name, told)
    for name in AGAINST:
        row[f"share_positive_{name}"] = float(above(values[f"delta_{name}"]).mean())
    return row
