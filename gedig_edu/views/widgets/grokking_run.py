"""Runs of a model that learns sums: right answers, heat capacity and weights over the steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import GedigError
from gedig_edu.shapes import Float
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Kept, Numbers, Place, Tables, finite

FIRST, LAST = 10.0, 6000.0  # steps
CURVES = ("train", "held", "C", "norm")
MARKS = ("memorised", "onset", "last", "peak", "norm_peak")
NEVER = -1.0  # in place of a step that did not come


class GrokkingRun(Hero):
    """Play a run, place its onset and the peak of C by hand, and then see where a rule puts them.

    Parameters
    ----------
    names : sequence of str, optional
        A name for each run; two made-up runs where nothing is given.
    steps : array [readings], optional
        Steps of the readings, from 10 to 6,000, rising.
    curves : mapping of "train", "held", "C" and "norm" to array [runs, readings], optional
        Shares of right answers of the sums to learn and of those held back; heat capacity and
        weight norm.
    marks : mapping to array [runs], optional
        Steps by the rule: "memorised", "onset", "last" (the window's end), "peak" and "norm_peak";
        −1 for what did not come.
    **traits
        `run` and `time`, places of the run and of the reading shown; `own_onset` and `own_peak`,
        steps; `ruled`, whether the rule's marks are shown.

    Raises
    ------
    GedigError
        If one is given without the others, or the shapes do not fit together.

    Examples
    --------
    >>> shown = GrokkingRun(ruled=True).numbers
    >>> shown["onset"], shown["peak"], shown["before"]
    (1000.0, 1600.0, False)
    """

    _css = styles("kit/frame.css", "grokking_run.css")
    script = "grokking_run.js"
    given = ("names", "steps", "curves", "marks")
    state = (*given, "run", "time", "own_onset", "own_peak", "ruled")
    controls = (
        Control("run", "whole", 0, 1, under="shares", says="number"),
        Control("time", "whole", 0, 59, under="norm", says="step"),
        Control("own_onset", "log", FIRST, LAST, 0.01, under="shares"),
        Control("own_peak", "log", FIRST, LAST, 0.01, under="C"),
        Control("ruled", "toggle", under="norm"),
    )
    readouts = ("held:percent", "capacity", "weight", "ratio")

    names = Kept(traitlets.Unicode()).tag(sync=True)
    steps = Numbers(None, least=2).tag(sync=True)
    curves = Tables(None, None).tag(sync=True)
    marks = Tables(None).tag(sync=True)
    run = Place("names", kind="run").tag(sync=True)
    time = Place("steps", kind="reading").tag(sync=True)
    own_onset = Finite(100.0, min=FIRST, max=LAST).tag(sync=True)
    own_peak = Finite(100.0, min=FIRST, max=LAST).tag(sync=True)
    ruled = traitlets.Bool(default_value=False).tag(sync=True)

    def __init__(
        self,
        names: Sequence[str] = (),
        steps: Sequence[float] | Float[np.ndarray, " readings"] = (),
        curves: Mapping[str, Any] = MappingProxyType({}),
        marks: Mapping[str, Any] = MappingProxyType({}),
        **traits: Any,
    ) -> None:
        if not (len(names) or len(steps) or curves or marks):
            names, steps, curves, marks = _made_up()
        for kind, wanted, held in (("curves", CURVES, curves), ("marks", MARKS, marks)):
            if set(held) != set(wanted):
                raise GedigError(f"{kind} holds {', '.join(held)}; give {', '.join(wanted)}.")
        steps = finite("steps", steps, (None,), least=2)
        if steps[0] < FIRST or steps[-1] > LAST or (np.diff(steps) <= 0).any():
            raise GedigError(f"steps go from {steps[0]:g} to {steps[-1]:g}; let them rise within "
                             f"{FIRST:g} to {LAST:g}.")  # fmt: skip
        shape = (len(names), len(steps))
        super().__init__(
            names=list(names),
            steps=steps,
            curves={name: finite(name, curves[name], shape) for name in CURVES},
            marks={name: finite(name, marks[name], shape[:1]) for name in MARKS},
            **{"time": len(steps) // 2} | traits,
        )

    @property
    def numbers(self) -> dict[str, Any]:
        """What the run is at now, and where the rule and the hand put onset and peak."""
        now = {name: self.curves[name][self.run][self.time] for name in CURVES}
        marks = {
            name: None if self.marks[name][self.run] == NEVER else self.marks[name][self.run]
            for name in MARKS
        }
        onset, peak = marks["onset"], marks["peak"]
        known = onset is not None and peak is not None
        ruled = "sentence_ruled" if known else "sentence_never"
        return plain(
            {
                "name": self.names[self.run],
                "number": self.run + 1,
                "step": self.steps[self.time],
                "train": now["train"],
                "held": now["held"],
                "capacity": now["C"],
                "weight": now["norm"],
                "ratio": self.own_peak / self.own_onset,
                **marks,
                "rule_ratio": peak / onset if onset is not None and peak is not None else None,
                "before": peak < onset if onset is not None and peak is not None else None,
                "message": ruled if self.ruled else "sentence",
            }
        )

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield each control's ends, and both runs with the rule's marks."""
        yield from super().extremes()
        yield from (("ruled", True), ("run", 1), ("run", 0), ("own_peak", 700.0))


def _made_up() -> tuple[list[str], np.ndarray, dict[str, np.ndarray], dict[str, list[float]]]:
    """Return two made-up runs: one whose C peaks after the onset, one that never generalises."""
    steps = np.geomspace(FIRST, LAST, 60).round()
    late = 1 / (1 + (1000 / steps) ** 4)
    learned = 1 / (1 + (40 / steps) ** 6)
    hill = 0.1 * np.exp(-(np.log(steps / 1600) ** 2))
    curves = {
        "train": [learned, learned],
        "held": [late, 0.05 * learned],
        "C": [0.24 * learned + hill, 0.24 * learned],
        "norm": [38 * learned - 8 * late, 40 * learned],
    }
    marks = {
        "memorised": [80.0, 80.0],
        "onset": [1000.0, NEVER],
        "last": [2000.0, 2000.0],
        "peak": [1600.0, NEVER],
        "norm_peak": [140.0, 900.0],
    }
    return ["A", "B"], steps, {name: np.array(rows) for name, rows in curves.items()}, marks
