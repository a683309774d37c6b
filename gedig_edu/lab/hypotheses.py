"""Hypotheses of the gauge paper as tables: every head on every text against every baseline."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gedig_edu.errors import GedigError, check_kind, check_whole
from gedig_edu.lab.live import live
from gedig_edu.lab.statistics import summarise
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps

if TYPE_CHECKING:
    import pandas as pd

DELTA = "delta_"
MATCHED = "_matched"


def h1_table(
    maps: Iterable[AttentionMaps], *, gauge: Gauge | None = None, seed: int = 0
) -> pd.DataFrame:
    """Read ΔF of every head on every text against every baseline, unmasked and matched.

    Parameters
    ----------
    maps : iterable of AttentionMaps
        One record per text.
    gauge : Gauge, optional
        `Gauge.released` by default, the convention of the published tables.
    seed : int
        Text number n draws its random baselines from ``seed + n``.

    Returns
    -------
    DataFrame
        One row per (text, layer, head): the terms, F, and ``delta_<baseline>`` with and without
        the ending ``_matched``.

    Raises
    ------
    GedigError
        If there is no text.
    """
    import pandas as pd

    check_kind("maps", maps, Iterable, "attention maps, one a text")
    seed, frames = check_whole("seed", seed, at_least=0), []
    for number, one in enumerate(maps):
        reading = live(one, gauge=gauge or Gauge.released(), seed=seed + number)
        matched = reading.table(matched=True).filter(like=DELTA).add_suffix(MATCHED)
        frames.append(reading.table(matched=False).join(matched).assign(text=number))
    if not frames:
        raise GedigError("No text was given; give at least one record of attention maps.")
    return pd.concat(frames, ignore_index=True)


def h1_summary(table: pd.DataFrame, *, by: str | None = None) -> pd.DataFrame:
    """Sum up an `h1_table`: one row per baseline, or per (value of `by`, baseline).

    Columns: count, mean, sd, share_positive, effect_size; see `summarise`.

    Parameters
    ----------
    table : DataFrame
        From `h1_table`.
    by : str, optional
        A column to keep apart, such as "layer" or "text".
    """
    import pandas as pd

    groups = [((), table)] if by is None else [((key,), rows) for key, rows in table.groupby(by)]
    deltas = [name for name in table.columns if name.startswith(DELTA)]
    rows = {
        (*key, name.removeprefix(DELTA)): summarise(part[name].to_numpy()).to_dict()
        for key, part in groups
        for name in deltas
    }
    names = ["baseline"] if by is None else [by, "baseline"]
    index = pd.MultiIndex.from_tuples(rows, names=names)
    return pd.DataFrame(list(rows.values()), index=index if by else index.get_level_values(0))
