"""A table of sums that fills: what a small model learns by heart, and what it was never told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import GedigError, check_together
from gedig_edu.shapes import Bool, Int
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Numbers, Place, Whole, finite

FIRST, LAST, TIMES = 10, 2000, 100  # steps of training, and how many times are shown
EXAMPLE = 7  # the modulus of the made-up run


class SumsSquare(Hero):
    """Play a training and watch which sums a + b are right; choose one to see since when.

    Parameters
    ----------
    told : bool array [p, p], optional
        Which sums are learned from, a down and b across; a made-up run where nothing is given.
    since : int array [p, p], optional
        The step from which on a sum is right; −1 where it never is.
    **traits
        `time`, 0 to 100, of steps 10 to 2,000 on a scale of ratios; `mirrors`, whether sums whose
        mirror b + a is told are told apart; `a` and `b`, the sum chosen.

    Raises
    ------
    GedigError
        If one is given without the other, or they are not square and of one shape.

    Examples
    --------
    >>> shown = SumsSquare(time=100, a=5, b=4).numbers
    >>> shown["answer"], shown["told"], shown["held"]
    (2, 1.0, 1.0)
    """

    _css = styles("kit/frame.css", "sums_square.css")
    script = "sums_square.js"
    given = ("known", "since")
    state = (*given, "time", "mirrors", "a", "b")
    controls = (
        Control("time", "whole", 0, TIMES, under="shares", says="step"),
        Control("mirrors", "toggle", under="shares"),
        Control("a", "whole", 0, EXAMPLE - 1, under="sum"),
        Control("b", "whole", 0, EXAMPLE - 1, under="sum"),
    )
    readouts = ("step:whole", "told:percent", "held:percent", "mirrored:percent", "others:percent")

    known = Numbers(None, None, limit=1, least=2).tag(sync=True)
    since = Numbers(None, None, least=2).tag(sync=True)
    time = Whole(25, min=0, max=TIMES).tag(sync=True)
    mirrors = traitlets.Bool(default_value=False).tag(sync=True)
    a = Place("since", kind="number").tag(sync=True)
    b = Place("since", kind="number").tag(sync=True)

    def __init__(
        self,
        told: Bool[np.ndarray, "p p"] | Sequence[Sequence[bool]] | None = None,
        since: Int[np.ndarray, "p p"] | Sequence[Sequence[int]] | None = None,
        **traits: Any,
    ) -> None:
        check_together(told=told, since=since)
        if told is None or since is None:
            told, since = _made_up()
        steps = finite("since", since, (None, None), least=2)
        known = finite("told", np.asarray(told).astype(float), steps.shape)
        if len(steps) != len(steps[0]):
            raise GedigError(f"since has shape {steps.shape}; give as many columns as rows.")
        if known.all() or not known.any():
            raise GedigError("All sums or none are learned from; tell some of them.")
        middle = len(steps) // 2
        super().__init__(**{"known": known, "since": steps, "a": middle, "b": middle} | traits)

    @property
    def numbers(self) -> dict[str, Any]:
        """The step, the shares that are right of both kinds at every time, and the sum chosen."""
        known, since = np.array(self.known) > 0, np.array(self.since)
        steps = [_step(time) for time in range(TIMES + 1)]
        right = [(since >= 0) & (since <= step) for step in steps]
        kinds = {
            "told": known,
            "held": ~known,
            "mirrored": ~known & known.T,
            "others": ~known & ~known.T,
        }
        shares = {name: [_mean(one[kind]) for one in right] for name, kind in kinds.items()}
        seen = ("told", "held", *(("mirrored", "others") if self.mirrors else ()))
        at = since[self.a, self.b]
        return plain(
            {
                "step": steps[self.time],
                **{name: shares[name][self.time] if name in seen else None for name in kinds},
                **{f"{name}_shares": shares[name] for name in seen},
                "p": len(since),
                "answer": (self.a + self.b) % len(since),
                "from": None if at < 0 else at,
                "kind": "known" if known[self.a, self.b] else "unknown",
                "message": "sentence_never" if at < 0 else "sentence",
            }
        )


def _mean(right: Bool[np.ndarray, " sums"]) -> float | None:
    return float(right.mean()) if right.size else None


def _step(time: int) -> int:
    return round(FIRST * (LAST / FIRST) ** (time / TIMES))


def _made_up() -> tuple[np.ndarray, np.ndarray]:
    """Return a run in which half is learned by step 60, and the rest between 400 and 1,300."""
    a, b = np.indices((EXAMPLE, EXAMPLE))
    told = (2 * a + b + a * b // 2) % 2 == 0
    order = (11 * a + 4 * b) % 10
    return told, np.where(told, 20 + 4 * order, 400 + 100 * order)
