"""How claims of lesson 10 are measured on texts that a model writes, or on its way through them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from scipy.special import logsumexp
from scipy.stats import rankdata

from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Reading
from gedig_edu.lab.gradients import need_decoder, stream_gradients, tower
from gedig_edu.lab.memory import PLAIN, Fields, Telling, write
from gedig_edu.lab.passages import books
from gedig_edu.lab.recovery import Runs, recover
from gedig_edu.models import AttentionModel
from gedig_edu.shapes import Float
from gedig_edu.theory.dynamics import carry_over, floating_equilibrium, prosody

PROMPTS, SEEDS, WORDS, TOKENS = 30, 3, 16, 40
WELL = 1.0  # |w|, in the model's own logits
ARMS = {
    "plain": PLAIN,
    "attract": Fields(track=-WELL),
    "repel": Fields(track=WELL),
    "moved": Fields(track=-WELL, moved=True),
}
PASSAGES, JUMP_WORDS, ALPHA, FORGETS, LARGE, START = 20, 90, 0.2, 0.9, 0.9, 8
SHIFTS = range(10, 31)
RUNS, RUN_WORDS, STEPS = 50, 60, 60
WELL_BELOW, RHO, NOISE = -0.7, 0.8, 0.3
HALF_PRECISION = 2.0**-11


@lru_cache(maxsize=1)
def _written(model: AttentionModel) -> dict[str, list[list[Telling]]]:
    """Return what each arm writes: prompts of unseen books, three seeds each."""
    need_decoder("writing", model)
    prompts = [" ".join(text.split()[:WORDS]) for text in books()[:: len(books()) // PROMPTS]]
    return {
        arm: [
            [write(model, prompt, tokens=TOKENS, fields=fields, seed=seed) for seed in range(SEEDS)]
            for prompt in prompts[:PROMPTS]
        ]
        for arm, fields in ARMS.items()
    }


def groove(context: Context) -> Sequence[Reading]:
    """Compare distinct-2 with wells, hills, nothing, and the same wells at other positions."""
    distinct = {
        arm: np.array([np.nanmean([one.distinct_2 for one in seeds]) for seeds in prompts])
        for arm, prompts in _written(context.model).items()
    }
    return [
        Reading.mean("attract", distinct["plain"] - distinct["attract"]),
        Reading.mean("placebo", distinct["moved"] - distinct["attract"]),
        Reading.mean("repel", distinct["repel"] - distinct["attract"]),
        Reading.mean("plain", distinct["plain"], judged=False),
    ]


def inertia(context: Context) -> Sequence[Reading]:
    """Hold how much a text repeats itself, without a track, against repeating other texts."""
    plain = _written(context.model)["plain"]
    beyond = []
    for at, seeds in enumerate(plain):
        others = plain[(at + 1) % len(plain)]
        shares = [
            _again(one, one) - _again(one, other) for one, other in zip(seeds, others, strict=True)
        ]
        beyond.append(float(np.mean(shares)))
    return [Reading.mean("own", np.array(beyond))]


def _again(one: Telling, other: Telling) -> float:
    """Return the share of a text's second half that stands in the first half of another."""
    first, second = other.written[: TOKENS // 2], one.written[TOKENS // 2 :]
    return sum(token in first for token in second) / max(len(second), 1)


def jump(context: Context) -> Sequence[Reading]:
    """Ask whether ‖M‖ of attention's own floating centre comes before its large moves.

    Shifted in time is no control alone: rows drawn by chance, which carry nothing, are foretold as
    well, since what has left its mean returns to it. What was carried must add to the last step.
    """
    need_decoder("10.jump", context.model)
    texts = [" ".join(text.split()[:JUMP_WORDS]) for text in books()[:PASSAGES]]
    found = []
    for maps in context.model.attend_many(texts, batch_size=1):
        rows = maps.weights.reshape(-1, *maps.weights.shape[-2:]).astype(np.float64)
        found.append(_foretold(rows))
    whole, shifted, last, place = np.array(found).T
    return [
        Reading.mean("shifted", whole - shifted),
        Reading.mean("last", whole - last),
        Reading.mean("auc", whole, judged=False),
        Reading.mean("place", place, judged=False),
    ]


def _foretold(rows: Float[np.ndarray, "heads L L"]) -> tuple[float, float, float, float]:
    """Return areas under the curve: of ‖M‖, the same shifted, the last step's alone, the place."""
    steps = rows.shape[1] - 1
    moves = np.abs(np.diff(rows, axis=1)).sum(axis=-1)[:, START:] / 2  # [heads, steps]
    centre, M = rows[:, 0].copy(), np.zeros_like(rows[:, 0])
    size, last = np.zeros((2, len(rows), steps))
    for t in range(steps):
        M = carry_over(M, centre, rows[:, t], rho=FORGETS)
        size[:, t] = np.linalg.norm(M, axis=-1)
        last[:, t] = np.linalg.norm(centre - rows[:, t], axis=-1)
        centre += ALPHA * (rows[:, t] - centre)
    large = moves >= np.quantile(moves, LARGE, axis=1, keepdims=True)
    ranks, of_last = (rankdata(one[:, START:], axis=1) for one in (size, last))
    shifted = np.mean([_area(np.roll(ranks, by, axis=1), large) for by in SHIFTS])
    places = np.broadcast_to(np.arange(1.0, ranks.shape[1] + 1), ranks.shape)
    return _area(ranks, large), float(shifted), _area(of_last, large), _area(places, large)


def _area(ranks: np.ndarray, large: np.ndarray) -> float:
    """Return the area under the curve, mean over heads."""
    yes = large.sum(axis=1)
    no = large.shape[1] - yes
    area = ((ranks * large).sum(axis=1) - yes * (yes + 1) / 2) / np.maximum(yes * no, 1)
    return float(area[(yes > 0) & (no > 0)].mean())


def rounding(context: Context) -> Sequence[Reading]:
    """Add errors of half precision to the stream after two layers, and follow them to the end."""
    model, found = context.model, []
    for number, text in enumerate(context.few):
        states = model.stream(text).states.astype(np.float64)
        rng = np.random.default_rng(SEED + number)
        row = []
        for layer in (0, model.layers // 2):
            at = states[layer + 1]
            error = HALF_PRECISION * np.abs(at) * rng.choice([-1.0, 1.0], size=at.shape)
            end = model.stream(text, disturb=(layer, error)).states[-1] - states[-1]
            grown = np.log(np.linalg.norm(end) / np.linalg.norm(error))
            size = np.log(np.linalg.norm(states[-1]) / np.linalg.norm(at))
            along = (end * error).sum() / np.linalg.norm(end) / np.linalg.norm(error)
            row += [grown, grown - size, along]
        found.append(row)
    names = [f"{what}_{where}" for where in ("first", "middle")
             for what in ("size", "share", "along")]  # fmt: skip
    return [
        Reading.mean(name, values, judged=not name.startswith("along"))
        for name, values in zip(names, np.array(found).T, strict=True)
    ]


def residual(context: Context) -> Sequence[Reading]:
    """Hold what is left of a token's base state against another's; gradients with and without."""
    model, kept, own = context.model, [], []
    for text in context.few:
        states = model.stream(text).states.astype(np.float64)
        unit = states / np.linalg.norm(states, axis=-1, keepdims=True)
        cosines = unit[-1] @ unit[0].T  # [L, L]
        L = len(cosines)
        others = (cosines.sum() - np.trace(cosines)) / (L * (L - 1))
        kept.append(np.trace(cosines) / L - others)
        own.append(np.trace(cosines) / L)
    stack = [_gradient_gain(seed) for seed in range(10)]
    readings = [Reading.mean("base", np.array(kept)), Reading.mean("stack", np.array(stack))]
    if model.causal:
        gains = []
        for text in context.few:
            whole = stream_gradients(model, text)
            cut = stream_gradients(model, text, residual=False)
            gains.append(np.log((whole[0] / whole[-1]) / (cut[0] / cut[-1])))
        readings.append(Reading.mean("gradient", np.array(gains)))
    return [*readings, Reading.mean("cosine", np.array(own), judged=False)]


def _gradient_gain(seed: int) -> float:
    whole, cut = (tower(residual=path, seed=seed).gradients[0] for path in (True, False))
    return float(np.log(whole / cut))


def order(context: Context) -> Sequence[Reading]:
    """Hold the tension along a passage's sentences against the same in other orders."""
    rng, found = np.random.default_rng(SEED), []
    for passage in books():
        sentences = [one for one in re.split(r"(?<=[.!?])\s+", passage) if len(one.split()) > 2]
        if len(sentences) < 5 or len(found) == 60:
            continue
        x = context.model.embed(sentences).astype(np.float64)
        told = floating_equilibrium(x, alpha=0.3).tension[1:].mean()
        mixed = [
            floating_equilibrium(rng.permutation(x), alpha=0.3).tension[1:].mean()
            for _ in range(50)
        ]
        found.append(1 - told / np.mean(mixed))
    return [Reading.mean("calmer", np.array(found))]


def wave(context: Context) -> Sequence[Reading]:
    """Ask whether a rhythm of period 4 gathers attention, more than its values in disorder.

    All four phases count alike: a hollow on the first token, where much attention goes anyway,
    gathers it there by itself.
    """
    model, found = context.model, []
    for number, text in enumerate(context.few):
        plain, rng = model.attend(text).weights, np.random.default_rng(SEED + number)
        waves = [prosody(plain.shape[-1], period=4, phase=phase) for phase in range(4)]
        moved = [rng.permutation(P) for P in waves]
        with_P, placebo = (
            np.mean([_entropy(model.attend(text, potential=U).weights) for U in fields])
            for fields in (waves, moved)
        )
        found.append((_entropy(plain) - with_P, placebo - with_P))
    fell, beyond = np.array(found).T
    return [Reading.mean("gathers", fell), Reading.mean("placebo", beyond)]


def _entropy(weights: Float[np.ndarray, "layers heads L L"]) -> float:
    p = weights.astype(np.float64)
    return float(-(p * np.log(np.where(p > 0, p, 1))).sum(axis=-1).mean())


def lasts(context: Context) -> Sequence[Reading]:
    """Lay P over the first layer alone, and look for it in what later layers change."""
    model, found = context.model, []
    for number, text in enumerate(context.few):
        plain = model.attend(text).weights
        L = plain.shape[-1]
        P = np.random.default_rng(SEED + number).normal(size=L)
        U = np.zeros((model.layers, 1, 1, L))
        U[0] = P
        change = (model.attend(text, potential=U).weights - plain).mean(axis=(1, 2))  # [layers, L]
        along = [np.corrcoef(-P, one)[0, 1] for one in change[1:]]
        found.append(float(np.mean(along)))
    return [Reading.mean("later", np.array(found))]


def subspace(context: Context) -> Sequence[Reading]:
    """Compare how far feed-forward and attention write off the direction of the state."""
    found = []
    for text in context.few:
        stream = context.model.stream(text)
        between = stream.states[:-1] + stream.attention
        pairs = ((stream.states[:-1], stream.attention), (between, stream.feed_forward))
        along = [_squared_cosine(*pair) for pair in pairs]
        found.append((along[0] - along[1], 1 - along[1]))
    more, off = np.array(found).T
    return [Reading.mean("more", more), Reading.mean("off", off, judged=False)]


def _squared_cosine(state: np.ndarray, written: np.ndarray) -> float:
    state, written = state.astype(np.float64), written.astype(np.float64)
    lengths = np.linalg.norm(state, axis=-1) * np.linalg.norm(written, axis=-1)
    return float((((state * written).sum(axis=-1) / lengths) ** 2).mean())


def helpful(context: Context) -> Sequence[Reading]:
    """Return by how much each layer brings the next token nearer, for 10⁶ operations a token."""
    model = context.model
    closed = []
    for text in context.few:
        ids = list(model.encode(text).ids)[1:]
        lens = model.lens(text)[:, :-1].astype(np.float64)
        log_p = lens[:, np.arange(len(ids)), ids] - logsumexp(lens, axis=-1)
        closed.append(np.diff(log_p.mean(axis=1)))
    gaps = np.array(closed) / _operations(model)

    def least(chosen: np.ndarray) -> float:
        return float(gaps[chosen].mean(axis=0).min())

    return [
        Reading.resampled("least", least, len(gaps)),
        Reading.mean("mean", gaps.mean(axis=1), judged=False),
    ]


def _operations(model: AttentionModel) -> float:
    """Return 10⁶ floating-point operations of a layer for one token: two for each of 12 D²."""
    return 2 * 12 * model.backend.width**2 / 1e6


def harmless(context: Context) -> Sequence[Reading]:
    """Return the share of steps at which V rises: unit states, stored the first half of a text."""
    shares = []
    for text in context.few:
        x = context.model.stream(text).states[-1].astype(np.float64)
        x /= np.linalg.norm(x, axis=-1, keepdims=True)
        half, beta = len(x) // 2, np.sqrt(x.shape[-1])
        V = 0.5 - np.asarray(logsumexp(beta * x[half:] @ x[:half].T, axis=-1)) / beta
        shares.append(float(np.mean([after > before for before, after in pairwise(V)])))
    return [Reading.mean("rises", np.array(shares))]


def recovered_from(model: AttentionModel) -> Float[np.ndarray, "heads 3"]:
    """Return errors of P, track and M, known and laid over one layer of a real model, by head."""
    layer, rng = model.layers // 2, np.random.default_rng(SEED)
    P = rng.normal(size=(model.heads, STEPS))
    seen, kernels, carried = [], [], []
    for text in books()[:RUNS]:
        kernel, M = _visits(rng), _driven(rng, model.heads)
        fields = P[:, None] + WELL_BELOW * kernel + M  # [heads, steps, keys]
        seen.append(_potential_of(model, " ".join(text.split()[:RUN_WORDS]), layer, fields))
        kernels.append(kernel)
        carried.append(M)
    kernel = np.array(kernels)
    errors = []
    for head in range(model.heads):
        U, M = (np.array([one[head] for one in each]) for each in (seen, carried))
        runs = Runs(U, kernel, P[head], WELL_BELOW, M)
        errors.append(list(recover(U, kernel).errors(runs).values()))
    return np.array(errors)


def _visits(rng: np.random.Generator) -> Float[np.ndarray, "steps keys"]:
    """Return what wells at places drawn by chance add up to, step by step."""
    places = np.arange(float(STEPS))
    bells = np.exp(-0.5 * (places[:, None] - places) ** 2)[rng.integers(STEPS, size=STEPS - 1)]
    return np.vstack([np.zeros(STEPS), bells]).cumsum(axis=0)


def _driven(rng: np.random.Generator, heads: int) -> Float[np.ndarray, "heads steps keys"]:
    M = np.zeros((heads, STEPS, STEPS))
    for t in range(1, STEPS):
        M[:, t] = RHO * M[:, t - 1] + NOISE * rng.normal(size=(heads, STEPS))
    return M


def _potential_of(
    model: AttentionModel, text: str, layer: int, fields: Float[np.ndarray, "heads steps keys"]
) -> Float[np.ndarray, "heads steps keys"]:
    """Return −log w + q·k/√d of a layer with fields laid over it, NaN where nothing was seen."""
    read = model.queries_keys(text, layer)
    q = read.q if read.q_rotated is None else read.q_rotated
    k = read.k if read.k_rotated is None else read.k_rotated
    U = np.zeros((model.layers, model.heads, q.shape[1], q.shape[1]), dtype=np.float32)
    U[layer, :, :STEPS, :STEPS] = fields
    weights = model.attend(text, potential=U).weights[layer].astype(np.float64)
    scores = read.scale * q.astype(np.float64) @ k.astype(np.float64).swapaxes(-1, -2)
    with np.errstate(divide="ignore"):
        seen = (scores - np.log(weights))[:, :STEPS, :STEPS]
    return np.where(np.isfinite(seen), seen, np.nan)
