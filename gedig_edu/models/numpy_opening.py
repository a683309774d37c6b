"""From a folder of files to an `AttentionModel` without torch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from gedig_edu.errors import GedigError
from gedig_edu.models.files import UnusableError
from gedig_edu.models.gpt2_files import read_settings, read_weights
from gedig_edu.models.model import AttentionModel
from gedig_edu.models.numpy_backend import NumpyBackend
from gedig_edu.models.tokenizer import check_vocabulary, open_tokenizer
from gedig_edu.models.with_torch import torch_opening
from gedig_edu.words import refusal

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from gedig_edu.models.backend import Backend


def as_gpt2(model: AttentionModel) -> NumpyBackend | None:
    """Return what computes a model where that is NumPy, None where it is torch."""
    now = model.backend.now if isinstance(model.backend, UntilTorch) else None
    return now if isinstance(now, NumpyBackend) else None


class UntilTorch:
    """A backend that is NumPy's until somebody asks for the network, and torch's from then on."""

    def __init__(self, first: NumpyBackend, open_torch: Callable[[], Backend]) -> None:
        self.now: NumpyBackend | Backend = first
        self._open_torch = open_torch

    def __getattr__(self, name: str) -> Any:
        if name == "now":  # a copy that is not filled yet
            raise AttributeError(name)
        return getattr(self.now, name)

    def untrained(self, seed: int) -> Backend:
        """Return the same architecture with weights as its training would begin with."""
        if not isinstance(self.now, NumpyBackend):
            return self.now.untrained(seed)
        in_torch = partial(_untrained_in_torch, self._open_torch, seed)
        twin = UntilTorch(self.now.untrained(seed), in_torch)
        return cast("Backend", twin)

    @property
    def network(self) -> PreTrainedModel:
        """The network as transformers has it, opened when first asked for."""
        if isinstance(self.now, NumpyBackend):
            self.now = self._open_torch()
        return self.now.network


def open_model(
    folder: Path, *, name: str, source: str, device: str = "auto", dtype: str = "float32"
) -> AttentionModel:
    """Return the GPT-2 whose files lie in `folder`, computed by NumPy.

    Raises
    ------
    GedigError
        If the folder holds no GPT-2 of the plain kind, weights are missing, or another
        device or dtype than the CPU's float32 is asked for.
    UnusableError
        If the files do not belong together.
    """
    if device not in ("auto", "cpu") or dtype != "float32":
        raise refusal("model.numpy_place", device=device, dtype=dtype)
    try:
        settings = read_settings(folder, name=name)
        weights = read_weights(folder, settings, name=name)
        tokenizer = open_tokenizer(folder)
    except (GedigError, UnusableError):
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnusableError(str(error).strip().splitlines()[0].rstrip(".")) from error
    check_vocabulary(tokenizer, rows=settings.vocab_size, config=settings, name=name)

    in_torch = partial(_open_in_torch, folder, name=name, source=source)
    backend = UntilTorch(NumpyBackend(name=name, settings=settings, tensors=weights), in_torch)
    return AttentionModel(
        name=name, source=source, tokenizer=tokenizer, backend=cast("Backend", backend)
    )


def _open_in_torch(folder: Path, *, name: str, source: str) -> Backend:
    return torch_opening(name)(folder, name=name, source=source, device="cpu").backend


def _untrained_in_torch(open_torch: Callable[[], Backend], seed: int) -> Backend:
    return open_torch().untrained(seed)
