"""How the claims of lesson 03 are measured: softmax as thermodynamics, identity by identity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import rel_entr, softmax

from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Reading
from gedig_edu.course.intervals import PerHead
from gedig_edu.lab.condensation import condensate_of, entropy_by_length
from gedig_edu.lab.thermodynamics import capacity_bound, one_below, rows_of
from gedig_edu.shapes import Float
from gedig_edu.theory.attention import attend, dot_scores
from gedig_edu.theory.thermo import Ensemble

TEMPERATURES = np.geomspace(0.05, 20, 11)[:, None]
FEWEST_KEYS = 4


def _energies(states: int = 23) -> Float[np.ndarray, " states"]:
    return np.random.default_rng(SEED).normal(size=states)


def _boltzmann(_: Context) -> Sequence[Reading]:
    E = _energies()
    p = Ensemble(np.broadcast_to(E, (11, 23)), TEMPERATURES).probabilities
    return [Reading.exact("error", np.abs(p - softmax(-E / TEMPERATURES, axis=-1)).max())]


def _definition(context: Context) -> Sequence[Reading]:
    """Rebuild attention from F: once F is -log weight by definition, once what an edge costs."""
    defined, one_edge = [], []
    for maps in context.model.attend_many(context.few):
        w = maps.weights.astype(np.float64)
        seen = w > 0
        F = -np.log(np.where(seen, w, 1.0))
        rebuilt = np.where(seen, np.exp(-F), 0.0)
        rebuilt /= rebuilt.sum(axis=-1, keepdims=True)
        defined.append(_half_l1(w, rebuilt).max())
        one_edge.append(_half_l1(w, seen / seen.sum(axis=-1, keepdims=True)))
    return [
        Reading.exact("defined", max(defined)),
        Reading.crossed("one_edge", np.array(one_edge), condition=False),
    ]


def _half_l1(
    a: Float[np.ndarray, "layers heads L L"], b: Float[np.ndarray, "layers heads L L"]
) -> Float[np.ndarray, "layers heads"]:
    return 0.5 * np.abs(a - b).sum(axis=-1).mean(axis=-1)


def _minimiser(_: Context) -> Sequence[Reading]:
    """Hold A(q) - A(p) against T·KL(q‖p) for distributions q near to p and far from it."""
    E, T = _energies(), 0.7
    p = Ensemble(E, T)
    q = np.random.default_rng(SEED).dirichlet(np.full(23, 0.3), size=499)
    q = np.concatenate([q, 0.999 * p.probabilities + 0.001 * q])
    entropy = -np.sum(np.where(q > 0, q * np.log(np.where(q > 0, q, 1.0)), 0.0), axis=-1)
    gap = q @ E - T * entropy - p.free_energy
    identity = np.abs(gap - T * rel_entr(q, p.probabilities).sum(axis=-1)).max()
    return [
        Reading.exact("identity", identity),
        Reading.exact("lowest", -gap.min()),
    ]


def _temperature(_: Context) -> Sequence[Reading]:
    q, k, v = np.random.default_rng(SEED).normal(size=(3, 17, 64))
    scaled = attend(dot_scores(q, k), v).weights
    heated = attend(dot_scores(q, k, scale=False), v, temperature=8.0).weights
    return [Reading.exact("error", np.abs(scaled - heated).max())]


def _root_d(_: Context) -> Sequence[Reading]:
    """Entropy at d = 16 ... 1024 over that at d = 64; independent entries, then aligned ones."""
    rng = np.random.default_rng(SEED)
    q, noise = rng.normal(size=(2, 59, 1024))
    k = rng.normal(size=(59, 63, 1024))
    aligned = 0.5 * q + np.sqrt(0.75) * noise  # cosine 1/2 with the query
    return [
        Reading.exact("independent", _entropy_spread(q, np.concatenate([k, noise[:, None]], 1))),
        Reading.exact(
            "aligned",
            _entropy_spread(q, np.concatenate([k, aligned[:, None]], axis=1)),
            condition=False,
        ),
    ]


def _entropy_spread(
    q: Float[np.ndarray, "queries d"], k: Float[np.ndarray, "queries keys d"]
) -> float:
    entropy = []
    for d in (16, 64, 256, 1024):
        scores = np.einsum("qd,qkd->qk", q[:, :d], k[:, :, :d])
        entropy.append(Ensemble(-scores, np.sqrt(d)).entropy.mean())
    return float(np.ptp(entropy) / entropy[1])


def _rows(context: Context) -> Sequence[Reading]:
    """Hold the weights a model hands out against its own -q·k at T = √d."""
    errors = [
        np.abs(rows_of(vectors, causal=context.model.causal).at().probabilities - maps.weights)
        for vectors, maps in zip(
            context.vectors, context.model.attend_many(context.few), strict=True
        )
    ]
    return [Reading.exact("error", max(error.max() for error in errors))]


def _near_peak(context: Context) -> Sequence[Reading]:
    """How many octaves of T lie between a model and the peak of its heads' heat capacity."""
    octaves, shares = [], []
    for vectors in context.vectors:
        rows = rows_of(vectors, causal=context.model.causal)
        octaves.append(np.abs(np.log2(rows.peak(least=FEWEST_KEYS))))
        shares.append(rows.over_heat(np.ones(1), least=FEWEST_KEYS)[1][..., 0])
    away = np.array(octaves)  # [texts, layers, heads]

    def of_the_median_head(away: PerHead) -> float:
        return np.median(away, axis=(1, 2)).mean()

    return [
        Reading.over_heads("octaves", of_the_median_head, away),
        Reading.crossed("share", np.array(shares), judged=False),
    ]


def _dipole(_: Context) -> Sequence[Reading]:
    """Hold -q·k against -‖q‖‖k‖cos θ, for keys turned through half a circle."""
    angles = np.linspace(0, np.pi, 181)
    field = 3.0 * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    moment = np.array([[2.0, 0.0]])
    energy = -dot_scores(moment, field, scale=False)[0]
    return [Reading.exact("error", np.abs(energy + 6.0 * np.cos(angles)).max())]


def _first_law(_: Context) -> Sequence[Reading]:
    """Integrate T dS + Σ p dE along a path that changes T and E together."""
    E, direction = np.random.default_rng(SEED).normal(size=(2, 23))
    s = np.linspace(0, 1, 2_001)
    T = 1.0 + 0.5 * np.sin(3 * s)
    along = E + np.sin(2 * s)[:, None] * direction
    states = Ensemble(along, T[:, None])
    S, p = states.entropy, states.probabilities
    heat = 0.5 * (T[1:] + T[:-1]) * np.diff(S)
    work = np.sum(0.5 * (p[1:] + p[:-1]) * np.diff(along, axis=0), axis=-1)
    surplus = np.cumsum(heat + work) - (states.energy[1:] - states.energy[0])
    return [Reading.exact("error", np.abs(surplus).max())]


def _heat_capacity(_: Context) -> Sequence[Reading]:
    """Hold the largest heat capacity against ¼ log²(n - 1) + 1; see its peak grow with n."""
    rng = np.random.default_rng(SEED)
    T = np.geomspace(1e-2, 1e2, 401)[:, None]
    surplus = []
    for n in (3, 17, 257, 4_099):
        bound = capacity_bound(n)
        one_against_all = np.r_[0.0, np.ones(n - 1)]
        for E in (rng.normal(size=n), one_against_all):
            C = Ensemble(np.broadcast_to(E, (401, n)), T).heat_capacity
            surplus.append(C.max() - bound)
    few, many = one_below(2**4), one_below(2**20)
    return [
        Reading.exact("surplus", max(surplus)),
        Reading.exact("few", few.height, judged=False),
        Reading.exact("many", many.height, judged=False),
        Reading.exact("width_few", few.width / few.temperature, judged=False),
        Reading.exact("width_many", many.width / many.temperature, judged=False),
    ]


def _fisher(_: Context) -> Sequence[Reading]:
    """Hold Var(E) against the bend of log Z in β, and diag(p) - ppᵀ against slopes over scores."""
    E, step = _energies(), 1e-3
    beta = 1 / TEMPERATURES
    log_z = [
        Ensemble(np.broadcast_to(E, (11, 23)), 1 / (beta + shift * step)).log_partition
        for shift in (-1, 0, 1)
    ]
    curvature = (log_z[0] - 2 * log_z[1] + log_z[2]) / step**2
    variance = Ensemble(np.broadcast_to(E, (11, 23)), TEMPERATURES).fisher_information
    p = Ensemble(E, 1.0).probabilities
    metric = np.diag(p) - np.outer(p, p)
    nudge = 1e-5 * np.eye(23)  # a higher score is a lower energy
    up, down = (Ensemble(E - way * nudge, 1.0).probabilities for way in (1, -1))
    root = (np.sqrt(up) - np.sqrt(down)) / 1e-5  # slopes of 2√p
    return [
        Reading.exact("error", np.abs(curvature - variance).max()),
        Reading.exact("jacobian", np.abs((up - down) / 2e-5 - metric).max()),
        Reading.exact("sphere", np.abs(root @ root.T - metric).max()),
    ]


def _condensation(context: Context) -> Sequence[Reading]:
    """Hold Σp² of each head's rows against normal logits of the same number and spread."""
    causal = context.model.causal
    rows = (rows_of(vectors, causal=causal) for vectors in context.vectors)
    read = [condensate_of(one, least=FEWEST_KEYS) for one in rows]
    excess, beyond, real = (
        np.array([value(one).mean(axis=-1) for one in read])  # [texts, layers, heads]
        for value in (lambda one: one.real - one.random, lambda one: one.spread > 1,
                      lambda one: one.real)
    )  # fmt: skip

    def apart(excess: PerHead) -> float:
        return np.abs(excess.mean(axis=0)).mean()

    return [
        Reading.over_heads("apart", apart, excess),
        Reading.crossed("excess", excess, judged=False),
        Reading.crossed("real", real, judged=False),
        Reading.crossed("beyond", beyond, judged=False),
    ]


def _length(context: Context) -> Sequence[Reading]:
    """Return the power of n with which the effective number of keys grows."""
    power = np.array([entropy_by_length(context.model, text).exponent for text in context.passages])

    def of_the_slowest(power: PerHead) -> float:
        return float(np.quantile(power.mean(axis=0), 0.1))

    return [
        Reading.crossed("power", power),
        Reading.over_heads("slowest", of_the_slowest, power, judged=False),
    ]


MEASURES = {
    "boltzmann": _boltzmann,
    "definition": _definition,
    "minimiser": _minimiser,
    "temperature": _temperature,
    "rows": _rows,
    "root_d": _root_d,
    "dipole": _dipole,
    "first_law": _first_law,
    "heat_capacity": _heat_capacity,
    "near_peak": _near_peak,
    "condensation": _condensation,
    "length": _length,
    "fisher": _fisher,
}
