"""What becomes of F and of the loss when keys are taken away from a model, or scores disturbed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gedig_edu.lab.experiments import compare
from gedig_edu.lab.experiments.catalogue import Columns
from gedig_edu.lab.experiments.setting import Setting
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
from gedig_edu.shapes import Bool, Float
from gedig_edu.theory.maps import AttentionMaps

if TYPE_CHECKING:
    import pandas as pd

TOPS = (1, 2, 4, 8, 16)
NOISES = (0.5, 1.0, 2.0, 4.0)
DRAWN = 11  # tells this use of a text's random numbers from another


class Intervention(NamedTuple):
    """What is done to every head of the model at once.

    "top": each row keeps its k largest weights of the untouched model; "any": k of its keys drawn
    at random; "noise": normal numbers of this spread are added to the scores.
    """

    kind: str
    strength: float

    @property
    def column(self) -> str:
        """Its ending in the names of columns.

        Examples
        --------
        >>> Intervention("top", 4).column, Intervention("noise", 0.5).column
        ('top_4', 'noise_0.5')
        """
        return f"{self.kind}_{self.strength:g}"


INTERVENTIONS = (
    *(Intervention("top", k) for k in TOPS),
    *(Intervention("any", k) for k in TOPS),
    *(Intervention("noise", spread) for spread in NOISES),
)


def measure(model: AttentionModel, text: str, setting: Setting, line: int) -> Columns:
    """Return the columns of every experiment, and F and loss under each intervention.

    ``loss`` is the next-token loss of the untouched model in nats per token; ``loss_top_4``,
    ``F_top_4`` and ``entropy_top_4`` those of the model when each row of every head keeps its four
    largest keys, and so for each of `INTERVENTIONS`. Heads of later layers then see other inputs,
    so more changes than what was done.

    Raises
    ------
    GedigError
        If the model is an encoder, or the text has a single token.
    """
    loss = model.next_token_loss(text)
    maps = model.attend(text)
    found = compare.compared(maps, setting, line)
    parts = [
        {**compare.base(one, setting, line), "loss": np.full(one.real.F.shape, loss)}
        for one in found
    ]
    for intervention in INTERVENTIONS:
        U = potential(intervention, maps, setting.rng(line, DRAWN))
        lost, bent = model.next_token_loss(text, potential=U), model.attend(text, potential=U)
        for one, columns in zip(found, parts, strict=True):
            read, ending = bent.read(one.gauge), intervention.column
            columns[f"loss_{ending}"] = np.full(read.F.shape, lost)
            columns |= {f"{term}_{ending}": getattr(read, term) for term in ("F", "entropy")}
    return compare.joined(parts)


def potential(
    intervention: Intervention, maps: AttentionMaps, rng: np.random.Generator
) -> Float[np.ndarray, "layers heads L L"]:
    """Return the potential that does this to a model with these maps; +∞ takes a key away."""
    if intervention.kind == "noise":
        return -intervention.strength * rng.normal(size=maps.weights.shape)
    rank = maps.weights
    if intervention.kind == "any":
        visible = np.tril(np.ones(rank.shape[-2:])) if maps.causal else np.ones(rank.shape[-2:])
        rank = visible * (1 - rng.random(rank.shape))  # above 0 where a key can be seen
    return np.where(largest(rank, int(intervention.strength)), 0.0, np.inf)


def largest(rank: Float[np.ndarray, "*batch L L"], k: int) -> Bool[np.ndarray, "*batch L L"]:
    """Return where each row has its k largest cells; of equals the first.

    Examples
    --------
    >>> largest(np.array([[0.1, 0.7, 0.2], [0.5, 0.0, 0.5], [0.2, 0.2, 0.6]]), 1).tolist()
    [[False, True, False], [True, False, False], [False, False, True]]
    """
    order = np.argsort(-rank, axis=-1, kind="stable")[..., :k]
    kept = np.zeros(rank.shape, dtype=bool)
    np.put_along_axis(kept, order, values=True, axis=-1)
    return kept


def tables(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return how F and the loss move under each intervention, and whether they move together.

    Returns
    -------
    dict of str to DataFrame
        ``interventions``: one row a (gauge, intervention): by how much F, entropy and loss differ
        from those of the untouched model, with intervals (the loss's resamples texts), and the
        share of texts whose loss rises. ``tracking``: for each kind of intervention Spearman's
        correlation, within a text, of its mean F with its loss over the strengths and the
        untouched model, the mean over texts. ``which_keys``: for each k by how much F, entropy
        and loss differ between k keys drawn at random and the k largest, each row holding as many.
        ``sample``: texts and their lengths.
    """
    return {
        "interventions": _interventions(rows), "tracking": _tracking(rows),
        "which_keys": _which_keys(rows), "sample": sample(rows),
    }  # fmt: skip


def _interventions(rows: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    told = []
    for gauge, part in gauges(rows):
        for one in INTERVENTIONS:
            change = _difference(part, f"_{one.column}", "")
            rise = change.pop("loss")
            found = means(change)
            told.append({
                "gauge": gauge, **one._asdict(),
                **named("loss_rise", means({"": rise})[""]),
                "share_rising": float(above(rise).mean()),
                **named("F_change", found["F"]), **named("entropy_change", found["entropy"]),
            })  # fmt: skip
    return rounded(pd.DataFrame(told))


def _which_keys(rows: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    told = []
    for gauge, part in gauges(rows):
        for k in TOPS:
            drawn, largest = (f"_{Intervention(kind, k).column}" for kind in ("any", "top"))
            change = _difference(part, drawn, largest)
            row = {"gauge": gauge, "keys": k}
            for name, value in change.items():
                row |= named(f"{name}_difference", means({name: value})[name])
            told.append(row)
    return rounded(pd.DataFrame(told))


def _difference(
    rows: pd.DataFrame, one: str, other: str
) -> dict[str, Float[np.ndarray, "texts layers heads"]]:
    """Return loss (one a text), F and entropy with one ending of their columns less another."""
    names = ("loss", "F", "entropy")
    read = read_columns(rows, [f"{name}{ending}" for name in names for ending in (one, other)])
    change = {name: read[f"{name}{one}"] - read[f"{name}{other}"] for name in names}
    return change | {"loss": change["loss"][:, :1, :1]}


def _tracking(rows: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    told = []
    for gauge, part in gauges(rows):
        each: pd.DataFrame = part.groupby("text").agg("mean", numeric_only=True)
        for kinds in (("top",), ("any",), ("noise",), ("top", "any"), ("top", "any", "noise")):
            endings = [""] + [f"_{one.column}" for one in INTERVENTIONS if one.kind in kinds]
            F, loss = (each[[f"{name}{e}" for e in endings]].to_numpy() for name in ("F", "loss"))
            rho = np.array([_spearman(*pair) for pair in zip(F, loss, strict=True)])
            told.append({
                "gauge": gauge, "kinds": " + ".join(kinds), "readings": len(endings),
                **named("rho", means({"": rho[:, None, None]})[""]),
                "share_positive": float((rho > 0).mean()),
            })  # fmt: skip
    return rounded(pd.DataFrame(told))


def _spearman(one: np.ndarray, other: np.ndarray) -> float:
    from scipy.stats import rankdata

    ranks = [rankdata(x) - (len(x) + 1) / 2 for x in (one, other)]
    length = np.linalg.norm(ranks[0]) * np.linalg.norm(ranks[1])
    return float(ranks[0] @ ranks[1] / length) if length > 0 else np.nan
