"""The records of a class in one table: a row for each student and exercise."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gedig_edu.course import lessons
from gedig_edu.course.files import write_whole
from gedig_edu.course.handed_in import shortened
from gedig_edu.course.progress import EXPORT
from gedig_edu.errors import GedigError
from gedig_edu.words import word

COLUMNS = (
    "student", "exercise", "answer", "verdict", "attempts", "hints", "solution_seen", "moment",
)  # fmt: skip
TEXTS = ("answer", "passed_with", "passed", "answered", "solution_seen", "last")
COUNTS = ("attempts", "hints")
HEAVIEST = 4_000_000  # bytes; a record of all exercises with the longest answers has 150,000
COPY = re.compile(r" \(\d+\)$")  # what a browser adds to the name of a second download
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Merged:
    """What became of a folder of records.

    Attributes
    ----------
    students, rows : int
        How many stand in the table.
    notes : tuple of str
        What a lecturer should know of files that were merged, or left for a newer one.
    refused : tuple of str
        One sentence for each file that is not in the table.
    """

    students: int
    rows: int
    notes: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True)
class _Handed:
    """One file that could be read: whose, when, and what it holds."""

    file: str
    student: str
    text: bytes
    exercises: dict[str, dict[str, Any]]

    @property
    def moment(self) -> str:
        return max((entry.get("last", "") for entry in self.exercises.values()), default="")


def merge(folder: Path | str, out: Path | str, *, replace: bool = False) -> Merged:
    """Write the exported records below a folder as one CSV table.

    A student is the name given when exporting, else the path of the file without its ending: a
    second download's " (1)" goes, and so does a file name that every export has, so that
    ``Änne_12/gedig-progress.json`` is Änne_12. Of several files of one student the one that was
    worked on last counts, and a note names the others. Each student has a row for each exercise
    of the course, tried or not. The answer and the moment are those of the first answer that
    passed, else of the last.

    The table is UTF-8 with the mark that spreadsheets need to see that, and a cell that one would
    compute begins with an apostrophe.

    Parameters
    ----------
    folder : path
        Searched with all folders in it; hidden files and folders are left out.
    out : path
        The table.
    replace : bool
        Whether a table already there may be replaced.

    Raises
    ------
    GedigError
        If the folder is not there or holds no record that can be read, or the table is there
        and `replace` is not given, or it cannot be written.
    """
    folder, out = Path(folder), Path(out)
    _check_places(folder, out, replace=replace)
    read = [_read(folder, name) for name in _files(folder, out)]
    refused = tuple(one for one in read if isinstance(one, str))
    handed = [one for one in read if isinstance(one, _Handed)]
    if not handed:
        first = f"; the first of {len(refused)} refused: {refused[0]}" if refused else ""
        raise GedigError(
            f"{str(folder)!r} holds no record that can be read; collect what "
            f"'gedig-edu progress export' writes{first}"
        )
    chosen, notes = _one_each(handed)
    rows = [row for one in chosen for row in _rows(one)]
    _write(out, rows)
    return Merged(len(chosen), len(rows), (*notes, *_equal(chosen)), refused)


def _check_places(folder: Path, out: Path, *, replace: bool) -> None:
    if not folder.is_dir():
        raise GedigError(f"{str(folder)!r} is not a folder; name the one with the students' files.")
    if not out.parent.is_dir():
        raise GedigError(f"The folder {str(out.parent)!r} does not exist; make it first.")
    if out.is_dir():
        raise GedigError(f"{str(out)!r} is a folder; name a file in it.")
    if out.exists() and not replace:
        raise GedigError(
            f"{str(out)!r} is there already; name another file or give replace=True "
            "(--replace on the command line)."
        )


def _files(folder: Path, out: Path) -> Iterator[Path]:
    """Yield the files below a folder in the order of their names, without the hidden ones."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        for name in sorted(files):
            path = Path(here) / name
            if not name.startswith((".", "__")) and path.resolve() != out.resolve():
                yield path


def _read(folder: Path, path: Path) -> _Handed | str:
    """Return what a file holds, or in one sentence why nothing of it can be used."""
    file = _spelled(path.relative_to(folder).as_posix())
    if path.suffix.lower() == ".zip":
        return word("course.class.zip", file=file)
    if path.suffix.lower() != ".json":
        return word("course.class.kind", file=file)
    try:
        if path.stat().st_size > HEAVIEST:
            return word("course.class.heavy", file=file)
        content = path.read_bytes()
        record = json.loads(content.decode("utf-8-sig"))
    except OSError as trouble:
        return word("course.class.closed", file=file, trouble=trouble.strerror)
    except (ValueError, RecursionError):
        return word("course.class.broken", file=file)
    if not _is_sound(record):
        return word("course.class.foreign", file=file)
    student = _student(record.get("student", ""), path.relative_to(folder))
    return _Handed(file, student, content, record["exercises"])


def _is_sound(record: Any) -> bool:
    """Whether this is a record of ours, whatever its version, that nobody bent."""
    if not isinstance(record, dict) or not isinstance(record.get("student", ""), str):
        return False
    exercises = record.get("exercises")
    return isinstance(exercises, dict) and all(map(_is_sound_entry, exercises.values()))


def _is_sound_entry(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and all(isinstance(entry.get(name, ""), str) for name in TEXTS)
        and all(type(entry.get(name, 0)) is int for name in COUNTS)
    )


def _student(given: str, path: Path) -> str:
    parts = [*path.parts[:-1], COPY.sub("", path.stem)]
    if len(parts) > 1 and parts[-1] in (Path(EXPORT).stem, "progress"):
        parts.pop()
    name = given.strip() or _spelled("/".join(parts))
    return " ".join(unicodedata.normalize("NFC", shortened(name)).split())


def _spelled(name: str) -> str:
    """Return a file name with its bytes that are no UTF-8 spelled out, so that names stay apart."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _one_each(handed: list[_Handed]) -> tuple[list[_Handed], list[str]]:
    """Return of each student the file worked on last, and a note on each other."""
    latest: dict[str, _Handed] = {}
    for one in handed:
        if one.student not in latest or one.moment > latest[one.student].moment:
            latest[one.student] = one
    notes = [
        word("course.class.older", file=one.file, student=one.student, newer=kept.file)
        for one in handed
        if (kept := latest[one.student]) is not one
    ]
    return sorted(latest.values(), key=lambda one: one.student.casefold()), notes


def _equal(chosen: list[_Handed]) -> Iterator[str]:
    """Yield a note on each file that says byte for byte what another's says, if it says a thing."""
    first: dict[bytes, str] = {}
    for one in chosen:
        if not one.exercises:
            continue
        same = first.setdefault(one.text, one.file)
        if same != one.file:
            yield word("course.class.equal", file=one.file, other=same)


def _rows(one: _Handed) -> Iterator[tuple[str, ...]]:
    """Yield a row for each exercise of the course, then for each that only the file knows."""
    course = [e.id for lesson in lessons.NUMBERS for e in lessons.exercises_of(lesson)]
    for name in (*course, *sorted(set(one.exercises) - set(course))):
        entry = one.exercises.get(name, {})
        passed, attempts = "passed" in entry, entry.get("attempts", 0)
        verdict = "passed" if passed else "not_passed" if attempts else "not_tried"
        yield (
            one.student,
            name,
            entry.get("passed_with", "") if passed else entry.get("answer", ""),
            word(f"course.class.{verdict}"),
            str(attempts),
            str(entry.get("hints", 0)),
            entry.get("solution_seen", ""),
            entry.get("passed") or entry.get("answered") or entry.get("last", ""),
        )


def _write(out: Path, rows: list[tuple[str, ...]]) -> None:
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(word(f"course.class.{name}") for name in COLUMNS)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    try:
        write_whole(out, table.getvalue().encode("utf-8-sig"))
    except OSError as trouble:
        raise GedigError(
            f"{str(out)!r} cannot be written ({trouble.strerror}); name another file."
        ) from trouble


def safe(text: str) -> str:
    """Return a cell that no spreadsheet computes; a plain number stays one.

    Examples
    --------
    >>> safe("=HYPERLINK(0)"), safe("-0.5"), safe("-0.5+A1")
    ("'=HYPERLINK(0)", '-0.5', "'-0.5+A1")
    """
    text = shortened(text)
    begins = text.startswith(FORMULA) or text.lstrip().startswith(FORMULA)
    computed = begins and not NUMBER.fullmatch(text)
    return f"'{text}" if computed else text
