"""What the pictures of lesson 12 are given of the saved runs."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from gedig_edu.lab import grokking_tables
from gedig_edu.views.widgets.grokking_run import FIRST, LAST, MARKS, NEVER
from gedig_edu.words import word

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
    rows = grokking_tables.runs().query("terms == 2 and memorised.notna()")
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
    """Return when the saved runs were made, how long they took, and what makes them again.

    Examples
    --------
    >>> about_runs().endswith("`gedig-edu experiment grokking --out DIR` makes them again.")
    True
    """
    rows: Any = grokking_tables.runs()
    path = grokking_tables.FOLDER / grokking_tables.ABOUT
    when = json.loads(path.read_text(encoding="utf-8"))["when"]
    minutes = float(rows["seconds"].sum()) / 60
    return word("lesson_12.saved", runs=len(rows), when=when, minutes=minutes)


def _name(run: Any) -> str:
    arm = word(f"grokking.arm.{run.arm}")
    return word("lesson_12.run", arm=arm, prime=run.prime, seed=run.seed)
