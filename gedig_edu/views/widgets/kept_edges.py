"""Attention on a few keys a row: what is kept, what is lost, and what it could be at most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import GedigError
from gedig_edu.shapes import Bool, Float
from gedig_edu.theory.attention import attend
from gedig_edu.theory.sparse import top_edges
from gedig_edu.views.labels import token_labels
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Kept, Numbers, Place

TOKENS = ("The", " boat", " came", " home", " late", " again")
LEAST_WEIGHT = 1e-30  # of a key that may be seen


class KeptEdges(Hero):
    """Keep ever fewer keys a row, by score or by place, and see what a head writes otherwise.

    Parameters
    ----------
    tokens : sequence of n str, optional
        Three or more; two made-up heads where nothing is given.
    weights : array [heads, n, n], optional
        Attention of a decoder's heads; what lies above the diagonal does not count.
    values : array [heads, n, d], optional
        What each head would write with all its weight on one key.
    **traits
        `more`, how many keys a row keeps beyond one; `window`, whether these are the first token
        and the nearest, which no score is needed for, in place of those of the highest scores;
        `head`, from 0.

    Raises
    ------
    GedigError
        If the tables do not belong together.

    Examples
    --------
    >>> all_of_them = KeptEdges(more=5).numbers
    >>> all_of_them["keys"], all_of_them["error"], all_of_them["edges"], all_of_them["scores"]
    (6, None, 1.0, 21)
    """

    _css = styles("kit/frame.css", "kept_edges.css")
    script = "kept_edges.js"
    state = ("tokens", "weights", "values", "more", "window", "head")
    given = ("tokens", "weights", "values")
    controls = (
        Control("more", "whole", 0, len(TOKENS) - 1, under="cost", says="keys"),
        Control("window", "toggle", under="cost"),
        Control("head", "whole", 0, 1, under="cost"),
    )
    readouts = (
        "edges:percent",
        "scores:whole",
        "dropped:percent",
        "error:percent",
        "diameter_bound:percent",
        "norm_bound:percent",
    )

    tokens = Kept(traitlets.Unicode()).tag(sync=True)
    weights = Numbers(None, None, None, limit=1).tag(sync=True)
    values = Numbers(None, None, None).tag(sync=True)
    more = Place(of="tokens", kind="key").tag(sync=True)
    window = traitlets.Bool(default_value=False).tag(sync=True)
    head = Place(of="weights", kind="head").tag(sync=True)

    def __init__(
        self,
        tokens: Sequence[str] = TOKENS,
        weights: Float[np.ndarray, "heads n n"] | None = None,
        values: Float[np.ndarray, "heads n d"] | None = None,
        **traits: Any,
    ) -> None:
        if weights is None or values is None:
            weights, values = _made_up(len(tokens))
        heads, n = np.shape(values)[:2]
        if np.shape(weights) != (heads, n, n) or len(tokens) != n or n < 3:
            raise GedigError(
                f"{len(tokens)} tokens came with weights {np.shape(weights)} and values "
                f"{np.shape(values)}; give [heads, n, n] and [heads, n, d] for 3 tokens or more."
            )
        seen = np.maximum(np.array(weights, dtype=float), LEAST_WEIGHT) * np.tri(n)
        super().__init__(
            tokens=token_labels(tokens),
            weights=seen / seen.sum(axis=-1, keepdims=True),
            values=_in_few(np.array(values, dtype=float)),
            **({"more": min(2, n - 1)} | traits),
        )

    @property
    def numbers(self) -> dict[str, Any]:
        """What is kept and what is lost, and the loss at every number of keys, both ways."""
        n = len(self.tokens)
        ways = {"strongest": self._strongest, "nearest": self._nearest}
        lost = {name: [_Lost(self, edges(keys)) for keys in range(1, n + 1)]
                for name, edges in ways.items()}  # fmt: skip
        way = "nearest" if self.window else "strongest"
        now = lost[way][self.more]
        all_seen = n * (n + 1) // 2
        kept = int(now.edges.sum())
        return plain(
            {
                "keys": self.more + 1,
                "kept": now.edges.ravel(),
                "edges": kept / all_seen,
                "scores": kept if self.window else all_seen,
                "dropped": now.dropped,
                "error": now.error,
                "diameter_bound": now.diameter_bound,
                "norm_bound": now.norm_bound,
                "curve_strongest": [one.error for one in lost["strongest"]],
                "curve_nearest": [one.error for one in lost["nearest"]],
                "curve_diameter": [one.diameter_bound for one in lost[way]],
                "curve_norm": [one.norm_bound for one in lost[way]],
                "message": "sentence_all" if now.error is None else "sentence",
            }
        )

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield every number of keys of both heads, by score and by place."""
        for head in (0, 1):
            yield "head", head
            for window in (True, False):
                yield "window", window
                for more in range(len(TOKENS)):
                    yield "more", more

    def _strongest(self, keys: int) -> Bool[np.ndarray, "n n"]:
        return top_edges(np.array(self.weights[self.head]), keys=keys, causal=True)

    def _nearest(self, keys: int) -> Bool[np.ndarray, "n n"]:
        query, key = np.indices((len(self.tokens), len(self.tokens)))
        return (key <= query) & ((key == 0) | (query - key < keys - 1))


class _Lost:
    """What a head loses on some edges: root mean square over the rows that lose one, as shares."""

    def __init__(self, widget: KeptEdges, edges: Bool[np.ndarray, "n n"]) -> None:
        p, v = np.array(widget.weights[widget.head]), np.array(widget.values[widget.head])
        with np.errstate(divide="ignore"):
            scores = np.log(p)
        self.edges = edges
        dropped = np.where(edges, 0.0, p).sum(axis=-1)
        rows = np.asarray((np.tri(len(p), dtype=bool) & ~edges).any(axis=-1))
        dense, sparse = p @ v, attend(scores, v, mask=edges).output
        widest = np.linalg.norm(v[:, None] - v, axis=-1).max()
        longest = np.linalg.norm(v, axis=-1).max()
        size = _size(np.linalg.norm(dense, axis=-1), rows)

        def share(lengths: Float[np.ndarray, " n"]) -> float | None:
            return None if size is None else (_size(lengths, rows) or 0.0) / size

        self.dropped = float(dropped[rows].mean()) if rows.any() else 0.0
        self.error = share(np.linalg.norm(dense - sparse, axis=-1))
        self.diameter_bound = share(dropped * widest)
        self.norm_bound = share(2 * dropped * longest)


def _size(lengths: Float[np.ndarray, " n"], rows: Bool[np.ndarray, " n"]) -> float | None:
    """Return the root mean square over some rows, None where that is nothing."""
    size = float(np.sqrt((lengths[rows] ** 2).mean())) if rows.any() else 0.0
    return size if size > 0 else None


def _in_few(values: Float[np.ndarray, "heads n d"]) -> Float[np.ndarray, "heads n few"]:
    """Return values in axes of their own: as many as tokens at most, every distance kept."""
    left, sizes, _ = np.linalg.svd(values, full_matrices=False)
    return (left * sizes[:, None]).round(6)


def _made_up(n: int) -> tuple[Float[np.ndarray, "2 n n"], Float[np.ndarray, "2 n 4"]]:
    """Return one head that looks at the first token and its neighbour, and one that looks about."""
    rng = np.random.default_rng(11)
    scores = rng.normal(size=(2, n, n))
    scores[0] += 3 * (np.eye(n, k=-1) + (np.arange(n) == 0))
    factors = np.exp(scores) * np.tri(n)
    weights = factors / factors.sum(axis=-1, keepdims=True)
    return weights.round(3), rng.normal(size=(2, n, 4)).round(2)
