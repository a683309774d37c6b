"""The compiled engine: whether it is there, why it is not, and what is kept of it on disk."""

from __future__ import annotations

import functools
import os
import sys
import threading
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

from gedig_edu.errors import warn
from gedig_edu.words import word

_ENGINE = "gedig_edu.theory.engines.numba"
_KERNELS = "gedig_edu.theory.engines.kernels"
_IMPORTING = threading.RLock()

if hasattr(os, "register_at_fork"):  # Windows does not fork
    # a child that is forked while another thread imports would wait for that thread forever
    os.register_at_fork(
        before=_IMPORTING.acquire,
        after_in_parent=_IMPORTING.release,
        after_in_child=_IMPORTING.release,
    )


@dataclass(frozen=True)
class State:
    """What is known of the compiled engine without compiling anything.

    Attributes
    ----------
    usable : bool
        Whether numba can be used here.
    folder : Path or None
        Where its compiled code is kept; None where no folder can hold it.
    compiled : bool
        Whether all of it is kept there, whole.
    trouble : str
        One sentence on what is wrong and what happens then, empty where nothing is.
    """

    usable: bool
    folder: Path | None
    compiled: bool
    trouble: str


def loaded() -> ModuleType | None:
    """Return the compiled engine if it is ready; one that is still being imported is not."""
    module = sys.modules.get(_ENGINE)
    return module if hasattr(module, "read_graphs") else None


@functools.cache
def engine() -> tuple[ModuleType | None, str]:
    """Return the compiled engine, or None and why it cannot be had; tried once in a process."""
    try:
        with _IMPORTING:
            return import_module(_ENGINE), ""
    except Exception as error:  # numba may fail in any way, and what it said is handed on
        return None, _reason(error)


@functools.cache
def say_once(reason: str) -> None:
    """Warn that NumPy reads in numba's place, unless numba is just not installed."""
    if reason != word("engine.absent"):
        warn(word("engine.broken", trouble=reason))


def state() -> State:
    """Return what is known of the compiled engine, for a doctor; a second, for numba's import.

    Examples
    --------
    >>> state().usable
    True
    """
    try:
        import_module("numba")
        kept = import_module(f"{_KERNELS}.kept")
        kernels = [
            import_module(f"{_KERNELS}.cells").read_cells,
            import_module(f"{_KERNELS}.paths").read_links,
        ]
        kept.check_switched_on()
    except Exception as error:  # as above
        return State(False, None, False, word("engine.broken", trouble=_reason(error)))
    folder = kernels[0].stats.cache_path
    if not folder:
        return State(True, None, False, word("engine.no_folder"))
    wrong = [name for kernel in kernels for name in kept.damaged(kernel)]
    whole = all(map(kept.whole, kernels))
    said = word("engine.damaged", folder=folder, names=", ".join(wrong)) if wrong else ""
    return State(True, Path(folder), whole, said)


def _reason(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name in ("numba", _ENGINE):
        return word("engine.absent")
    said = str(error) if isinstance(error, ImportError) else f"{type(error).__name__}: {error}"
    return " ".join(said.split()).rstrip(".")
