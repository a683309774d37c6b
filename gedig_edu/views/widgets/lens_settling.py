"""What a decoder would say after each layer, and depth that stops where that has settled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import GedigError
from gedig_edu.shapes import Float, Int
from gedig_edu.views.labels import token_labels
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Kept, Numbers, Place

LEAST, MOST, DECADES = 0.003, 300.0, 5  # of ε, nats
LEVELS = tuple(LEAST * 10 ** (at / 20) for at in range(20 * DECADES + 1))
TOKENS = ("the", " boat", " came", " home", " late", ".")
SAYS = (
    ("the", " boat", " came", " home", " late"),
    (" a", " and", " to", ",", "."),
    (" a", " was", " to", ",", "."),
    (" sea", " was", " home", ",", "."),
)
CHANGE = ((9.0, 6.0, 7.0, 8.0, 5.0), (0.8, 0.4, 0.1, 0.02, 0.03), (1.5, 0.02, 0.9, 0.01, 0.7))
LEFT = (
    (9.5, 6.5, 8.0, 8.1, 6.0),
    (1.9, 0.5, 1.0, 0.03, 0.8),
    (1.3, 0.02, 0.9, 0.01, 0.7),
    (0.0,) * 5,
)
LOSS = (
    (12.0, 11.0, 10.0, 9.0, 8.0),
    (6.0, 5.0, 4.0, 3.0, 1.0),
    (5.0, 3.0, 3.5, 3.1, 0.9),
    (3.5, 2.9, 1.0, 3.0, 0.3),
)


class LensSettling(Hero):
    """Drag ε, and see after which layer each token stops, what it says there, and the cost.

    A token stops after the first layer that changes what is said by less than ε; one that never
    does runs through all.

    Parameters
    ----------
    tokens : sequence of n + 1 str, optional
        Of the last one only that it follows is used. Made-up numbers where nothing is given.
    says : [layers + 1, n] str, optional
        The likeliest next token before any layer and after each.
    change : array [layers, n], optional
        How far each layer changes what is said, nats.
    left : array [layers + 1, n], optional
        How far what is said is from what will be said in the end, nats.
    loss : array [layers + 1, n], optional
        −log of the probability of the token that does follow.
    **traits
        `epsilon`, 0.003 to 300 nats; `token`, the one whose layers are shown, from 0.

    Raises
    ------
    GedigError
        If the tables do not belong to one text.

    Examples
    --------
    >>> lens = LensSettling(epsilon=0.3, token=2)
    >>> lens.numbers["depths"], lens.numbers["said"], lens.numbers["said_at_last"]
    ([3, 3, 2, 2, 2], '␣to', '␣home')
    """

    _css = styles("kit/frame.css", "lens_settling.css")
    script = "lens_settling.js"
    state = ("tokens", "says", "change", "left", "loss", "epsilon", "token")
    given = ("tokens", "says", "change", "left", "loss")
    controls = (
        Control("epsilon", "log", LEAST, MOST, 0.05, under="map"),
        Control("token", "whole", 0, len(CHANGE[0]) - 1, under="map"),
    )
    readouts = ("depth", "stopped", "random", "fixed", "whole")

    tokens = Kept(traitlets.Unicode()).tag(sync=True)
    says = Kept(traitlets.List(traitlets.Unicode())).tag(sync=True)
    change = Numbers(None, None).tag(sync=True)
    left = Numbers(None, None).tag(sync=True)
    loss = Numbers(None, None).tag(sync=True)
    epsilon = Finite(0.3, min=LEAST, max=MOST).tag(sync=True)
    token = Place(of="change", axis=1).tag(sync=True)

    def __init__(
        self,
        tokens: Sequence[str] = TOKENS,
        says: Sequence[Sequence[str]] = SAYS,
        change: Float[np.ndarray, "layers n"] | Sequence[Sequence[float]] = CHANGE,
        left: Float[np.ndarray, "states n"] | Sequence[Sequence[float]] = LEFT,
        loss: Float[np.ndarray, "states n"] | Sequence[Sequence[float]] = LOSS,
        **traits: Any,
    ) -> None:
        layers, n = np.shape(change)
        states = (layers + 1, n)
        shapes = (
            (len(says), len(says[0])),
            np.shape(left),
            np.shape(loss),
            (layers + 1, len(tokens) - 1),
        )
        if set(shapes) != {states}:
            raise GedigError(
                f"A change of {layers} layers and {n} tokens came with {len(tokens)} tokens, says "
                f"{shapes[0]}, left {shapes[1]}, loss {shapes[2]}; give {n + 1} tokens and tables "
                f"of {states}."
            )
        super().__init__(
            tokens=token_labels(tokens),
            says=[token_labels(row) for row in says],
            change=change,
            left=left,
            loss=loss,
            **traits,
        )

    @property
    def numbers(self) -> dict[str, Any]:
        """Where tokens stop, what they say there, and the loss beside that of other depths."""
        loss, depths = np.array(self.loss), self._depths(self.epsilon)
        each = loss.mean(axis=1)
        levels = [self._depths(level) for level in LEVELS]
        here = int(depths[self.token])
        return plain(
            {
                "depths": depths,
                "depth": depths.mean(),
                "stopped": _stopped(loss, depths),
                "random": each[depths].mean(),
                "fixed": np.interp(depths.mean(), np.arange(len(each)), each),
                "whole": each[-1],
                "curve_depth": np.array([one.mean() for one in levels]),
                "curve_stopped": np.array([_stopped(loss, one) for one in levels]),
                "curve_random": np.array([each[one].mean() for one in levels]),
                "by_layer": each,
                "layers": len(each) - 1,
                "stops": here,
                "name": self.tokens[self.token],
                "said": self.says[here][self.token],
                "said_at_last": self.says[-1][self.token],
                "follows": self.tokens[self.token + 1],
                "still_to_come": self.left[here][self.token],
            }
        )

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield the ends of every control, and levels between for a token here and there."""
        yield from super().extremes()
        for token in (0, 2):
            yield "token", token
            for epsilon in (0.015, 0.5, 8.5):
                yield "epsilon", epsilon

    def _depths(self, epsilon: float) -> Int[np.ndarray, " n"]:
        below = np.array(self.change) < epsilon
        return np.where(below.any(axis=0), below.argmax(axis=0), len(below) - 1) + 1


def _stopped(loss: Float[np.ndarray, "states n"], depths: Int[np.ndarray, " n"]) -> float:
    return float(np.take_along_axis(loss, depths[None], axis=0).mean())
