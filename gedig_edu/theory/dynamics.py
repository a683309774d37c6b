"""Attention with memory: a potential of three parts, and the equilibrium point a text floats about.

The source text *information dynamics* writes attention as softmax((q·k − U)/√d) with
U = P + Σ_i w_i K(z, z_i) + M. P, the prosody field, stands before anything is read. The sum is the
inference track: a well at each state already visited. M is carried over: what attention did not
reach of its target, added up and forgotten by and by. All three are fields over the keys.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gedig_edu.errors import (
    GedigError,
    check_choice,
    check_each,
    check_flag,
    check_kind,
    check_number,
    check_whole,
)
from gedig_edu.shapes import Bool, Brief, Float, Int, Num
from gedig_edu.theory._arrays import (
    Array,
    Namespace,
    check_finite,
    check_generator,
    common_shape,
    floats,
    in_kind,
    shown,
    to_numpy,
    working_dtype,
)
from gedig_edu.theory.attention import attend, rbf_kernel

ACTIVATIONS = ("tanh", "relu")


class Equilibrium(NamedTuple):
    """The floating equilibrium point of a sequence, and how far the sequence strays from it.

    Attributes
    ----------
    centre : array [n, d]
        x̄, an exponential moving average; centre[0] = x[0].
    tension : array [n]
        Ψ_n = ‖x_n − x̄_n‖.
    """

    centre: Float[Array, "n d"]
    tension: Float[Array, " n"]

    @property
    def kinetic(self) -> Float[Array, " n"]:
        """K_n = ½Ψ_n², the tension told another way."""
        return self.tension**2 / 2


def floating_equilibrium(
    x: Num[Array, "n d"], *, alpha: float, normalise: bool = False
) -> Equilibrium:
    """Return x̄_{n+1} = x̄_n + α(x_n − x̄_n) from x̄_0 = x_0, and the tension ‖x_n − x̄_n‖.

    Parameters
    ----------
    x : array [n, d]
        A sequence of states, such as the embeddings of a text's sentences.
    alpha : float
        α, above 0 and at most 1. At 1 the centre is the state before.
    normalise : bool
        Bring each x̄_{n+1} to unit length, as the source text allows.

    Returns
    -------
    Equilibrium
        ``(centre, tension)`` of the kind and dtype given; tension[n] against centre[n].

    Raises
    ------
    GedigError
        If x is no sequence of at least one vector, a state is not finite, α is out of range, or a
        centre that is to be normalised is zero.

    Examples
    --------
    >>> centre, tension = floating_equilibrium(np.array([[0.0], [4.0], [4.0]]), alpha=0.5)
    >>> centre.ravel().tolist(), tension.tolist()
    ([0.0, 0.0, 2.0], [0.0, 4.0, 2.0])
    """
    alpha = check_number("alpha", alpha, above=0, at_most=1)
    check_flag("normalise", normalise, "whether the centre is brought to unit length")
    xp, (x,) = floats(x=x)
    if x.ndim != 2 or 0 in x.shape:
        raise GedigError(f"x has shape {tuple(x.shape)}; give [n, d], at least one vector.")
    check_finite(xp, "x", x)
    states = xp.astype(x, working_dtype(xp, x))
    centres = [states[0, :]]
    for n in range(states.shape[0] - 1):
        following = centres[-1] + alpha * (states[n, :] - centres[-1])
        centres.append(_unit(xp, following, n + 1) if normalise else following)
    centre = xp.stack(centres)
    tension = xp.linalg.vector_norm(states - centre, axis=-1)
    return Equilibrium(xp.astype(centre, x.dtype), xp.astype(tension, x.dtype))


def prosody(
    length: int, *, period: float, amplitude: float = 1.0, phase: float = 0.0
) -> Float[np.ndarray, " length"]:
    """Return the periodic field P_j = −amplitude · cos(2π(j − phase)/period).

    Its hollows, where attention is drawn to, stand at `phase` and every `period` positions on.

    Parameters
    ----------
    length : int
        How many positions.
    period : float
        In positions, above 0.
    amplitude : float
        In the unit of the scores it is subtracted from; below 0 hollows and hills change places.
    phase : float
        Position of a hollow.

    Raises
    ------
    GedigError
        If a number is out of range.

    Examples
    --------
    >>> prosody(5, period=4).round(12).tolist()
    [-1.0, -0.0, 1.0, 0.0, -1.0]
    """
    at = np.arange(check_whole("length", length, at_least=1))
    turns = (at - check_number("phase", phase)) / check_number("period", period, above=0)
    return -check_number("amplitude", amplitude) * np.cos(2 * np.pi * turns)


def barrier(
    length: int, at: Sequence[int], *, height: float | Num[np.ndarray, " at"] = math.inf
) -> Float[np.ndarray, " length"]:
    """Return a penalty field: `height` at some positions, 0 elsewhere.

    Parameters
    ----------
    length : int
        How many positions.
    at : sequence of int
        The positions that are fined.
    height : float or array, one number for each of them
        +∞ removes a key before any score is looked at.

    Raises
    ------
    GedigError
        If there is no such position, or a height is NaN or −∞.

    Examples
    --------
    >>> barrier(4, [1, 2], height=3.0).tolist()
    [0.0, 3.0, 3.0, 0.0]
    """
    field = np.zeros(check_whole("length", length, at_least=1))
    each = check_each("at", at, object, "the positions that are fined")
    places = [check_whole("at", one, at_least=0, at_most=len(field) - 1) for one in each]
    heights = to_numpy("height", height)
    if heights.shape not in ((), (len(places),)) or not (heights > -math.inf).all():
        raise GedigError(
            f"height={shown(height)} does not fit {len(places)} positions; give one number or one "
            "for each, +inf for what is removed."
        )
    field[places] = heights
    return field


def inference_track(
    places: Num[Array, "*places"],
    visited: Num[Array, "*states"],
    *,
    weights: float | Num[Array, " m"],
    width: float,
) -> Float[Array, " n"]:
    """Return Σ_i w_i K(z, z_i) at every place z, K = exp(−‖z − z_i‖²/(2 width²)).

    Parameters
    ----------
    places : array [n, d], or [n] for places on a line
        Where the keys are.
    visited : array [m, d] or [m]
        The states z_i already visited; m = 0 leaves no track.
    weights : float or array [m]
        w_i; below 0 a well that attracts, above 0 a hill.
    width : float
        Of the wells, above 0, in the unit of the places.

    Raises
    ------
    GedigError
        If the shapes do not fit together, a number is not finite or `width` is not above 0.

    Examples
    --------
    >>> inference_track(np.arange(3.0), np.array([1.0]), weights=-2.0, width=1.0).round(3).tolist()
    [-1.213, -2.0, -1.213]
    """
    xp, (places, visited) = floats(places=places, visited=visited)
    check_finite(xp, "places", places)
    check_finite(xp, "visited", visited)
    if places.ndim == 1 and visited.ndim == 1:
        places, visited = places[:, None], visited[:, None]
    kernel = rbf_kernel(places, visited, width=width)  # [n, m]
    each = in_kind(xp, "weights", weights, kernel, kernel.dtype)
    if each.ndim and tuple(each.shape) != (visited.shape[0],):
        raise GedigError(
            f"weights have shape {tuple(each.shape)}, but {visited.shape[0]} states were "
            "visited; give one number, or one for each."
        )
    check_finite(xp, "weights", each)
    return xp.sum(kernel * each, axis=-1)


def carry_over(
    carried: Num[Array, " n"],
    target: Num[Array, " n"],
    achieved: Num[Array, " n"],
    *,
    rho: float,
) -> Float[Array, " n"]:
    """Return M_t = ρ M_{t−1} + (target − achieved).

    Parameters
    ----------
    carried : array [n]
        M_{t−1}.
    target, achieved : array [n]
        The attention that was wanted, and what came of it.
    rho : float
        ρ, from 0 (nothing is kept) to 1 (nothing is forgotten).

    Raises
    ------
    GedigError
        If ρ is out of range, the shapes do not fit together or a number is not finite.

    Examples
    --------
    >>> M = carry_over(np.zeros(2), np.array([1.0, 0.0]), np.array([0.25, 0.75]), rho=0.5)
    >>> M.tolist()
    [0.75, -0.75]
    """
    rho = check_number("rho", rho, at_least=0, at_most=1)
    each = {"carried": carried, "target": target, "achieved": achieved}
    xp, (carried, target, achieved) = floats(**each)
    for name, values in zip(each, (carried, target, achieved), strict=True):
        check_finite(xp, name, values)
    common_shape(**{name: array.shape for name, array in each.items()})
    return rho * carried + (target - achieved)


@dataclass(frozen=True, eq=False, repr=False)
class Memory(Brief):
    """What coupled attention remembers between two steps.

    Attributes
    ----------
    visited : tuple of int
        The keys visited so far, one a step.
    carried : array [n]
        M_{t−1}.
    jump : bool
        Whether M passed its critical size, so that the next query jumps.
    """

    visited: tuple[int, ...]
    carried: Float[np.ndarray, " n"]
    jump: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class Step(Brief):
    """One step of coupled attention: each part of U, and what came of it.

    Attributes
    ----------
    prosody, track, carry : array [n]
        The parts P, Σ_{i<t} w K(z, z_i) and gain · M_{t−1} as they stood in this step.
    potential : array [n]
        U, their sum.
    weights : array [n]
        The attention that was achieved.
    visited : int
        The key that this step visited.
    jumped : bool
        Whether it was visited in a jump; the weights are then 1 there.
    residual : float
        ‖M_t‖₂ after the step; 0 after a jump.
    memory : Memory
        For the next step.
    """

    prosody: Float[np.ndarray, " n"]
    track: Float[np.ndarray, " n"]
    carry: Float[np.ndarray, " n"]
    potential: Float[np.ndarray, " n"]
    weights: Float[np.ndarray, " n"]
    visited: int
    jumped: bool
    residual: float
    memory: Memory


@dataclass(frozen=True, eq=False, repr=False)
class Run(Brief):
    """Some steps of coupled attention, side by side.

    Attributes
    ----------
    prosody, track, carry, potential, weights : array [steps, n]
        As in `Step`.
    visited : int array [steps]
    jumped : bool array [steps]
    residual : array [steps]
    """

    prosody: Float[np.ndarray, "steps n"]
    track: Float[np.ndarray, "steps n"]
    carry: Float[np.ndarray, "steps n"]
    potential: Float[np.ndarray, "steps n"]
    weights: Float[np.ndarray, "steps n"]
    visited: Int[np.ndarray, " steps"]
    jumped: Bool[np.ndarray, " steps"]
    residual: Float[np.ndarray, " steps"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class CoupledAttention(Brief):
    """softmax((scores − U)/T) with U = P + Σ_{i<t} w K(z, z_i) + gain · M_{t−1}, step by step.

    Each part is off until it is asked for. NumPy.

    Attributes
    ----------
    places : array [n, d] or [n]
        z, where each key is.
    prosody : array [n], optional
        P; +∞ removes a key.
    track : float
        w of the well that each visit leaves; below 0 it attracts, 0 leaves none.
    width : float
        Of the wells, and how far a jump must go, in the unit of the places.
    rho : float, optional
        ρ of the carry-over; None carries nothing.
    gain : float
        How M enters U. 1 is the source's sign: what was missed stands *higher* next time. −1 draws
        attention to what was missed.
    critical : float, optional
        A step that leaves ‖M‖₂ above it is followed by a jump: the next query attends to the best
        key farther than `width` from the last visit, and M starts again from 0. Where no key is
        that far, or without a critical size, nothing jumps.
    temperature : float
        T; √d for scores q·k.

    Raises
    ------
    GedigError
        If a field does not have one number for each place, or a number is out of range.

    Examples
    --------
    >>> coupled = CoupledAttention(places=np.arange(3.0), track=-1.0, width=0.5)
    >>> run = coupled.run(np.zeros((2, 3)) + [0.0, 0.1, 0.0])
    >>> run.visited.tolist(), run.track.round(3).tolist()
    ([1, 1], [[0.0, 0.0, 0.0], [-0.135, -1.0, -0.135]])
    """

    places: Num[np.ndarray, "*places"]
    prosody: Num[np.ndarray, " n"] | None = None
    track: float = 0.0
    width: float = 1.0
    rho: float | None = None
    gain: float = 1.0
    critical: float | None = None
    temperature: float = 1.0

    def __post_init__(self) -> None:
        places = to_numpy("places", self.places)
        if places.ndim not in (1, 2) or 0 in places.shape:
            raise GedigError(f"places have shape {places.shape}; give [n] or [n, d].")
        check_finite(np, "places", places)
        object.__setattr__(self, "places", places.reshape(len(places), -1))
        if self.prosody is not None:
            object.__setattr__(self, "prosody", self._field("prosody", self.prosody))
            check_finite(np, "prosody", np.where(self.prosody == np.inf, 0.0, self.prosody))
        check_number("track", self.track)
        check_number("width", self.width, above=0)
        if self.rho is not None:
            check_number("rho", self.rho, at_least=0, at_most=1)
        check_number("gain", self.gain)
        if self.critical is not None:
            check_number("critical", self.critical, at_least=0)
        check_number("temperature", self.temperature, above=0)

    def start(self) -> Memory:
        """Return the memory before the first step: nothing visited, nothing carried."""
        return Memory((), np.zeros(len(self.places)))

    def step(
        self,
        scores: Num[np.ndarray, " n"],
        memory: Memory,
        *,
        target: Num[np.ndarray, " n"] | None = None,
        rng: np.random.Generator | None = None,
    ) -> Step:
        """Take one step from a memory.

        Parameters
        ----------
        scores : array [n]
            q·k of this step's query with each key; −∞ for a key that is not there yet.
        memory : Memory
            `start`'s, or the last step's.
        target : array [n], optional
            The attention that is wanted; needed where something is carried over.
        rng : Generator, optional
            Draws the key that is visited from the weights; without it the likeliest is visited.

        Raises
        ------
        GedigError
            If an array has another shape or holds what it cannot, the memory is that of other
            places, no key is left, or something is carried over and no target is given.
        """
        energy = self._field("scores", scores)
        self._check_memory(memory)
        if rng is not None:
            check_generator(rng)
        P = np.zeros_like(energy) if self.prosody is None else self.prosody
        track = self._track(memory.visited)
        carry = np.zeros_like(energy) if self.rho is None else self.gain * memory.carried
        U = P + track + carry
        weights = attend(
            energy[None], np.zeros((len(energy), 1)), potential=U, temperature=self.temperature
        ).weights[0]
        jump = self._farther(energy - U, memory)
        if jump is not None:
            weights = np.eye(len(energy))[jump]
        if rng is None or jump is not None:
            visited = int(weights.argmax())
        else:
            visited = int(rng.choice(len(weights), p=weights))
        carried = self._carried(memory, target, weights, jumped=jump is not None)
        residual = float(np.linalg.norm(carried))
        jumps = self.critical is not None and residual > self.critical
        after = Memory((*memory.visited, visited), carried, jumps)
        return Step(P, track, carry, U, weights, visited, jump is not None, residual, after)

    def run(
        self,
        scores: Num[np.ndarray, "steps n"],
        *,
        target: Num[np.ndarray, "*steps n"] | None = None,
        seed: int | None = None,
    ) -> Run:
        """Take as many steps as there are rows of scores.

        Parameters
        ----------
        scores : array [steps, n]
        target : array [n] or [steps, n], optional
            As in `step`, for all steps or for each.
        seed : int, optional
            Draws the visits from the weights; without it each visits the likeliest key.

        Raises
        ------
        GedigError
            As in `step`.
        """
        scores = to_numpy("scores", scores)
        if scores.ndim != 2 or len(scores) == 0:
            raise GedigError(f"scores have shape {scores.shape}; give [steps, n].")
        shape = (len(scores), len(self.places))
        wanted = None if target is None else _shaped("target", to_numpy("target", target), shape)
        targets = [None] * len(scores) if wanted is None else [*wanted]
        rng = None if seed is None else np.random.default_rng(check_whole("seed", seed, at_least=0))
        memory, steps = self.start(), []
        for row, one in zip(scores, targets, strict=True):
            steps.append(self.step(row, memory, target=one, rng=rng))
            memory = steps[-1].memory
        names = ("prosody", "track", "carry", "potential", "weights")
        names = (*names, "visited", "jumped", "residual")
        return Run(*(np.array([getattr(step, name) for step in steps]) for name in names))

    def _check_memory(self, memory: Memory) -> None:
        check_kind("memory", memory, Memory, "what start() or the last step returned")
        check_flag("memory.jump", memory.jump, "whether the next query jumps")
        check_finite(np, "memory.carried", self._field("memory.carried", memory.carried))
        visited = to_numpy("memory.visited", memory.visited)
        last = len(self.places) - 1
        keys = (visited >= 0) & (visited <= last) & (visited % 1 == 0)
        if visited.ndim != 1 or not keys.all() or len(visited) < memory.jump:
            raise GedigError(
                f"memory has visited {shown(memory.visited)}, but keys are 0 to {last}; give "
                "what start() or the last step returned."
            )

    def _track(self, visited: tuple[int, ...]) -> Float[np.ndarray, " n"]:
        states = self.places[list(visited)]
        return inference_track(self.places, states, weights=float(self.track), width=self.width)

    def _farther(self, height: Float[np.ndarray, " n"], memory: Memory) -> int | None:
        """Return the best key beyond the last well, if a jump is due and there is one."""
        if not memory.jump:
            return None
        apart = np.linalg.norm(self.places - self.places[memory.visited[-1]], axis=-1)
        beyond = np.where(apart > self.width, height, -np.inf)
        return int(beyond.argmax()) if beyond.max() > -np.inf else None

    def _carried(
        self, memory: Memory, target: Array | None, weights: np.ndarray, *, jumped: bool
    ) -> Float[np.ndarray, " n"]:
        if self.rho is None or jumped:
            return np.zeros_like(weights)
        if target is None:
            raise GedigError(
                "A carry-over adds up what attention misses of its target, and none was given; "
                "give target, one number a place."
            )
        return carry_over(memory.carried, self._field("target", target), weights, rho=self.rho)

    def _field(self, name: str, values: object) -> Float[np.ndarray, " n"]:
        return _shaped(name, to_numpy(name, values), (len(self.places),))


def feed_forward(
    x: Num[Array, "*batch d"],
    W1: Num[Array, "wide d"],
    W2: Num[Array, "d wide"],
    *,
    activation: str = "tanh",
    residual: bool = True,
) -> Float[Array, "*batch d"]:
    """Return x + W₂σ(W₁x), or W₂σ(W₁x) alone without the residual path.

    Each vector is updated by itself: what a token becomes depends on no other token.

    Parameters
    ----------
    x : array [..., d]
        States.
    W1, W2 : arrays [wide, d] and [d, wide]
    activation : "tanh" or "relu"
        σ.
    residual : bool
        Keep x beside what is written.

    Raises
    ------
    GedigError
        If the shapes do not fit together, a number is not finite, or the activation is not known.

    Examples
    --------
    >>> x, W1, W2 = np.array([1.0, -2.0]), np.eye(2), 3 * np.eye(2)
    >>> feed_forward(x, W1, W2, activation="relu").tolist()
    [4.0, -2.0]
    >>> feed_forward(x, W1, W2, activation="relu", residual=False).tolist()
    [3.0, 0.0]
    """
    check_choice("activation", activation, ACTIVATIONS)
    check_flag("residual", residual, "whether x is kept")
    xp, (x, W1, W2) = floats(x=x, W1=W1, W2=W2)
    for name, values in (("x", x), ("W1", W1), ("W2", W2)):
        check_finite(xp, name, values)
    width = x.shape[-1] if x.ndim else 0
    if W1.ndim != 2 or tuple(W2.shape) != tuple(W1.shape[::-1]) or W1.shape[1] != width:
        shapes = f"{tuple(x.shape)}, W1 {tuple(W1.shape)} and W2 {tuple(W2.shape)}"
        raise GedigError(f"x {shapes} do not fit; give [..., d], [wide, d] and [d, wide].")
    wide = x @ W1.mT
    active = xp.tanh(wide) if activation == "tanh" else xp.where(wide > 0, wide, 0.0)
    written = active @ W2.mT
    return x + written if residual else written


def _unit(xp: Namespace, vector: Array, at: int) -> Array:
    length = xp.linalg.vector_norm(vector)
    if not bool(length > 0):
        raise GedigError(
            f"The centre {at} is zero and has no direction; give states that do not cancel, or "
            "normalise=False."
        )
    return vector / length


def _shaped(name: str, values: Float[np.ndarray, "*shape"], shape: tuple[int, ...]) -> np.ndarray:
    """Return numbers in a shape that they have or broadcast to."""
    if values.shape not in (shape, shape[1:]):
        wanted = f"{list(shape)}" + (f" or {list(shape[1:])}" if shape[1:] else "")
        raise GedigError(f"{name} has shape {list(values.shape)}; give {wanted}, as the places.")
    return np.broadcast_to(values, shape)
