"""The folder of one run: parts written aside and renamed, and in the end one table.

``setting.json`` is written first and makes the folder the run's own. A part holds the rows of a
fixed group of texts, and which of them were left out and why; it has its final name only when it
is whole, so a run that was killed loses the parts it was at and doubles none.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import BaseFileLock, FileLock, Timeout

from gedig_edu.words import refusal

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from gedig_edu.lab.experiments.catalogue import Columns

SETTING, ROWS, LEFT_OUT, TABLES, PARTS = (
    "setting.json", "rows.parquet", "left_out.csv", "tables", "parts",
)  # fmt: skip
_ASIDE = ".part"
_LOCK = "lock"
_LEFT_OUT = b"left_out"

LeftOut = Sequence[tuple[int, str]]


class RunFolder:
    """One run's folder.

    Parameters
    ----------
    path : path
        New, empty, or that of an earlier run.

    Raises
    ------
    GedigError
        If something else lies there, or it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._writing():
            self._held = self._what_is_held()

    @contextmanager
    def claimed(self, identity: dict[str, Any]) -> Iterator[None]:
        """Make the folder this run's own while the block goes on.

        Parameters
        ----------
        identity : dict
            What the run is, as JSON holds it.

        Raises
        ------
        GedigError
            If a run of another setting lies there, or is at work there now, or nothing can be
            written.
        """
        wanted = json.loads(json.dumps(identity))
        for where, there, here in _differences(self._held or wanted, wanted):
            told = {"where": where, "there": there, "here": here}
            raise refusal("experiment.another", folder=str(self.path), **told)
        with self._writing():
            self.path.mkdir(parents=True, exist_ok=True)
            if self._held is None:
                self._write(self.path / SETTING, f"{json.dumps(wanted, indent=1)}\n")
            (self.path / PARTS).mkdir(exist_ok=True)
            lock = self._lock()
        try:
            yield
            if self.finished:
                shutil.rmtree(self.path / PARTS)
        finally:
            lock.release()

    def _lock(self) -> BaseFileLock:
        lock = FileLock(self.path / PARTS / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout as trouble:
            raise refusal("experiment.at_work", folder=str(self.path)) from trouble
        return lock

    @property
    def finished(self) -> bool:
        """Whether all rows stand in one table."""
        return (self.path / ROWS).is_file()

    def missing(self, count: int) -> list[int]:
        """Return which of `count` parts are not there; one that cannot be read is removed."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        missing = []
        for number in range(count):
            part = self._part(number)
            try:
                pq.read_schema(part)
            except FileNotFoundError:
                missing.append(number)
            except pa.ArrowInvalid:
                part.unlink()
                missing.append(number)
        return missing

    def write_part(self, number: int, rows: Sequence[Columns], left_out: LeftOut) -> None:
        """Write the rows of one group of texts, and what was left out of it."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        names = list(rows[0]) if rows else []
        table = pa.table({name: np.concatenate([one[name] for one in rows]) for name in names})
        table = table.replace_schema_metadata({_LEFT_OUT: json.dumps(list(left_out)).encode()})
        part = self._part(number)
        with self._writing():
            pq.write_table(table, part.with_name(part.name + _ASIDE))
            os.replace(part.with_name(part.name + _ASIDE), part)

    def finish(self, count: int) -> None:
        """Join the parts in their order.

        Raises
        ------
        GedigError
            If no text could be measured; the sentence says why the first could not, and the
            folder is as if there had been no run.
        """
        import pyarrow.parquet as pq

        heads = [pq.read_schema(self._part(number)) for number in range(count)]
        left_out = [one for head in heads for one in json.loads(head.metadata[_LEFT_OUT])]
        filled = [number for number in range(count) if heads[number].names]
        if not filled:
            self._give_up()
            line, reason = left_out[0]
            raise refusal("experiment.all_left_out", count=len(left_out), line=line, reason=reason)
        with self._writing():
            self._write(self.path / LEFT_OUT, _csv(["text", "reason"], left_out))
            self._join(filled)

    def left_out(self) -> list[tuple[int, str]]:
        """Return which texts a finished run left out, and why."""
        import pandas as pd

        told = pd.read_csv(self.path / LEFT_OUT)
        return list(zip(map(int, told["text"]), told["reason"], strict=True))

    def rows(self) -> pd.DataFrame:
        """Return the rows of a finished run."""
        import pandas as pd

        return pd.read_parquet(self.path / ROWS)

    def write_tables(self, tables: dict[str, pd.DataFrame]) -> None:
        """Write the small tables, each as a file of its own."""
        with self._writing():
            (self.path / TABLES).mkdir(exist_ok=True)
            for name, table in tables.items():
                self._write(self.path / TABLES / f"{name}.csv", table.to_csv(index=False))

    def _join(self, numbers: Sequence[int]) -> None:
        import pyarrow.parquet as pq

        aside = self.path / (ROWS + _ASIDE)
        schema = self._read(numbers[0]).schema.remove_metadata()
        with pq.ParquetWriter(aside, schema) as writer:
            for number in numbers:
                writer.write_table(self._read(number).replace_schema_metadata(None))
        os.replace(aside, self.path / ROWS)

    def _read(self, number: int) -> pa.Table:
        import pyarrow.parquet as pq

        return pq.read_table(self._part(number))

    def _part(self, number: int) -> Path:
        return self.path / PARTS / f"{number:06d}.parquet"

    def _what_is_held(self) -> dict[str, Any] | None:
        """Return what the run in the folder is, None where there is none."""
        if not os.path.lexists(self.path):
            return None
        if not self.path.is_dir():
            raise refusal("experiment.no_folder", folder=str(self.path))
        names = {path.name for path in self.path.iterdir()}
        if SETTING not in names:
            strange = names - {SETTING + _ASIDE}
            if strange:
                told = {"folder": str(self.path), "name": min(strange)}
                raise refusal("experiment.foreign", **told)
            return None
        try:
            held = json.loads((self.path / SETTING).read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as trouble:
            raise refusal("experiment.damaged", path=str(self.path / SETTING)) from trouble
        if not (isinstance(held, dict) and {"setting", "texts", "model"} <= held.keys()):
            raise refusal("experiment.foreign", folder=str(self.path), name=SETTING)
        return held

    def _give_up(self) -> None:
        with self._writing():
            shutil.rmtree(self.path / PARTS)
            (self.path / SETTING).unlink()
            if not any(self.path.iterdir()):
                self.path.rmdir()

    def _write(self, path: Path, text: str) -> None:
        aside = path.with_name(path.name + _ASIDE)
        aside.write_text(text, encoding="utf-8", newline="")
        os.replace(aside, path)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as trouble:
            told = {"folder": str(self.path), "trouble": trouble.strerror or str(trouble)}
            raise refusal("experiment.not_written", **told) from trouble


def _differences(there: Any, here: Any, where: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield the places where two records differ, with what stands in each."""
    if isinstance(there, dict) and isinstance(here, dict):
        for name in dict.fromkeys([*here, *there]):
            inside = f"{where}.{name}" if where else name
            yield from _differences(there.get(name), here.get(name), inside)
    elif there != here:
        yield where, there, here


def _csv(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(names)).to_csv(index=False)
