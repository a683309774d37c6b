"""How claims of lesson 11 are measured on real heads and layers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from scipy.special import log_softmax

from gedig_edu.course.context import SEED, Context
from gedig_edu.course.evidence import Reading
from gedig_edu.lab.descent import OwnSteps, own_steps, rests
from gedig_edu.lab.fewer_edges import error_on_these, keys_needed, nearest, on_edges, strongest
from gedig_edu.lab.gradients import need_decoder
from gedig_edu.lab.passages import books
from gedig_edu.lab.settling import Settling, at_level, divergence, level_for, settling
from gedig_edu.lab.temperatures import rank_correlation
from gedig_edu.models import AttentionModel, Stream
from gedig_edu.shapes import Bool, Float
from gedig_edu.theory.energy import update
from gedig_edu.theory.gauge import Gauge

TENTH = 0.1  # of the edges that may be
SHARE = 0.75  # of the layers, at which depths are compared
DETECTS = 0.01  # nats: a change below it is none
WORDS, PASSAGES = (24, 96), 30
MEMORIES, MEMORY, STORED, ON = 30, 16, 64, 200
BETAS = (0.2, 0.3, 0.4, 1.0, 3.0)  # of a memory, from soft to sharp
MOST_STEPS = 30
TURNS = 4


@lru_cache(maxsize=1)
def _steps(model: AttentionModel, texts: tuple[str, ...]) -> list[OwnSteps]:
    return [
        own_steps(model, text, turns=TURNS, seed=SEED + number) for number, text in enumerate(texts)
    ]


def own_step(context: Context) -> Sequence[Reading]:
    """Hold a head's own output against outputs of its length turned at random, by its energy."""
    found = _steps(context.model, context.sentences)
    fall = np.array([(one.turned < 0).mean(axis=(0, -1)) for one in found])
    return [
        Reading.crossed("turned", np.array([one.below_turned for one in found])),
        Reading.crossed("falls", np.array([one.falls for one in found]), judged=False),
        Reading.crossed("turned_fall", fall, judged=False),
    ]


def own_output(context: Context) -> Sequence[Reading]:
    """Hold a head's own output against those of the layer's other heads, brought to its length."""
    found = _steps(context.model, context.sentences)
    elsewhere = np.array([one.below_elsewhere for one in found])
    return [
        Reading.crossed("others", np.array([one.below_others for one in found])),
        Reading.crossed("elsewhere", elsewhere, judged=False),
    ]


def sparse(context: Context) -> Sequence[Reading]:
    """Keep a tenth of the edges: the same number of keys a row, or the graph of the gauge."""
    causal, kept = context.model.causal, []
    for text in context.passages:
        stream = context.model.stream(text)
        rows = on_edges(stream, _a_tenth(stream, causal=causal), causal=causal)
        graph = on_edges(stream, _gauge_graph(stream, causal=causal), causal=causal)
        kept.append([rows.error, graph.error, rows.dropped, rows.norm_bound, rows.diameter_bound])
    names = ("keys", "gauge", "dropped", "norm_bound", "diameter_bound")
    columns = np.array(kept).swapaxes(0, 1)  # [numbers, texts, layers, heads]
    return [
        Reading.crossed(name, values, judged=name in ("keys", "gauge"))
        for name, values in zip(names, columns, strict=True)
    ]


def without_scores(context: Context) -> Sequence[Reading]:
    """Keep as many edges that need no score: to the first token and to the nearest."""
    causal, kept = context.model.causal, []
    for text in context.passages:
        stream = context.model.stream(text)
        keys = _keys_of_a_tenth(stream, causal=causal)
        length = stream.weights.shape[-1]
        edges = nearest(length, keys=max(keys, 2), causal=causal)
        kept.append(error_on_these(stream, edges, causal=causal))
    return [Reading.crossed("nearest", np.array(kept))]


def _a_tenth(stream: Stream, *, causal: bool) -> Bool[np.ndarray, "layers heads L L"]:
    return strongest(stream, keys=_keys_of_a_tenth(stream, causal=causal), causal=causal)


def _keys_of_a_tenth(stream: Stream, *, causal: bool) -> int:
    """Return how many keys a row are nearest to a tenth of all edges; short rows keep all."""
    length = stream.weights.shape[-1]
    rows = np.arange(1, length + 1) if causal else np.full(length, length)
    kept = [np.minimum(rows, keys).sum() for keys in range(1, length + 1)]
    return int(np.abs(np.array(kept) - TENTH * rows.sum()).argmin()) + 1


def _gauge_graph(stream: Stream, *, causal: bool) -> Bool[np.ndarray, "layers heads L L"]:
    """Return the cells above the gauge's threshold, as the published text has it."""
    reading = Gauge.paper().read(stream.weights, causal=causal)
    return stream.weights > reading.threshold[..., None, None]


def far_fewer(context: Context) -> Sequence[Reading]:
    """Return how the keys a row needs for nine tenths of its weight grow with what it sees."""
    model, needed, seen, graph = context.model, [], [], []
    for text in books()[:PASSAGES]:
        row, sees, edges = [], [], []
        for words in WORDS:
            weights = model.attend(" ".join(text.split()[:words])).weights
            length = weights.shape[-1]
            last = slice(length - length // 4, length)
            row.append(keys_needed(weights)[..., last].mean(axis=-1))
            sees.append(np.arange(1, length + 1)[last].mean() if model.causal else length)
            edges.append(Gauge.paper().read(weights, causal=model.causal).edges / length)
        needed.append(row)
        seen.append(sees)
        graph.append(edges)
    longer = float(np.log(np.array(seen)[:, 1] / np.array(seen)[:, 0]).mean())

    def power(few: np.ndarray, many: np.ndarray) -> np.ndarray:
        return np.log(many / few) / longer

    few, many = np.array(needed).swapaxes(0, 1)
    of_few, of_many = (np.array(needed) / np.array(seen)[..., None, None]).swapaxes(0, 1)
    some, more = np.array(graph).swapaxes(0, 1)
    return [
        Reading.crossed("needed", few, many, statistic=power),
        Reading.crossed("short", of_few, judged=False),
        Reading.crossed("long", of_many, judged=False),
        Reading.crossed("gauge", some, more, statistic=power, judged=False),
    ]


@lru_cache(maxsize=1)
def _settled(model: AttentionModel, texts: tuple[str, ...]) -> list[Settling]:
    need_decoder("Depth that stops", model)
    return [settling(model, text) for text in texts]


def depth_stops(context: Context) -> Sequence[Reading]:
    """Return what is still going to change after a detector of convergence has stopped, nats.

    In a memory, one function again and again, at the β at which most is left; between layers.
    """
    tied = sorted((_left_of_memories(beta) for beta in BETAS), key=np.mean)
    left, early = [], []
    for one in _settled(context.model, context.few):
        depth = one.depth(DETECTS)
        stops = depth < len(one.change)
        early.append(stops.mean())
        if stops.any():
            left.append(np.take_along_axis(one.left, depth[None], axis=0)[0, stops].mean())
    return [
        Reading.mean("tied", tied[-1]),
        Reading.mean("layers", np.array(left), condition=False),
        Reading.mean("least", tied[0], judged=False),
        Reading.mean("early", np.array(early), judged=False),
    ]


def _left_of_memories(beta: float) -> Float[np.ndarray, " memories"]:
    """Stop memories, read again and again, by the same sign; return what changes after that."""
    rngs = [np.random.default_rng(SEED + seed) for seed in range(MEMORIES)]
    drawn = [(rng.normal(size=(STORED, MEMORY)), rng.normal(size=(1, MEMORY))) for rng in rngs]
    stored, states = (np.array(one) for one in zip(*drawn, strict=True))  # [memories, ...]
    said = [_says(stored, states)]
    for _ in range(ON):
        states = update(states, stored, beta=beta)
        said.append(_says(stored, states))
    small = [divergence(new, old) < DETECTS for old, new in pairwise(said)]
    stopped = np.argmax([*small, np.ones(MEMORIES, bool)], axis=0) + 1
    at = np.minimum(stopped, ON)
    return divergence(said[-1], np.array(said)[at, np.arange(MEMORIES)])


def _says(stored: np.ndarray, states: np.ndarray) -> Float[np.ndarray, "memories stored"]:
    return log_softmax((stored @ states.mT)[..., 0], axis=-1)


def depth_saves(context: Context) -> Sequence[Reading]:
    """Hold stopping where a token has settled against random and one depth, at ¾ of the layers."""
    texts = _settled(context.model, context.few)
    found = at_level(texts, level_for(texts, SHARE))
    sure = at_level(texts, level_for(texts, SHARE, sign="entropy"), sign="entropy")
    half = context.model.layers // 2
    late = at_level(texts, level_for(texts, SHARE, least=half), least=half)
    return [
        Reading.mean("random", found.random - found.stopped),
        Reading.mean("fixed", found.fixed - found.stopped),
        Reading.mean("sure", sure.random - sure.stopped, judged=False),
        Reading.mean("late", late.random - late.stopped, judged=False),
        Reading.mean("cost", found.stopped - found.whole, judged=False),
    ]


def iteration(context: Context) -> Sequence[Reading]:
    """Return whether what a layer changes shrinks with depth, as steps that come to rest do."""
    turns = []
    for text in context.few:
        states = context.model.stream(text).states.astype(np.float64)
        unit = states / np.linalg.norm(states, axis=-1, keepdims=True)
        turned = 1 - (unit[1:] * unit[:-1]).sum(axis=-1).mean(axis=-1)  # [layers]
        turns.append(rank_correlation(np.arange(len(turned)), turned))
    says = [
        rank_correlation(np.arange(len(one.change)), one.change.mean(axis=-1))
        for one in (_settled(context.model, context.few) if context.model.causal else ())
    ]
    readings = [Reading.mean("turns", np.array(turns))]
    return [*readings, Reading.mean("says", np.array(says))] if says else readings


def rest(context: Context) -> Sequence[Reading]:
    """Hold how long a token's queries go on moving against how deep it is read."""
    model, along, steps, restless = context.model, [], [], []
    texts = _settled(model, context.few)
    level = level_for(texts, SHARE)
    for text, one in zip(context.few, texts, strict=True):
        needed = rests(model, text, max_steps=MOST_STEPS)[..., 1:]  # the first token sees itself
        along.append(rank_correlation(needed.mean(axis=(0, 1)), one.depth(level)[1:]))
        steps.append(needed.mean())
        restless.append((needed == MOST_STEPS).mean())
    along = [one for one in along if math.isfinite(one)]
    return [
        Reading.mean("with_depth", np.array(along)),
        Reading.mean("steps", np.array(steps), judged=False),
        Reading.mean("restless", np.array(restless), judged=False),
    ]
