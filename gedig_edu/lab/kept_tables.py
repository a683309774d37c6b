"""Small tables of runs that the course brings, with the command that makes them again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.shapes import Float

if TYPE_CHECKING:
    import pandas as pd

RESULTS = Path(__file__).with_name("results")
BLOCKS = RESULTS / "energy_block"  # tables "runs" and "depths", of `lab.block_comparison`
HEADS = RESULTS / "head_scales"  # table "runs", of `lab.head_scales`
ABOUT = "about.json"
VERSIONS = ("gedig-edu", "numpy", "torch")


def keep(
    out: Path, tables: Mapping[str, pd.DataFrame], *, module: str, seeds: Sequence[int]
) -> None:
    """Write each table as CSV into a folder, and ``about.json`` beside them.

    Parameters
    ----------
    out : path
        Made where it does not exist.
    tables : mapping of str to table
        By name, without ``.csv``.
    module : str
        What makes them again: ``python -m MODULE OUT``.
    seeds : sequence of int
    """
    out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(out / f"{name}.csv", index=False, float_format="%.6g")
    about = {
        "when": datetime.now(UTC).date().isoformat(),
        "command": f"python -m {module} OUT",
        "seeds": list(seeds),
        "versions": {name: version(name) for name in VERSIONS},
    }
    (out / ABOUT).write_text(f"{json.dumps(about, indent=1)}\n", encoding="utf-8")


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """Return a saved table.

    Examples
    --------
    >>> sorted(read_table(RESULTS / "gates", "worlds").columns)[:3]
    ['F1', 'accepts', 'area']
    """
    import pandas as pd

    return pd.read_csv(folder / f"{name}.csv")


def read_about(folder: Path) -> dict[str, Any]:
    """Return when, with which seeds and by which command the tables of a folder were made."""
    return json.loads((folder / ABOUT).read_text(encoding="utf-8"))


def by_arm(table: pd.DataFrame, column: str) -> dict[str, Float[np.ndarray, " seeds"]]:
    """Return a column as one array for each arm, in the order of the seeds.

    Examples
    --------
    >>> import pandas as pd
    >>> by_arm(pd.DataFrame({"arm": ["a", "a"], "seed": [1, 0], "right": [0.5, 1.0]}), "right")
    {'a': array([1. , 0.5])}
    """
    wide = table.pivot_table(index="seed", columns="arm", values=column)
    return {str(arm): wide[arm].to_numpy(dtype=np.float64) for arm in wide.columns}
