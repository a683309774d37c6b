"""What the picture of kept edges shows: the heads of one layer, and what each would write."""

from __future__ import annotations

from typing import Any

from gedig_edu.models import AttentionModel

LONGEST = 16  # tokens


def edges_of(model: AttentionModel, text: str, layer: int) -> dict[str, Any]:
    """Return a layer's heads as the picture takes them: weights, and values behind W_O.

    Parameters
    ----------
    model : AttentionModel
        A decoder.
    text : str
        Three tokens or more; of a longer one, the first 16.
    layer : int
        From 0.

    Returns
    -------
    dict
        What `gedig_edu.views.widgets.kept_edges.KeptEdges` takes.

    Raises
    ------
    GedigError
        If the text cannot be read, or the model not say what is in its stream.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> found = edges_of(load("gpt2-mini"), "The boat came home", 3)
    >>> found["tokens"], found["weights"].shape
    (['The', ' boat', ' came', ' home'], (6, 4, 4))
    """
    stream = model.stream(text)
    return {
        "tokens": list(model.encode(text).tokens[:LONGEST]),
        "weights": stream.weights[layer, :, :LONGEST, :LONGEST],  # causal: the rest is not seen
        "values": stream.values[layer, :, :LONGEST],
    }
