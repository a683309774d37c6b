"""Text from a decoder, one token at a time, whatever library computes its logits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.errors import GedigError
from gedig_edu.models.finite import check_finite
from gedig_edu.models.potential import as_potential
from gedig_edu.models.records import Written
from gedig_edu.shapes import Float

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    Growing = Callable[[tuple[str, ...], Written | None], ArrayLike]
    Watch = Callable[[Written], object]


@dataclass(eq=False, kw_only=True)
class Follow:
    """What goes along with a text that is written: it asks for U, and tells of what was seen.

    Attributes
    ----------
    layers, heads, length : int
        The network's, and the tokens that the text has at most.
    pieces : callable
        Makes readable pieces of ids.
    grow : callable (tokens, the pass before or None), optional
        Gives U of the tokens about to be read.
    watch : callable (Written), optional
        Is told of every pass.
    potential : float32 array [layers or 1, heads or 1, length, length] or None
        U, filled row by row in place; None where no function gives it.
    """

    layers: int
    heads: int
    length: int
    pieces: Callable[[Sequence[int]], tuple[str, ...]]
    grow: Growing | None = None
    watch: Watch | None = None
    potential: np.ndarray | None = field(default=None, init=False)
    _ids: list[int] = field(default_factory=list, init=False)
    _weights: list[np.ndarray] = field(default_factory=list, init=False)
    _fresh: int = field(default=0, init=False)
    _last: Written | None = field(default=None, init=False)
    _asked: np.ndarray | None = field(default=None, init=False)

    def start(self, ids: Sequence[int]) -> Follow:
        """Ask for U of the prompt, whose first axes say what there is room for."""
        if self.grow is not None:
            self._asked = self._ask(self.grow, ids)
            shape = (*self._asked.shape[:2], self.length, self.length)
            self.potential = np.zeros(shape, dtype=np.float32)
        return self

    def before(self, fresh: Sequence[int]) -> None:
        """Note what is about to be read, and put its U in its place."""
        if self.grow is not None and self._asked is None:
            self._asked = self._ask(self.grow, [*self._ids, *fresh])
        self._ids += fresh
        self._fresh = len(fresh)
        self._weights.clear()
        if self.potential is not None and self._asked is not None:
            self._rows(self.potential)[:] = self._asked
            self._asked = None

    def receive(self, _layer: int, weights: Any) -> None:
        """Keep one layer's weights [..., heads, rows, keys] of the rows that are new.

        A layer with a sliding window may have let go of the first keys: they get no weight.
        """
        host = weights if isinstance(weights, np.ndarray) else weights.float().cpu().numpy()
        rows = host.reshape(host.shape[-3:])[:, -self._fresh :]
        gone = len(self._ids) - rows.shape[-1]
        self._weights.append(np.pad(rows, ((0, 0), (0, 0), (gone, 0))))

    def after(self, logits: np.ndarray, token: int | None) -> None:
        """Tell of the pass that is over."""
        U = self.potential
        self._last = Written(
            tokens=self.pieces(self._ids),
            rows=self._fresh,
            weights=np.stack(self._weights),
            potential=None if U is None else self._rows(U).copy(),
            logits=logits,
            ids=tuple(self._ids),
            chosen=token,
        )
        if self.watch is not None:
            self.watch(self._last)

    def _rows(self, U: np.ndarray) -> np.ndarray:
        read = len(self._ids)
        return U[:, :, read - self._fresh : read, :read]

    def _ask(self, grow: Growing, ids: Sequence[int]) -> np.ndarray:
        given = grow(self.pieces(ids), self._last)
        sizes = {"layers": self.layers, "heads": self.heads, "length": len(ids)}
        U = as_potential(given, **sizes, rows=len(ids) - len(self._ids))
        if self.potential is not None and U.shape[:2] != self.potential.shape[:2]:
            raise GedigError(
                f"The potential has the axes {list(U.shape[:2])} for layers and heads, and had "
                f"{list(self.potential.shape[:2])} for the prompt; give the same for every token."
            )
        return U


def continue_ids(
    following: Callable[[list[int]], Float[np.ndarray, " vocabulary"]],
    ids: Sequence[int],
    *,
    tokens: int,
    temperature: float,
    seed: int,
    ends: Collection[int],
    follow: Follow | None = None,
) -> list[int]:
    """Return up to `tokens` ids that follow `ids`; it ends early at one of `ends`.

    Parameters
    ----------
    following : callable
        Given the ids that are new since its last call, it returns the logits of the next one.
    ids : sequence of int
    tokens : int
    temperature : float
        0 takes the likeliest token; above 0 tokens are drawn from softmax(logits/temperature).
    seed : int
        Of the draws, which NumPy makes for every backend: one seed writes one text.
    ends : collection of int
    follow : Follow, optional
        Is told of every pass before and after it.

    Examples
    --------
    >>> ladder = lambda fresh: np.eye(5)[fresh[-1] + 1]
    >>> continue_ids(ladder, [0, 1], tokens=9, temperature=0, seed=0, ends={4})
    [2, 3]
    """
    generator = np.random.default_rng(seed)
    written: list[int] = []
    fresh = list(ids)
    while len(written) < tokens:
        if follow is not None:
            follow.before(fresh)
        logits = following(fresh)
        check_finite("generate", logits)
        token = _choose(logits, temperature=temperature, generator=generator)
        if follow is not None:
            follow.after(logits, None if token in ends else token)
        if token in ends:
            break
        written.append(token)
        fresh = [token]
    return written


def _choose(logits: np.ndarray, *, temperature: float, generator: np.random.Generator) -> int:
    if temperature == 0:
        return int(logits.argmax())
    below = logits.astype(np.float64) - logits.max()
    with np.errstate(over="ignore"):
        shares = np.exp(below / temperature)
    return int(generator.choice(len(shares), p=shares / shares.sum()))
