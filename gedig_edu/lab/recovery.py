"""P, track and M from repeated runs of coupled attention: what can be told apart, and what cannot.

−T log w + q·k is U up to a constant in each row. Over runs and steps it is regressed on position
(P) and on the known kernel at the places visited (the track); what is left is M, an AR(1) process.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from gedig_edu.errors import GedigError, check_flag, check_kind, check_number, check_whole
from gedig_edu.shapes import Brief, Float
from gedig_edu.theory._arrays import numbers
from gedig_edu.theory.dynamics import CoupledAttention

KEYS, SCALE, WELL, RHO, NOISE = 16, 2.0, -0.7, 0.8, 0.3
AXES = "[runs, steps, n]"
SINGULAR = 1e-12  # a singular value so small a share of the largest is rounding


@dataclass(frozen=True, eq=False, repr=False)
class Runs(Brief):
    """What was seen of some runs of coupled attention, and what stood behind it.

    Attributes
    ----------
    U : array [runs, steps, n]
        −T log w + q·k, U up to a constant in each row; NaN for a key that was not visible.
    kernel : array [runs, steps, n]
        Σ_{i<t} K(z, z_i) of the places visited.
    P : array [n]
    track : float
        w.
    M : array [runs, steps, n]
    """

    U: Float[np.ndarray, "runs steps n"]
    kernel: Float[np.ndarray, "runs steps n"]
    P: Float[np.ndarray, " n"]
    track: float
    M: Float[np.ndarray, "runs steps n"]


@dataclass(frozen=True, eq=False, repr=False)
class Recovered(Brief):
    """What a regression makes of it.

    Attributes
    ----------
    P : array [n]
        With mean 0, since a constant cannot be told; NaN for a key never visible twice running.
    track, rho : float
    M : array [runs, steps, n]
        What is left, with mean 0 in each row.
    condition : float
        Condition number of the regression, without the constant that cannot be told; infinite
        where something else cannot be told either.
    """

    P: Float[np.ndarray, " n"]
    track: float
    rho: float
    M: Float[np.ndarray, "runs steps n"]
    condition: float

    def errors(self, runs: Runs) -> dict[str, float]:
        """Return the relative errors of P, track and M.

        Raises
        ------
        GedigError
            If these are not the runs that were seen, or nothing stood behind them.
        """
        check_kind("runs", runs, Runs, "the Runs that simulate returned")
        if runs.M.shape != self.M.shape:
            raise GedigError(
                f"runs have shape {runs.M.shape}, and what was recovered {self.M.shape}; give the "
                "runs that were seen."
            )
        if not (runs.track and runs.P.any() and runs.M.any()):
            raise GedigError("An error relative to 0 is none; give runs that are not silent.")
        P = np.where(np.isnan(self.P), np.nan, runs.P)
        P = P - np.nanmean(P)
        M = _centred(np.where(np.isnan(runs.U) | np.isnan(self.P), np.nan, runs.M))
        apart = np.nansum((self.M - M) ** 2) / np.nansum(M**2)
        return {
            "P": float(np.sqrt(np.nansum((self.P - P) ** 2) / np.nansum(P**2))),
            "track": abs(self.track / runs.track - 1),
            "M": float(np.sqrt(apart)),
        }


def simulate(
    *,
    runs: int = 50,
    steps: int = 60,
    drive: float = 0.0,
    same_visits: bool = False,
    silent: bool = False,
    seed: int = 0,
) -> Runs:
    """Run coupled attention with known parts, read in half precision as a model's maps may be.

    M is driven by chance at every step, and by a constant field of size `drive`. It has been so for
    long: a run in which M began at 0 would show P alone at its first step.

    Parameters
    ----------
    runs, steps : int
    drive : float
        Size of the constant part of what drives M.
    same_visits : bool
        Let every run visit the same places.
    silent : bool
        Leave all of U out: the control.
    seed : int

    Raises
    ------
    GedigError
        If a number is out of range.

    Examples
    --------
    >>> seen = simulate(runs=3, steps=5)
    >>> seen.U.shape
    (3, 5, 16)
    """
    runs = check_whole("runs", runs, at_least=2)
    steps = check_whole("steps", steps, at_least=2)
    drive = check_number("drive", drive)
    check_flag("silent", silent, "whether U is left out")
    check_flag("same_visits", same_visits, "whether every run visits the same places")
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    P = np.zeros(KEYS) if silent else rng.normal(size=KEYS)
    constant = drive * rng.normal(size=KEYS)
    coupled = CoupledAttention(
        places=np.arange(float(KEYS)), prosody=P, track=0.0 if silent else WELL, width=1.0,
        rho=RHO, gain=0.0 if silent else 1.0, temperature=SCALE,
    )  # fmt: skip
    U, kernel, M = (np.zeros((runs, steps, KEYS)) for _ in range(3))
    for run in range(runs):
        memory = replace(coupled.start(), carried=_long_driven(constant, rng))
        visits = np.random.default_rng(seed if same_visits else rng.integers(2**32))
        for t in range(steps):
            scores = SCALE * rng.normal(size=KEYS)
            M[run, t] = memory.carried
            step = coupled.step(scores, memory, target=np.zeros(KEYS))
            weights = step.weights.astype(np.float16).astype(np.float64)
            with np.errstate(divide="ignore"):
                U[run, t] = scores - SCALE * np.log(weights)
            kernel[run, t] = _wells(step.memory.visited[:-1])
            carried = RHO * M[run, t] + NOISE * rng.normal(size=KEYS) + constant
            visited = (*memory.visited, int(visits.integers(KEYS)))
            memory = replace(step.memory, carried=carried, visited=visited)
    U[~np.isfinite(U)] = np.nan
    return Runs(U, kernel, P, coupled.track, M * coupled.gain)


def _long_driven(
    constant: Float[np.ndarray, " n"], rng: np.random.Generator
) -> Float[np.ndarray, " n"]:
    """Draw M as it is after many steps: about what a constant drive comes to."""
    return constant / (1 - RHO) + NOISE / (1 - RHO**2) ** 0.5 * rng.normal(size=len(constant))


def recover(
    U: Float[np.ndarray, "runs steps n"], kernel: Float[np.ndarray, "runs steps n"]
) -> Recovered:
    """Return P, track, ρ and M that least squares on differences y_t − ρ y_{t−1} make of U.

    Parameters
    ----------
    U, kernel : arrays [runs, steps, n]
        As in `Runs`.

    Raises
    ------
    GedigError
        If the shapes differ, there are fewer than two steps or keys, a number is infinite, or no
        key is visible at two steps running.

    Examples
    --------
    >>> seen = simulate(runs=9, steps=30)
    >>> found = recover(seen.U, seen.kernel)
    >>> bool(found.errors(seen)["track"] < 0.1)
    True
    """
    U = numbers("U", U, AXES, gaps=True)
    kernel = numbers("kernel", kernel, AXES)
    if U.shape != kernel.shape or U.shape[1] < 2 or U.shape[2] < 2:
        raise GedigError(
            f"U has shape {U.shape} and kernel {kernel.shape}; give [runs, steps, n] both, with "
            "two steps or more, and two keys."
        )
    if np.isnan(U[:, 1:] + U[:, :-1]).all():
        raise GedigError("U shows no key at two steps running; give runs in which one is visible.")
    parts = _parts(U, kernel)

    def left(rho: float) -> float:
        design, seen = _differences(parts, rho)
        return float(np.sum((seen - design @ _solved(design, seen)) ** 2))

    best: Any = minimize_scalar(left, bounds=(0.0, 0.99), method="bounded")
    rho = float(best.x)
    design, seen = _differences(parts, rho)
    found = _solved(design, seen)
    met = np.linalg.norm(design, axis=0)[:-1] > 0
    P = np.where(met, found[:-1], np.nan)  # NaN: never visible twice running
    P, track = P - np.nanmean(P), float(found[-1])
    M = _centred(np.where(np.isnan(U), np.nan, U - P - track * kernel))
    return Recovered(P, track, rho, M, condition_of(design))


def condition_of(design: Float[np.ndarray, "rows m"]) -> float:
    """Return the condition number of a regression, columns scaled alike, without the constant.

    Raises
    ------
    GedigError
        If the design has no number but 0, or one that is not finite.

    Examples
    --------
    >>> condition_of(np.array([[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [0.0, 0.0, 2.0]])).__round__(3)
    1.414
    >>> condition_of(np.array([[1.0, -1.0, 2.0], [-1.0, 1.0, -2.0]]))  # the third is the first
    inf
    """
    design = numbers("design", design, "[rows, m]")
    sizes = np.linalg.norm(design, axis=0)
    if not sizes.any():
        raise GedigError("design has no number but 0; give rows that say something.")
    values = np.linalg.svd(design[:, sizes > 0] / sizes[sizes > 0], compute_uv=False)
    most, least = values[0], values[int((sizes > 0).sum()) - 2 :][:1]  # the last: a constant in P
    return float(most / least[0]) if least.size and least[0] > SINGULAR * most else math.inf


def at_one_step(kernel: Float[np.ndarray, "runs steps n"]) -> float:
    """Return the condition number where each run is seen at its last step alone.

    If every run visited the same places, P and track are then one: it is infinite.

    Raises
    ------
    GedigError
        If there are fewer than two keys, or a number is not finite.
    """
    kernel = numbers("kernel", kernel, AXES)
    if kernel.shape[2] < 2:
        raise GedigError(f"kernel has shape {kernel.shape}; give {AXES}, two keys.")
    runs, _, n = kernel.shape
    rows = [np.column_stack([np.eye(n), kernel[run, -1]]) for run in range(runs)]
    return condition_of(np.concatenate([row - row.mean(axis=0) for row in rows]))


def _parts(U: np.ndarray, kernel: np.ndarray) -> Float[np.ndarray, "m m"]:
    """Return as few rows as will do for the regression at every ρ, each row's mean taken out.

    Columns: P's, then kernel and U at a step, then both at the step before.
    """
    n = U.shape[-1]
    there = ~np.isnan(U[:, 1:] + U[:, :-1]).reshape(-1, n)  # [rows, n]
    count = np.maximum(there.sum(axis=1, keepdims=True), 1)
    rows, keys = np.nonzero(there)
    columns = np.zeros((len(rows), n + 4))
    columns[:, :n] = -(there / count)[rows]
    columns[np.arange(len(rows)), keys] += 1
    for at, values in enumerate((kernel[:, 1:], U[:, 1:], kernel[:, :-1], U[:, :-1])):
        flat = np.where(there, values.reshape(-1, n), 0)
        columns[:, n + at] = (flat - flat.sum(axis=1, keepdims=True) / count)[there]
    return np.asarray(np.linalg.qr(columns, mode="r"))


def _differences(
    parts: Float[np.ndarray, "m m"], rho: float
) -> tuple[Float[np.ndarray, "m k"], Float[np.ndarray, " m"]]:
    """Return design and what was seen, of y_t − ρ y_{t−1}."""
    steps = parts[:, -4:-2] - rho * parts[:, -2:]  # of kernel and U
    return np.column_stack([(1 - rho) * parts[:, :-4], steps[:, 0]]), steps[:, 1]


def _solved(design: np.ndarray, seen: np.ndarray) -> Float[np.ndarray, " k"]:
    return np.linalg.lstsq(design, seen, rcond=SINGULAR)[0]


def _wells(visited: tuple[int, ...]) -> Float[np.ndarray, " n"]:
    places = np.arange(float(KEYS))
    return np.exp(-0.5 * (places[:, None] - np.array(visited, dtype=float)) ** 2).sum(axis=1)


def _centred(values: Float[np.ndarray, "*rows n"]) -> Float[np.ndarray, "*rows n"]:
    return values - np.nanmean(values, axis=-1, keepdims=True)
