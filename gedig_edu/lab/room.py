"""What a run needs of memory and of disk, asked before it begins."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from gedig_edu.lab.experiments.setting import GAUGES
from gedig_edu.models.memory import Shape, bytes_needed, gigabytes
from gedig_edu.words import refusal

COLUMNS = 40  # of a row, more than any experiment has
_NUMBER = 8  # bytes
_COPIES = 2  # of the rows: in parts and joined on the disk, as a table and what is made of it
_DRAWS = 12  # float64 maps that the baselines of a text hold, for each of its own


def rows_bytes(shape: Shape, texts: int) -> int:
    """Return the bytes that all rows take, on the disk and, in the end, of memory.

    Examples
    --------
    >>> shape = Shape(name="small", layers=2, heads=3, width=12, vocabulary=100)
    >>> rows_bytes(shape, texts=10)
    76800
    """
    rows = texts * shape.layers * shape.heads * len(GAUGES)
    return rows * COLUMNS * _NUMBER * _COPIES


def reading_bytes(shape: Shape, tokens: int) -> int:
    """Return the bytes of memory that one text takes while it is measured.

    Examples
    --------
    >>> shape = Shape(name="small", layers=2, heads=3, width=12, vocabulary=100)
    >>> reading_bytes(shape, tokens=10) < reading_bytes(shape, tokens=20)
    True
    """
    draws = _DRAWS * _NUMBER * shape.layers * shape.heads * tokens**2
    return bytes_needed("attend", [tokens], shape) + draws


def check_disk(needed: int, out: Path) -> None:
    """Refuse a run for whose rows the disk has no room.

    Raises
    ------
    GedigError
    """
    around = (out.absolute(), *out.absolute().parents)
    usage = shutil.disk_usage(next(one for one in around if os.path.isdir(one)))
    if usage.total and needed > usage.free:  # what is no disk has none, and is refused as such
        sizes = {"needed": gigabytes(needed), "free": gigabytes(usage.free)}
        raise refusal("experiment.disk", folder=str(out), **sizes)


def check_memory(needed: int, free: int | None, tokens: int) -> None:
    """Refuse a run that needs more memory than is free.

    Parameters
    ----------
    needed, free : int
        Bytes; None where nobody can tell.
    tokens : int
        Of the longest text.

    Raises
    ------
    GedigError
    """
    if free is not None and needed > free:
        sizes = {"needed": gigabytes(needed), "free": gigabytes(free)}
        raise refusal("experiment.memory", tokens=tokens, **sizes)
