"""The claims of lesson 08 read a saved sweep, in pairs, and wait where there is none."""

import json

import numpy as np
import pytest

from gedig_edu.course import claims
from gedig_edu.course.lessons.l08 import measures, sweep
from gedig_edu.errors import GedigError
from gedig_edu.lab.f_judgement import MARGIN, MOVED
from gedig_edu.lab.f_training import Outcome
from gedig_edu.models import load
from gedig_edu.views.widgets.alpha_sweep import AlphaSweep

GAINS = {("F", 0.0): 0, ("F", 0.001): 0.5, ("F", 0.01): 0.6, ("F", 0.1): -1, ("F", 1.0): -4}
GAINS |= {("entropy", 0.01): 0.6, ("minus_F", 0.01): 0.6, ("random_field", 0.01): 0.6}
GAINS |= {("entropy", 1.0): -5, ("minus_F", 1.0): -8, ("random_field", 1.0): -6}
FALLS = {0.0: 0.0, 0.001: 0.005, 0.01: 0.01, 0.1: 0.02, 1.0: 0.06}
SEEDS = range(1, 8)
SENTENCES = 4_000


def outcome(arm, seed, *, gains=GAINS):
    """Return a made-up run: its seed's level, with so many sentences more or less right."""
    name = sum(map(ord, arm[0])) + int(1000 * arm[1])
    luck, noise = (np.random.default_rng([seed, part]).normal() for part in (0, name))
    right = np.arange(SENTENCES) < round((0.80 + 0.01 * luck) * SENTENCES)
    gain = round((gains[arm] + 0.05 * noise * bool(gains[arm])) * SENTENCES / 100)
    left = np.flatnonzero(right if gain < 0 else ~right)
    right[np.random.default_rng([seed, name]).permutation(left)[: abs(gain)]] = gain > 0
    F = -0.45 + 0.01 * luck - FALLS[arm[1]] + 0.001 * noise * bool(arm[1])
    rest = {"loss": 0.3, "density": 0.1, "entropy": 0.9, "path_gain": 0.4}
    told = {"penalty": arm[0], "alpha": arm[1], "seed": seed, "accuracy": right.mean(), "F": F}
    told["right"] = "".join("01"[int(one)] for one in right)
    return Outcome(**told, **rest, F_layers=(F,), seconds=1.0)


@pytest.fixture
def kept(tmp_path):
    def keep(gains=GAINS, left_out=()):
        runs = [outcome(arm, seed, gains=gains) for arm in gains for seed in SEEDS
                if (arm, seed) not in left_out]  # fmt: skip
        lines = "".join(json.dumps(one.to_dict()) + "\n" for one in runs)
        (tmp_path / sweep.RUNS).write_text(lines)
        told = {"training": {"model": "minilm", "examples": 2000}, "evaluate": {"sentences": 872}}
        (tmp_path / sweep.SETTING).write_text(json.dumps(told | {"when": "2026-11-28T12:00:00"}))
        return tmp_path

    return keep


@pytest.fixture
def found(kept, monkeypatch):
    def verdicts(gains=GAINS):
        folder = kept(gains)
        monkeypatch.setattr(measures, "read_sweep", lambda: sweep.read_sweep(folder))
        listed = [one.id for one in claims.all_claims(["08"]) if one.on == "trainings"]
        return {one.claim.topic: one.verdict.value for one in claims.run(listed)}

    return verdicts


def test_the_rules_read_a_sweep_in_which_weak_helps_a_little(found):
    assert found() == {
        "weak_helps": "holds",
        "strong_harms": "holds",
        "more_than_a_point": "does not hold",
        "f_fell": "holds",
        "controls": "holds",
    }


def test_the_same_rules_come_out_the_other_way(found, monkeypatch):
    monkeypatch.setitem(FALLS, 0.001, -0.005)
    monkeypatch.setitem(FALLS, 0.01, -0.01)
    other = {arm: -gain for arm, gain in GAINS.items()} | {("F", 0.001): -3.0, ("F", 0.01): -3.0}
    told = found(other)
    assert told["weak_helps"] == told["strong_harms"] == told["controls"] == "does not hold"
    assert told["f_fell"] == "does not hold"
    assert told["more_than_a_point"] == "holds"


def test_an_arm_that_lacks_a_seed_is_compared_over_those_it_has(kept):
    few = sweep.read_sweep(kept(left_out={(("entropy", 1.0), 3)}))
    whole = sweep.read_sweep(kept())
    assert len(few.pairs(("F", 1.0), ("entropy", 1.0))) == len(SEEDS) - 1
    assert few.gain(("F", 1.0)) == whole.gain(("F", 1.0))
    shown = few.for_widget()
    assert shown["accuracy"].shape == (8, len(SEEDS))
    assert shown["labels"][5:] == ["entropy\n0.01", "−F\n1", "random\n1"]


def test_an_arm_of_one_seed_waits(kept):
    alone = {(("entropy", 1.0), seed) for seed in SEEDS if seed > 1}
    assert ("entropy", 1.0) not in sweep.read_sweep(kept(left_out=alone)).arms


def test_the_widget_shows_the_arms_in_their_order_with_each_control_at_its_largest_dose(kept):
    arms, about = sweep.saved_arms(kept())
    shown = AlphaSweep(**arms)
    alphas = ["F\n0", "F\n0.001", "F\n0.01", "F\n0.1", "F\n1"]
    assert shown.labels == [*alphas, "entropy\n1", "−F\n1", "random\n1"]
    assert shown.joined == 4
    wanted = [gain for arm, gain in GAINS.items() if arm[0] == "F" or arm[1] == 1]
    assert shown.numbers["gains"] == pytest.approx(wanted, abs=0.1)
    assert "2026-11-28" in about
    assert "gedig-edu train --model minilm" in about


def test_the_widget_has_the_intervals_of_the_claims(kept):
    folder = kept()
    read, (arms, _) = sweep.read_sweep(folder), sweep.saved_arms(folder)
    numbers = AlphaSweep(**arms).numbers
    for place, arm in enumerate([("F", 0.001), ("F", 0.01), ("F", 0.1), ("F", 1.0)], start=1):
        assert numbers["halves"][place] == pytest.approx(read.gain(arm).half)
        assert numbers["halves_90"][place] == pytest.approx(read.gain(arm).half_90)


def test_without_a_sweep_a_claim_waits(tmp_path, monkeypatch):
    def missing():
        return sweep.read_sweep(tmp_path)

    monkeypatch.setattr(measures, "read_sweep", missing)
    with pytest.raises(GedigError, match=r"^No sweep is saved yet"):
        missing()
    for model in (None, load("gpt2-mini")):
        (evidence,) = claims.run(["08.weak_helps"], model)
        assert evidence.verdict.value == "not yet tested"
    assert sweep.saved_arms(tmp_path)[0] == {}


def test_margin_and_least_move_of_the_claims_are_those_of_the_laboratory():
    rules = {one.topic: one.rule for one in claims.all_claims(["08"])}
    assert rules["more_than_a_point"].by == MARGIN
    assert rules["f_fell"].level == MOVED


def test_the_kept_sweep_changes_no_sentence_at_a_weak_dose_and_some_at_the_strongest():
    kept = sweep.read_sweep()
    weak = [arm for arm in kept.arms if arm[1] in (0.001, 0.01)]
    assert len(weak) == 5
    assert not any(kept.changed(arm).any() for arm in weak)
    assert (kept.changed(("F", 1.0)) > 10).all()
    assert not kept.changed(("F", 0.0)).any()


def test_at_the_strongest_dose_entropy_alone_costs_what_f_costs_and_minus_f_lowers_the_loss():
    kept = sweep.read_sweep()
    strong, entropy = ("F", 1.0), ("entropy", 1.0)
    assert len(kept.pairs(strong, entropy)) == 5
    assert kept.gain(strong, entropy).equal_within(MARGIN)
    assert kept.gain(("minus_F", 1.0)).equal_within(MARGIN)
    assert kept.gain(("random_field", 1.0)).equal_within(MARGIN)
    loss, alone, turned = (
        kept.pairs((name, 1.0)).change("loss") for name in ("F", "entropy", "minus_F")
    )
    assert alone.mean / loss.mean == pytest.approx(0.85, abs=0.005)
    assert turned.mean + turned.half < 0
    assert turned.mean == pytest.approx(-0.010, abs=5e-4)
