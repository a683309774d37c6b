"""F of every head of one text beside its baselines and nulls: the columns all experiments share.

What depends on the length of a text alone is read once for each length and kept; nothing of it
hangs on which text came first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TypeAlias

import numpy as np

from gedig_edu.lab.experiments.catalogue import Columns
from gedig_edu.lab.experiments.setting import GAUGES, Setting
from gedig_edu.lab.nulls import GENERATIONS, generations
from gedig_edu.models.model import AttentionModel
from gedig_edu.shapes import Float, Int
from gedig_edu.theory import baselines
from gedig_edu.theory.comparison import BASELINES, TERMS, draws_for, terms_of
from gedig_edu.theory.gauge import Gauge
from gedig_edu.theory.maps import AttentionMaps
from gedig_edu.theory.reading import Reading

SHUFFLED = "row_shuffled"
HEATED = "entropy_matched"
AGAINST = (*BASELINES, HEATED)
PARTS = ("density", "entropy", "path")
POWERS = (0.0, *np.geomspace(0.03, 1e5, 63).tolist())
"""What the cells of a random map are raised to, from all alike to one token a row."""

_CELLS = 1 << 22
_SHUFFLE, _DEGREES = range(2)  # uses of a text's random numbers

PerHead: TypeAlias = "Float[np.ndarray, 'layers heads']"
PerTerm: TypeAlias = "Float[np.ndarray, '3 layers heads']"


@dataclass(frozen=True)
class Compared:
    """One text read by one gauge, with what it is held against.

    Attributes
    ----------
    maps : AttentionMaps
        Of one text.
    name : str
        Of the gauge, one of `GAUGES`.
    gauge : Gauge
    real : Reading [layers, heads]
    entropy : float64 array [layers, heads]
        Over log L², as `Gauge.paper` has it.
    shuffled : float64 array [3, layers, heads]
        Density, entropy and path gain of the heads' own row-shuffles, the mean over draws.
    seed : int
    """

    maps: AttentionMaps
    name: str
    gauge: Gauge
    real: Reading
    entropy: PerHead = field(repr=False)
    shuffled: PerTerm = field(repr=False)
    seed: int

    def difference(self, name: str, *, matched: bool) -> PerTerm:
        """Return density, entropy and path gain of each head less those of a baseline.

        Parameters
        ----------
        name : str
            One of `AGAINST`.
        matched : bool
            Whether the baseline has the model's mask; `row_shuffled` always does.
        """
        return terms_of(self.real) - self._terms(name, causal=matched and self.maps.causal)

    def parts(self, name: str, *, matched: bool) -> PerTerm:
        """Return what density, entropy and paths carry of ΔF: their sum is ΔF."""
        weights = np.array([1.0, -self.gauge.lam, -self.gauge.lam * self.gauge.gamma])
        return weights[:, None, None] * self.difference(name, matched=matched)

    def delta(self, name: str, *, matched: bool) -> PerHead:
        """Return F of each head less that of a baseline, the mean over its draws."""
        return self.parts(name, matched=matched).sum(axis=0)

    def _terms(self, name: str, *, causal: bool) -> PerTerm:
        if name == SHUFFLED:
            return self.shuffled
        length = len(self.maps)
        if name == HEATED:
            heated = heated_terms(length, causal=causal, seed=self.seed)
            return heated[self.name].at(self.entropy)
        terms = length_terms(name, length, self.name, causal=causal, seed=self.seed)
        return terms[:, None, None]


def compared(maps: AttentionMaps, setting: Setting, line: int) -> list[Compared]:
    """Read the maps of one text, and their row-shuffles, by both gauges.

    Parameters
    ----------
    maps : AttentionMaps
        Of one text.
    setting : Setting
        Its seed is used.
    line : int
        The text's, from which its own random numbers come.
    """
    rng = setting.rng(line, _SHUFFLE)
    draws = range(draws_for(len(maps)))
    drawn = [baselines.row_shuffled(maps.weights, rng, causal=maps.causal) for _ in draws]
    entropy = maps.read(Gauge.paper()).entropy
    found = []
    for name in GAUGES:
        gauge: Gauge = getattr(Gauge, name)()
        read = partial(gauge.read, causal=maps.causal, normalized=maps.sink is None)
        shuffled = np.mean([terms_of(read(one)) for one in drawn], axis=0)
        real = maps.read(gauge)
        found.append(Compared(maps, name, gauge, real, entropy, shuffled, setting.seed))
    return found


def measure(model: AttentionModel, text: str, setting: Setting, line: int) -> Columns:
    """Return one row a (layer, head, gauge): the terms of F, and ΔF against every baseline.

    ``delta_NAME`` has no mask, as the paper compared; ``delta_NAME_matched`` sees what the model
    sees. ``delta_row_shuffled`` is the same in both columns: what is shuffled are the cells that
    the model sees, since a weight that went to a later token would be no row of such a head. Of the
    soft configuration the path term alone is compared, see `beyond_degrees`.

    Raises
    ------
    GedigError
        If the model cannot read the text.
    """
    return joined([base(one, setting, line) for one in compared(model.attend(text), setting, line)])


def measure_parts(model: AttentionModel, text: str, setting: Setting, line: int) -> Columns:
    """Return the columns of `measure`, and what carries each ΔF.

    ``density_delta_NAME``, ``entropy_delta_NAME`` and ``path_delta_NAME`` sum to ``delta_NAME``,
    and so with the ending ``_matched``.

    Raises
    ------
    GedigError
        If the model cannot read the text.
    """
    found = compared(model.attend(text), setting, line)
    return joined([{**base(one, setting, line), **carried(one)} for one in found])


def base(one: Compared, setting: Setting, line: int) -> dict[str, np.ndarray]:
    """Return the columns that every experiment has, each [layers, heads]."""
    real = one.real
    layer, head = np.indices(real.F.shape)
    columns = {
        "layer": layer,
        "head": head,
        "gauge": np.full(real.F.shape, one.name, dtype=object),
        "tokens": np.full(real.F.shape, len(one.maps)),
        "F": np.asarray(real.F),
    }
    columns |= {term: np.asarray(getattr(real, term)) for term in TERMS}
    for name in AGAINST:
        columns[f"delta_{name}"] = one.delta(name, matched=False)
        columns[f"delta_{name}_matched"] = one.delta(name, matched=True)
    return columns | beyond_degrees(one, setting, line)


def carried(one: Compared) -> dict[str, PerHead]:
    """Return what density, entropy and paths carry of each ΔF, each [layers, heads]."""
    columns = {}
    for name in AGAINST:
        for matched, ending in ((False, ""), (True, "_matched")):
            parts = one.parts(name, matched=matched)
            columns |= {
                f"{part}_delta_{name}{ending}": value
                for part, value in zip(PARTS, parts, strict=True)
            }
    return columns


def beyond_degrees(one: Compared, setting: Setting, line: int) -> dict[str, PerHead]:
    """Hold the path terms of a text's heads against graphs with the same expected degrees.

    The fits take long, so at most ``setting.fitted`` heads of a text are held against this null,
    as many in each layer, drawn anew for each text; the others are NaN. Each fitted graph is drawn
    `draws_for` its length times, and one of them is fitted again.

    Parameters
    ----------
    one : Compared
    setting : Setting
    line : int

    Returns
    -------
    dict of str to float64 array [layers, heads]
        In units of F. ``path_delta_soft_configuration`` is real − drawn less
        ``path_bias_soft_configuration``, which is what a drawn graph shows against graphs drawn
        from itself; ``path_placebo_soft_configuration`` is what a drawn graph shows after the same
        calibration, though it has nothing beyond its degrees.
    """
    rng = setting.rng(line, _DEGREES, GAUGES.index(one.name))
    heads = _some_heads(one.real.F.shape, setting.fitted, rng)
    gains = _gains(one, heads, rng)
    real, null, drawn, of_drawn, redrawn, of_redrawn = gains
    plain, bias, bias_of_drawn = real - null, drawn - of_drawn, redrawn - of_redrawn
    values = {"delta": plain - bias, "bias": bias, "placebo": bias - bias_of_drawn}
    columns = {}
    for name, value in values.items():
        column = np.full(one.real.F.shape, np.nan)
        column[tuple(heads)] = -one.gauge.lam * one.gauge.gamma * value
        columns[f"path_{name}_soft_configuration"] = column
    return columns


def _gains(
    one: Compared, chosen: Int[np.ndarray, "2 heads"], rng: np.random.Generator
) -> Float[np.ndarray, "6 heads"]:
    """Return `generations` of some heads, as many at once as little memory holds."""
    draws = draws_for(len(one.maps))
    at_once = max(1, _CELLS // (draws * len(one.maps) ** 2))
    given = {"causal": one.maps.causal, "path": one.gauge.path, "draws": draws}
    gains = []
    for at in range(0, chosen.shape[1], at_once):
        some = tuple(chosen[:, at : at + at_once])
        edges = one.maps.weights[some] > one.real.threshold[some][:, None, None]
        found = generations(edges[None], rng=rng, refits=1, count=GENERATIONS, **given)
        gains.append(np.concatenate(found))
    return np.concatenate(gains, axis=1)


def _some_heads(
    shape: tuple[int, int], most: int, rng: np.random.Generator
) -> Int[np.ndarray, "2 heads"]:
    """Return layers and heads to fit, as many in each layer and at least one."""
    layers, heads = shape
    count = min(heads, max(1, most // layers))
    order = np.argsort(rng.random(shape), axis=1)[:, :count]
    return np.stack([np.repeat(np.arange(layers), count), np.sort(order, axis=1).ravel()])


def joined(parts: list[dict[str, np.ndarray]]) -> Columns:
    """Return columns [layers, heads] of both gauges as one table's columns."""
    return {name: np.concatenate([part[name].ravel() for part in parts]) for name in parts[0]}


@lru_cache(maxsize=4096)
def length_terms(
    name: str, length: int, gauge: str, *, causal: bool, seed: int
) -> Float[np.ndarray, " 3"]:
    """Return density, entropy and path gain of a baseline that only depends on the length.

    Parameters
    ----------
    name : str
        "random", "uniform", "local" or "diagonal".
    length : int
        Tokens.
    gauge : str
        One of `GAUGES`.
    causal : bool
        Whether it has a mask.
    seed : int
        Of the random maps; each length has a stream of its own. The terms are the mean over 16
        of them, over more of short ones.

    Examples
    --------
    >>> length_terms("diagonal", 7, "released", causal=False, seed=0).tolist()
    [0.0, 1.0, 0.0]
    """
    reader: Gauge = getattr(Gauge, gauge)()
    if name != "random":
        return terms_of(reader.read(getattr(baselines, name)(length, causal=causal), causal=causal))
    drawn = random_maps(length, causal=causal, seed=seed)
    return terms_of(reader.read(drawn, causal=causal)).mean(axis=-1)


def random_maps(length: int, *, causal: bool, seed: int) -> Float[np.ndarray, "draws L L"]:
    """Return the random maps that every text of a length is held against: 16, more of short ones.

    Examples
    --------
    >>> random_maps(7, causal=True, seed=0).shape
    (128, 7, 7)
    """
    rng = np.random.default_rng([seed, length, BASELINES.index("random")])
    draws = range(_draws(length, 16))
    return np.stack([baselines.random(length, rng, causal=causal) for _ in draws])


@dataclass(frozen=True)
class Heated:
    """Terms of random maps of one length at many temperatures.

    Attributes
    ----------
    entropy : float64 array [draws, powers]
        Over log L², as `Gauge.paper` has it; it falls along the last axis.
    terms : float64 array [3, draws, powers]
        Density, entropy and path gain as the gauge asked for has them.
    """

    entropy: Float[np.ndarray, "draws powers"]
    terms: Float[np.ndarray, "3 draws powers"]

    def at(self, entropy: PerHead) -> PerTerm:
        """Return the terms of maps with the entropies asked for, the mean over draws.

        Between the two temperatures nearest in entropy it is a straight line.
        """
        wanted = np.asarray(entropy)
        found = np.zeros((3, *wanted.shape))
        for draw, known in enumerate(self.entropy):
            for term in range(3):
                found[term] += np.interp(wanted, known[::-1], self.terms[term, draw, ::-1])
        return found / len(self.entropy)


@lru_cache(maxsize=4096)
def heated_terms(length: int, *, causal: bool, seed: int) -> Mapping[str, Heated]:
    """Return by gauge the terms of random maps, heated and cooled: the null of equal entropy.

    `baselines.entropy_matched` finds one temperature for one entropy; every head has another, so
    here the same maps are read at many temperatures once.

    Parameters
    ----------
    length, causal, seed
        As in `length_terms`.

    Examples
    --------
    >>> heated = heated_terms(7, causal=True, seed=0)
    >>> heated["paper"].at(np.array([[0.75]]))[1].round(6).tolist()
    [[0.75]]
    """
    draws, at_once = _draws(length, 8), max(1, _CELLS // length**2)
    powers = [POWERS[at : at + at_once] for at in range(0, len(POWERS), at_once)]
    together = max(1, at_once // len(POWERS))
    terms: dict[str, list[np.ndarray]] = {name: [] for name in GAUGES}
    for at in range(0, draws, together):
        seeds = [
            [seed, length, AGAINST.index(HEATED), draw] for draw in range(at, draws)[:together]
        ]
        read = [_read_heated(length, seeds, some, causal=causal) for some in powers]
        for name, found in terms.items():
            found.append(np.concatenate([one[name] for one in read], axis=-1))
    joined = {name: np.concatenate(found, axis=1) for name, found in terms.items()}
    return {name: Heated(joined["paper"][1], found) for name, found in joined.items()}


def _read_heated(
    length: int, seeds: list[list[int]], powers: Sequence[float], *, causal: bool
) -> dict[str, Float[np.ndarray, "3 draws powers"]]:
    """Return the terms of one random map a seed, at some temperatures, by both gauges."""
    drawn = [
        baselines.heated(length, np.random.default_rng(seed), powers, causal=causal)
        for seed in seeds
    ]
    maps = np.stack(drawn)
    return {name: terms_of(getattr(Gauge, name)().read(maps, causal=causal)) for name in GAUGES}


def _draws(length: int, least: int) -> int:
    return max(least, min(128, 128 * least // length))
