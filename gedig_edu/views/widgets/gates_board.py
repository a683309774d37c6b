"""A board on which a graph grows: statements arrive, and two gates say what is let in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
import traitlets

from gedig_edu.errors import GedigError
from gedig_edu.theory.gates import CandidateReadings, candidate_readings, decide
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.graph_edit import pairs_of
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Kept, Numbers, Place, Whole, finite
from gedig_edu.words import section

LOW, HIGH = -1.0, 3.0  # of both thresholds
SHARPNESS = 0.1  # of likeness, as a temperature, where it becomes a probability
KNOWN = ((0, 1), (3, 4), (5, 7), (5, 6), (9, 10))
HEARD = (
    (2, 1, True, 0.81, 0.82, 0.68, 0.77),
    (11, 10, True, 0.95, 0.87, 0.93, 0.68),
    (0, 9, False, 0.95, 0.87, 0.92, 0.83),
    (2, 0, True, 0.77, 0.77, 0.81, 0.83),
    (8, 7, True, 0.84, 0.38, 0.76, 0.57),
    (4, 7, False, 0.67, 0.23, 0.8, 0.58),
    (12, 11, True, 0.93, 0.83, 0.85, 0.75),
    (1, 10, False, 0.97, 0.97, 0.66, 0.88),
    (6, 7, True, 0.6, 0.75, 0.67, 0.63),
    (3, 2, True, 0.58, 0.57, 0.8, 0.45),
    (13, 3, False, 0.87, 0.35, 0.7, 0.42),
    (10, 12, True, 0.88, 0.95, 0.97, 0.27),
    (8, 5, True, 0.79, 0.76, 0.84, 0.57),
    (2, 6, False, 0.68, 0.83, 0.81, 0.82),
    (11, 9, True, 0.92, 0.87, 0.93, 0.95),
    (4, 0, True, 0.22, 0.8, 0.23, 0.45),
    (6, 11, False, 0.68, 0.68, 0.66, 0.6),
    (8, 6, True, 0.76, 0.84, 0.51, 0.42),
    (1, 3, True, 0.39, 0.97, 0.81, 0.94),
    (5, 4, False, 0.58, 0.92, 0.79, 0.37),
    (12, 0, False, 0.83, 0.93, 0.75, 0.88),
    (9, 12, True, 0.85, 0.97, 0.92, 0.78),
    (1, 4, True, 0.26, 0.88, 0.97, 0.97),
    (13, 0, False, 0.48, 0.48, 0.42, 0.87),
    (3, 8, False, 0.57, 0.37, 0.8, 0.45),
    (4, 2, True, 0.45, 0.8, 0.67, 0.38),
    (0, 10, False, 0.92, 0.94, 0.87, 0.83),
    (0, 3, True, 0.35, 0.83, 0.94, 0.87),
)
"""Places of two animals, whether they are of one kind, their likeness and that of three others."""


class _Said(NamedTuple):
    """A statement: places of two things, their likeness, whether it is true, and candidates."""

    thing: int
    other: int
    likeness: float
    right: bool
    probabilities: list[float]


class GatesBoard(Hero):
    """Step through statements, move the gates, and ask about a pair of your own.

    Parameters
    ----------
    world : mapping, optional
        As `gedig_edu.lab.worlds.World.for_page` gives it: ``things``, ``start`` and
        ``statements``, each with ``thing``, ``other``, ``likeness``, ``probabilities`` and
        ``right``. Thirteen animals and a unicorn where not given: which are of one kind?
    **traits
        `step`, the statement that has come; `theta_ag`, `theta_dg`, −1 to 3; `lam`, `gamma`, 0 to
        2; `efficiency`, the path term as global efficiency; `choice`, whether the entropy of what
        could be meant counts; `truth`, whether it is shown what is true; `own`, a pair of places
        to ask about, or none.

    Raises
    ------
    GedigError
        If the world has fewer than two things, no statement, or statements with unlike numbers of
        candidates, or a place is none of its things.

    Examples
    --------
    >>> board = GatesBoard(step=10)
    >>> board.numbers["a"], board.numbers["b"], board.numbers["outcome"]
    ('unicorn', 'mouse', 'accept')
    """

    _css = styles("kit/frame.css", "graph_edit.css", "gates_board.css")
    script = "gates_board.js"
    state = (
        "things", "known", "heard", "step", "theta_ag", "theta_dg", "lam", "gamma", "efficiency",
        "choice", "truth", "chosen", "own",
    )  # fmt: skip
    given = ("things", "known", "heard")
    controls = (
        Control("truth", "toggle", under="graph"),
        Control("lam", "slider", 0, 2, 0.05, under="gates"),
        Control("gamma", "slider", 0, 2, 0.05, under="gates"),
        Control("efficiency", "toggle", under="gates"),
        Control("choice", "toggle", under="gates"),
        Control("step", "whole", 0, len(HEARD) - 1, under="order"),
    )
    readouts = ("entropy", "path", "accepted:whole", "precision:percent", "recall:percent")

    things = Kept(traitlets.Unicode()).tag(sync=True)
    known = Numbers(None, 2).tag(sync=True)
    heard = Numbers(None, None).tag(sync=True)
    step = Place("heard", kind="statement").tag(sync=True)
    theta_ag = Finite(1.8, min=LOW, max=HIGH).tag(sync=True)
    theta_dg = Finite(0.8, min=LOW, max=HIGH).tag(sync=True)
    lam = Finite(1.0, min=0.0, max=2.0).tag(sync=True)
    gamma = Finite(0.5, min=0.0, max=2.0).tag(sync=True)
    efficiency = traitlets.Bool(False).tag(sync=True)
    choice = traitlets.Bool(True).tag(sync=True)
    truth = traitlets.Bool(False).tag(sync=True)
    chosen = Whole(-1, min=-1).tag(sync=True)
    own = traitlets.List().tag(sync=True)

    def __init__(self, world: Mapping[str, Any] | None = None, **traits: Any) -> None:
        things, known, heard = _animals() if world is None else _tables(world)
        start = {"things": things, "known": known, "heard": heard, "step": min(8, len(heard) - 1)}
        super().__init__(**start | traits)

    @traitlets.validate("known", "heard")
    def _check_places(self, proposal: Any) -> list[list[float]]:
        name, rows = proposal["trait"].name, proposal["value"]
        pairs_of(name, [row[:2] for row in rows], len(self.things))
        return rows

    @traitlets.validate("own")
    def _check_own(self, proposal: Any) -> list[int]:
        pair = proposal["value"]
        if pair:
            pairs_of("own", [pair], len(self.things))
        return list(pair)

    @traitlets.validate("chosen")
    def _check_chosen(self, proposal: Any) -> int:
        if proposal["value"] >= len(self.things):
            raise GedigError(
                f"chosen={proposal['value']!r} is no thing; choose 0 to {len(self.things) - 1}."
            )
        return proposal["value"]

    @property
    def numbers(self) -> dict[str, Any]:
        """What the gates read of the pair in question, and what became of all statements."""
        said = [_said(row) for row in self.heard]
        graph, outcomes, at_step = self._graph(), [], nx.Graph()
        for place, one in enumerate(said):
            if place == self.step:
                at_step = graph.copy()
            outcomes.append(self._outcome(self._read(graph, one.thing, one.other, one)))
            if outcomes[-1] == "accept":
                graph.add_edge(one.thing, one.other)
        now = said[self.step]
        u, v = self.own or (now.thing, now.other)
        read = self._read(at_step, u, v, None if self.own else now)
        return plain(
            {
                "outcome": self._outcome(read),
                "F": read.F[0],
                "g0": read.g0[0],
                "g_min": read.g_min[0],
                "entropy": read.entropy[0],
                "path": read.path[0, -1],
                "joins": _joins(at_step, u, v),
                "a": self.things[u],
                "b": self.things[v],
                "number": self.step + 1,
                "count": len(said),
                **_counts(said, outcomes),
                "outcomes": outcomes,
                "message": "sentence_own" if self.own else "sentence",
            }
        )

    def _graph(self) -> nx.Graph:
        return nx.Graph([(int(u), int(v)) for u, v in self.known])

    def _read(self, graph: nx.Graph, u: int, v: int, said: _Said | None) -> CandidateReadings:
        """Return what the gates read of a pair; what nobody has said could mean nothing else."""
        p = np.array(said.probabilities if said and self.choice else [1.0])
        return candidate_readings(
            graph,
            [(u, v)],
            p_before=[p],
            p_after=[np.eye(len(p))[0]],
            lam=self.lam,
            gamma=self.gamma,
            path="global_efficiency" if self.efficiency else "fixed_pairs",
        )

    def _outcome(self, read: CandidateReadings) -> str:
        g0, g_min = float(read.g0[0]), float(read.g_min[0])
        return decide(g0, g_min, theta_ag=self.theta_ag, theta_dg=self.theta_dg)

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield the ends of every control and threshold, and pairs of one's own."""
        yield from super().extremes()
        for name in ("theta_ag", "theta_dg"):
            yield from ((name, end) for end in (LOW, HIGH))
        yield "theta_dg", 0.8
        yield from (("lam", 1.0), ("gamma", 0.5), ("chosen", 3), ("step", 9))
        for efficiency in (False, True):
            yield "efficiency", efficiency
            yield from (("own", pair) for pair in ([0, 5], [0, 1], [0, 13], [0, 2], []))


def _said(row: Sequence[float]) -> _Said:
    thing, other, likeness, right, *probabilities = row
    return _Said(int(thing), int(other), likeness, bool(right), probabilities)


def _counts(said: Sequence[_Said], outcomes: Sequence[str]) -> dict[str, Any]:
    """Return how many statements came to what, and precision and recall where there are any."""
    right = sum(one.right and out == "accept" for one, out in zip(said, outcomes, strict=True))
    accepted, truth = outcomes.count("accept"), sum(one.right for one in said)
    return {
        "accepted": accepted,
        "explored": outcomes.count("explore"),
        "rejected": outcomes.count("reject"),
        "right": right,
        "precision": right / accepted if accepted else None,
        "recall": right / truth if truth else None,
    }


def _joins(graph: nx.Graph, u: int, v: int) -> str:
    """Return what an edge would join: the id of a word."""
    if u not in graph or v not in graph:
        return "new"
    if graph.has_edge(u, v):
        return "known"
    return "inside" if nx.has_path(graph, u, v) else "bridge"


def _tables(world: Mapping[str, Any]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return a world as the page holds it: things, edges known, and one row for each statement."""
    things, said = list(world["things"]), world["statements"]
    candidates = {len(one["probabilities"]) for one in said}
    if len(things) < 2 or len(candidates) != 1:
        raise GedigError(
            f"The world has {len(things)} things and statements with {sorted(candidates)} "
            "candidates; give two things or more and as many candidates for every statement."
        )
    rows = [
        [one["thing"], one["other"], one["likeness"], one["right"], *one["probabilities"]]
        for one in said
    ]
    known = [[u, v] for u, v, *_ in world["start"]]
    return things, finite("known", known, (None, 2)), finite("heard", rows, (None, None))


def _animals() -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return the board that needs no world: who of the animals is of one kind."""
    table = np.array(HEARD, dtype=float)
    likeness = table[:, 3:]
    weights = np.exp(likeness / SHARPNESS)
    p = weights / weights.sum(axis=1, keepdims=True)
    heard = np.hstack([table[:, :2], likeness[:, :1], table[:, 2:3], p])
    names = [*section("widgets.gates_board.animal").values()]
    return names, np.array(KNOWN, dtype=float), heard
