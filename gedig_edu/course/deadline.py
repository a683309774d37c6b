"""A time limit on code that a learner wrote, which may never end.

The code runs in a thread of its own while the caller waits, so the same way works in a Jupyter
kernel's main thread, in any other thread, and on every platform. When the time is up, an
exception is raised inside that thread, again and again until it ends. Two things it cannot
stop: a single call into compiled code that never returns, and a loop that swallows every
exception; such a thread is left behind as a daemon, and the caller goes on.
"""

from __future__ import annotations

import contextvars
import ctypes
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

KNOCKS = 200
KNOCK_EVERY = 0.005


class TimeIsUp(BaseException):
    """Raised where code ran past its time; no `except Exception` catches it."""


def run_within(seconds: float, function: Callable[[], Any]) -> Any:
    """Return ``function()``, or raise `TimeIsUp` once it has run for `seconds`.

    Parameters
    ----------
    seconds : float
        Time limit, s.
    function : callable without arguments
        What it raises is raised here, whatever it is.

    Raises
    ------
    TimeIsUp
        If the time is over before the function is.

    Examples
    --------
    >>> run_within(5, lambda: 6 * 7)
    42
    """
    job = _Job(function)
    job.start()
    try:
        job.join(seconds)
    finally:
        in_time = not job.is_alive()
        job.stop()
    if not in_time:
        raise TimeIsUp
    if job.error is not None:
        raise job.error
    return job.result


class _Job(threading.Thread):
    def __init__(self, function: Callable[[], Any]) -> None:
        super().__init__(name="gedig-edu learner's code", daemon=True)
        self.result: Any = None
        self.error: BaseException | None = None
        self._finished = False
        self._function = function
        self._context = contextvars.copy_context()
        self._turn = threading.Lock()

    def run(self) -> None:
        with suppress(TimeIsUp):
            try:
                self.result = self._context.run(self._function)
            except BaseException as error:
                self.error = error
            with self._turn:
                self._finished = True
                _raise_in(self.ident, None)

    def stop(self) -> None:
        for _ in range(KNOCKS):
            if not self.is_alive():
                return
            with self._turn:
                if not self._finished:
                    _raise_in(self.ident, TimeIsUp)
            self.join(KNOCK_EVERY)


def _raise_in(thread: int | None, exception: type[BaseException] | None) -> None:
    """Raise `exception` in a thread at its next bytecode; None takes a pending one back."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread or 0), ctypes.py_object(exception) if exception else None
    )
