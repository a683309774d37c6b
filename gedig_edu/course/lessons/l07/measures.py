"""How the claims of lesson 07 are measured: whether F says anything about structure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import spearmanr

from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Reading
from gedig_edu.course.intervals import PerHead
from gedig_edu.course.lessons.l06.published import LENGTHS, PUBLISHED
from gedig_edu.lab.carriers import column_terms
from gedig_edu.lab.live import LiveReading, live
from gedig_edu.lab.removal import loss_rise, spread_heads
from gedig_edu.shapes import Float
from gedig_edu.theory.gates import decide
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps

H1_NAMES = ("random", "uniform")
TABLE_2_ADDS = ("local", "diagonal")
MOST_HEADS = 108
FORMULAS = {"script": Gauge.released(), "text": Gauge.paper()}
PUBLISHED_LEVEL = -0.448  # F of DistilBERT trained without F, table 3
PUBLISHED_LEVELS = (-0.34, -0.24)  # F of BERT by layer, figure 2


def _delta(readings: Sequence[LiveReading], name: str, *, matched: bool = False) -> PerHead:
    return np.stack([reading.delta(name, matched=matched) for reading in readings])


def _h1(context: Context) -> Sequence[Reading]:
    above = context.per_head(lambda reading: reading.delta("random") > 0)
    return [
        *_four(context),
        Reading.crossed("share_positive", above, judged=False),
        Reading.crossed("headings", _delta(context.headings, "random"), judged=False),
    ]


def _h1_matched(context: Context) -> Sequence[Reading]:
    return _four(context, matched=True)


def _four(context: Context, *, matched: bool = False) -> list[Reading]:
    """Read ΔF against the maps that H1 names and, unjudged, those that Table 2 adds."""
    return [
        Reading.crossed(name, _delta(context.prose, name, matched=matched), judged=name in H1_NAMES)
        for name in (*H1_NAMES, *TABLE_2_ADDS)
    ]


def _h1_structure(context: Context) -> Sequence[Reading]:
    """Hold F against the head's own row-shuffle, and against ten untrained twins."""
    gauge = Gauge.released()
    untrained = context.over_twins(lambda maps, _: maps.read(gauge).F)
    trained = context.per_head(lambda reading: reading.real.F)
    return [
        Reading.crossed("row_shuffled", _delta(context.prose, "row_shuffled")),
        Reading.crossed("untrained", trained[None] - untrained),
    ]


def _h2_depth(context: Context) -> Sequence[Reading]:
    """Correlate layer and mean F: two lengths, both formulas, with layer 0 and without."""
    return [
        _depth(f"{length}_{formula}{ending}", _levels(maps, gauge), start)
        for length, maps in (("short", context.maps), ("long", context.passage_maps))
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
    """Return the step of mean F from layer 0 to 1, less the largest later step."""

    def first(F: PerHead) -> float:
        steps = np.diff(F.mean(axis=0).mean(axis=1))
        return steps[0] - steps[1:].max()

    return [
        Reading.over_heads(name, first, _levels(context.maps, gauge))
        for name, gauge in FORMULAS.items()
    ]


def _effect_size(context: Context) -> Sequence[Reading]:
    """Return Cohen's d of ΔF over all heads and texts."""

    def d(delta: PerHead) -> float:
        return delta.mean() / delta.std(ddof=1)

    return [Reading.over_heads("d", d, _delta(context.prose, "random"))]


def _threshold_sign(context: Context) -> Sequence[Reading]:
    """Count ΔF under a fixed threshold of 0.01 along its sign under quantiles."""
    fixed = Gauge.released(quantile=None, threshold=0.01)
    readings = [live(maps, gauge=fixed, baselines=["random"], seed=SEED) for maps in context.maps]
    sign = np.sign(_delta(context.prose, "random").mean())
    return [Reading.crossed("along", sign * _delta(readings, "random"))]


def _levels_tables(context: Context) -> Sequence[Reading]:
    """Hold columns and level of the published tables against λ = 1 and λ = 0.5."""
    columns = column_terms(LENGTHS, gauge=Gauge.released())
    (half_off, half_gamma), (whole_off, whole_gamma) = (_fit(columns, lam) for lam in (0.5, 1.0))
    half, whole = (
        context.per_head(lambda one, lam=lam, gamma=gamma: one.combine(lam=lam, gamma=gamma).real.F)
        for lam, gamma in ((0.5, half_gamma), (1.0, whole_gamma))
    )

    def nearer(half: np.ndarray, whole: np.ndarray) -> np.ndarray:
        return np.abs(whole - PUBLISHED_LEVEL) - np.abs(half - PUBLISHED_LEVEL)

    return [
        Reading.exact("fingerprint", whole_off - half_off),
        Reading.crossed("level", half, whole, statistic=nearer),
        Reading.crossed("half", half, judged=False),
        Reading.crossed("whole", whole, judged=False),
    ]


def _fit(columns: Float[np.ndarray, "3 3"], lam: float) -> tuple[float, float]:
    """Return the largest deviation from the published columns, and γ, which least squares fit."""
    left = columns[:, 0] - lam * columns[:, 1] - PUBLISHED
    gained = lam * columns[:, 2]
    gamma = float(left @ gained / (gained @ gained))
    return float(np.abs(left - gamma * gained).max()), gamma


def _levels_figure(context: Context) -> Sequence[Reading]:
    """Return how much nearer the published levels of F are without the path term."""
    with_paths = context.per_head(lambda reading: reading.real.F)
    without = context.per_head(lambda reading: reading.combine(lam=0.5, gamma=0.0).real.F)
    low, high = PUBLISHED_LEVELS

    def outside(F: Float[np.ndarray, "*draws"]) -> Float[np.ndarray, "*draws"]:
        return np.maximum(0, low - F) + np.maximum(0, F - high)

    def nearer(with_paths: np.ndarray, without: np.ndarray) -> np.ndarray:
        return outside(with_paths) - outside(without)

    return [
        Reading.crossed("nearer", with_paths, without, statistic=nearer),
        Reading.crossed("without", without, judged=False),
        Reading.crossed("with_paths", with_paths, judged=False),
    ]


def _direction(context: Context) -> Sequence[Reading]:
    """Return which F each part of the texts calls good: above 0 for high, below 0 for low."""
    open_gate = [F for F in (-1.0, 1.0) if decide(F, F, theta_ag=0.0, theta_dg=0.0) == "accept"]
    return [
        Reading.exact("gates", sum(open_gate) / len(open_gate)),
        Reading.crossed("h1", np.sign(_delta(context.prose, "random"))),
        Reading.exact("loss", -1.0),
        _depth("correlation", context.per_head(lambda reading: reading.real.F)),
    ]


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


def _over_heads(name: str, one: PerHead, other: PerHead, *, judged: bool = True) -> Reading:
    """Return the rank correlation over all heads of two means over texts."""

    def rho(*pair: PerHead) -> float:
        return float(np.asarray(spearmanr(*(x.mean(axis=0).ravel() for x in pair))[0]))

    return Reading.over_heads(name, rho, one, other, judged=judged)


MEASURES = {
    "h1": _h1,
    "h1_matched": _h1_matched,
    "h1_structure": _h1_structure,
    "h2_depth": _h2_depth,
    "h2_step": _h2_step,
    "effect_size": _effect_size,
    "threshold_sign": _threshold_sign,
    "levels_tables": _levels_tables,
    "levels_figure": _levels_figure,
    "quality": _quality,
    "direction": _direction,
}
