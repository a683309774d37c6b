"""Exercises and quiz of lesson 03: softmax is Boltzmann."""

from __future__ import annotations

from typing import Any

import numpy as np

from gedig_edu.course.answers import as_array, as_function, is_close
from gedig_edu.course.items import Exercise, Wording, questions
from gedig_edu.course.sentences import EXAMPLE
from gedig_edu.lab.thermodynamics import read_rows
from gedig_edu.models import default_name, load
from gedig_edu.shapes import Float
from gedig_edu.theory.thermo import Ensemble

SIX_ENERGIES = np.array([-2.0, -1.0, 0.0, 0.5, 1.5, 3.0])
UNEVEN = np.array([0.0, 2 * np.log(7)])  # p = 7/8 and 1/8 at T = 2


def warmest_point() -> tuple[float, float]:
    """Return the T at which C of the six energies is largest, and that C."""
    T = np.geomspace(0.01, 100, 4001)
    C = Ensemble(np.tile(SIX_ENERGIES, (len(T), 1)), T[:, None]).heat_capacity
    return float(T[C.argmax()]), float(C.max())


def _other_points() -> dict[str, Any]:
    T, C = warmest_point()
    return {
        "swapped": (C, T),
        "inverse": (1 / T, C),
        "entropy": (T, Ensemble(SIX_ENERGIES, T).entropy),
        "at_one": (1.0, Ensemble(SIX_ENERGIES, 1.0).heat_capacity),
        "only_height": C,
    }


def temperature_for_a_tenth() -> float:
    """Return the T at which the upper of two states, 2 above the lower, gets 10 %."""
    odds = 0.1 / 0.9  # exp(−2/T)
    return float(2 / np.log(1 / odds))


OTHER_TEMPERATURES = {
    "share": 2 / np.log(10),
    "inverse": np.log(9) / 2,
    "gap": 1 / np.log(9),
    "decimal": 2 / np.log10(9),
    "binary": 2 / np.log2(9),
    "sign": -2 / np.log(9),
}


def gap_of_even_shares() -> float:
    """Return A(q) − A(p) at T = 2, for q = (½, ½) and energies 0 and 2 log 7."""
    T, q = 2.0, np.array([0.5, 0.5])
    p = Ensemble(UNEVEN, T).probabilities
    return float(T * np.sum(q * np.log(q / p)))


def _other_gaps() -> dict[str, Any]:
    T, q = 2.0, np.array([0.5, 0.5])
    p = Ensemble(UNEVEN, T)
    gap, shares = gap_of_even_shares(), p.probabilities
    return {
        "no_temperature": gap / T,
        "reversed": T * np.sum(shares * np.log(shares / q)),
        "sign": -gap,
        "energies": q @ UNEVEN - p.energy,
        "drawn": q @ UNEVEN - T * np.log(2),
        "bits": gap / np.log(2),
    }


def effective_keys() -> Float[np.ndarray, " heads"]:
    """Return exp(S) of the last token's row, for each head of the last layer."""
    rows = read_rows(load(default_name()), EXAMPLE)
    return np.exp(rows.at().entropy[-1, :, -1])  # layer, heads, row


def _other_counts() -> dict[str, Any]:
    rows = read_rows(load(default_name()), EXAMPLE)
    states = rows.at()
    S, p = states.entropy[-1], states.probabilities[-1]
    return {
        "first_layer": states.effective_states[0, :, -1],
        "entropy": S[:, -1],
        "unscaled": Ensemble(rows.energies[-1, :, -1], 1.0).effective_states,
        "all_rows": np.exp(S).mean(axis=-1),
        "bits": 2 ** S[:, -1],
        "participation": 1 / (p[:, -1] ** 2).sum(axis=-1),
        "per_token": np.exp(S).mean(axis=0),
        "share": np.exp(S[:, -1]) / rows.keys[-1],
        "percent": 100 * np.exp(S[:, -1]) / rows.keys[-1],
    }


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
    """Say which of the four are off where no mistake gives these very numbers."""
    function = as_function(answer)
    E, T = np.array([0.3, -1.2, 2.0, 0.7, -0.4]), 0.6
    given, right = as_array(function(E, T), shape=(4,)), np.array(thermal(E, T))
    if not is_close(given, right):
        for name, mistaken in OTHER_RESULTS.items():
            if is_close(given, mistaken(E, T)):
                raise wrong(name)
        if is_close(given[1:3], _upside_down(E, T)[1:3]):
            raise wrong("upside_down")
        off = [one for one, g, r in zip(RESULTS, given, right, strict=True) if not is_close(g, r)]
        raise wrong("off", names=", ".join(off))
    for extreme, cold in ((np.array([0.0, 900.0, 2000.0]), 0.5), (np.array([-800.0, -801.0]), 1.0)):
        far = as_array(function(extreme, cold), shape=(4,), finite=False)
        if not is_close(far, thermal(extreme, cold), tolerance=1e-6):
            raise wrong("overflow")


def _upside_down(energies: Float[np.ndarray, " n"], temperature: float) -> tuple[float, ...]:
    A, U, S, C = thermal(-energies, temperature)
    return A, -U, S, C


def _naive(energies: Float[np.ndarray, " n"], temperature: float) -> tuple[float, ...]:
    factors = np.exp(-energies / temperature)
    p = factors / factors.sum()
    U = p @ energies
    S = -(p @ np.log(p))
    return U - temperature * S, U, S, p @ (energies - U) ** 2 / temperature**2


RESULTS = ("A", "⟨E⟩", "S", "C")
OTHER_RESULTS = {
    "log_z": lambda E, T: np.multiply(thermal(E, T), [-1 / T, 1, 1, 1]),
    "bits": lambda E, T: np.multiply(thermal(E, T), [1, 1, 1 / np.log(2), 1]),
    "variance": lambda E, T: np.multiply(thermal(E, T), [1, 1, 1, T**2]),
    "once": lambda E, T: np.multiply(thermal(E, T), [1, 1, 1, T]),
    "order": lambda E, T: np.take(thermal(E, T), [1, 0, 2, 3]),
    "beta": lambda E, T: thermal(E, 1 / T),
    "upside_down": _upside_down,
    "overflow": _naive,
}


def lengths_of_half() -> tuple[float, float]:
    """Return how many keys leave the highest half of the weight: 5 above the rest, then 10."""
    return 1 + np.exp(5.0), 1 + np.exp(10.0)


OTHER_LENGTHS = {
    "the_others": np.exp([5.0, 10.0]),
    "decimal": 1 + 10.0 ** np.array([5, 10]),
    "doubled": (1 + np.exp(5.0), 2 * (1 + np.exp(5.0))),
    "swapped": lengths_of_half()[::-1],
    "unmoved": (1 + np.exp(5.0), 1 + np.exp(5.0)),
    "variance": (1 + np.exp(5.0), 1 + np.exp(20.0)),
}

EXERCISES = (
    Exercise("03.1", "read it off", warmest_point, _other_points, tolerance=0.07),
    Exercise("03.2", "compute it", temperature_for_a_tenth, OTHER_TEMPERATURES),
    Exercise("03.3", "predict it", gap_of_even_shares, _other_gaps),
    Exercise("03.4", "measure it", effective_keys, _other_counts, seconds=60.0),
    Exercise("03.5", "build it", thermal, OTHER_RESULTS, judge=_judge_thermal),
    Exercise("03.6", "compute it", lengths_of_half, OTHER_LENGTHS),
)

QUIZ = questions("03", right="bdacbd")

WITHIN = {
    "cold": (1, 6),
    "lower": (0, 100_000),
    "undivided": (1, 16),
}  # ends of predictions
