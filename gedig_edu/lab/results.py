"""What was measured and is kept in the package: the small tables of experiments, by model and set.

``results/MODEL/SET/EXPERIMENT/`` holds the tables of one run as CSV and its ``setting.json``, as
``gedig-edu experiment`` writes both. The rows they were made of are not kept: the command that
makes them again is.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gedig_edu.errors import GedigError, shown
from gedig_edu.shapes import Brief

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).with_name("results")
SETTING = "setting.json"
SETS = ("short", "prose")
"""The two sets of texts that are reported apart: the paper's short lines with headings, and lines
that are no headings with at least 16 tokens."""
WHOLE = "all"  # the set of a run that took every line of its file
DIGITS = "%.6g"  # of a number in a kept table


@dataclass(frozen=True, eq=False, repr=False)
class Run(Brief):
    """One run whose tables are kept.

    Attributes
    ----------
    model, texts, experiment : str
        The model's short name, the set of texts, and what was measured.
    setting : dict
        All that ``setting.json`` says: every option, versions, sums, command, when, how many texts.
    folder : Path
    """

    model: str
    texts: str
    experiment: str
    setting: Mapping[str, Any] = field(repr=False)
    folder: Path = field(repr=False)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return its tables by name."""
        import pandas as pd

        return {path.stem: pd.read_csv(path) for path in sorted(self.folder.glob("*.csv"))}


def runs(folder: Path = FOLDER) -> tuple[Run, ...]:
    """Return every run whose tables are kept, by model, set and experiment.

    Parameters
    ----------
    folder : Path
        Where they are kept; the package's own where not given.

    Raises
    ------
    GedigError
        If a ``setting.json`` is no JSON object.

    Examples
    --------
    >>> all(one.texts in ("short", "prose", "all") for one in runs())
    True
    """
    return tuple(_run(path.parent) for path in sorted(folder.glob(f"*/*/*/{SETTING}")))


def saved(
    experiment: str, model: str, texts: str, *, folder: Path = FOLDER
) -> dict[str, pd.DataFrame]:
    """Return the kept tables of an experiment by name.

    Parameters
    ----------
    experiment, model : str
        Such as "table2" and "minilm".
    texts : str
        The set: "short" or "prose", or "all".
    folder : Path
        Where they are kept; the package's own where not given.

    Raises
    ------
    GedigError
        If none was kept, with the command that measures it.

    Examples
    --------
    >>> saved("table2", "a-model", "short")
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: No result of 'table2' on 'a-model' with the texts 'short' is kept;
    to measure it: gedig-edu experiment table2 --model a-model --texts FILE --only short --out DIR
    """
    for run in runs(folder):
        if (run.experiment, run.model, run.texts) == (experiment, model, texts):
            return run.tables()
    only = "" if texts == WHOLE else f" --only {texts}"
    raise GedigError(
        f"No result of {shown(experiment)} on {shown(model)} with the texts {shown(texts)} is "
        f"kept; to measure it: gedig-edu experiment {experiment} --model {model} --texts FILE"
        f"{only} --out DIR"
    )


def keep(out: Path | str, *, folder: Path = FOLDER) -> Path:
    """Copy the tables of a finished run into the package, and return where they now lie.

    What was kept of the same experiment, model and set before is replaced.

    Parameters
    ----------
    out : path
        Folder that ``gedig-edu experiment`` wrote.
    folder : Path
        Where results are kept; the package's own where not given.

    Raises
    ------
    GedigError
        If the folder holds no finished run.
    """
    import pandas as pd

    source = Path(out)
    tables = sorted((source / "tables").glob("*.csv"))
    if not tables or not (source / SETTING).is_file():
        raise GedigError(
            f"{shown(str(out))} holds no finished run, which has {SETTING} and tables/; "
            "let gedig-edu experiment end first."
        )
    setting = _read(source / SETTING)
    model = Path(setting["model"]).name
    target = folder / model / (setting.get("only") or WHOLE) / setting["experiment"]
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(parents=True)
    for path in tables:
        pd.read_csv(path).to_csv(target / path.name, index=False, float_format=DIGITS)
    shutil.copyfile(source / SETTING, target / SETTING)
    return target


def _run(folder: Path) -> Run:
    model, texts, experiment = folder.parts[-3:]
    return Run(model, texts, experiment, _read(folder / SETTING), folder)


def _read(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as trouble:
        raise GedigError(f"{shown(str(path))} is no JSON: {trouble}.") from trouble
    if not isinstance(read, dict):
        raise GedigError(f"{shown(str(path))} holds {type(read).__name__}, not a setting.")
    return read
