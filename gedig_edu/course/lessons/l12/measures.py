"""How the claims of lesson 12 are measured: heat capacity as a warning of a phase transition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import binomtest

from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Reading
from gedig_edu.lab import grokking_mirrors, grokking_tables
from gedig_edu.lab.first_law import parted
from gedig_edu.lab.grokking_mirrors import OF_ONE_SHARE, ONE_SHARE
from gedig_edu.lab.grokking_sweep import SHARES
from gedig_edu.lab.temperatures import rank_correlation
from gedig_edu.lab.thermodynamics import capacity_bound, one_below, read_rows
from gedig_edu.shapes import Bool, Float
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.thermo import Ensemble

if TYPE_CHECKING:
    import pandas as pd

    from gedig_edu.course.intervals import PerHead

FEWEST_KEYS = 2  # a row of one key has no entropy to change
PRIMES = ("prime_31", "prime_41", "plain", "prime_67")
SEEDS_OF_A_PRIME = 3
LATE = 2  # times as late as what is learned by heart
NEVER, TOO_FEW = ("no_decay", "shuffled"), "never"
ZEROS = ("scores", "centred", "own")


def _diverges(_: Context) -> Sequence[Reading]:
    """Divide the largest C at 2^16 states by that at 2^8, for two kinds of energies.

    Where one state lies below many equal ones, C_max grows as ¼ log² n without end; where the
    energies lie evenly, it stays near 1, the heat capacity of an even density of states.
    """
    few, many = 2**8, 2**16
    apart = [one_below(n).height for n in (few, many)]
    even = [_largest_of_even(n) for n in (few, many)]
    return [
        Reading.exact("apart", apart[1] / apart[0]),
        Reading.exact("even", even[1] / even[0], condition=False),
        Reading.exact("bound", apart[1] / float(capacity_bound(many)), judged=False),
    ]


def _largest_of_even(n: int) -> float:
    E = np.linspace(0.0, 1.0, n)
    return max(float(Ensemble(E, T).heat_capacity) for T in np.geomspace(2e-2, 1.0, 101))


def _three_keys(_: Context) -> Sequence[Reading]:
    """Return the largest C over rows of three keys, drawn at random and with one key below."""
    E = np.random.default_rng(SEED).normal(size=(20_000, 3)) * 4
    return [
        Reading.exact("drawn", float(Ensemble(E, 1.0).heat_capacity.max())),
        Reading.exact("one_below", one_below(3).height),
    ]


def _peak_before(_: Context) -> Sequence[Reading]:
    return _before("plain")


def _steady(_: Context) -> Sequence[Reading]:
    return _before("steady")


def _before(arm: str) -> list[Reading]:
    """Return in which share of an arm's runs C peaks before the onset, and both steps.

    Beside it, in which share it does before 99 % of what is held back is right; the peak is then
    looked for up to twice that step, so that here too it lies in the middle of its window.
    """
    rows = _of(arm)
    return [
        _share("before", rows["before"].to_numpy()),
        Reading.exact(
            "whole", (rows["whole_peak"] < rows["generalised"]).to_numpy().mean(), judged=False
        ),
        Reading.mean("onset", rows["onset"].to_numpy(), judged=False),
        Reading.mean("peak", rows["peak"].to_numpy(), judged=False),
    ]


def _primes(_: Context) -> Sequence[Reading]:
    return [_share("before", _four_primes()["before"].to_numpy())]


def _long_rows(_: Context) -> Sequence[Reading]:
    """Return in which share of the runs with long rows C peaks before, of those that can be asked.

    They are those that have half of what is held back right at least twice as late as all they
    learn; beside it, in how many of all that is so, and where C ends in either kind of run.
    """
    rows = grokking_tables.runs().query("terms > 2")
    late = (rows["onset"] >= LATE * rows["memorised"]).to_numpy()
    right = rows["generalised"].notna().to_numpy()
    before, C = rows["before"].to_numpy(), rows["C_end"].to_numpy()
    return [
        *([_share("before", before[late])] if late.any() else []),
        Reading.exact("late", late.mean(), judged=False),
        Reading.mean("C_right", C[right], judged=False),
        Reading.mean("C_by_heart", C[~right], judged=False),
    ]


def _definitions(_: Context) -> Sequence[Reading]:
    """Return the most runs in which C comes before by any of the ways, and for how many ways."""
    counted = grokking_tables.definitions()["before"].to_numpy()
    return [
        Reading.exact("most", counted.max()),
        Reading.exact("ways", (counted > 0).mean(), judged=False),
    ]


def _controls(_: Context) -> Sequence[Reading]:
    """Return how much more C rises than in the run of the same seed that never generalises."""
    usual = _of("plain").set_index("seed")["rise"]
    more = {
        arm: (usual - _of(arm).set_index("seed")["rise"]).dropna().to_numpy()
        for arm in (*NEVER, TOO_FEW)
    }
    return [Reading.mean(arm, values, judged=arm in NEVER) for arm, values in more.items()]


def _leaps(_: Context) -> Sequence[Reading]:
    """Return in which share of the runs that never generalise C goes up and down all the same."""
    kinds = ("plain", *NEVER)
    counts = np.sum([_of(arm)[["leaps_at", "leaps"]].to_numpy().sum(axis=0) for arm in kinds], 0)
    return [
        *(_share(arm, _of(arm)["leaps"].to_numpy() > 0) for arm in NEVER),
        Reading.exact("at_stumbles", counts[0] / counts[1], judged=False),
        Reading.exact("steady", _of("steady")["leaps"].to_numpy().mean(), judged=False),
        Reading.exact("plain", _of("plain")["leaps"].to_numpy().mean(), judged=False),
    ]


def _norm(_: Context) -> Sequence[Reading]:
    """Hold what C says of the onset at step 300 against what the weight norm says."""
    rows = _of("steady")
    onset = rows["onset"].to_numpy()
    early = {name: rows[f"{name}_early"].to_numpy() for name in ("C", "norm", "loss")}

    def strength(name: str) -> Callable[..., float]:
        return lambda at: abs(_rho(early[name][at], onset[at]))

    def more(at: np.ndarray) -> float:
        return strength("C")(at) - strength("norm")(at)

    beside = [Reading.resampled(one, strength(one), len(rows), judged=False) for one in early]
    return [Reading.resampled("more", more, len(rows)), *beside]


def _sharper(_: Context) -> Sequence[Reading]:
    """Return minus the rank correlation of p and the relative width of the onset.

    Judged is that of the sums with neither told, of four primes at one share. Beside it the same of
    four primes that were told the less the larger they are; and over all that is held back of
    these, as it was asked first, relative and in steps.
    """
    rows = _four_primes()
    relative = rows["width"].to_numpy()
    return [
        _narrows("one_share", *_alone(dict.fromkeys(OF_ONE_SHARE, ONE_SHARE))),
        _narrows("own_shares", *_alone({53: ONE_SHARE} | SHARES), judged=False),
        _narrows("all", rows["prime"].to_numpy(), relative, judged=False),
        _narrows(
            "steps", rows["prime"].to_numpy(), relative * rows["onset"].to_numpy(), judged=False
        ),
    ]


def _alone(shares: Mapping[int, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return p and relative width of the sums with neither told, of primes at a share each."""
    rows = grokking_mirrors.turned()
    p, share, quarter, half, most = (
        rows[name].to_numpy() for name in ("prime", "share", "quarter", "half", "three_quarters")
    )
    of = np.array([shares.get(int(one)) for one in p], dtype=float) == share
    return p[of], ((most - quarter) / half)[of]


def _narrows(
    name: str,
    p: Float[np.ndarray, " runs"],
    width: Float[np.ndarray, " runs"],
    *,
    judged: bool = True,
) -> Reading:
    return Reading.resampled(name, lambda at: -_rho(p[at], width[at]), len(p), judged=judged)


def _zero(_: Context) -> Sequence[Reading]:
    """Lift the energies of every row by 1: how far the heat moves, and the work."""
    before, after = np.random.default_rng(SEED).normal(size=(2, 99, 11))
    plain, lifted = (parted(before, E) for E in (after, after + 1))
    return [
        Reading.exact("heat", np.abs(lifted.heat - plain.heat).max()),
        Reading.exact("work", np.abs(lifted.work - plain.work).max(), judged=False),
    ]


def _work(context: Context) -> Sequence[Reading]:
    """Return by how much work outweighs heat from the untrained twin to the model, in units of T.

    By three zeros of energy: the scores as they are, less the mean of each row, and −log p, which
    is the free energy of the row itself, so that no work is left.
    """
    found = _parts(context, ZEROS)
    outweighs = {zero: np.abs(of[:, 1]) - np.abs(of[:, 0]) for zero, of in found.items()}
    return [
        *(Reading.crossed(zero, by) for zero, by in outweighs.items()),
        Reading.crossed("heat", found["centred"][:, 0], judged=False),
        Reading.crossed("gain", found["centred"][:, 1], judged=False),
        Reading.crossed("raw", found["scores"][:, 1], judged=False),
    ]


def _heat_and_gauge(context: Context) -> Sequence[Reading]:
    """Return how much closer ΔF goes with the heat than with the work, over heads."""
    parts = _parts(context, ["centred"])["centred"]
    read = [
        [
            Gauge.released().read(maps.weights, causal=one.causal).F
            for maps in one.attend_many(context.few)
        ]
        for one in (context.twin, context.model)
    ]
    F = np.array(read[1]) - np.array(read[0])

    def closer(F: PerHead, heat: PerHead, work: PerHead) -> float:
        means = [one.mean(axis=0).ravel() for one in (F, heat, work)]
        return abs(_rho(means[0], means[1])) - abs(_rho(means[0], means[2]))

    return [Reading.over_heads("closer", closer, F, parts[:, 0], parts[:, 1])]


def _parts(
    context: Context, zeros: Sequence[str]
) -> dict[str, Float[np.ndarray, "texts two layers heads"]]:
    """Return heat and work of each head for each text, in units of T, from twin to model.

    By each zero of energy; every text is read once.
    """
    found: dict[str, list[np.ndarray]] = {zero: [] for zero in zeros}
    for text in context.few:
        start, end = read_rows(context.twin, text), read_rows(context.model, text)
        used = end.keys >= FEWEST_KEYS
        scores = [one.energies[:, :, used] / one.temperature for one in (start, end)]
        for zero, of in found.items():
            both = scores
            if zero == "own":
                both = [E - Ensemble(E, 1.0).free_energy[..., None] for E in scores]
            heat, work = parted(*both, centred=zero == "centred")
            of.append(np.stack([heat.mean(axis=-1), work.mean(axis=-1)]))
    return {zero: np.array(of) for zero, of in found.items()}


def _of(arm: str) -> pd.DataFrame:
    return grokking_tables.runs().set_index("arm", drop=False).loc[[arm]]


def _four_primes() -> pd.DataFrame:
    """Return the runs of the first seeds of each prime with the usual setting."""
    return grokking_tables.runs().query("arm in @PRIMES and seed <= @SEEDS_OF_A_PRIME")


def _share(name: str, of: Bool[np.ndarray, " runs"]) -> Reading:
    """Return a share of runs with its exact binomial interval."""
    found = binomtest(int(of.sum()), len(of))
    low, high = found.proportion_ci(0.95)
    return Reading(name, float(of.mean()), float(low), float(high))


def _rho(x: Float[np.ndarray, " n"], y: Float[np.ndarray, " n"]) -> float:
    """Return Spearman's ρ, 0 where one of the two does not vary."""
    return float(np.nan_to_num(rank_correlation(x, y)))


MEASURES = {
    "diverges": _diverges,
    "three_keys": _three_keys,
    "peak_before": _peak_before,
    "primes": _primes,
    "steady": _steady,
    "long_rows": _long_rows,
    "definitions": _definitions,
    "controls": _controls,
    "leaps": _leaps,
    "norm": _norm,
    "sharper": _sharper,
    "zero": _zero,
    "work": _work,
    "heat_and_gauge": _heat_and_gauge,
}
