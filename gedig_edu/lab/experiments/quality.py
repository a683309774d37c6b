"""Is F a measure of quality: each head's F beside what the model loses without the head."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.lab.experiments import compare
from gedig_edu.lab.experiments.catalogue import Columns
from gedig_edu.lab.experiments.ranks import halves_agree, rank_correlation
from gedig_edu.lab.experiments.setting import GAUGES, Setting
from gedig_edu.lab.experiments.summary import gauges, means, named, read_columns, rounded, sample
from gedig_edu.lab.removal import WAYS, Way
from gedig_edu.lab.statistics import per_head
from gedig_edu.models.model import AttentionModel
from gedig_edu.shapes import Int

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
    base = compare.measure(model, text, setting, line)
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

    Returns
    -------
    dict of str to DataFrame
        ``quality``: one row a (gauge, way, term): Spearman's correlation over heads of term and
        rise with its interval, over all heads and within layers; order is 1 − entropy, so that it
        counts as F does. ``removal``: the mean rise, the share of heads without which the loss
        falls, and how well two halves of the texts agree on the heads, which bounds every
        correlation. ``heads``: the means of each head. ``sample``: texts and their lengths.
    """
    return {
        "quality": _quality(rows), "removal": _removal(rows), "heads": _heads(rows),
        "sample": sample(rows),
    }  # fmt: skip


def _quality(rows: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    told = []
    for gauge, part in gauges(rows):
        F, entropy, path_gain = read_columns(part, ["F", "entropy", "path_gain"]).values()
        terms = {"F": F, "order": 1 - entropy, "path_gain": path_gain}
        for way in WAYS:
            rise = per_head(part, f"rise_{way}")
            for name, term in terms.items():
                told.append({
                    "gauge": gauge, "way": way, "term": name,
                    **named("rho", rank_correlation(term, rise)),
                    **named("rho_within", rank_correlation(term, rise, within=True)),
                })  # fmt: skip
    return rounded(pd.DataFrame(told))


def _removal(rows: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    part = rows.query(f"gauge == {GAUGES[0]!r}")
    told = []
    for way in WAYS:
        rise = per_head(part, f"rise_{way}")
        each: Any = part.groupby(["layer", "head"])[f"rise_{way}"].agg("mean")
        told.append({
            "way": way, "loss": part["loss"].mean(), **named("rise", means({way: rise})[way]),
            "share_falling": float((each < 0).mean()), "halves_agree": halves_agree(rise),
            "removals_a_head": float(np.isfinite(rise).sum(axis=0).mean()),
        })  # fmt: skip
    return rounded(pd.DataFrame(told))


def _heads(rows: pd.DataFrame) -> pd.DataFrame:
    keys = ["layer", "head"]
    found: Any = rows.groupby(keys)[[f"rise_{way}" for way in WAYS]].agg("mean")
    for gauge, part in gauges(rows):
        read: Any = part.groupby(keys)[["F", "entropy"]].agg("mean")
        found = found.join(read.add_suffix(f"_{gauge}"))
    return rounded(found.reset_index())
