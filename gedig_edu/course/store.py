"""A JSON file that several notebooks may change at once without losing anything."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from platformdirs import user_data_path

from gedig_edu.course.files import write_whole
from gedig_edu.errors import GedigError

Record = dict[str, Any]
PATIENCE = 10.0
LOCK_ERRORS = (OSError, NotImplementedError)


def home() -> Path:
    """Return the learner's data folder: ``GEDIG_HOME``, else the platform's own place.

    Examples
    --------
    >>> isinstance(home(), Path)
    True
    """
    chosen = os.environ.get("GEDIG_HOME")
    return Path(chosen).expanduser() if chosen else user_data_path("gedig-edu", appauthor=False)


def now() -> str:
    """Return the present moment in UTC, to the second, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True)
class Store:
    """One JSON object in one file: read whole, changed under a lock, written whole.

    A change reads the file again, so that what another process wrote meanwhile stays. Fields
    that this version does not know are kept, and so is a higher schema number. A file that
    cannot be read is renamed beside itself, never deleted, and said in one warning.

    Attributes
    ----------
    path : Path
        The file; it and its folder are made by the first change.
    sections : tuple of str
        Names under which entries stand, each entry a JSON object.
    schema : int
        Version of the layout that this code writes.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = Store(Path(folder) / "marks.json", sections=("marks",))
    ...     store.change(lambda record: record["marks"].update(first={"tries": 1}))
    ...     store.read()["marks"]
    {'first': {'tries': 1}}
    """

    path: Path
    sections: tuple[str, ...]
    schema: int = 1

    def read(self) -> Record:
        """Return what the file holds, with every section there.

        Raises
        ------
        GedigError
            If the folder cannot be written or another process keeps the file too long.
        """
        if not self.path.exists():
            return self._complete({})
        with self._locked():
            return self._load()

    def change(self, change: Callable[[Record], object]) -> None:
        """Let `change` alter what the file holds now, and write the result.

        Raises
        ------
        GedigError
            If the folder cannot be written or another process keeps the file too long.
        """
        with self._locked():
            record = self._load()
            change(record)
            text = json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True)
            write_whole(self.path, text.encode("utf-8", "replace"))

    def keep(self, change: Callable[[Record], object]) -> tuple[str, ...]:
        """Make a change; where that cannot be, return why in one sentence instead of raising."""
        try:
            self.change(change)
        except GedigError as trouble:
            return (str(trouble),)
        return ()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.path}.lock", timeout=PATIENCE):
                yield
        except Timeout as trouble:
            raise GedigError(
                f"Another program has kept {str(self.path)!r} for {PATIENCE:g} s; "
                "close the other notebook or try again."
            ) from trouble
        except LOCK_ERRORS as trouble:
            raise GedigError(
                f"{str(self.path)!r} cannot be kept ({trouble}); "
                "set GEDIG_HOME to a folder that can be written."
            ) from trouble

    def _load(self) -> Record:
        if not self.path.exists():
            return self._complete({})
        try:
            record = json.loads(self.path.read_text(encoding="utf-8"))
        except ValueError:
            record = None
        if isinstance(record, dict) and self._is_sound(record):
            return self._complete(record)
        aside = self._free_name()
        os.replace(self.path, aside)
        warnings.warn(
            f"{self.path.name} could not be read; it was set aside as {str(aside)!r}, "
            "and a new one begins.",
            stacklevel=5,
        )
        return self._complete({})

    def _is_sound(self, record: Record) -> bool:
        sections = (record.get(name, {}) for name in self.sections)
        return all(
            isinstance(section, dict) and all(isinstance(entry, dict) for entry in section.values())
            for section in sections
        ) and isinstance(record.get("schema", 1), int)

    def _complete(self, record: Record) -> Record:
        for name in self.sections:
            record.setdefault(name, {})
        record["schema"] = max(self.schema, record.get("schema", 0))
        return record

    def _free_name(self) -> Path:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        return self.path.with_name(f"{self.path.stem}.damaged-{stamp}{self.path.suffix}")
