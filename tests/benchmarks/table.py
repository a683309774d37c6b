"""The page of speed in Markdown, with the machine and the versions it was measured on."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import torch

from gedig_edu.theory.engines.dispatch import available_cores
from tests.benchmarks.readings import FEW_HEADS, HEADS, OWN, SLOW_HEADS, Row
from tests.benchmarks.timing import Seconds

VERSIONS = ("numba", "numpy", "torch", "transformers", "networkx", "scipy", "igraph", "rustworkx")


def markdown(rows: Sequence[Row]) -> str:
    """Return the page: both tables, how they were measured and on what."""
    readings = [
        [str(row.length)]
        + [_milliseconds(row.readings[name]) for name in ("numba", "numpy", "torch")]
        + [_against(row.readings["networkx" + m], row.times_networkx(m)) for m in ("", OWN)]
        + [f"{row.share_of_forward:.3f}", f"{row.readings['numba'].share_of(row.copy):.1f}"]
        for row in rows
    ]
    libraries = ("scipy", "igraph", "rustworkx")
    paths = [
        [str(row.length), _milliseconds(row.paths["numba"])]
        + [_against(row.paths[name], row.paths_times(name)) for name in libraries]
        for row in rows
    ]
    named = ["tokens", "numba", "numpy", "torch", "networkx", "networkx, random model",
             "numba / forward pass", "numba / copy"]  # fmt: skip
    return "\n\n".join(
        [
            "# How fast F is read",
            "Exactly: all pairs of tokens, nothing sampled. Everyone reads the same maps, in turns "
            "on the same machine, and finds the same numbers. Milliseconds are per head, on the "
            "wall, the least of several rounds; in brackets, how many times as long as ours.",
            "## The whole reading",
            "Threshold, edges, shortest paths and entropy. Ours is the column `numba`.",
            table(named, readings),
            _reading_note(),
            "## Shortest paths alone",
            table(["tokens", "our paths", *libraries], paths),
            "The factor is that of the wall or of processor time, whichever favours us less.",
            "## Where this was measured",
            _machine(),
        ]
    )


def _reading_note() -> str:
    return (
        f"Maps: {HEADS} heads of SmolLM2 in float32, convention `released`; beyond 128 tokens "
        f"NumPy and torch (on the CPU) read {SLOW_HEADS} of them, the libraries always "
        f"{FEW_HEADS}, extrapolated per head. Random model: GPT-2's shape (124M) with random "
        "weights, 12 × 12 heads, one of them for networkx; its attention has no first-token sink, "
        "which ends networkx's searches early on SmolLM2. The forward pass is that model's, "
        "attention returned; our share of it is the largest over both models' maps and both "
        "conventions. Copy: `numpy.copyto` of the same weights. Both shares are those of the wall "
        "or of processor time, whichever favours us less."
    )


def _machine() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    return (
        f"{available_cores()} cores of {processor()}, torch in {torch.get_num_threads()} of them; "
        f"Python {platform.python_version()}, {versions}. `pytest tests/benchmarks -m benchmark "
        "-s` prints this page for your machine, and what else the tests hold."
    )


def processor() -> str:
    """Return the processor's name as the system gives it."""
    details = Path("/proc/cpuinfo")
    if details.exists():
        for line in details.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _against(seconds: Seconds, times: float) -> str:
    return f"{_milliseconds(seconds)} ({times:.0f}×)"


def _milliseconds(seconds: Seconds) -> str:
    value = 1000 * seconds.wall
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def table(names: list[str], lines: list[list[str]]) -> str:
    """Return a table of Markdown."""
    rule = ["---:"] * len(names)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (names, rule, *lines))
