"""What runs of `gedig_edu.lab.grokking` say: where C peaks, and when a model generalises.

The rules, written before the twelve runs were made (one pilot of another seed had been seen):

- *Memorised*: the first reading at which 99 % of the sums to learn are right. *Onset*: the first at
  which half of those held back are.
- C is smoothed by a mean over 2 % of the run around each reading. Its *peak* is the largest value
  between memorisation and twice the step of generalisation, or the end of the run if that comes
  first. Generalisation is taken as the onset, the one number that is given for it; with 99 % of the
  sums held back it would come later, the window would be wider, and a peak before would be rarer.
  The onset lies in the middle of the window, so a peak that stands anywhere comes before it in half
  of the runs.
- *Before*: the peak comes at an earlier step than the onset. That it comes before holds if it does
  in at least 10 of 12 runs (sign test, one-sided, p = 0.019).
- The weight norm is the simpler explanation: its peak is found in the same window in the same way.
  C says more if it comes before in at least 10 of 12 and the norm does not; or if the step of its
  peak goes with the onset over the runs more closely (Spearman's ρ, the 95 % interval of the
  difference, resampled over runs, above 0).
- The *rise* of C is its peak over its value at memorisation, less 1. A run that never generalises
  is cut where the run of the same seed with the usual setting is, at twice that one's onset (first
  it was twice the median onset of all; then a run and its control had windows of different length,
  and the longer one found the higher peak). The peak belongs to generalising if C rises more than
  in the run of the same seed without weight decay, and with shuffled answers (95 % intervals of the
  mean differences above 0).
- Primes 31, 41, 53 and 67, three seeds each, are twelve runs and judged as the twelve seeds are.

Added after the twelve runs had been seen, and before those it speaks of: C leaps near the same few
steps in all of them, generalising or not, where the training itself stumbles. AdamW with β₂ = 0.98
does that when gradients have become tiny. So twelve more seeds have β₂ = 0.999, with which a pilot
did not stumble, and are judged by the same rule. That the norm peaks at one step in all runs,
whatever their onset, makes the second rule above empty, and the window of C's peak is itself set by
the onset. So what foretells is asked of the twelve new seeds in a way that knows no onset: C and
norm, smoothed, at step 300, and how closely each goes with the onset (Spearman's |ρ|). C says more
if the 95 % interval of the difference, resampled over runs, lies above 0. (In the first twelve:
0.80 for C, 0.77 for the norm, 0.90 for the loss of what is held back.)

A transition of phase is sharper in a larger system. The *width* is the way from a quarter to three
quarters of what is held back, over the onset; over four primes with three seeds each it has to fall
as p grows (Spearman's ρ, interval below 0). Written before any width had been seen, it fell (0.73
[0.30, 0.93]), and that says nothing of p: smaller primes were told a larger share of their sums, so
more of what is held back has a mirror that is told, and the width runs across two discoveries. It
is asked again in `gedig_edu.lab.grokking_mirrors`.

Rows of 17 keys give C room, up to 2.9. There the question can be asked only of runs in which half
of what is held back is right at least twice as late as all is learned by heart. Where no run is so,
it is untestable here. Written after pilots of one seed had shown none, and before the runs kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import comb
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gedig_edu.errors import GedigError, check_choice, check_has, check_number, check_whole
from gedig_edu.shapes import Float
from gedig_edu.theory._arrays import numbers

if TYPE_CHECKING:
    import pandas as pd

    from gedig_edu.lab.grokking_sweep import Run

EARLY = 300  # the step at which it is asked what is to come
SHARE = 0.02  # of the run, over which a curve is smoothed
LEARNED, HALF = 0.99, 0.5
NEVER = float("nan")
ENDS = ("onset", "generalised", "run")
NEAR = 200  # steps between a leap of C and a stumble that are taken as one

Points = Mapping[str, Float[np.ndarray, " readings"]]


class Summary(NamedTuple):
    """What one run says; a step is NaN where what it marks did not happen.

    There is no window, and no peak, where 99 % of the sums to learn are never right, or later than
    twice the onset.

    Attributes
    ----------
    memorised, onset, generalised : float
        First step at which 99 % of the sums to learn are right, half of those held back, 99 % of
        those held back.
    last : float
        To which step the window goes.
    peak, height : float
        Step and value of the peak of C.
    rise : float
        Its height over C at memorisation, less 1.
    norm_peak, norm_height : float
        The same of the weight norm.
    held : float
        Share of those held back that are right at the end.
    """

    memorised: float
    onset: float
    generalised: float
    last: float
    peak: float
    height: float
    rise: float
    norm_peak: float
    norm_height: float
    held: float

    @property
    def before(self) -> bool:
        """Whether C peaks before the onset."""
        return self.peak < self.onset

    @property
    def norm_before(self) -> bool:
        """Whether the weight norm does."""
        return self.norm_peak < self.onset


def first_at(points: Points, name: str, level: float) -> float:
    """Return the first step at which a curve has reached a level; NaN where it never does.

    Raises
    ------
    GedigError
        If the run has no curve of that name.

    Examples
    --------
    >>> first_at({"step": np.array([0, 10, 20]), "held": np.array([0.1, 0.6, 0.4])}, "held", 0.5)
    10.0
    """
    _check(points)
    check_choice("name", name, points)
    reached = np.flatnonzero(points[name] >= check_number("level", level))
    return float(points["step"][reached[0]]) if len(reached) else NEVER


def smoothed(
    values: Float[np.ndarray, " readings"], share: float = SHARE
) -> Float[np.ndarray, " readings"]:
    """Return the mean of the readings around each, over a share of all; fewer at both ends.

    Parameters
    ----------
    values : array [readings]
    share : float
        0 to 1.

    Examples
    --------
    >>> smoothed(np.array([0.0, 3.0, 0.0, 0.0]), 0.5).tolist()
    [1.5, 1.0, 1.0, 0.0]
    """
    values = numbers("values", values, "[readings]")
    half = round(check_number("share", share, at_least=0, at_most=1) * len(values) / 2)
    total = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    at = np.arange(len(values))
    first, end = np.maximum(at - half, 0), np.minimum(at + half + 1, len(values))
    return (total[end] - total[first]) / (end - first)


def summarise(
    points: Points,
    *,
    onset: float | None = None,
    share: float = SHARE,
    ends: str = "onset",
) -> Summary:
    """Return what a run says, by the rules above.

    Parameters
    ----------
    points : mapping of array [readings]
        As a run of `gedig_edu.lab.grokking_sweep` has them.
    onset : float, optional
        The onset that sets the window of a run that has none of its own.
    share : float
        Of the run, over which C and the norm are smoothed.
    ends : {"onset", "generalised", "run"}
        What the window goes to: twice the onset, twice the step with 99 % of those held back, or
        the end of the run.

    Raises
    ------
    GedigError
        If a run has no readings, or `ends` is none of these.
    """
    check_choice("ends", ends, ENDS)
    _check(points, "step", "train", "held", "C", "norm")
    if len(points["step"]) == 0:
        raise GedigError("A run without readings says nothing; give one with some.")
    if onset is not None:
        onset = check_number("onset", onset, at_least=0)
    steps, held = points["step"], float(points["held"][-1])
    memorised = first_at(points, "train", LEARNED)
    marks = {"onset": first_at(points, "held", HALF), "generalised": first_at(points, "held", 0.99)}
    wanted = marks.get(ends, NEVER)
    if ends == "onset" and np.isnan(wanted) and onset is not None:
        wanted = onset
    last = float(steps[-1]) if np.isnan(wanted) else min(2 * wanted, float(steps[-1]))
    window = (memorised <= steps) & (steps <= last)
    rest = dict.fromkeys(Summary._fields, NEVER) | marks
    rest |= {"memorised": memorised, "last": last, "held": held}
    if not window.any():
        return Summary(**rest)
    for name, mark in (("C", ""), ("norm", "norm_")):
        curve = smoothed(points[name], share)
        at = int(np.argmax(np.where(window, curve, -np.inf)))
        rest |= {f"{mark}peak": float(steps[at]), f"{mark}height": float(curve[at])}
        if name == "C":
            rest["rise"] = float(curve[at] / curve[window][0]) - 1
    return Summary(**rest)


def table(runs: Iterable[Run]) -> pd.DataFrame:
    """Return one row for each run: ``arm, prime, share, terms, seed, seconds``, then `Summary`.

    Then ``before, norm_before``; ``whole_peak``, the peak where the window goes to twice the step
    with 99 % of what is held back; ``width``, the way from a quarter to three quarters of what is
    held back over the onset; ``C_early, norm_early, loss_early``, the smoothed values at step 300;
    how many `leaps` C has and how many `stumbles` the training, and ``leaps_at``, how many of those
    are within 200 steps of one of these; and ``C_end``, smoothed C at the end. Runs that have no
    onset of their own take that of the arm ``plain`` with their seed, or its median.
    """
    import pandas as pd

    runs = list(runs)
    plain = {run.seed: first_at(run.points, "held", HALF) for run in runs if run.arm == "plain"}
    plain = {seed: onset for seed, onset in plain.items() if not np.isnan(onset)}
    usual = float(np.median(list(plain.values()))) if plain else None
    rows = []
    for run in runs:
        about = {"arm": run.arm, "prime": run.setting.prime, "share": run.setting.share}
        about |= {"terms": run.setting.terms, "seed": run.seed, "seconds": run.seconds}
        found = summarise(run.points, onset=plain.get(run.seed, usual))
        told = {"before": found.before, "norm_before": found.norm_before}
        told |= {"whole_peak": summarise(run.points, ends="generalised").peak}
        rows.append(about | found._asdict() | told | _more(run.points, found.onset))
    return pd.DataFrame(rows)


def _more(points: Points, onset: float) -> dict[str, float]:
    quarters = [first_at(points, "held", level) for level in (0.25, 0.75)]
    at = int(np.argmin(np.abs(points["step"] - EARLY)))
    early = {"C_early": "C", "norm_early": "norm", "loss_early": "held_loss"}
    found = {"width": (quarters[1] - quarters[0]) / onset}
    found |= {name: float(smoothed(points[of])[at]) for name, of in early.items()}
    up, jumps = leaps(points), stumbles(points)
    at = sum(bool(len(jumps)) and int(np.abs(jumps - step).min()) <= NEAR for step in up)
    found |= {"leaps": len(up), "stumbles": len(jumps), "leaps_at": at}
    return found | {"C_end": float(smoothed(points["C"])[-1])}


def leaps(points: Points) -> Float[np.ndarray, " leaps"]:
    """Return the steps at which smoothed C goes up and down again, by 5 % of its median or more.

    Looked for from memorisation on.

    Examples
    --------
    >>> step = np.arange(0, 1000, 10)
    >>> wave = {"step": step, "train": np.ones(100), "C": 0.3 + 0.1 * np.sin(step / 100)}
    >>> leaps(wave).tolist()
    [160, 790]
    """
    _check(points, "C", "train", "step")
    curve = smoothed(points["C"])
    after = _after(points, curve)
    return _peaks(points, curve, 0.05 * float(np.median(after))) if len(after) else after


def stumbles(points: Points) -> Float[np.ndarray, " stumbles"]:
    """Return the steps at which the loss of what is learned jumps to ten times what it was or more.

    Looked for from memorisation on.

    Examples
    --------
    >>> step = np.arange(0, 1000, 10)
    >>> points = {"step": step, "train": np.ones(100), "train_loss": np.full(100, 1e-7)}
    >>> points["train_loss"][40] = 1e-2
    >>> stumbles(points).tolist()
    [400]
    """
    _check(points, "train_loss", "train", "step")
    return _peaks(points, np.log10(np.maximum(points["train_loss"], 1e-12)), 1.0)


def _check(points: Any, *names: str) -> None:
    """Refuse what is no run with these curves."""
    check_has("points", points, "keys", "__getitem__", wanted="the curves of a run by name")
    wanted = dict.fromkeys(("step", *names))
    if missing := [name for name in wanted if name not in points]:
        raise GedigError(f"The run has no curve {missing[0]!r}; give one with {', '.join(wanted)}.")


def _peaks(points: Points, curve: Float[np.ndarray, " n"], least: float) -> np.ndarray:
    from scipy.signal import find_peaks

    places = find_peaks(_after(points, curve), prominence=least)[0]
    return _after(points, points["step"])[places]


def _after(points: Points, curve: Float[np.ndarray, " n"]) -> np.ndarray:
    return curve[points["step"] >= first_at(points, "train", LEARNED)]


def sign_test(before: int, runs: int) -> float:
    """Return how often so many or more of the runs would be before by the toss of a coin.

    Examples
    --------
    >>> [round(sign_test(before, 12), 3) for before in (9, 10, 12)]
    [0.073, 0.019, 0.0]
    """
    runs = check_whole("runs", runs, at_least=1)
    before = check_whole("before", before, at_least=0, at_most=runs)
    return sum(comb(runs, k) for k in range(before, runs + 1)) / 2**runs


def by_definition(runs: Sequence[Run]) -> pd.DataFrame:
    """Return in how many runs C comes before the onset, by each of 36 ways to say what a peak is.

    ``smoothing`` (share of the run), ``window`` (what it ends at), ``mark`` and ``before, runs``.
    Marks: the largest value in the window (``peak``), the first value that none within 2 % of the
    run on either side exceeds (``bump``), and the steepest rise (``rise``). Only one of these was
    chosen before the runs were made; the others show how much rests on a definition.
    """
    import pandas as pd

    ways = [
        (share, ends, mark)
        for share in (0.0, 0.01, SHARE, 0.05)
        for ends in ENDS
        for mark in ("peak", "bump", "rise")
    ]
    rows = []
    for share, ends, mark in ways:
        found = [_marked(run.points, share, ends, mark) for run in runs]
        rows.append({"smoothing": share, "window": ends, "mark": mark,
                     "before": sum(found), "runs": len(found)})  # fmt: skip
    return pd.DataFrame(rows)


def _marked(points: Points, share: float, ends: str, mark: str) -> bool:
    """Tell whether a mark of C comes before the onset."""
    found = summarise(points, share=share, ends=ends)
    if mark == "peak" or np.isnan(found.peak):
        return found.before
    steps, curve = points["step"], smoothed(points["C"], share)
    window = np.flatnonzero((found.memorised <= steps) & (steps <= found.last))
    if mark == "rise":
        reach = max(1, round(SHARE * len(steps)))
        climb = curve[reach:] - curve[:-reach]
        at = window[window < len(climb)]
        return bool(steps[at[np.argmax(climb[at])]] + reach // 2 < found.onset)
    reach = max(1, round(SHARE * len(steps)))
    for at in window[reach:-reach]:
        if curve[at] >= curve[at - reach : at + reach + 1].max():
            return bool(steps[at] < found.onset)
    return False
