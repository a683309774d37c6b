"""Many trainings with F, written down one by one, and what they say together.

A sweep is a folder: ``setting.json`` and ``runs.jsonl``, one line a finished run. Kill it at any
moment and run it again: it goes on with the runs that are missing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gedig_edu.errors import GedigError, check_choice, check_number, check_whole, shown
from gedig_edu.lab import folders
from gedig_edu.lab.f_training import (
    PENALTIES,
    Outcome,
    TrainingSetting,
    check_enough,
    train_one,
)
from gedig_edu.lab.workers import end_with
from gedig_edu.words import word

if TYPE_CHECKING:
    from gedig_edu.lab.labelled import Labelled

ALPHAS = (0.0, 0.001, 0.01, 0.1, 1.0)
CONTROLS = ("entropy", "minus_F", "random_field")
CONTROL_ALPHA = 0.01
SETTING, RUNS, ARMS = "setting.json", "runs.jsonl", "arms.csv"
VERSIONS = ("gedig-edu", "torch", "transformers", "numpy")


class Job(NamedTuple):
    """One run of a sweep."""

    alpha: float
    seed: int
    penalty: str = "F"


def jobs_of(
    *,
    alphas: Sequence[float] = ALPHAS,
    seeds: int = 5,
    controls: Sequence[str] = CONTROLS,
    control_alpha: float = CONTROL_ALPHA,
) -> list[Job]:
    """Return the runs of a sweep, seed by seed from 1 on, and the controls after them.

    Those of α = 0 are always among them: the others are compared with it.

    Examples
    --------
    >>> [tuple(job) for job in jobs_of(alphas=[0.1], seeds=1, controls=["entropy"])]
    [(0.0, 1, 'F'), (0.1, 1, 'F'), (0.01, 1, 'entropy')]
    """
    for alpha in (*alphas, control_alpha):
        check_number("alpha", alpha, at_least=0)
    numbers = range(1, check_whole("seeds", seeds, at_least=1) + 1)
    for penalty in controls:
        check_choice("penalty", penalty, PENALTIES)
    sweep = [Job(float(alpha), seed) for seed in numbers for alpha in (0, *alphas)]
    others = [Job(control_alpha, seed, penalty) for seed in numbers for penalty in controls]
    return list(dict.fromkeys(sweep + others))


def sweep(
    setting: TrainingSetting,
    train: Labelled,
    evaluate: Labelled,
    out: Path | str,
    *,
    jobs: Iterable[Job],
    workers: int = 1,
    device: str = "auto",
    told: Callable[[Outcome, int, int], object] | None = None,
    step: Callable[[int, int], object] | None = None,
) -> list[Outcome]:
    """Do the runs that `out` does not hold yet, and return all that were asked for.

    Parameters
    ----------
    setting : TrainingSetting
        A sweep that stands in `out` already must have the same one, and the same sentences.
    train, evaluate : Labelled
    out : path
        Folder of the sweep: new, empty, or that of an earlier call.
    jobs : iterable of Job
    workers : int
        Runs at a time; from two on each in a process of its own with one thread.
    device : str
    told : callable (outcome, done, all)
        Told of each run as it is written down.
    step : callable (step, steps)
        Told of each step of a run, where one is done at a time.

    Raises
    ------
    GedigError
        If `out` holds something else or another sweep, or a run cannot be done.
    """
    workers = check_whole("workers", workers, at_least=1)
    jobs = list(jobs)
    folder = Path(out)
    check_enough(setting, train, evaluate)
    with _claimed(folder, setting, train, evaluate):
        done = {_job_of(one): one for one in read_runs(folder / RUNS)}
        left = [job for job in jobs if job not in done]
        train_job = partial(_run, setting, train, evaluate, device)
        for outcome in _outcomes(train_job, left, workers, step):
            _append(folder, outcome)
            done[_job_of(outcome)] = outcome
            if told is not None:
                told(outcome, sum(job in done for job in jobs), len(jobs))
    return [done[job] for job in jobs]


def _append(folder: Path, outcome: Outcome) -> None:
    with folders.writing(folder), (folder / RUNS).open("a", encoding="utf-8") as runs:
        runs.write(json.dumps(outcome.to_dict()) + "\n")
        runs.flush()
        os.fsync(runs.fileno())


def _outcomes(
    train_job: Callable[..., Outcome],
    left: Sequence[Job],
    workers: int,
    step: Callable[[int, int], object] | None,
) -> Iterator[Outcome]:
    """Yield the runs as they end; one worker is this process itself."""
    if workers == 1:
        yield from (train_job(job, step) for job in left)
        return
    begin = {"initializer": _begin, "initargs": (os.getpid(),)}
    with ProcessPoolExecutor(workers, get_context("spawn"), **begin) as pool:
        try:
            for future in as_completed([pool.submit(train_job, job) for job in left]):
                yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def write_arms(out: Path | str, runs: Sequence[Outcome], *, chance: float = 0.5) -> list[str]:
    """Write what runs come to as ``arms.csv``, and return it in sentences.

    Parameters
    ----------
    out : path
        Folder of the sweep.
    runs : sequence of Outcome
        Those that were asked for; where the folder holds more, the last sentence says so.
    chance : float
        Accuracy of one who always names the largest class, 0 to 1.

    Raises
    ------
    GedigError
        As `gedig_edu.lab.f_judgement.arms`, or if the folder cannot be written.
    """
    from gedig_edu.lab.f_judgement import arms, sentences

    table = arms(runs, chance=chance)
    with folders.writing(Path(out)):
        folders.replace(Path(out) / ARMS, table.to_csv(index=False))
    others = len(read_runs(Path(out) / RUNS)) - len(runs)
    told = {"others": others, "path": Path(out) / RUNS}
    return sentences(table) + ([word("training.cli.others", **told)] if others else [])


def read_runs(path: Path | str) -> list[Outcome]:
    """Return the finished runs of a ``runs.jsonl``; none where the file is missing.

    Raises
    ------
    GedigError
        If a line is no run.
    """
    path = Path(path)
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            found.append(Outcome.from_dict(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as trouble:
            start = line[:40].decode(errors="replace")
            raise GedigError(
                f"Line {number} of {path} is no run ({shown(start)}); take the line out, and "
                "the run is done again."
            ) from trouble
    return found


@contextmanager
def _claimed(
    folder: Path, setting: TrainingSetting, train: Labelled, evaluate: Labelled
) -> Iterator[None]:
    """Make the folder that of this sweep, and take out a line that was not finished."""
    told = {
        "training": asdict(setting),
        "train": {"sentences": len(train), "sha256": train.sha256},
        "evaluate": {"sentences": len(evaluate), "sha256": evaluate.sha256},
    }
    versions = {name: version(name) for name in VERSIONS}
    notes = {"versions": versions, "when": f"{datetime.now(UTC):%Y-%m-%d}"}
    with folders.claimed(folder, SETTING, told, notes=notes):
        runs = folder / RUNS
        with folders.writing(folder):
            if runs.exists():
                os.truncate(runs, runs.read_bytes().rfind(b"\n") + 1)
        yield


def _job_of(outcome: Outcome) -> Job:
    return Job(outcome.alpha, outcome.seed, outcome.penalty)


def _begin(parent: int) -> None:
    """Make a worker end with the process it works for, and compute in one thread."""
    import torch

    end_with(parent)
    torch.set_num_threads(1)


def _run(
    setting: TrainingSetting,
    train: Labelled,
    evaluate: Labelled,
    device: str,
    job: Job,
    step: Callable[[int, int], object] | None = None,
) -> Outcome:
    how = {**job._asdict(), "device": device, "progress": step}
    return train_one(setting, train, evaluate, **how)
