"""The records of a class in one table: a row for each student and exercise."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gedig_edu.course import catalogue
from gedig_edu.course.files import write_whole
from gedig_edu.course.handed_in import shortened
from gedig_edu.course.progress import EXPORT
from gedig_edu.course.soundness import is_count
from gedig_edu.words import refusal, word

COLUMNS = (
    "student", "exercise", "answer", "verdict", "attempts", "hints", "solution_seen", "moment",
)  # fmt: skip
TEXTS = ("answer", "passed_with", "passed", "answered", "solution_seen", "last")
COUNTS = ("attempts", "hints")
HEAVIEST = 4_000_000  # bytes; a record of all exercises with the longest answers has 150,000
COPY = re.compile(r" \(\d+\)$")  # what a browser adds to the name of a second download
UNSEEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
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
        What a lecturer should know of files that were merged: joined, alike, or damaged in part.
    refused : tuple of str
        One sentence for each file that is not in the table.
    """

    students: int
    rows: int
    notes: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True)
class _Handed:
    """One file that could be read: whose, what it holds, and what had to be left out."""

    file: str
    student: str
    text: bytes
    exercises: dict[str, dict[str, Any]]
    notes: tuple[str, ...]


def merge(folder: Path | str, out: Path | str, *, replace: bool = False) -> Merged:
    """Write the exported records below a folder as one CSV table.

    A student is the name given when exporting, else the path of the file without its ending: a
    second download's " (1)" goes, and so does a file name that every export has, so that
    ``Änne_12/gedig-progress.json`` is Änne_12. Several files of one student, from two computers
    perhaps, are joined exercise by exercise, and a note names them. Each student has a row for each
    exercise of the course, tried or not. The answer and the moment are those of the first answer
    that passed, else of the last; attempts and hints are the highest that one file counts.

    The table is UTF-8 with the mark that spreadsheets need to see that; a cell that one would
    compute begins with an apostrophe, and a sign that cannot be seen is written as �.

    Parameters
    ----------
    folder : path
        Searched with all folders in it; hidden files and folders are left out.
    out : path
        The table; it ends in .csv and is none of the records.
    replace : bool
        Whether a table already there may be replaced.

    Raises
    ------
    GedigError
        If the folder is not there or holds no record that can be read, or the table is there
        and `replace` is not given, does not end in .csv, is a record, or cannot be written.
    """
    folder, out = Path(folder), Path(out)
    _check_places(folder, out, replace=replace)
    read = [_read(folder, name) for name in _files(folder, out)]
    refused = tuple(one for one in read if isinstance(one, str))
    handed = [one for one in read if isinstance(one, _Handed)]
    if not handed:
        if refused:
            first = {"count": len(refused), "refused": refused[0]}
            raise refusal("no_record_refused", folder=str(folder), **first)
        raise refusal("no_record", folder=str(folder))
    students = _by_student(handed)
    rows = [row for name, files in students.items() for row in _rows(name, files)]
    _write(out, rows)
    notes = (note for one in handed for note in one.notes)
    return Merged(len(students), len(rows), (*notes, *_joined(students), *_equal(handed)), refused)


def _check_places(folder: Path, out: Path, *, replace: bool) -> None:
    if not folder.is_dir():
        raise refusal("no_class", folder=str(folder))
    if not out.parent.is_dir():
        raise refusal("no_folder", folder=str(out.parent))
    if out.is_dir():
        raise refusal("is_folder", path=str(out))
    if not out.name.lower().endswith(".csv") or not os.path.realpath(out).lower().endswith(".csv"):
        raise refusal("no_csv", path=str(out))
    if out.exists() and not replace:
        raise refusal("there_already", path=str(out))


def _files(folder: Path, out: Path) -> Iterator[Path]:
    """Yield the files below a folder in the order of their names, without the hidden ones."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        for name in sorted(files):
            path = Path(here) / name
            if name.startswith((".", "__")):
                continue
            if path.resolve() != out.resolve():
                yield path
            elif path.suffix.lower() == ".json":
                raise refusal("is_record", path=str(out), record=str(path))


def _read(folder: Path, path: Path) -> _Handed | str:
    """Return what a file holds, or in one sentence why nothing of it can be used."""
    file = _spelled(path.relative_to(folder).as_posix())
    if path.suffix.lower() == ".zip":
        return word("course.class.zip", file=file)
    if path.suffix.lower() != ".json":
        return word("course.class.kind", file=file)
    try:
        content = _content(path)
        if content is None:
            return word("course.class.special", file=file)
        if len(content) > HEAVIEST:
            return word("course.class.heavy", file=file)
        record = json.loads(content.decode("utf-8-sig"))
    except OSError as trouble:
        return word("course.class.closed", file=file, trouble=trouble.strerror)
    except (ValueError, RecursionError):
        return word("course.class.broken", file=file)
    if not _is_sound(record):
        return word("course.class.foreign", file=file)
    student = _student(record.get("student", ""), path.relative_to(folder))
    exercises = record["exercises"]
    return _Handed(file, student, content, exercises, tuple(_left_out(file, exercises)))


def _content(path: Path) -> bytes | None:
    """Return a file's bytes, no more than show that it is too heavy; None of a pipe or device."""
    if not path.is_file():
        return None
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
        return file.read(HEAVIEST + 1) if regular else None


def _left_out(file: str, exercises: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Take out of a record what cannot be in the table, and yield a note on it."""
    course = _course()
    foreign = [_visible(name)[:20] for name in exercises if name not in course]
    if foreign:
        named = ", ".join([*foreign[:3], "…"] if len(foreign) > 3 else foreign)
        yield word("course.class.unknown", file=file, exercises=named)
    for name in course:
        entry = exercises.get(name, {})
        for count in COUNTS:
            if not is_count(entry.get(count, 0)):
                del entry[count]
                field = word(f"course.class.{count}")
                yield word("course.class.field", file=file, field=field, exercise=name)


def _course() -> list[str]:
    return [e.id for lesson in catalogue.NUMBERS for e in catalogue.exercises_of(lesson)]


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
    return " ".join(unicodedata.normalize("NFC", shortened(_visible(name))).split())


def _spelled(name: str) -> str:
    """Return a file name with its bytes that are no UTF-8 spelled out, so that names stay apart."""
    return _visible(name.encode("utf-8", "backslashreplace").decode("utf-8"))


def _visible(text: str) -> str:
    return UNSEEN.sub("\ufffd", text)


def _by_student(handed: list[_Handed]) -> dict[str, list[_Handed]]:
    students: dict[str, list[_Handed]] = {}
    for one in sorted(handed, key=lambda one: one.student.casefold()):
        students.setdefault(one.student, []).append(one)
    return students


def _joined(students: dict[str, list[_Handed]]) -> Iterator[str]:
    for student, files in students.items():
        if len(files) > 1:
            named = ", ".join(one.file for one in files)
            yield word("course.class.joined", files=named, student=student)


def _join(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one entry for an exercise: the first pass, else the last try, and what helped."""
    latest = sorted(entries, key=lambda entry: entry.get("last", ""), reverse=True)
    passed = [entry for entry in latest if "passed" in entry]
    kept = dict(min(passed, key=lambda entry: entry["passed"]) if passed else latest[0])
    for name in COUNTS:
        kept[name] = max(entry.get(name, 0) for entry in entries)
    if seen := [entry["solution_seen"] for entry in entries if entry.get("solution_seen")]:
        kept["solution_seen"] = min(seen)
    return kept


def _equal(handed: list[_Handed]) -> Iterator[str]:
    """Yield a note on each file that says byte for byte what another student's says, if a thing."""
    first: dict[bytes, _Handed] = {}
    for one in handed:
        if not one.exercises:
            continue
        same = first.setdefault(one.text, one)
        if same.student != one.student:
            yield word("course.class.equal", file=one.file, other=same.file)


def _rows(student: str, files: list[_Handed]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each exercise of the course."""
    for name in _course():
        entry = _join([one.exercises.get(name, {}) for one in files])
        passed, attempts = "passed" in entry, entry.get("attempts", 0)
        tried = attempts or "answer" in entry
        verdict = "passed" if passed else "not_passed" if tried else "not_tried"
        yield (
            student,
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
        raise refusal("not_written", path=str(out), trouble=trouble.strerror) from trouble


def safe(text: str) -> str:
    """Return a cell that no spreadsheet computes; a plain number stays one.

    Examples
    --------
    >>> safe("=HYPERLINK(0)"), safe("-0.5"), safe("-0.5+A1")
    ("'=HYPERLINK(0)", '-0.5', "'-0.5+A1")
    """
    text = shortened(_visible(text))
    begins = text.startswith(FORMULA) or text.lstrip().startswith(FORMULA)
    computed = begins and not NUMBER.fullmatch(text)
    return f"'{text}" if computed else text
