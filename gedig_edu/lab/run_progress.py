"""How far a run is: a bar on a terminal, and a line now and then where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from gedig_edu.lab.runner import Progress
from gedig_edu.words import word

TENTHS = 10
QUIET_SECONDS = 30.0


class Occasions:
    """When to say a line: at the start, at every tenth, and where 30 s went by without one."""

    def __init__(self) -> None:
        self._tenth, self._said = -1, monotonic()

    def quiet(self) -> bool:
        """Tell whether 30 s went by without a line, which is then taken as said."""
        now = monotonic()
        if now - self._said < QUIET_SECONDS:
            return False
        self._said = now
        return True

    def due(self, done: int, total: int) -> bool:
        """Tell whether it is time for a line, which is then taken as said.

        Parameters
        ----------
        done, total : int
            Texts.

        Examples
        --------
        >>> occasions = Occasions()
        >>> [done for done in range(41) if occasions.due(done, 40)]
        [0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40]
        """
        tenth = TENTHS * done // total
        if tenth == self._tenth:
            return self.quiet()
        self._tenth, self._said = tenth, monotonic()
        return True


@contextmanager
def shown(say: Callable[[str], object]) -> Iterator[Callable[[Progress], None]]:
    """Give a function that takes how far a run is.

    Parameters
    ----------
    say : callable
        Prints a line to where a terminal would be.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(elapsed_when_finished=True),
    )  # fmt: skip
    console = Console(stderr=True)
    begun, rows, occasions = monotonic(), 0, Occasions()
    with Bar(*columns, console=console, disable=not console.is_terminal) as bar:

        def report(progress: Progress) -> None:
            nonlocal begun, rows
            if not bar.task_ids:
                begun = monotonic()
                bar.add_task(word("cli.experiment.texts_unit"), total=progress.total, rate="")
            rows += progress.rows
            rate = f"{rows / max(monotonic() - begun, 1e-9):,.0f}"
            said = word("cli.experiment.rate", rate=rate) if rows else ""
            bar.update(bar.task_ids[0], completed=progress.done, rate=said)
            if bar.disable and occasions.due(progress.done, progress.total):
                told = {"done": progress.done, "total": progress.total}
                line = word("cli.experiment.so_far", **told)
                say(", ".join(filter(None, (line, said))))

        yield report
