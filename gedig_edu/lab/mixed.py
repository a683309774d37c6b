"""A mixed model of F: how much layers, heads and texts each add to its spread."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.errors import GedigError
from gedig_edu.shapes import Float
from gedig_edu.words import refusal

if TYPE_CHECKING:
    import pandas as pd

_EDGE, _SMALLEST = 1e-3, 1e-6


@dataclass(frozen=True)
class Components:
    """What a mixed model finds in numbers of texts, layers and heads.

    Attributes
    ----------
    mean : float
        Grand mean, in the unit of the data.
    low, high : float
        Its 95 % interval, mean ± 1.96 errors, for new texts, heads *and layers*: wider than the
        bootstrap of `gedig_edu.lab.statistics.crossed_means`, which keeps the layers as they are.
    layer, head, text, rest : float
        Standard deviations of what each adds; `rest` is a head's own way with a text.
    """

    mean: float
    low: float
    high: float
    layer: float
    head: float
    text: float
    rest: float

    @property
    def shares(self) -> dict[str, float]:
        """Share of the whole variance that layers, heads, texts and the rest each carry."""
        parts = {name: getattr(self, name) ** 2 for name in ("layer", "head", "text", "rest")}
        whole = sum(parts.values())
        return {name: part / whole if whole else math.nan for name, part in parts.items()}


def mixed_model(values: Float[np.ndarray, "texts layers heads"]) -> Components:
    """Fit value = mean + layer + head of that layer + text + rest, all but the mean random.

    Heads lie within layers, and texts cross both: each head meets each text. The fit is restricted
    maximum likelihood by `statsmodels.regression.mixed_linear_model.MixedLM` with crossed random
    effects; where all variances are above 0 it equals the analysis of variance of a balanced table
    (Searle, Casella and McCulloch 1992, chapter 4), which the tests hold it to. 7,200 numbers take
    some 5 s, 16,000 some 15 s.

    Parameters
    ----------
    values : array [texts, layers, heads]
        At least two of each, such as ΔF; see `gedig_edu.lab.statistics.per_head`.

    Raises
    ------
    GedigError
        If the array has another shape, a number is not finite, nothing is left beside heads and
        texts, no best fit is found, as happens with two of each, or statsmodels is not installed.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> heads = rng.normal(0.05, 0.04, size=(1, 3, 7))
    >>> found = mixed_model(heads + rng.normal(0, 0.01, size=(11, 3, 7)))
    >>> found.shares["head"] > 0.7
    True
    """
    try:
        from statsmodels.regression.mixed_linear_model import MixedLM
    except ImportError as error:
        raise refusal("no_statsmodels") from error
    table, unit = _table(values)
    effects = {name: f"0 + C({name})" for name in ("layer", "head", "text")}
    model = MixedLM.from_formula(
        "value ~ 1", groups="all", vc_formula=effects, data=table, use_sparse=True
    )
    with warnings.catch_warnings():
        # A component without variance lies on the edge, which is an answer and no trouble.
        warnings.simplefilter("ignore")
        fit = _fitted(model)
    found = dict(zip(model.exog_vc.names, np.sqrt(np.maximum(fit.vcomp, 0.0)), strict=True))
    mean, error = float(fit.fe_params.iloc[0]), float(fit.bse_fe.iloc[0])
    rest = math.sqrt(float(fit.scale))
    spread = {name: 0.0 if found[name] < _EDGE * rest else float(found[name]) for name in effects}
    ends = (mean, mean - 1.96 * error, mean + 1.96 * error)
    return Components(*(float(unit * one) for one in (*ends, *spread.values(), rest)))


def _fitted(model: Any) -> Any:
    """Return the best fit, of which few numbers have none."""
    none = GedigError("The mixed model found no best fit for these numbers; give more texts.")
    try:
        fit = model.fit(reml=True, method="powell", xtol=1e-5, ftol=1e-10)
    except np.linalg.LinAlgError as trouble:
        raise none from trouble
    if not fit.converged:
        raise none
    return fit


def _table(values: Float[np.ndarray, "texts layers heads"]) -> tuple[pd.DataFrame, float]:
    """Return the numbers as rows, in units of their spread, and that spread."""
    import pandas as pd

    given = np.asarray(values, dtype=np.float64)
    if given.ndim != 3 or min(given.shape) < 2 or not np.isfinite(given).all():
        raise GedigError(
            f"values has the shape {given.shape}, {int(np.isfinite(given).sum())} of its numbers "
            "finite; give [texts, layers, heads], at least two of each, all finite."
        )
    unit = float(given.std())
    of_texts = given.mean(axis=(1, 2), keepdims=True)
    rest = given - given.mean(axis=0) - of_texts + given.mean()
    if float(rest.std()) <= _SMALLEST * unit:
        raise GedigError(
            "The numbers are sums of one number a head and one a text; a mixed model needs a rest "
            "that varies besides."
        )
    text, layer, head = (index.ravel() for index in np.indices(given.shape))
    columns = {"value": given.ravel() / unit, "text": text, "layer": layer}
    columns |= {"head": layer * given.shape[2] + head, "all": np.zeros(given.size)}
    return pd.DataFrame(columns), unit
