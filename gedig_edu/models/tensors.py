"""The tensors of a safetensors file as NumPy arrays, mapped from the disk and read when used."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

_NUMBERS = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}


def read_tensors(path: Path) -> dict[str, np.ndarray]:
    """Return the floating-point tensors of a file as float32 arrays, by name.

    Those kept in float32 stay on the disk until they are used, and cannot be written to.
    bfloat16 is the upper half of a float32, and read by its bits.

    Raises
    ------
    ValueError
        If the file is no whole safetensors file.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        width = int.from_bytes(file.read(8), "little")
        if width > size - 8:
            raise ValueError(f"{path.name} is cut short, or holds no safetensors")
        header = json.loads(file.read(width))
    content = np.memmap(path, np.uint8, mode="r")[8 + width :].view(np.ndarray)
    return {
        name: _tensor(content, name, **about)
        for name, about in header.items()
        if name != "__metadata__" and about["dtype"] in (*_NUMBERS, "BF16")
    }


def _tensor(
    content: np.ndarray, name: str, *, dtype: str, shape: list[int], data_offsets: tuple[int, int]
) -> np.ndarray:
    start, end = data_offsets
    held = content[start:end]
    if len(held) != end - start:
        raise ValueError(f"the weights end before {name}")
    if dtype == "BF16":
        bits = held.view("<u2").astype(np.uint32) << 16
        return bits.view(np.float32).reshape(shape)
    return held.view(_NUMBERS[dtype]).astype(np.float32, copy=False).reshape(shape)
