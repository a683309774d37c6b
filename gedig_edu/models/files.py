"""Whether the files of a model are whole, told from their beginnings; nothing heavy is imported.

A folder holds config.json, weights as safetensors (one file, or an index and its shards) and
usually tokenizer.json. What is read here is small: the configuration, and of each file of weights
its header, which says how long the file must be.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gedig_edu.errors import GedigError
from gedig_edu.words import word

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
SHARDS = "model.safetensors.index.json"
TOKENIZER = "tokenizer.json"
MOST_LAYERS = 2_000  # each is something that Python makes, whatever its size
_LONGEST = 200  # letters of a reason
_TERSE = (LookupError, AttributeError, TypeError, ArithmeticError, AssertionError)
_MOST_HEADER = 100_000_000  # bytes, the format's own limit


class UnusableError(Exception):
    """Why a folder's files cannot be a model, in words that fit into a refusal."""


@contextmanager
def libraries_said() -> Iterator[None]:
    """Turn what a library raises over a model's files into an `UnusableError` with its reason.

    A library may raise anything over files that somebody else wrote, and nothing of ours stands in
    such a block; the tokenizers' own panics are no `Exception`.
    """
    try:
        yield
    except (GedigError, UnusableError):
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise UnusableError(_reason(error)) from error


def _reason(error: BaseException) -> str:
    r"""Return the first line of an error, short, and with its kind where that says more.

    Examples
    --------
    >>> _reason(KeyError("n_head")), _reason(ValueError("A size is wrong.\nIt is 3."))
    ("KeyError: 'n_head'", 'A size is wrong')
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = " ".join(lines[:2] if lines and lines[0].endswith(":") else lines[:1]).rstrip(".:")
    said = said if len(said) <= _LONGEST else f"{said[:_LONGEST]}..."
    kind = type(error).__name__
    if not said:
        return kind
    return f"{kind}: {said}" if isinstance(error, _TERSE) else said


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
    check_weights(folder)
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


def check_weights(folder: Path) -> None:
    """Refuse weights that are not whole, from the headers alone.

    Raises
    ------
    UnusableError
        If weights or shards are missing, cut short or no safetensors.
    """
    whole = folder / WEIGHTS
    if os.path.lexists(whole):
        _check_header(whole)
        return
    if not (folder / SHARDS).is_file():
        raise UnusableError(word("refusals.files.no_file", file=WEIGHTS))
    index = _read_json(folder / SHARDS)
    names = index.get("weight_map") if isinstance(index, dict) else None
    if not isinstance(names, dict) or not all(_is_plain(name) for name in names.values()):
        raise UnusableError(word("refusals.files.no_index", file=SHARDS))
    for shard in sorted(set(names.values())):
        _check_header(folder / shard)


def _check_header(file: Path) -> None:
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
        bytes_needed = 8 + length + end
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UnusableError(word("refusals.files.no_weights", file=file.name)) from error
    if bytes_needed != bytes_there:
        sizes = {"there": bytes_there, "needed": bytes_needed}
        raise UnusableError(word("refusals.files.cut", file=file.name, **sizes))


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
