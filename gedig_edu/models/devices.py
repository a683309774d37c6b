"""Where a network computes: an accelerator if there is one, or the place asked for."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gedig_edu.errors import GedigError

if TYPE_CHECKING:
    import torch

DRIVERS = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg", "/dev/kfd")


def sees_accelerator() -> bool:
    """Return whether this machine may have an accelerator that torch could use.

    Torch is asked only where it is imported already, since importing it takes seconds; else what
    the drivers of accelerators put into a machine is looked for.
    """
    if "torch" in sys.modules:
        return choose_device("auto").type != "cpu"
    if sys.platform == "win32":
        from ctypes.util import find_library

        return find_library("nvcuda") is not None
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    return not hidden and any(Path(place).exists() for place in DRIVERS)


def choose_device(device: str) -> torch.device:
    """Return the torch device: "auto" takes the accelerator if there is one, else the CPU.

    Raises
    ------
    GedigError
        If torch does not know the device, or it is not in this machine.

    Examples
    --------
    >>> choose_device("cpu")
    device(type='cpu')
    """
    import torch

    if device == "auto":
        return torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")
    try:
        place = torch.device(device)
        torch.empty(0, device=place)
    except (RuntimeError, AssertionError, TypeError) as error:
        raise GedigError(
            f"device={device!r} is not in this machine; use 'auto', which takes what is there."
        ) from error
    return place
