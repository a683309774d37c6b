"""The sweep that lesson 08 reads: the saved runs, arm by arm, and what is said about them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gedig_edu.lab.results import FOLDER
from gedig_edu.shapes import Float
from gedig_edu.theory.repeats import Difference, difference
from gedig_edu.words import refusal, word
from gedig_edu.words.numbers import short

RUNS = FOLDER / "minilm" / "sst-2" / "runs.jsonl"
CONTROLS = ("entropy", "minus_F", "random_field")
PERCENT = 100.0

Arm = tuple[str, float]  # the penalty and α


@dataclass(frozen=True)
class Sweep:
    """Runs of a sweep, by arm, in the order of their seeds.

    Attributes
    ----------
    accuracy, F : dict of arm to array [seeds]
        In %, and the gauge's mean at the end of training.
    """

    accuracy: dict[Arm, Float[np.ndarray, " seeds"]]
    F: dict[Arm, Float[np.ndarray, " seeds"]]

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


def read_sweep(path: Path = RUNS) -> Sweep:
    """Return the saved sweep; seeds that some arm lacks are left out of all.

    Raises
    ------
    GedigError
        If no sweep was saved.
    """
    if not path.is_file():
        raise refusal("no_sweep")
    runs = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    arms = {(run["penalty"], run["alpha"]) for run in runs}
    by_seed = {(run["penalty"], run["alpha"], run["seed"]): run for run in runs}
    everywhere = [
        seed
        for seed in sorted({run["seed"] for run in runs})
        if all((*arm, seed) in by_seed for arm in arms)
    ]

    def column(name: str, scale: float = 1.0) -> dict[Arm, np.ndarray]:
        return {
            arm: scale * np.array([by_seed[(*arm, seed)][name] for seed in everywhere])
            for arm in arms
        }

    return Sweep(column("accuracy", PERCENT), column("F"))


def saved_arms(path: Path = RUNS) -> tuple[dict[str, Any], str]:
    """Return what `AlphaSweep` takes of the saved sweep, and what it is, in words.

    Where none is saved, nothing is returned for the widget, which then shows the published table.
    """
    if not path.is_file():
        return {}, word("lesson_08.sweep.none")
    sweep = read_sweep(path)
    return sweep.for_widget(), word("lesson_08.sweep.about", seeds=len(sweep.accuracy["F", 0.0]))
