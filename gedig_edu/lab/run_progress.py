"""How far a run is, on a terminal: texts, rows a second, and the time that is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from gedig_edu.lab.runner import Progress
from gedig_edu.words import word


@contextmanager
def shown() -> Iterator[Callable[[Progress], None]]:
    """Give a function that takes how far a run is; where nobody looks, it draws nothing."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(elapsed_when_finished=True),
    )  # fmt: skip
    console = Console(stderr=True)
    with Bar(*columns, console=console, disable=not console.is_terminal) as bar:
        begun, rows = 0.0, 0

        def report(progress: Progress) -> None:
            nonlocal begun, rows
            if not bar.task_ids:
                begun = monotonic()
                unit = word("cli.experiment.texts_unit")
                bar.add_task(unit, total=progress.total, completed=progress.done, rate="")
            rows += progress.rows
            rate = rows / max(monotonic() - begun, 1e-9)
            said = word("cli.experiment.rate", rate=f"{rate:,.0f}") if rows else ""
            bar.update(bar.task_ids[0], completed=progress.done, rate=said)

        yield report
