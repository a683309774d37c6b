"""Whether the files of a model are whole, told from their beginnings; nothing heavy is imported.

A folder holds config.json, weights as safetensors (one file, or an index and its shards) and
usually tokenizer.json. What is read here is small: the configuration, and of each file of weights
its header, which says how long the file must be.
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gedig_edu.words import word

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
SHARDS = "model.safetensors.index.json"
TOKENIZER = "tokenizer.json"
_MOST_HEADER = 100_000_000  # bytes, the format's own limit


class UnusableError(Exception):
    """Why a folder's files cannot be a model, in words that fit into a refusal."""


@dataclass(frozen=True)
class Tensor:
    """One entry of a file of weights."""

    name: str
    shape: tuple[int, ...]


def trouble_in(folder: Path) -> str | None:
    """Return what is wrong with a model's files in a few words, None where they look whole.

    Examples
    --------
    >>> trouble_in(Path("nowhere"))
    'there is no config.json'
    """
    try:
        check_files(folder)
    except UnusableError as trouble:
        return str(trouble)
    return None


def check_files(folder: Path) -> None:
    """Refuse files that cannot be a model.

    Raises
    ------
    UnusableError
        If one is missing, cut short or of another form.
    """
    read_config(folder)
    read_headers(folder)
    _check_tokenizer(folder / TOKENIZER)


def read_config(folder: Path) -> dict[str, Any]:
    """Return the configuration as it is written.

    Raises
    ------
    UnusableError
        If it is not there, or no JSON object.
    """
    config = _read_json(folder / CONFIG)
    if not isinstance(config, dict):
        raise UnusableError(word("refusals.files.no_object", file=CONFIG))
    return config


def read_headers(folder: Path) -> list[Tensor]:
    """Return the tensors that the folder's weights hold, from the headers alone.

    Raises
    ------
    UnusableError
        If weights or shards are missing, cut short or no safetensors.
    """
    whole = folder / WEIGHTS
    if os.path.lexists(whole):
        return _read_header(whole)
    if not (folder / SHARDS).is_file():
        raise UnusableError(word("refusals.files.no_file", file=WEIGHTS))
    index = _read_json(folder / SHARDS)
    names = index.get("weight_map") if isinstance(index, dict) else None
    if not isinstance(names, dict) or not all(_is_plain(name) for name in names.values()):
        raise UnusableError(word("refusals.files.no_index", file=SHARDS))
    shards = sorted(set(names.values()))
    return [tensor for shard in shards for tensor in _read_header(folder / shard)]


def _read_header(file: Path) -> list[Tensor]:
    try:
        with file.open("rb") as stream:
            bytes_there = os.fstat(stream.fileno()).st_size
            length = int.from_bytes(stream.read(8), "little")
            header = stream.read(length) if length <= min(bytes_there, _MOST_HEADER) else b""
    except OSError as error:
        raise _unopened(file, error) from error
    try:
        entries = json.loads(header)
        entries.pop("__metadata__", None)
        end = max((entry["data_offsets"][1] for entry in entries.values()), default=0)
        tensors = [Tensor(name, tuple(entry["shape"])) for name, entry in entries.items()]
        bytes_needed = 8 + length + end
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UnusableError(word("refusals.files.no_weights", file=file.name)) from error
    if bytes_needed != bytes_there:
        sizes = {"there": bytes_there, "needed": bytes_needed}
        raise UnusableError(word("refusals.files.cut", file=file.name, **sizes))
    return tensors


def _check_tokenizer(file: Path) -> None:
    """Refuse a tokenizer that breaks off; it may be large, so only its ends are looked at."""
    if not os.path.lexists(file):
        return
    try:
        content = file.read_bytes().strip()
    except OSError as error:
        raise _unopened(file, error) from error
    if not (content.startswith(b"{") and content.endswith(b"}")):
        raise UnusableError(word("refusals.files.no_object", file=file.name))


def _read_json(file: Path) -> Any:
    try:
        return json.loads(file.read_bytes())
    except OSError as error:
        raise _unopened(file, error) from error
    except (ValueError, RecursionError) as error:
        raise UnusableError(word("refusals.files.no_json", file=file.name)) from error


def _unopened(file: Path, error: OSError) -> UnusableError:
    if isinstance(error, FileNotFoundError) and not file.is_symlink():
        return UnusableError(word("refusals.files.no_file", file=file.name))
    return UnusableError(word("refusals.files.unopened", file=file.name, trouble=error.strerror))


def _is_plain(name: object) -> bool:
    return isinstance(name, str) and Path(name).name == name


def count_numbers(tensors: list[Tensor]) -> int:
    """Return how many numbers some tensors hold.

    Examples
    --------
    >>> count_numbers([Tensor("a", (2, 3)), Tensor("b", ())])
    7
    """
    return sum(math.prod(tensor.shape) for tensor in tensors)
