"""A JSON file that several notebooks may change at once without losing anything."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gedig_edu.course.files import read_json, write_whole
from gedig_edu.course.soundness import can_be_kept
from gedig_edu.errors import GedigError, warn
from gedig_edu.words import refusal, word

Record = dict[str, Any]
PATIENCE = 10.0
LOCK_ERRORS = (OSError, NotImplementedError)
Sound = Callable[[str, Record], bool]


def home() -> Path:
    """Return the learner's data folder: ``GEDIG_HOME``, else the platform's own place.

    Examples
    --------
    >>> isinstance(home(), Path)
    True
    """
    chosen = os.environ.get("GEDIG_HOME")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_path

    return user_data_path("gedig-edu", appauthor=False)


def now() -> str:
    """Return the present moment in UTC, to the second, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True)
class Store:
    """One JSON object in one file: read whole, changed under a lock, written whole.

    A change reads the file again, so that what another process wrote meanwhile stays. Fields
    that this version does not know are kept, and so is a higher schema number. Of a damaged
    file, everything that is sound goes on; the file as it was is set aside beside it, never
    deleted, and said in one warning.

    Attributes
    ----------
    path : Path
        The file; it and its folder are made by the first change.
    sections : tuple of str
        Names under which entries stand, each entry a JSON object.
    schema : int
        Version of the layout that this code writes.
    sound : callable
        ``sound(section, entry)`` tells whether an entry can be used; any JSON object by default.

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
    sound: Sound = lambda _section, _entry: True

    def read(self) -> Record:
        """Return what the file holds, with every section there.

        A file is replaced whole, so a reader needs no lock where the system lets one read what is
        being replaced; what is damaged is set aside under the lock.

        Raises
        ------
        GedigError
            If the folder cannot be written or another process keeps the file too long.
        """
        if not os.path.exists(self.path):
            return self._complete({})
        if os.name == "posix":
            with suppress(OSError):  # which is said below, where it is met again
                record, damage = self._sift(self._found())
                if not damage:
                    return record
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
            self._write(record)

    def keep(self, change: Callable[[Record], object]) -> tuple[str, ...]:
        """Make a change; where that cannot be, return why in one sentence instead of raising."""
        try:
            self.change(change)
        except GedigError as trouble:
            return (str(trouble),)
        return ()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.path}.lock", timeout=PATIENCE):
                yield
        except Timeout as trouble:
            kept = {"path": str(self.path), "seconds": f"{PATIENCE:g}"}
            raise refusal("kept_by_another", **kept) from trouble
        except LOCK_ERRORS as trouble:
            raise refusal("not_kept", path=str(self.path), trouble=trouble) from trouble

    def _load(self) -> Record:
        if not os.path.exists(self.path):
            return self._complete({})
        record, damage = self._sift(self._found())
        if damage:
            self._set_aside(record, damage)
        return record

    def _found(self) -> object:
        """Return what the file holds, None where it is no record."""
        try:
            return read_json(self.path)
        except (ValueError, IsADirectoryError):
            return None

    def _sift(self, found: object) -> tuple[Record, list[str]]:
        """Return what is sound of a record, and where the rest stood."""
        if not isinstance(found, dict):
            return self._complete({}), [word("refusals.all_of_it")]
        record, damage = {}, []
        for name, value in found.items():
            if name in self.sections and isinstance(value, dict):
                fits = {key: self._fits(name, key, entry) for key, entry in value.items()}
                record[name] = {key: value[key] for key in value if fits[key]}
                damage += [f"{name} {key!a}" for key in value if not fits[key]]
            elif name not in self.sections and self._is_a_field(name, value):
                record[name] = value
            else:
                damage.append(ascii(name))
        return self._complete(record), damage

    def _fits(self, section: str, key: str, entry: object) -> bool:
        return can_be_kept({key: entry}) and isinstance(entry, dict) and self.sound(section, entry)

    def _is_a_field(self, name: str, value: object) -> bool:
        return can_be_kept({name: value}) and (name != "schema" or type(value) is int)

    def _set_aside(self, record: Record, damage: list[str]) -> None:
        """Keep the file as it was beside itself, and go on with what is sound of it."""
        aside = self._free_name()
        if self.path.is_dir():
            os.replace(self.path, aside)
        else:
            shutil.copyfile(self.path, aside)
        self._write(record)
        places = ", ".join([*damage[:3], "…"] if len(damage) > 3 else damage)
        said = word("refusals.set_aside", name=self.path.name, places=places, aside=str(aside))
        warn(said)

    def _write(self, record: Record) -> None:
        text = json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True)
        write_whole(self.path, text.encode("utf-8", "replace"))

    def _complete(self, record: Record) -> Record:
        for name in self.sections:
            record.setdefault(name, {})
        record["schema"] = max(self.schema, record.get("schema", 0))
        return record

    def _free_name(self) -> Path:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        return self.path.with_name(f"{self.path.stem}.damaged-{stamp}{self.path.suffix}")
