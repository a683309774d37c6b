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

from gedig_edu.errors import GedigError
from gedig_edu.lab import folders
from gedig_edu.words import refusal

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from gedig_edu.lab.experiments.catalogue import Columns

SETTING, ROWS, LEFT_OUT, TABLES, PARTS = (
    "setting.json", "rows.parquet", "left_out.csv", "tables", "parts",
)  # fmt: skip
_ASIDE = ".part"
_LEFT_OUT = b"left_out"
_WRITING: dict[str, Any] = {"write_page_checksum": True}
_READING: dict[str, Any] = {"page_checksum_verification": True}  # a page may decompress to others

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
        with folders.writing(path):
            folders.held(path, SETTING)

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
            As `folders.claimed`.
        """
        with folders.claimed(self.path, SETTING, identity):
            with folders.writing(self.path):
                (self.path / PARTS).mkdir(exist_ok=True)
            yield
            if self.finished:
                shutil.rmtree(self.path / PARTS)

    @property
    def finished(self) -> bool:
        """Whether all rows stand in one table."""
        return (self.path / ROWS).is_file()

    def missing(self, count: int) -> list[int]:
        """Return which of `count` parts are not there; one that cannot be read is removed."""
        missing = []
        for number in range(count):
            try:
                self._read(number)
            except (FileNotFoundError, GedigError):
                missing.append(number)
        return missing

    def write_part(self, number: int, rows: Sequence[Columns], left_out: LeftOut) -> None:
        """Write the rows of one group of texts, and what was left out of it."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        names = list(rows[0]) if rows else []
        table = pa.table({name: np.concatenate([one[name] for one in rows]) for name in names})
        table = table.replace_schema_metadata(_told(left_out))
        part = self._part(number)
        with folders.writing(self.path):
            pq.write_table(table, part.with_name(part.name + _ASIDE), **_WRITING)
            os.replace(part.with_name(part.name + _ASIDE), part)

    def finish(self, count: int) -> None:
        """Join the parts in their order.

        Raises
        ------
        GedigError
            If no text could be measured; the sentence says why the first could not, and the
            folder is as if there had been no run.
        """
        filled, left_out = [], []
        for number in range(count):
            rows, reasons = self._read(number)
            left_out += reasons
            filled += [number] if rows.num_columns else []
        if not filled:
            self._give_up()
            line, reason = left_out[0]
            raise refusal("experiment.all_left_out", count=len(left_out), line=line, reason=reason)
        with folders.writing(self.path):
            self._write_left_out(left_out)
            self._join(filled, left_out)

    def rows(self) -> pd.DataFrame:
        """Return the rows of a finished run.

        Raises
        ------
        GedigError
            If their file is damaged.
        """
        import pyarrow.parquet as pq

        path = self.path / ROWS
        with _damaged("experiment.rows_damaged", path):
            return pq.read_table(path, **_READING).to_pandas()

    def left_out(self) -> list[tuple[int, str]]:
        """Return which texts a finished run left out, and why; their file is mended.

        Raises
        ------
        GedigError
            If the rows do not say it either.
        """
        import pandas as pd
        import pyarrow.parquet as pq

        try:
            told = pd.read_csv(self.path / LEFT_OUT)
            return list(zip(map(int, told["text"]), map(str, told["reason"]), strict=True))
        except (OSError, ValueError, KeyError):
            path = self.path / ROWS
            with _damaged("experiment.rows_damaged", path):
                left_out = _left_out_of(pq.read_schema(path))
            with folders.writing(self.path):
                self._write_left_out(left_out)
            return left_out

    def write_tables(self, tables: dict[str, pd.DataFrame]) -> None:
        """Write the small tables, each as a file of its own."""
        with folders.writing(self.path):
            (self.path / TABLES).mkdir(exist_ok=True)
            for name, table in tables.items():
                folders.replace(self.path / TABLES / f"{name}.csv", table.to_csv(index=False))

    def _write_left_out(self, left_out: LeftOut) -> None:
        folders.replace(self.path / LEFT_OUT, _csv(["text", "reason"], left_out))

    def _join(self, numbers: Sequence[int], left_out: LeftOut) -> None:
        import pyarrow.parquet as pq

        aside = self.path / (ROWS + _ASIDE)
        told = _told(left_out)
        schema = self._read(numbers[0])[0].schema.with_metadata(told)
        with pq.ParquetWriter(aside, schema, **_WRITING) as writer:
            for number in numbers:
                writer.write_table(self._read(number)[0].replace_schema_metadata(told))
        os.replace(aside, self.path / ROWS)

    def _read(self, number: int) -> tuple[pa.Table, list[tuple[int, str]]]:
        """Return the rows of a part and what was left out; one that cannot be read is removed."""
        import pyarrow.parquet as pq

        part = self._part(number)
        try:
            with _damaged("experiment.part_damaged", part):
                table = pq.read_table(part, **_READING)
                return table, _left_out_of(table.schema)
        except GedigError:
            with folders.writing(self.path):
                part.unlink()
            raise

    def _part(self, number: int) -> Path:
        return self.path / PARTS / f"{number:06d}.parquet"

    def _give_up(self) -> None:
        with folders.writing(self.path):
            shutil.rmtree(self.path / PARTS)
            (self.path / SETTING).unlink()


@contextmanager
def _damaged(key: str, path: Path) -> Iterator[None]:
    """Say that a file is damaged where it cannot be read; one that is missing is just that."""
    import pyarrow as pa

    try:
        yield
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as trouble:
        raise refusal(key, path=str(path)) from trouble


def _told(left_out: LeftOut) -> dict[bytes, bytes]:
    return {_LEFT_OUT: json.dumps(list(left_out)).encode()}


def _left_out_of(schema: pa.Schema) -> list[tuple[int, str]]:
    return [(int(line), str(reason)) for line, reason in json.loads(schema.metadata[_LEFT_OUT])]


def _csv(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(names)).to_csv(index=False)
