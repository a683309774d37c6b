"""How the claims of lesson 06 are measured: the gauge's own settings, and what carries ΔF."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse.csgraph import connected_components, shortest_path

from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Reading
from gedig_edu.course.intervals import PerHead
from gedig_edu.lab.carriers import (
    equal_entropy_parts,
    first_token_out,
    parts,
    standing_still,
)
from gedig_edu.lab.live import LiveReading, live
from gedig_edu.lab.nulls import soft_configuration_excess
from gedig_edu.shapes import Bool, Float
from gedig_edu.theory import baselines
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps

SAMPLED_PAIRS = 200
SAMPLES = 500


def _density_constant(context: Context) -> Sequence[Reading]:
    """Measure how density varies over the heads of a text, under both kinds of threshold."""

    def spread(gauge: Gauge) -> np.ndarray:
        readings = (maps.read(gauge) for maps in context.maps)
        return np.array([reading.density.std() / reading.density.mean() for reading in readings])

    return [
        Reading.mean("quantile", spread(Gauge.paper())),
        Reading.mean("fixed", spread(Gauge.paper(threshold=0.01)), judged=False),
    ]


def _heads_differ(context: Context) -> Sequence[Reading]:
    """Divide the spread of F over the heads of a layer by its spread over texts."""
    F = np.stack([reading.real.F for reading in context.prose])  # [texts, layers, heads]

    def ratio(F: PerHead) -> float:
        return F.std(axis=2, ddof=1).mean() / F.std(axis=0, ddof=1).mean()

    return [Reading.over_heads("ratio", ratio, F)]


def _sampled_pairs(context: Context) -> Sequence[Reading]:
    """Take ℓ from 200 random pairs, and return the error that 5 % of such samples exceed."""
    rng, gauge = np.random.default_rng(SEED), Gauge.paper()
    errors, tokens = [], []
    for maps in context.passage_maps:
        threshold = maps.read(gauge).threshold
        edges = maps.weights > np.asarray(threshold)[..., None, None]
        errors.append([[_error(one, rng) for one in layer] for layer in edges])
        tokens.append(len(maps))
    return [
        Reading.crossed("error", np.array(errors)),
        Reading.exact("tokens", float(np.mean(tokens)), judged=False),
    ]


def _error(edges: Bool[np.ndarray, "L L"], rng: np.random.Generator) -> float:
    """Return how far off ℓ of the largest component is in the worst twentieth of samples."""
    neighbour = (edges | edges.T) & ~np.eye(len(edges), dtype=bool)
    _, component = connected_components(neighbour, directed=False)
    within = np.flatnonzero(component == np.bincount(component).argmax())
    if len(within) < 2:
        return 0.0
    steps = shortest_path(neighbour[np.ix_(within, within)], unweighted=True, directed=False)
    lengths = steps[np.triu_indices(len(within), 1)]
    sampled = rng.choice(lengths, size=(SAMPLES, SAMPLED_PAIRS)).mean(axis=-1)
    return float(np.quantile(abs(sampled / lengths.mean() - 1), 0.95))


def _arrangement(context: Context) -> Sequence[Reading]:
    """Return the share of ΔF against random that is left when each head's rows are shuffled."""
    real, shuffled = _against_random(context.prose), _shuffled_against_random(context.prose)
    headings = _against_random(context.headings), _shuffled_against_random(context.headings)
    return [
        _share("left", shuffled, real),
        _share("headings", headings[1], headings[0], judged=False),
    ]


def _beyond_degrees(context: Context) -> Sequence[Reading]:
    """Hold what paths show beyond the degrees against ten untrained twins, by both formulas.

    What is measured is the calibrated excess over graphs with the same expected degrees, less its
    placebo: what it shows for graphs that have nothing beyond their degrees.
    """
    real, twins = excess_beyond_degrees(context)
    readings = []
    for at, name in enumerate(("script", "text")):
        ours, theirs = real[:, at], twins[:, :, at]
        readings += [
            Reading.crossed(name, ours - theirs),
            Reading.crossed(f"{name}_trained", ours, judged=False),
            Reading.crossed(f"{name}_untrained", theirs, judged=False),
        ]
    return readings


def excess_beyond_degrees(
    context: Context,
) -> tuple[
    Float[np.ndarray, "texts 2 layers heads"], Float[np.ndarray, "twins texts 2 layers heads"]
]:
    """Return what paths show beyond the degrees, by script and text: the model's and its twins'."""

    def excess(maps: AttentionMaps, number: int) -> Float[np.ndarray, "2 layers heads"]:
        both = (
            soft_configuration_excess(maps, gauge=gauge, seed=SEED + number)
            for gauge in (Gauge.released(), Gauge.paper())
        )
        return np.stack([one.calibrated - one.placebo for one in both])

    few = context.maps[: len(context.few)]
    real = np.stack([excess(maps, number) for number, maps in enumerate(few)])
    return real, context.over_twins(excess, texts=context.few)


def _equal_entropy(context: Context) -> Sequence[Reading]:
    """Return ΔF against random maps that have each head's own entropy, by both formulas."""

    def above(gauge: Gauge) -> PerHead:
        few = context.maps[: len(context.few)]
        found = (
            equal_entropy_parts(maps, gauge=gauge, seed=SEED + number).sum(axis=0)
            for number, maps in enumerate(few)
        )
        return np.stack(list(found))

    against = _against_random(context.prose[: len(context.few)], matched=True)
    return [
        Reading.crossed("script", above(Gauge.released())),
        Reading.crossed("text", above(Gauge.paper())),
        Reading.crossed("random", against, judged=False),
    ]


def _paths(context: Context) -> Sequence[Reading]:
    """Return the share of ΔF against random that the path term carries, and entropy's."""
    carried = np.stack([parts(reading, "random") for reading in context.prose])
    _, entropy, paths = np.moveaxis(carried, 1, 0)  # [texts, layers, heads] each
    return [
        _share("paths", paths, carried.sum(axis=1)),
        _share("entropy", entropy, carried.sum(axis=1), judged=False),
    ]


def _sinks(context: Context) -> Sequence[Reading]:
    """Return the share of ΔF against random that is left without the first token."""
    weight = np.stack([maps.weights[..., 0].mean(axis=-1) for maps in context.maps])
    even = np.array([_evenly_to_the_first(len(maps), maps.causal) for maps in context.maps])
    headings = [reading for reading in context.headings if len(reading.maps) > 1]
    return [
        _share("left", _without_first(context.prose), _against_random(context.prose)),
        _share("headings", _without_first(headings), _against_random(headings), judged=False),
        Reading.crossed("weight", weight, judged=False),
        Reading.mean("even", even, judged=False),
    ]


def _evenly_to_the_first(length: int, causal: bool) -> float:
    """Return the share of all attention on the first token where every token shares evenly."""
    return float(baselines.uniform(length, causal=causal)[:, 0].mean())


def _mask(context: Context) -> Sequence[Reading]:
    """Return by how much ΔF against random changes, over itself, when random wears the mask."""

    def change(readings: Sequence[LiveReading]) -> tuple[np.ndarray, np.ndarray]:
        unmasked = _against_random(readings)
        changed = _against_random(readings, matched=True) - unmasked
        return _sized(changed), _sized(unmasked)

    written = [_as_written(maps, number) for number, maps in enumerate(context.maps)]
    return [
        _share("released", *change(context.prose)),
        _share("headings", *change(context.headings)),
        _share("paper", *change(written)),
    ]


def _sized(delta: PerHead) -> PerHead:
    """Return each text's heads with the sign that makes the text's mean positive."""
    return delta * np.sign(delta.mean(axis=(1, 2), keepdims=True))


def _untrained(context: Context) -> Sequence[Reading]:
    """Return ΔF of untrained models against random, by both formulas, mask and no mask."""

    def three(maps: AttentionMaps, number: int) -> Float[np.ndarray, "3 layers heads"]:
        written = _as_written(maps, number)
        script = _script(maps, number)
        return np.stack(
            [
                written.delta("random", matched=False),
                written.delta("random", matched=True),
                script.delta("random"),
            ]
        )

    found = context.over_twins(three)  # [twins, texts, 3, layers, heads]
    names = ("paper", "paper_matched", "released")
    return [Reading.crossed(name, found[:, :, at]) for at, name in enumerate(names)]


def _best_is_organised(context: Context) -> Sequence[Reading]:
    """Return F of the best head less F of a map that stands still, by both formulas."""

    def margin(name: str, gauge: Gauge) -> Reading:
        rng = np.random.default_rng(SEED)
        still = [standing_still(len(maps), rng, causal=maps.causal) for maps in context.maps]
        F = np.stack(
            [
                maps.read(gauge).F - gauge.read(one, causal=maps.causal).F
                for maps, one in zip(context.maps, still, strict=True)
            ]
        )
        return Reading.over_heads(name, lambda F: F.max(axis=(1, 2)).mean(), F)

    return [margin("paper", Gauge.paper()), margin("released", Gauge.released())]


def _as_written(maps: AttentionMaps, number: int) -> LiveReading:
    """Read maps by the formula of the published text, with random beside them."""
    return live(maps, gauge=Gauge.paper(), baselines=["random"], seed=SEED + number)


def _script(maps: AttentionMaps, number: int) -> LiveReading:
    """Read maps by the authors' script, with random beside them."""
    return live(maps, gauge=Gauge.released(), baselines=["random"], seed=SEED + number)


def _against_random(readings: Sequence[LiveReading], *, matched: bool = False) -> PerHead:
    return np.stack([reading.delta("random", matched=matched) for reading in readings])


def _shuffled_against_random(readings: Sequence[LiveReading]) -> PerHead:
    shuffled = np.stack([reading.delta("row_shuffled") for reading in readings])
    return _against_random(readings) - shuffled


def _without_first(readings: Sequence[LiveReading]) -> PerHead:
    """Return ΔF against random without the first token; each text keeps its seed."""
    return _against_random(
        [_script(first_token_out(one.maps), one.seed - SEED) for one in readings]
    )


def _share(name: str, above: PerHead, below: PerHead, *, judged: bool = True) -> Reading:
    """Return the ratio of two means over texts and heads."""
    return Reading.crossed(name, above, below, statistic=np.divide, judged=judged)


MEASURES = {
    "density_constant": _density_constant,
    "heads_differ": _heads_differ,
    "sampled_pairs": _sampled_pairs,
    "arrangement": _arrangement,
    "beyond_degrees": _beyond_degrees,
    "equal_entropy": _equal_entropy,
    "paths": _paths,
    "sinks": _sinks,
    "mask": _mask,
    "untrained": _untrained,
    "best_head": _best_is_organised,
}
