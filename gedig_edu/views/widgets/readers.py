"""Two small readers for a single text: where a head looks, and what the model expects next."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ipywidgets
import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from scipy.special import softmax

from gedig_edu.errors import GedigError
from gedig_edu.theory.maps import AttentionMaps
from gedig_edu.views import plots
from gedig_edu.views.next_tokens import next_tokens
from gedig_edu.views.widgets.explore import Explore
from gedig_edu.words import word

SHOWN = 8


def head_reader(maps: AttentionMaps) -> Explore:
    """Return a widget that shows one head's map, layer and head chosen by sliders.

    Parameters
    ----------
    maps : AttentionMaps
    """

    def draw(layer: int, head: int) -> Axes:
        return plots.attention_matrix(maps.weights[layer, head], maps.tokens)

    return Explore(
        word("readers.head_question"),
        draw,
        layer=_slider(word("readers.layer"), maps.layers),
        head=_slider(word("readers.head"), maps.heads),
    )


def next_token_reader(
    ids: Sequence[int],
    logits: Float[np.ndarray, "L vocabulary"],
    *,
    decode: Callable[[Sequence[int]], str],
) -> Explore:
    """Return a widget that shows the likeliest next tokens at each position.

    Parameters
    ----------
    ids : sequence of int, length L
        Token numbers of the text.
    logits : array [L, vocabulary]
        Row i scores token i + 1.
    decode : callable
        Turns token numbers into text, as a tokenizer's ``decode`` does.

    Raises
    ------
    GedigError
        If ids and logits do not belong together.
    """
    if len(ids) != len(logits):
        raise GedigError(
            f"{len(ids)} tokens came with {len(logits)} rows of logits; give one row per token."
        )
    probabilities = softmax(np.asarray(logits, dtype=np.float64), axis=-1)  # [L, vocabulary]

    def draw(position: int) -> Axes:
        likely = np.argsort(probabilities[position])[::-1][:SHOWN]
        at_end = position + 1 == len(ids)
        return next_tokens(
            [decode([int(number)]) for number in likely],
            probabilities[position, likely],
            before=decode(ids[: position + 1]),
            said=None if at_end else decode(ids[position + 1 : position + 2]),
            said_share=0.0 if at_end else probabilities[position, ids[position + 1]],
        )

    slider = _slider(word("readers.position"), len(ids))
    return Explore(word("readers.next_question"), draw, position=slider)


def _slider(name: str, count: int) -> ipywidgets.IntSlider:
    return ipywidgets.IntSlider(0, 0, count - 1, description=name, continuous_update=True)
