"""Is F a measure of quality: each head's F beside what the model loses without the head."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.lab.experiments import table2
from gedig_edu.lab.experiments.catalogue import Columns
from gedig_edu.lab.experiments.ranks import (
    halves_agree,
    mean_interval,
    per_head,
    rank_correlation,
)
from gedig_edu.lab.experiments.setting import GAUGES, Setting
from gedig_edu.lab.removal import WAYS, Way
from gedig_edu.models.model import AttentionModel
from gedig_edu.shapes import Float, Int

if TYPE_CHECKING:
    import pandas as pd

HEADS = 7  # tells this use of a text's random numbers from another


def measure(model: AttentionModel, text: str, setting: Setting, line: int) -> Columns:
    """Return the columns of every experiment, and the rise of the loss without each head.

    ``loss`` is the next-token loss of the whole model, ``rise_zero`` and ``rise_mean`` by how much
    it rises, in nats per token, when the head puts out nothing, or its mean over the text's
    tokens. With ``setting.heads`` only so many heads of each layer are taken out, drawn anew for
    each text; the rises of the others are NaN.

    Raises
    ------
    GedigError
        If the model is an encoder, or the text has a single token.
    """
    loss = model.next_token_loss(text)
    base = table2.measure(model, text, setting, line)
    chosen = chosen_heads(model.layers, model.heads, setting, line)
    rises = {way: np.full((model.layers, model.heads), np.nan) for way in WAYS}
    for layer, heads in enumerate(chosen):
        removals: list[dict[int, Way]] = [{int(h): way} for way in WAYS for h in heads]
        losses = model.losses_without(text, layer, removals).reshape(len(WAYS), -1)
        for way, found in zip(WAYS, losses, strict=True):
            rises[way][layer, heads] = found - loss
    at = base["layer"], base["head"]
    columns = {f"rise_{way}": rise[at] for way, rise in rises.items()}
    return {**base, "loss": np.full(len(base["F"]), loss), **columns}


def chosen_heads(
    layers: int, heads: int, setting: Setting, line: int
) -> Int[np.ndarray, "layers chosen"]:
    """Return which heads of each layer are taken out of a text.

    Examples
    --------
    >>> setting = Setting(experiment="quality", model="m", texts="t", heads=2)
    >>> chosen_heads(3, 5, setting, line=4).shape
    (3, 2)
    """
    count = heads if setting.heads is None else min(heads, setting.heads)
    drawn = setting.rng(line, HEADS).random((layers, heads))
    return np.sort(np.argsort(drawn, axis=1)[:, :count], axis=1)


def tables(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return how terms of F and the rise of the loss go together over heads, and each head's own.

    ``quality``: for each way to remove a head, gauge and term, Spearman's correlation over heads
    with its interval, over all heads and within layers. ``removal``: mean rise of the loss, share
    of heads without which it falls, and how well two halves of the texts agree on the heads, which
    bounds every correlation. ``heads``: the means of each head.
    """
    return {"quality": _quality(rows), "removal": _removal(rows), "heads": _heads(rows)}


def _quality(rows: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    found = []
    for way in WAYS:
        for gauge in GAUGES:
            rise = per_head(rows, f"rise_{way}", gauge)
            for name, values in _terms(rows, gauge).items():
                over_all = rank_correlation(values, rise)
                inside = rank_correlation(values, rise, within=True)
                found.append({
                    "way": way, "gauge": gauge, "term": name,
                    "rho": over_all.value, "low": over_all.low, "high": over_all.high,
                    "rho_within": inside.value, "low_within": inside.low,
                    "high_within": inside.high,
                    "heads": rise[0].size, "texts": len(rise),
                })  # fmt: skip
    return pd.DataFrame(found)


def _terms(rows: pd.DataFrame, gauge: str) -> dict[str, Float[np.ndarray, "texts layers heads"]]:
    """Return F and what varies in it; order is 1 − entropy, so that it counts as F does."""
    return {
        "F": per_head(rows, "F", gauge),
        "order": 1 - per_head(rows, "entropy", gauge),
        "path_gain": per_head(rows, "path_gain", gauge),
    }


def _removal(rows: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    found = []
    for way in WAYS:
        rise = per_head(rows, f"rise_{way}", GAUGES[0])
        mean, loss = mean_interval(rise), per_head(rows, "loss", GAUGES[0])
        each = rows.groupby(["layer", "head"])[f"rise_{way}"].mean()
        found.append({
            "way": way, "rise": mean.value, "low": mean.low, "high": mean.high,
            "share_falling": float((each < 0).mean()), "halves_agree": halves_agree(rise),
            "loss": float(loss.mean()),
            "removals_a_head": float(np.isfinite(rise).sum(axis=0).mean()), "texts": len(rise),
        })  # fmt: skip
    return pd.DataFrame(found)


def _heads(rows: pd.DataFrame) -> pd.DataFrame:
    keys = ["layer", "head"]
    means = rows.groupby(keys)[[f"rise_{way}" for way in WAYS]].mean()
    for gauge in GAUGES:
        own = rows[rows["gauge"] == gauge].groupby(keys)[["F", "entropy"]].mean()
        means = means.join(own.add_suffix(f"_{gauge}"))
    return means.round(6).reset_index()
