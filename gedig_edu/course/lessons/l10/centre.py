"""What the picture of a floating centre shows: a text's states, in axes of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from gedig_edu.models import AttentionModel

LONGEST = 24  # tokens


def path_of(model: AttentionModel, text: str) -> dict[str, Any]:
    """Return the last states of a text's tokens, unit length, turned so that spread comes first.

    A turn keeps every distance, so tension is that of all numbers, while the first two show most.

    Parameters
    ----------
    model : AttentionModel
    text : str
        Of a longer one, its first 24 tokens.

    Returns
    -------
    dict
        What `gedig_edu.views.widgets.floating_centre.FloatingCentre` takes.

    Raises
    ------
    GedigError
        If the model cannot read the text, or not say what is in its stream.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> found = path_of(load("gpt2-mini"), "The boat came home")
    >>> found["tokens"], found["states"].shape
    (['The', ' boat', ' came', ' home'], (4, 4))
    """
    x = model.stream(text).states[-1][:LONGEST].astype(np.float64)
    x /= np.linalg.norm(x, axis=-1, keepdims=True)
    x -= x.mean(axis=0)
    left, sizes, _ = np.linalg.svd(x, full_matrices=False)
    states = left * sizes  # [n, min(n, D)]
    wide = np.pad(states, ((0, 0), (0, max(0, 2 - states.shape[1]))))
    return {"states": wide, "tokens": list(model.encode(text).tokens[:LONGEST])}
