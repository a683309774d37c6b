"""A sweep over α: the accuracy of every run, differences with a margin, and whether F moved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import check_together
from gedig_edu.shapes import Float, Int
from gedig_edu.theory.repeats import Difference, critical, difference
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Kept, Numbers, Place, finite

LOGGED_ARMS = ("F\n0", "F\n0.001", "F\n0.01", "F\n0.1", "F\n1")
LOGGED_RIGHT = ((432, 427, 431), (433, 429, 433), (433, 428, 433), (425, 429, 435), (387, 406, 391))
LOGGED_F = (
    (-0.44785, -0.45181, -0.44339),
    (-0.44589, -0.45125, -0.44841),
    (-0.45217, -0.45585, -0.45350),
    (-0.50178, -0.49636, -0.49081),
    (-0.61981, -0.59927, -0.61652),
)
"""The log behind the gauge paper's Table 3, seeds 42, 123 and 456: right of 500, and final F."""


LEAST = 0.001  # a smaller move of F is called none


class AlphaSweep(Hero):
    """Choose an arm of a sweep: what its difference from α = 0 says, and whether F moved.

    Parameters
    ----------
    labels : sequence of str, optional
        What each arm adds to the loss, α = 0 first, and after a line break its α; the log behind
        the gauge paper's Table 3 by default.
    accuracy, F : array [arms, runs], optional
        Of every run, in % and dimensionless; runs in one column share their seed.
    by_sentences : array [arms, 2], optional
        By how much, squared and added, other sentences widen half of the 95 % and of the 90 %
        interval of an arm's difference, in points; 0 by default.
    changed : int array [arms], optional
        How many predictions of all pairs differ from those of α = 0; −1, the default, where that
        is not known.
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
    given = ("labels", "accuracy", "F", "by_sentences", "changed", "joined", "critical")
    state = (*given, "arm", "margin", "broken")
    controls = (
        Control("arm", "whole", 0, len(LOGGED_ARMS) - 1, under="accuracy", says="label"),
        Control("margin", "slider", 0.1, 2, 0.05, under="gains"),
        Control("broken", "toggle", under="gains"),
    )
    readouts = ("mean", "gain:signed", "low:signed", "high:signed", "moved:signed")

    labels = Kept(traitlets.Unicode()).tag(sync=True)
    accuracy = Numbers(None, None, least=2).tag(sync=True)
    F = Numbers(None, None, least=2).tag(sync=True)
    by_sentences = Numbers(None, 2).tag(sync=True)
    changed = Numbers(None).tag(sync=True)
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
        by_sentences: Float[np.ndarray, "arms 2"] | None = None,
        changed: Int[np.ndarray, " arms"] | None = None,
        joined: int | None = None,
        **traits: Any,
    ) -> None:
        check_together(labels=labels, accuracy=accuracy, F=F)
        if labels is None or accuracy is None or F is None:
            labels, accuracy, F = LOGGED_ARMS, np.array(LOGGED_RIGHT) / 5, np.array(LOGGED_F)
        accuracy = finite("accuracy", accuracy, (len(labels), None), least=2)
        F = finite("F", F, accuracy.shape)
        arms, runs = accuracy.shape
        by_sentences = np.zeros((arms, 2)) if by_sentences is None else by_sentences
        changed = np.full(arms, -1) if changed is None else changed
        super().__init__(
            labels=list(labels),
            accuracy=accuracy,
            F=F,
            by_sentences=finite("by_sentences", by_sentences, (arms, 2)),
            changed=finite("changed", changed, (arms,)),
            joined=len(labels) - 1 if joined is None else joined,
            critical=[critical(runs - 1), critical(2 * runs - 2)],
            **{"arm": 1} | traits,
        )

    @property
    def numbers(self) -> dict[str, Any]:
        """What the chosen arm says, and differences and intervals of all."""
        gains = [self._gain(arm) for arm in range(len(self.accuracy))]
        moves = [difference(one, self.F[0], paired=not self.broken) for one in self.F]
        gain, moved = gains[self.arm], moves[self.arm]
        return plain(
            {
                "label": self.labels[self.arm].replace("\n", ", α = "),
                "mean": np.mean(self.accuracy[self.arm]),
                "gain": gain.mean,
                "low": gain.mean - gain.half,
                "high": gain.mean + gain.half,
                "moved": moved.mean,
                "moved_half": moved.half,
                "decision": self._decision(),
                "direction": _direction(moved),
                "runs": len(self.accuracy[0]),
                "gains": [one.mean for one in gains],
                "halves": [one.half for one in gains],
                "halves_90": [one.half_90 for one in gains],
                "moves": [one.mean for one in moves],
                "move_halves": [one.half for one in moves],
            }
        )

    def _gain(self, arm: int) -> Difference:
        """Return the difference of an arm from α = 0, for other seeds and other sentences."""
        found = difference(self.accuracy[arm], self.accuracy[0], paired=not self.broken)
        far, near = self.by_sentences[arm]
        return Difference(found.mean, math.hypot(found.half, far), math.hypot(found.half_90, near))

    def _decision(self) -> str:
        """Return what the difference of the arm says: the id of a word."""
        if self.arm == 0:
            return "itself"
        if self.changed[self.arm] == 0 and not self.broken:
            return "unchanged"
        found = self._gain(self.arm)
        equal = found.equal_within(self.margin)
        if found.differs:
            return "equal_apart" if equal else "gain" if found.mean > 0 else "loss"
        return "equal" if equal else "open"


def _direction(moved: Difference) -> str:
    """Return where F went: the id of a word."""
    if abs(moved.mean) + moved.half < LEAST:
        return "barely"
    if not moved.differs:
        return "none"
    return "up" if moved.mean > 0 else "down"
