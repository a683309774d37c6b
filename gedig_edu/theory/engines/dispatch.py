"""Which engine reads a batch, and how a batch is spread over threads."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from types import ModuleType
from typing import Any

import numpy as np
from array_api_compat import is_torch_array

from gedig_edu.errors import GedigError, check_choice
from gedig_edu.theory.engines import compiled
from gedig_edu.theory.engines.batch import MapBatch
from gedig_edu.theory.engines.rule import TERMS, Rule

ENGINES = ("numba", "numpy", "torch")

_BLOCK_BYTES = 4 << 20
_BLOCKS_PER_THREAD = 4
_WORTH_THREADS = 1 << 16
_SHORT = 128  # tokens
_BEFORE_COMPILED = 1 << 25  # cells, about what importing numba takes at 0.05 µs each


_MOST: ContextVar[int] = ContextVar("most threads", default=1 << 16)


class _Tally:
    """How many cells NumPy has read in this process while numba was not there."""

    cells = 0


def engine_for(name: str | None = None, *, on_gpu: bool = False) -> ModuleType:
    """Return the engine of this name: by default torch for what lies on a GPU, then numba, NumPy.

    Raises
    ------
    GedigError
        If there is none of this name, or numba is asked for by name and missing.
    """
    if name is not None:
        check_choice("engine", name, ENGINES)
    if name == "torch" or (name is None and on_gpu):
        from gedig_edu.theory.engines import torch

        return torch
    if name != "numpy":
        engine, reason = compiled.engine()
        if engine is not None:
            return engine
        if name == "numba":
            raise GedigError(
                f"engine='numba' cannot be used here ({reason}); leave the engine out for one that "
                "can."
            )
        compiled.say_once(reason)
    from gedig_edu.theory.engines import numpy

    return numpy


def engine_of_batch(name: str | None, *, on_gpu: bool, maps: int, length: int) -> ModuleType:
    """Return the engine for maps of this length, NumPy for short ones until numba is there.

    Importing numba and its kernels takes 1.7 s from a warm cache and half a minute with an empty
    one, and 170 MB; NumPy is ready at once. When it has read as much as that import would have
    cost, numba takes over.
    """
    cells = maps * length**2
    if name is None and not on_gpu and length <= _SHORT and not compiled.loaded():
        _Tally.cells += cells
        if _Tally.cells <= _BEFORE_COMPILED:
            name = "numpy"
    return engine_for(name, on_gpu=on_gpu)


def read_terms(
    batch: MapBatch, rule: Rule, *, engine: str | None = None, threads: int | None = None
) -> tuple[np.ndarray, str]:
    """Return the raw terms of every map and the name of the engine that read them.

    Parameters
    ----------
    batch : MapBatch
        The maps.
    rule : Rule
        How to read them.
    engine : str, optional
        One of `ENGINES`.
    threads : int, optional
        How many threads share the work; all available cores by default. The bits of the result
        do not depend on it.
    """
    chosen, terms = _terms_of(batch, rule, engine, threads)
    _sum_again(batch, rule, terms)
    return terms, chosen.NAME


def _terms_of(
    batch: MapBatch, rule: Rule, engine: str | None, threads: int | None
) -> tuple[ModuleType, np.ndarray]:
    chosen = engine_of_batch(engine, on_gpu=batch.on_gpu, maps=len(batch), length=batch.length)
    terms = np.zeros(len(batch), TERMS)
    if chosen.NAME == "torch":
        chosen.read_batch(batch, rule, terms)
        return chosen, terms

    def read(start: int, stop: int) -> None:
        maps, spans = batch.block(start, stop)
        chosen.read_block(maps, spans, rule, terms[start:stop])

    in_blocks(read, maps=len(batch), length=batch.length, threads=threads)
    return chosen, terms


def _sum_again(batch: MapBatch, rule: Rule, terms: np.ndarray) -> None:
    """Sum maps whose weights are near the ends of float64 again, brought to the size of 1.

    Entropy does not depend on the scale; products and sums of subnormal numbers, and sums beyond
    the largest, do not hold it.
    """
    mass = terms["mass"]
    outside = (mass > 0) & ~((mass > 2.0**-900) & (mass < 2.0**900)) & (terms["suspect"] == 0)
    for index in np.flatnonzero(outside):
        tokens = batch.tokens(int(index))
        cells = batch.original(int(index))[np.ix_(tokens, tokens)]
        cells = cells[cells > rule.floor]
        cells = np.ldexp(cells, -np.frexp(cells.max())[1])
        mass[index] = cells.sum()
        terms["log_mass"][index] = (cells * np.log(np.maximum(cells, 5e-324))).sum()


def read_graphs(
    adjacency: Any, *, lowest_tie: bool, engine: str | None = None
) -> tuple[np.ndarray, np.ndarray, str]:
    """Return nodes and distance sum of each graph's largest component, and the engine's name.

    Parameters
    ----------
    adjacency : bool array or tensor [..., n, n]
        Links, in either direction.
    lowest_tie : bool
        How components of equal size are told apart; see `Rule`.
    engine : str, optional
        One of `ENGINES`.
    """
    is_tensor = is_torch_array(adjacency)
    on_gpu = is_tensor and adjacency.device.type == "cuda"
    length = adjacency.shape[-1]
    maps = math.prod(adjacency.shape[:-2])
    chosen = engine_of_batch(engine, on_gpu=on_gpu, maps=maps, length=length)
    if chosen.NAME == "torch":
        return *chosen.read_graphs(adjacency, lowest_tie=lowest_tie), chosen.NAME
    links = np.asarray(adjacency.cpu() if is_tensor else adjacency)
    links = links.reshape(-1, *links.shape[-2:])
    nodes = np.zeros(len(links), np.int64)
    sums = np.zeros(len(links), np.int64)

    def read(start: int, stop: int) -> None:
        chosen.read_graphs(links[start:stop], lowest_tie, nodes[start:stop], sums[start:stop])

    in_blocks(read, maps=len(links), length=links.shape[-1])
    return nodes, sums, chosen.NAME


def in_blocks(
    work: Callable[[int, int], None], *, maps: int, length: int, threads: int | None = None
) -> None:
    """Call ``work(start, stop)`` for blocks of maps, over a few threads where that pays."""
    threads = min(threads or available_cores(), _MOST.get())
    if maps * length * length < _WORTH_THREADS:
        threads = 1
    size = max(1, _BLOCK_BYTES // (8 * length * length))
    if threads > 1:
        size = min(size, math.ceil(maps / (threads * _BLOCKS_PER_THREAD)))
    starts = range(0, maps, size)
    if threads == 1 or len(starts) < 2:
        for start in starts:
            work(start, min(start + size, maps))
        return
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work, start, min(start + size, maps)) for start in starts]:
            done.result()


@contextmanager
def at_most_threads(count: int) -> Iterator[None]:
    """Let what is read in the block take at most so many threads, in this thread of control."""
    before = _MOST.set(count)
    try:
        yield
    finally:
        _MOST.reset(before)


def available_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
