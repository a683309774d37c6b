"""Where a network computes: an accelerator if there is one, or the place asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gedig_edu.errors import GedigError

if TYPE_CHECKING:
    import torch


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
