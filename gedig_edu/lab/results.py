"""What was measured and is kept in the package: the small tables of experiments, by model and set.

``results/MODEL/SET/EXPERIMENT/`` holds the tables of one run as CSV and its ``setting.json``, as
``gedig-edu experiment`` writes both. The rows they were made of are not kept: the command that
makes them again is.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gedig_edu.errors import GedigError, shown
from gedig_edu.lab.experiments.setting import Setting
from gedig_edu.shapes import Brief

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).with_name("results")
SETTING, LEFT_OUT = "setting.json", "left_out.csv"
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
    record : dict
        All that ``setting.json`` says: every option, the number of texts and their sum, the
        model's layers and heads and the sums of its files, versions, when it ended, and how many
        texts were left out.
    folder : Path
    """

    model: str
    texts: str
    experiment: str
    record: Mapping[str, Any] = field(repr=False)
    folder: Path = field(repr=False)

    @property
    def read(self) -> int:
        """How many texts were read."""
        return self.record["texts"]["count"] - self.record["left_out"]

    @property
    def when(self) -> str:
        """The day on which it ended, ISO 8601."""
        return self.record["when"]

    @property
    def versions(self) -> Mapping[str, str]:
        """What it was computed with."""
        return self.record["versions"]

    @property
    def command(self) -> str:
        """What makes its tables again, in a folder of the same name."""
        usual = {one.name: one.default for one in fields(Setting)} | {"experiment": self.experiment}
        given = self.record["setting"].items()
        options = [f"--{name} {value}" for name, value in given if value != usual.get(name)]
        out = f"--out {self.experiment}-{self.model}-{self.texts}"
        return " ".join(["gedig-edu experiment", self.experiment, *options, out])

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

    What was kept of the same experiment, model and set before is replaced. Of a file of texts the
    last folder and the name are kept, of a model in a folder the name.

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
    if not tables or not all((source / name).is_file() for name in (SETTING, LEFT_OUT)):
        raise GedigError(
            f"{shown(str(out))} holds no finished run, which has {SETTING}, {LEFT_OUT} and "
            "tables/; let gedig-edu experiment end first."
        )
    record = _record(source)
    setting = record["setting"]
    target = folder / setting["model"] / (setting["only"] or WHOLE) / setting["experiment"]
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(parents=True)
    for path in tables:
        pd.read_csv(path).to_csv(target / path.name, index=False, float_format=DIGITS)
    text = json.dumps(record, indent=1, ensure_ascii=False)
    (target / SETTING).write_text(f"{text}\n", encoding="utf-8")
    return target


def _record(source: Path) -> dict[str, Any]:
    """Return what a run says of itself, without the machine's folders, with when it ended."""
    import pandas as pd

    record, left_out = _read(source / SETTING), source / LEFT_OUT
    setting = record["setting"]
    names = {
        "model": Path(setting["model"]).name,
        "texts": "/".join(Path(setting["texts"]).parts[-2:]),
    }
    return record | {
        "setting": setting | names,
        "left_out": len(pd.read_csv(left_out)),
        "when": datetime.fromtimestamp(left_out.stat().st_mtime, UTC).date().isoformat(),
    }


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
