"""Where each head looks, beside its F: which roles stand high and which low."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.lab.experiments import compare
from gedig_edu.lab.experiments.catalogue import Columns
from gedig_edu.lab.experiments.ranks import rank_correlation
from gedig_edu.lab.experiments.setting import Setting
from gedig_edu.lab.experiments.summary import gauges, means, named, read_columns, rounded, sample
from gedig_edu.models.model import AttentionModel
from gedig_edu.shapes import Float, Shaped
from gedig_edu.theory import baselines
from gedig_edu.theory.heads import (
    duplicate_score,
    head_scores,
    induction_score,
    local_score,
)
from gedig_edu.theory.maps import AttentionMaps

if TYPE_CHECKING:
    import pandas as pd

TWICE = {"duplicate": duplicate_score, "induction": induction_score}
ROLES = ("previous", "own", "first", "local", *TWICE)
LEAST = 0.1
"""A head has a role if it gives so much more weight there than a head that looks everywhere."""
NONE = "none of these"
"""A head without a role."""


def measure(model: AttentionModel, text: str, setting: Setting, line: int) -> Columns:
    """Return the columns of every experiment, and how much each head looks at certain places.

    ``role_previous``, ``role_own``, ``role_first`` and ``role_local`` (at most two tokens away)
    are read on the text; ``role_duplicate`` (the same token before) and ``role_induction`` (the
    one after it) on the text said twice, from its second round. Each is the mean weight of a query
    there, less what a map that looks everywhere alike gives. A text that does not become the
    same tokens twice, or is too long to be said twice, has NaN for the last two.

    Raises
    ------
    GedigError
        If the model cannot read the text.
    """
    maps = model.attend(text)
    roles = {f"role_{name}": score for name, score in roles_of(model, text, maps).items()}
    found = compare.compared(maps, setting, line)
    return compare.joined([{**compare.base(one, setting, line), **roles} for one in found])


def roles_of(
    model: AttentionModel, text: str, maps: AttentionMaps
) -> dict[str, Float[np.ndarray, "layers heads"]]:
    """Return how much more than evenly each head looks at each place, by role."""
    once, even = _once(maps.weights, maps), _once(_even(len(maps), maps), maps)
    found = {name: score - even[name] for name, score in once.items()}
    twice = said_twice(model, text)
    if twice is None:
        return found | dict.fromkeys(TWICE, np.full(maps.weights.shape[:2], np.nan))
    period = twice.shape[-1] // 2
    alike = _even(2 * period, maps)
    return found | {name: of(twice, period=period) - of(alike, period=period)
                    for name, of in TWICE.items()}  # fmt: skip


def said_twice(
    model: AttentionModel, text: str
) -> Float[np.ndarray, "layers heads two_periods two_periods"] | None:
    """Return the maps of a text said twice, without tokens that the model adds.

    None where the second round has other tokens than the first, a round has fewer than two, or
    there is no room.
    """
    round_ = " " + text.strip()
    encoded = model.encode(round_)
    own = int((~encoded.special).sum())
    if own < 2 or len(encoded) + own > model.context:
        return None
    maps = model.attend(2 * round_)
    keep = np.flatnonzero(~maps.special)
    tokens = [maps.tokens[place] for place in keep]
    if len(tokens) != 2 * own or tokens[:own] != tokens[own:]:
        return None
    return maps.weights[:, :, keep[:, None], keep]


def _once(
    weights: Float[np.ndarray, "*batch L L"], maps: AttentionMaps
) -> dict[str, Float[np.ndarray, "*batch"]]:
    """Return the scores of maps of a text said once."""
    given = AttentionMaps(tokens=maps.tokens, weights=weights, causal=maps.causal)
    return head_scores(given) | {"local": local_score(weights, causal=maps.causal)}


def _even(length: int, maps: AttentionMaps) -> Float[np.ndarray, "1 1 L L"]:
    return baselines.uniform(length, causal=maps.causal)[None, None]


def tables(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return how F goes with the places that heads look at.

    Returns
    -------
    dict of str to DataFrame
        ``roles``: one row a (gauge, role): the mean score of all heads, Spearman's correlation
        over heads of score and F with its interval, over all heads and within layers. ``levels``:
        F and order (1 − entropy) of the heads by the role that stands out in their mean scores,
        if one does by `LEAST`. ``sample``: texts and their lengths.
    """
    return {"roles": _roles(rows), "levels": _levels(rows), "sample": sample(rows)}


def _roles(rows: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    told = []
    for gauge, part in gauges(rows):
        F = read_columns(part, ["F"])["F"]
        for name, score in read_columns(part, [f"role_{role}" for role in ROLES]).items():
            told.append({
                "gauge": gauge, "role": name.removeprefix("role_"),
                "score": float(np.nanmean(score)) if np.isfinite(score).any() else np.nan,
                **named("rho", rank_correlation(score, F)),
                **named("rho_within", rank_correlation(score, F, within=True)),
            })  # fmt: skip
    return rounded(pd.DataFrame(told))


def _levels(rows: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    role = assigned(rows)
    told = []
    for gauge, part in gauges(rows):
        F, entropy = read_columns(part, ["F", "entropy"]).values()
        for name in (*ROLES, NONE):
            own = role == name
            if own.any():
                values = {"F": F[:, None, own], "order": 1 - entropy[:, None, own]}
                found = means(values)
                told.append({
                    "gauge": gauge, "role": name, "heads": int(own.sum()),
                    **named("F", found["F"]), **named("order", found["order"]),
                })  # fmt: skip
    return rounded(pd.DataFrame(told))


def assigned(rows: pd.DataFrame) -> Shaped[np.ndarray, "layers heads"]:
    """Return the role of each head by its mean scores, as `roles_named` says."""
    columns = [f"role_{role}" for role in ROLES]
    every: Any = rows.groupby(["layer", "head"])[columns].agg("mean")
    scores = every.sort_index().fillna(0.0)
    layers = len(np.unique(rows["layer"]))
    return roles_named({role: scores[f"role_{role}"].to_numpy() for role in ROLES}).reshape(
        layers, -1
    )


def roles_named(scores: dict[str, Float[np.ndarray, "*heads"]]) -> Shaped[np.ndarray, "*heads"]:
    """Return the role of each head: the largest of its scores, if it is at least `LEAST`.

    Local is what is left when no other is: a head that looks one token back looks near, too.

    Parameters
    ----------
    scores : dict of str to array [*heads]
        As `roles_of` returns them, or their means over texts; none NaN.

    Examples
    --------
    >>> import numpy as np
    >>> scores = dict.fromkeys(ROLES, np.zeros(2))
    >>> roles_named(scores | {"previous": np.array([0.5, 0.0]), "local": np.array([0.6, 0.2])})
    array(['previous', 'local'], dtype=object)
    """
    special = [role for role in ROLES if role != "local"]
    levels = np.stack([scores[role] for role in special])
    found = np.where(scores["local"] >= LEAST, "local", NONE)
    names = np.array(special, dtype=object)[levels.argmax(axis=0)]
    return np.where(levels.max(axis=0) >= LEAST, names, found)
