"""What a text loses on fewer edges, over the number of keys that a row keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gedig_edu.lab.fewer_edges import nearest, on_edges, strongest
from gedig_edu.models import AttentionModel
from gedig_edu.shapes import Brief, Float, Int
from gedig_edu.words import word

MOST = 12  # keys a row


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ErrorsOverEdges(Brief):
    """How much what heads write changes, mean over heads, and how much it could at most.

    Attributes
    ----------
    keys : int array [a]
        Kept in each row, from 1 on.
    strongest, nearest : array [a]
        ‖dense − sparse‖ over ‖dense‖: with the keys of the highest scores, and with the first
        token and the nearest, NaN at one key.
    norm_bound, diameter_bound : array [a]
        What the first cannot exceed.
    """

    keys: Int[np.ndarray, " a"]
    strongest: Float[np.ndarray, " a"]
    nearest: Float[np.ndarray, " a"]
    norm_bound: Float[np.ndarray, " a"]
    diameter_bound: Float[np.ndarray, " a"]

    def panels(self) -> Mapping[str, Mapping[str, Float[np.ndarray, "a 4"]]]:
        """Return the curves as `gedig_edu.views.plots.profiles` takes them."""
        shown = ("strongest", "nearest", "diameter_bound", "norm_bound")
        none = np.full(len(self.keys), np.nan)
        curves = {
            word(f"lesson_11.edges.{name}"): np.stack(
                [self.keys, getattr(self, name), none, none], axis=1
            )
            for name in shown
        }
        return {word("lesson_11.edges.title"): curves}


def errors_over_edges(model: AttentionModel, text: str) -> ErrorsOverEdges:
    """Keep ever more keys a row, and see what every head of a text writes otherwise.

    Parameters
    ----------
    model : AttentionModel
    text : str

    Raises
    ------
    GedigError
        If the text cannot be read, or the model not say what is in its stream.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> found = errors_over_edges(load("gpt2-mini"), "The boat came home")
    >>> found.keys.tolist(), bool((found.strongest <= found.diameter_bound).all())
    ([1, 2, 3], True)
    """
    stream, causal = model.stream(text), model.causal
    length = stream.weights.shape[-1]
    keys = np.arange(1, min(MOST, length - 1) + 1)
    kept = [on_edges(stream, strongest(stream, keys=n, causal=causal), causal=causal) for n in keys]
    near = [
        on_edges(stream, nearest(length, keys=n, causal=causal), causal=causal).error
        for n in keys[1:]  # one key is no window
    ]
    means = {
        name: np.array([np.nanmean(getattr(one, name)) for one in kept])
        for name in ("error", "norm_bound", "diameter_bound")
    }
    return ErrorsOverEdges(
        keys=keys,
        strongest=means["error"],
        nearest=np.array([np.nan, *map(np.nanmean, near)]),
        norm_bound=means["norm_bound"],
        diameter_bound=means["diameter_bound"],
    )
