"""Whatever is handed to the gates, to attention with memory and to what measures them.

Each argument in turn is replaced by things that it cannot be, among things that it can. Either all
is well, and what comes out holds no NaN that its docstring does not name, or one sentence says
what was given and what is wanted.
"""

import numpy as np
import pytest

from gedig_edu.lab import acceptance, growing, memory, recovery, retrieval, worlds
from gedig_edu.models import load
from gedig_edu.theory import dynamics, gates
from gedig_edu.theory.graphs import chain, with_edges
from tests.strange import INF, not_met


class Embeds:
    def embed(self, texts):
        return np.random.default_rng(0).normal(size=(len(texts), 4))


MODEL, LINE = load("gpt2-mini"), chain(4)
JOINED = with_edges(LINE, [(0, 3)])
WORLD = worlds.generate(2, things=12)
SAID, GRAPH = WORLD.statements[0], WORLD.graph()
COUPLED = dynamics.CoupledAttention(places=np.arange(3.0), track=-1.0, rho=0.5, critical=0.1)
SEEN = recovery.simulate(runs=3, steps=6)
FACTS = retrieval.facts()[:3]
RIGHT, TAKEN = np.array([True, False, True]), np.ones((2, 3), dtype=bool)
RETRIEVED = retrieval.Retrieval(RIGHT, np.array([0, 1, 1]), {"likeness": TAKEN}, {})
READ = {"max_hops": 3, "bound": None, "lam": 1.0, "gamma": 0.5, "path": "fixed_pairs"}

# What is called, with what it needs; where NaN may come out, its docstring says so.
CALLS = {
    "gate_readings": (
        gates.gate_readings,
        READ | {"before": LINE, "after": JOINED, "p_before": [0.5, 0.5], "p_after": [1.0, 0.0]},
    ),
    "candidate_readings": (
        gates.candidate_readings,
        READ | {"graph": LINE, "candidates": [(0, 3)], "p_before": [[1.0]], "p_after": [[1.0]]},
    ),
    "candidate_readings of none": (
        gates.candidate_readings, READ | {"graph": LINE, "candidates": []},
    ),
    "CandidateReadings.combine": (
        gates.candidate_readings(LINE, [(0, 3)]).combine, {"lam": 1.0, "gamma": 0.5},
    ),
    "decide": (gates.decide, {"g0": 0.1, "g_min": 0.2, "theta_ag": 0.1, "theta_dg": 0.1}),
    "floating_equilibrium": (
        dynamics.floating_equilibrium, {"x": np.ones((3, 2)), "alpha": 0.5, "normalise": False},
    ),
    "prosody": (dynamics.prosody, {"length": 3, "period": 2, "amplitude": 1.0, "phase": 0.0}),
    "barrier": (dynamics.barrier, {"length": 3, "at": [1], "height": INF}),
    "inference_track": (
        dynamics.inference_track,
        {"places": np.arange(3.0), "visited": np.arange(3.0), "weights": -1.0, "width": 1.0},
    ),
    "carry_over": (
        dynamics.carry_over,
        {"carried": np.zeros(3), "target": np.ones(3), "achieved": np.ones(3), "rho": 0.5},
    ),
    "CoupledAttention": (
        dynamics.CoupledAttention,
        {"places": np.arange(3.0), "prosody": np.zeros(3), "track": 0.0, "width": 1.0,
         "rho": 0.5, "gain": 1.0, "critical": 1.0, "temperature": 1.0},
    ),
    "CoupledAttention.step": (
        COUPLED.step,
        {"scores": np.zeros(3), "memory": COUPLED.start(), "target": np.ones(3) / 3, "rng": None},
    ),
    "CoupledAttention.run": (
        COUPLED.run, {"scores": np.zeros((2, 3)), "target": np.ones(3) / 3, "seed": 0},
    ),
    "feed_forward": (
        dynamics.feed_forward,
        {"x": np.ones(3), "W1": np.ones((5, 3)), "W2": np.ones((3, 5)), "activation": "tanh",
         "residual": True},
    ),
    "Fields": (
        memory.Fields,
        {"prosody": None, "track": 0.0, "width": 0.35, "rho": None, "gain": 1.0, "target": "even",
         "critical": None, "reach": 2, "moved": False},
    ),
    "token_vectors": (memory.token_vectors, {"model": MODEL, "ids": [1, 2]}),
    "divergence": (memory.divergence, {"logits": np.zeros(3), "temperature": 1.0}),
    "recover": (recovery.recover, {"U": SEEN.U, "kernel": SEEN.kernel}),
    "condition_of": (recovery.condition_of, {"design": np.eye(3)}),
    "at_one_step": (recovery.at_one_step, {"kernel": SEEN.kernel}),
    "Recovered.errors": (recovery.recover(SEEN.U, SEEN.kernel).errors, {"runs": SEEN}),
    "Gates": (growing.Gates, {**READ, "theta_ag": 0.8, "theta_dg": 0.0, "entropy": "choice"}),
    "Gates.read": (growing.Gates(entropy="links").read, {"graphs": [GRAPH], "statement": SAID}),
    "probabilities": (
        growing.probabilities, {"graph": GRAPH, "statement": SAID, "entropy": "links"},
    ),
    "grow": (growing.grow, {"world": WORLD, "gates": growing.Gates()}),
    "History.graph": (growing.grow(WORLD, growing.Gates()).graph, {"steps": 3}),
    "accept": (growing.accept, {"graph": GRAPH, "statement": SAID}),
    "Statement": (
        worlds.Statement,
        {"thing": "a", "other": "b", "likeness": 0.5, "alternatives": (0.1,), "right": True},
    ),
    "World": (
        worlds.World,
        {"name": "a", "start": (worlds.Known("a", "b", 0.5),), "statements": (SAID,)},
    ),
    "generate": (worlds.generate, {"seed": 0, "kind": None, "things": 12}),
    "by_gates": (acceptance.by_gates, {"gates": growing.Gates()}),
    "by_first_moment": (acceptance.by_first_moment, {"entropy": "links"}),
    "by_likeness": (acceptance.by_likeness, {"weight": 0.0}),
    "by_common_neighbours": (acceptance.by_common_neighbours, {"kind": "count", "weight": 0.0}),
    "by_efficiency": (acceptance.by_efficiency, {"there_before": False, "weight": 0.0}),
    "by_truth": (acceptance.by_truth, {"graphs": [GRAPH], "statement": SAID}),
    "a score": (acceptance.by_likeness(), {"graphs": [GRAPH], "statement": SAID}),
    "settings_of": (acceptance.settings_of, {"way": "oracle"}),
    "curve": (
        acceptance.curve,
        {"world": WORLD, "score": acceptance.by_likeness(), "thresholds": [0.5, 0.6]},
    ),
    "true_scores": (
        acceptance.true_scores, {"world": WORLD, "score": acceptance.by_likeness()},
    ),
    "area": (acceptance.area, {"right": RIGHT, "taken": TAKEN}),
    "f1": (acceptance.f1, {"precision": np.ones(3), "recall": np.ones(3)}),
    "Fact": (retrieval.Fact, {"about": frozenset("a"), "text": "b"}),
    "Fact.belongs_to": (FACTS[0].belongs_to, {"other": FACTS[1]}),
    "likenesses": (retrieval.likenesses, {"model": Embeds(), "texts": ["a", "b", "c"]}),
    "arrivals": (
        retrieval.arrivals, {"read": FACTS, "alike": np.ones((3, 3)), "order": [0, 2, 1]},
    ),
    "Retrieval.area": (RETRIEVED.area, {"way": "likeness", "facts": None}),
}  # fmt: skip
NAN_IS_NAMED = {
    "write": (memory.write, {"model": MODEL, "prompt": "a", "tokens": 1, "fields": memory.PLAIN}),
    "distinct_pairs": (memory.distinct_pairs, {"tokens": ["a", "b"]}),
    "simulate": (
        recovery.simulate,
        {"runs": 2, "steps": 2, "drive": 0.0, "same_visits": False, "silent": False, "seed": 0},
    ),
    "precision_recall": (acceptance.precision_recall, {"right": RIGHT, "taken": TAKEN}),
    "decide_on_facts": (
        retrieval.decide_on_facts, {"model": Embeds(), "ways": ("oracle",), "seed": 0},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", [*CALLS, *NAN_IS_NAMED])
def test_what_an_argument_cannot_be_is_refused_in_one_sentence(name):
    function, needs = (CALLS | NAN_IS_NAMED)[name]
    assert not_met(function, needs, may_be_nan=name in NAN_IS_NAMED) == []
