"""What a model expects next, at every position of a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import traitlets
from scipy.special import log_softmax

from gedig_edu.errors import GedigError
from gedig_edu.shapes import Float
from gedig_edu.views.labels import token_labels
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Kept, Numbers, Place, finite

SHOWN = 8
EXAMPLE_TOKENS = ("the", " old", " clock", " was", " late", " again", " today", ".", " but")
EXAMPLE_IDS = (0, 1, 2, 0, 1)


class NextToken(Hero):
    """Move along a text and watch the likeliest next tokens, and the one that does follow.

    The traits `tokens`, `likely` (labels, eight for each position), `shares` (their
    probabilities), `said` (log-probability of the token that follows; one less than tokens),
    `rank` (its rank, from 1) and `position` are the only state.

    Parameters
    ----------
    ids : sequence of int, length L, optional
        Token numbers of the text; with `logits` left out, an example of five tokens.
    logits : array [L, vocabulary], optional
        Row i scores token i + 1.
    decode : callable, optional
        Turns token numbers into text, as a tokenizer's ``decode`` does.
    position : int
        Where to begin.

    Raises
    ------
    GedigError
        If ids and logits do not belong together, a logit is not finite, or the position is not
        in the text.

    Examples
    --------
    >>> reader = NextToken((0, 1), np.log([[1.0, 3.0], [1.0, 1.0]]), decode=lambda n: "ab"[n[0]])
    >>> round(reader.numbers["said"], 6)
    0.75
    """

    script = "next_token.js"
    state = ("tokens", "likely", "shares", "said", "rank", "position")
    controls = (Control("position", "whole", 0, len(EXAMPLE_IDS) - 1),)
    readouts = ("said", "surprise", "rank:whole")

    tokens = Kept(traitlets.Unicode()).tag(sync=True)
    likely = Kept(traitlets.List(traitlets.Unicode())).tag(sync=True)
    shares = Numbers(None, None, limit=1).tag(sync=True)
    said = Numbers(None, least=0).tag(sync=True)
    rank = Numbers(None, least=0).tag(sync=True)
    position = Place("tokens").tag(sync=True)

    def __init__(
        self,
        ids: Sequence[int] = EXAMPLE_IDS,
        logits: Float[np.ndarray, "L vocabulary"] | None = None,
        *,
        decode: Callable[[Sequence[int]], str] | None = None,
        position: int = 0,
    ) -> None:
        if logits is None:
            logits = np.random.default_rng(3).normal(size=(len(ids), len(EXAMPLE_TOKENS)))
        logits = finite("logits", logits, (None, None))
        if len(ids) != len(logits):
            raise GedigError(
                f"{len(ids)} tokens came with {len(logits)} rows of logits; give one row per token."
            )
        strange = [number for number in ids if number not in range(logits.shape[-1])]
        if strange:
            raise GedigError(
                f"ids hold {strange[0]!r}; give columns of the logits, whole numbers from 0 to "
                f"{logits.shape[-1] - 1}."
            )
        write = decode or (lambda numbers: EXAMPLE_TOKENS[numbers[0]])
        logs = log_softmax(logits, axis=-1)  # [L, vocabulary]
        best = np.argsort(-logs, axis=-1, kind="stable")[:, :SHOWN]
        follows = np.asarray(ids[1:], dtype=int)
        said = logs[np.arange(len(follows)), follows]
        super().__init__(
            tokens=token_labels([write([int(number)]) for number in ids]),
            likely=[token_labels([write([int(number)]) for number in row]) for row in best],
            shares=np.exp(np.take_along_axis(logs, best, axis=-1)).tolist(),
            said=said.tolist(),
            rank=(1 + (logs[:-1] > said[:, None]).sum(axis=-1)).tolist(),
            position=position,
        )

    @property
    def numbers(self) -> dict[str, Any]:
        """Probability, surprise and rank of the token that follows; the likeliest shares."""
        here, at_end = self.position, self.position + 1 == len(self.tokens)
        return plain(
            {
                "said": None if at_end else np.exp(self.said[here]),
                "surprise": None if at_end else -self.said[here],
                "rank": None if at_end else int(self.rank[here]),
                "token": self.tokens[here],
                "best": self.likely[here][0],
                "share": self.shares[here][0],
                "follows": None if at_end else self.tokens[here + 1],
                "shares": self.shares[here],
                "message": "sentence_at_end" if at_end else "sentence",
            }
        )
