"""What a model loses without a head: the rise of its next-token loss, head by head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from gedig_edu.errors import check_whole
from gedig_edu.shapes import Float, Int
from gedig_edu.theory.gauge import Gauge

if TYPE_CHECKING:
    import pandas as pd

    from gedig_edu.models import AttentionModel

Way = Literal["zero", "mean"]
WAYS: tuple[Way, ...] = ("zero", "mean")
RECORD = Path(__file__).parents[1] / "models" / "data" / "gpt2-mini" / "removal.csv"


class Predicts(Protocol):
    """Anything whose next-token loss can be read with heads taken out."""

    @property
    def layers(self) -> int:
        """Number of layers."""
        ...

    def next_token_loss(self, text: str, /) -> float:
        """Return the mean loss over the text, nats per token."""
        ...

    def losses_without(
        self, text: str, layer: int, removals: Sequence[Mapping[int, Way]], /
    ) -> Float[np.ndarray, " removals"]:
        """Return that loss under each of several removals of heads from one layer."""
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
        What stands in for the head's output: nothing, or its mean over the text's own tokens, so
        that each token is handed something of those after it.

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
    removals: list[dict[int, Way]] = [{int(head): way} for head in heads]
    for number, text in enumerate(texts):
        whole = model.next_token_loss(text)
        for layer in range(model.layers):
            rise[number, layer] = model.losses_without(text, layer, removals) - whole
    return rise


def measure_removal(model: AttentionModel, texts: Sequence[str]) -> pd.DataFrame:
    """Return what each head's F is, and what the model loses without it, both over the texts.

    Parameters
    ----------
    model : AttentionModel
        A decoder.
    texts : sequence of str
        Each of at least two tokens.

    Returns
    -------
    DataFrame
        One row per head: ``layer``, ``head``, ``F`` and ``entropy`` by the script (no unit), and
        ``zero`` and ``mean``, the rise of the next-token loss in nats per token where the head's
        output becomes that.

    Raises
    ------
    GedigError
        If the model is an encoder, or a text has a single token.
    """
    import pandas as pd

    rises = {
        way: loss_rise(model, texts, heads=range(model.heads), way=way).mean(axis=0) for way in WAYS
    }
    gauge = Gauge.released()
    read = [maps.read(gauge) for maps in model.attend_many(texts)]
    layer, head = np.indices((model.layers, model.heads))
    columns = {"layer": layer, "head": head}
    columns |= {
        name: np.mean([getattr(one, name) for one in read], axis=0) for name in ("F", "entropy")
    }
    return pd.DataFrame({name: values.ravel() for name, values in (columns | rises).items()})


def recorded_removal() -> pd.DataFrame:
    """Return `measure_removal` of the bundled model on thirty sentences, as it was recorded.

    The sentences are the first thirty of ``gedig_edu.course.sentences.PROSE``.

    Examples
    --------
    >>> recorded_removal().columns.tolist()
    ['layer', 'head', 'F', 'entropy', 'zero', 'mean']
    """
    import pandas as pd

    return pd.read_csv(RECORD)
