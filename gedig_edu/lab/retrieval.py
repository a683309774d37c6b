"""When to accept what was retrieved: 200 short facts, linked where they are about the same thing.

The facts are the course's own writing. Each is about two things, and two facts belong together if
they share one. Many words name two things: a crane stands in the wet grass and in the harbour, a
bank lies along the river and lends money. Such facts look alike and do not belong together.

Facts arrive in a random order. Each is held against those before it by the model's vectors, and
the five most alike are retrieved: what to fetch is settled, when to accept it is not. Each of the
five is a statement of a `World`. The rules, written before anything was measured: every way has
the setting that generated worlds have tuned (`gates_comparison`); its thresholds are chosen as
there, on half of the facts, for the other half, and the other way round; intervals resample the
facts that arrive.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from gedig_edu.errors import (
    MODEL,
    GedigError,
    check_choice,
    check_each,
    check_kind,
    check_whole,
    shown,
)
from gedig_edu.lab.acceptance import WAYS, area, curve
from gedig_edu.lab.gates_comparison import read_tuned, tune_threshold
from gedig_edu.lab.worlds import Statement, World
from gedig_edu.models.tokens import check_texts
from gedig_edu.shapes import Bool, Brief, Float, Int
from gedig_edu.theory._arrays import as_array, numbers

FACTS = Path(__file__).with_name("facts.tsv")
FOUND = 5  # facts that are retrieved for each that arrives


@runtime_checkable
class Embeds(Protocol):
    """What a model must do here."""

    def embed(self, texts: Sequence[str]) -> Float[np.ndarray, "texts dim"]:
        """Return one vector of length 1 for each text."""
        ...


@dataclass(frozen=True)
class Fact:
    """One short statement, and the things that it is about.

    Attributes
    ----------
    about : frozenset of str
        Such as "crane_bird", never "crane_machine" for the same word.
    text : str
    """

    about: frozenset[str]
    text: str

    def __post_init__(self) -> None:
        check_kind("about", self.about, frozenset, "the things that it is about, a frozenset")
        check_kind("text", self.text, str, "a text")

    def belongs_to(self, other: Fact) -> bool:
        """Return whether both are about the same thing."""
        check_kind("other", other, Fact, "a fact")
        return bool(self.about & other.about)


def facts() -> tuple[Fact, ...]:
    """Return the 200 facts of the course.

    Examples
    --------
    >>> read = facts()
    >>> len(read), read[0].text
    (200, 'Cranes rest in the shallow water of the lake on their way south.')
    """
    with FACTS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(Fact(frozenset(row["about"].split(",")), row["fact"]) for row in rows)


def likenesses(model: Embeds, texts: Sequence[str]) -> Float[np.ndarray, "texts texts"]:
    """Return how alike each two texts are, from 0 to 1: half of 1 + cosine.

    The mean of all vectors is taken off first; without this the vectors of a language model all
    point one way, and everything is like everything.

    Raises
    ------
    GedigError
        If there is no text, or the model does not give one vector for each.
    """
    check_kind("model", model, Embeds, MODEL)
    check_texts("likenesses", texts, else_use="[text]")
    texts = tuple(texts)
    vectors = numbers("what the model embeds", model.embed(texts), "[texts, dim]")
    if len(vectors) != len(texts):
        raise GedigError(
            f"The model gives {len(vectors)} vectors for {len(texts)} texts; give one that gives "
            "each its own."
        )
    vectors = vectors - vectors.mean(axis=0)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return np.clip((1 + vectors @ vectors.T) / 2, 0, 1)


def arrivals(
    read: Sequence[Fact], alike: Float[np.ndarray, "facts facts"], order: Sequence[int]
) -> World:
    """Return the world in which facts arrive in an order, each with the five most alike so far.

    Things are named by their place among the facts. A fact that is among the first five has
    fewer.

    Raises
    ------
    GedigError
        If one is no fact, `alike` is not a number for each two, or `order` does not name facts,
        each at most once.
    """
    read = check_each("read", read, Fact, "facts")
    alike = numbers("alike", alike, "[facts, facts]")
    if alike.shape != (len(read), len(read)):
        raise GedigError(f"alike has shape {alike.shape} for {len(read)} facts; give each two.")
    places = check_each("order", order, object, "places of facts")
    order = [check_whole("order", one, at_least=0, at_most=len(read) - 1) for one in places]
    if len(set(order)) < len(order):
        raise GedigError("order names a fact twice; let each arrive at most once.")
    statements = []
    for at, new in enumerate(order):
        before = np.array(order[:at], dtype=int)
        found = before[np.argsort(-alike[new, before], kind="stable")[:FOUND]]
        for one in found.tolist():
            others = tuple(float(alike[new, other]) for other in found.tolist() if other != one)
            right = read[new].belongs_to(read[one])
            said = Statement(str(new), str(one), float(alike[new, one]), others, right)
            statements.append(said)
    return World(f"{len(order)} facts", (), tuple(statements))


@dataclass(frozen=True, eq=False, repr=False)
class Retrieval(Brief):
    """What each way accepted of what was retrieved, over both halves.

    Attributes
    ----------
    right : bool array [candidates]
    arrived : int array [candidates]
        Which fact had arrived.
    curves : dict of way to bool array [thresholds, candidates]
    chosen : dict of way to bool array [candidates]
        At the threshold that tuning chose.
    """

    right: Bool[np.ndarray, " candidates"]
    arrived: Int[np.ndarray, " candidates"]
    curves: dict[str, Bool[np.ndarray, "thresholds candidates"]]
    chosen: dict[str, Bool[np.ndarray, " candidates"]]

    def area(self, way: str, facts: Int[np.ndarray, " facts"] | None = None) -> float:
        """Return the area under precision and recall of a way, of the facts drawn if given.

        Raises
        ------
        GedigError
            If there is no such way, or what is drawn are no places of facts.
        """
        check_choice("way", way, self.curves)
        if facts is None:
            return area(self.right, self.curves[way])
        facts = as_array("facts", facts)
        there = np.isin(facts, np.arange(len(self._of))).all()
        if facts.ndim != 1 or facts.dtype.kind not in "iu" or not there or not facts.size:
            raise GedigError(
                f"facts={shown(facts)} are no places of facts; give whole numbers below "
                f"{len(self._of)}."
            )
        places = np.concatenate([self._of[fact] for fact in facts])
        return area(self.right[places], self.curves[way][:, places])

    @cached_property
    def _of(self) -> list[Int[np.ndarray, " candidates"]]:
        return [np.flatnonzero(self.arrived == fact) for fact in range(int(self.arrived.max()) + 1)]


def decide_on_facts(
    model: Embeds, *, ways: Sequence[str] = tuple(WAYS), seed: int = 0
) -> Retrieval:
    """Let facts arrive, and each way accept what was retrieved, by thresholds of the other half.

    Parameters
    ----------
    model : with `embed`
    ways : sequence of str
        As in `gedig_edu.lab.acceptance.settings_of`.
    seed : int
        Of the order and of the halves.

    Raises
    ------
    GedigError
        If there is no such way, or as in `likenesses`.
    """
    ways = check_each("ways", ways, str, "ways to decide")
    for way in ways:
        check_choice("way", way, tuple(WAYS))
    rng = np.random.default_rng(check_whole("seed", seed, at_least=0))
    read = facts()
    alike = likenesses(model, [one.text for one in read])
    order = rng.permutation(len(read)).tolist()
    worlds = [arrivals(read, alike, half) for half in (order[::2], order[1::2])]
    curves: dict[str, list[np.ndarray]] = {way: [] for way in ways}
    chosen: dict[str, list[np.ndarray]] = {way: [] for way in ways}
    kept = {one.way: one for one in read_tuned()}
    for way in ways:
        for own, other in (worlds, worlds[::-1]):
            tuned = tune_threshold(kept[way], [other])
            curves[way].append(curve(own, tuned.setting.score, tuned.thresholds))
            chosen[way].append(curves[way][-1][tuned.best])
    said = [one for world in worlds for one in world.statements]
    return Retrieval(
        np.array([one.right for one in said]),
        np.array([int(one.thing) for one in said]),
        {way: np.concatenate(taken, axis=1) for way, taken in curves.items()},
        {way: np.concatenate(taken) for way, taken in chosen.items()},
    )
