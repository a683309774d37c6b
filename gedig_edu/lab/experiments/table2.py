"""Table 2 of the source paper: ΔF of every head against baselines and nulls, by both gauges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.lab.experiments.compare import AGAINST, SHUFFLED, measure
from gedig_edu.lab.experiments.published import EFFECT_SIZE, SHARE_POSITIVE, TABLE_2, beside
from gedig_edu.lab.experiments.summary import (
    PerHead,
    above,
    gauges,
    interval,
    means,
    named,
    read_columns,
    rounded,
    sample,
)
from gedig_edu.lab.statistics import TIE, crossed_means, paired

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["measure", "tables"]

MASKS = (("none", ""), ("matched", "_matched"))


def tables(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return what the rows say of every baseline, beside the published means.

    Returns
    -------
    dict of str to DataFrame
        ``table2``: one row a (gauge, baseline, mask): mean ΔF with its interval, the share above 0
        of texts × heads with its interval and that of heads by their means over texts, and both
        kinds of Cohen's d with their intervals; see `gedig_edu.lab.statistics.paired`. A
        row-shuffle always has the model's mask. ``degrees``: the path term against graphs of equal
        degrees, uncalibrated, calibrated, and its placebo. ``published``: what the paper says
        beside means. ``sample``: texts and their lengths.
    """
    return {
        "table2": rounded(beside(_baselines(rows))),
        "degrees": rounded(_degrees(rows)),
        "published": _published(),
        "sample": sample(rows),
    }


def _baselines(rows: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    told = []
    for gauge, part in gauges(rows):
        columns = {
            (name, mask): f"delta_{name}{ending}"
            for name in AGAINST
            for mask, ending in MASKS
            if (name, mask) != (SHUFFLED, "none")
        }
        read = read_columns(part, ["F", *columns.values()])
        F = read.pop("F")
        delta = means(read)
        share = means({name: above(value) for name, value in read.items()})
        told += [
            {"gauge": gauge, "against": name, "mask": mask, **_row(F, read[column]),
             **named("delta", delta[column]), **named("share_positive", share[column])}
            for (name, mask), column in columns.items()
        ]  # fmt: skip
    order = ["gauge", "against", "mask", "delta", "delta_low", "delta_high", "share_positive",
             "share_positive_low", "share_positive_high", "heads_positive", "d", "d_low", "d_high",
             "d_z", "d_z_low", "d_z_high"]  # fmt: skip
    return pd.DataFrame(told, columns=order)


def _row(F: PerHead, delta: PerHead) -> dict[str, float]:
    effect = paired(F, F - delta)
    heads = float(above(delta.mean(axis=0)).mean())
    draws = _effect_draws(F, delta)
    told = {name: interval(getattr(effect, name), found) for name, found in draws.items()}
    sizes = {key: end for name, one in told.items() for key, end in named(name, one).items()}
    return {"heads_positive": heads, **sizes}


def _effect_draws(F: PerHead, delta: PerHead) -> dict[str, np.ndarray]:
    """Return bootstrap draws of both kinds of d, from those of first and second moments."""
    of_F, of_baseline = F - F.mean(), F - delta - (F - delta).mean()
    mean, *first, F2, baseline2, delta2 = crossed_means(
        delta, of_F, of_baseline, delta, of_F**2, of_baseline**2, delta**2
    )
    spreads = [second - one**2 for one, second in zip(first, (F2, baseline2, delta2), strict=True)]
    pooled = (spreads[0] + spreads[1]) / 2
    return {"d": _over(mean, pooled), "d_z": _over(mean, spreads[2])}


def _over(mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return a mean over the root of a variance, NaN where nothing varies."""
    spread = np.sqrt(np.maximum(variance, 0.0))
    return np.divide(mean, spread, out=np.full(mean.shape, np.nan), where=spread > TIE)


def _degrees(rows: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    told = []
    for gauge, part in gauges(rows):
        names = [f"path_{name}_soft_configuration" for name in ("delta", "bias", "placebo")]
        calibrated, bias, placebo = read_columns(part, names).values()
        values = {
            "plain": calibrated + bias, "bias": bias, "calibrated": calibrated,
            "placebo": placebo, "above_placebo": calibrated - placebo,
        }  # fmt: skip
        told += [
            {"gauge": gauge, "path_term": name, **named("delta", value)}
            for name, value in means(values).items()
        ]
    return pd.DataFrame(told)


def _published() -> pd.DataFrame:
    import pandas as pd

    told = [
        {"model": model, "against": name, "delta": delta,
         "share_positive": SHARE_POSITIVE.get(model) if name == "random" else None,
         "d": EFFECT_SIZE.get(model) if name == "random" else None}
        for model, deltas in TABLE_2.items()
        for name, delta in deltas.items()
    ]  # fmt: skip
    return pd.DataFrame(told)
