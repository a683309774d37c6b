"""Many runs of `gedig_edu.lab.grokking`, written down one by one.

A sweep is a folder: ``setting.json``, one file in ``runs`` for each finished run, and one for each
run under way, as far as it was at its last hundred readings. Kill it at any moment and start it
again: what is finished stays, and a run under way goes on from where it was last written down.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, NamedTuple
from zipfile import BadZipFile

import numpy as np

from gedig_edu.errors import GedigError, check_whole
from gedig_edu.lab import folders
from gedig_edu.lab.grokking import GrokSetting, Point, Training
from gedig_edu.shapes import Brief, Float
from gedig_edu.words import refusal

SETTING, RUNS = "setting.json", "runs"
_DAMAGED = (
    OSError, RuntimeError, ValueError, LookupError, TypeError, AttributeError, EOFError,
    UnpicklingError,
)  # fmt: skip
"""What reading a file of PyTorch ends in where it is cut off or something else."""
KEPT_AFTER = 100  # readings between two times that a run under way is written down
VERSIONS = ("gedig-edu", "torch", "numpy")


class Arm(NamedTuple):
    """Runs that differ in their seed alone."""

    name: str
    setting: GrokSetting
    seeds: int


class Job(NamedTuple):
    """One run of a sweep."""

    arm: str
    setting: GrokSetting
    seed: int

    @property
    def file(self) -> str:
        """The name of its file, which the arm and the seed make."""
        return f"{self.arm}-{self.seed:02}"


@dataclass(frozen=True, eq=False, repr=False)
class Run(Brief):
    """A finished run.

    Attributes
    ----------
    arm : str
    setting : GrokSetting
    seed : int
    points : dict of array [readings]
        One array for each name of `gedig_edu.lab.grokking.Point`.
    scores : float32 array [readings, heads, tokens, places]
        Of each token at each place, '=' being the last of both.
    seconds : float
        How long it took.
    """

    arm: str
    setting: GrokSetting
    seed: int
    points: dict[str, Float[np.ndarray, " readings"]]
    scores: Float[np.ndarray, "readings heads tokens places"]
    seconds: float


BASE = GrokSetting()
SHARES = {31: 0.5, 41: 0.48, 67: 0.37}
"""Of each prime, chosen by a pilot of one seed: learned by heart by step 100, and half of what is
held back right between step 500 and 2,500. With p = 41 and 45 % that was at 3,350: it has 48 %."""
LONG = (300, 600, 650, 1000)
"""Of how many sums of 16 numbers modulo 3 it learns, 1,000 being held back: pilots of one
seed generalised with 700 and more as they learned, and with 600 and 300 never."""
ARMS = (
    Arm("plain", BASE, 12),
    Arm("no_decay", replace(BASE, weight_decay=0.0), 6),
    Arm("shuffled", replace(BASE, labels="shuffled"), 6),
    *(Arm(f"prime_{p}", replace(BASE, prime=p, share=share), 3) for p, share in SHARES.items()),
    Arm("prime_47", replace(BASE, prime=47, share=0.35), 3),
    Arm("never", replace(BASE, prime=47, share=0.2), 3),
    Arm("steady", replace(BASE, momentum=0.999), 12),
    *(
        Arm(
            f"long_{train}",
            replace(BASE, prime=3, terms=16, sums=train + 1000, share=train / (train + 1000)),
            2,
        )
        for train in LONG
    ),
)


def arms_of(*, steps: int | None = None) -> tuple[Arm, ...]:
    """Return `ARMS`, with another number of steps where one is given, for a trial.

    Examples
    --------
    >>> {arm.setting.steps for arm in arms_of(steps=500)}
    {500}
    """
    if steps is None:
        return ARMS
    return tuple(arm._replace(setting=replace(arm.setting, steps=steps)) for arm in ARMS)


def jobs_of(
    arms: Iterable[Arm] = ARMS,
    *,
    primes: Collection[int] = (),
    seeds: int | None = None,
    limit: int | None = None,
) -> list[Job]:
    """Return the runs of some arms, arm by arm, with seeds from 1 on.

    Parameters
    ----------
    arms : iterable of Arm
    primes : collection of int
        Only runs with these p; all where none is given.
    seeds : int, optional
        No more than so many of each arm.
    limit : int, optional
        No more than so many runs, the first ones.

    Raises
    ------
    GedigError
        If no run has one of the primes.

    Examples
    --------
    >>> [job.file for job in jobs_of(primes=[53], seeds=1)]
    ['plain-01', 'no_decay-01', 'shuffled-01', 'steady-01']
    """
    arms = list(arms)
    known = sorted({arm.setting.prime for arm in arms})
    for prime in primes:
        if check_whole("prime", prime, at_least=2) not in known:
            raise refusal("experiment.no_prime", prime=prime, known=", ".join(map(str, known)))
    most = sum(arm.seeds for arm in arms)
    of_each = most if seeds is None else check_whole("seeds", seeds, at_least=1)
    jobs = [
        Job(arm.name, arm.setting, seed)
        for arm in arms
        if not primes or arm.setting.prime in primes
        for seed in range(1, min(arm.seeds, of_each) + 1)
    ]
    return jobs if limit is None else jobs[: check_whole("limit", limit, at_least=1)]


def sweep(
    jobs: Sequence[Job],
    out: Path | str,
    *,
    arms: Iterable[Arm] = ARMS,
    told: Callable[[Run, int, int], object] | None = None,
    step: Callable[[Job, Point], object] | None = None,
) -> list[Path]:
    """Do the runs that `out` does not hold yet, and return the files of all that were asked for.

    Parameters
    ----------
    jobs : sequence of Job
    out : path
        Folder of the sweep: new, empty, or that of an earlier call.
    arms : iterable of Arm
        All that the sweep can have: a folder of other arms is refused.
    told : callable (run, done, all)
        Told of each run as it is written down.
    step : callable (job, point)
        Told of each reading of a run.

    Raises
    ------
    GedigError
        If `out` holds something else, or runs of other arms.
    """
    folder = Path(out)
    versions = {name: version(name) for name in VERSIONS}
    identity = {"experiment": "grokking", "arms": {arm.name: asdict(arm.setting) for arm in arms}}
    notes = {"versions": versions, "when": f"{datetime.now(UTC):%Y-%m-%d}"}
    with folders.claimed(folder, SETTING, identity, notes=notes):
        with folders.writing(folder):
            (folder / RUNS).mkdir(exist_ok=True)
        files = [folder / RUNS / f"{job.file}.npz" for job in jobs]
        done = [path.exists() for path in files]
        count = sum(done)
        for job, path, there in zip(jobs, files, done, strict=True):
            if not there:
                run = _do(job, path, step)
                count += 1
                if told is not None:
                    told(run, count, len(jobs))
    return files


def read_run(path: Path) -> Run:
    """Return a finished run.

    Raises
    ------
    GedigError
        If the file is none.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            about = json.loads(str(found["about"]))
            points = {name: found[name] for name in Point._fields}
            scores = found["scores"]
        return Run(
            about["arm"], GrokSetting(**about["setting"]), about["seed"], points, scores,
            about["seconds"],
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as trouble:
        raise GedigError(
            f"{path} is no finished run; take the file away, and the run is done again."
        ) from trouble


def _do(job: Job, path: Path, step: Callable[[Job, Point], object] | None) -> Run:
    """Do a run, from where it was last written down, and write it down."""
    training = Training(job.setting, job.seed)
    under_way = path.with_suffix(".state")
    points, scores = _take_up(training, under_way, job)
    for point, table in training.points():
        if points and point.step <= points[-1].step:
            continue  # the reading at which it was written down
        points.append(point)
        scores.append(table)
        if step is not None:
            step(job, point)
        if len(points) % KEPT_AFTER == 0:
            _write_state(training, under_way, job, points, scores)
    columns = dict(zip(Point._fields, np.array(points).T, strict=True))
    run = Run(job.arm, job.setting, job.seed, columns, np.stack(scores), training.seconds)
    _write_run(run, path)
    under_way.unlink(missing_ok=True)
    return run


def _take_up(
    training: Training, path: Path, job: Job
) -> tuple[list[Point], list[Float[np.ndarray, "heads tokens places"]]]:
    import torch

    if not path.exists():
        return [], []
    try:
        kept = torch.load(path, weights_only=True)
        if kept["setting"] != asdict(job.setting):
            return [], []
        training.take_up(kept["training"])
        return [Point(*one) for one in kept["points"]], list(kept["scores"].numpy())
    except _DAMAGED as trouble:
        raise GedigError(
            f"{path} is no run under way; take the file away, and the run is begun again."
        ) from trouble


def _write_state(
    training: Training, path: Path, job: Job, points: list[Point], scores: list[np.ndarray]
) -> None:
    import torch

    whole = {
        "setting": asdict(job.setting),
        "training": training.state(),
        "points": [tuple(one) for one in points],
        "scores": torch.as_tensor(np.stack(scores)),
    }
    held = io.BytesIO()
    torch.save(whole, held)
    with folders.writing(path.parent):
        folders.replace(path, held.getvalue())


def _write_run(run: Run, path: Path) -> None:
    about = {
        "arm": run.arm,
        "setting": asdict(run.setting),
        "seed": run.seed,
        "seconds": run.seconds,
    }
    held = io.BytesIO()
    arrays: dict[str, Any] = {"about": json.dumps(about), "scores": run.scores, **run.points}
    np.savez_compressed(held, **arrays)
    with folders.writing(path.parent):
        folders.replace(path, held.getvalue())
