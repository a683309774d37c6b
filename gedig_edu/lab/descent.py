"""Whether a real head goes down: its energy after its own output, and steps until a query rests.

For a head with queries q, keys k and scores β q·k, the energy of a token's state s in the stream is
E(s) = −(1/β) log Σ_j exp(β q(s)·k_j), with q(s) made of s as the layer makes it (norm, W_Q,
rotation at the token's own place) and the keys as they are. A head whose values were its keys would
lower it by what it writes (`gedig_edu.theory.energy`). Real heads have other values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logsumexp

from gedig_edu.errors import MODEL, GedigError, check_has, check_number, check_whole
from gedig_edu.lab.geometry import read_vectors, rotary_base
from gedig_edu.lab.projections import entrances, projections
from gedig_edu.shapes import Brief, Float, Int
from gedig_edu.theory.energy import settle
from gedig_edu.theory.rope import rotate

if TYPE_CHECKING:
    from gedig_edu.models import AttentionModel


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class OwnSteps(Brief):
    """By how much the energy of a head changes when something is added to the stream.

    All that is added to a token's state has the length of the head's own output there. Changes are
    β·ΔE, in nats: by how much log Σ exp(β q·k) falls; below 0 where the energy fell.

    Attributes
    ----------
    own : array [layers, heads, tokens]
        Added: what the head itself writes.
    turned : array [turns, layers, heads, tokens]
        Added: a direction drawn at random from all of the stream's.
    elsewhere : array [turns, layers, heads, tokens]
        Added: what the head itself writes for another token of the text.
    others : array [heads − 1, layers, heads, tokens]
        Added: what each other head of the layer writes for this token.
    """

    own: Float[np.ndarray, "layers heads tokens"]
    turned: Float[np.ndarray, "turns layers heads tokens"]
    elsewhere: Float[np.ndarray, "turns layers heads tokens"]
    others: Float[np.ndarray, "rest layers heads tokens"]

    @property
    def falls(self) -> Float[np.ndarray, "layers heads"]:
        """Share of tokens at which the head's own output lowers its energy."""
        return (self.own < 0).mean(axis=-1)

    @property
    def below_turned(self) -> Float[np.ndarray, "layers heads"]:
        """Share of draws that leave the energy above what the own output leaves: ½ by chance."""
        return _below(self.own, self.turned)

    @property
    def below_elsewhere(self) -> Float[np.ndarray, "layers heads"]:
        """The same against the head's own outputs at other tokens."""
        return _below(self.own, self.elsewhere)

    @property
    def below_others(self) -> Float[np.ndarray, "layers heads"]:
        """The same against the outputs of the layer's other heads."""
        return _below(self.own, self.others)


def own_steps(model: AttentionModel, text: str, *, turns: int = 8, seed: int = 0) -> OwnSteps:
    """Add a head's own output to the stream, or another of its length, and read its energy again.

    Tokens that see one key only, and special ones, are left out.

    Parameters
    ----------
    model : AttentionModel
        One whose queries are linear in its normalised stream: the GPT-2, Llama and BERT families.
        In BERT and its kin, which normalise sums, nothing stands between stream and query.
    text : str
        At least two tokens, special ones not counted in a decoder.
    turns : int
        Random directions, and other tokens, for each head and token.
    seed : int
        Of the draws.

    Raises
    ------
    GedigError
        If the text cannot be read or is too short, an option is out of range, or as for
        `projections`.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> steps = own_steps(load("gpt2-mini"), "The mill stood still.", turns=4)
    >>> steps.own.shape, steps.turned.shape, steps.others.shape
    ((6, 6, 5), (4, 6, 6, 5), (5, 6, 6, 5))
    """
    turns = check_whole("turns", turns, at_least=1)
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    check_has("model", model, "stream", "queries_keys_all", wanted=MODEL)
    read = _Read(model, text)
    if not read.asked.any():
        raise GedigError(f"text={text!r} has no token that sees another; give two tokens or more.")
    found = [
        [_changes(read, layer, head, turns, rng) for head in range(model.heads)]
        for layer in range(model.layers)
    ]
    changes = np.array(found).transpose(2, 0, 1, 3)  # [1 + 2 turns + rest, layers, heads, tokens]
    own, turned, elsewhere, others = np.split(changes, [1, 1 + turns, 1 + 2 * turns])
    return OwnSteps(own=own[0], turned=turned, elsewhere=elsewhere, others=others)


def rests(
    model: AttentionModel, text: str, *, tol: float = 1e-3, max_steps: int = 200
) -> Int[np.ndarray, "layers heads L"]:
    """Return after how many steps each token's query rests, if it goes on reading its own keys.

    ξ ← Kᵀ softmax(β K ξ) from ξ = q, over the keys that the token sees, β as the model scales its
    scores (`gedig_edu.theory.energy.settle`). How a head's keys lie to its queries is a choice of
    basis, which leaves the first read alone and not those after it.

    Parameters
    ----------
    model : AttentionModel
    text : str
    tol : float
        A step shorter than this is the last, in the unit of the keys.
    max_steps : int
        What has not come to rest by then counts as so many.

    Raises
    ------
    GedigError
        If the text cannot be read or an option is out of range.
    """
    check_number("tol", tol, at_least=0)
    max_steps = check_whole("max_steps", max_steps, at_least=1)
    check_has("model", model, "queries_keys_all", wanted=MODEL)
    read = model.queries_keys_all(text)
    q, k = (x.astype(np.float64) for x in read_vectors(model, text))
    settled = [
        settle(
            q[..., i : i + 1, :],
            k[..., : i + 1, :] if model.causal else k,
            beta=read[0].scale,
            tol=tol,
            max_steps=max_steps,
        ).steps[..., 0]
        for i in range(q.shape[-2])
    ]
    return np.stack(settled, axis=-1)


class _Read:
    """One text as a model reads it, and a head's energy of other states of its tokens."""

    def __init__(self, model: AttentionModel, text: str) -> None:
        self.stream = model.stream(text)
        kept = model.queries_keys_all(text)
        self.keys = [(one.k if one.k_rotated is None else one.k_rotated) for one in kept]
        self.scale = kept[0].scale
        self.enter, self.to_q = entrances(model), projections(model).to_q
        self.base = rotary_base(model) if model.rotary else None
        seen = np.tri(len(self.stream.special), dtype=bool) | (not model.causal)
        self.hidden = np.where(seen, 0.0, -np.inf)
        self.asked = (seen.sum(axis=1) > 1) & ~self.stream.special

    def log_sums(
        self, states: Float[np.ndarray, "many L D"], layer: int, head: int
    ) -> Float[np.ndarray, "many L"]:
        """Return log Σ exp(β q·k) of each state, −β times its energy."""
        W = self.to_q[layer, head]
        q = self.enter[layer](states) @ W[:-1] + W[-1]
        if self.base is not None:
            q = rotate(q, np.arange(q.shape[-2]), base=self.base)
        k = self.keys[layer][head].astype(np.float64)
        return np.asarray(logsumexp(self.scale * q @ k.T + self.hidden, axis=-1))


def _changes(
    read: _Read, layer: int, head: int, turns: int, rng: np.random.Generator
) -> Float[np.ndarray, "many tokens"]:
    """Return β·ΔE under a head's own output, `turns` directions, other tokens', other heads'."""
    state = read.stream.states[layer].astype(np.float64)
    heads = read.stream.heads[layer].astype(np.float64)
    own = heads[head]
    size = np.linalg.norm(own, axis=-1, keepdims=True)
    drawn = rng.normal(size=(turns, *own.shape))
    shifts = rng.integers(1, len(own), size=turns)
    elsewhere = np.stack([np.roll(own, shift, axis=0) for shift in shifts])
    others = np.concatenate([drawn, elsewhere, np.delete(heads, head, axis=0)])
    length = np.linalg.norm(others, axis=-1, keepdims=True)
    same = np.divide(others * size, length, out=np.zeros_like(others), where=length > 0)
    added = np.concatenate([np.zeros_like(own)[None], own[None], same])
    sums = read.log_sums(state + added, layer, head)[:, read.asked]
    return sums[0] - sums[1:]


def _below(
    own: Float[np.ndarray, "layers heads tokens"],
    other: Float[np.ndarray, "many layers heads tokens"],
) -> Float[np.ndarray, "layers heads"]:
    """Return how often the own change is the lower one; where both are equal, half."""
    return ((own < other) + 0.5 * (own == other)).mean(axis=(0, -1))
