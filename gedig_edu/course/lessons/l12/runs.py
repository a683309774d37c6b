"""What the pictures of lesson 12 are given of the saved runs."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.lab import grokking_tables
from gedig_edu.views.widgets.grokking_run import FIRST, LAST, MARKS, NEVER
from gedig_edu.words import word

if TYPE_CHECKING:
    import pandas as pd

READINGS = 170  # asked for on a scale of ratios; some early ones fall together
COLUMNS = {"train": "train", "held": "held", "C": "smooth", "norm": "norm"}


def saved_runs() -> dict[str, Any]:
    """Return what `GrokkingRun` takes: every saved run of two terms, with the rule's marks.

    Examples
    --------
    >>> runs = saved_runs()
    >>> runs["names"][0], len(runs["names"]) == len(runs["curves"]["C"])
    ('the usual setting, p = 53, seed 1', True)
    """
    rows = _shown()
    curves = grokking_tables.curves().groupby(["arm", "seed"])
    kept: list[Any] = [curves.get_group(one) for one in zip(rows["arm"], rows["seed"], strict=True)]
    steps = kept[0]["step"].to_numpy()
    wanted = np.geomspace(FIRST, LAST, READINGS)
    near = np.abs(np.log(np.maximum(steps, 1))[:, None] - np.log(wanted)).argmin(axis=0)
    places = np.unique(near)
    return {
        "names": [_name(one) for one in rows.itertuples()],
        "steps": steps[places],
        "curves": {
            name: np.array([one[column].to_numpy()[places] for one in kept])
            for name, column in COLUMNS.items()
        },
        "marks": {name: rows[name].fillna(NEVER).to_numpy() for name in MARKS},
    }


def about_runs() -> str:
    """Return when the saved runs were made and what makes them again, and which number is which.

    Examples
    --------
    >>> about_runs().splitlines()[1][:49]
    'In the picture: 1 to 12 the usual setting, 13 to '
    """
    rows: Any = grokking_tables.runs()
    path = grokking_tables.FOLDER / grokking_tables.ABOUT
    when = json.loads(path.read_text(encoding="utf-8"))["when"]
    minutes = float(rows["seconds"].sum()) / 60
    made = word("lesson_12.saved", runs=len(rows), when=when, minutes=minutes)
    return f"{made}\n{word('lesson_12.places', places=', '.join(_places()))}"


def _shown() -> pd.DataFrame:
    return grokking_tables.runs().query("terms == 2 and memorised.notna()")


def _places() -> list[str]:
    """Return from which number to which a kind of run stands in the picture."""
    names = [word(f"grokking.arm.{arm}") for arm in _shown()["arm"]]
    said, first = [], 1
    for name, group in groupby(names):
        last = first + len(list(group)) - 1
        said.append(word("lesson_12.place", first=first, last=last, name=name))
        first = last + 1
    return said


def _name(run: Any) -> str:
    arm = word(f"grokking.arm.{run.arm}")
    return word("lesson_12.run", arm=arm, prime=run.prime, seed=run.seed)
