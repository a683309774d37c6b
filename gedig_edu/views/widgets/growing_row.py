"""C(T) of a row of attention that grows, as far as one key, or every second, fits its query."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import traitlets
from scipy.optimize import brentq

from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Whole

SMALLEST, LARGEST = 1, 20  # powers of two: the number of keys
FAR = 200.0  # Δ/T beyond every peak by more than its width
ROOM = 4.0  # 2/x is below tanh(x/2) from here on


class GrowingRow(Hero):
    """Let a row of attention grow and see its peak of C rise, move and narrow, or stay.

    Of n keys one fits its query, at an energy Δ below all others, or every second one does. With
    x = Δ/T and g keys that do not fit for each that does, p = 1/(1 + g e⁻ˣ) lies on those that fit,
    and C = x² p (1 − p).

    Parameters
    ----------
    **traits
        `power`, 1 to 20, where n = 2^power; `delta`, 0.5 to 1.5, Δ in units of the scores over √d;
        `half`, whether every second key fits.

    Examples
    --------
    >>> row = GrowingRow(power=20).numbers
    >>> row["n"], round(row["height"], 1), round(row["peak"], 3)
    (1048576, 49.0, 0.071)
    >>> round(GrowingRow(power=20, half=True).numbers["height"], 3)
    0.439
    """

    _css = styles("kit/frame.css", "growing_row.css")
    script = "growing_row.js"
    state = ("power", "delta", "half")
    controls = (
        Control("power", "whole", SMALLEST, LARGEST, under="heights", says="n"),
        Control("delta", "slider", 0.5, 1.5, 0.05, under="hill"),
        Control("half", "toggle", under="hill"),
    )
    readouts = ("n:whole", "peak", "height", "limit", "width:percent")

    power = Whole(8, min=SMALLEST, max=LARGEST).tag(sync=True)
    delta = Finite(1.0, min=0.5, max=1.5).tag(sync=True)
    half = traitlets.Bool(default_value=False).tag(sync=True)

    @property
    def numbers(self) -> dict[str, Any]:
        """The peak of C at this n, and height and width at every n."""
        peaks = [peak_of(_other(2**power, half=self.half)) for power in _POWERS]
        x, height, width = peaks[self.power - SMALLEST]
        n = 2**self.power
        return plain(
            {
                "n": n,
                "peak": self.delta / x,
                "height": height,
                "limit": math.log(n) ** 2 / 4,
                "limit_peak": self.delta / math.log(n),
                "width": width,
                "heights": [one[1] for one in peaks],
                "widths": [one[2] for one in peaks],
                "message": "sentence_half" if self.half else "sentence",
            }
        )


_POWERS = range(SMALLEST, LARGEST + 1)


def _other(n: int, *, half: bool) -> float:
    """Return how many keys do not fit, for each that does."""
    return 1.0 if half else n - 1.0


def peak_of(others: float) -> tuple[float, float, float]:
    """Return where C peaks, as Δ/T, how high, and the width at half its height over its T.

    Parameters
    ----------
    others : float
        How many states lie Δ higher for each that lies low, 1 or more.

    Examples
    --------
    >>> [round(number, 3) for number in peak_of(1.0)]
    [2.399, 0.439, 1.697]
    """
    L = math.log(others)
    x = _zero(lambda x: 2 / x - math.tanh((x - L) / 2), L + 1e-9, L + ROOM)
    level = _log_capacity(x, L) - math.log(2)

    def over(x: float) -> float:
        return _log_capacity(x, L) - level

    cold, hot = _zero(over, x, L + FAR), _zero(over, 1e-9, x)
    return x, math.exp(_log_capacity(x, L)), x / hot - x / cold


def _zero(f: Callable[[float], float], low: float, high: float) -> float:
    found: Any = brentq(f, low, high, xtol=1e-14)
    return float(found)


def _log_capacity(x: float, L: float) -> float:
    return 2 * math.log(x) - _softplus(x - L) - _softplus(L - x)


def _softplus(value: float) -> float:
    return max(value, 0.0) + math.log1p(math.exp(-abs(value)))
