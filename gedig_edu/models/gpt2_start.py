"""A GPT-2 before its training: the weights that torch and transformers draw for a seed.

They are drawn in the order in which transformers makes and then initialises a GPT-2, so that a
model has the same untrained twin whether or not torch is there.
"""

from __future__ import annotations

import numpy as np

from gedig_edu.models.gpt2_files import HEAD, Settings

_DRAWN = ("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")
_BLOCK = 16  # numbers that torch turns from even to normal at once


def untrained(settings: Settings, seed: int) -> dict[str, np.ndarray]:
    """Return the tensors of an untrained GPT-2, by name.

    Norms start at gain 1, biases at 0, and weights as normal numbers; those that write to the
    stream are smaller by √(2 · layers) (Radford et al. 2019).
    """
    shapes, draws = settings.shapes(), np.random.RandomState(seed)
    tensors = {
        name: np.full(shape, float(".ln_" in f".{name}" and name.endswith("weight")), np.float32)
        for name, shape in shapes.items()
    }
    inner = [f"h.{layer}.{part}.weight" for layer in range(settings.n_layer) for part in _DRAWN]
    order = ["wte.weight", "wpe.weight", *inner]
    for name in order:  # drawn when made, and again when initialised
        _normal(draws, shapes[name])
    spread = np.float32(settings.initializer_range)
    for name in order:
        tensors[name] = spread * _normal(draws, shapes[name])
        if name.endswith("c_proj.weight"):
            smaller = np.float32(settings.initializer_range / (2 * settings.n_layer) ** 0.5)
            tensors[name] = smaller * _normal(draws, shapes[name])
    if HEAD in shapes:
        _even(draws, tensors[HEAD].size)
        tensors[HEAD] = spread * _normal(draws, shapes[HEAD])
    return tensors


def _normal(draws: np.random.RandomState, shape: tuple[int, ...]) -> np.ndarray:
    """Return normal numbers as torch makes them on a CPU: by pairs, sixteen at once."""
    size = int(np.prod(shape))
    even, whole = _even(draws, size), size // _BLOCK * _BLOCK
    normal = np.empty(size, dtype=np.float32)
    normal[:whole] = _paired(even[:whole])
    if whole < size:
        normal[-_BLOCK:] = _paired(_even(draws, _BLOCK))
    return normal.reshape(shape)


def _even(draws: np.random.RandomState, size: int) -> np.ndarray:
    return draws.randint(2**24, size=size, dtype=np.uint32) / np.float32(2**24)


def _paired(even: np.ndarray) -> np.ndarray:
    """Return normal numbers from even ones in [0, 1), eight beside eight (Box and Muller 1958)."""
    first, second = np.moveaxis(even.reshape(-1, 2, _BLOCK // 2), 1, 0)
    length, angle = np.sqrt(-2 * np.log(1 - first)), np.float32(2 * np.pi) * second
    return np.stack([length * np.cos(angle), length * np.sin(angle)], axis=1).ravel()
