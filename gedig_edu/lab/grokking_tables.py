"""What runs of `gedig_edu.lab.grokking_sweep` come to, as small tables, and those that are kept.

`write_tables` makes them of the runs in a folder, `keep` copies them into the package, and `runs`,
`curves` and `definitions` read what is kept there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gedig_edu.errors import GedigError, shown
from gedig_edu.lab import folders
from gedig_edu.lab.grokking_readings import by_definition, sign_test, smoothed, table
from gedig_edu.lab.grokking_sweep import SETTING, Run, read_run
from gedig_edu.words import word

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).with_name("results") / "grokking"
TABLES, RUNS, CURVES, DEFINITIONS, ABOUT = (
    "tables", "runs.csv", "curves.csv.gz", "definitions.csv", "about.json",
)  # fmt: skip
KEPT_EVERY, EARLY = 20, 200  # steps between two kept readings, and up to where all are kept
DIGITS = "%.4g"
USUAL = "plain"


def write_tables(out: Path | str, files: Iterable[Path]) -> pd.DataFrame:
    """Write what runs say into ``tables``, and return the row of each run.

    Parameters
    ----------
    out : path
        Folder of the sweep.
    files : iterable of Path
        Finished runs, as `gedig_edu.lab.grokking_sweep.sweep` returns them.

    Raises
    ------
    GedigError
        If a file is no finished run, or the folder cannot be written.
    """
    found = [read_run(path) for path in files]
    folder, rows = Path(out) / TABLES, table(found)
    usual = [run for run in found if run.arm == USUAL]
    with folders.writing(folder):
        folder.mkdir(exist_ok=True)
        rows.to_csv(folder / RUNS, index=False, float_format="%.6g")
        curves_of(found).to_csv(folder / CURVES, index=False, float_format=DIGITS)
        if usual:
            by_definition(usual).to_csv(folder / DEFINITIONS, index=False)
    return rows


def sentences(rows: pd.DataFrame) -> list[str]:
    """Return what the runs of each arm say, a sentence each.

    Parameters
    ----------
    rows : DataFrame
        As `write_tables` returns them.

    Examples
    --------
    >>> len(sentences(runs())) == runs()["arm"].nunique()
    True
    """
    said = []
    for arm, of in rows.groupby("arm", sort=False):
        right, asked = (~np.isnan(of[name].to_numpy()) for name in ("onset", "peak"))
        runs, early = int((right & asked).sum()), int(of["before"].to_numpy().sum())
        told = {"arm": word(f"grokking.arm.{arm}"), "prime": of["prime"].to_numpy()[0]}
        told |= {"runs": runs, "all": len(of), "before": early}
        if runs == 0:
            said.append(word(f"grokking.cli.{'at_once' if right.any() else 'never'}", **told))
            continue
        p = {"p": sign_test(early, runs), "after": sign_test(runs - early, runs)}
        told |= {name: f"{value:.2g}" for name, value in p.items()}
        said.append(word("grokking.cli.before", **told))
    return said


def curves_of(found: Iterable[Run]) -> pd.DataFrame:
    """Return the curves of runs, thinned: ``arm, seed, step, train, held, norm, C, smooth``.

    ``smooth`` is C over 2 % of the run, smoothed before anything is left out.
    """
    import pandas as pd

    frames = []
    for run in found:
        points = run.points
        step = points["step"].astype(int)
        kept = (step % KEPT_EVERY == 0) | (step <= EARLY)
        columns = {name: points[name][kept] for name in ("train", "held", "norm", "C")}
        columns |= {"smooth": smoothed(points["C"])[kept]}
        frames.append(
            pd.DataFrame({"arm": run.arm, "seed": run.seed, "step": step[kept]} | columns)
        )
    return pd.concat(frames, ignore_index=True)


def keep(out: Path | str, *, folder: Path = FOLDER) -> Path:
    """Copy the tables of a sweep into the package, and return where they lie.

    Parameters
    ----------
    out : path
        Folder that ``gedig-edu experiment grokking`` wrote.
    folder : Path
        The package's own where not given.

    Raises
    ------
    GedigError
        If the folder holds no tables.
    """
    source = Path(out)
    there = [source / TABLES / name for name in (RUNS, CURVES, DEFINITIONS)]
    if not all(path.is_file() for path in (*there, source / SETTING)):
        raise GedigError(
            f"{shown(str(out))} holds no finished sweep; let gedig-edu experiment grokking end."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for path in there:
        (folder / path.name).write_bytes(path.read_bytes())
    record = json.loads((source / SETTING).read_text(encoding="utf-8"))
    when = datetime.fromtimestamp(there[0].stat().st_mtime, UTC).date().isoformat()
    text = json.dumps(record | {"when": when}, indent=1)
    (folder / ABOUT).write_text(f"{text}\n", encoding="utf-8")
    return folder


def runs(folder: Path = FOLDER) -> pd.DataFrame:
    """Return the kept runs, one row each: `gedig_edu.lab.grokking_readings.table`.

    Examples
    --------
    >>> found = runs()
    >>> int((found["arm"] == "plain").sum())
    12
    """
    import pandas as pd

    return pd.read_csv(folder / RUNS)


def curves(folder: Path = FOLDER) -> pd.DataFrame:
    """Return the kept curves: `curves_of`.

    Examples
    --------
    >>> list(curves())
    ['arm', 'seed', 'step', 'train', 'held', 'norm', 'C', 'smooth']
    """
    import pandas as pd

    return pd.read_csv(folder / CURVES)


def definitions(folder: Path = FOLDER) -> pd.DataFrame:
    """Return how often C comes before, by each way to say what a peak is: `by_definition`.

    Examples
    --------
    >>> found = definitions()
    >>> len(found), set(found["mark"]) == {"peak", "bump", "rise"}
    (36, True)
    """
    import pandas as pd

    return pd.read_csv(folder / DEFINITIONS)
