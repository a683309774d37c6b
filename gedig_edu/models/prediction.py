"""How well logits predict a text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gedig_edu.shapes import Float


def loss_of(logits: Float[np.ndarray, "L vocabulary"], ids: Sequence[int]) -> float:
    """Return the mean of −log p(next token) over a text of L ≥ 2 tokens, nats per token.

    Examples
    --------
    >>> logits = np.log([[0.2, 0.8], [0.5, 0.5]])  # after each of two tokens; the second is word 1
    >>> round(loss_of(logits, [0, 1]), 4), round(-np.log(0.8), 4).item()
    (0.2231, 0.2231)
    """
    before = np.asarray(logits)[:-1].astype(np.float64)
    largest = before.max(axis=-1, keepdims=True)
    log_sums = np.log(np.exp(before - largest).sum(axis=-1)) + largest[:, 0]
    following = np.take_along_axis(before, np.array(ids[1:])[:, None], axis=-1)[:, 0]
    return float((log_sums - following).mean())
