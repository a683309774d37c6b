"""Means of an experiment's rows with their 95 % intervals, which resample texts × heads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from gedig_edu.lab.experiments.setting import GAUGES
from gedig_edu.lab.statistics import ENDS, TIE, crossed_layers, crossed_means, per_head
from gedig_edu.shapes import Bool, Float

if TYPE_CHECKING:
    import pandas as pd

PerHead: TypeAlias = "Float[np.ndarray, 'texts layers heads']"


class Interval(NamedTuple):
    """A value and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


def gauges(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each gauge with its rows.

    Examples
    --------
    >>> import pandas as pd
    >>> [(name, len(part)) for name, part in gauges(pd.DataFrame({"gauge": ["released"]}))]
    [('released', 1)]
    """
    for name in GAUGES:
        part = where(rows, rows["gauge"].to_numpy() == name)
        if len(part):
            yield name, part


def where(rows: pd.DataFrame, chosen: Bool[np.ndarray, " rows"]) -> pd.DataFrame:
    """Return some of the rows.

    Examples
    --------
    >>> import pandas as pd
    >>> where(pd.DataFrame({"text": [3, 5]}), np.array([False, True]))["text"].tolist()
    [5]
    """
    return rows.take(np.flatnonzero(chosen))


def read_columns(rows: pd.DataFrame, names: Sequence[str]) -> dict[str, PerHead]:
    """Return columns of one gauge's rows, each [texts, layers, heads]."""
    return {name: per_head(rows, name) for name in names}


def means(values: Mapping[str, PerHead]) -> dict[str, Interval]:
    """Return the mean of each column, over the cells that hold a number.

    All are drawn alike, so that differences and ratios of them could be told too.

    Examples
    --------
    >>> told = means({"F": np.array([[[1.0, np.nan]], [[1.0, 1.0]]])})
    >>> told["F"]
    Interval(value=1.0, low=1.0, high=1.0)
    """
    return {name: interval(*found) for name, found in mean_draws(values).items()}


def mean_draws(
    values: Mapping[str, PerHead],
) -> dict[str, tuple[float, Float[np.ndarray, " draws"]]]:
    """Return the mean of each column and its bootstrap draws, of the cells that hold a number.

    Examples
    --------
    >>> value, draws = mean_draws({"F": np.ones((5, 2, 3))})["F"]
    >>> value, draws.shape
    (1.0, (2000,))
    """
    there = [np.isfinite(one) for one in values.values()]
    filled = [
        np.where(is_there, one, 0.0) for is_there, one in zip(there, values.values(), strict=True)
    ]
    weights = [is_there.astype(np.float64) for is_there in there]
    found = crossed_means(*filled, *weights)
    return {
        name: (float(one.sum() / weight.sum()), _ratio(of_one, of_weight))
        for name, one, weight, of_one, of_weight in zip(
            values, filled, weights, found[: len(filled)], found[len(filled) :], strict=True
        )
    }


def _ratio(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.divide(one, other, out=np.full(one.shape, np.nan), where=other > 0)


def interval(value: float, draws: Float[np.ndarray, " draws"]) -> Interval:
    """Return a value with the ends of the middle 95 % of those of its draws that are finite.

    Examples
    --------
    >>> interval(0.0, np.arange(-100.0, 101.0))
    Interval(value=0.0, low=-95.0, high=95.0)
    """
    finite = draws[np.isfinite(draws)]
    low, high = np.quantile(finite, ENDS) if finite.size else (np.nan, np.nan)
    return Interval(float(value), float(low), float(high))


def layer_draws(
    value: PerHead, *, seed: int = 0
) -> tuple[Float[np.ndarray, " layers"], Float[np.ndarray, "draws layers"]]:
    """Return the mean of each layer, and its bootstrap draws.

    Examples
    --------
    >>> levels, draws = layer_draws(np.ones((5, 2, 3)))
    >>> levels.tolist(), draws.shape
    ([1.0, 1.0], (2000, 2))
    """
    (draws,) = crossed_layers(value, seed=seed)
    return value.mean(axis=(0, 2)), draws


def above(delta: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """Return 1 where a difference is above 0 by more than rounding, else 0; NaN stays.

    Examples
    --------
    >>> above(np.array([0.1, 1e-15, -0.1])).tolist()
    [1.0, 0.0, 0.0]
    """
    return np.where(np.isfinite(delta), (delta > TIE).astype(np.float64), np.nan)


def named(name: str, told: Interval) -> dict[str, float]:
    """Return a value and its ends as three columns of a table.

    Examples
    --------
    >>> named("F", Interval(0.5, 0.25, 0.75))
    {'F': 0.5, 'F_low': 0.25, 'F_high': 0.75}
    """
    return {name: told.value, f"{name}_low": told.low, f"{name}_high": told.high}


def sample(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row on what was read: texts, their tokens, layers and heads.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"text": [0, 1], "tokens": [5, 7], "layer": 0, "head": 0})
    >>> sample(rows).to_dict("records")
    [{'texts': 2, 'tokens_min': 5, 'tokens_median': 6.0, 'tokens_max': 7, 'layers': 1, 'heads': 1}]
    """
    import pandas as pd

    tokens = rows.groupby("text")["tokens"].first()
    told = {
        "texts": len(tokens), "tokens_min": tokens.min(), "tokens_median": tokens.median(),
        "tokens_max": tokens.max(), "layers": rows["layer"].nunique(),
        "heads": rows["head"].nunique(),
    }  # fmt: skip
    return pd.DataFrame([told])


def rounded(table: pd.DataFrame, *, digits: int = 6) -> pd.DataFrame:
    """Return a table as it is kept: its numbers to six decimals, none of them -0.

    Examples
    --------
    >>> import pandas as pd
    >>> rounded(pd.DataFrame({"delta": [-1e-18, 2 / 3]}))["delta"].tolist()
    [0.0, 0.666667]
    """
    kept = table.copy()
    for name in kept.select_dtypes("floating"):
        kept[name] = kept[name].round(digits) + 0.0
    return kept
