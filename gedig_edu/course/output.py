"""A reading as a file: picture, table or record, by the suffix of the file's name."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gedig_edu.course.files import behind_links, write_whole
from gedig_edu.errors import GedigError
from gedig_edu.words import refusal, word

if TYPE_CHECKING:
    from gedig_edu.lab.live import LiveReading

SUFFIXES = (".png", ".csv", ".json")


def check_output(path: Path) -> None:
    """Refuse a file that could not be written, before anything is computed for it.

    Raises
    ------
    GedigError
        If the suffix is unknown, or the folder is missing or cannot be written to; where the
        file is a link, the folder that it leads to.

    Examples
    --------
    >>> check_output(Path("reading.pdf"))
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: 'reading.pdf' does not end in .png, .csv or .json; choose one.
    """
    if path.suffix not in SUFFIXES:
        first = ", ".join(SUFFIXES[:-1])
        raise refusal("suffix", path=str(path), first=first, last=SUFFIXES[-1])
    try:
        place = behind_links(path)
        if not place.parent.is_dir():
            folder = place.parent if path.is_symlink() else path.parent
            raise refusal("no_folder", folder=str(folder))
        if path.is_dir():
            raise refusal("is_folder", path=str(path))
        with tempfile.TemporaryFile(dir=place.parent):
            pass
    except OSError as trouble:
        raise _unwritable(path, trouble) from trouble


def write_reading(reading: LiveReading, path: Path) -> None:
    """Write the reading as its suffix says: .png the map, .csv the heads, .json everything.

    Raises
    ------
    GedigError
        If the suffix is unknown, or the file cannot be written.
    """
    check_output(path)
    content = {".png": _png, ".csv": _csv, ".json": _json}[path.suffix](reading)
    try:
        write_whole(path, content)
    except OSError as trouble:
        raise _unwritable(path, trouble) from trouble


def _unwritable(path: Path, trouble: OSError) -> GedigError:
    return refusal("not_written", path=str(path), trouble=trouble.strerror)


def _png(reading: LiveReading) -> bytes:
    from gedig_edu.views.picture import png
    from gedig_edu.views.plots import overview

    random = float(reading.baseline_mean("random").mean())
    axes = overview(reading.real.F, label="F", baseline=(word("cli.live.random"), random))
    return png(axes[0])


def _csv(reading: LiveReading) -> bytes:
    return reading.to_csv().encode("utf-8")


def _json(reading: LiveReading) -> bytes:
    return reading.to_json().encode("utf-8")
