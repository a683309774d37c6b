"""A numeric option of theory or lab that gets no number refuses it in one sentence."""

import importlib
import inspect
import math
import pkgutil
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

import gedig_edu.lab
import gedig_edu.theory
from gedig_edu.errors import GedigError
from gedig_edu.lab import (
    acceptance,
    attribution,
    card,
    carriers,
    condensation,
    corpus,
    depth,
    descent,
    energy_block,
    evaluation,
    f_judgement,
    f_sweep,
    f_training,
    fewer_edges,
    first_law,
    flow,
    geometry,
    gradients,
    grokking,
    grokking_mirrors,
    grokking_readings,
    grokking_square,
    grokking_sweep,
    growing,
    head_scales,
    hypotheses,
    live,
    memory,
    nulls,
    patching,
    pretrain,
    recovery,
    removal,
    retrieval,
    settling,
    shortcuts,
    significance,
    small_gpt2,
    soft_gauge,
    specifications,
    statistics,
    streams,
    temperatures,
    texts,
    thermodynamics,
    worlds,
)
from gedig_edu.models import load
from gedig_edu.theory import (
    attention,
    baselines,
    basis,
    comparison,
    dynamics,
    energy,
    gates,
    gauge,
    graphs,
    heads,
    repeats,
    rope,
    soft,
    sparse,
    storage,
    thermo,
    wires,
)
from gedig_edu.theory.shortcuts import growth
from tests.helpers import example_maps

INNER = {"engines"}  # modules that the gauge calls with what it has checked
RECORDS = {  # what functions return, protocols, and steps of a run that has begun
    "evaluation.RepeatedRandom", "gradients.Tower", "live.LiveReading", "texts.ReadText",
    "gates.CandidateReadings", "gates_comparison.Tuned",
    "worlds.Statement", "worlds.Known", "growing.Step",
    "statistics.DeltaSummary", "statistics.PairedEffect", "mixed.Components",
    "significance.ChangePoint", "significance.Equivalence",
    "comparison.Comparison", "attribution.LogitParts",
    "removal.Predicts.losses_without", "streams.AttendsMany.attend_many",
    "streams.TextReading", "pretrain.Run.train",
    "run_progress.Occasions.due", "workers.end_with",
    "passages.Passage", "passages.cut", "runner.Outcome", "runner.Progress", "runner.Worker",
    "runner.measure_part", "engines.Workers", "room.rows_bytes", "room.reading_bytes",
    "room.check_disk", "room.check_memory", "run_folder.RunFolder.missing",
    "run_folder.RunFolder.write_part", "run_folder.RunFolder.finish",
    "classifier.Classifier", "classifier.Classifier.ids", "classifier.open_classifier",
    "f_judgement.way", "block_comparison.trained", "block_comparison.examine",
    "block_comparison.compare", "block_comparison.measure", "head_scales.compare",
    "block_comparison.Arm", "head_scales.measure", "head_scales.Arm",
    "head_scales.text_rows", "head_scales.point_rows",
    "energy_block.EnergyBlock.forward",
    "f_training.Outcome", "grokking_sweep.Run",
    "thermo.boltzmann", "corpus.Batches.batch", "repeats.Difference", "soft.SoftMap",
    "dynamics.Step", "energy.Descent", "projections.Entrance", "settling.EqualDepth",
    "memory.Telling", "recovery.Runs", "recovery.Recovered",
    "gpt2.forward", "gpt2.layer_norm", "gpt2.run",  # a page that leaves checks to the models
}  # fmt: skip
RNG = np.random.default_rng(0)
EVEN = np.full((7, 7), 1 / 7)
X = np.ones((3, 5))
V = np.ones((7, 3))
LINE = graphs.chain(5)
MAPS = example_maps(layers=2, heads=3, length=7)
PAPER = gauge.Gauge.paper()
READ = live.live(MAPS, gauge=PAPER)
WEIGHED = {"lam": 1.0, "gamma": 1.0}
HEAD = {"layer": 0, "head": 0}
RUN = {name: np.ones(9) for name in ("step", "train", "held", "C", "norm")}
GATES = ("g0", "g_min", "theta_ag", "theta_dg")
EIGHT = np.ones((3, 8))
NETWORK = SimpleNamespace(config=SimpleNamespace(n_positions=16, vocab_size=99))
ROUNDING = geometry.RoundingError(np.arange(3.0), np.zeros(3))
ROWS = thermodynamics.Rows(np.zeros((2, 3, 7, 7)), 2.0, np.arange(1, 8))
EDIT = {"before": LINE, "after": graphs.with_edges(LINE, [(0, 3)])}
DECODER = load("gpt2-mini")
SAME = SimpleNamespace(attend_many=lambda texts: [example_maps(layers=3, heads=1, length=4)])
WITHOUT = f_training.Outcome(
    penalty="F", alpha=0.0, seed=0, accuracy=0.8, loss=0.4, right="1", F=-0.4, density=0.1,
    entropy=0.8, path_gain=0.4, F_layers=(-0.4,), seconds=1.0,
)  # fmt: skip
SETTLED = settling.Settling(
    change=np.ones((2, 3)), left=np.ones((3, 3)), entropy=np.ones((3, 3)), loss=np.ones((3, 2))
)
BLOCK, FORESTS = energy_block.EnergyBlock(), energy_block.draw_forests(2, RNG)
THOUGHT = energy_block.think(BLOCK, FORESTS, max_steps=2)
PLAIN = ("int", "float")


def parts_of(annotation):
    return {part.strip() for part in str(annotation).split("|")}


def numeric(function):
    """Return the options of a function that take one number, with what they may be."""
    options = inspect.signature(function).parameters.values()
    kinds = {option.name: parts_of(option.annotation) for option in options}
    return {name: kinds[name] for name in kinds if kinds[name].intersection(PLAIN)}


# Function, what else it needs, and what each option refuses beside what is no number.
CALLS = {
    "attention.ngpt_scores": (attention.ngpt_scores, {"q": X, "k": X}, {"scale": []}),
    "attention.attend": (
        attention.attend, {"scores": EVEN, "v": V}, {"temperature": [0, -1], "potential": []}),
    "attention.attend_cold": (attention.attend_cold, {"scores": EVEN, "v": V}, {"potential": []}),
    "attention.attend_hot": (attention.attend_hot, {"scores": EVEN, "v": V}, {"potential": []}),
    "attention.rbf_kernel": (attention.rbf_kernel, {"x": X, "y": X}, {"width": [0, -1]}),
    "attention.polynomial_kernel": (
        attention.polynomial_kernel, {"x": X, "y": X, "degree": 2}, {"degree": [0], "offset": []}),
    "baselines.random": (baselines.random, {"rng": RNG}, {"length": [0, -1]}),
    "baselines.uniform": (baselines.uniform, {}, {"length": [0, -1]}),
    "baselines.local": (baselines.local, {"length": 5}, {"length": [0], "window": [0, -1, 4]}),
    "baselines.diagonal": (baselines.diagonal, {}, {"length": [0, -1]}),
    "baselines.soft_configuration": (
        baselines.soft_configuration,
        {"edges": np.eye(5, dtype=bool), "rng": RNG, "causal": False}, {"draws": [0, -1]}),
    "baselines.entropy_matched": (
        baselines.entropy_matched, {"length": 7, "entropy": 0.9, "rng": RNG, "causal": False},
        {"length": [0, -1], "entropy": [0, -1, 2]}),
    "baselines.heated": (
        partial(baselines.heated, rng=RNG, powers=[0, 1]), {}, {"length": [0, -1]}),
    "basis.KeyAxes.basis": (basis.key_axes(X).basis, {}, {"evenness": []}),
    "comparison.Comparison.combine": (READ.combine, WEIGHED, {"lam": [], "gamma": []}),
    "comparison.Comparison.edges": (READ.edges, HEAD, {"layer": [2, -1], "head": [3, -1]}),
    "comparison.Comparison.degree": (READ.degree, HEAD, {"layer": [2, -1], "head": [3, -1]}),
    "comparison.draws_for": (comparison.draws_for, {}, {"length": [0, -1]}),
    "comparison.read_baseline": (
        comparison.read_baseline,
        {"name": "random", "maps": MAPS, "gauge": PAPER, "matched": False},
        {"seed": [-1], "draws": [0, -1]}),
    "descent.own_steps": (
        descent.own_steps, {"model": None, "text": "a b"}, {"turns": [0, -1], "seed": [-1]}),
    "descent.rests": (
        descent.rests, {"model": None, "text": "a b"}, {"tol": [-1], "max_steps": [0, -1]}),
    "fewer_edges.strongest": (
        fewer_edges.strongest, {"stream": SimpleNamespace(weights=EVEN), "causal": False},
        {"keys": [0, -1]}),
    "fewer_edges.nearest": (
        fewer_edges.nearest, {"length": 5, "keys": 2, "causal": True},
        {"length": [0, -1], "keys": [1, 0]}),
    "fewer_edges.keys_needed": (
        fewer_edges.keys_needed, {"weights": EVEN}, {"share": [0, 1]}),
    "settling.Settling.depth": (
        SETTLED.depth, {"epsilon": 1}, {"epsilon": [-1], "least": [0, 3]}),
    "settling.at_level": (
        settling.at_level, {"texts": [SETTLED], "epsilon": 1},
        {"epsilon": [-1], "least": [0, 3]}),
    "settling.level_for": (
        settling.level_for, {"texts": [SETTLED], "share": 1},
        {"share": [0, 1.5], "least": [0, 3]}),
    "energy.hopfield_energy": (
        energy.hopfield_energy, {"states": X, "stored": X}, {"beta": [0, -1]}),
    "energy.update": (energy.update, {"states": X, "stored": X}, {"beta": [0, -1]}),
    "energy.descend": (
        energy.descend, {"query": X[0], "stored": X, "beta": 1},
        {"beta": [0, -1], "tol": [-1], "max_steps": [0, -1]}),
    "energy.settle": (
        energy.settle, {"states": X, "stored": X, "beta": 1},
        {"beta": [0, -1], "tol": [-1], "max_steps": [0, -1]}),
    "energy.choose_scale": (energy.choose_scale, {}, {"text_length": [-1]}),
    "sparse.top_edges": (sparse.top_edges, {"scores": EVEN}, {"keys": [0, -1]}),
    "storage.storage": (
        storage.storage, {"dimensions": [8], "counts": [1], "beta": 1},
        {"beta": [0, -1], "flipped": [-0.1, 0.5], "draws": [0, -1], "seed": [-1]}),
    "dynamics.floating_equilibrium": (
        dynamics.floating_equilibrium, {"x": EIGHT}, {"alpha": [0, -1, 1.1]}),
    "dynamics.prosody": (
        dynamics.prosody, {"length": 5, "period": 2},
        {"length": [0, -1], "period": [0, -1], "amplitude": [], "phase": []}),
    "dynamics.barrier": (
        dynamics.barrier, {"length": 5, "at": [0]},
        {"length": [0, -1], "height": [-math.inf, np.ones(2)]}),
    "dynamics.inference_track": (
        dynamics.inference_track, {"places": EIGHT, "visited": EIGHT, "weights": 1, "width": 1},
        {"weights": [EVEN], "width": [0, -1]}),
    "dynamics.carry_over": (
        partial(dynamics.carry_over, V[:, 0], V[:, 0], V[:, 0]), {}, {"rho": [-0.1, 1.1]}),
    "dynamics.CoupledAttention": (
        dynamics.CoupledAttention, {"places": np.arange(3.0)},
        {"track": [], "width": [0, -1], "rho": [-0.1, 1.1], "gain": [], "critical": [-1],
         "temperature": [0, -1]}),
    "dynamics.CoupledAttention.run": (
        dynamics.CoupledAttention(places=np.arange(3.0)).run, {"scores": np.zeros((2, 3))},
        {"seed": [-1]}),
    "gates.gate_readings": (
        gates.gate_readings, EDIT, {"max_hops": [0], "bound": [0, -1], "lam": [], "gamma": []}),
    "gates.candidate_readings": (
        gates.candidate_readings, {"graph": LINE, "candidates": [(0, 3)]},
        {"max_hops": [0], "bound": [0, -1], "lam": [], "gamma": []}),
    "gates.CandidateReadings.combine": (
        gates.candidate_readings(LINE, [(0, 3)]).combine, WEIGHED, {"lam": [], "gamma": []}),
    "gates.decide": (
        gates.decide, dict.fromkeys(GATES, 0), {gate: [] for gate in GATES}),
    "gauge.Gauge": (
        gauge.Gauge, {}, {"lam": [], "gamma": [], "quantile": [0, 1, -1], "threshold": [-1]}),
    "graphs.chain": (graphs.chain, {}, {"n": [0, -1]}),
    "graphs.ring": (graphs.ring, {}, {"n": [0, -1]}),
    "graphs.grid": (graphs.grid, {"n": 2, "m": 3}, {"n": [0], "m": [0, -1]}),
    "graphs.edit_gauge": (
        graphs.edit_gauge, EDIT, {"bound": [0, -1], "lam": [], "gamma": [], "hops": [-1]}),
    "maps.AttentionMaps.place": (MAPS.place, HEAD, {"layer": [2, -1], "head": [3, -1]}),
    "heads.duplicate_score": (heads.duplicate_score, {"weights": EVEN}, {"period": [-1, 1, 7]}),
    "heads.local_score": (
        heads.local_score, {"weights": EVEN, "causal": False}, {"window": [-1, 0, 2]},
    ),
    "heads.head_scores": (heads.head_scores, {"maps": MAPS}, {"period": [-1, 1, 7]}),
    "heads.induction_score": (heads.induction_score, {"weights": EVEN}, {"period": [-1, 1, 7]}),
    "reading.Reading.combine": (READ.real.combine, WEIGHED, {"lam": [], "gamma": []}),
    "repeats.Design": (
        repeats.Design, {"seeds": 3, "effect": 0.0, "spread": 0.5},
        {"seeds": [1, 0], "effect": [], "spread": [0, -1], "shared": [-0.1, 1], "margin": [0, -1]}),
    "repeats.Design.luck": (
        repeats.Design(seeds=3, effect=0.0, spread=0.5).luck, {}, {"gap": []}),
    "repeats.Difference.equal_within": (
        repeats.Difference(0.0, 1.0, 0.5).equal_within, {}, {"margin": [0, -1]}),
    "repeats.critical": (repeats.critical, {}, {"freedom": [0, -1]}),
    "rope.frequencies": (rope.frequencies, {"dim": 6}, {"dim": [0, -2, 5], "base": [0, -1]}),
    "rope.rotate": (
        rope.rotate, {"x": EIGHT, "positions": 1}, {"positions": [], "base": [0, -1]}),
    "rope.relative_scores": (
        rope.relative_scores, {"q": EIGHT, "k": EIGHT, "offsets": 1},
        {"offsets": [], "base": [0, -1]}),
    "shortcuts.growth": (
        growth, {"before": LINE, "edges": [(0, 3)]}, {"bound": [0, -1], "lam": [], "gamma": []}),
    "soft.read_soft": (
        soft.read_soft, {"gauge": gauge.Gauge.released(), "weights": EVEN, "causal": False},
        {"softness": [0, -1, 2], "beta": [0, 1]}),
    "soft.soft_edges": (
        soft.soft_edges,
        {"logs": np.log(EVEN), "seen": EVEN > 0, "wanted": 4.9, "softness": 0.3},
        {"wanted": [0, 49], "softness": [0, -1]}),
    "soft.walks": (soft.walks, {"edges": EVEN, "members": EVEN[0] > 0}, {"beta": [0, -1]}),
    "thermo.Ensemble": (
        thermo.Ensemble, {"energies": EVEN, "temperature": 1.0},
        {"temperature": [0, -1], "axis": [2, -3]}),
    "thermo.entropy_floor": (
        thermo.entropy_floor, {"spread": 1.0, "keys": 7}, {"spread": [-1], "keys": [1, 0]}),
    "wires.with_wire": (
        wires.with_wire, {"r": 1 - np.eye(3), "i": 0, "j": 1}, {"i": [-1, 3], "j": [-1, 3]}),
    "card.measure_card": (
        card.measure_card, {"folder": "none", "held_out": {}, "sentences": []}, {"seed": [-1]}),
    "attribution.logit_parts": (
        partial(attribution.logit_parts, DECODER, "a mill"), {"word": 500, "at": 0},
        {"word": [-1, 99_999], "at": [-1, 9]}),
    "carriers.equal_entropy_parts": (
        carriers.equal_entropy_parts, {"maps": MAPS, "gauge": PAPER}, {"seed": [-1], "draws": [0]}),
    "carriers.standing_still": (
        carriers.standing_still, {"length": 3, "rng": RNG, "causal": True},
        {"length": [0], "back": [-1], "noise": [-1]}),
    "carriers.what_is_left": (
        carriers.what_is_left, {"model": None, "twin": None, "headings": ["a"], "prose": ["b"]},
        {"seed": [-1], "draws": [0]}),
    "condensation.condensate_of": (
        condensation.condensate_of, {"rows": ROWS}, {"least": [-1, 1, 8]}),
    "condensation.critical_spread": (condensation.critical_spread, {}, {"keys": [1, 0]}),
    "condensation.random_condensate": (
        condensation.random_condensate, {"keys": 7, "spreads": np.ones(2)},
        {"keys": [1, 0], "draws": [0], "seed": [-1]}),
    "corpus.read_corpus": (
        corpus.read_corpus, {"folder": "none"}, {"validation_share": [0, 1, -1]}),
    "corpus.train_tokenizer": (corpus.train_tokenizer, {"texts": ["a"]}, {"vocabulary": [0, -1]}),
    "corpus.Batches": (
        corpus.Batches,
        {"tokens": np.arange(99), "context": 7, "rows": 2, "vocabulary": 99},
        {"context": [0], "rows": [0], "vocabulary": [0], "repeated_passages": [-1, 2],
         "seed": [-1]}),
    "depth.depth": (
        depth.depth, {"F": np.ones((2, 3, 1)), "resamples": 3}, {"resamples": [0], "seed": [-1]}),
    "depth.depths": (
        depth.depths,
        {"model": SAME, "twin": SAME, "short": ["a"], "long": ["b"], "resamples": 3},
        {"resamples": [0], "seed": [-1]}),
    "evaluation.bits_per_character": (
        evaluation.bits_per_character, {"model": NETWORK, "tokenizer": None, "text": "a"},
        {"fresh": [0, -1, 17]}),
    "evaluation.repeated_random": (
        evaluation.repeated_random, {"model": NETWORK},
        {"period": [0, -1], "sequences": [0, -1], "seed": [-1]}),
    "flow.walk": (flow.walk, {"weights": np.tile(EVEN, (2, 3, 1, 1))}, {"stays": [-1, 2]}),
    "geometry.moved_by_rounding": (
        geometry.moved_by_rounding,
        {"model": None, "text": "a", "angles": "float64", "vectors": "float64"}, {"shift": []}),
    "geometry.RoundingError.first_above": (ROUNDING.first_above, {}, {"level": []}),
    "geometry.agreement": (
        geometry.agreement, {"first": EVEN, "second": EVEN, "causal": False}, {"least": [1, 8]}),
    "geometry.law_error": (
        geometry.law_error, {"positions": np.arange(3), "angles": "float64", "vectors": "float64"},
        {"offset": [], "dim": [0, -2, 5], "base": [0, -1], "seed": [-1]}),
    "gradients.tower": (
        gradients.tower, {},
        {"depth": [0, -1], "width": [0, -1], "gain": [0, -1], "seed": [-1]}),
    "acceptance.by_likeness": (acceptance.by_likeness, {}, {"weight": []}),
    "acceptance.by_common_neighbours": (acceptance.by_common_neighbours, {}, {"weight": []}),
    "acceptance.by_efficiency": (acceptance.by_efficiency, {}, {"weight": []}),
    "retrieval.decide_on_facts": (
        partial(retrieval.decide_on_facts, None), {}, {"seed": [-1]}),
    "first_law.parted": (
        first_law.parted, {"before": EVEN, "after": EVEN}, {"temperature": [0, -1]}),
    "first_law.first_law": (first_law.first_law, {"energies": [EVEN]}, {"temperature": [0, -1]}),
    "grokking.GrokSetting": (
        grokking.GrokSetting, {},
        {"prime": [1, 200], "share": [0, 1], "terms": [1, 65, 16], "sums": [3, 20_001],
         "weight_decay": [-1], "learning_rate": [0, -1], "momentum": [-1, 1], "width": [0, 6],
         "heads": [0, 3], "steps": [0], "every": [0]}),
    "grokking.Sums.told": (
        grokking.Sums(np.array([[1, 0], [2, 1]]), np.array([1, 0]), 1).told, {},
        {"prime": [0, -1, 2]}),
    "grokking.sums_of": (grokking.sums_of, {"setting": grokking.GrokSetting()}, {"seed": [-1]}),
    "grokking.Training": (
        grokking.Training, {"setting": grokking.GrokSetting(prime=3)}, {"seed": [-1]}),
    "grokking.small": (
        grokking.small, {},
        {"seed": [-1], "prime": [1, 200], "share": [0, 1], "steps": [0, -1]}),
    "grokking_readings.first_at": (
        grokking_readings.first_at, {"points": RUN, "name": "held"}, {"level": []}),
    "grokking_readings.smoothed": (
        grokking_readings.smoothed, {"values": np.ones(9)}, {"share": [-1, 2]}),
    "grokking_readings.summarise": (
        grokking_readings.summarise, {"points": RUN}, {"onset": [-1], "share": [-1, 2]}),
    "grokking_readings.sign_test": (
        grokking_readings.sign_test, {"before": 1, "runs": 2},
        {"before": [-1, 3], "runs": [0, -1]}),
    "grokking_mirrors.turn": (
        grokking_mirrors.turn, {"setting": grokking.GrokSetting(prime=3)}, {"seed": [-1]}),
    "grokking_square.measure_square": (
        grokking_square.measure_square, {"setting": grokking.GrokSetting(prime=3)}, {"seed": [-1]}),
    "grokking_sweep.arms_of": (grokking_sweep.arms_of, {}, {"steps": [0, -1]}),
    "grokking_sweep.jobs_of": (grokking_sweep.jobs_of, {}, {"seeds": [0], "limit": [0, -1]}),
    "growing.Gates": (
        growing.Gates, {},
        {"theta_ag": [], "theta_dg": [], "lam": [], "gamma": [], "max_hops": [0], "bound": [0]}),
    "growing.History.graph": (
        growing.grow(worlds.generate(0), growing.Gates()).graph, {}, {"steps": [-1, 999]}),
    "worlds.generate": (worlds.generate, {"seed": 0}, {"seed": [-1], "things": [11]}),
    "hypotheses.h1_table": (hypotheses.h1_table, {"maps": [MAPS]}, {"seed": [-1]}),
    "texts.live_texts": (
        texts.live_texts,
        {"model": DECODER, "lines": [(1, "a b")], "gauge": PAPER, "left_out": print},
        {"seed": [-1]}),
    "live.LiveReading.hubs": (READ.hubs, HEAD, {"layer": [2, -1], "head": [3, -1]}),
    "live.live": (
        live.live, {"model_or_maps": MAPS, "gauge": PAPER}, {"seed": [-1], "draws": [0, -1]}),
    "memory.Fields": (
        memory.Fields, {},
        {"track": [], "width": [0, -1], "rho": [-1, 2], "gain": [], "critical": [-1],
         "reach": [-1]}),
    "memory.write": (
        memory.write, {"model": DECODER, "prompt": "a mill"} | {"tokens": 1},
        {"tokens": [0, -1], "temperature_sampling": [-1], "seed": [-1]}),
    "memory.divergence": (memory.divergence, {"logits": np.zeros(3)}, {"temperature": [-1]}),
    "pretrain.pretrain": (
        pretrain.pretrain, {"corpus": "none", "out": "none"}, {"checkpoint_every": [0, -1]}),
    "nulls.soft_configuration_excess": (
        nulls.soft_configuration_excess, {"maps": MAPS, "gauge": PAPER},
        {"draws": [0, -1], "refits": [0, -1], "seed": [-1]}),
    "nulls.generations": (
        nulls.generations,
        {"edges": np.eye(5, dtype=bool)[None, None], "causal": False, "path": "chain_gain",
         "rng": RNG, "draws": 2, "refits": 1, "count": 1},
        {"draws": [0, -1], "refits": [0, 3], "count": [0, -1]}),
    "carriers.column_terms": (
        carriers.column_terms, {"lengths": [5], "gauge": PAPER}, {"seed": [-1], "draws": [0]}),
    "patching.repeated_words": (
        patching.repeated_words, {"model": DECODER, "texts": ["a mill"]},
        {"count": [1, 0], "seed": [-1]}),
    "recovery.simulate": (
        recovery.simulate, {}, {"runs": [1, 0], "steps": [1, 0], "drive": [], "seed": [-1]}),
    "removal.spread_heads": (
        removal.spread_heads, {"heads": 2, "layers": 3, "most": 5},
        {"heads": [0], "layers": [0], "most": [0, -1]}),
    "specifications.every_delta": (
        specifications.every_delta, {"model": SAME, "twin": SAME, "texts": {"mine": ["a"]}},
        {"seed": [-1]}),
    "specifications.specifications": (
        specifications.specifications, {"deltas": {"a": np.ones((2, 1, 1))}},
        {"resamples": [0], "seed": [-1]}),
    "statistics.crossed_means": (
        partial(statistics.crossed_means, np.ones((2, 1, 1))), {},
        {"resamples": [0], "seed": [-1]}),
    "statistics.crossed_layers": (
        partial(statistics.crossed_layers, np.ones((2, 1, 1))), {},
        {"resamples": [0], "seed": [-1]}),
    "statistics.resample": (
        statistics.resample, {"texts": 3}, {"texts": [0], "resamples": [0], "seed": [-1]}),
    "significance.change_point": (
        significance.change_point, {"levels": np.arange(9.0)}, {"seed": [-1]}),
    "significance.equivalence": (
        significance.equivalence, {"first": np.arange(5.0), "second": np.arange(5.0)},
        {"margin": [0, -1]}),
    "significance.order_excess": (
        partial(significance.order_excess, np.arange(9.0), significance.largest_gap), {},
        {"seed": [-1]}),
    "significance.orders_of": (
        significance.orders_of, {"layers": 3, "most": 6},
        {"layers": [0, -1], "most": [0, -1], "seed": [-1]}),
    "significance.order_p": (
        partial(significance.order_p, np.arange(9.0), significance.largest_gap), {},
        {"seed": [-1]}),
    "thermodynamics.one_below": (thermodynamics.one_below, {}, {"states": [1, 0, -1]}),
    "thermodynamics.capacity_of_one_below": (
        thermodynamics.capacity_of_one_below, {"temperature": np.ones(1)}, {"states": [1, 0]}),
    "shortcuts.random_growth": (
        shortcuts.random_growth, {"graph": LINE, "draws": 1}, {"draws": [0, -1], "seed": [-1]}),
    "shortcuts.agreement_with_codes": (
        shortcuts.agreement_with_codes, {"draws": 1}, {"draws": [0, -1], "seed": [-1]}),
    "shortcuts.table_moves": (
        shortcuts.table_moves, {"draws": 1}, {"draws": [0, -1], "seed": [-1]}),
    "shortcuts.bits_back": (
        shortcuts.bits_back, {"p": [0.5, 0.5], "count": 9}, {"count": [0, -1], "seed": [-1]}),
    "shortcuts.receive": (
        shortcuts.receive, {"sent": b"sent", "p": [0.5, 0.5], "count": 9}, {"count": [0, -1]}),
    "shortcuts.head_graph": (
        shortcuts.head_graph, {"maps": MAPS, "gauge": PAPER, **HEAD},
        {"layer": [2, -1], "head": [3, -1]}),
    "small_gpt2.PretrainConfig": (
        small_gpt2.PretrainConfig, {},
        {name: [-1] for name in numeric(small_gpt2.PretrainConfig)}),
    "f_judgement.arms": (f_judgement.arms, {"outcomes": [WITHOUT]},
                         {"margin": [0, -1], "chance": [0, -1, 2]}),
    "f_judgement.sentences": (
        f_judgement.sentences, {"table": f_judgement.arms([WITHOUT])}, {"margin": [0, -1]}),
    "f_sweep.jobs_of": (f_sweep.jobs_of, {}, {"seeds": [0, -1], "control_alpha": [-1]}),
    "f_sweep.write_arms": (
        f_sweep.write_arms, {"out": "", "runs": [WITHOUT]}, {"chance": [-1, 2]}),
    "f_sweep.sweep": (
        f_sweep.sweep,
        {"setting": None, "train": None, "evaluate": None, "out": "", "jobs": []},
        {"workers": [0, -1]}),
    "f_training.TrainingSetting": (
        f_training.TrainingSetting, {},
        {"examples": [0], "evaluation": [0], "epochs": [0], "rows": [0], "most_tokens": [0],
         "learning_rate": [0, -1], "softness": [0, 2], "beta": [0, -1]}),
    "f_training.train_one": (
        f_training.train_one,
        {"setting": None, "train": None, "evaluate": None, "alpha": 0.1, "seed": 0},
        {"alpha": [-1], "seed": [-1]}),
    "soft_gauge.soft_read": (
        soft_gauge.soft_read, {"gauge": PAPER, "weights": EVEN, "causal": False},
        {"softness": [0, 2], "beta": [0, -1]}),
    "small_gpt2.PretrainConfig.rate": (small_gpt2.PretrainConfig().rate, {}, {"step": [-1]}),
    "streams.read_stream": (
        streams.read_stream, {"gauge": PAPER, "model": None, "texts": []},
        {"batch_size": [0, -1], "ahead": [0, -1]}),
    "temperatures.heat": (
        temperatures.heat, {"model": None, "texts": ["a"], "prompt": "a", "temperatures": [1.0]},
        {"tokens": [0, -1]}),
    "energy_block.draw_forests": (
        energy_block.draw_forests, {"graphs": 1, "rng": RNG}, {"graphs": [0, -1], "depth": [0, 8]}),
    "energy_block.Thought.steps": (THOUGHT.steps, {}, {"tol": [0, -1]}),
    "energy_block.think": (
        energy_block.think, {"block": BLOCK, "forests": FORESTS}, {"max_steps": [0, -1]}),
    "energy_block.train_block": (
        energy_block.train_block, {"block": BLOCK, "seed": 0, "batches": 1, "steps": (1, 1)},
        {"seed": [-1], "batches": [0, -1], "rate": [0, -1], "graphs": [0, -1]}),
    "head_scales.Heads": (
        head_scales.Heads, {"directions": 1, "temperatures": "one"},
        {"directions": [0, 5], "width": [0, -1, 7], "heads": [0, -1]}),
    "head_scales.train_heads": (
        head_scales.train_heads, {"arm": "one", "task": "circle", "seed": 0},
        {"seed": [-1], "batches": [0, -1]}),
    "thermodynamics.Rows.at": (ROWS.at, {}, {"heat": [0, -1]}),
    "thermodynamics.Rows.over_heat": (
        ROWS.over_heat, {"heats": np.ones(1)}, {"least": [-1, 8]}),
    "thermodynamics.Rows.peak": (ROWS.peak, {}, {"least": [-1, 8]}),
    "thermodynamics.capacity_bound": (thermodynamics.capacity_bound, {}, {"states": [0, -1]}),
}  # fmt: skip


def unfit(kinds, further):
    """Return what is no number for an option of these kinds, then what is out of its range."""
    array = any("[" in kind for kind in kinds)
    strange = ["3", "three", math.nan] + ([] if array else [True, [1.0], math.inf])
    strange += [] if array or "None" in kinds else [None]
    return [*strange, *([] if array or "int" not in kinds else [1.5]), *further]


OPTIONS = [(name, option) for name, (one, _, _) in CALLS.items() for option in numeric(one)]


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_what_is_no_number_for_an_option_is_refused_in_one_sentence(name, option):
    function, needs, further = CALLS[name]
    for value in unfit(numeric(function)[option], further[option]):
        with pytest.raises(GedigError, match="give") as refusal:
            function(**needs | {option: value})
        assert str(refusal.value).endswith(".")


def public_with_numbers():
    """Yield the name of every public function, class and method that takes a number."""
    for package in (gedig_edu.theory, gedig_edu.lab):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            short = found.name.rsplit(".", 1)[-1]
            if short.startswith("_") or short in INNER:
                continue
            module = importlib.import_module(found.name)
            for name, thing in vars(module).items():
                if name.startswith("_") or getattr(thing, "__module__", "") != found.name:
                    continue
                if inspect.isfunction(thing) or inspect.isclass(thing):
                    yield f"{short}.{name}", thing
                if inspect.isclass(thing):
                    methods = {k: v for k, v in vars(thing).items() if inspect.isfunction(v)}
                    yield from (
                        (f"{short}.{name}.{method}", function)
                        for method, function in methods.items()
                        if not method.startswith("_")
                    )


def test_no_numeric_option_is_left_out():
    taking = {name for name, thing in public_with_numbers() if numeric(thing)}
    assert taking - RECORDS == set(CALLS)


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (partial(small_gpt2.PretrainConfig, layers=2.0), "layers"),
        (partial(f_training.TrainingSetting, epochs=2.0), "epochs"),
        (partial(f_training.TrainingSetting, evaluation=2.0), "evaluation"),
        (partial(growing.Gates, max_hops=2.0), "max_hops"),
        (partial(memory.Fields, reach=2.0), "reach"),
        (partial(repeats.Design, seeds=2.0, effect=0.0, spread=0.5), "seeds"),
    ],
)
def test_a_whole_number_that_comes_as_a_float_is_kept_as_one(made, name):
    assert type(getattr(made(), name)) is int


def test_a_period_may_come_as_a_float():
    assert np.array_equal(
        heads.head_scores(MAPS, period=2.0)["induction"],
        heads.head_scores(MAPS, period=2)["induction"],
    )
