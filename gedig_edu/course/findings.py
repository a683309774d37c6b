"""What was measured for the ledger: by this learner on this machine, and by the course before.

Both hold the same entries: the numbers of a claim on a model, with what they were measured on and
when. A verdict is never stored; it is computed from the numbers by the rule of today.

After a change of a claim, of its texts or of what measures it, the course's numbers are measured
anew, for each model, by ``gedig-edu claims --run --lesson 03 --model gpt2-mini --table
gedig_edu/course/measured/gpt2-mini.json``; without ``--table`` only one's own record changes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from gedig_edu import __version__
from gedig_edu.course.files import check_place, write_whole
from gedig_edu.course.soundness import is_evidence
from gedig_edu.course.store import Store, home
from gedig_edu.words import refusal

SHIPPED = Path(__file__).parent / "measured"
DIGITS = 6


def measured_here() -> dict[str, Any]:
    """Return what this learner measured, by ``claim@model``."""
    return _store().read()["evidence"]


def keep(entries: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """Store entries by ``claim@model``; where that cannot be, return why."""
    return _store().keep(lambda record: record["evidence"].update(entries))


@cache
def shipped(model: str) -> dict[str, Any]:
    """Return what the course brings for a model, by claim; nothing for a model it never met.

    Examples
    --------
    >>> shipped("a model of one's own")
    {}
    """
    known = {path.stem: path for path in SHIPPED.glob("*.json")}
    return json.loads(known[model].read_text(encoding="utf-8")) if model in known else {}


def models() -> tuple[str, ...]:
    """Return the names of the models that the course brings numbers of.

    Examples
    --------
    >>> models()
    ('gpt2-mini', 'minilm', 'smollm2')
    """
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.json")))


def save(entries: Mapping[str, Mapping[str, Any]], path: Path) -> Path:
    """Add entries to a table such as the course brings; claims that it has and they lack stay.

    Raises
    ------
    GedigError
        If there is no entry, the file is no such table, or it cannot be written.
    """
    if not entries:
        raise refusal("nothing_measured", path=str(path))
    table = {**_table(path), **{name: _rounded(entry) for name, entry in entries.items()}}
    text = json.dumps(table, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    try:
        write_whole(path, text.encode("utf-8"))
    except OSError as trouble:
        raise refusal("not_written_there", path=str(path), trouble=trouble.strerror) from trouble
    return path


def check_table(path: Path) -> None:
    """Refuse a table that could not be added to, before anything is measured for it.

    Raises
    ------
    GedigError
        If the file is no such table, or could not be written.
    """
    check_place(path)
    _table(path)


def _table(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        sound = all("readings" in entry for entry in table.values())
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        sound, table = False, {}
    if not sound:
        raise refusal("no_table", path=str(path))
    return table


def _rounded(entry: Mapping[str, Any]) -> dict[str, Any]:
    def short(value: Any) -> Any:
        return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value

    readings = [{name: short(v) for name, v in one.items()} for one in entry["readings"]]
    return {**entry, "readings": readings}


def _store() -> Store:
    return Store(home() / "evidence.json", sections=("evidence",), sound=_is_sound)


def _is_sound(_section: str, entry: Mapping[str, Any]) -> bool:
    """Tell whether an entry can be read; one of another version is not read and may be anything."""
    return entry.get("version") != __version__ or is_evidence(entry)
