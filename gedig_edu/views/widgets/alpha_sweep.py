"""A sweep over α: the accuracy of every run, differences with a margin, and whether F moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import check_together
from gedig_edu.shapes import Float
from gedig_edu.theory.repeats import critical, difference
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Kept, Numbers, Place, finite

LOGGED_ALPHAS = ("0", "0.001", "0.01", "0.1", "1")
LOGGED_RIGHT = ((432, 427, 431), (433, 429, 433), (433, 428, 433), (425, 429, 435), (387, 406, 391))
LOGGED_F = (
    (-0.44785, -0.45181, -0.44339),
    (-0.44589, -0.45125, -0.44841),
    (-0.45217, -0.45585, -0.45350),
    (-0.50178, -0.49636, -0.49081),
    (-0.61981, -0.59927, -0.61652),
)
"""The log behind the gauge paper's Table 3, seeds 42, 123 and 456: right of 500, and final F."""


class AlphaSweep(Hero):
    """Choose an arm of a sweep: what its difference from α = 0 says, and whether F moved.

    Parameters
    ----------
    labels : sequence of str, optional
        What each arm is called, α = 0 first; the log behind the gauge paper's Table 3 by default.
    accuracy, F : array [arms, runs], optional
        Of every run, in % and dimensionless; runs in one column share their seed.
    joined : int, optional
        The last arm of the row of α; those after it are controls.
    **traits
        `arm`, which is looked at; `margin` in points, below which two arms are called equal;
        `broken`, whether the pairs are given up.

    Raises
    ------
    GedigError
        If one is given without the others, the shapes do not fit together, or there are fewer
        than two arms or two runs.

    Examples
    --------
    >>> sweep = AlphaSweep(arm=1)
    >>> sweep.numbers["gain"].__round__(2), sweep.numbers["decision"]
    (0.33, 'equal_apart')
    """

    _css = styles("kit/frame.css", "alpha_sweep.css")
    script = "alpha_sweep.js"
    state = ("labels", "accuracy", "F", "joined", "critical", "arm", "margin", "broken")
    given = ("labels", "accuracy", "F", "joined", "critical")
    controls = (
        Control("arm", "whole", 0, len(LOGGED_ALPHAS) - 1, under="accuracy"),
        Control("margin", "slider", 0.1, 2, 0.05, under="gains"),
        Control("broken", "toggle", under="gains"),
    )
    readouts = ("mean", "gain:signed", "low:signed", "high:signed", "moved:fixed")

    labels = Kept(traitlets.Unicode()).tag(sync=True)
    accuracy = Numbers(None, None, least=2).tag(sync=True)
    F = Numbers(None, None, least=2).tag(sync=True)
    joined = Place("labels", kind="arm").tag(sync=True)
    critical = Numbers(2, 2).tag(sync=True)
    arm = Place("labels", kind="arm").tag(sync=True)
    margin = Finite(1.0, min=0.1, max=2.0).tag(sync=True)
    broken = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        labels: Sequence[str] | None = None,
        accuracy: Float[np.ndarray, "arms runs"] | None = None,
        F: Float[np.ndarray, "arms runs"] | None = None,
        *,
        joined: int | None = None,
        **traits: Any,
    ) -> None:
        check_together(labels=labels, accuracy=accuracy, F=F)
        if labels is None or accuracy is None or F is None:
            labels, accuracy, F = LOGGED_ALPHAS, np.array(LOGGED_RIGHT) / 5, np.array(LOGGED_F)
        accuracy = finite("accuracy", accuracy, (len(labels), None), least=2)
        F = finite("F", F, accuracy.shape)
        runs = accuracy.shape[1]
        super().__init__(
            labels=list(labels),
            accuracy=accuracy,
            F=F,
            joined=len(labels) - 1 if joined is None else joined,
            critical=[critical(runs - 1), critical(2 * runs - 2)],
            **{"arm": 1} | traits,
        )

    @property
    def numbers(self) -> dict[str, Any]:
        """What the chosen arm says, and differences and intervals of all."""
        gains = [difference(one, self.accuracy[0], paired=not self.broken) for one in self.accuracy]
        moves = [difference(one, self.F[0], paired=not self.broken) for one in self.F]
        gain, moved = gains[self.arm], moves[self.arm]
        return plain(
            {
                "label": self.labels[self.arm],
                "mean": np.mean(self.accuracy[self.arm]),
                "gain": gain.mean,
                "low": gain.mean - gain.half,
                "high": gain.mean + gain.half,
                "moved": moved.mean,
                "moved_half": moved.half,
                "decision": self._decision(),
                "direction": "none" if not moved.differs else "up" if moved.mean > 0 else "down",
                "runs": len(self.accuracy[0]),
                "gains": [one.mean for one in gains],
                "halves": [one.half for one in gains],
                "halves_90": [one.half_90 for one in gains],
                "moves": [one.mean for one in moves],
                "move_halves": [one.half for one in moves],
            }
        )

    def _decision(self) -> str:
        """Return what the difference of the arm says: the id of a word."""
        if self.arm == 0:
            return "itself"
        found = difference(self.accuracy[self.arm], self.accuracy[0], paired=not self.broken)
        equal = found.equal_within(self.margin)
        if found.differs:
            return "equal_apart" if equal else "gain" if found.mean > 0 else "loss"
        return "equal" if equal else "open"
