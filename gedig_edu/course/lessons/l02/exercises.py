"""Exercises and quiz of lesson 02: rotary positions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gedig_edu.course.answers import as_array, as_function, is_close
from gedig_edu.course.items import Exercise, Wording, questions
from gedig_edu.shapes import Float
from gedig_edu.theory.rope import frequencies, pair_strengths, rotate

DIM = 64
CONTEXT = 131_072


def turned_pair_score() -> float:
    """Return the score of q = (1, 0) at position 5 and k = (0, 1) at position 3."""
    q = rotate(np.array([1.0, 0.0]), 5)
    k = rotate(np.array([0.0, 1.0]), 3)
    return float(q @ k)


OTHER_SCORES = {
    "backwards": -math.sin(2),
    "one_turned": math.sin(5),
    "added": -math.sin(8),
    "degrees": math.sin(math.radians(2)),
    "still": 0.0,
    "key_turned": -math.sin(3),
    "parallel": math.cos(2),
    "scaled": math.sin(2) / math.sqrt(2),
}


def angles_and_wavelength() -> tuple[int, float]:
    """Return how many angles one position has, and the slowest pair's full turn in tokens."""
    theta = frequencies(DIM)
    return len(theta), 2 * math.pi / theta[-1]


def _other_angles() -> dict[str, Any]:
    pairs, wavelength = angles_and_wavelength()
    slowest = frequencies(DIM)[-1]
    return {
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
    """Take pairs in either layout; name a mistake that gives the very numbers first."""
    function = as_function(answer)
    rng = np.random.default_rng(2)
    x, positions = rng.normal(size=(5, 6)), np.array([1.0, 2.0, 3.0, 7.0, 11.0])
    at_zero = as_array(function(x, np.zeros(5)), shape=(5, 6))
    turned = as_array(function(x, positions), shape=(5, 6))
    for name in ("still", "interleaved", "two_layouts", "row_numbers"):
        if is_close(turned, OTHER_ROTATIONS[name](x, positions), tolerance=1e-5):
            raise wrong(name)
    if not is_close(at_zero, x, tolerance=1e-5):
        raise wrong("identity")
    if not is_close(np.linalg.norm(turned, axis=-1), np.linalg.norm(x, axis=-1), tolerance=1e-5):
        raise wrong("norm")
    for layout in ("half", "interleaved"):
        if is_close(turned, rotate(x, positions, layout=layout), tolerance=1e-5):
            return
        for name, (speed, base) in OTHER_SPEEDS.items():
            if is_close(turned, rotate(x, speed * positions, base=base, layout=layout)):
                raise wrong(name)
    raise wrong("other_angles")


def _stretched(
    x: Float[np.ndarray, "L d"], positions: Float[np.ndarray, " L"]
) -> Float[np.ndarray, "L d"]:
    angle = positions[:, None] * frequencies(x.shape[-1])
    first, second = np.split(x, 2, axis=-1)
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


def _turned(speed: float, base: float) -> Any:
    return lambda x, positions: rotate(x, speed * positions, base=base)


OTHER_SPEEDS = {  # times the position, and the base; wrong in either layout
    "backwards": (-1.0, 10_000.0),
    "degrees": (math.pi / 180, 10_000.0),
    "one_angle": (1.0, 1.0),
    "exponent": (1.0, 100.0),
    "inverse": (1.0, 1e-4),
    "full_turns": (2 * math.pi, 10_000.0),
    "other_base": (1.0, 500_000.0),
    "from_one": (10_000 ** (-1 / 3), 10_000.0),  # d = 6: i runs from 1
}
OTHER_ROTATIONS = {
    "still": lambda x, _: x,
    "interleaved": _put_back_interleaved,
    "two_layouts": _two_layouts,
    "row_numbers": lambda x, _: rotate(x, np.arange(len(x))),
    "identity": lambda x, positions: x + np.cos(positions)[:, None],
    "norm": _stretched,
    "other_angles": _turned(1.0, 500.0),
    **{name: _turned(*how) for name, how in OTHER_SPEEDS.items()},
}


def first_lost_position() -> int:
    """Return the first whole number that bfloat16 rounds to another."""
    positions = np.arange(1, 1_000, dtype=np.float32)
    kept = positions.view(np.uint32) << 16 == 0  # bfloat16 is the upper half of a float32
    return int(positions[~kept][0])


OTHER_POSITIONS = {
    "last_kept": 256,
    "all_bits_set": 255,
    "float16": 2_049,
    "float32": 2**24 + 1,
    "hidden_bit": 129,
}


def base_for_context() -> float:
    """Return the base at which the slowest pair turns once over the context."""
    turns_once = CONTEXT / (2 * math.pi)
    return turns_once ** (DIM / (DIM - 2))


def _other_bases() -> dict[str, float]:
    radians = CONTEXT / (2 * math.pi)
    return {
        "exponent": radians,
        "inverse": radians ** ((DIM - 2) / DIM),
        "radians": float(CONTEXT) ** (DIM / (DIM - 2)),
        "root": radians ** (2 / DIM),
        "degrees": (CONTEXT / 360) ** (DIM / (DIM - 2)),
        "half_exponent": radians ** (DIM / (DIM / 2 - 1)),
        "context": float(CONTEXT),
    }


STRONG_Q, STRONG_K = np.array([6.0, 1.0, 8.0, 0.0]), np.array([0.0, 5.0, 3.0, 12.0])


def share_of_the_fast_pair() -> float:
    """Return the share of the strength ‖q_i‖‖k_i‖ that lies in the first of two pairs."""
    strength = pair_strengths(STRONG_Q, STRONG_K)
    return float(strength[0] / strength.sum())


def _other_shares() -> dict[str, Any]:
    right = share_of_the_fast_pair()
    neighbours = pair_strengths(STRONG_Q, STRONG_K, layout="interleaved")
    lengths = [np.sqrt(pair_strengths(x, x)) for x in (STRONG_Q, STRONG_K)]
    squares = pair_strengths(STRONG_Q, STRONG_K) ** 2
    parts = (STRONG_Q * STRONG_K).reshape(2, 2).sum(axis=0)  # of q·k, pair by pair
    return {
        "interleaved": neighbours[0] / neighbours.sum(),
        "second": 1 - right,
        "percent": 100 * right,
        "scores": parts[0] / parts.sum(),
        "squared": squares[0] / squares.sum(),
        "queries": lengths[0][0] / lengths[0].sum(),
        "keys": lengths[1][0] / lengths[1].sum(),
        "strength": 30.0,
    }


EXERCISES = (
    Exercise("02.1", "compute it", turned_pair_score, OTHER_SCORES),
    Exercise("02.2", "read it off", angles_and_wavelength, _other_angles),
    Exercise("02.3", "build it", rotate_by_hand, OTHER_ROTATIONS, judge=_judge_rotation),
    Exercise("02.4", "measure it", first_lost_position, OTHER_POSITIONS),
    Exercise("02.5", "predict it", base_for_context, _other_bases, tolerance=1e-2),
    Exercise("02.6", "compute it", share_of_the_fast_pair, _other_shares),
)

QUIZ = questions("02", right="cdabc")

IN_PERCENT = ("shift", "learned")  # predictions asked for in per cent
WITHIN = {
    "shift": (0, math.inf),
    "large_base": (-1, 1),
    "far_score": (-1, 1),
}  # ends of predictions
