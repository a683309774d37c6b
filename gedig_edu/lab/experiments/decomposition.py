"""What carries ΔF: the shares of density, entropy and paths, against every baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.lab.experiments.compare import AGAINST, PARTS, measure_parts
from gedig_edu.lab.experiments.summary import (
    gauges,
    interval,
    mean_draws,
    named,
    read_columns,
    rounded,
    sample,
)
from gedig_edu.lab.experiments.table2 import MASKS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["measure", "tables"]

measure = measure_parts


def tables(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return ΔF against each baseline as the sum of its parts.

    Returns
    -------
    dict of str to DataFrame
        ``decomposition``: one row a (gauge, baseline, mask): mean ΔF, and what density, entropy and
        paths carry of it, each with its interval: ΔF = Δdensity − λ·Δentropy − λγ·Δpath gain,
        exactly. The shares are parts over the whole; where ΔF is near 0 or its parts have
        different signs they leave 0 to 1 and say little. ``sample``: texts and their lengths.
    """
    import pandas as pd

    told = [
        {"gauge": gauge, "against": name, "mask": mask, **_carried(part, f"{name}{ending}")}
        for gauge, part in gauges(rows)
        for name in AGAINST
        for mask, ending in MASKS
    ]
    return {"decomposition": rounded(pd.DataFrame(told)), "sample": sample(rows)}


def _carried(part: pd.DataFrame, name: str) -> dict[str, float]:
    columns = {"delta": f"delta_{name}", **{one: f"{one}_delta_{name}" for one in PARTS}}
    read = read_columns(part, list(columns.values()))
    found = mean_draws({one: read[column] for one, column in columns.items()})
    row = {}
    for one, (value, draws) in found.items():
        row |= named(one, interval(value, draws))
    whole, of_whole = found["delta"]
    for one in PARTS:
        value, draws = found[one]
        with np.errstate(divide="ignore", invalid="ignore"):
            row |= named(f"{one}_share", interval(np.divide(value, whole), draws / of_whole))
    return row
