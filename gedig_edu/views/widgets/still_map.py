"""A map in which tokens barely look at each other, and the F of every head of a real model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import traitlets

from gedig_edu.shapes import Float
from gedig_edu.theory.gauge import Gauge
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Numbers, Whole, finite
from gedig_edu.words.numbers import SMALLEST

EXAMPLE_HEADS = ((-0.98, -1.02, -0.91), (-0.74, -0.83, -0.69))
SHARES = range(101)  # per cent


class StillMap(Hero):
    """Choose how much of its attention each token keeps for itself, and hold F against heads.

    The rest is spread evenly over all that a token may see. F is the paper's.

    Parameters
    ----------
    heads : array [layers, heads], optional
        F of the heads of a causal model on a text, by the paper's formula; where not given, six
        heads made up.
    length : int
        Tokens of that text, 2 to 64.
    text : str
        The text, where it is to be named.
    **traits
        `own`, the share that each token keeps, in per cent.

    Raises
    ------
    GedigError
        If the heads are no table of finite numbers, or the length is out of range.

    Examples
    --------
    >>> StillMap(own=98).numbers["beaten"], StillMap(own=0).numbers["beaten"]
    (6, 0)
    """

    script = "still_map.js"
    state = ("heads", "length", "text", "own")
    given = ("heads", "text")
    controls = (Control("own", "whole", SHARES[0], SHARES[-1], under="line"),)
    readouts = ("F", "density", "entropy", "path_gain", "beaten:whole")

    heads = Numbers(None, None).tag(sync=True)
    length = Whole(22, min=2, max=64).tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    own = Whole(98, min=SHARES[0], max=SHARES[-1]).tag(sync=True)

    def __init__(
        self,
        heads: Float[np.ndarray, "layers heads"] | Sequence[Sequence[float]] = EXAMPLE_HEADS,
        length: int = 22,
        text: str = "",
        **traits: Any,
    ) -> None:
        found = finite("heads", heads, (None, None))
        super().__init__(heads=found.tolist(), length=length, text=text, **traits)

    @property
    def numbers(self) -> dict[str, Any]:
        """F of the map and its terms, its links, the heads below it, and F at every share."""
        maps = np.stack([still_map(self.length, own / 100) for own in SHARES])  # [shares, L, L]
        read = Gauge.paper().read(maps, causal=True)
        linked = np.tril(maps[self.own], -1) > read.threshold[self.own]  # [L, L]
        heads = np.array(self.heads)
        layer, head = np.unravel_index(heads.argmax(), heads.shape)
        terms = ("F", "density", "entropy", "path_gain")
        return plain(
            {name: getattr(read, name)[self.own] for name in terms}
            | {
                "links": int(linked.sum()),
                "beaten": int((read.F[self.own] - heads > SMALLEST).sum()),
                "count": heads.size,
                "best": heads.max(),
                "best_layer": layer,
                "best_head": head,
                "curve": read.F,
            }
        )

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield the ends of the control, shares beside them, then a short and a long text."""
        yield from super().extremes()
        yield from (("own", own) for own in (1, 9, 50, 99))
        yield from (("length", length) for length in (2, 64, 13))


def still_map(length: int, share: float) -> Float[np.ndarray, "L L"]:
    """Return a causal map in which each token keeps a share for itself and spreads the rest evenly.

    Examples
    --------
    >>> still_map(2, 0.5).tolist()
    [[1.0, 0.0], [0.25, 0.75]]
    """
    rest = (1 - share) / np.arange(1, length + 1)[:, None]  # [L, 1]
    return np.tril(np.broadcast_to(rest, (length, length))) + share * np.eye(length)
