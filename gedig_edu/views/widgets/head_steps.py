"""One head opened step by step: scores, the mask, shares that sum to 1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import traitlets

from gedig_edu.shapes import Float
from gedig_edu.theory.attention import attend
from gedig_edu.views.labels import token_labels
from gedig_edu.views.widgets.hero import Control, Hero, first_of, plain
from gedig_edu.views.widgets.traits import Kept, Numbers, Place, Whole, finite

STEPS = ("scores", "mask", "shares")
EXAMPLE_TOKENS = ("The", " old", " clock", " struck", " one")
DIGITS = 6


class HeadSteps(Hero):
    """Walk through the attention of a real head: q·k/√d, then the mask, then the softmax.

    The traits `tokens`, `scores` (q·k/√d of every head, [layers][heads][L][L]), `causal`,
    `layer`, `head`, `query` and `step` (1 to 3) are the only state. Where a model sees both
    ways, the second step takes nothing out.

    Parameters
    ----------
    tokens : sequence of str, optional
        With `scores` left out, an example of five tokens in two layers of three heads.
    scores : array [layers, heads, L, L], optional
        Scores of every query (row) with every key (column); kept to six digits.
    causal : bool
        Whether a token sees only itself and what came before.
    layer, head, query, step : int
        Where to begin; `query` is the last token where not given.

    Raises
    ------
    GedigError
        If scores and tokens do not belong together, or a head or token is chosen that is not
        there.

    Examples
    --------
    >>> head = HeadSteps(("a", " b"), np.zeros((1, 1, 2, 2)), step=3)
    >>> head.numbers["row"]
    [0.5, 0.5]
    """

    script = "head_steps.js"
    state = ("tokens", "scores", "causal", "layer", "head", "query", "step")
    controls = (
        Control("step", "whole", 1, len(STEPS), under="steps"),
        Control("layer", "whole", 0, 1, under="matrix"),
        Control("head", "whole", 0, 2, under="matrix"),
        Control("query", "whole", 0, len(EXAMPLE_TOKENS) - 1, under="matrix"),
    )
    readouts = ("sum", "self", "previous", "first")

    tokens = Kept(traitlets.Unicode()).tag(sync=True)
    scores = Numbers(None, None, None, None).tag(sync=True)
    causal = traitlets.Bool(True).tag(sync=True)
    layer = Place("scores", kind="layer").tag(sync=True)
    head = Place("scores", axis=1, kind="head").tag(sync=True)
    query = Place("tokens").tag(sync=True)
    step = Whole(1, min=1, max=len(STEPS)).tag(sync=True)

    def __init__(
        self,
        tokens: Sequence[str] = EXAMPLE_TOKENS,
        scores: Float[np.ndarray, "layers heads L L"] | None = None,
        *,
        causal: bool = True,
        layer: int = 0,
        head: int = 0,
        query: int | None = None,
        step: int = 1,
    ) -> None:
        example = _example(len(tokens)) if scores is None else scores
        given = finite("scores", example, (None, None, len(tokens), len(tokens)))
        super().__init__(
            tokens=token_labels(tokens),
            scores=_rounded(given).tolist(),
            causal=causal,
            layer=layer,
            head=head,
            query=len(tokens) - 1 if query is None else query,
            step=step,
        )

    @property
    def numbers(self) -> dict[str, Any]:
        """What the map shows at this step, the chosen row, and where its shares go.

        A cell behind the mask is None. The four readouts are those of the shares, at any step.
        """
        scores = np.array(self.scores[self.layer][self.head])
        shares = attend(scores, scores, causal=self.causal).weights
        cells = (scores if self.step < len(STEPS) else shares).astype(object)
        if self.step > 1 and self.causal:
            cells[np.triu_indices_from(cells, 1)] = None
        row = shares[self.query]
        best = first_of(row)
        return plain(
            {
                "sum": row.sum(),
                "self": row[self.query],
                "previous": row[self.query - 1] if self.query else None,
                "first": row[0],
                "asking": self.tokens[self.query],
                "best": self.tokens[best],
                "share": row[best],
                "score": scores[self.query, best],
                "row": cells[self.query],
                "cells": cells.ravel(),
            }
        )

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield each control's ends, then a model that sees both ways."""
        yield from super().extremes()
        yield "causal", False


def _rounded(values: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """Return values with six significant digits of the largest, which keeps the page small."""
    largest = float(np.abs(values).max(initial=1e-9))
    return values.round(DIGITS - 1 - int(np.floor(np.log10(largest))))


def _example(length: int) -> Float[np.ndarray, "2 3 L L"]:
    return 2 * np.random.default_rng(7).normal(size=(2, 3, length, length))
