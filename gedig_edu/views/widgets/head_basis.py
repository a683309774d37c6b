"""One head in another basis: weights stand still while cosines and lengths move."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import traitlets
from jaxtyping import Float

from gedig_edu.errors import GedigError, check_together
from gedig_edu.theory.attention import attend, cosine_scores, dot_scores
from gedig_edu.theory.basis import key_axes
from gedig_edu.theory.thermo import Ensemble
from gedig_edu.views.labels import token_labels
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Kept, Numbers, Whole, finite
from gedig_edu.words.numbers import named, percent, three

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
    query = Whole(0).tag(sync=True)
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

    @traitlets.validate("query")
    def _check_query(self, proposal: Any) -> int:
        if proposal["value"] not in range(len(self.tokens)):
            raise GedigError(
                f"query={proposal['value']!r} is no token; choose 0 to {len(self.tokens) - 1}."
            )
        return proposal["value"]

    @property
    def numbers(self) -> dict[str, Any]:
        """The row of the query in this basis, and what moved over the whole head."""
        q, k, reach = np.array(self.q), np.array(self.k), np.array(self.reach)
        stretch = np.exp(self.evenness * reach)
        scores, cosines = (
            dot_scores(q * stretch, k / stretch),
            cosine_scores(q * stretch, k / stretch),
        )
        stored, weights = (
            attend(each, k, causal=self.causal).weights for each in (dot_scores(q, k), scores)
        )
        seen = slice(0, self.query + 1 if self.causal else len(k))
        lengths = np.linalg.norm(k / stretch, axis=-1)[seen]
        row = scores[self.query, seen]
        return plain(
            {
                "moved": np.abs(weights - stored).max(),
                "spread": row.std(),
                "entropy": Ensemble(-row, 1.0).entropy,
                "same": self._same_first(scores, cosines),
                "ratio": lengths.max() / lengths.min() if lengths.min() > 0 else None,
                "condition": math.exp(abs(self.evenness) * np.ptp(reach)),
                "weights": weights[self.query, seen],
                "cosines": cosines[self.query, seen],
                "lengths": lengths,
            }
        )

    def _same_first(
        self, scores: Float[np.ndarray, "L L"], cosines: Float[np.ndarray, "L L"]
    ) -> float | None:
        count = len(scores)
        ends = range(2, count + 1) if self.causal else [count] * count
        rows = zip(scores[count - len(ends) :], cosines[count - len(ends) :], ends, strict=True)
        same = [one[:end].argmax() == other[:end].argmax() for one, other, end in rows]
        return float(np.mean(same)) if count > 1 else None

    @property
    def facts(self) -> dict[str, str]:
        """What fills the placeholders of the sentence."""
        numbers = self.numbers
        by_dot, by_cosine = (int(np.argmax(numbers[name])) for name in ("weights", "cosines"))
        return {
            "evenness": three(self.evenness),
            "query": named(self.tokens[self.query]),
            "by_dot": named(self.tokens[by_dot]),
            "share": percent(numbers["weights"][by_dot]),
            "by_cosine": named(self.tokens[by_cosine]),
            "cosine": three(numbers["cosines"][by_cosine]),
            **{name: three(numbers[name]) for name in ("moved", "same", "ratio", "condition")},
        }

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield each control's ends, then the first and the last row, and a head without a mask."""
        yield from super().extremes()
        yield from (("query", row) for row in (0, len(EXAMPLE_TOKENS) - 1))
        yield "causal", False
