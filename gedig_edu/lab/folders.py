"""A folder that is one run's own: a record says which run, a lock that one process is at work.

Every run of the laboratory claims its folder here: experiments, sweeps, the training of a model.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import BaseFileLock, FileLock, Timeout

from gedig_edu.words import refusal

LOCK = ".lock"  # stays where it is: one that is removed may be held by two
_ASIDE = ".part"


@contextmanager
def claimed(
    folder: Path,
    record: str,
    identity: Mapping[str, Any],
    *,
    notes: Mapping[str, Any] | None = None,
) -> Iterator[None]:
    """Make a folder this run's own while the block goes on.

    The lock comes first: the record is read, compared and written by whoever has it.

    Parameters
    ----------
    folder : path
        New, empty, or that of the same run.
    record : str
        Name of the file that says which run it is.
    identity : mapping
        What the run is; what lies in the folder must say the same.
    notes : mapping, optional
        What the record says besides, which may differ.

    Raises
    ------
    GedigError
        If something else or another run lies there, or a process is at work there, or nothing
        can be written.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with claimed(folder, "setting.json", {"seed": 1}):
    ...     held(folder, "setting.json")
    {'seed': 1}
    >>> with claimed(folder, "setting.json", {"seed": 2}):  # doctest: +ELLIPSIS
    ...     pass
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: ... holds a run with seed=1, and 2 is asked for; ...
    """
    with writing(folder):
        held(folder, record, identity)  # or refused, before anything is written there
        folder.mkdir(parents=True, exist_ok=True)
        lock = _lock(folder)
    try:
        with writing(folder):
            if held(folder, record, identity) is None:
                whole = json.dumps({**identity, **(notes or {})}, indent=1)
                replace(folder / record, f"{whole}\n")
        yield
    finally:
        lock.release()


def held(
    folder: Path, record: str, identity: Mapping[str, Any] | None = None
) -> dict[str, Any] | None:
    """Return what the run in a folder is, None where there is none.

    Parameters
    ----------
    folder : path
    record : str
        Name of the file that says it.
    identity : mapping, optional
        What it is to be.

    Raises
    ------
    GedigError
        If something else or another run lies there, or the record cannot be read.

    Examples
    --------
    >>> held(Path("nowhere"), "setting.json") is None
    True
    """
    if not os.path.lexists(folder):
        return None
    if not folder.is_dir():
        raise refusal("folder.none", folder=str(folder))
    names = {path.name for path in folder.iterdir()}
    if record not in names:
        strange = names - {record + _ASIDE, LOCK}
        if strange:
            raise refusal("folder.foreign", folder=str(folder), name=min(strange))
        return None
    try:
        told = json.loads((folder / record).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as trouble:
        raise refusal("folder.damaged", path=str(folder / record)) from trouble
    if not isinstance(told, dict):
        raise refusal("folder.foreign", folder=str(folder), name=record)
    if identity is not None:
        _refuse_another(folder, record, told, json.loads(json.dumps(identity)))
    return told


def replace(path: Path, whole: str | bytes) -> None:
    """Write a file aside and give it its name when it is whole.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "some.txt")
    >>> replace(path, "whole")
    >>> [one.name for one in path.parent.iterdir()]
    ['some.txt']
    """
    aside = path.with_name(path.name + _ASIDE)
    aside.write_bytes(whole.encode("utf-8") if isinstance(whole, str) else whole)
    os.replace(aside, path)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Say in one sentence why a run cannot be written there.

    Raises
    ------
    GedigError
    """
    try:
        yield
    except OSError as trouble:
        told = {"folder": str(folder), "trouble": trouble.strerror or str(trouble)}
        raise refusal("folder.not_written", **told) from trouble


def _lock(folder: Path) -> BaseFileLock:
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as trouble:
        raise refusal("folder.at_work", folder=str(folder)) from trouble
    return lock


def _refuse_another(folder: Path, record: str, there: dict[str, Any], wanted: Any) -> None:
    if not wanted.keys() <= there.keys():
        raise refusal("folder.foreign", folder=str(folder), name=record)
    compared = {name: there[name] for name in wanted}
    for where, before, here in _differences(compared, wanted):
        told = {"where": where, "there": before, "here": here}
        raise refusal("folder.another", folder=str(folder), **told)


def _differences(there: Any, here: Any, where: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield the places where two records differ, with what stands in each."""
    if isinstance(there, dict) and isinstance(here, dict):
        for name in dict.fromkeys([*here, *there]):
            inside = f"{where}.{name}" if where else name
            yield from _differences(there.get(name), here.get(name), inside)
    elif there != here:
        yield where, there, here
