"""The sweep that lesson 08 reads: the saved runs, arm by arm, and what is said about them."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gedig_edu.lab.f_judgement import Pairs
from gedig_edu.lab.f_sweep import CONTROLS, RUNS, SETTING, read_runs
from gedig_edu.lab.f_training import Outcome
from gedig_edu.lab.results import FOLDER
from gedig_edu.shapes import Float, Int
from gedig_edu.theory.repeats import Difference
from gedig_edu.words import refusal, word
from gedig_edu.words.numbers import short

KEPT = FOLDER / "minilm" / "sst-2"
PERCENT = 100.0

Arm = tuple[str, float]  # the penalty and α
WITHOUT: Arm = ("F", 0.0)


@dataclass(frozen=True)
class Sweep:
    """Runs of a sweep.

    Attributes
    ----------
    runs : dict of arm to dict of seed to Outcome
    """

    runs: dict[Arm, dict[int, Outcome]]

    @property
    def alphas(self) -> list[float]:
        """Every α of F that was tried, from 0 on."""
        return sorted(alpha for penalty, alpha in self.runs if penalty == "F")

    @property
    def doses(self) -> list[float]:
        """Every α of which there are controls."""
        return sorted({alpha for penalty, alpha in self.runs if penalty in CONTROLS})

    @property
    def arms(self) -> list[Arm]:
        """F by α, then the controls that were run, by α."""
        controls = [(name, alpha) for alpha in self.doses for name in CONTROLS]
        return [("F", alpha) for alpha in self.alphas] + [
            arm for arm in controls if arm in self.runs
        ]

    def pairs(self, arm: Arm, over: Arm = WITHOUT) -> Pairs:
        """Return the runs of two arms that share their seeds."""
        return Pairs.of(self.runs[arm], self.runs[over])

    def gain(self, arm: Arm, over: Arm = WITHOUT) -> Difference:
        """Return how far an arm's accuracy lies above another's, in points."""
        return self.pairs(arm, over).gain

    def fall(self, arm: Arm) -> Difference:
        """Return by how much F ended lower than without it."""
        return Pairs.of(self.runs[WITHOUT], self.runs[arm]).change("F")

    def changed(self, arm: Arm) -> Int[np.ndarray, " pairs"]:
        """Return how many sentences each seed judges otherwise than without F."""
        return np.count_nonzero(self.pairs(arm).apart, axis=1)

    def for_widget(self) -> dict[str, Any]:
        """Return what `AlphaSweep` takes: F by α, and each control at its largest whole α.

        Its runs are those of the seeds that all α of F have; an α of a control is whole where it
        has them too.
        """
        arms: list[Arm] = [("F", alpha) for alpha in self.alphas]
        seeds = sorted(set.intersection(*(set(self.runs[arm]) for arm in arms)))
        whole = [arm for arm in self.arms if self.runs[arm].keys() >= set(seeds)]
        arms += {name: (name, alpha) for name, alpha in whole if name in CONTROLS}.values()
        shown = Sweep({arm: {seed: self.runs[arm][seed] for seed in seeds} for arm in arms})
        accuracy, F = (shown.of(name, arms) for name in ("accuracy", "F"))
        return {
            "labels": [_label(*arm) for arm in arms],
            "accuracy": PERCENT * accuracy,
            "F": F,
            "by_sentences": np.array([_by_sentences(shown.pairs(arm)) for arm in arms]),
            "changed": np.array([shown.changed(arm).sum() for arm in arms]),
            "joined": len(self.alphas) - 1,
        }

    def of(self, name: str, arms: Sequence[Arm]) -> Float[np.ndarray, "arms seeds"]:
        """Return a field of the outcomes of arms that have the same seeds, in their order."""
        rows = [sorted(self.runs[arm].items()) for arm in arms]
        return np.array([[getattr(one, name) for _, one in row] for row in rows])


def _label(penalty: str, alpha: float) -> str:
    """Return what an arm adds to the loss, and below it its α."""
    return f"{word(f'lesson_08.arm.{penalty}')}\n{short(alpha)}"


def _by_sentences(pairs: Pairs) -> tuple[float, float]:
    """Return by how much, squared and added, sentences widen half a 95 % and 90 % interval."""
    whole, seeds = pairs.gain, pairs.change("accuracy")
    both = ((whole.half, seeds.half), (whole.half_90, seeds.half_90))
    one, other = (math.sqrt(max(0.0, far**2 - (PERCENT * near) ** 2)) for far, near in both)
    return one, other


def read_sweep(folder: Path = KEPT) -> Sweep:
    """Return the saved sweep.

    Raises
    ------
    GedigError
        If no sweep was saved, or an arm shares fewer than two seeds with the runs without F.
    """
    runs: dict[Arm, dict[int, Outcome]] = {}
    for one in read_runs(folder / RUNS):
        runs.setdefault((one.penalty, one.alpha), {})[one.seed] = one
    without = runs.get(WITHOUT, {})
    if len(without) < 2:
        raise refusal("no_sweep")
    return Sweep({arm: of for arm, of in runs.items() if len(of.keys() & without.keys()) > 1})


def saved_arms(folder: Path = KEPT) -> tuple[dict[str, Any], str]:
    """Return what `AlphaSweep` takes of the saved sweep, and what it is, in words.

    Where none is saved, nothing is returned for the widget, which then shows the published table.
    """
    if not (folder / RUNS).is_file():
        return {}, word("lesson_08.sweep.none")
    shown = read_sweep(folder).for_widget()
    told = json.loads((folder / SETTING).read_text(encoding="utf-8"))
    names = {name: told["training"][name] for name in ("model", "examples")}
    names |= {"sentences": told["evaluate"]["sentences"], "seeds": shown["accuracy"].shape[1]}
    return shown, word("lesson_08.sweep.about", **names, when=told.get("when", "")[:10])
