"""Table 3 and figure 3: training with F, in pairs that share a seed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.course.cards import Table
from gedig_edu.course.lessons.l08.published import ACCURACY, FINAL_F, SEEDS
from gedig_edu.course.site.results.kept import Estimate
from gedig_edu.course.site.results.part import Part, says
from gedig_edu.lab.f_judgement import MARGIN, MOVED, arms, way
from gedig_edu.lab.f_sweep import CONTROL_ALPHA, read_runs
from gedig_edu.theory.repeats import critical
from gedig_edu.views.plots.estimates import estimates
from gedig_edu.words import word
from gedig_edu.words.numbers import fixed, signed, three

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

RUNS, SETTING = (Path("minilm", "sst-2", name) for name in ("runs.jsonl", "setting.json"))
COMMAND = (
    "gedig-edu train --model minilm --train sst-2/train.tsv --evaluate sst-2/dev.tsv "
    "--seeds {seeds} --out sweep"
)
SEEDS_ASKED = 5
FILES = "howto_train.html#the-sentences-of-sst-2"


def training(folder: Path) -> Part:
    """Return the part from a saved sweep; without one, what was printed and the command."""
    outcomes = read_runs(folder / RUNS)
    if not outcomes:
        command = COMMAND.format(seeds=SEEDS_ASKED)
        told = says("training", outcomes)
        return Part("training", told, (_printed(),), commands=(command,), files_from=FILES)
    table = arms(outcomes)
    commands = _commands(table)
    setting = json.loads((folder / SETTING).read_text(encoding="utf-8"))["training"]
    sizes = {"examples": setting["examples"], "sentences": len(outcomes[0].right)}
    here = word("results.training.here", model=setting["model"], **sizes)
    judged = word("results.training.judged", margin=MARGIN, least=MOVED)
    told = (*says("training", outcomes), here, judged)
    tables = (_levels(table), _pairs(table))
    part = Part("training", told, tables, commands=commands, files_from=FILES)
    return part.drawn(_draw(table))


def _commands(table: pd.DataFrame) -> tuple[str, ...]:
    """Return what makes the runs again: a command for each α at which there are controls."""
    command = COMMAND.format(seeds=int(table["seeds"].to_numpy().max()))
    doses = set(table.loc[table["penalty"] != "F", "alpha"]) - {CONTROL_ALPHA}
    return (command, *(f"{command} --control-alpha {alpha:g}" for alpha in sorted(doses)))


def mean_of(mean: float, spread: float, count: int) -> Estimate:
    r"""Return a mean over runs with its 95 % interval, by Student's t; one run has none.

    Examples
    --------
    >>> mean_of(86.0, 0.5, 3).written(three).replace("\N{NO-BREAK SPACE}", " ")
    '86.0 [84.8, 87.2]'
    """
    if count < 2:
        return Estimate(mean)
    half = critical(count - 1)[0] * spread / count**0.5
    return Estimate(mean, mean - half, mean + half)


def _named(penalty: str, alpha: float) -> str:
    return word(f"results.arm.{penalty}", alpha=alpha)


def _as_printed(penalty: str, alpha: float) -> tuple[str, str]:
    if penalty != "F" or alpha not in ACCURACY:
        return fixed(None), fixed(None)
    return mean_of(*ACCURACY[alpha], SEEDS).written(three), fixed(FINAL_F[alpha])


def _printed() -> Table:
    found = tuple((_named("F", alpha), *_as_printed("F", alpha)) for alpha in ACCURACY)
    headings = ("arm", "accuracy_printed", "F_printed")
    caption = word("results.training.printed")
    return Table(caption, tuple(word(f"results.column.{one}") for one in headings), found)


def _levels(table: pd.DataFrame) -> Table:
    found = tuple(
        (
            _named(row["penalty"], row["alpha"]),
            *_as_printed(row["penalty"], row["alpha"]),
            mean_of(row["accuracy"], row["sd"], row["seeds"]).written(three),
            fixed(row["F"]),
            str(row["seeds"]),
        )
        for row in table.to_dict("records")
    )
    headings = ("arm", "accuracy_printed", "F_printed", "accuracy", "F", "seeds")
    caption = word("results.training.caption")
    return Table(caption, tuple(word(f"results.column.{one}") for one in headings), found)


def _pairs(table: pd.DataFrame) -> Table:
    """Return what each arm does beside the one without F: accuracy, and whether F moved."""
    judged = table.query("verdict != ''")
    found = tuple(
        (
            _named(row["penalty"], row["alpha"]),
            _change(row, "gain").written(),
            word("results.training.changed", **_counted(row)),
            word(f"results.gain.{row['verdict']}", margin=MARGIN),
            _change(row, "F_change").written(signed),
            word(f"results.moved.{way(row, 'F_change', least=MOVED)}", least=MOVED),
        )
        for row in judged.to_dict(orient="records")
    )
    headings = ("arm", "gain", "changed", "verdict", "F_change", "moved")
    caption = word("results.training.pairs")
    return Table(caption, tuple(word(f"results.column.{one}") for one in headings), found)


def _counted(row: dict[Any, Any]) -> dict[str, str]:
    """Return how many predictions changed, and of how many."""
    return {"count": f"{row['changed']:,.0f}", "all": f"{row['pairs'] * row['sentences']:,.0f}"}


def _change(row: dict[Any, Any], name: str) -> Estimate:
    return Estimate(row[name], row[f"{name}_low"], row[f"{name}_high"])


def _draw(table: pd.DataFrame) -> Callable[[], Axes]:
    judged = table.query("verdict != ''").to_dict(orient="records")
    ours, theirs = word("results.training.ours"), word("results.training.theirs")
    levels = {
        "gain": {alpha: accuracy for alpha, (accuracy, _) in ACCURACY.items()},
        "F_change": FINAL_F,
    }
    titles = {name: word(f"results.column.{name}") for name in levels}
    panels = {
        title: {ours: np.array([_change(row, name) for row in judged])}
        for name, title in titles.items()
    }
    printed = {
        title: {theirs: np.array([_less(levels[name], row) for row in judged])}
        for name, title in titles.items()
    }
    names = [_named(row["penalty"], row["alpha"]) for row in judged]
    return lambda: estimates(panels, rows=names, printed=printed, one_scale=False)


def _less(levels: dict[float, float], row: dict[Any, Any]) -> float:
    """Return a printed level less that without F, NaN where the paper has none."""
    given = row["penalty"] == "F" and row["alpha"] in levels
    return levels[row["alpha"]] - levels[0.0] if given else np.nan
