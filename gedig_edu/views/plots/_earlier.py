"""What plots took before they took results: copies of earlier lessons still hand it in.

Here alone under views something is averaged or fitted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gedig_edu.errors import GedigError
from gedig_edu.shapes import Float
from gedig_edu.theory.thermo import FittedHead, fitted_head


def mean_norms(norms: Float[np.ndarray, "layers heads ..."]) -> Float[np.ndarray, "layers heads"]:
    """Return each head's mean norm, also where norms are given for each token."""
    return norms.mean(axis=-1) if norms.ndim == 3 else norms


def with_means(curves: Mapping[str, Any]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return draws and their mean by name, also where draws are given alone."""
    return {
        name: tuple(F) if isinstance(F, tuple | list) else (F, F.mean(axis=0))
        for name, F in curves.items()
    }


def with_medians(
    shares: Sequence[np.ndarray], medians: Sequence[np.ndarray]
) -> tuple[Sequence[np.ndarray], Sequence[np.ndarray]]:
    """Return shares and medians, also where entropy and heat capacity of heads are given."""
    shape = np.shape(medians)
    one_head = len(shape) == 2 and shape[0] == 2 and np.array_equal(shares, medians, equal_nan=True)
    if np.shape(shares) != shape or one_head:
        return shares, medians
    shares = (np.asarray(shares), np.asarray(medians))
    return shares, [np.median(each.reshape(-1, shape[-1]), axis=0) for each in shares]


def fitted(heads: Mapping[str, tuple], *, causal: bool | None) -> dict[str, FittedHead]:
    """Return fitted heads by name, also where weights and scores are given, with `causal`.

    Raises
    ------
    GedigError
        If `causal` is given with heads that are fitted, or is missing with heads that are not.
    """
    if any(len(head) != (4 if causal is None else 2) for head in heads.values()):
        raise GedigError(
            "thermometers draws heads that are fitted; hand in fitted_head(weights, scores, "
            "causal=model.causal) of each, from gedig_edu.lab.temperatures, and no causal."
        )
    if causal is None:
        return {name: FittedHead(*head) for name, head in heads.items()}
    return {name: fitted_head(*head, causal=causal) for name, head in heads.items()}
