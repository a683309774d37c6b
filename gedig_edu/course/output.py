"""A reading as a file: picture, table or record, by the suffix of the file's name."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from gedig_edu.course.files import check_place, write_whole
from gedig_edu.words import refusal

if TYPE_CHECKING:
    from gedig_edu.course.readings import Readings

PICTURES = (".png", ".svg", ".pdf")
SUFFIXES = (*PICTURES, ".csv", ".parquet", ".json")


def check_output(path: Path) -> None:
    """Refuse a file that could not be written, before anything is computed for it.

    Raises
    ------
    GedigError
        If the suffix is unknown, or the folder is missing or cannot be written to; where the
        file is a link, the folder that it leads to.

    Examples
    --------
    >>> check_output(Path("reading.txt"))
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: 'reading.txt' does not end in .png, .svg, .pdf, .csv, .parquet ...
    """
    if _suffix(path) not in SUFFIXES:
        first = ", ".join(SUFFIXES[:-1])
        raise refusal("suffix", path=str(path), first=first, last=SUFFIXES[-1])
    if _suffix(path) == ".parquet" and find_spec("pyarrow") is None:
        raise refusal("no_parquet", path=str(path))
    check_place(path)


def write_reading(reading: Readings, path: Path) -> None:
    """Write the reading as its suffix says: a figure, a table of the heads, or everything.

    Raises
    ------
    GedigError
        If the suffix is unknown, or the file cannot be written.
    """
    check_output(path)
    suffix = _suffix(path)
    kind = _figure if suffix in PICTURES else {".csv": _csv, ".json": _json}.get(suffix, _parquet)
    content = kind(reading, suffix.removeprefix("."))
    try:
        write_whole(path, content)
    except OSError as trouble:
        raise refusal("not_written", path=str(path), trouble=trouble.strerror) from trouble


def _suffix(path: Path) -> str:
    return path.suffix.lower()


def _figure(reading: Readings, kind: str) -> bytes:
    from gedig_edu.course.readings import title_and_text
    from gedig_edu.views.picture import saved
    from gedig_edu.views.plots.reports import against, draw_report, explained

    title, text = title_and_text(reading)
    settings = reading.settings
    mask = {"causal": settings["causal"], "matched": settings["matched"]}
    axes = draw_report(
        reading.as_map("F"),
        reading.as_map("delta_random"),
        title=title,
        against=against("random", **mask),
        text=text,
        notes=(*explained(reading.gauge, **mask), reading.warning),
    )
    return saved(axes[0], kind)


def _csv(reading: Readings, _kind: str) -> bytes:
    return reading.to_csv().encode("utf-8")


def _parquet(reading: Readings, _kind: str) -> bytes:
    return reading.table().to_parquet(index=False)


def _json(reading: Readings, _kind: str) -> bytes:
    return reading.to_json().encode("utf-8")
