"""Memory asked for before it is taken: what a reading needs, and what this process may still have.

A reading that does not fit is refused with the number of tokens that do, instead of a traceback or
the end of the process at the hands of the system.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gedig_edu.errors import GedigError
from gedig_edu.words import refusal

Reading = Literal[
    "attend", "attend_many", "each_layer", "queries_keys", "stream", "lens", "logits", "embed"
]

_FLOAT = 4.5  # bytes of a float32, and an eighth for what libraries put beside it
_UNASKED = 1 << 24  # bytes about which the system is not asked: that takes 0.7 ms
_SCORES = 4  # arrays [batch, heads, L, L] that one layer holds while it computes
_STATES = 24  # arrays [batch, L, D] that one layer holds, its feed-forward part among them
_FILES = ("inactive_file", "active_file")  # what the system gives back when it is asked for memory
_NO_LIMIT = 1 << 60  # above this cgroup v1 means that there is none


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The sizes of a network that its readings grow with."""

    name: str
    layers: int
    heads: int
    width: int
    vocabulary: int
    device: str = "cpu"


def check_room(reading: Reading, lengths: Sequence[int], shape: Shape) -> None:
    """Refuse a reading for which there is not enough memory.

    Parameters
    ----------
    reading : str
        The method that reads.
    lengths : sequence of int
        Tokens of each text of the batch.
    shape : Shape
        The network's.

    Raises
    ------
    GedigError
        If what it needs is more than what is free, here or on the accelerator.
    """
    for device in dict.fromkeys(("cpu", shape.device)):
        needed = bytes_needed(reading, lengths, shape, device=device)
        free = available(device) if needed > _UNASKED else None
        if free is not None and needed > free:
            raise _too_long(reading, lengths, shape, device=device, free=free)


def bytes_needed(
    reading: Reading, lengths: Sequence[int], shape: Shape, *, device: str = "cpu"
) -> int:
    """Return about how many bytes a reading takes on one device at its fullest.

    What is returned lies on the host; what a layer computes with lies on the network's device.

    Examples
    --------
    >>> shape = Shape(name="small", layers=2, heads=3, width=12, vocabulary=100)
    >>> bytes_needed("attend", [10], shape) < bytes_needed("attend", [20], shape)
    True
    """
    needed = 0
    if device == "cpu":
        needed += sum(_kept(reading, length, shape) for length in lengths)
    if device == shape.device:
        needed += _passing(len(lengths), max(lengths), shape)
    return int(needed * _FLOAT)


def most_tokens(
    reading: Reading, count: int, texts: int, shape: Shape, *, device: str, free: int
) -> int:
    """Return the most tokens, up to `count`, that each of `texts` texts can have."""
    low, high = 0, count
    while low < high:
        middle = (low + high + 1) // 2
        fits = bytes_needed(reading, [middle] * texts, shape, device=device) <= free
        low, high = (middle, high) if fits else (low, middle - 1)
    return low


def _kept(reading: Reading, L: int, shape: Shape) -> int:
    """Return how many numbers the result of a reading of one text holds."""
    layers, heads, D = shape.layers, shape.heads, shape.width
    maps = layers * heads * L * L
    return {
        "attend": maps,
        "attend_many": maps,
        "each_layer": heads * L * L,
        "queries_keys": 6 * layers * L * D,
        "stream": maps + layers * (4 * heads + 16) * L * D,
        "lens": (layers + 1) * L * shape.vocabulary,
        "logits": L * shape.vocabulary,
        "embed": L * D,
    }[reading]


def _passing(texts: int, L: int, shape: Shape) -> int:
    """Return how many numbers a layer holds at its fullest."""
    return texts * L * (_SCORES * shape.heads * L + _STATES * shape.width)


def _too_long(
    reading: Reading, lengths: Sequence[int], shape: Shape, *, device: str, free: int
) -> GedigError:
    needed = bytes_needed(reading, lengths, shape, device=device)
    count, texts = max(lengths), len(lengths)
    most = most_tokens(reading, count, texts, shape, device=device, free=free)
    maps = reading in ("attend", "attend_many")
    key = "batch" if texts > 1 else "maps" if maps else "reading"
    key = key if most else "none"
    sizes = {"needed": gigabytes(needed), "free": gigabytes(free), "device": device}
    return refusal(f"memory.{key}", name=shape.name, count=count, texts=texts, most=most, **sizes)


def gigabytes(size: int) -> str:
    """Return a size of memory in the unit a person reads.

    Examples
    --------
    >>> gigabytes(9_663_676_416), gigabytes(5_242_880), gigabytes(0)
    ('9.0 GiB', '5 MiB', '0 MiB')
    """
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{size // 2**20} MiB"


def available(device: str = "cpu") -> int | None:
    """Return the bytes this process may still take on a device, None where nobody can tell.

    On the host that is the least of what the system has left, what the process's control groups
    allow, and its own limits.
    """
    if device.startswith("cuda"):
        return _on_cuda(device)
    if device != "cpu":
        return None
    known = [_in_system(), _in_groups(), _in_limits()]
    return min((room for room in known if room is not None), default=None)


def _on_cuda(device: str) -> int:
    import torch

    free, _ = torch.cuda.mem_get_info(device)
    return free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)


def _in_system(root: Path = Path("/")) -> int | None:
    """Return what the system has left; on macOS what it has in all."""
    lines = _fields(root / "proc/meminfo")
    if "MemAvailable:" in lines:
        return lines["MemAvailable:"] * 1024
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has none of them
        return None


def _in_groups(root: Path = Path("/")) -> int | None:
    """Return the least that the control groups of this process leave, of either version."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return None
    rooms: list[int] = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        place = root / "sys/fs/cgroup"
        if controllers == "memory":
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_")
            rooms += _rooms(place / "memory", path, *names)
        elif not controllers:
            rooms += _rooms(place, path, "memory.max", "memory.current", "")
    return min(rooms, default=None)


def _rooms(place: Path, path: str, most: str, used: str, prefix: str) -> list[int]:
    """Return what a group and each group around it leave."""
    own = place / path.strip("/")
    rooms: list[int] = []
    for group in (own, *own.parents):
        if place not in (group, *group.parents):
            break
        limit, taken = _number(group / most), _number(group / used)
        if limit is not None and taken is not None and limit < _NO_LIMIT:
            stat = _fields(group / "memory.stat")
            rooms.append(limit - taken + sum(stat.get(prefix + name, 0) for name in _FILES))
    return rooms


def _in_limits() -> int | None:
    """Return what the limit of the process's address space leaves."""
    if sys.platform == "win32":
        return None
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return None
    pages = (_first(Path("/proc/self/statm")) or "0").split()[0]
    return limit - int(pages) * resource.getpagesize()


def _fields(file: Path) -> dict[str, int]:
    """Return the numbers of a file of lines 'name number'."""
    lines = [line.split() for line in (_first(file, lines=1000) or "").splitlines()]
    return {line[0]: int(line[1]) for line in lines if len(line) > 1 and line[1].isdigit()}


def _number(file: Path) -> int | None:
    text = (_first(file) or "").strip()
    return int(text) if text.isdigit() else None


def _first(file: Path, *, lines: int = 1) -> str | None:
    try:
        with file.open() as stream:
            return "".join(line for line, _ in zip(stream, range(lines), strict=False))
    except OSError:
        return None
