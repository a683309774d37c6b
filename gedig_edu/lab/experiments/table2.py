"""Table 2 of the source paper: F of every head beside its baselines, in both conventions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.lab.experiments.catalogue import Columns
from gedig_edu.lab.experiments.setting import GAUGES, Setting
from gedig_edu.models.model import AttentionModel
from gedig_edu.theory.baselines import entropy_matched, soft_configuration
from gedig_edu.theory.comparison import BASELINES, TERMS, Comparison
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.paths import path_gain

if TYPE_CHECKING:
    import pandas as pd

DRAWS = 4


def measure(model: AttentionModel, text: str, setting: Setting, line: int) -> Columns:
    """Return one row a (layer, head, gauge): the terms of F, and ΔF against every baseline.

    ``delta_NAME`` has no mask, as the paper compared; ``delta_NAME_matched`` sees what the model
    sees. Against the soft configuration the path terms alone are compared.

    Raises
    ------
    GedigError
        If the model cannot read the text.
    """
    maps = model.attend(text)
    read = []
    for name in GAUGES:
        seed = setting.seed_of(line)
        compared = Comparison.read(maps, getattr(Gauge, name)(), seed=seed)
        columns = _terms(compared)
        for baseline in BASELINES:
            columns[f"delta_{baseline}"] = compared.delta(baseline, matched=False)
            columns[f"delta_{baseline}_matched"] = compared.delta(baseline, matched=True)
        columns["delta_entropy_matched"] = _entropy_delta(compared, seed, causal=False)
        matched = _entropy_delta(compared, seed, causal=maps.causal)
        columns["delta_entropy_matched_matched"] = matched
        columns["path_delta_soft_configuration"] = _path_delta(compared, seed)
        read.append({key: np.ravel(value) for key, value in columns.items()})
    joined = {key: np.concatenate([part[key] for part in read]) for key in read[0]}
    return {"gauge": np.repeat(np.array(GAUGES, dtype=object), read[0]["F"].size), **joined}


def tables(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return mean ΔF and the share above 0 for each gauge and baseline."""
    deltas = [name for name in rows if name.startswith(("delta_", "path_delta_"))]
    long = rows.melt(id_vars="gauge", value_vars=deltas, var_name="against", value_name="delta")
    grouped = long.groupby(["gauge", "against"], sort=False)["delta"]
    told = grouped.agg(mean="mean", share_positive=lambda delta: float((delta > 0).mean()))
    return {"table2": told.reset_index()}


def _terms(compared: Comparison) -> dict[str, np.ndarray]:
    place = np.indices(compared.real.F.shape)
    tokens = np.full(compared.real.F.shape, len(compared.maps))
    terms = {name: np.asarray(getattr(compared.real, name)) for name in ("F", *TERMS)}
    return {"layer": place[0], "head": place[1], "tokens": tokens, **terms}


def _entropy_delta(compared: Comparison, seed: int, *, causal: bool) -> np.ndarray:
    """Return F of each head − F of a random map of the same entropy."""
    rng = np.random.default_rng(seed)
    entropy = compared.maps.read(Gauge.paper()).entropy
    drawn = [entropy_matched(len(compared.maps), float(one), rng, causal=causal)
             for one in entropy.ravel()]  # fmt: skip
    return compared.real.F - compared.gauge.read(np.stack(drawn), causal=causal).F.reshape(
        entropy.shape
    )


def _path_delta(compared: Comparison, seed: int) -> np.ndarray:
    """Return −λγ·path_gain of each head − that of graphs with its expected degrees."""
    gauge, maps = compared.gauge, compared.maps
    edges = maps.weights.astype(np.float64) > compared.real.threshold[..., None, None]
    rng = np.random.default_rng(seed)
    drawn = soft_configuration(edges, rng, causal=maps.causal, draws=DRAWS)
    null = path_gain(drawn, path=gauge.path).mean(axis=0)
    return -gauge.lam * gauge.gamma * (compared.real.path_gain - null)
