"""Depth until nothing moves against a fixed depth, and encoding apart against together.

The rules, written before anything was measured:

- Six seeds, 0 to 5: of the weights at the start and of the graphs. Each seed's arms are a pair.
  Every arm is tested on the same 1,000 graphs, of which none was trained on.
- Judged is the share of graphs in which every thing says the right colour.
- An arm that stops when it is still is trained with 7 to 12 steps, 800 batches of 32 graphs. It
  stops a graph when no thing's state moves by half its own size any more, after 24 steps at most.
- A fixed depth is as many steps as the first arm took on average, rounded up: never less
  computing in use. In training it gets as many uses of the block: more batches, since it is
  shallower.
- The loss counts after every step or after the last, and Adam's rate is 0.003 or 0.01: for each
  arm what did best with seed 100. The stopping rule was chosen there too.
- Depth until still holds if it beats, over the seeds, a block trained for the fixed depth, and
  itself with its stops shuffled among the graphs: the same mean depth, at random.
- Apart holds if it beats together with the same number of parameters, at both ways to stop. Beside
  it, not judged: together as wide as both vectors are, with twice the parameters.

`python -m gedig_edu.lab.block_comparison OUT` measures it all again, in a few minutes.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from gedig_edu.lab.energy_block import (
    DEEPEST,
    EnergyBlock,
    Forests,
    Thought,
    draw_forests,
    think,
    train_block,
)
from gedig_edu.lab.kept_tables import keep
from gedig_edu.lab.runner import one_thread

if TYPE_CHECKING:
    import pandas as pd

SEEDS = range(6)
TEST_GRAPHS, TEST_SEED = 1000, 1000  # the test graphs of seed s are drawn with 1000 + s
BATCHES, STEPS, MOST, STILL = 800, (7, 12), 24, 0.5


@dataclass(frozen=True)
class Arm:
    """A way to encode, how it was trained, and what is decided by it.

    Attributes
    ----------
    name : str
    apart, wide : bool
        As in `EnergyBlock`.
    rate : float
    every_step : bool
        As in `train_block`.
    fixed_as : str
        The arm whose mean number of steps is its fixed depth; "" for one that stops when still.
    """

    name: str
    apart: bool
    rate: float
    every_step: bool
    fixed_as: str = ""
    wide: bool = False


ARMS = (
    Arm("apart_still", True, 3e-3, True),
    Arm("apart_fixed", True, 3e-3, True, fixed_as="apart_still"),
    Arm("together_still", False, 3e-3, False),
    Arm("together_fixed", False, 1e-2, True, fixed_as="apart_still"),
    Arm("wide_still", False, 3e-3, False, wide=True),
)


def trained(
    arm: Arm, seed: int, *, depth: int | None = None, batches: int = BATCHES
) -> EnergyBlock:
    """Return an arm's block after its training; `depth` is the fixed one, if it has one."""
    torch.manual_seed(seed)
    block = EnergyBlock(arm.apart, wide=arm.wide)
    steps = STEPS if depth is None else (depth, depth)
    uses = batches * sum(STEPS) / sum(steps)
    train_block(
        block, seed=seed, batches=round(uses), steps=steps, rate=arm.rate,
        every_step=arm.every_step,
    )  # fmt: skip
    return block


def examine(
    block: EnergyBlock, forests: Forests, *, depth: int | None = None, seed: int = 0
) -> tuple[dict[str, float], list[dict[str, float]]]:
    """Return a row of what a block does on all graphs, and a row for each depth needed."""
    thought = think(block, forests, max_steps=MOST)
    stops = thought.steps(STILL) if depth is None else np.full(len(forests.points), depth)
    row = {"steps": stops.mean(), "right": thought.right_at(stops).mean()}
    if depth is None:
        row |= _of_stopping(thought, stops, np.random.default_rng(seed))
    needed = forests.needed.numpy()
    by_depth = [
        {"depth": each, **_at_one_depth(thought, stops, needed == each)}
        for each in range(1, DEEPEST + 1)
    ]
    return row, by_depth


def _of_stopping(thought: Thought, stops: np.ndarray, rng: np.random.Generator) -> dict[str, float]:
    """Return what other stops would do: shuffled, the potential's, a stricter one, none."""
    by_potential, strict = thought.steps(STILL, of="potential_moved"), thought.steps(STILL / 5)
    return {
        "at_random": thought.right_at(rng.permutation(stops)).mean(),
        "all_steps": thought.right[-1].mean(),
        "came_to_rest": (thought.moved < STILL).any(axis=0).mean(),
        "potential_steps": by_potential.mean(),
        "potential_right": thought.right_at(by_potential).mean(),
        "strict_steps": strict.mean(),
    }


def _at_one_depth(thought: Thought, stops: np.ndarray, of: np.ndarray) -> dict[str, float]:
    """Return steps and right answers where all graphs need the same, and at a depth for all."""
    mean = stops[of].mean()
    at_once = thought.right[math.ceil(mean) - 1, of].mean()
    return {"steps": mean, "right": thought.right_at(stops)[of].mean(), "one_depth": at_once}


def compare(
    seeds: Sequence[int],
    *,
    arms: Sequence[Arm] = ARMS,
    batches: int = BATCHES,
    report: Callable[[str], object] = str,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Train and test every arm with every seed.

    Parameters
    ----------
    seeds : sequence of int
    arms : sequence of Arm
        One with a fixed depth comes after the arm whose steps it takes.
    batches : int
        Of an arm that stops when still.
    report : callable
        Called with a line after each run.

    Returns
    -------
    (table, table)
        One row a run, and one row for each run and depth needed.
    """
    import pandas as pd

    runs, depths = [], []
    for seed in seeds:
        took: dict[str, int] = {}
        forests = draw_forests(TEST_GRAPHS, np.random.default_rng(TEST_SEED + seed))
        for arm in arms:
            depth = took.get(arm.fixed_as)
            with one_thread():
                block = trained(arm, seed, depth=depth, batches=batches)
                row, by_depth = examine(block, forests, depth=depth, seed=seed)
            took[arm.name] = math.ceil(row["steps"])
            runs.append({"arm": arm.name, "seed": seed, **row})
            depths += [{"arm": arm.name, "seed": seed, **one} for one in by_depth]
            report(f"{runs[-1]}")
    return pd.DataFrame(runs), pd.DataFrame(depths)


def measure(out: Path, *, seeds: Sequence[int] = SEEDS, batches: int = BATCHES) -> None:
    """Compare, and write ``runs.csv``, ``depths.csv`` and ``about.json`` into a folder."""
    runs, depths = compare(
        seeds, batches=batches, report=lambda line: sys.stderr.write(f"{line}\n")
    )
    tables = {"runs": runs, "depths": depths}
    keep(out, tables, module="gedig_edu.lab.block_comparison", seeds=seeds)


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
