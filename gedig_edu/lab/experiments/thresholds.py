"""Where an edge begins decides the sign of ΔF: quantiles of a map's weights, and fixed weights."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gedig_edu.lab.experiments import compare
from gedig_edu.lab.experiments.catalogue import Columns
from gedig_edu.lab.experiments.setting import GAUGES, Setting
from gedig_edu.lab.experiments.summary import (
    above,
    gauges,
    means,
    named,
    read_columns,
    rounded,
    sample,
)
from gedig_edu.models.model import AttentionModel
from gedig_edu.shapes import Float
from gedig_edu.theory.comparison import terms_of
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps

if TYPE_CHECKING:
    import pandas as pd

QUANTILES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
FIXED = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
MASKS = (("none", ""), ("matched", "_matched"))
PUBLISHED = {("quantile", q): "above 0" for q in QUANTILES if q <= 0.9} | {
    ("fixed", 0.01): "-0.147 (BERT)"
}
"""What the source says of ΔF against random maps, with baselines that have no mask."""


class Threshold(NamedTuple):
    """Where an edge begins: at a quantile of a map's own weights, or at one weight for all maps."""

    kind: str
    value: float

    @property
    def column(self) -> str:
        """Its ending in the names of columns.

        Examples
        --------
        >>> Threshold("quantile", 0.5).column, Threshold("fixed", 0.01).column
        ('quantile_0.50', 'fixed_0.010')
        """
        return f"{self.kind}_{self.value:.{2 if self.kind == 'quantile' else 3}f}"

    def gauge(self, name: str) -> Gauge:
        """Return the gauge of a convention with this threshold."""
        make = getattr(Gauge, name)
        if self.kind == "quantile":
            return make(quantile=self.value)
        return make(quantile=None, threshold=self.value)


THRESHOLDS = (
    *(Threshold("quantile", value) for value in QUANTILES),
    *(Threshold("fixed", value) for value in FIXED),
)


def measure(model: AttentionModel, text: str, setting: Setting, line: int) -> Columns:
    """Return the columns of every experiment, and ΔF against random maps under each threshold.

    ``delta_random_quantile_0.50`` and ``density_delta_random_quantile_0.50`` stand for F and for
    its density, real − random, ``density_quantile_0.50`` for the density of the head's own graph;
    the first two also end in ``_matched`` for random maps with the model's mask. So for each
    quantile of `QUANTILES`, and as ``fixed_0.010`` for each weight of `FIXED`. The column of
    quantile 0.90 is that of every experiment.

    Raises
    ------
    GedigError
        If the model cannot read the text.
    """
    maps = model.attend(text)
    parts = []
    for one in compare.compared(maps, setting, line):
        columns = compare.base(one, setting, line)
        for threshold in THRESHOLDS:
            columns |= _under(threshold, one.name, maps, seed=setting.seed)
        parts.append(columns)
    return compare.joined(parts)


def _under(
    threshold: Threshold, name: str, maps: AttentionMaps, *, seed: int
) -> dict[str, Float[np.ndarray, "layers heads"]]:
    ending = threshold.column
    real = maps.read(threshold.gauge(name))
    columns = {f"density_{ending}": np.asarray(real.density)}
    for _, masked in MASKS:
        causal = bool(masked) and maps.causal
        F, density = random_reading(threshold, name, len(maps), causal=causal, seed=seed)
        columns[f"delta_random_{ending}{masked}"] = real.F - F
        columns[f"density_delta_random_{ending}{masked}"] = real.density - density
    return columns


@lru_cache(maxsize=8192)
def random_reading(
    threshold: Threshold, name: str, length: int, *, causal: bool, seed: int
) -> tuple[float, float]:
    """Return F and density of random maps of a length under a threshold, the mean over draws.

    Examples
    --------
    >>> F, density = random_reading(Threshold("fixed", 0.01), "paper", 7, causal=False, seed=0)
    >>> bool(0.9 < density <= 1), bool(F > -0.5)
    (True, True)
    """
    gauge = threshold.gauge(name)
    drawn = compare.random_maps(length, causal=causal, seed=seed)
    density, entropy, path = terms_of(gauge.read(drawn, causal=causal)).mean(axis=-1)
    return float(density - gauge.lam * (entropy + gauge.gamma * path)), float(density)


def tables(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return ΔF against random maps under every threshold, and where its sign turns.

    Returns
    -------
    dict of str to DataFrame
        ``thresholds``: one row a (gauge, mask, threshold): mean ΔF with its interval, the share
        above 0, the mean density of the heads' graphs and of the random ones, and what the source
        says. ``flips``: the neighbouring thresholds of one kind between which the mean ΔF changes
        its sign; clear where neither interval holds 0. ``lengths``: ΔF under the weight of 0.01
        by length of the text, from each power of two on. ``sample``: texts and their lengths.
    """
    told = _thresholds(rows)
    return {
        "thresholds": told, "flips": _flips(told), "lengths": _lengths(rows),
        "sample": sample(rows),
    }  # fmt: skip


def _thresholds(rows: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    told = []
    for gauge, part in gauges(rows):
        for mask, masked in MASKS:
            endings = [f"{threshold.column}{masked}" for threshold in THRESHOLDS]
            deltas = read_columns(part, [f"delta_random_{ending}" for ending in endings])
            found, share = means(deltas), means({n: above(v) for n, v in deltas.items()})
            for threshold, name in zip(THRESHOLDS, deltas, strict=True):
                density = part[f"density_{threshold.column}"].mean()
                of_random = density - part[f"density_{name}"].mean()
                printed = PUBLISHED.get((threshold.kind, threshold.value), "")
                told.append({
                    "gauge": gauge, "mask": mask, **threshold._asdict(),
                    **named("delta", found[name]), "share_positive": share[name].value,
                    "density": density, "density_random": of_random,
                    "published": printed if mask == "none" else "",
                })  # fmt: skip
    return rounded(pd.DataFrame(told))


def _flips(told: pd.DataFrame) -> pd.DataFrame:
    """Return the neighbours between which ΔF changes its sign, and whether intervals say so."""
    import pandas as pd

    keys = ["gauge", "mask", "kind"]
    clear = told["delta_low"] * told["delta_high"] > 0
    found = []
    for place, part in told.assign(clear=clear).groupby(keys, sort=False):
        values, deltas, clear = (part[name].to_numpy() for name in ("value", "delta", "clear"))
        found += [
            {**dict(zip(keys, place if isinstance(place, tuple) else (place,), strict=True)),
             "value": values[at], "delta": deltas[at],
             "next_value": values[at + 1], "next_delta": deltas[at + 1],
             "clear": bool(clear[at] and clear[at + 1])}
            for at in np.flatnonzero(np.sign(deltas[1:]) != np.sign(deltas[:-1]))
        ]  # fmt: skip
    columns = [*keys, "value", "delta", "next_value", "next_delta", "clear"]
    return pd.DataFrame(found, columns=columns)


def _lengths(rows: pd.DataFrame) -> pd.DataFrame:
    """Return ΔF under the weight of the source, by length: from each power of two on."""
    import pandas as pd

    bands = 2 ** np.floor(np.log2(rows["tokens"].to_numpy())).astype(int)
    told = []
    for gauge in GAUGES:
        for mask, masked in MASKS:
            name = f"delta_random_{Threshold('fixed', 0.01).column}{masked}"
            for least in np.unique(bands):
                part = rows.loc[(bands == least) & (rows["gauge"] == gauge).to_numpy()]
                found = means(read_columns(part, [name]))[name]
                told.append({
                    "gauge": gauge, "mask": mask, "tokens_from": int(least),
                    "tokens_below": int(2 * least), "texts": part["text"].nunique(),
                    **named("delta", found), "density_delta": part[f"density_{name}"].mean(),
                })  # fmt: skip
    return rounded(pd.DataFrame(told))
