"""What a model's inside looks like, as arrays: queries and keys, and the residual stream."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gedig_edu.shapes import Bool, Brief, Float


@dataclass(frozen=True, eq=False, repr=False)
class QueriesKeys(Brief):
    """The queries and keys of one layer; shared keys are repeated to one per head.

    Attributes
    ----------
    q, k : float32 array [heads, L, d]
        Before any rotation.
    q_rotated, k_rotated : float32 array [heads, L, d] or None
        After the rotary positions; None in a model without them.
    scale : float
        What the model multiplies q·k with, 1/√d in nearly every model.
    """

    q: Float[np.ndarray, "heads L d"]
    k: Float[np.ndarray, "heads L d"]
    q_rotated: Float[np.ndarray, "heads L d"] | None
    k_rotated: Float[np.ndarray, "heads L d"] | None
    scale: float


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Stream(Brief):
    """One text's way through a model.

    Where the norm stands at the entrance of each part (most decoders),
    states[l + 1] = states[l] + attention[l] + feed_forward[l]. BERT and its kin normalise each
    sum instead: states[l + 1] = N₂(m + feed_forward[l]) with m = N₁(states[l] + attention[l]).

    Attributes
    ----------
    states : float32 array [layers + 1, L, D]
        What enters each layer, and last what leaves the last layer, before a decoder's final norm.
    attention, feed_forward : float32 array [layers, L, D]
        What the two parts of each layer add, biases, factors and norms at their exit included.
    heads : float32 array [layers, heads, L, D]
        What each head writes: its output after W_O, without the bias. Over heads it adds up to
        `attention` less the bias of W_O, which belongs to no head; where a norm stands at the
        exit of attention (Gemma 2 and 3, OLMo 2), to what enters that norm.
    weights : float32 array [layers, heads, L, L]
        Attention weights.
    values : float32 array [layers, heads, L, D]
        v_j W_O: what a head would write if all its weight lay on key j; heads = weights · values.
    special : bool array [L]
        The tokens that stand for no text, such as [CLS].
    """

    states: Float[np.ndarray, "states L D"]
    attention: Float[np.ndarray, "layers L D"]
    feed_forward: Float[np.ndarray, "layers L D"]
    heads: Float[np.ndarray, "layers heads L D"]
    weights: Float[np.ndarray, "layers heads L L"]
    values: Float[np.ndarray, "layers heads L D"]
    special: Bool[np.ndarray, " L"]

    @property
    def reach(self) -> Float[np.ndarray, "layers heads L"]:
        """‖v_j W_O‖: how much a head would write if all its weight lay on key j."""
        return np.linalg.norm(self.values, axis=-1)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Written(Brief):
    """One pass of a text that is being written: what was read, how, and what was chosen then.

    Attributes
    ----------
    tokens : tuple of str
        All tokens read so far, the prompt's among them.
    rows : int
        How many of them, the last, were read in this pass.
    weights : float32 array [layers, heads, rows, L]
        Their attention to all tokens read so far.
    potential : float32 array [layers or 1, heads or 1, rows, L] or None
        U of this pass, where a function gives it.
    logits : float32 array [vocabulary]
        Of the next token.
    ids : tuple of int
        The tokens by number.
    chosen : int or None
        The number of the token that was chosen; None where the text ends here.
    """

    tokens: tuple[str, ...]
    rows: int
    weights: Float[np.ndarray, "layers heads rows L"]
    potential: Float[np.ndarray, "layers heads rows L"] | None
    logits: Float[np.ndarray, " vocabulary"]
    ids: tuple[int, ...]
    chosen: int | None
