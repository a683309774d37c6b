"""Processes that work for another one, and end when it is gone."""

from __future__ import annotations

import os
import threading

LOOKS_EVERY = 1.0  # seconds


def end_with(parent: int) -> None:
    """Begin to watch, in a process that works for another: it ends once that one is gone.

    A process that is killed cannot end its workers, and they would go on, or wait for ever. Where
    the system does not tell of a new parent (Windows), nothing happens.

    Parameters
    ----------
    parent : int
        Its process id.
    """
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    never = threading.Event()
    while os.getppid() == parent:
        never.wait(LOOKS_EVERY)
    os._exit(1)
