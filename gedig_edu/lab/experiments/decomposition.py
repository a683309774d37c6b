"""What carries ΔF: the shares of density, entropy and paths, against every baseline."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gedig_edu.lab.experiments.compare import AGAINST, PARTS, SHUFFLED, measure_parts
from gedig_edu.lab.experiments.summary import (
    Interval,
    gauges,
    interval,
    mean_draws,
    named,
    read_columns,
    rounded,
    sample,
)
from gedig_edu.lab.experiments.table2 import MASKS
from gedig_edu.lab.statistics import TIE

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
        exactly. The shares are parts over the whole, and leave 0 to 1 where parts have different
        signs; of a ΔF whose interval holds 0 none is told. ``sample``: texts and their lengths.
    """
    import pandas as pd

    told = [
        {"gauge": gauge, "against": name, "mask": mask, **_carried(part, f"{name}{ending}")}
        for gauge, part in gauges(rows)
        for name in AGAINST
        for mask, ending in MASKS
        if (name, mask) != (SHUFFLED, "none")
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
    clear = row["delta_low"] > TIE or row["delta_high"] < -TIE
    for one in PARTS:
        value, draws = found[one]
        share = interval(value / whole, draws / of_whole) if clear else Interval(*(math.nan,) * 3)
        row |= named(f"{one}_share", share)
    return row
