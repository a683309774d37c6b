"""What carries ΔF: its exact parts, and what is left of it when one thing after another goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from gedig_edu.errors import GAUGE, GedigError, check_each, check_kind, check_number, check_whole
from gedig_edu.lab.live import LiveReading, live, without_tokens
from gedig_edu.lab.streams import AttendsMany
from gedig_edu.shapes import Float
from gedig_edu.theory import baselines
from gedig_edu.theory.comparison import draws_for, terms_of
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps, check_maps

GAUGES = {"released": Gauge.released(), "paper": Gauge.paper()}
HEADINGS_PER_SENTENCE = 3
"""In the published set three short lines of four were headings (49 of 63)."""


class Tables(NamedTuple):
    """Mean terms of F under every setting, from which each comparison is one subtraction.

    Attributes
    ----------
    heads : mapping of str to array [3, heads]
        Density, entropy and path gain of every head, layer after layer, the mean over texts. A
        key names convention, texts, who, first token and rows, for example
        ``"released prose trained kept real"``.
    random : mapping of str to array [3]
        The same of the random maps; convention, texts, first token and mask, for example
        ``"paper short dropped matched"``.
    """

    heads: dict[str, Float[np.ndarray, "3 heads"]]
    random: dict[str, Float[np.ndarray, " 3"]]


def parts(
    reading: LiveReading, name: str, *, matched: bool | None = None
) -> Float[np.ndarray, "3 layers heads"]:
    """Split ΔF of each head into what density, entropy and paths carry.

    F is linear in its terms, so ΔF = Δdensity − λ·Δentropy − λγ·Δpath gain, exactly.

    Parameters
    ----------
    reading : LiveReading
    name : str
        Which baseline.
    matched : bool, optional
        Whether the baseline has the model's mask; as in `reading` where not given.

    Returns
    -------
    array [3, layers, heads]
        The three parts; their sum is ``reading.delta(name)``.

    Examples
    --------
    >>> rows = np.full((1, 1, 3, 3), 1 / 3, dtype=np.float32)
    >>> maps = AttentionMaps(
    ...     tokens=("a", " b", " c"), weights=rows, causal=False,
    ...     special=np.zeros(3, bool), offsets=np.zeros((3, 2), int), model="uniform")
    >>> parts(live(maps, gauge=Gauge.paper()), "diagonal")[1].round(3).tolist()
    [[-0.5]]
    """
    gauge = reading.gauge
    difference = terms_of(reading.real) - reading.baseline_terms(name, matched=matched)
    return _carried(difference, gauge)


def equal_entropy_parts(
    maps: AttentionMaps, *, gauge: Gauge, seed: int = 0, draws: int | None = None
) -> Float[np.ndarray, "3 layers heads"]:
    """Split ΔF of each head against random maps that have its own entropy and its mask.

    Each head gets maps of its own: `gedig_edu.theory.baselines.entropy_matched`, for the entropy
    of the whole map over log L². By `Gauge.paper` the part of entropy is 0 by construction; by the
    script, which counts other cells, nearly.

    Parameters
    ----------
    maps : AttentionMaps
        Of one text.
    gauge : Gauge
    seed, draws : int
        Seed of the random maps, and how many each head gets; `draws_for` the length by default.

    Returns
    -------
    array [3, layers, heads]
        What density, entropy and paths carry; their sum is ΔF.

    Examples
    --------
    >>> rows = np.full((1, 1, 3, 3), 1 / 3, dtype=np.float32)
    >>> maps = AttentionMaps(
    ...     tokens=("a", " b", " c"), weights=rows, causal=False,
    ...     special=np.zeros(3, bool), offsets=np.zeros((3, 2), int), model="uniform")
    >>> abs(equal_entropy_parts(maps, gauge=Gauge.paper())[1]).round(6).tolist()
    [[0.0]]
    """
    check_maps(maps)
    check_kind("gauge", gauge, Gauge, GAUGE)
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    count = draws_for(len(maps)) if draws is None else check_whole("draws", draws, at_least=1)
    wanted = maps.read(Gauge.paper()).entropy  # [layers, heads]
    drawn = np.array([
        [baselines.entropy_matched(len(maps), float(entropy), rng, causal=maps.causal)
         for entropy in wanted.ravel()]
        for _ in range(count)
    ])  # fmt: skip
    random = terms_of(gauge.read(drawn, causal=maps.causal)).mean(axis=1)  # [3, all heads]
    real = terms_of(maps.read(gauge))
    return _carried(real - random.reshape(real.shape), gauge)


def _carried(
    difference: Float[np.ndarray, "3 layers heads"], gauge: Gauge
) -> Float[np.ndarray, "3 layers heads"]:
    """Return what a difference of each term adds to ΔF."""
    weights = np.array([1.0, -gauge.lam, -gauge.lam * gauge.gamma])
    return weights[:, None, None] * difference


def column_terms(
    lengths: Sequence[int], *, gauge: Gauge, seed: int = 0, draws: int = 16
) -> Float[np.ndarray, "3 3"]:
    """Return by how much the terms of random maps exceed those of other maps without a model.

    In a table of ΔF against several baselines the model drops out of every difference of two
    columns. What is left is Δdensity − λ·Δentropy − λγ·Δpath gain of two baselines, which only
    the formula and the lengths of the texts decide.

    Parameters
    ----------
    lengths : sequence of int
        Tokens of each text, at least 1.
    gauge : Gauge
        The convention; its λ and γ do not enter.
    seed, draws : int
        Seed of the random maps, and how many each length gets.

    Returns
    -------
    array [3 baselines, 3 terms]
        Random less uniform, local and diagonal, none with a mask; density, entropy and path gain,
        the mean over texts.

    Raises
    ------
    GedigError
        If there is no length, or a number is out of range.

    Examples
    --------
    >>> column_terms([9], gauge=Gauge.paper(), draws=1)[:, 0].round(3).tolist()
    [0.099, 0.025, 0.099]
    """
    check_kind("gauge", gauge, Gauge, GAUGE)
    lengths = check_each("lengths", lengths, object, "the numbers of tokens of texts")
    if not lengths:
        raise GedigError("No length was given; give the number of tokens of one text at least.")
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    draws = check_whole("draws", draws, at_least=1)
    lengths = [check_whole("lengths", length, at_least=1) for length in lengths]
    counts = {one: lengths.count(one) for one in sorted(set(lengths))}
    found = np.zeros((3, 3))
    for length, count in counts.items():
        check_whole("length", length, at_least=1)
        drawn = np.stack([baselines.random(length, rng) for _ in range(draws)])
        shapes = (baselines.uniform, baselines.local, baselines.diagonal)
        others = np.stack([shape(length) for shape in shapes])
        random = terms_of(gauge.read(drawn, causal=False)).mean(axis=-1)
        found += count * (random - terms_of(gauge.read(others, causal=False)).T)
    return found / len(lengths)


def first_token_out(maps: AttentionMaps) -> AttentionMaps:
    """Return the maps without their first token, the rows of the others renormalised.

    Raises
    ------
    GedigError
        If there is one token only, or a row keeps no weight.
    """
    return without_tokens(maps, np.arange(len(maps)) == 0)


def standing_still(
    length: int, rng: np.random.Generator, *, causal: bool, back: float = 0.02, noise: float = 0.001
) -> Float[np.ndarray, "L L"]:
    """Return a map in which each token looks at itself, but for traces.

    It needs no model and no text, and nearly nothing moves from one token to another. The traces
    order the cells that a quantile threshold has to choose among.

    Parameters
    ----------
    length : int
        Number of tokens.
    rng : numpy.random.Generator
        Source of the noise.
    causal : bool
        Whether later tokens are out of sight.
    back : float
        Share of a row that goes to the token before; the first token keeps it.
    noise : float
        Share of a row that is spread at random.

    Examples
    --------
    >>> still = standing_still(3, np.random.default_rng(0), causal=True)
    >>> still.diagonal().round(2).tolist(), still[2, 1].round(2).tolist()
    ([1.0, 0.98, 0.98], 0.02)
    """
    trace = baselines.random(length, rng, causal=causal)
    back = check_number("back", back, at_least=0, at_most=1)
    noise = check_number("noise", noise, at_least=0, at_most=1 - back)
    one_back = np.eye(length, k=-1)
    one_back[0, 0] = 1.0
    return (1 - back - noise) * np.eye(length) + back * one_back + noise * trace


def what_is_left(
    model: AttendsMany,
    twin: AttendsMany,
    *,
    headings: Sequence[str],
    prose: Sequence[str],
    seed: int = 0,
    draws: int | None = None,
) -> Tables:
    """Read everything that the question 'what is left of ΔF?' needs, once.

    Parameters
    ----------
    model, twin : models with ``attend_many(texts)``
        The trained one, and one of the same shape that never was.
    headings, prose : sequence of str
        The short set is the headings and a third as many sentences; the other is all prose.
    seed : int
        Text number n draws its random maps from ``seed + n``.
    draws : int, optional
        Draws of each random map, by default as many as its length needs.

    Raises
    ------
    GedigError
        If one of the sets is empty.
    """
    seed = check_whole("seed", seed, at_least=0)
    draws = None if draws is None else check_whole("draws", draws, at_least=1)
    few = prose[: max(1, len(headings) // HEADINGS_PER_SENTENCE)]
    sets = {"short": (*headings, *few), "prose": tuple(prose)}
    if not headings or not prose:
        raise GedigError(
            f"{len(headings)} headings and {len(prose)} sentences were given; give one of each "
            "at least."
        )
    tables = _Filling(seed=seed, draws=draws)
    for who, one in {"trained": model, "untrained": twin}.items():
        for texts, group in sets.items():
            tables.read(who, texts, tuple(one.attend_many(group)))
    return Tables(tables.heads, tables.random)


@dataclass
class _Filling:
    """Tables while they are being filled."""

    seed: int
    draws: int | None
    heads: dict[str, np.ndarray] = field(default_factory=dict)
    random: dict[str, np.ndarray] = field(default_factory=dict)

    def read(self, who: str, texts: str, kept: Sequence[AttentionMaps]) -> None:
        sinks = {"kept": kept, "dropped": [first_token_out(maps) for maps in kept if len(maps) > 1]}
        for first, group in sinks.items():
            for convention, gauge in GAUGES.items():
                readings = [
                    live(
                        maps, gauge=gauge, baselines=("random", "row_shuffled"),
                        seed=self.seed + number, draws=self.draws,
                    )
                    for number, maps in enumerate(group)
                ]  # fmt: skip
                self._add((convention, texts), who, first, readings)

    def _add(
        self, where: tuple[str, str], who: str, first: str, readings: Sequence[LiveReading]
    ) -> None:
        key = " ".join((*where, who, first))
        real = np.mean([terms_of(one.real) for one in readings], axis=0)
        shuffled = np.mean([one.baseline_terms("row_shuffled") for one in readings], axis=0)
        self.heads[f"{key} real"] = real.reshape(3, -1)
        self.heads[f"{key} shuffled"] = shuffled.reshape(3, -1)
        for mask in ("unmasked", "matched"):
            terms = [one.baseline_terms("random", matched=mask == "matched") for one in readings]
            self.random[" ".join((*where, first, mask))] = np.mean(terms, axis=0)[:, 0, 0]
