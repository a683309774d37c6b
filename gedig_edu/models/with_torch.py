"""What of the models needs torch and transformers, and what is said where these are missing."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from gedig_edu.words import refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from gedig_edu.models.model import AttentionModel


def torch_is_here() -> bool:
    """Return whether torch and transformers are installed; neither is imported."""
    try:
        return None not in (find_spec("torch"), find_spec("transformers"))
    except ImportError:
        return False


def torch_opening(name: str) -> Callable[..., AttentionModel]:
    """Return the function that opens a folder in torch.

    Raises
    ------
    GedigError
        If torch or transformers cannot be imported.
    """
    try:
        from gedig_edu.models.opening import open_model
    except ImportError as error:
        raise refusal("model.needs_torch", name=name, missing=error.name) from error
    return open_model
