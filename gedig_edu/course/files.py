"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from gedig_edu.words import refusal

MARK = ".unfinished-"


def read_json(path: Path) -> Any:
    """Return what a JSON file holds; a mark of byte order at its start is passed over.

    Raises
    ------
    ValueError
        If it is no JSON in UTF-8, or nested deeper than can be read.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder) / "note.json", b'{"a": 1}')
    ...     read_json(Path(folder) / "note.json")
    {'a': 1}
    """
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except RecursionError as trouble:
        raise ValueError(f"{path.name} is nested too deep") from trouble


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path` so that, even if the power fails, no part of it stands there.

    Where `path` is a link, what it leads to is written and the link stays. A file that is
    replaced hands its permissions on.

    Raises
    ------
    OSError
        If the file cannot be written, or `path` is a link that leads round in a circle.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(Path(folder) / "note.txt", b"whole")
    ...     [path.name for path in Path(folder).iterdir()]
    ['note.txt']
    """
    target = behind_links(path)
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()
    sweep(target)
    handle, aside = tempfile.mkstemp(f"{MARK}{os.getpid()}", f".{target.name}.", target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(aside, mode)
        os.replace(aside, target)
    except BaseException:
        os.unlink(aside)
        raise


def check_place(path: Path) -> None:
    """Refuse a file that could not be written, before anything is computed for it.

    Raises
    ------
    GedigError
        If a folder stands there, or its folder is missing or cannot be written to; where the
        file is a link, the folder that it leads to.

    Examples
    --------
    >>> check_place(Path("nowhere") / "note.txt")
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: The folder 'nowhere' does not exist; make it first.
    """
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
        raise refusal("not_written", path=str(path), trouble=trouble.strerror) from trouble


def behind_links(path: Path) -> Path:
    """Return the place that `path` leads to, itself where it is no link.

    Raises
    ------
    OSError
        If its links lead round in a circle.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     link = Path(folder) / "link.csv"
    ...     link.symlink_to("table.csv")
    ...     behind_links(link).name
    'table.csv'
    """
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    return target


def sweep(path: Path) -> None:
    """Delete what writes of `path` left beside it when their process was killed.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, f".note.txt.abcdefgh{MARK}0").touch()
    ...     sweep(Path(folder) / "note.txt")
    ...     list(Path(folder).iterdir())
    []
    """
    for left in path.parent.iterdir() if path.parent.is_dir() else ():
        name, _, process = left.name.rpartition(MARK)
        if name.startswith(f".{path.name}.") and process.isdecimal() and not _runs(int(process)):
            with suppress(OSError):  # another user's, which does no harm
                left.unlink()


def _runs(process: int) -> bool:
    """Tell whether a process may still run; where that cannot be asked, only our own does not."""
    if process == 0 or os.name != "posix":
        return process != 0
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _umask() -> int:
    """Return the process's file mode mask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
