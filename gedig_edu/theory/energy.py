"""Attention as descent: the energy of a modern Hopfield network, step by step.

E(ξ) = −(1/β) log Σ_j exp(β x_j·ξ) + ½‖ξ‖² (Ramsauer et al. 2020, arXiv 2008.02217, without the
constants that only shift it): lesson 03's free energy of the scores, and a bowl that keeps ξ near
the stored patterns x. The update ξ ← Xᵀ softmax(β X ξ) never raises it, and is one attention read
whose keys and values are both X.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from array_api_compat import device, to_device

from gedig_edu.errors import GedigError, check_number, check_whole
from gedig_edu.shapes import Bool, Brief, Float, Int, Num
from gedig_edu.theory._arrays import (
    Array,
    Namespace,
    check_finite,
    floats,
    in_double,
    narrow,
    to_numpy,
)
from gedig_edu.theory.attention import attend, dot_scores
from gedig_edu.theory.thermo import Ensemble

Scale = Literal["token", "document", "knowledge"]
DOCUMENT_FROM, KNOWLEDGE_FROM = 1_000, 100_000  # characters, in the micro-geDIG text
LEAST_BETA = 1e-300  # below it 1/β is no number


def hopfield_energy(
    states: Num[Array, "*states d"], stored: Num[Array, "*#batch n d"], *, beta: float
) -> Float[Array, "*states"]:
    """Return E(ξ) = −(1/β) log Σ_j exp(β x_j·ξ) + ½‖ξ‖² of each state.

    Parameters
    ----------
    states : array [d] or [..., m, d]
        ξ, one or many.
    stored : array [..., n, d]
        The patterns x_j.
    beta : float
        β, above 0: sharp where it is large.

    Returns
    -------
    array [] or [..., m]
        In the unit of x·ξ, of the kind and dtype given.

    Raises
    ------
    GedigError
        If the shapes do not fit, a number is not finite, or β is not above 0.

    Examples
    --------
    >>> E = hopfield_energy(np.array([[1.0, 0.0], [0.0, 0.0]]), np.eye(2), beta=1.0)
    >>> E.round(6).tolist()  # −log(e + 1) + ½, −log 2
    [-0.813262, -0.693147]
    """
    memory = _memory(states, stored)
    return memory.back(_energy(memory.states, memory.stored, _heat(beta)))


def update(
    states: Num[Array, "*states d"], stored: Num[Array, "*#batch n d"], *, beta: float
) -> Float[Array, "*states d"]:
    """Return ξ ← Xᵀ softmax(β X ξ): one attention read with keys and values X.

    Parameters and errors are those of `hopfield_energy`.

    Examples
    --------
    >>> update(np.array([np.log(3.0), 0.0]), np.eye(2), beta=1.0).round(6).tolist()
    [0.75, 0.25]
    """
    memory = _memory(states, stored)
    return memory.back(_update(memory.states, memory.stored, _heat(beta)))


@dataclass(frozen=True, eq=False, repr=False)
class Descent(Brief):
    """A query on its way down.

    Attributes
    ----------
    states : array [steps + 1, d]
        The query, then the state after each step.
    energies : array [steps + 1]
        E of each of them; it never rises.
    steps : int
        How many updates were made, the last one, which moved no more than `tol`, included.
    """

    states: Float[Array, "steps+1 d"]
    energies: Float[Array, " steps+1"]
    steps: int

    @property
    def last_move(self) -> float:
        """How far the last step went; above `tol` if the steps ran out."""
        return float(((self.states[-1] - self.states[-2]) ** 2).sum()) ** 0.5


def descend(
    query: Num[Array, " d"],
    stored: Num[Array, "n d"],
    *,
    beta: float,
    tol: float = 1e-6,
    max_steps: int = 100,
) -> Descent:
    """Update a state until it stands still: attention with as many steps as its query needs.

    With β = 1/√d the first step is one attention read whose keys and values are the patterns.

    Parameters
    ----------
    query : array [d]
        ξ_0.
    stored : array [n, d]
        The patterns x_j.
    beta : float
        β, above 0.
    tol : float
        Stop after a step that moves the state no farther than this; at least 0.
    max_steps : int
        Stop after so many steps at the latest; at least 1.

    Raises
    ------
    GedigError
        If the shapes do not fit, a number is not finite, or an option is out of range.

    Examples
    --------
    >>> stored = np.array([[3.0, 0.0], [0.0, 3.0]])
    >>> descent = descend(np.array([2.0, 1.0]), stored, beta=1.0)
    >>> descent.steps, descent.states[-1].round(2).tolist()
    (5, [3.0, 0.0])
    >>> descent.energies.round(3).tolist()
    [-3.549, -4.48, -4.5, -4.5, -4.5, -4.5]
    """
    if getattr(query, "ndim", 1) != 1 or getattr(stored, "ndim", 2) != 2:
        raise GedigError(
            f"query {tuple(query.shape)} and stored {tuple(stored.shape)} do not fit; give one "
            "query [d] and patterns [n, d]."
        )
    memory, heat = _memory(query, stored), _heat(beta)
    limit, last = _options(tol, max_steps)
    xp, path = memory.xp, [memory.states]
    for _ in range(last):
        path.append(_update(path[-1], memory.stored, heat))
        if float(xp.linalg.vector_norm(path[-1] - path[-2])) <= limit:
            break
    states = xp.stack([state[0, :] for state in path])
    energies = _energy(states, memory.stored, heat)
    return Descent(memory.like(states), memory.like(energies), len(path) - 1)


class Settled(NamedTuple):
    """Where many states came to rest.

    Attributes
    ----------
    states : array [..., m, d]
        After the last step.
    steps : int array [..., m]
        How many updates each needed, as `Descent` counts them.
    converged : bool array [..., m]
        False where the steps ran out.
    """

    states: Float[Array, "*states d"]
    steps: Int[Array, "*states"]
    converged: Bool[Array, "*states"]


def settle(
    states: Num[Array, "*states d"],
    stored: Num[Array, "*#batch n d"],
    *,
    beta: float,
    tol: float = 1e-6,
    max_steps: int = 100,
) -> Settled:
    """Let many states descend side by side, each until it stands still; see `descend`.

    Parameters
    ----------
    states : array [..., m, d]
        One query a row.
    stored : array [..., n, d]
        The patterns.
    beta, tol, max_steps
        As in `descend`.

    Raises
    ------
    GedigError
        For the reasons of `descend`.

    Examples
    --------
    >>> settled = settle(np.array([[2.0, 1.0], [3.0, 0.0]]), 3 * np.eye(2), beta=1.0)
    >>> settled.steps.tolist(), settled.converged.tolist()
    ([5, 3], [True, True])
    """
    memory, heat = _memory(states, stored), _heat(beta)
    limit, last = _options(tol, max_steps)
    xp, now = memory.xp, memory.states
    moving = xp.ones(now.shape[:-1], dtype=xp.bool, device=device(now))
    steps = xp.zeros(now.shape[:-1], dtype=xp.int64, device=device(now))
    for _ in range(last):
        following = xp.where(moving[..., None], _update(now, memory.stored, heat), now)
        steps = steps + xp.astype(moving, xp.int64)
        moving = moving & (xp.linalg.vector_norm(following - now, axis=-1) > limit)
        now = following
        if not bool(xp.any(moving)):
            break
    return Settled(memory.back(now), memory.row(steps), memory.row(~moving))


def multi_scale(
    scores: Num[Array, "*#batch Lq Lk"],
    temperatures: Sequence[float] | Num[np.ndarray, " scales"],
    *,
    causal: bool = False,
) -> Float[Array, "scales *#batch Lq Lk"]:
    """Return softmax(scores/T) for each T: one matrix of scores, read at several scales.

    Parameters
    ----------
    scores : array [..., Lq, Lk]
        −∞ removes a key.
    temperatures : sequence of float
        T, each above 0. The colder, the fewer keys count.
    causal : bool
        A query sees itself and what came before.

    Returns
    -------
    array [scales, ..., Lq, Lk]
        Of the kind and dtype of the scores; rows sum to 1.

    Raises
    ------
    GedigError
        If there is no temperature, one is out of range, or for the reasons of `attend`.

    Examples
    --------
    >>> multi_scale(np.array([[0.0, np.log(4.0)]]), [1.0, 2.0]).round(3).tolist()
    [[[0.2, 0.8]], [[0.333, 0.667]]]
    """
    heats = to_numpy("temperatures", temperatures)
    if heats.ndim != 1 or not heats.size:
        raise GedigError(f"temperatures have shape {heats.shape}; give a list of at least one.")
    xp, (scores,) = floats(scores=scores)
    keys = scores.shape[-1] if scores.ndim else 1
    nothing = xp.zeros((keys, 1), dtype=scores.dtype, device=device(scores))
    return xp.stack(
        [attend(scores, nothing, temperature=float(T), causal=causal).weights for T in heats]
    )


def choose_scale(text_length: int) -> Scale:
    """Return the scale that the micro-geDIG text gives to a text: by its length alone.

    Parameters
    ----------
    text_length : int
        In characters, at least 0.

    Returns
    -------
    str
        "token" below 1,000, "document" below 100,000, else "knowledge".

    Raises
    ------
    GedigError
        If it is no whole number of at least 0.

    Examples
    --------
    >>> choose_scale(999), choose_scale(1_000), choose_scale(100_000)
    ('token', 'document', 'knowledge')
    """
    length = check_whole("text_length", text_length, at_least=0)
    if length < DOCUMENT_FROM:
        return "token"
    return "document" if length < KNOWLEDGE_FROM else "knowledge"


class _Memory(NamedTuple):
    """States and patterns in float64, and how to give back what was found."""

    xp: Namespace
    states: Array  # [..., m, d]
    stored: Array  # [..., n, d]
    given: Array
    single: bool

    def like(self, values: Array) -> Array:
        return to_device(narrow(self.xp, values, self.given.dtype), device(self.given))

    def row(self, values: Array) -> Array:
        values = to_device(values, device(self.given))
        return values[..., 0] if self.single else values

    def back(self, values: Array) -> Array:
        values = self.like(values)
        return values[..., 0, :] if self.single and values.ndim > 1 else self.row(values)


def _memory(states: Array, stored: Array) -> _Memory:
    xp, (states, stored) = floats(states=states, stored=stored)
    shapes = f"states {tuple(states.shape)} and stored {tuple(stored.shape)} do not fit together"
    if states.ndim < 1 or stored.ndim < 2 or states.shape[-1] != stored.shape[-1]:
        raise GedigError(f"{shapes}; give states [..., d] and patterns [..., n, d].")
    if 0 in states.shape or 0 in stored.shape:
        raise GedigError(f"{shapes}; give at least one state, one pattern and one number in each.")
    for name, values in (("states", states), ("stored", stored)):
        check_finite(xp, name, values)
    single = states.ndim == 1
    rows = in_double(xp, states[None, :] if single else states)
    return _Memory(xp, rows, in_double(xp, stored), states, single)


def _update(states: Array, stored: Array, heat: float) -> Array:
    return attend(dot_scores(states, stored, scale=False), stored, temperature=heat).output


def _energy(states: Array, stored: Array, heat: float) -> Array:
    free = Ensemble(-dot_scores(states, stored, scale=False), heat).free_energy
    return free + (states * states).sum(-1) / 2


def _heat(beta: float) -> float:
    return 1 / check_number("beta", beta, above=LEAST_BETA)


def _options(tol: float, max_steps: int) -> tuple[float, int]:
    return check_number("tol", tol, at_least=0), check_whole("max_steps", max_steps, at_least=1)
