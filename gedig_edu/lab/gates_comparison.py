"""Two gates against other ways to accept an edge, over generated worlds.

The rules, written before anything was measured:

- Worlds 0 to 49 tune, worlds 50 to 99 test.
- Every way with numbers to tune has 12 settings (gates at 0 hops alone have two that differ, common
  neighbours three ways to count). A setting's thresholds to choose from are seven quantiles, 1/8 to
  7/8, of the scores that it gives in the tuning worlds while the graph grows as the truth says. The
  setting with the largest mean area under precision and recall is taken, and of its thresholds the
  one with the largest mean F1.
- In the test worlds each way grows a graph for each of the seven thresholds: they are its curve.
- Chance accepts at random as many as the gates over fixed pairs do; what it does is known without
  drawing: its precision is the share of right statements.
- The gates hold, by a reading of paths, if the 95 % interval of the mean difference of areas, in
  pairs of a world, lies above 0 against likeness and against common neighbours.

Changed after a first look: the rivals that were called likeness and common neighbours had been
tuned, likeness to one lessened by degrees, common neighbours to little else than likeness. They
now bear names of their own, and what each name says alone is a way beside them.

Looked at after: tuning takes γ from an end of its grid. Four times farther out, all else as it is,
the area over the tuning worlds falls from 0.569 to 0.516 over fixed pairs (γ = 16) and from 0.579
to 0.578 by efficiency (γ = 1/16), so a wider grid would have changed nothing.

`python -m gedig_edu.lab.gates_comparison OUT` measures it all again, in a few minutes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from gedig_edu.lab.acceptance import (
    WAYS,
    Setting,
    area,
    curve,
    f1,
    precision_recall,
    settings_of,
    true_scores,
)
from gedig_edu.lab.worlds import World, generate
from gedig_edu.shapes import Bool, Float

if TYPE_CHECKING:
    import pandas as pd

TUNING, TEST = range(50), range(50, 100)
QUANTILES = tuple(at / 8 for at in range(1, 8))
FOLDER = Path(__file__).with_name("results") / "gates"
WORLDS, CURVES = "worlds.csv", "curves.csv"
TUNED, ABOUT = "tuned.json", "about.json"
CHANCE = "chance"
UPPER_BOUND = "oracle"  # which is right whatever it accepts: it has no curve
Row: TypeAlias = dict[str, Any]
VERSIONS = ("gedig-edu", "networkx", "numpy", "scipy")


@dataclass(frozen=True)
class Tuned:
    """A way to decide, as tuning left it.

    Attributes
    ----------
    way : str
    options : dict
        Of its setting.
    thresholds : tuple of float
        Those that make its curve.
    best : int
        Place of the threshold with the largest mean F1.
    area : float
        Mean area over the tuning worlds.
    """

    way: str
    options: dict[str, Any]
    thresholds: tuple[float, ...]
    best: int
    area: float

    @property
    def setting(self) -> Setting:
        """The setting that its options name."""
        (found,) = (one for one in settings_of(self.way) if one.options == self.options)
        return found


def tune(way: str, worlds: Sequence[World]) -> Tuned:
    """Return the setting and the threshold of a way that do best on some worlds.

    Raises
    ------
    GedigError
        If there is no such way.
    """
    return max((_tuned(way, one, worlds) for one in settings_of(way)), key=lambda one: one.area)


def tune_threshold(tuned: Tuned, worlds: Sequence[World]) -> Tuned:
    """Return a way with its setting as it is, and thresholds chosen on other worlds."""
    return _tuned(tuned.way, tuned.setting, worlds)


def _tuned(way: str, setting: Setting, worlds: Sequence[World]) -> Tuned:
    scores = np.concatenate([true_scores(world, setting.score) for world in worlds])
    thresholds = tuple(map(float, np.quantile(scores, QUANTILES)))
    pairs = [(world.right, curve(world, setting.score, thresholds)) for world in worlds]
    F1 = np.mean([f1(*precision_recall(right, taken)) for right, taken in pairs], axis=0)
    mean = float(np.mean([area(right, taken) for right, taken in pairs]))
    return Tuned(way, setting.options, thresholds, int(np.argmax(F1)), mean)


def tested(tuned: Iterable[Tuned], world: World) -> tuple[list[Row], list[Row]]:
    """Return what each way does in a world: one row each, and one row each for its curve.

    Rows hold ``way, world``; ``area``; at the way's threshold ``precision, recall, F1`` and the
    share of the statements that it ``accepts``. Chance is among them, and accepts the share that
    the first way does.

    Rows of curves hold ``way, world``; ``base``, the share of the statements that is right; for
    each threshold ``accepts_1, …``, the share that is accepted, and ``right_1, …``, the share that
    is accepted and right. The oracle is not among them.
    """
    rows, curves = [], []
    right, base = world.right, float(world.right.mean())
    for one in tuned:
        taken = curve(world, one.setting.score, one.thresholds)
        precision, recall = precision_recall(right, taken[one.best])
        share = float(taken[one.best].mean())
        rows.append(
            _row(one.way, world, area(right, taken), float(precision), float(recall), share)
        )
        if one.way != UPPER_BOUND:
            curves.append(_points(one.way, world, taken))
    share = rows[0]["accepts"]
    return [*rows, _row(CHANCE, world, base, base, share, share)], curves


def _row(
    way: str, world: World, under: float, precision: float, recall: float, share: float
) -> Row:
    harmonic = float(f1(np.array(precision), np.array(recall)))
    return {
        "way": way, "world": world.name, "area": under,
        "precision": precision, "recall": recall, "F1": harmonic, "accepts": share,
    }  # fmt: skip


def _points(way: str, world: World, taken: Bool[np.ndarray, "thresholds statements"]) -> Row:
    shares = {"accepts": taken.mean(axis=1), "right": (taken & world.right).mean(axis=1)}
    return {"way": way, "world": world.name, "base": float(world.right.mean())} | {
        f"{name}_{at}": float(share)
        for name, of in shares.items()
        for at, share in enumerate(of, start=1)
    }


def compare(
    tuned: Iterable[Tuned], worlds: Iterable[World], *, report: Callable[[str], object] = str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of `tested` for some worlds, as a table of numbers and one of curves.

    Parameters
    ----------
    tuned : iterable of Tuned
    worlds : iterable of World
        None of those that tuned.
    report : callable
        Called with the name of each world when it is done.
    """
    import pandas as pd

    tuned = list(tuned)
    rows: list[Row] = []
    curves: list[Row] = []
    for world in worlds:
        found = tested(tuned, world)
        rows += found[0]
        curves += found[1]
        report(world.name)
    return pd.DataFrame(rows), pd.DataFrame(curves)


def measure(out: Path, *, tuning: Iterable[int] = TUNING, test: Iterable[int] = TEST) -> None:
    """Tune, test, and write all that is kept into a folder: settings, rows, curves, and how."""
    out.mkdir(parents=True, exist_ok=True)
    seeds, worlds = list(test), [generate(seed) for seed in tuning]
    tuned = []
    for way in WAYS:
        tuned.append(tune(way, worlds))
        sys.stderr.write(f"{tuned[-1]}\n")
    text = json.dumps([asdict(one) for one in tuned], indent=1)
    (out / TUNED).write_text(f"{text}\n", encoding="utf-8")
    for name, table in zip((WORLDS, CURVES), compare(tuned, map(generate, seeds)), strict=True):
        table.to_csv(out / name, index=False, float_format="%.6g")
    about = {
        "when": datetime.now(UTC).date().isoformat(),
        "command": "python -m gedig_edu.lab.gates_comparison OUT",
        "tuning": len(worlds),
        "test": len(seeds),
        "seeds": [min(seeds), max(seeds)],
        "versions": {name: version(name) for name in VERSIONS},
    }
    (out / ABOUT).write_text(f"{json.dumps(about, indent=1)}\n", encoding="utf-8")


def read_tuned(folder: Path = FOLDER) -> list[Tuned]:
    """Return every way as the saved tuning left it.

    Examples
    --------
    >>> [one.way for one in read_tuned()][:2]
    ['fixed_pairs', 'global_efficiency']
    """
    kept = json.loads((folder / TUNED).read_text(encoding="utf-8"))
    return [Tuned(**{**one, "thresholds": tuple(one["thresholds"])}) for one in kept]


def read_worlds(folder: Path = FOLDER) -> pd.DataFrame:
    """Return the saved rows of the test worlds, as `compare` gives them."""
    import pandas as pd

    return pd.read_csv(folder / WORLDS)


def read_about(folder: Path = FOLDER) -> dict[str, Any]:
    """Return when and on how many worlds the saved comparison was made, and what makes it again."""
    return json.loads((folder / ABOUT).read_text(encoding="utf-8"))


def by_way(rows: pd.DataFrame, column: str) -> dict[str, Float[np.ndarray, " worlds"]]:
    """Return a column of the rows as one array for each way, in the order of the worlds."""
    table = rows.pivot(index="world", columns="way", values=column)
    ways = [way for way in (*WAYS, CHANCE) if way in table.columns]
    return {way: table[way].to_numpy(dtype=np.float64) for way in ways}


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
