"""Saying what is being fetched, how large and from where, and how far it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gedig_edu.models.cache import folder_bytes

Report = Callable[[int, int], None]

_SECONDS_BETWEEN_LOOKS = 0.1


@contextmanager
def reporting(title: str, progress: bool | Report) -> Iterator[Report]:
    """Give a function that takes (bytes done, bytes in all) and shows them under `title`.

    `progress` True draws a bar (terminal and notebook alike), False shows nothing, and a
    function is called with the two numbers.
    """
    if callable(progress):
        yield progress
        return
    if not progress:
        yield _silence
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    console.print(title, soft_wrap=True, highlight=False)
    with Progress(BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def watching(folder: Path, total: int, report: Report) -> Iterator[None]:
    """Report the growth of `folder` while the block fills it, and `total` when it is done."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(_SECONDS_BETWEEN_LOOKS):
            report(min(folder_bytes(folder), total), total)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
    report(total, total)


def _silence(_done: int, _total: int) -> None:
    return
