"""One real row of attention, and one of its keys grown: what each score does about it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import GedigError, check_together
from gedig_edu.shapes import Float
from gedig_edu.theory.attention import attend, cosine_scores, dot_scores
from gedig_edu.views.labels import token_labels
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Kept, Numbers, Place, finite

EXAMPLE_TOKENS = ("The", " key", " that", " shouts", " is", " heard")


class KeyGrowth(Hero):
    """Grow one key of a real query and see its weight under q·k/√d, cosine and nGPT's score.

    The traits `tokens`, `dot` (q·k/√d of each key), `cosine`, `width` (√d), `chosen`, `growth`
    and `temperature` are the only state.

    Parameters
    ----------
    q : array [d], optional
        One query; with `keys` left out, an example of six keys with d = 16.
    keys : array [n, d], optional
        The keys that it may see.
    tokens : sequence of str, optional
        What the keys belong to.
    chosen : int, optional
        The key that grows; the one of the largest weight where not given.
    growth : float
        Its length over its own, 0.1 to 10.

    Raises
    ------
    GedigError
        If one of q and keys is given alone, the shapes or the number of tokens do not fit together,
        or a number is not finite.

    Examples
    --------
    >>> keys = np.array([[1.0, 0.0], [-1.0, 0.0]])
    >>> row = KeyGrowth(np.array([1.0, 0.0]), keys, ("a", "b"), growth=10.0)
    >>> round(row.numbers["score"], 6), round(row.numbers["cosine"], 6)
    (7.071068, 1.0)
    """

    script = "key_growth.js"
    state = ("tokens", "dot", "cosine", "width", "chosen", "growth", "temperature")
    controls = (
        Control("growth", "log", 0.1, 10, 0.05),
        Control("temperature", "log", 0.02, 20, 0.05),
    )
    readouts = ("score", "cosine", "before", "dot_weight")

    tokens = Kept(traitlets.Unicode()).tag(sync=True)
    dot = Numbers(None).tag(sync=True)
    cosine = Numbers(None).tag(sync=True)
    width = Finite(min=0.0, max=1e6).tag(sync=True)
    chosen = Place("tokens").tag(sync=True)
    growth = Finite(1.0, min=0.1, max=10.0).tag(sync=True)
    temperature = Finite(1.0, min=0.02, max=20.0).tag(sync=True)

    def __init__(
        self,
        q: Float[np.ndarray, " d"] | None = None,
        keys: Float[np.ndarray, "n d"] | None = None,
        tokens: Sequence[str] = EXAMPLE_TOKENS,
        *,
        chosen: int | None = None,
        growth: float = 1.0,
    ) -> None:
        check_together(q=q, keys=keys)
        if q is None or keys is None:
            rng = np.random.default_rng(4)
            q, keys = 2 * rng.normal(size=16), 2 * rng.normal(size=(len(tokens), 16))
        q = finite("q", q, (None,))
        keys = finite("keys", keys, (None, len(q)))
        if len(keys) != len(tokens):
            raise GedigError(
                f"{len(keys)} keys came with {len(tokens)} tokens; give one token per key."
            )
        dot = dot_scores(q[None], keys)[0]
        super().__init__(
            tokens=token_labels(tokens),
            dot=dot,
            cosine=cosine_scores(q[None], keys)[0],
            width=math.sqrt(keys.shape[-1]),
            chosen=int(dot.argmax()) if chosen is None else chosen,
            growth=growth,
        )

    @property
    def numbers(self) -> dict[str, Any]:
        """Score and cosine of the grown key, its weight before, and all weights after."""
        dot, cosine = np.array(self.dot), np.array(self.cosine)
        grown = np.where(np.arange(len(dot)) == self.chosen, dot * self.growth, dot)
        scores = np.array([dot, grown, cosine / self.temperature, cosine * self.width])
        before, *weights = attend(scores, np.zeros((len(dot), 1))).weights
        kinds = dict(zip(("dot", "cosine", "ngpt"), weights, strict=True))
        return plain(
            {
                "token": self.tokens[self.chosen],
                "score": grown[self.chosen],
                "cosine": cosine[self.chosen],
                "before": before[self.chosen],
                **{f"{kind}_weight": shares[self.chosen] for kind, shares in kinds.items()},
                **{f"{kind}_weights": shares for kind, shares in kinds.items()},
            }
        )

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield each control's ends, then the first and the last key of the example."""
        yield from super().extremes()
        yield from (("chosen", key) for key in (0, len(EXAMPLE_TOKENS) - 1))
