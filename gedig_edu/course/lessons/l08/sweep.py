"""The sweep that lesson 08 reads: the saved runs, arm by arm, and what is said about them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gedig_edu.lab.f_sweep import CONTROLS, RUNS, SETTING, read_runs
from gedig_edu.lab.f_training import Outcome
from gedig_edu.lab.results import FOLDER
from gedig_edu.shapes import Float, Int
from gedig_edu.theory.repeats import Difference, difference
from gedig_edu.words import refusal, word
from gedig_edu.words.numbers import short

KEPT = FOLDER / "minilm" / "sst-2"
PERCENT = 100.0

Arm = tuple[str, float]  # the penalty and α


@dataclass(frozen=True)
class Sweep:
    """Runs of a sweep, by arm, in the order of their seeds.

    Attributes
    ----------
    accuracy, F : dict of arm to array [seeds]
        In %, and the gauge's mean at the end of training.
    changed : dict of arm to array [seeds]
        How many evaluation sentences are classified otherwise than without F by the same seed.
    """

    accuracy: dict[Arm, Float[np.ndarray, " seeds"]]
    F: dict[Arm, Float[np.ndarray, " seeds"]]
    changed: dict[Arm, Int[np.ndarray, " seeds"]]

    @property
    def seeds(self) -> int:
        """How many runs each arm has."""
        return len(self.accuracy["F", 0.0])

    @property
    def alphas(self) -> list[float]:
        """Every α of F that was tried, from 0 on."""
        return sorted(alpha for penalty, alpha in self.accuracy if penalty == "F")

    @property
    def arms(self) -> list[Arm]:
        """F by α, then the controls that were run."""
        controls = [arm for name in CONTROLS for arm in self.accuracy if arm[0] == name]
        return [*(("F", alpha) for alpha in self.alphas), *controls]

    def gain(self, alpha: float, *, penalty: str = "F", over: Arm = ("F", 0.0)) -> Difference:
        """Return how far an arm's accuracy lies above another's, in points, in pairs of a seed."""
        return difference(self.accuracy[penalty, alpha], self.accuracy[over], paired=True)

    def fall(self, alpha: float) -> Difference:
        """Return by how much F ended lower than without it, in pairs of a seed."""
        return difference(self.F["F", 0.0], self.F["F", alpha], paired=True)

    def for_widget(self) -> dict[str, Any]:
        """Return what `AlphaSweep` takes."""
        names = [
            short(alpha) if penalty == "F" else word(f"lesson_08.arm.{penalty}")
            for penalty, alpha in self.arms
        ]
        tables = {"accuracy": self.accuracy, "F": self.F}
        arrays = {name: np.array([of[arm] for arm in self.arms]) for name, of in tables.items()}
        return {"labels": names, **arrays, "joined": len(self.alphas) - 1}


def read_sweep(folder: Path = KEPT) -> Sweep:
    """Return the saved sweep; seeds that some arm lacks are left out of all.

    Raises
    ------
    GedigError
        If no sweep was saved, or two seeds are not shared by all arms.
    """
    runs = {(one.penalty, one.alpha, one.seed): one for one in read_runs(folder / RUNS)}
    arms = {run[:2] for run in runs}
    seeds = [
        seed
        for seed in sorted({seed for *_, seed in runs})
        if all((*arm, seed) in runs for arm in arms)
    ]
    if len(seeds) < 2:
        raise refusal("no_sweep")
    outcomes = {arm: [runs[(*arm, seed)] for seed in seeds] for arm in arms}
    return Sweep(
        {arm: np.array([PERCENT * one.accuracy for one in of]) for arm, of in outcomes.items()},
        {arm: np.array([one.F for one in of]) for arm, of in outcomes.items()},
        {
            arm: np.array(list(map(_otherwise, of, outcomes["F", 0.0])))
            for arm, of in outcomes.items()
        },
    )


def _otherwise(one: Outcome, other: Outcome) -> int:
    """Return on how many sentences one run is right and the other wrong."""
    return sum(a != b for a, b in zip(one.right, other.right, strict=True))


def saved_arms(folder: Path = KEPT) -> tuple[dict[str, Any], str]:
    """Return what `AlphaSweep` takes of the saved sweep, and what it is, in words.

    Where none is saved, nothing is returned for the widget, which then shows the published table.
    """
    if not (folder / RUNS).is_file():
        return {}, word("lesson_08.sweep.none")
    sweep = read_sweep(folder)
    told = json.loads((folder / SETTING).read_text(encoding="utf-8"))
    names = {name: told["training"][name] for name in ("model", "examples")}
    names |= {"sentences": told["evaluate"]["sentences"], "seeds": sweep.seeds}
    return sweep.for_widget(), word(
        "lesson_08.sweep.about", **names, when=told.get("when", "")[:10]
    )
