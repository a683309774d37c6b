"""Calls timed side by side, so that a busy machine slows all of them and their ratios stay."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

PATIENCE = 0.3


class Seconds(NamedTuple):
    """The fastest of several calls, on the wall and summed over the cores it kept busy."""

    wall: float
    cpu: float

    def each_of(self, parts: int) -> Seconds:
        return Seconds(self.wall / parts, self.cpu / parts)

    def times(self, faster: Seconds) -> float:
        """How many times longer than `faster` this took, by the clock that makes it least."""
        return min(self.wall / faster.wall, self.cpu / faster.cpu)

    def share_of(self, whole: Seconds) -> float:
        """Which share of `whole` this took, by the clock that makes it most."""
        return max(self.wall / whole.wall, self.cpu / whole.cpu)


def side_by_side(calls: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, Seconds]:
    """Make every call in every round, short ones several times, and keep the least of each clock.

    A call is repeated until it has taken `PATIENCE` seconds of a round, so that on a machine with
    other work the short calls too meet a moment when all cores are theirs.
    """
    taken: dict[str, list[Seconds]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            ends = time.perf_counter() + PATIENCE
            while True:
                taken[name].append(_timed(call))
                if time.perf_counter() > ends:
                    break
    return {name: Seconds(*map(min, zip(*each, strict=True))) for name, each in taken.items()}


def _timed(call: Callable[[], object]) -> Seconds:
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return Seconds(time.perf_counter() - wall, time.process_time() - cpu)
