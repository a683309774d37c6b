"""A training small enough to watch: sums learned by heart, and then those never told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gedig_edu.course.cards import Card
from gedig_edu.course.numerals import as_typed
from gedig_edu.course.training_form import StoppedError, TrainingForm
from gedig_edu.lab.grokking import MOST_SEED, SMALL, Point, small
from gedig_edu.lab.grokking_readings import HALF, Summary, summarise
from gedig_edu.words import refusal, word

EVERY = 80  # steps of a bar: 25 of them have room on a phone
LEVELS = "▁▂▃▄▅▆▇█"
SHOWN = {"train": (0.0, 1.0), "held": (0.0, 1.0), "C": (0.25, 0.35), "norm": (20.0, 34.0)}
"""Each curve with the ends of its bars; C begins at 0, and is near these from the first bar on."""
ONSET, PEAK = "│", "◆"  # signs among the bars


class SmallGrokking(TrainingForm):
    """A field for the seed and a button that starts the training, and stops it while it runs.

    It trains beside the notebook, in a thread of its own, and draws what is right so far.

    Parameters
    ----------
    steps : int
        Of the training.

    Examples
    --------
    >>> SmallGrokking().press("the first")  # nothing is trained
    """

    def __init__(self, *, steps: int = SMALL.steps) -> None:
        self.steps = steps
        self._points: list[Point] = []
        label = word("lesson_12.small.seed")
        super().__init__("lesson_12.small", word("lesson_12.small.asked"), label=label)

    def read(self, text: str) -> int:
        """Return the seed."""
        seed = as_typed(text)
        if seed is None or not 0 <= seed <= MOST_SEED or seed != int(seed):
            raise refusal("no_seed", text=text, most=MOST_SEED)
        return int(seed)

    def train(self, asked: int) -> None:
        """Train, and draw what is right so far."""
        self._points = []
        self.say(word("lesson_12.small.opening"))
        small(asked, steps=self.steps, told=self._step, stop=lambda: self.stopped)
        if self.stopped:
            raise StoppedError
        found = _summary(self._points)
        self.say(_read(found), peak=found.peak)

    def _step(self, point: Point) -> None:
        self._points.append(point)
        if point.step % EVERY == 0:
            told = {"step": point.step, "steps": self.steps}
            self.say(word("lesson_12.small.step", **told))

    def say(self, *last: str, peak: float | None = None) -> None:
        """Show a row of bars for each curve, and what comes after them."""
        points = self._points
        rows = [
            word(
                f"lesson_12.small.row_{name}",
                bars=bars_of(points, name, peak if name == "C" else None),
                now=getattr(points[-1], name),
            )
            for name in SHOWN
            if points
        ]
        signs = word("lesson_12.small.signs", onset=ONSET, peak=PEAK)
        self.tell(Card("note", word("lesson_12.small.run", every=EVERY), (*rows, signs, *last)))


def bars_of(points: Sequence[Point], name: str, peak: float | None = None) -> str:
    """Return a curve as bars, with a sign before the onset's bar and one before the peak's.

    Examples
    --------
    >>> run = [Point(step, 1, step / 100, 0, 0, 30, 0.3, 1) for step in range(0, 161, 10)]
    >>> bars_of(run, "held"), bars_of(run, "C", peak=130)
    ('│▇█', '│▅◆▅')
    """
    onset = next((one.step for one in points if one.held >= HALF), None)
    low, high = SHOWN[name]
    drawn = ""
    for one in points:
        if one.step and one.step % EVERY == 0:
            here = range(one.step - EVERY + 1, one.step + 1)
            drawn += "".join(sign for step, sign in ((onset, ONSET), (peak, PEAK)) if step in here)
            drawn += _bar((getattr(one, name) - low) / (high - low))
    return drawn


def _bar(share: float) -> str:
    return LEVELS[min(len(LEVELS) - 1, max(0, int(share * len(LEVELS))))]


def _summary(points: Sequence[Point]) -> Summary:
    return summarise(dict(zip(Point._fields, np.array(points).T, strict=True)))


def _read(found: Summary) -> str:
    """Return what the rule says of a run that has ended."""
    marks = {"memorised": found.memorised, "peak": found.peak, "norm_peak": found.norm_peak}
    if np.isnan(found.onset):
        return word("lesson_12.small.never", **marks)
    return word("lesson_12.small.read", onset=found.onset, **marks)
