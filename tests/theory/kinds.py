"""The two kinds of array that theory takes, for tests that run on both."""

import numpy as np
import pytest
import torch

KINDS = ("numpy", "torch")
both_kinds = pytest.mark.parametrize("kind", KINDS)


def give(array, kind, dtype="float64"):
    """Return a copy of the numbers as the kind and dtype asked for."""
    if kind == "numpy":
        return np.array(array, dtype=dtype)
    return torch.tensor(np.asarray(array), dtype=getattr(torch, dtype))


def plain(array):
    """Return the numbers as float64 NumPy, whatever the kind."""
    if isinstance(array, torch.Tensor):
        return array.detach().to(torch.float64).numpy()
    return np.asarray(array, dtype=np.float64)


def assert_like(result, given):
    """Check that a result is of the kind and dtype that was given."""
    assert isinstance(result, torch.Tensor) == isinstance(given, torch.Tensor)
    assert result.dtype == given.dtype


def one_sentence(error):
    """Say whether a refusal is one sentence on one line."""
    text = str(error.value)
    return text.endswith(".") and "\n" not in text and ". " not in text
