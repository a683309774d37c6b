"""What a model loses without a head: the rise of its next-token loss, head by head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import numpy as np
from jaxtyping import Float, Int

from gedig_edu.errors import check_whole

Way = Literal["zero", "mean"]


class Predicts(Protocol):
    """Anything whose next-token loss can be read with heads taken out."""

    @property
    def layers(self) -> int:
        """Number of layers."""
        ...

    def next_token_loss(
        self, text: str, /, *, ablate: Mapping[tuple[int, int], Way] | None = None
    ) -> float:
        """Return the mean loss over the text, nats per token."""
        ...


def spread_heads(heads: int, layers: int, *, most: int) -> Int[np.ndarray, " chosen"]:
    """Return which heads of each layer to take, spread evenly, so that at most `most` are taken.

    Every layer gives the same number, at least two where it has two.

    Raises
    ------
    GedigError
        If a number is no whole number above 0.

    Examples
    --------
    >>> spread_heads(9, 30, most=108).tolist()
    [0, 4, 8]
    >>> spread_heads(6, 6, most=108).tolist()
    [0, 1, 2, 3, 4, 5]
    """
    given = {"heads": heads, "layers": layers, "most": most}
    heads, layers, most = (check_whole(n, value, at_least=1) for n, value in given.items())
    count = min(heads, max(2, most // layers))
    return np.unique(np.linspace(0, heads - 1, count).round().astype(int))


def loss_rise(
    model: Predicts, texts: Sequence[str], *, heads: Sequence[int], way: Way
) -> Float[np.ndarray, "texts layers heads"]:
    """Return by how much the next-token loss of each text rises without each head.

    Parameters
    ----------
    model : AttentionModel
        A decoder.
    texts : sequence of str
        Each of at least two tokens.
    heads : sequence of int
        Which heads of every layer to take out, one at a time.
    way : "zero" or "mean"
        What stands in for the head's output: nothing, or its mean over the text's own tokens.

    Returns
    -------
    array [texts, layers, heads]
        Rise of the loss, nats per token.

    Raises
    ------
    GedigError
        If the model is an encoder, or a text has a single token.
    """
    rise = np.empty((len(texts), model.layers, len(heads)))
    for number, text in enumerate(texts):
        whole = model.next_token_loss(text)
        for layer in range(model.layers):
            for at, head in enumerate(heads):
                without = model.next_token_loss(text, ablate={(layer, int(head)): way})
                rise[number, layer, at] = without - whole
    return rise
