"""Figure 2 of the source paper: F by layer, with intervals, and what depth has to do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.lab.depth import rank
from gedig_edu.lab.experiments.compare import measure
from gedig_edu.lab.experiments.published import FIGURE_2
from gedig_edu.lab.experiments.summary import (
    gauges,
    interval,
    layer_draws,
    named,
    read_columns,
    rounded,
    sample,
)
from gedig_edu.lab.significance import change_point, first_step, layer_tests, lowest_p, order_p
from gedig_edu.shapes import Float
from gedig_edu.theory.gauge import Gauge

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["measure", "tables"]

SHOWN = ("F", "F_without_paths", "delta_random", "delta_random_matched")
ALONG = SHOWN[:2]  # ΔF goes with depth as F does: its baselines know no layer
QUARTILES = {"quarter": 0.25, "median": 0.5, "three_quarters": 0.75}


def tables(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return F and ΔF by layer, and how both go with depth.

    Returns
    -------
    dict of str to DataFrame
        ``layers``: one row a (gauge, layer): means over texts × heads with intervals of F, of F
        with γ = 0, and of ΔF against random maps without and with the model's mask; quartiles of F,
        as the box plot of figure 2 has them; and its levels of BERT. ``depth``: the rank
        correlation of layer and mean, over all layers and without layer 0. ``steps``: the step from
        layer 0 to 1 less the largest after it, and the best change point, each with how often the
        same levels in another order do as well, and how often as low a level comes first
        (``lowest_p``); of three layers or more. ``tests``: whether ΔF against random maps differs
        from 0 in each layer, p adjusted for their number; of two texts and two heads or more. Its
        interval, ``t_low`` to ``t_high``, is Student's of an analysis of variance of texts × heads
        (`layer_tests`), and with few heads wider than the bootstrap's of ``layers``.
        ``sample``: texts and their lengths.
    """
    import pandas as pd

    parts: dict[str, list[pd.DataFrame]] = {"layers": [], "depth": [], "steps": [], "tests": []}
    for gauge, part in gauges(rows):
        values = _values(gauge, part)
        drawn = {name: layer_draws(value) for name, value in values.items()}
        parts["layers"].append(_levels(gauge, values["F"], drawn))
        along = {name: drawn[name] for name in ALONG}
        parts["depth"].append(_depth(gauge, along))
        parts["steps"].append(_steps(gauge, along))
        parts["tests"].append(_tests(gauge, values))
    joined = {name: pd.concat(tables) for name, tables in parts.items()}
    found = {name: rounded(table) for name, table in joined.items() if len(table)}
    return found | {"sample": sample(rows)}


def _values(gauge: str, part: pd.DataFrame) -> dict[str, Float[np.ndarray, "texts layers heads"]]:
    reader: Gauge = getattr(Gauge, gauge)()
    names = ["F", "path_gain", "delta_random", "delta_random_matched"]
    values = read_columns(part, names)
    values["F_without_paths"] = values["F"] + reader.lam * reader.gamma * values["path_gain"]
    return {name: values[name] for name in SHOWN}


def _levels(gauge: str, F: np.ndarray, drawn: dict[str, tuple]) -> pd.DataFrame:
    import pandas as pd

    told = []
    for layer in range(F.shape[1]):
        row = {"gauge": gauge, "layer": layer}
        for name, (levels, draws) in drawn.items():
            row |= named(name, interval(levels[layer], draws[:, layer]))
        row |= {name: np.quantile(F[:, layer], at) for name, at in QUARTILES.items()}
        published = FIGURE_2[layer] if layer < len(FIGURE_2) else np.nan
        told.append(row | {"published_bert": published})
    return pd.DataFrame(told)


def _depth(gauge: str, drawn: dict[str, tuple]) -> pd.DataFrame:
    import pandas as pd

    told = [
        {"gauge": gauge, "of": name, "from_layer": start,
         **named("rho", interval(float(rank(levels[start:])), rank(draws[:, start:])))}
        for name, (levels, draws) in drawn.items()
        for start in (0, 1)
        if len(levels) > start + 1
    ]  # fmt: skip
    return pd.DataFrame(told)


def _steps(gauge: str, drawn: dict[str, tuple]) -> pd.DataFrame:
    import pandas as pd

    told = []
    for name, (levels, draws) in drawn.items():
        if len(levels) < 3:
            continue
        change = change_point(levels)
        told.append({
            "gauge": gauge, "of": name,
            **named("first_step", interval(levels[1] - levels[0], draws[:, 1] - draws[:, 0])),
            **named("first_less_later", interval(float(first_step(levels)), first_step(draws))),
            "first_step_p": order_p(levels, first_step), "lowest_p": lowest_p(levels),
            "change_after": change.after, "change_rise": change.rise, "change_p": change.p,
        })  # fmt: skip
    return pd.DataFrame(told)


def _tests(gauge: str, values: dict[str, np.ndarray]) -> pd.DataFrame:
    import pandas as pd

    texts, _, heads = values["F"].shape
    if min(texts, heads) < 2:
        return pd.DataFrame()
    return pd.concat([
        layer_tests(values[name])
        .rename(columns={"low": "t_low", "high": "t_high"})
        .assign(gauge=gauge, of=name)
        for name in ("delta_random", "delta_random_matched")
    ])  # fmt: skip
