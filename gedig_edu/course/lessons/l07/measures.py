"""How the claims of lesson 07 are measured: whether F says anything about structure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Reading
from gedig_edu.course.intervals import PerHead
from gedig_edu.course.lessons.l06.measures import excess_beyond_degrees
from gedig_edu.course.lessons.l06.published import LENGTHS, PUBLISHED
from gedig_edu.lab.carriers import column_terms
from gedig_edu.lab.experiments.head_roles import ROLES, roles_named, roles_of
from gedig_edu.lab.live import LiveReading, live
from gedig_edu.lab.removal import loss_rise, spread_heads
from gedig_edu.lab.significance import (
    LEVEL,
    first_step,
    head_tests,
    layer_tests,
    lowest_p,
    order_excess,
    order_p,
)
from gedig_edu.lab.statistics import paired
from gedig_edu.shapes import Float, Shaped
from gedig_edu.theory.gates import decide
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps

H1_NAMES = ("random", "uniform")
TABLE_2_ADDS = ("local", "diagonal")
MOST_HEADS = 108
NEIGHBOURS = 5
QUANTILES = (0.5, 0.6, 0.7, 0.8, 0.9)
FORMULAS = {"script": Gauge.released(), "text": Gauge.paper()}
IN_BATCH = 16  # headings, and as many passages, padded to the longest
PUBLISHED_LEVEL = -0.448  # F of DistilBERT trained without F, table 3
PUBLISHED_LEVELS = (-0.34, -0.24)  # F of BERT by layer, figure 2
GOOD = {"h1": 1.0, "h2": 1.0, "inference": -1.0, "loss": -1.0}
"""Which F sections 4.4 and 6.2 of the paper call good: H1 and H2 high, inference and loss low."""


def _delta(readings: Sequence[LiveReading], name: str, *, matched: bool = False) -> PerHead:
    return np.stack([reading.delta(name, matched=matched) for reading in readings])


def _h1(context: Context) -> Sequence[Reading]:
    """Read ΔF as it is published, without the model's mask, and by the formula of the paper."""
    above = context.per_head(lambda reading: reading.delta("random") > 0)
    return [
        *_four(context),
        *(Reading.crossed(f"{name}_text", _delta(context.written, name)) for name in H1_NAMES),
        Reading.crossed("share_positive", above, judged=False),
        Reading.crossed("headings", _delta(context.headings, "random"), judged=False),
    ]


def _h1_matched(context: Context) -> Sequence[Reading]:
    """Read ΔF against maps that wear the model's mask: two lengths, both formulas."""
    further = {"short_text": context.written} | {
        f"long_{formula}": _read(context.passage_maps, gauge, H1_NAMES)
        for formula, gauge in FORMULAS.items()
    }
    further = {"": context.prose, **{f"_{name}": readings for name, readings in further.items()}}
    return [
        Reading.crossed(f"{name}{ending}", _delta(readings, name, matched=True))
        for ending, readings in further.items()
        for name in H1_NAMES
    ]


def _four(context: Context) -> list[Reading]:
    """Read ΔF against the maps that H1 names and, unjudged, those that Table 2 adds."""
    return [
        Reading.crossed(name, _delta(context.prose, name), judged=name in H1_NAMES)
        for name in (*H1_NAMES, *TABLE_2_ADDS)
    ]


def _read(
    maps: Sequence[AttentionMaps], gauge: Gauge, names: Sequence[str]
) -> Sequence[LiveReading]:
    """Read maps beside some baselines, each text with a seed of its own."""
    return [
        live(one, gauge=gauge, baselines=names, seed=SEED + number)
        for number, one in enumerate(maps)
    ]


def _lengths(context: Context) -> tuple[tuple[str, Sequence[AttentionMaps]], ...]:
    return ("short", context.maps), ("long", context.passage_maps)


def _h1_structure(context: Context) -> Sequence[Reading]:
    """Hold F against ten untrained twins, and so what paths show beyond the degrees.

    Two lengths and both formulas; the degrees on a few sentences. Random maps and the head's own
    row-shuffle are told for comparison.
    """
    texts, gauges = (*context.sentences, *context.passages), tuple(FORMULAS.values())

    def both(maps: AttentionMaps, _: int) -> Float[np.ndarray, "2 layers heads"]:
        return np.stack([maps.read(gauge).F for gauge in gauges])

    maps = (*context.maps, *context.passage_maps)
    real = np.stack([both(one, 0) for one in maps])
    above = real - context.over_twins(both, texts=texts)  # [twins, texts, 2, layers, heads]
    short = len(context.maps)
    sets = {"short": above[:, :short], "long": above[:, short:]}
    ours, theirs = excess_beyond_degrees(context)
    return [
        *(
            Reading.crossed(f"twins_{length}_{formula}", found[:, :, at])
            for length, found in sets.items()
            for at, formula in enumerate(FORMULAS)
        ),
        *(
            Reading.crossed(f"degrees_{formula}", ours[:, at] - theirs[:, :, at])
            for at, formula in enumerate(FORMULAS)
        ),
        Reading.crossed("random", _delta(context.prose, "random", matched=True), judged=False),
        Reading.crossed("row_shuffled", _delta(context.prose, "row_shuffled"), judged=False),
    ]


def _by_formula(context: Context) -> dict[str, Sequence[LiveReading]]:
    """Return the readings of the sentences by the script and by the text."""
    return {"script": context.prose, "text": context.written}


def _every_layer(context: Context) -> Sequence[Reading]:
    """Return ΔF against random of the layer where it is lowest, and how many layers are above."""

    def lowest(delta: PerHead) -> float:
        return delta.mean(axis=(0, 2)).min()

    found = []
    for formula, readings in _by_formula(context).items():
        delta = _delta(readings, "random", matched=True)
        tested = layer_tests(delta)
        above = (tested["mean"].to_numpy() > 0) & (tested["p_holm"].to_numpy() < LEVEL)
        found.append(Reading.over_heads(formula, lowest, delta))
        found.append(Reading.exact(f"{formula}_above", float(above.mean()), judged=False))
    return found


def _head_diversity(context: Context) -> Sequence[Reading]:
    """Return how much of a layer's variance lies between its heads, and in how many layers any."""
    found = []
    for formula, readings in _by_formula(context).items():
        tested = head_tests(_delta(readings, "random", matched=True))
        together = tested.loc[["all"], ["share", "low", "high"]].to_numpy(dtype=float)[0]
        differ = float((tested["p_holm"].to_numpy()[:-1] < LEVEL).mean())
        found.append(Reading(formula, *together.tolist()))
        found.append(Reading.exact(f"{formula}_differ", differ, judged=False))
    return found


def _low_entropy(context: Context) -> Sequence[Reading]:
    """Correlate entropy and ΔF against matched random over heads.

    F holds −λ·entropy, so that this has to be negative unless paths outweigh it.
    """
    return [
        _over_heads(
            formula,
            np.stack([one.real.entropy for one in readings]),
            _delta(readings, "random", matched=True),
        )
        for formula, readings in _by_formula(context).items()
    ]


def _h2_depth(context: Context) -> Sequence[Reading]:
    """Correlate layer and mean F: two lengths, both formulas, with layer 0 and without."""
    return [
        _depth(f"{length}_{formula}{ending}", _levels(maps, gauge), start)
        for length, maps in _lengths(context)
        for formula, gauge in FORMULAS.items()
        for ending, start in (("", 0), ("_later", 1))
    ]


def _levels(maps: Sequence[AttentionMaps], gauge: Gauge) -> PerHead:
    return np.stack([one.read(gauge).F for one in maps])


def _depth(name: str, F: PerHead, start: int = 0) -> Reading:
    """Return the rank correlation of layer and mean F from layer `start` on."""
    layers = np.arange(F.shape[1])

    def rho(F: PerHead) -> float:
        means = F.mean(axis=0).mean(axis=1)
        return float(np.asarray(spearmanr(layers[start:], means[start:])[0]))

    return Reading.over_heads(name, rho, F)


def _h2_step(context: Context) -> Sequence[Reading]:
    """Hold the step of mean F after layer 0 against later steps, and against other orders.

    The orders are asked for the whole pattern of `first_step`, in which later layers count as much
    as layer 0. What is told of layer 0 alone is how often as low a layer comes first.
    """

    def of_levels(statistic: Callable[[np.ndarray], Any]) -> Callable[[PerHead], float]:
        return lambda F: float(statistic(F.mean(axis=(0, 2))))

    found = []
    for formula, gauge in FORMULAS.items():
        F = _levels(context.maps, gauge)
        beyond = of_levels(lambda levels: order_excess(levels, first_step))
        levels = F.mean(axis=(0, 2))
        found += [
            Reading.over_heads(formula, of_levels(first_step), F),
            Reading.over_heads(f"{formula}_orders", beyond, F),
            Reading.exact(f"{formula}_p", order_p(levels, first_step), judged=False),
            Reading.exact(f"{formula}_lowest", lowest_p(levels), judged=False),
        ]
    return found


def _effect_size(context: Context) -> Sequence[Reading]:
    """Return d and d_z of ΔF against random, of every head on every text, and of means."""
    real = context.per_head(lambda reading: reading.real.F)
    random = real - _delta(context.prose, "random")

    def of(kind: str) -> Callable[..., float]:
        return lambda *pair: getattr(paired(*pair), kind)

    texts = [one.mean(axis=(1, 2)) for one in (real, random)]
    heads = [one.mean(axis=0) for one in (real, random)]
    return [
        Reading.over_heads("d", of("d"), real, random),
        Reading.over_heads("d_z", of("d_z"), real, random),
        Reading.exact("heads_d_z", paired(*heads).d_z, judged=False),
        Reading.exact("texts_d_z", paired(*texts).d_z, judged=False),
    ]


def _quantile_sign(context: Context) -> Sequence[Reading]:
    """Return ΔF against random, as published, under quantiles from 0.5 to 0.9."""
    return [
        Reading.crossed(f"q{round(100 * quantile)}", _delta(readings, "random"))
        for quantile in QUANTILES
        for readings in [_read(context.maps, Gauge.released(quantile=quantile), ["random"])]
    ]


def _threshold_sign(context: Context) -> Sequence[Reading]:
    """Count ΔF under a fixed threshold of 0.01 along its sign under quantiles."""
    fixed = Gauge.released(quantile=None, threshold=0.01)
    readings = _read(context.maps, fixed, ["random"])
    sign = np.sign(_delta(context.prose, "random").mean())
    return [Reading.crossed("along", sign * _delta(readings, "random"))]


def _levels_tables(context: Context) -> Sequence[Reading]:
    """Ask the columns of table 2 and the level of table 3 for λ, and whether they can tell.

    The level is asked twice: which λ the script would need, and whether the formula of the training
    itself, with λ = 1, lies farther off than the script with λ = 0.5.
    """
    from gedig_edu.lab.trained_formula import level_as_trained

    columns = column_terms(LENGTHS, gauge=Gauge.released())
    (half_off, half_gamma), (whole_off, whole_gamma) = (_fit(columns, lam) for lam in (0.5, 1.0))
    half, whole = (
        context.per_head(lambda one, lam=lam, gamma=gamma: one.combine(lam=lam, gamma=gamma).real.F)
        for lam, gamma in ((0.5, half_gamma), (1.0, whole_gamma))
    )

    def nearer(half: np.ndarray, whole: np.ndarray) -> np.ndarray:
        return np.abs(whole - PUBLISHED_LEVEL) - np.abs(half - PUBLISHED_LEVEL)

    batch = [*context.heading_maps[:IN_BATCH], *context.passage_maps[:IN_BATCH]]
    by_script = np.stack([maps.read(Gauge.released()).F for maps in batch])
    trained = level_as_trained(batch)
    return [
        Reading.exact("fingerprint", whole_off - half_off),
        Reading.crossed("trained", by_script, trained, statistic=nearer),
        Reading.crossed("level", half, whole, statistic=nearer, judged=False),
        Reading.crossed("by_training", trained, judged=False),
        Reading.crossed("by_script", by_script, judged=False),
    ]


def _fit(columns: Float[np.ndarray, "3 3"], lam: float) -> tuple[float, float]:
    """Return the largest deviation from the published columns, and γ, which least squares fit."""
    left = columns[:, 0] - lam * columns[:, 1] - PUBLISHED
    gained = lam * columns[:, 2]
    gamma = float(left @ gained / (gained @ gained))
    return float(np.abs(left - gamma * gained).max()), gamma


def _levels_figure(context: Context) -> Sequence[Reading]:
    """Ask whether mean F lies among the published levels without the path term, and not with it."""
    with_paths = context.per_head(lambda reading: reading.real.F)
    without = context.per_head(lambda reading: reading.combine(lam=0.5, gamma=0.0).real.F)
    low, high = PUBLISHED_LEVELS

    def inside(F: Float[np.ndarray, "*draws"]) -> Float[np.ndarray, "*draws"]:
        return np.minimum(F - low, high - F)

    def outside(F: Float[np.ndarray, "*draws"]) -> Float[np.ndarray, "*draws"]:
        return -inside(F)

    return [
        Reading.crossed("inside", without, statistic=inside),
        Reading.crossed("outside", with_paths, statistic=outside),
        Reading.crossed("without", without, judged=False),
        Reading.crossed("with_paths", with_paths, judged=False),
    ]


def _direction(_: Context) -> Sequence[Reading]:
    """Return which F each part of the paper calls good: above 0 for high, below 0 for low."""
    open_gate = [F for F in (-1.0, 1.0) if decide(F, F, theta_ag=0.0, theta_dg=0.0) == "accept"]
    gates = sum(open_gate) / len(open_gate)
    return [Reading.exact(name, sign) for name, sign in {"gates": gates, **GOOD}.items()]


def _quality(context: Context) -> Sequence[Reading]:
    """Correlate F of a head with what its removal costs: two ways, and entropy beside F."""
    model, texts = context.model, context.few
    heads = spread_heads(model.heads, model.layers, most=MOST_HEADS)
    chosen = [reading.real for reading in context.prose[: len(texts)]]
    F = np.stack([one.F[:, heads] for one in chosen])
    evenness = np.stack([one.entropy[:, heads] for one in chosen])
    zero, mean = (loss_rise(model, texts, heads=list(heads), way=way) for way in ("zero", "mean"))
    return [
        _over_heads("zero", F, zero),
        _over_heads("mean", F, mean),
        _over_heads("zero_entropy", -evenness, zero, judged=False),
        _over_heads("mean_entropy", -evenness, mean, judged=False),
    ]


def _roles(context: Context) -> Sequence[Reading]:
    """Name the role of each head by its F alone, and subtract what the commonest role gets right.

    A head gets the role that most of the five other heads nearest in mean F have.
    """
    texts = context.few
    scores = [roles_of(context.model, text, context.maps[at]) for at, text in enumerate(texts)]
    means = {
        role: np.ma.masked_invalid([one[role] for one in scores]).mean(axis=0).filled(0.0).ravel()
        for role in ROLES
    }
    roles = roles_named(means)
    chosen = context.prose[: len(texts)]
    values = {
        formula: np.mean([one.real.F for one in readings[: len(texts)]], axis=0).ravel()
        for formula, readings in _by_formula(context).items()
    }
    entropy = np.mean([one.real.entropy for one in chosen], axis=0).ravel()
    return [
        *(Reading.mean(name, _named_beyond(F, roles)) for name, F in values.items()),
        Reading.mean("entropy", _named_beyond(entropy, roles), judged=False),
        Reading.exact("commonest", float(_commonest(roles).mean()), judged=False),
    ]


def _named_beyond(
    values: Float[np.ndarray, " heads"], roles: Shaped[np.ndarray, " heads"]
) -> Float[np.ndarray, " heads"]:
    """Return for each head whether its neighbours name its role, less whether the commonest is."""
    apart = np.abs(values[:, None] - values)
    np.fill_diagonal(apart, np.inf)
    near = roles[np.argsort(apart, axis=1, kind="stable")[:, :NEIGHBOURS]]
    named = np.array([Counter(row).most_common(1)[0][0] for row in near])
    return (named == roles).astype(float) - _commonest(roles)


def _commonest(roles: Shaped[np.ndarray, " heads"]) -> Float[np.ndarray, " heads"]:
    return (roles == Counter(roles).most_common(1)[0][0]).astype(float)


def _over_heads(name: str, one: PerHead, other: PerHead, *, judged: bool = True) -> Reading:
    """Return the rank correlation over all heads of two means over texts."""

    def rho(*pair: PerHead) -> float:
        return float(np.asarray(spearmanr(*(x.mean(axis=0).ravel() for x in pair))[0]))

    return Reading.over_heads(name, rho, one, other, judged=judged)


MEASURES = {
    "h1": _h1,
    "h1_matched": _h1_matched,
    "h1_structure": _h1_structure,
    "every_layer": _every_layer,
    "low_entropy": _low_entropy,
    "head_diversity": _head_diversity,
    "h2_depth": _h2_depth,
    "h2_step": _h2_step,
    "effect_size": _effect_size,
    "threshold_sign": _threshold_sign,
    "quantile_sign": _quantile_sign,
    "levels_tables": _levels_tables,
    "levels_figure": _levels_figure,
    "quality": _quality,
    "roles": _roles,
    "direction": _direction,
}
