"""Kernels that are compiled once and kept on disk, and the list that says whether they are whole.

numba unpickles what it finds in its cache and runs it: a file cut short is an error at every call,
and one with a wrong byte in its machine code ends the process. So a list of SHA-256 digests stands
beside the files; what does not equal it counts as not there, and is compiled again.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from numba import njit
from numba.core import config

from gedig_edu.errors import warn
from gedig_edu.words import word

_OPTIONS = {"nogil": True, "error_model": "numpy"}


def kept(function: Callable[..., Any]) -> Any:
    """Have numba compile a function and keep the result, wherever some folder can be written.

    Nothing is compiled yet: see `ready`.
    """
    try:
        return njit(cache=True, **_OPTIONS)(function)
    except (RuntimeError, OSError):  # no folder for the cache
        return njit(**_OPTIONS)(function)


def ready(kernel: Any, *signatures: Any) -> Any:
    """Return a kernel of `kept` compiled for these signatures, from its cache where that is whole.

    Where the cache can be neither used nor mended, the kernel is compiled for this process alone.
    """
    try:
        _clear_damage(kernel)
        _compile(kernel, signatures)
        if kernel.stats.cache_misses:
            _write_list(kernel)
    except Exception:  # whatever numba makes of what it can neither read nor replace
        kernel = njit(**_OPTIONS)(kernel.py_func)
        _compile(kernel, signatures)
    return kernel


def check_switched_on() -> None:
    """Refuse to go on where numba would run its functions as plain Python.

    Raises
    ------
    ImportError
        If ``NUMBA_DISABLE_JIT`` is set.
    """
    if getattr(config, "DISABLE_JIT", False):
        raise ImportError(word("engine.switched_off"))


def whole(kernel: Any) -> bool:
    """Return whether a kernel's compiled code is kept as it was written."""
    return bool(_listed(kernel)) and not damaged(kernel)


def damaged(kernel: Any) -> list[str]:
    """Return the names of the kept files that are not as they were written."""
    return [name for name, digest in _listed(kernel).items() if _digest(kernel, name) != digest]


def files(kernel: Any) -> list[Path]:
    """Return the files that are kept of a kernel."""
    folder = kernel.stats.cache_path
    found = Path(folder).glob(f"{_stem(kernel)}.*") if folder else ()
    return sorted(path for path in found if path.suffix in (".nbi", ".nbc"))


def _compile(kernel: Any, signatures: Sequence[Any]) -> None:
    for signature in signatures:
        kernel.compile(signature)
    kernel.disable_compile()


def _clear_damage(kernel: Any) -> None:
    """Take away what numba must not load: files that are damaged, or that no list speaks for."""
    kept_files, wrong = files(kernel), damaged(kernel)
    if wrong:
        said = word("engine.damaged", folder=kernel.stats.cache_path, names=", ".join(wrong))
        warn(said)
    if wrong or (kept_files and not _listed(kernel)):
        for path in (*kept_files, _list(kernel)):
            path.unlink(missing_ok=True)


def _listed(kernel: Any) -> dict[str, str]:
    """Return the digest of each file as it was written, nothing where there is no list."""
    if not kernel.stats.cache_path or not _list(kernel).is_file():
        return {}
    lines = _list(kernel).read_text(encoding="utf-8", errors="replace").splitlines()
    return {name: digest for digest, _, name in (line.partition(" ") for line in lines)}


def _write_list(kernel: Any) -> None:
    """Write the digests of the files, in one step."""
    listed = "".join(f"{_digest(kernel, path.name)} {path.name}\n" for path in files(kernel))
    aside = _list(kernel).with_suffix(f".{os.getpid()}")
    aside.write_text(listed, encoding="utf-8")
    aside.replace(_list(kernel))


def _digest(kernel: Any, name: str) -> str:
    """Return the digest of a file, nothing where it cannot be read."""
    try:
        return hashlib.sha256((Path(kernel.stats.cache_path) / name).read_bytes()).hexdigest()
    except (OSError, ValueError):
        return ""


def _list(kernel: Any) -> Path:
    return Path(kernel.stats.cache_path) / f"{_stem(kernel)}.sha256"


def _stem(kernel: Any) -> str:
    """Return how numba begins the names of a kernel's files."""
    function = kernel.py_func
    module = Path(function.__code__.co_filename).stem
    version = f"py{sys.version_info[0]}{sys.version_info[1]}{getattr(sys, 'abiflags', '')}"
    name = function.__qualname__.replace("<", "").replace(">", "")
    return f"{module}.{name}-{function.__code__.co_firstlineno}.{version}"
