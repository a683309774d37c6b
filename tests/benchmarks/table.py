"""The speed table in Markdown, with the machine and the versions it was measured on."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from gedig_edu.theory.engines.dispatch import available_cores
from tests.benchmarks.readings import FEW_HEADS, HEADS, OWN, SLOW_HEADS, Row
from tests.benchmarks.timing import Seconds

VERSIONS = ("numba", "numpy", "torch", "transformers", "networkx", "scipy", "igraph", "rustworkx")


def markdown(rows: Sequence[Row]) -> str:
    """Return both tables and what they were measured on."""
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
    return "\n\n".join(
        [
            _table(
                ["tokens", "numba", "numpy", "torch", "networkx", "networkx, random model",
                 "numba / forward pass", "numba / copy"],
                readings,
            ),
            _table(["tokens", "our paths", *libraries], paths),
            _note(),
        ]
    )  # fmt: skip


def _note() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    return (
        "Milliseconds per head on the wall, the least of interleaved rounds; above the whole "
        "reading (threshold, edges, paths, entropy), below the paths alone. In brackets how many "
        "times as long as numba's: above on the wall, below by wall or processor time, whichever "
        f"favours us less; so too the last two columns. Maps: {HEADS} heads of SmolLM2 in float32, "
        "convention `released`; beyond 128 tokens NumPy and torch (on the CPU) read "
        f"{SLOW_HEADS} of them, the libraries always {FEW_HEADS}, extrapolated per head. Random "
        "model: GPT-2's shape (124M) with random weights, 12 × 12 heads, one of them for networkx; "
        "its attention has no sink that would end networkx's searches early. Its forward pass, "
        "attention returned, is what numba's share is taken of, the largest over both models' maps "
        "and both conventions. Copy: `numpy.copyto` of the same weights. "
        f"{available_cores()} cores of {processor()}; Python {platform.python_version()}, "
        f"{versions}."
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


def _table(names: list[str], lines: list[list[str]]) -> str:
    rule = ["---:"] * len(names)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (names, rule, *lines))
