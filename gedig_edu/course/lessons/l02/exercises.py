"""Exercises and quiz of lesson 02: rotary positions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from gedig_edu.course.answers import as_array, as_function, expect, is_close
from gedig_edu.course.items import Exercise, Question, Wording
from gedig_edu.theory.rope import frequencies, rotate

DIM = 64
CONTEXT = 131_072


def turned_pair_score() -> float:
    """Return the score of q = (1, 0) at position 5 and k = (0, 1) at position 3."""
    q = rotate(np.array([1.0, 0.0]), 5)
    k = rotate(np.array([0.0, 1.0]), 3)
    return float(q @ k)


def _judge_turned_pair(answer: Any, wrong: Wording) -> None:
    instead = {
        "backwards": -math.sin(2),
        "one_turned": math.sin(5),
        "added": -math.sin(8),
        "degrees": math.sin(math.radians(2)),
        "still": 0.0,
        "key_turned": -math.sin(3),
        "parallel": math.cos(2),
        "scaled": math.sin(2) / math.sqrt(2),
    }
    expect(answer, turned_pair_score(), instead=instead, wrong=wrong, tolerance=5e-3)


def angles_and_wavelength() -> tuple[int, float]:
    """Return how many angles one position has, and the slowest pair's full turn in tokens."""
    theta = frequencies(DIM)
    return len(theta), 2 * math.pi / theta[-1]


def _judge_angles(answer: Any, wrong: Wording) -> None:
    pairs, wavelength = angles_and_wavelength()
    slowest = frequencies(DIM)[-1]
    instead = {
        "entries": (DIM, wavelength),
        "one": (1, wavelength),
        "frequency": (pairs, slowest),
        "radians": (pairs, 1 / slowest),
        "exponent": (pairs, 2 * math.pi * 10_000),
        "swapped": (wavelength, pairs),
        "degrees": (pairs, 360 / slowest),
        "half_turn": (pairs, wavelength / 2),
        "half_exponent": (pairs, 2 * math.pi / math.sqrt(slowest)),
        "fastest": (pairs, 2 * math.pi),
        "other_base": (pairs, 2 * math.pi / frequencies(DIM, base=500_000)[-1]),
    }
    expect(answer, (pairs, wavelength), instead=instead, wrong=wrong, tolerance=5e-3)


def rotate_by_hand(
    x: Float[np.ndarray, "L d"], positions: Float[np.ndarray, " L"]
) -> Float[np.ndarray, "L d"]:
    """Turn each pair (x_i, x_{i+d/2}) by position · 10000^(−2i/d)."""
    d = x.shape[-1]
    theta = 10_000.0 ** (-2 * np.arange(d // 2) / d)  # [d/2]
    angle = positions[:, None] * theta  # [L, d/2]
    first, second = x[:, : d // 2], x[:, d // 2 :]
    return np.concatenate(
        [
            first * np.cos(angle) - second * np.sin(angle),
            first * np.sin(angle) + second * np.cos(angle),
        ],
        axis=-1,
    )


def _judge_rotation(answer: Any, wrong: Wording) -> None:
    function = as_function(answer)
    rng = np.random.default_rng(2)
    x, positions = rng.normal(size=(5, 6)), np.array([1.0, 2.0, 3.0, 7.0, 11.0])
    at_zero = as_array(function(x, np.zeros(5)), shape=(5, 6))
    turned = as_array(function(x, positions), shape=(5, 6))
    for name, instead in ROTATED_WRONG.items():
        if is_close(turned, instead(x, positions), tolerance=1e-5):
            raise wrong(name)
    if not is_close(at_zero, x, tolerance=1e-5):
        raise wrong("identity")
    if not is_close(np.linalg.norm(turned, axis=-1), np.linalg.norm(x, axis=-1), tolerance=1e-5):
        raise wrong("norm")
    for layout in ("half", "interleaved"):
        if is_close(turned, rotate(x, positions, layout=layout), tolerance=1e-5):
            return
        for name, (speed, base) in TURNED_WRONG.items():
            if is_close(turned, rotate(x, speed * positions, base=base, layout=layout)):
                raise wrong(name)
    raise wrong("other_angles")


def _turned_with(base: float, speed: float = 1.0) -> Any:
    return lambda x, positions: rotate(x, speed * positions, base=base)


def _stretched(
    x: Float[np.ndarray, "L d"], positions: Float[np.ndarray, " L"]
) -> Float[np.ndarray, "L d"]:
    half = x.shape[-1] // 2
    angle = positions[:, None] * frequencies(x.shape[-1])
    first, second = x[:, :half], x[:, half:]
    cos, sin = np.cos(angle), np.sin(angle)
    return np.concatenate([first * cos + second * sin, first * sin + second * cos], axis=-1)


def _put_back_interleaved(
    x: Float[np.ndarray, "L d"], positions: Float[np.ndarray, " L"]
) -> Float[np.ndarray, "L d"]:
    """Turn pairs of halves and write them side by side."""
    first, second = np.split(rotate_by_hand(x, positions), 2, axis=-1)
    return np.stack([first, second], axis=-1).reshape(x.shape)


def _two_layouts(
    x: Float[np.ndarray, "L d"], positions: Float[np.ndarray, " L"]
) -> Float[np.ndarray, "L d"]:
    """Turn pairs of halves by angles that are listed for neighbours: θ₀, θ₀, θ₁, θ₁ and so on."""
    angle = positions[:, None] * np.repeat(frequencies(x.shape[-1]), 2)  # [L, d]
    first, second = np.split(x, 2, axis=-1)
    return x * np.cos(angle) + np.concatenate([-second, first], axis=-1) * np.sin(angle)


# What wrong rotations return, however they came about; then angles that are wrong in either layout.
ROTATED_WRONG = {
    "still": lambda x, _: x,
    "interleaved": _put_back_interleaved,
    "two_layouts": _two_layouts,
    "row_numbers": lambda x, _: rotate(x, np.arange(len(x))),
}
TURNED_WRONG = {
    "backwards": (-1.0, 10_000.0),
    "degrees": (math.pi / 180, 10_000.0),
    "one_angle": (1.0, 1.0),
    "exponent": (1.0, 100.0),
    "inverse": (1.0, 1e-4),
    "full_turns": (2 * math.pi, 10_000.0),
    "other_base": (1.0, 500_000.0),
    "from_one": (10_000 ** (-1 / 3), 10_000.0),  # d = 6: i runs from 1
}


def _counted_from_one(
    x: Float[np.ndarray, "L d"], positions: Float[np.ndarray, " L"]
) -> Float[np.ndarray, "L d"]:
    """Turn pair i at the speed of pair i + 1."""
    return rotate(x, positions * frequencies(x.shape[-1])[1])


def first_lost_position() -> int:
    """Return the first whole number that bfloat16 rounds to another."""
    positions = torch.arange(1, 1_000)
    kept = positions.to(torch.bfloat16).to(torch.int64) == positions
    return int(positions[~kept][0])


def _judge_lost_position(answer: Any, wrong: Wording) -> None:
    instead = {
        "last_kept": 256,
        "all_bits_set": 255,
        "float16": 2_049,
        "float32": 2**24 + 1,
        "hidden_bit": 129,
    }
    expect(answer, first_lost_position(), instead=instead, wrong=wrong, tolerance=1e-9)


def base_for_context() -> float:
    """Return the base at which the slowest pair turns once over the context."""
    turns_once = CONTEXT / (2 * math.pi)
    return turns_once ** (DIM / (DIM - 2))


def _judge_long_base(answer: Any, wrong: Wording) -> None:
    radians = CONTEXT / (2 * math.pi)
    instead = {
        "exponent": radians,
        "inverse": radians ** ((DIM - 2) / DIM),
        "radians": float(CONTEXT) ** (DIM / (DIM - 2)),
        "root": radians ** (2 / DIM),
        "degrees": (CONTEXT / 360) ** (DIM / (DIM - 2)),
        "half_exponent": radians ** (DIM / (DIM / 2 - 1)),
        "context": float(CONTEXT),
    }
    expect(answer, base_for_context(), instead=instead, wrong=wrong, tolerance=1e-2)


EXERCISES = (
    Exercise(
        "02.1",
        level="compute it",
        judge=_judge_turned_pair,
        reference=turned_pair_score,
        typical={
            "backwards": lambda: -0.9093,
            "one_turned": lambda: -0.9589,
            "added": lambda: -0.9894,
            "degrees": lambda: 0.0349,
            "still": lambda: 0,
            "key_turned": lambda: -0.1411,
            "parallel": lambda: -0.4161,
            "scaled": lambda: 0.643,
        },
    ),
    Exercise(
        "02.2",
        level="read it off",
        judge=_judge_angles,
        reference=angles_and_wavelength,
        typical={
            "entries": lambda: (64, 47_117),
            "one": lambda: (1, 47_117),
            "frequency": lambda: (32, 0.00013335),
            "radians": lambda: (32, 7_499),
            "exponent": lambda: (32, 62_832),
            "swapped": lambda: (47_117, 32),
            "degrees": lambda: (32, 2_699_619),
            "half_turn": lambda: (32, 23_559),
            "half_exponent": lambda: (32, 544.1),
            "fastest": lambda: (32, 6.283),
            "other_base": lambda: (32, 2_084_765),
        },
    ),
    Exercise(
        "02.3",
        level="build it",
        judge=_judge_rotation,
        reference=rotate_by_hand,
        builds=True,
        typical={
            "still": lambda: lambda x, _: x,
            "identity": lambda: lambda x, positions: x + np.cos(positions)[:, None],
            "norm": lambda: _stretched,
            "interleaved": lambda: _put_back_interleaved,
            "two_layouts": lambda: _two_layouts,
            "row_numbers": lambda: lambda x, _: rotate_by_hand(x, np.arange(len(x))),
            "backwards": lambda: lambda x, positions: rotate_by_hand(x, -positions),
            "degrees": lambda: lambda x, positions: rotate_by_hand(x, np.radians(positions)),
            "one_angle": lambda: _turned_with(1.0),
            "exponent": lambda: _turned_with(100.0),
            "inverse": lambda: _turned_with(1 / 10_000),
            "full_turns": lambda: _turned_with(10_000.0, speed=2 * math.pi),
            "other_base": lambda: _turned_with(500_000.0),
            "from_one": lambda: _counted_from_one,
            "other_angles": lambda: _turned_with(500.0),
        },
    ),
    Exercise(
        "02.4",
        level="measure it",
        judge=_judge_lost_position,
        reference=first_lost_position,
        typical={
            "last_kept": lambda: 256,
            "all_bits_set": lambda: 255,
            "float16": lambda: 2049,
            "float32": lambda: 16_777_217,
            "hidden_bit": lambda: 129,
        },
    ),
    Exercise(
        "02.5",
        level="predict it",
        judge=_judge_long_base,
        reference=base_for_context,
        typical={
            "exponent": lambda: 20_861,
            "inverse": lambda: 15_288,
            "radians": lambda: 191_700,
            "root": lambda: 1.3645,
            "degrees": lambda: 440.4,
            "half_exponent": lambda: 8.27e8,
            "context": lambda: 131_072,
        },
    ),
)

QUIZ = (
    Question("02.1", right="c"),
    Question("02.2", right="d"),
    Question("02.3", right="a"),
    Question("02.4", right="b"),
    Question("02.5", right="c"),
)
