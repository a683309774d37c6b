"""What a model computes is refused where it is no number, whatever library computed it."""

from __future__ import annotations

import numpy as np

from gedig_edu.words import refusal


def check_finite(what: str, *arrays: np.ndarray | None) -> None:
    """Refuse arrays that hold an infinity or NaN; `what` was asked of the model.

    Examples
    --------
    >>> check_finite("logits", np.zeros(3), None)
    >>> check_finite("logits", np.array([0.0, np.nan]))
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: What 'logits' asks of this model is not all finite numbers: ...
    """
    if not all(np.isfinite(array).all() for array in arrays if array is not None):
        raise refusal("model.not_finite", what=what)
