"""Numbers of kept results as the page of results reads them: one row of a table at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from gedig_edu.course.evidence import Reading
from gedig_edu.lab.results import FOLDER, SETS, Run, runs
from gedig_edu.words.numbers import NONE, fixed, signed

if TYPE_CHECKING:
    import pandas as pd

Write: TypeAlias = Callable[[float], str]
Row: TypeAlias = Mapping[str, str | float]
"""Values of columns that choose a row."""
UNBROKEN = "\N{NO-BREAK SPACE}"
LEAST = 1e-6  # tables are kept to six decimals


class Estimate(NamedTuple):
    """A number with the ends of its 95 % interval; NaN where there is none."""

    value: float = np.nan
    low: float = np.nan
    high: float = np.nan

    def written(self, write: Write = fixed) -> str:
        r"""Return the number, with its interval where it has one, which no line breaks.

        Examples
        --------
        Three decimals are too few for a number that they would show as 0 or as an end of its own
        interval: then it has three digits instead, and an end that decides is seen.

        >>> Estimate(0.25, 0.125, 0.5).written(), Estimate(0, -1e-9, 1e-9).written()
        ('+0.250 [+0.125,\xa0+0.500]', '0.000')
        >>> Estimate(0.00081, 0.00024, 0.00131).written()
        '+0.000810 [+0.000240,\xa0+0.00131]'
        """
        if not np.isfinite(self.value):
            return NONE
        if write is fixed and _hidden(self):
            write = signed
        value, low, high = map(write, self)
        if not self.low < self.high or value == low == high:
            return value
        return f"{value} [{low},{UNBROKEN}{high}]"

    def less(self, other: Estimate) -> Estimate:
        """Return this less another that was measured apart from it.

        The ends are the farthest that both intervals allow, since nothing here says how the two
        vary together: an interval at least as wide as it need be.

        Examples
        --------
        >>> Estimate(0.5, 0.25, 0.75).less(Estimate(0.125, 0.0, 0.25))
        Estimate(value=0.375, low=0.0, high=0.75)
        """
        return Estimate(self.value - other.value, self.low - other.high, self.high - other.low)

    def reading(self, name: str) -> Reading:
        """Return the number as a rule takes it; without an interval it is exact."""
        if np.isfinite([self.low, self.high]).all():
            return Reading(name, *self)
        return Reading.exact(name, self.value)


@dataclass(frozen=True)
class Cell:
    """Where in the tables of an experiment a number stands.

    Attributes
    ----------
    table, column : str
        The ends of its interval stand in ``column_low`` and ``column_high``.
    where : dict of str to str or float
        Values of other columns that choose its row.
    """

    table: str
    column: str
    where: Row

    def read(self, tables: Mapping[str, pd.DataFrame]) -> Estimate:
        """Return the number, NaN where no row or more than one is like that.

        Examples
        --------
        >>> import pandas as pd
        >>> table = pd.DataFrame({"gauge": ["paper"], "d": [2.5], "d_low": [2.0], "d_high": [3.0]})
        >>> Cell("table2", "d", {"gauge": "paper"}).read({"table2": table})
        Estimate(value=2.5, low=2.0, high=3.0)
        """
        table = tables.get(self.table)
        if table is None or not {self.column, *self.where} <= set(table):
            return Estimate()
        chosen: Any = table
        for name, value in self.where.items():
            chosen = chosen[chosen[name] == value]
        if len(chosen) != 1:
            return Estimate()
        names = (self.column, f"{self.column}_low", f"{self.column}_high")
        row = chosen.iloc[0]
        return Estimate(*(float(row.get(name, np.nan)) for name in names))


@dataclass(frozen=True)
class Less:
    """The difference of two numbers in the tables of an experiment."""

    one: Cell
    other: Cell

    def read(self, tables: Mapping[str, pd.DataFrame]) -> Estimate:
        """Return the first less the second, see `Estimate.less`."""
        return self.one.read(tables).less(self.other.read(tables))


def _hidden(numbers: Estimate) -> bool:
    """Return whether three decimals show a number as nought, or as the end of its interval."""
    value, low, high = numbers
    if not low < high or max(abs(low), abs(high)) < LEAST:
        return False
    if any(LEAST <= abs(one) < 5e-4 for one in numbers):
        return True
    return any(abs(value - end) > LEAST and fixed(value) == fixed(end) for end in (low, high))


@dataclass(frozen=True)
class Kept:
    """All kept results.

    Attributes
    ----------
    runs : tuple of Run
    read : dict of (str, str, str) to dict of str to DataFrame
        The tables of each, by experiment, model and set.
    """

    runs: tuple[Run, ...]
    read: Mapping[tuple[str, str, str], dict[str, pd.DataFrame]]

    @classmethod
    def of(cls, folder: Path = FOLDER) -> Kept:
        """Read them from where they are kept."""
        found = runs(folder)
        return cls(found, {(run.experiment, run.model, run.texts): run.tables() for run in found})

    def sets(self) -> tuple[str, ...]:
        """Return the sets of texts with a result, the paper's first."""
        there = {run.texts for run in self.runs}
        return tuple(one for one in SETS if one in there)

    def models(self, texts: str, *experiments: str) -> tuple[str, ...]:
        """Return the models with a result of a set, of any of these experiments where given."""
        found = (
            run.model
            for run in self.runs
            if run.texts == texts and (not experiments or run.experiment in experiments)
        )
        return tuple(dict.fromkeys(found))

    def tables(self, experiment: str, model: str, texts: str) -> dict[str, pd.DataFrame]:
        """Return the tables of a run, none where there was none."""
        return self.read.get((experiment, model, texts), {})

    def commands(self, *experiments: str) -> tuple[str, ...]:
        """Return what makes the tables of these experiments again."""
        return tuple(run.command for run in self.runs if run.experiment in experiments)
