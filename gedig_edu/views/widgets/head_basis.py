"""One head in another basis: weights stand still while cosines and lengths move."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import check_together
from gedig_edu.shapes import Float
from gedig_edu.theory.attention import attend, cosine_scores, dot_scores
from gedig_edu.theory.basis import key_axes
from gedig_edu.theory.thermo import Ensemble
from gedig_edu.views.labels import token_labels
from gedig_edu.views.widgets.hero import Control, Hero, first_of, plain
from gedig_edu.views.widgets.traits import Finite, Kept, Numbers, Place, finite

EXAMPLE_TOKENS = ("The", " same", " head", " in", " another", " basis")


class HeadBasis(Hero):
    """Write one head in a basis that makes its keys more even, or less, and see what moves.

    The traits `tokens`, `q` and `k` [L, d] (along the axes of the keys), `reach` [d] (log of the
    keys' reach along each axis), `causal`, `query` and `evenness` are the only state; the basis
    is q → q·exp(evenness · reach), k → k·exp(−evenness · reach).

    Parameters
    ----------
    q, k : array [L, d], optional
        Queries and keys of one head; where both are left out, an example of six tokens.
    tokens : sequence of str, optional
        What they belong to.
    causal : bool
        A query sees itself and what came before.
    paired : bool
        Keep to one factor for each rotary pair, as `gedig_edu.theory.basis.key_axes` does.
    query : int, optional
        Whose row is drawn; the last where not given.
    evenness : float
        −1 to 1; 0 is the basis that is stored.

    Raises
    ------
    GedigError
        If one of q and k is given alone, shapes do not fit together, or a number is not finite.

    Examples
    --------
    >>> head = HeadBasis(np.eye(2), np.diag([1.0, 3.0]), ("a", "b"), causal=False)
    >>> weights = head.numbers["weights"]
    >>> head.evenness = 1.0
    >>> bool(np.allclose(head.numbers["weights"], weights)), round(head.numbers["ratio"], 6)
    (True, 1.0)
    """

    script = "head_basis.js"
    state = ("tokens", "q", "k", "reach", "causal", "query", "evenness")
    controls = (Control("evenness", "slider", -1, 1, 0.05),)
    readouts = ("moved", "spread", "entropy", "same", "ratio", "condition")

    tokens = Kept(traitlets.Unicode()).tag(sync=True)
    q = Numbers(None, None).tag(sync=True)
    k = Numbers(None, None).tag(sync=True)
    reach = Numbers(None).tag(sync=True)
    causal = traitlets.Bool(True).tag(sync=True)
    query = Place("tokens").tag(sync=True)
    evenness = Finite(0.0, min=-1.0, max=1.0).tag(sync=True)

    def __init__(
        self,
        q: Float[np.ndarray, "L d"] | None = None,
        k: Float[np.ndarray, "L d"] | None = None,
        tokens: Sequence[str] = EXAMPLE_TOKENS,
        *,
        causal: bool = True,
        paired: bool = False,
        query: int | None = None,
        evenness: float = 0.0,
    ) -> None:
        check_together(q=q, k=k)
        if q is None or k is None:
            rng = np.random.default_rng(8)
            q, k = rng.normal(size=(2, len(tokens), 8)) * np.geomspace(0.5, 2.5, 8)
        q = finite("q", q, (len(tokens), None))
        k = finite("k", k, q.shape)
        axes, reach = key_axes(k, paired=paired)
        super().__init__(
            tokens=token_labels(tokens),
            q=(q @ axes).round(6).tolist(),
            k=(k @ axes).round(6).tolist(),
            reach=reach.tolist(),
            causal=causal,
            query=len(tokens) - 1 if query is None else query,
            evenness=evenness,
        )

    @property
    def numbers(self) -> dict[str, Any]:
        """The row of the query in this basis, and what moved over the whole head."""
        q, k, reach = np.array(self.q), np.array(self.k), np.array(self.reach)
        stretch = np.exp(self.evenness * reach)
        vectors = q * stretch, k / stretch
        scores, cosines = dot_scores(*vectors), cosine_scores(*vectors)
        weights, stored = (
            attend(each, k, causal=self.causal).weights for each in (scores, dot_scores(q, k))
        )
        seen = np.tri(len(k), dtype=bool) if self.causal else np.full((len(k), len(k)), True)
        firsts = [first_of(np.where(seen, each, -np.inf)) for each in (scores, cosines)]
        same = np.equal(*firsts)[seen.sum(axis=-1) > 1]  # a row of one key ranks nothing
        sees = seen[self.query]
        row, shares, angles = (each[self.query, sees] for each in (scores, weights, cosines))
        lengths = np.linalg.norm(vectors[1][sees], axis=-1)
        return plain(
            {
                "moved": np.abs(weights - stored).max(),
                "spread": row.std(),
                "entropy": Ensemble(-row, 1.0).entropy,
                "same": same.mean() if same.size else None,
                "ratio": lengths.max() / lengths.min() if lengths.min() > 0 else None,
                "condition": np.exp(abs(self.evenness) * np.ptp(reach)),
                "asking": self.tokens[self.query],
                "by_dot": self.tokens[first_of(shares)],
                "share": shares.max(),
                "by_cosine": self.tokens[first_of(angles)],
                "cosine": angles.max(),
                "weights": shares,
                "cosines": angles,
                "lengths": lengths,
            }
        )

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield each control's ends, then the first and the last row, and a head without a mask."""
        yield from super().extremes()
        yield from (("query", row) for row in (0, len(EXAMPLE_TOKENS) - 1))
        yield "causal", False
