"""How the claims of lesson 10 are measured: attention in a potential, and memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import softmax

from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Reading
from gedig_edu.course.lessons.l10 import writing
from gedig_edu.course.lessons.l10.writing import recovered_from
from gedig_edu.lab.memory import divergence
from gedig_edu.lab.recovery import at_one_step, recover, simulate
from gedig_edu.theory.attention import attend, dot_scores
from gedig_edu.theory.dynamics import CoupledAttention, feed_forward, floating_equilibrium
from gedig_edu.theory.repeats import critical

WIDTH, KEYS, STEPS, SEEDS, REPEATS, DRIVE = 16, 11, 20, 30, 5, 0.1


def _vectors() -> np.ndarray:
    return np.random.default_rng(SEED).normal(size=(3, 11, WIDTH))


def _potential(_: Context) -> Sequence[Reading]:
    """Hold coupled attention against softmax((q kᵀ - U)/√d) written out."""
    q, k, v = _vectors()
    U = np.random.default_rng(SEED + 1).normal(size=(11, 11))
    scores = dot_scores(q, k, scale=False)
    coupled = attend(scores, v, temperature=4.0, potential=U).weights
    return [Reading.exact("error", np.abs(coupled - softmax((q @ k.T - U) / 4, axis=-1)).max())]


def _zero_potential(_: Context) -> Sequence[Reading]:
    q, k, v = _vectors()
    scores = dot_scores(q, k, scale=False)
    coupled = attend(scores, v, temperature=4.0, potential=np.zeros((11, 11))).output
    return [Reading.exact("error", np.abs(coupled - attend(dot_scores(q, k), v).output).max())]


def _barrier(_: Context) -> Sequence[Reading]:
    """Put a key behind an infinite barrier, with scores small and enormous."""
    q, k, v = _vectors()
    U, mask = np.zeros(11), np.ones((11, 11), dtype=bool)
    U[3], mask[:, 3] = np.inf, False
    left, apart = [], []
    for size in (1.0, 1e3, 1e6):
        scores = dot_scores(q, k)
        scores[:, 3] = size
        behind = attend(scores, v, potential=U).weights
        left.append(behind[:, 3].max())
        apart.append(np.abs(behind - attend(scores, v, mask=mask).weights).max())
    return [Reading.exact("left", max(left)), Reading.exact("mask", max(apart))]


def _carry(_: Context) -> Sequence[Reading]:
    """Return by how much the gap to a target shrinks from the first step to the last."""
    closed: dict[float, list[float]] = {1.0: [], -1.0: []}
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        scores, target = np.tile(rng.normal(size=KEYS), (STEPS, 1)), softmax(rng.normal(size=KEYS))
        for gain, found in closed.items():
            coupled = CoupledAttention(places=np.arange(KEYS), rho=0.8, gain=gain)
            weights = coupled.run(scores, target=target).weights
            gaps = np.linalg.norm(target - weights, axis=-1)
            found.append(gaps[0] - gaps[-1])
    return [
        Reading.mean("turned", np.array(closed[-1.0])),
        Reading.mean("source", np.array(closed[1.0]), condition=False),
    ]


def _recovery(context: Context) -> Sequence[Reading]:
    """Recover P, track and M from simulated runs and from a real model's maps."""
    driven: dict[float, list[dict[str, float]]] = {0.0: [], DRIVE: []}
    for drive, found in driven.items():
        for seed in range(REPEATS):
            runs = simulate(seed=seed, drive=drive)
            found.append(recover(runs.U, runs.kernel).errors(runs))
    varied, same = simulate(), simulate(same_visits=True)
    names = ("P", "track", "M")
    real = recovered_from(context.model)
    return [
        *(Reading.mean(one, np.array([e[one] for e in driven[0.0]])) for one in names),
        *(Reading.mean(f"real_{one}", real[:, at]) for at, one in enumerate(names)),
        Reading.mean("constant", np.array([e["P"] for e in driven[DRIVE]]), condition=False),
        Reading.exact("condition", recover(varied.U, varied.kernel).condition, judged=False),
        Reading.exact("one_step", at_one_step(varied.kernel), judged=False),
        Reading.exact("same_visits", 1 / at_one_step(same.kernel), judged=False),
        Reading.exact("missed", _missed_zero(), judged=False),
    ]


def _missed_zero() -> float:
    """Return the share of intervals over runs that miss 0 where U is 0."""
    runs = simulate(silent=True)
    parts = [recover(runs.U[at : at + 5], runs.kernel[at : at + 5]) for at in range(0, 50, 5)]
    found = np.array([[*part.P, part.track] for part in parts])  # [10, n + 1]
    half = critical(len(found) - 1)[0] * found.std(axis=0, ddof=1) / np.sqrt(len(found))
    return float((np.abs(found.mean(axis=0)) > half).mean())


def _kinetic(_: Context) -> Sequence[Reading]:
    """Hold K against half the square of Ψ."""
    x = np.random.default_rng(SEED).normal(size=(60, WIDTH))
    centre, tension = found = floating_equilibrium(x, alpha=0.3)
    K = ((x - centre) ** 2).sum(axis=-1) / 2
    return [Reading.exact("error", max(np.abs(K - tension**2 / 2).max(),
                                       np.abs(K - found.kinetic).max()))]  # fmt: skip


def _hhh(_: Context) -> Sequence[Reading]:
    """Return the divergence of a text drawn from the model's own distribution, whatever it says."""
    logits = np.random.default_rng(SEED).normal(size=(11, 99))
    return [
        Reading.exact("own", max(divergence(one, 1.0) for one in logits)),
        Reading.exact("cooled", min(divergence(one, 0.7) for one in logits), judged=False),
    ]


def _invert(_: Context) -> Sequence[Reading]:
    """Find x again from x + F(x) by steps x ← y − F(x), F contracting and not."""
    found = {}
    for name, gain in (("contracting", 0.4), ("steep", 3.0)):
        errors = []
        for seed in range(10):
            rng = np.random.default_rng(seed)
            W1, W2 = rng.normal(size=(2, WIDTH, WIDTH))
            W1, W2 = (gain * W / np.linalg.norm(W, 2) for W in (W1, W2))
            x = rng.normal(size=WIDTH)
            y = feed_forward(x, W1, W2)
            guess = y
            for _step in range(100):
                guess = y - feed_forward(guess, W1, W2, residual=False)
            errors.append(np.linalg.norm(guess - x))
        found[name] = max(errors)
    return [
        Reading.exact("contracting", found["contracting"]),
        Reading.exact("steep", found["steep"], condition=False),
    ]


MEASURES = {
    "potential": _potential,
    "zero_potential": _zero_potential,
    "barrier": _barrier,
    "groove": writing.groove,
    "inertia": writing.inertia,
    "carry": _carry,
    "jump": writing.jump,
    "rounding": writing.rounding,
    "hhh": _hhh,
    "helpful": writing.helpful,
    "harmless": writing.harmless,
    "recovery": _recovery,
    "residual": writing.residual,
    "invert": _invert,
    "subspace": writing.subspace,
    "wave": writing.wave,
    "lasts": writing.lasts,
    "kinetic": _kinetic,
    "order": writing.order,
}
