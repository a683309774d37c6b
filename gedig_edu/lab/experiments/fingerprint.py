"""Which formula made Table 2: differences of its columns tell, since they know no model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from gedig_edu.lab.experiments.compare import PARTS, measure_parts
from gedig_edu.lab.experiments.published import TABLE_2
from gedig_edu.lab.experiments.summary import (
    Interval,
    gauges,
    interval,
    named,
    read_columns,
    rounded,
    sample,
)
from gedig_edu.shapes import Float
from gedig_edu.theory.gauge import Gauge

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["measure", "tables"]

measure = measure_parts

MINUS = ("uniform", "local", "diagonal")
PUBLISHED = {
    model: np.array([deltas[name] - deltas["random"] for name in MINUS])
    for model, deltas in TABLE_2.items()
    if set(MINUS) <= set(deltas)
}
"""F_random − F_uniform, local and diagonal of each model with four columns."""
LAMS = (0.5, 1.0)
DRAWS = 2_000

Gaps: TypeAlias = "Float[np.ndarray, '*draws 3 3']"
"""By how much density, entropy and path gain of random maps exceed those of the three others."""
Fit: TypeAlias = Callable[[Gaps, "Float[np.ndarray, ' 3']"], "Float[np.ndarray, '*draws 2']"]


def tables(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the differences of columns at the texts' own lengths, and what λ and γ fit best.

    Intervals resample texts, the only thing that varies: all baselines without a mask are the same
    for every head and model.

    Returns
    -------
    dict of str to DataFrame
        ``columns``: one row a (gauge, λ, baseline): F_random less F of the baseline, beside the
        published. ``fits``: λ and γ by least squares over the three differences, for the terms of
        each gauge, with λ given or free, and the largest deviation left. The published columns
        are of short lines: at other lengths no fit says how they were made. ``condition`` is that
        of the gaps of entropy and paths; where it is large, λ alone is not told by them.
        ``sample``: texts and their lengths.
    """
    import pandas as pd

    columns, fits = [], []
    for gauge, part in gauges(rows):
        value, draws = _gaps(gauge, part)
        columns += _columns(gauge, value, draws)
        condition = float(np.linalg.cond(value[:, 1:]))
        for model, published in PUBLISHED.items():
            for name, fit in _fits():
                told = _fitted(fit, value, draws, published)
                fits.append(
                    {
                        "gauge": gauge,
                        "published": model,
                        "lam_given": name,
                        **told,
                        "condition": condition,
                    }
                )
    return {
        "columns": rounded(pd.DataFrame(columns)),
        "fits": rounded(pd.DataFrame(fits)),
        "sample": sample(rows),
    }


def _gaps(gauge: str, part: pd.DataFrame) -> tuple[Gaps, Gaps]:
    """Return the gaps [3 baselines, 3 terms] over all texts, and of each draw of texts."""
    reader: Gauge = getattr(Gauge, gauge)()
    weights = np.array([1.0, -reader.lam, -reader.lam * reader.gamma])
    names = [f"{term}_delta_{name}" for name in ("random", *MINUS) for term in PARTS]
    of_texts = [column.mean(axis=(1, 2)) for column in read_columns(part, names).values()]
    of_texts = np.stack(of_texts, axis=-1).reshape(-1, 4, 3)
    gaps = (of_texts[:, 1:] - of_texts[:, :1]) / weights  # [texts, 3, 3]
    count = len(gaps)
    shares = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), size=DRAWS)
    return gaps.mean(axis=0), np.tensordot(shares / count, gaps, axes=1)


def differences(
    gaps: Gaps, lam: Float[np.ndarray, "*draws"] | float, gamma: Float[np.ndarray, "*draws"] | float
) -> Float[np.ndarray, "*draws 3"]:
    """Return F of random maps less F of the three others: Δdensity − λ(Δentropy + γ·Δpath gain).

    Examples
    --------
    >>> gaps = np.array([[0.1, 0.0, 0.2], [0.0, 0.2, 0.0], [0.1, 0.1, 0.4]])
    >>> differences(gaps, 0.5, 0.5).round(3).tolist()
    [0.05, -0.1, -0.05]
    """
    lam, gamma = np.asarray(lam)[..., None], np.asarray(gamma)[..., None]
    return gaps[..., 0] - lam * (gaps[..., 1] + gamma * gaps[..., 2])


def _columns(gauge: str, value: Gaps, draws: Gaps) -> list[dict[str, object]]:
    gamma = getattr(Gauge, gauge)().gamma
    told = []
    for lam in LAMS:
        found, of_draws = (differences(gaps, lam, gamma) for gaps in (value, draws))
        for at, name in enumerate(MINUS):
            row = {"gauge": gauge, "lam": lam, "gamma": gamma, "random_less": name}
            row |= named("difference", interval(found[at], of_draws[:, at]))
            published = {f"published_{model}": each[at] for model, each in PUBLISHED.items()}
            told.append(row | published)
    return told


def _fits() -> Iterator[tuple[str, Fit]]:
    for lam in LAMS:
        yield str(lam), lambda gaps, published, lam=lam: fit_gamma(gaps, published, lam)
    yield "free", fit_both


def fit_gamma(
    gaps: Gaps, published: Float[np.ndarray, " 3"], lam: float
) -> Float[np.ndarray, "*draws 2"]:
    """Return λ as given, and the γ with which least squares come nearest to the published.

    Examples
    --------
    >>> gaps = np.array([[0.1, 0.0, 0.2], [0.0, 0.2, 0.0], [0.1, 0.1, 0.4]])
    >>> fit_gamma(gaps, differences(gaps, 0.5, 0.25), 0.5).round(9).tolist()
    [0.5, 0.25]
    """
    left = gaps[..., 0] - lam * gaps[..., 1] - published
    gained = lam * gaps[..., 2]
    gamma = _ratio((left * gained).sum(axis=-1), (gained**2).sum(axis=-1))
    return np.stack([np.full_like(gamma, lam), gamma], axis=-1)


def fit_both(gaps: Gaps, published: Float[np.ndarray, " 3"]) -> Float[np.ndarray, "*draws 2"]:
    """Return the λ and γ with which least squares come nearest to the published.

    Examples
    --------
    >>> gaps = np.array([[0.1, 0.0, 0.2], [0.0, 0.2, 0.0], [0.1, 0.1, 0.4]])
    >>> fit_both(gaps, differences(gaps, 0.75, 0.25)).round(9).tolist()
    [0.75, 0.25]
    """
    terms = gaps[..., 1:]
    left = (gaps[..., 0] - published)[..., None]
    found = (np.linalg.pinv(terms) @ left)[..., 0]
    return np.stack([found[..., 0], _ratio(found[..., 1], found[..., 0])], axis=-1)


def _ratio(
    one: Float[np.ndarray, "*draws"], other: Float[np.ndarray, "*draws"]
) -> Float[np.ndarray, "*draws"]:
    """Return one over the other, NaN over 0: without a path no γ is better than another."""
    return np.divide(one, other, out=np.full(np.shape(one), np.nan), where=other != 0)


def _fitted(
    fit: Fit, value: Gaps, draws: Gaps, published: Float[np.ndarray, " 3"]
) -> dict[str, float]:
    found, of_draws = (_told(fit(gaps, published), gaps, published) for gaps in (value, draws))
    row: dict[str, float] = {}
    for name, one in found.items():
        row |= named(name, Interval(*interval(float(one), of_draws[name])))
    return row


def _told(
    weights: Float[np.ndarray, "*draws 2"], gaps: Gaps, published: Float[np.ndarray, " 3"]
) -> dict[str, np.ndarray]:
    lam, gamma = weights[..., 0], weights[..., 1]
    off = np.abs(differences(gaps, lam, gamma) - published).max(axis=-1)
    return {"lam": lam, "gamma": gamma, "lam_gamma": lam * gamma, "largest_deviation": off}
