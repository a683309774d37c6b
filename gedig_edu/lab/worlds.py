"""Generated worlds: statements that arrive one by one, and a truth that says which are right.

A world has things, a graph of which of them are truly related, and a likeness of each two. Those
who live in it know a part of the graph at the start and then hear statements: this is related to
that, so like are the two, and so like is the first to a few others that could have been meant. A
statement is right where the truth has its edge.

What these worlds favour. Related things are alike by and large, so likeness is a good guide by
itself, and the better the less it is blurred. Three things are set against it, in shares drawn
for each world: a tenth of what is related is unlike (shortcuts that join far parts), a part of
the wrong statements are the most alike pairs that are not related, and some name things that do
not exist. Two things favour whoever reads the graph: related things share neighbours in two of
the three kinds, and a wrong edge that was once accepted stays. Nothing is drawn by F or by paths.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import networkx as nx
import numpy as np

from gedig_edu.errors import (
    check_choice,
    check_each,
    check_flag,
    check_kind,
    check_number,
    check_whole,
)
from gedig_edu.shapes import Float
from gedig_edu.theory.graphs import two_ends

KINDS = ("communities", "hierarchy", "small world")
LEAST = 12  # things
SHARPNESS = 0.1  # of likeness, as a temperature, where it becomes a probability
OTHERS = 3  # things that a statement could have meant beside the one it names
KNOWN = 0.25  # share of the things that are known at the start
UNLIKE = 0.1  # share of what is related that joins far parts
GHOSTS = 0.1  # share of the wrong statements that name what does not exist


@dataclass(frozen=True)
class Statement:
    """What is said: one thing is related to another.

    Attributes
    ----------
    thing, other : str
        The two.
    likeness : float
        How alike they are said to be, from 0 to 1.
    alternatives : tuple of float
        How alike `thing` is said to be to further things that could have been meant.
    right : bool
        Whether the two are truly related.

    Raises
    ------
    GedigError
        If a name is no text, a likeness is not a number from 0 to 1, or `right` is neither True
        nor False.
    """

    thing: str
    other: str
    likeness: float
    alternatives: tuple[float, ...]
    right: bool

    def __post_init__(self) -> None:
        for name in ("thing", "other"):
            check_kind(name, getattr(self, name), str, "its name")
        others = check_each("alternatives", self.alternatives, object, "likenesses")
        for one in (self.likeness, *others):
            check_number("likeness", one, at_least=0, at_most=1)
        object.__setattr__(self, "alternatives", others)
        check_flag("right", self.right, "whether the two are truly related")

    @property
    def probabilities(self) -> Float[np.ndarray, " candidates"]:
        """How probable each candidate is, `other` first: softmax of likeness over 0.1."""
        scores = np.array([self.likeness, *self.alternatives]) / SHARPNESS
        weights = np.exp(scores - scores.max())
        return weights / weights.sum()


class Known(NamedTuple):
    """An edge that is known at the start, with the likeness of its ends."""

    thing: str
    other: str
    likeness: float


@dataclass(frozen=True)
class World:
    """Statements in the order in which they arrive, and what is known before.

    Attributes
    ----------
    name : str
    start : tuple of Known
        Edges of the graph before the first statement.
    statements : tuple of Statement

    Raises
    ------
    GedigError
        If the name is no text, an edge or a statement is none, or the likeness of an edge is not a
        number from 0 to 1.
    """

    name: str
    start: tuple[Known, ...]
    statements: tuple[Statement, ...]

    def __post_init__(self) -> None:
        check_kind("name", self.name, str, "a text")
        start = check_each("start", self.start, Known, "edges as Known(thing, other, likeness)")
        for one in start:
            two_ends((one.thing, one.other))
            check_number("likeness", one.likeness, at_least=0, at_most=1)
        said = check_each("statements", self.statements, Statement, "statements as Statement(…)")
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "statements", said)

    def graph(self) -> nx.Graph:
        """Return the graph before the first statement; edges carry their `likeness`."""
        graph = nx.Graph()
        for thing, other, likeness in self.start:
            graph.add_edge(thing, other, likeness=likeness)
        return graph

    @property
    def right(self) -> np.ndarray:
        """Which statements are right, bool [statements]."""
        return np.array([one.right for one in self.statements], dtype=bool)

    @property
    def things(self) -> tuple[str, ...]:
        """Every thing that is known or named, in the order in which it appears."""
        pairs = [(one.thing, one.other) for one in (*self.start, *self.statements)]
        return tuple(dict.fromkeys(thing for pair in pairs for thing in pair))

    def for_page(self) -> dict[str, Any]:
        """Return all that a page needs to grow the graph itself, as JSON can hold it.

        `start` and `statements` hold places of `things` instead of names; `right` and
        `probabilities` stand with each statement.
        """
        place = {thing: at for at, thing in enumerate(self.things)}
        return {
            "name": self.name,
            "things": list(self.things),
            "start": [[place[one.thing], place[one.other], one.likeness] for one in self.start],
            "statements": [
                {
                    "thing": place[one.thing],
                    "other": place[one.other],
                    "likeness": one.likeness,
                    "probabilities": one.probabilities.tolist(),
                    "right": one.right,
                }
                for one in self.statements
            ],
        }


class _Draft(NamedTuple):
    """A truth, and what makes things alike: one vector of length 1 for each thing."""

    truth: nx.Graph
    features: Float[np.ndarray, "things dim"]


def generate(seed: int, *, kind: str | None = None, things: int | None = None) -> World:
    """Draw a world.

    Parameters
    ----------
    seed : int
        The same seed gives the same world.
    kind : {"communities", "hierarchy", "small world"}, optional
        Where not given, worlds of successive seeds take turns.
    things : int, optional
        How many truly exist, 12 or more; 16 to 28 where not given.

    Raises
    ------
    GedigError
        If an option is out of range.

    Examples
    --------
    >>> world = generate(0)
    >>> world.name, len(world.start), len(world.statements), int(world.right.sum())
    ('communities 0', 11, 67, 34)
    """
    seed = check_whole("seed", seed, at_least=0)
    kind = KINDS[seed % len(KINDS)] if kind is None else kind
    check_choice("kind", kind, KINDS)
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    drawn = int(rng.integers(16, 29))
    n = drawn if things is None else check_whole("things", things, at_least=LEAST)
    makers = {"communities": _communities, "hierarchy": _hierarchy, "small world": _small_world}
    draft = makers[kind](n, rng)
    likeness = _Likeness(draft, blur=float(rng.uniform(0.05, 0.25)), rng=rng)
    known = list(nx.bfs_tree(draft.truth, int(rng.integers(n))))[: max(4, round(KNOWN * n))]
    start = list(draft.truth.subgraph(known).edges)
    rest = [edge for edge in draft.truth.edges if not draft.truth.subgraph(known).has_edge(*edge)]
    pairs = [(edge, True) for edge in rest]
    pairs += [(edge, False) for edge in _wrong(draft, len(rest), rng)]
    order = _arrivals([edge for edge, _ in pairs], known, rng)
    return World(
        f"{kind} {seed}",
        tuple(Known(_name(u), _name(v), likeness.of(u, v)) for u, v in start),
        tuple(_statement(*pairs[at], likeness, rng) for at in order),
    )


class _Likeness:
    """How alike two things are said to be: half of 1 + cosine, blurred, from 0 to 1."""

    def __init__(self, draft: _Draft, *, blur: float, rng: np.random.Generator) -> None:
        self.exact = (1 + draft.features @ draft.features.T) / 2
        self._blur, self._rng = blur, rng

    def of(self, u: int, v: int) -> float:
        """Return it for two things; of one that does not exist anything is said."""
        real = max(u, v) < len(self.exact)
        level = float(self.exact[u, v]) if real else float(self._rng.uniform(0.3, 0.9))
        return round(float(np.clip(level + self._rng.normal(0, self._blur), 0, 1)), 3)


def _statement(
    edge: tuple[int, int], right: bool, likeness: _Likeness, rng: np.random.Generator
) -> Statement:
    u, v = edge if rng.random() < 0.5 or max(edge) >= len(likeness.exact) else edge[::-1]
    others = [thing for thing in range(len(likeness.exact)) if thing not in (u, v)]
    chance = likeness.exact[u, others]
    meant = rng.choice(others, OTHERS, replace=False, p=chance / chance.sum())
    alternatives = tuple(likeness.of(u, int(one)) for one in meant)
    return Statement(_name(u), _name(v), likeness.of(u, v), alternatives, right)


def _name(thing: int) -> str:
    return f"t{thing:02d}"


def _wrong(draft: _Draft, right: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Return pairs that are not related: the most alike, things that do not exist, any."""
    n = len(draft.features)
    count = round(right * float(rng.uniform(0.6, 1.6)))
    alike = round(count * float(rng.uniform(0.3, 0.7)))
    ghosts = round(count * GHOSTS)
    pairs = np.array(list(nx.non_edges(draft.truth)))
    cosine = (draft.features[pairs[:, 0]] * draft.features[pairs[:, 1]]).sum(axis=1)
    near = np.argsort(-cosine, kind="stable")[: 2 * alike]
    chosen = rng.choice(near, min(alike, len(near)), replace=False)
    left = np.setdiff1d(np.arange(len(pairs)), chosen)
    wanted = min(len(left), max(0, count - alike - ghosts))
    chosen = np.concatenate([chosen, rng.choice(left, wanted, replace=False)])
    found = [(int(u), int(v)) for u, v in pairs[chosen]]
    return found + [(int(rng.integers(n)), n + ghost) for ghost in range(ghosts)]


def _arrivals(
    pairs: Sequence[tuple[int, int]], known: Sequence[int], rng: np.random.Generator
) -> list[int]:
    """Return an order in which, wherever possible, one of the two was heard of before."""
    heard, waiting, order = set(known), list(range(len(pairs))), []
    while waiting:
        met = [at for at in waiting if heard.intersection(pairs[at])] or waiting
        at = met[int(rng.integers(len(met)))]
        waiting.remove(at)
        heard.update(pairs[at])
        order.append(at)
    return order


def _communities(n: int, rng: np.random.Generator) -> _Draft:
    """Return four groups; within them a third of the pairs are related."""
    group = np.arange(n) * 4 // n
    centres = rng.normal(size=(4, 6))
    features = centres[group] + 0.8 * rng.normal(size=(n, 6))
    truth = nx.empty_graph(n)
    for u, v in nx.non_edges(truth.copy()):
        if group[u] == group[v] and (abs(u - v) == 1 or rng.random() < 1 / 3):
            truth.add_edge(u, v)
    return _finished(truth, features, rng)


def _hierarchy(n: int, rng: np.random.Generator) -> _Draft:
    """Return a tree whose children take after their parents; half of the sisters are related."""
    truth, features = nx.empty_graph(n), rng.normal(size=(n, 6))
    for child in range(1, n):
        parent = (child - 1) // 3
        features[child] = 0.8 * features[parent] + 0.6 * features[child]
        truth.add_edge(parent, child)
        if child % 3 != 1 and rng.random() < 0.5:
            truth.add_edge(child - 1, child)
    return _finished(truth, features, rng)


def _small_world(n: int, rng: np.random.Generator) -> _Draft:
    """Return a ring on which each thing is related to the two next on both sides."""
    angle = 2 * np.pi * np.arange(n) / n
    features = np.stack([np.cos(angle), np.sin(angle), *0.3 * rng.normal(size=(2, n))], axis=1)
    return _finished(nx.circulant_graph(n, [1, 2]), features, rng)


def _finished(truth: nx.Graph, features: np.ndarray, rng: np.random.Generator) -> _Draft:
    """Add the shortcuts, related and unlike: pairs of the less alike half."""
    features = features / np.linalg.norm(features, axis=1, keepdims=True)
    pairs = np.array(list(nx.non_edges(truth)))
    cosine = (features[pairs[:, 0]] * features[pairs[:, 1]]).sum(axis=1)
    far = np.flatnonzero(cosine < np.median(cosine))
    count = max(1, round(UNLIKE * len(truth.edges)))
    truth.add_edges_from(pairs[rng.choice(far, count, replace=False)].tolist())
    return _Draft(truth, features)
