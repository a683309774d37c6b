"""Exercises and quiz of lesson 03: softmax is Boltzmann."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from jaxtyping import Float

from gedig_edu.course.answers import as_array, as_function, expect, is_close
from gedig_edu.course.items import Exercise, Question, Wording
from gedig_edu.course.sentences import EXAMPLE
from gedig_edu.lab.thermodynamics import Rows, read_rows
from gedig_edu.models import default_name, load
from gedig_edu.theory.thermo import Ensemble

SIX_ENERGIES = np.array([-2.0, -1.0, 0.0, 0.5, 1.5, 3.0])
UNEVEN = np.array([0.0, 2 * np.log(7)])  # p = 7/8 and 1/8 at T = 2


def warmest_point() -> tuple[float, float]:
    """Return the T at which C of the six energies is largest, and that C."""
    T = np.geomspace(0.01, 100, 4001)
    C = Ensemble(np.tile(SIX_ENERGIES, (len(T), 1)), T[:, None]).heat_capacity
    return float(T[C.argmax()]), float(C.max())


def _judge_warmest(answer: Any, wrong: Wording) -> None:
    T, C = warmest_point()
    at_one = Ensemble(SIX_ENERGIES, 1.0).heat_capacity
    instead = {
        "swapped": (C, T),
        "inverse": (1 / T, C),
        "entropy": (T, Ensemble(SIX_ENERGIES, T).entropy),
        "at_one": (1.0, at_one),
        "only_height": C,
    }
    expect(answer, (T, C), instead=instead, wrong=wrong, tolerance=0.07)


def temperature_for_a_tenth() -> float:
    """Return the T at which the upper of two states, 2 above the lower, gets 10 %."""
    odds = 0.1 / 0.9  # exp(−2/T)
    return float(2 / np.log(1 / odds))


def _judge_tenth(answer: Any, wrong: Wording) -> None:
    instead = {
        "share": 2 / np.log(10),
        "inverse": np.log(9) / 2,
        "gap": 1 / np.log(9),
        "decimal": 2 / np.log10(9),
        "binary": 2 / np.log2(9),
        "sign": -2 / np.log(9),
    }
    expect(answer, temperature_for_a_tenth(), instead=instead, wrong=wrong, tolerance=5e-3)


def gap_of_even_shares() -> float:
    """Return A(q) − A(p) at T = 2, for q = (½, ½) and energies 0 and 2 log 7."""
    T, q = 2.0, np.array([0.5, 0.5])
    p = Ensemble(UNEVEN, T).probabilities
    return float(T * np.sum(q * np.log(q / p)))


def _judge_gap(answer: Any, wrong: Wording) -> None:
    T, q = 2.0, np.array([0.5, 0.5])
    p = Ensemble(UNEVEN, T)
    gap, shares = gap_of_even_shares(), p.probabilities
    instead = {
        "no_temperature": gap / T,
        "reversed": T * np.sum(shares * np.log(shares / q)),
        "sign": -gap,
        "energies": q @ UNEVEN - p.energy,
        "drawn": q @ UNEVEN - T * np.log(2),
        "bits": gap / np.log(2),
    }
    expect(answer, gap, instead=instead, wrong=wrong, tolerance=5e-3)


def effective_keys() -> Float[np.ndarray, " heads"]:
    """Return exp(S) of the last token's row, for each head of the last layer."""
    rows = read_rows(load(default_name()), EXAMPLE)
    return np.exp(rows.at().entropy[-1, :, -1])  # layer, heads, row


@cache
def _example_rows(name: str) -> Rows:
    return read_rows(load(name), EXAMPLE)


def _judge_effective(answer: Any, wrong: Wording) -> None:
    rows = _example_rows(default_name())
    states = rows.at()
    S, p = states.entropy[-1], states.probabilities[-1]
    unscaled = Ensemble(rows.energies[-1, :, -1], 1.0)
    instead = {
        "first_layer": states.effective_states[0, :, -1],
        "entropy": S[:, -1],
        "unscaled": unscaled.effective_states,
        "all_rows": np.exp(S).mean(axis=-1),
        "bits": 2 ** S[:, -1],
        "participation": 1 / (p[:, -1] ** 2).sum(axis=-1),
        "per_token": np.exp(S).mean(axis=0),
        "share": np.exp(S[:, -1]) / rows.keys[-1],
        "percent": 100 * np.exp(S[:, -1]) / rows.keys[-1],
    }
    expect(answer, np.exp(S[:, -1]), instead=instead, wrong=wrong, tolerance=5e-3)


def thermal(energies: Float[np.ndarray, " n"], temperature: float) -> tuple[float, ...]:
    """Return A, ⟨E⟩, S and C, with energies measured from the ground state first."""
    ground = energies.min()
    x = (energies - ground) / temperature
    factors = np.exp(-x)  # the largest is 1, so nothing overflows
    log_total = np.log(factors.sum())
    p = factors / factors.sum()
    mean = p @ x
    return (
        float(ground - temperature * log_total),
        float(ground + temperature * mean),
        float(log_total + mean),
        float(p @ (x - mean) ** 2),
    )


def _judge_thermal(answer: Any, wrong: Wording) -> None:
    function = as_function(answer)
    E, T = np.array([0.3, -1.2, 2.0, 0.7, -0.4]), 0.6
    given = as_array(function(E, T), shape=(4,))
    right = np.array(thermal(E, T))
    if not is_close(given, right):
        _name_mistake(given, E, T, wrong)
    for extreme, cold in ((np.array([0.0, 900.0, 2000.0]), 0.5), (np.array([-800.0, -801.0]), 1.0)):
        far = as_array(function(extreme, cold), shape=(4,), finite=False)
        if not is_close(far, thermal(extreme, cold), tolerance=1e-6):
            raise wrong("overflow")


def _name_mistake(
    given: Float[np.ndarray, " 4"], E: Float[np.ndarray, " n"], T: float, wrong: Wording
) -> None:
    A, U, S, C = thermal(E, T)
    upside_down = Ensemble(-E, T)
    reflected = (upside_down.free_energy, -upside_down.energy, upside_down.entropy)
    instead = {
        "log_z": (-A / T, U, S, C),
        "bits": (A, U, S / np.log(2), C),
        "variance": (A, U, S, C * T**2),
        "once": (A, U, S, C * T),
        "order": (U, A, S, C),
        "beta": thermal(E, 1 / T),
    }
    for name, values in instead.items():
        if is_close(given, values):
            raise wrong(name)
    if is_close(given[1:3], reflected[1:]):
        raise wrong("upside_down")
    off = [
        name
        for name, one, right in zip(("A", "⟨E⟩", "S", "C"), given, (A, U, S, C), strict=True)
        if not is_close(one, right)
    ]
    raise wrong("off", names=", ".join(off))


def _changed(**factors: Callable[[float], float]) -> Callable[..., tuple[float, ...]]:
    """Return `thermal` with some of its results changed."""

    def changed(energies: Float[np.ndarray, " n"], temperature: float) -> tuple[float, ...]:
        results = dict(zip("AUSC", thermal(energies, temperature), strict=True))
        for name, factor in factors.items():
            results[name] *= factor(temperature)
        return tuple(results.values())

    return changed


def _upside_down(energies: Float[np.ndarray, " n"], temperature: float) -> tuple[float, ...]:
    A, U, S, C = thermal(-energies, temperature)
    return A, -U, S, C


def _swapped(energies: Float[np.ndarray, " n"], temperature: float) -> tuple[float, ...]:
    A, U, S, C = thermal(energies, temperature)
    return U, A, S, C


def _naive(energies: Float[np.ndarray, " n"], temperature: float) -> tuple[float, ...]:
    factors = np.exp(-energies / temperature)
    p = factors / factors.sum()
    U = p @ energies
    S = -(p @ np.log(p))
    return U - temperature * S, U, S, p @ (energies - U) ** 2 / temperature**2


EXERCISES = (
    Exercise(
        "03.1",
        level="read it off",
        judge=_judge_warmest,
        reference=warmest_point,
        typical={
            "swapped": lambda: (0.92, 0.74),
            "inverse": lambda: (1.35, 0.92),
            "entropy": lambda: (0.74, 0.82),
            "at_one": lambda: (1.0, 0.841),
            "only_height": lambda: 0.92,
        },
    ),
    Exercise(
        "03.2",
        level="compute it",
        judge=_judge_tenth,
        reference=temperature_for_a_tenth,
        typical={
            "share": lambda: 0.8686,
            "inverse": lambda: 1.0986,
            "gap": lambda: 0.4551,
            "decimal": lambda: 2.0959,
            "binary": lambda: 0.6309,
            "sign": lambda: -0.9102,
        },
    ),
    Exercise(
        "03.3",
        level="predict it",
        judge=_judge_gap,
        reference=gap_of_even_shares,
        typical={
            "no_temperature": lambda: 0.4133,
            "reversed": lambda: 0.6327,
            "sign": lambda: -0.8267,
            "energies": lambda: 1.4594,
            "drawn": lambda: 0.5596,
            "bits": lambda: 1.1926,
        },
    ),
    Exercise(
        "03.4",
        level="measure it",
        judge=_judge_effective,
        reference=effective_keys,
        typical={
            "entropy": lambda: np.log(effective_keys()),
            "unscaled": lambda: (
                Ensemble(_example_rows(default_name()).energies[-1, :, -1], 1.0).effective_states
            ),
            "all_rows": lambda: np.exp(_example_rows(default_name()).at().entropy[-1]).mean(
                axis=-1
            ),
            "first_layer": lambda: _example_rows(default_name()).at().effective_states[0, :, -1],
            "bits": lambda: 2 ** np.log(effective_keys()),
            "participation": lambda: (
                1 / (_example_rows(default_name()).at().probabilities[-1, :, -1] ** 2).sum(-1)
            ),
            "per_token": lambda: (
                _example_rows(default_name()).at().effective_states[-1].mean(axis=0)
            ),
            "share": lambda: effective_keys() / _example_rows(default_name()).keys[-1],
            "percent": lambda: 100 * effective_keys() / _example_rows(default_name()).keys[-1],
        },
    ),
    Exercise(
        "03.5",
        level="build it",
        judge=_judge_thermal,
        reference=thermal,
        builds=True,
        typical={
            "overflow": lambda: _naive,
            "log_z": lambda: _changed(A=lambda T: -1 / T),
            "bits": lambda: _changed(S=lambda _: 1 / np.log(2)),
            "variance": lambda: _changed(C=lambda T: T**2),
            "once": lambda: _changed(C=lambda T: T),
            "order": lambda: _swapped,
            "beta": lambda: lambda energies, T: thermal(energies, 1 / T),
            "upside_down": lambda: _upside_down,
        },
    ),
)

QUIZ = (
    Question("03.1", right="b"),
    Question("03.2", right="d"),
    Question("03.3", right="a"),
    Question("03.4", right="c"),
    Question("03.5", right="b"),
    Question("03.6", right="d"),
)
