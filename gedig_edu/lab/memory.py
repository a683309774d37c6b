"""A real decoder that writes with memory: a prosody field, a track and a carry-over in its scores.

Each part is a field over the positions of the text read so far, the same for every layer and head,
and enters softmax(q·k/√d − U): U is in units of the model's own logits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from scipy.special import logsumexp

from gedig_edu.errors import (
    MODEL,
    GedigError,
    check_choice,
    check_each,
    check_flag,
    check_kind,
    check_number,
    check_whole,
)
from gedig_edu.models.tokens import pieces_of
from gedig_edu.shapes import Bool, Brief, Float
from gedig_edu.theory._arrays import to_numpy
from gedig_edu.theory.dynamics import carry_over, inference_track

if TYPE_CHECKING:
    from gedig_edu.models import AttentionModel, Written

Target = Literal["even", "prompt"]
TARGETS: tuple[Target, ...] = ("even", "prompt")


Prosody: TypeAlias = 'Callable[[int], Float[np.ndarray, " length"]]'
"""P of so many positions."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Fields:
    """What U is made of while a text is written; each part is off until it is asked for.

    Attributes
    ----------
    prosody : callable, optional
        P of so many positions, [length]: ``lambda length: prosody(length, period=4)``.
    track : float
        w of the well that every token written leaves, in the space of the model's token vectors:
        a word that was written lowers (w < 0) or lifts (w > 0) every place where it, or a word
        like it, stands.
    width : float
        Of the wells, between token vectors of length 1: words that have nothing in common are √2
        apart.
    rho : float, optional
        ρ of the carry-over M; None carries nothing. Attention is that of the last row, the mean
        over layers and heads.
    gain : float
        How M enters U; see `gedig_edu.theory.dynamics.CoupledAttention`.
    target : "even" or "prompt"
        The attention that is wanted: the same on every position, or on those of the prompt.
    critical : float, optional
        A pass that leaves ‖M‖₂ above it is followed by a jump: what stands within `reach` positions
        of the key that got most attention, the first token aside, is walled off, and M starts again
        from 0.
    reach : int
        In positions.
    moved : bool
        Move the track's values to other positions, drawn anew for every pass: a placebo with the
        same values that does not say which word stands where.
    """

    prosody: Prosody | None = None
    track: float = 0.0
    width: float = 0.35
    rho: float | None = None
    gain: float = 1.0
    target: Target = "even"
    critical: float | None = None
    reach: int = 2
    moved: bool = False

    def __post_init__(self) -> None:
        if self.prosody is not None:
            check_kind("prosody", self.prosody, Callable, "a function of so many positions")
        check_number("track", self.track)
        check_number("width", self.width, above=0)
        if self.rho is not None:
            check_number("rho", self.rho, at_least=0, at_most=1)
        check_number("gain", self.gain)
        check_choice("target", self.target, TARGETS)
        if self.critical is not None:
            check_number("critical", self.critical, at_least=0)
        object.__setattr__(self, "reach", check_whole("reach", self.reach, at_least=0))
        check_flag("moved", self.moved, "whether the track is a placebo")


PLAIN = Fields()


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Telling(Brief):
    """A text that was written with memory, step by step: one step a token.

    The fields are [steps, positions] with NaN where a position was not there yet.

    Attributes
    ----------
    text : str
        Prompt and continuation.
    tokens : tuple of str
        Those of the prompt, then those written: the last has been chosen and not read.
    ids : tuple of int
        The same by number; read again, a text may fall into other tokens.
    prompt : int
        How many tokens are the prompt's.
    prosody, track, carry, potential : array [steps, positions]
        The parts of U that the query before each token met, and their sum.
    attention : array [steps, positions]
        What it looked at, the mean over layers and heads.
    residual : array [steps]
        ‖M‖₂ after each step.
    jumped : bool array [steps]
        Whether what lies near was walled off in the step.
    honest : array [steps]
        KL of the model's next-token distribution to the one that was drawn from, in nats.
    """

    text: str
    tokens: tuple[str, ...]
    ids: tuple[int, ...]
    prompt: int
    prosody: Float[np.ndarray, "steps positions"]
    track: Float[np.ndarray, "steps positions"]
    carry: Float[np.ndarray, "steps positions"]
    potential: Float[np.ndarray, "steps positions"]
    attention: Float[np.ndarray, "steps positions"]
    residual: Float[np.ndarray, " steps"]
    jumped: Bool[np.ndarray, " steps"]
    honest: Float[np.ndarray, " steps"]

    @property
    def written(self) -> tuple[str, ...]:
        """The tokens written."""
        return self.tokens[self.prompt :]

    @property
    def distinct_2(self) -> float:
        """How many of the pairs of neighbours that were written are different, as a share."""
        return distinct_pairs(self.written)


def write(
    model: AttentionModel,
    prompt: str,
    *,
    tokens: int,
    fields: Fields = PLAIN,
    temperature_sampling: float = 1.0,
    seed: int = 0,
) -> Telling:
    """Let a decoder write on from a prompt in a potential that grows with the text.

    Parameters
    ----------
    model : AttentionModel
        A decoder.
    prompt : str
    tokens : int
        How many to write at most.
    fields : Fields
        What U is made of; nothing by default, and the text is then the model's own.
    temperature_sampling, seed
        As in `AttentionModel.generate`: the same seed draws alike with other fields.

    Raises
    ------
    GedigError
        If `fields` are none, their prosody is not one number a position, or as for
        `AttentionModel.generate`.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> model = load("gpt2-mini")
    >>> plain, told = (
    ...     write(model, "The mill stood", tokens=4, fields=fields)
    ...     for fields in (PLAIN, Fields(track=-2.0))
    ... )
    >>> plain.text == model.generate("The mill stood", tokens=4, temperature_sampling=1.0)
    True
    >>> told.attention.shape, bool((told.track[0, :4] == 0).all())
    ((4, 7), True)
    """
    _check_model(model)
    check_kind("fields", fields, Fields, "Fields(…)")
    memory = _Memory(model, fields, temperature_sampling, seed)
    text = model.generate(
        prompt,
        tokens=tokens,
        temperature_sampling=temperature_sampling,
        seed=seed,
        potential=memory.field,
        watch=memory.note,
    )
    return memory.told(text)


def distinct_pairs(tokens: Sequence[str]) -> float:
    """Return how many pairs of neighbours are different, as a share of all: distinct-2.

    NaN where there is no pair.

    Examples
    --------
    >>> distinct_pairs(["a", "b", "a", "b", "c"])  # ab, ba, bc of four
    0.75
    """
    pairs = list(pairwise(check_each("tokens", tokens, Hashable, "tokens as text")))
    return len(set(pairs)) / len(pairs) if pairs else math.nan


class _Memory:
    """Makes U of each pass from what happened in the passes before, and keeps both."""

    def __init__(
        self, model: AttentionModel, fields: Fields, temperature: float, seed: int
    ) -> None:
        self.model, self.fields, self.temperature = model, fields, temperature
        self.rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
        self.carried = np.zeros(0)
        self.parts: list[tuple[np.ndarray, ...]] = []
        self.residual: list[float] = []
        self.honest: list[float] = []
        self.jumped: list[bool] = []
        self.attention: list[np.ndarray] = []
        self.ids: list[int] = []
        self.prompt = 0
        self.wall: int | None = None

    def field(self, tokens: tuple[str, ...], before: Written | None) -> np.ndarray:
        """Return U of the tokens about to be read, [L]."""
        length = len(tokens)
        if before is None:
            self.prompt = length
        P = self._prosody(length)
        track = self._track(length, before)
        self.carried = np.append(self.carried, np.zeros(length - len(self.carried)))
        carry = self.fields.gain * self.carried
        U = P + track + carry
        walled = self._walled(U)
        self.wall = None
        if walled is not None:
            U, self.carried = walled, np.zeros(length)
        self.jumped.append(walled is not None)
        self.parts.append((P, track, carry, U))
        return U

    def note(self, written: Written) -> None:
        """Keep what a pass looked at, and carry over what its attention missed."""
        attention = written.weights[:, :, -1].mean(axis=(0, 1), dtype=np.float64)  # [L]
        self.attention.append(attention)
        self.ids = [*written.ids, *([] if written.chosen is None else [written.chosen])]
        self.honest.append(divergence(written.logits, self.temperature))
        fields = self.fields
        if fields.rho is not None and not self.jumped[-1]:
            target = self._target(len(attention))
            self.carried = carry_over(self.carried, target, attention, rho=fields.rho)
        self.residual.append(float(np.linalg.norm(self.carried)))
        if fields.critical is not None and self.residual[-1] > fields.critical:
            self.wall = int(attention[1:].argmax()) + 1 if len(attention) > 1 else None

    def told(self, text: str) -> Telling:
        """Return what was written and how."""
        parts = (_padded([one[at] for one in self.parts]) for at in range(4))
        prosody, track, carry, potential = parts
        return Telling(
            text=text,
            tokens=pieces_of(self.model.tokenizer, self.ids),
            ids=tuple(self.ids),
            prompt=self.prompt,
            prosody=prosody,
            track=track,
            carry=carry,
            potential=potential,
            attention=_padded(self.attention),
            residual=np.array(self.residual),
            jumped=np.array(self.jumped),
            honest=np.array(self.honest),
        )

    def _prosody(self, length: int) -> np.ndarray:
        if self.fields.prosody is None:
            return np.zeros(length)
        P = to_numpy("prosody", self.fields.prosody(length))
        if P.shape != (length,) or (np.isnan(P) | np.isneginf(P)).any():
            raise GedigError(
                f"prosody makes an array of shape {P.shape} for {length} positions, or one with "
                "NaN or −∞; let it return one number for each, +∞ for what is removed."
            )
        return P

    def _track(self, length: int, before: Written | None) -> np.ndarray:
        if self.fields.track == 0 or before is None or before.chosen is None:
            return np.zeros(length)
        vectors = token_vectors(self.model, (*before.ids, before.chosen))
        visited = vectors[self.prompt :]
        w, width = float(self.fields.track), self.fields.width
        track = inference_track(vectors, visited, weights=w, width=width)
        return self.rng.permutation(track) if self.fields.moved else track

    def _target(self, length: int) -> np.ndarray:
        wanted = np.zeros(length)
        wanted[: self.prompt if self.fields.target == "prompt" else length] = 1
        return wanted / wanted.sum()

    def _walled(self, U: np.ndarray) -> np.ndarray | None:
        """Return U with a wall about the last key, if a jump is due and leaves a key to see."""
        if self.wall is None:
            return None
        near = np.abs(np.arange(len(U)) - self.wall) <= self.fields.reach
        walled = np.where(near, np.inf, U)
        return walled if np.isfinite(walled).any() else None


def token_vectors(model: AttentionModel, ids: Sequence[int]) -> Float[np.ndarray, "L D"]:
    """Return the vectors that a model reads for tokens, each brought to length 1.

    Raises
    ------
    GedigError
        If there is no such token.
    """
    _check_model(model)
    by_torch = model.backend.library == "torch"
    table: Any = _table(model.network) if by_torch else model.weights()["wte.weight"]
    each = check_each("ids", ids, object, "the numbers of tokens")
    rows = table[[check_whole("ids", one, at_least=0, at_most=len(table) - 1) for one in each]]
    vectors = rows.double().cpu().numpy() if by_torch else rows.astype(np.float64)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def _table(network: Any) -> Any:
    return network.get_input_embeddings().weight.detach()


def _check_model(model: object) -> None:
    from gedig_edu.models.model import AttentionModel

    check_kind("model", model, AttentionModel, MODEL)


def divergence(logits: Float[np.ndarray, " vocabulary"], temperature: float) -> float:
    """Return KL(p ‖ q) in nats, p the model's distribution, q that drawn from at a temperature.

    At temperature 0 the likeliest token is taken: KL(p ‖ q) is then infinite, since q forbids
    what p allows.

    Parameters
    ----------
    logits : array [vocabulary]
        −∞ for a token that cannot come.
    temperature : float
        At least 0.

    Raises
    ------
    GedigError
        If no logit is finite, one is NaN or +∞, or the temperature is out of range.

    Examples
    --------
    >>> divergence(np.array([1.0, 0.0]), 1.0), divergence(np.array([1.0, 0.0]), 0)
    (0.0, inf)
    """
    T = check_number("temperature", temperature, at_least=0)
    given = to_numpy("logits", logits)
    finite = given[np.isfinite(given)]
    if given.ndim != 1 or not finite.size or not (given < math.inf).all():
        raise GedigError(
            f"logits of shape {given.shape}, {finite.size} of them finite, make no distribution; "
            "give [vocabulary], finite or −∞."
        )
    if T == 0:
        return math.inf
    below = finite - finite.max()  # what cannot come adds nothing
    with np.errstate(over="ignore"):
        log_p, log_q = (low - np.asarray(logsumexp(low)) for low in (below, below / T))
    p = np.exp(log_p)
    return float(p[p > 0] @ (log_p - log_q)[p > 0])


def _padded(rows: Sequence[np.ndarray]) -> Float[np.ndarray, "steps positions"]:
    """Return rows that grow as one array, with NaN where a row had not come yet."""
    most = len(rows[-1])
    return np.stack([np.append(row, np.full(most - len(row), np.nan)) for row in rows])
