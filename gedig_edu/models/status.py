"""The list of models: what is here, what can be fetched, how large, under which licence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gedig_edu.models import cache
from gedig_edu.models.files import trouble_in
from gedig_edu.models.registry import ENTRIES, Entry, entry_for
from gedig_edu.models.sources import find


@dataclass(frozen=True, kw_only=True)
class ModelStatus:
    """One line of the list of models.

    Attributes
    ----------
    name, licence : str
        As in the registry.
    hub_id : str or None
        Its id on the hub.
    bytes : int or None
        On disk where it is present, else the size of the download.
    present : bool
        Whether it can be loaded without a download.
    source : str
        Where it is, or the sources it can be fetched from.
    folder : Path or None
        Its files.
    trouble : str or None
        What is wrong with them (missing, cut short), in a few words; None where they look whole.
    """

    name: str
    licence: str
    hub_id: str | None
    bytes: int | None
    present: bool
    source: str
    folder: Path | None
    trouble: str | None


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
        bytes=size,
        present=found is not None,
        source=source,
        folder=found.folder if found else None,
        trouble=trouble_in(found.folder) if found else None,
    )
