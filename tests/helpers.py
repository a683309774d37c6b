"""What several test modules share."""

import os

import numpy as np
import pytest

WORTH_A_LOOK = "worth a look"  # a property by which a test says what it does not fail for


def require(available: bool, missing: str) -> None:
    """Skip where an optional part is missing; fail instead when CI demands every part."""
    if available:
        return
    if os.environ.get("GEDIG_REQUIRE_ALL") == "1":
        pytest.fail(f"{missing} is missing, and GEDIG_REQUIRE_ALL=1 demands every part")
    pytest.skip(f"{missing} is missing")


def example_maps(*, layers: int, heads: int, length: int, seed: int = 0):
    """Give random causal attention maps of words, some long, one with a space, one an emoji."""
    from gedig_edu import AttentionMaps

    rng = np.random.default_rng(seed)
    weights = np.tril(rng.random((layers, heads, length, length)) ** 4)
    words = ["The", " cat", " incomprehensibility", " ", " 🙂", " sat", " on", " mat"]
    return AttentionMaps(
        tokens=tuple(words[i % len(words)] for i in range(length)),
        weights=(weights / weights.sum(axis=-1, keepdims=True)).astype(np.float32),
        causal=True,
        special=np.zeros(length, dtype=bool),
        offsets=np.stack([np.arange(length), np.arange(length) + 1], axis=1),
        model="example",
    )
