"""The small reader of sums, its runs in a folder, and what is read of them."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_limits

from gedig_edu.errors import GedigError
from gedig_edu.lab import grokking_sweep
from gedig_edu.lab.grokking import GrokSetting, Training, small, sums_of
from gedig_edu.lab.grokking_readings import (
    by_definition,
    first_at,
    leaps,
    sign_test,
    smoothed,
    stumbles,
    summarise,
    table,
)
from gedig_edu.lab.grokking_sweep import ARMS, Arm, Job, Run, jobs_of, read_run, sweep
from gedig_edu.lab.thermodynamics import capacity_bound
from gedig_edu.theory.thermo import Ensemble

SMALL = GrokSetting(prime=5, share=0.6, width=8, heads=2, steps=60, every=5)
LONG = replace(SMALL, terms=6, sums=40)
THREE_STATES = 0.762


def test_the_answers_are_the_sums_and_shuffled_ones_are_dealt_out_again():
    sums = sums_of(SMALL, 3)
    assert (sums.rows.sum(axis=1) % 5 == sums.answers).all()
    assert len({tuple(row) for row in sums.rows.tolist()}) == 25
    dealt = sums_of(replace(SMALL, labels="shuffled"), 3)
    assert (dealt.rows == sums.rows).all()
    assert (dealt.answers != sums.answers).any()
    assert sorted(dealt.answers) == sorted(sums.answers)


def test_only_sums_of_two_make_a_square():
    three = sums_of(GrokSetting(prime=5, terms=3, sums=8), 0)
    with pytest.raises(GedigError, match="have 3 terms and make no square; give sums of two"):
        three.told(5)


def test_sums_of_many_terms_are_all_different():
    rows = sums_of(LONG, 0).rows
    assert rows.shape == (40, 6)
    assert len({tuple(row) for row in rows.tolist()}) == 40


def test_the_small_training_computes_in_one_thread_and_leaves_the_others_theirs():
    def of_three():
        torch.get_num_threads()
        threadpool_limits(3, user_api="openmp")
        return torch.get_num_threads()

    seen = set()
    with ThreadPoolExecutor(1) as own, ThreadPoolExecutor(1) as other:
        assert own.submit(of_three).result() == other.submit(of_three).result() == 3

        def told(_point):
            seen.add((torch.get_num_threads(), other.submit(torch.get_num_threads).result()))

        own.submit(small, prime=5, steps=20, told=told).result()
        assert own.submit(torch.get_num_threads).result() == 3
    assert seen == {(1, 3)}


@pytest.mark.parametrize("setting", [SMALL, LONG], ids=["pairs", "long"])
def test_a_reading_is_that_of_whole_attention_at_the_last_place(setting):
    run = Training(setting, 2)
    for _ in range(3):
        run._learn()
    point, scores = run.read()
    w = {name: one.detach().double() for name, one in run.weights.items()}
    rows = torch.as_tensor(run.sums.rows)
    tokens = torch.cat([rows, torch.full((len(rows), 1), setting.prime)], dim=1)
    x = w["tokens"][tokens] + w["places"]  # every place has a state, and asks
    split = (*x.shape[:2], setting.heads, -1)
    q, k, v = ((x @ w[name]).view(split).transpose(1, 2) for name in ("query", "key", "value"))
    S = q @ k.transpose(-1, -2) / 2  # √d of a head is 2
    mixed = (S.softmax(dim=-1) @ v).transpose(1, 2).flatten(2) @ w["out"]
    state = (x + mixed)[:, -1]
    hidden = torch.relu(state @ w["up"] + w["up_bias"]) @ w["down"] + w["down_bias"]
    logits = (state + hidden) @ w["answer"]
    answers, cut = torch.as_tensor(run.sums.answers), run.sums.train
    loss = torch.nn.functional.cross_entropy(logits, answers, reduction="none")
    assert point.train_loss == pytest.approx(float(loss[:cut].mean()), rel=1e-5)
    assert point.held_loss == pytest.approx(float(loss[cut:].mean()), rel=1e-5)
    last = S[:, :, -1].numpy()  # [sums, heads, places]
    assert np.abs(run.sums.scores(scores) - last).max() < 1e-5
    whole = Ensemble(-2 * last, 2.0)
    assert pytest.approx(whole.heat_capacity.mean(), rel=1e-4) == point.C
    assert point.entropy == pytest.approx(whole.entropy.mean(), rel=1e-4)


def test_a_row_of_three_cannot_have_a_heat_capacity_that_diverges():
    run = Training(replace(SMALL, steps=200), 0)
    for point, scores in run.points():
        C = Ensemble(-run.sums.scores(scores), 1.0).heat_capacity
        assert C.max() <= THREE_STATES < capacity_bound(3)
        assert C.max() + 1e-6 >= point.C


def test_a_long_row_stays_under_its_bound():
    run = Training(LONG, 0)
    for _, scores in run.points():
        assert (Ensemble(-run.sums.scores(scores), 1.0).heat_capacity <= capacity_bound(7)).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"prime": 1},
        {"share": 0.0},
        {"share": 1.0},
        {"terms": 16},
        {"labels": "none"},
        {"width": 10, "heads": 4},
        {"steps": 0},
        {"weight_decay": -1},
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_trained_is_refused(wrong):
    with pytest.raises(GedigError):
        GrokSetting(**wrong)


def test_a_run_that_is_taken_up_again_is_the_unbroken_one():
    whole = [point for point, _ in Training(SMALL, 1).points()]
    first, found = Training(SMALL, 1), []
    for point, _ in first.points():
        found.append(point)
        if point.step == 30:
            break
    second = Training(SMALL, 1)
    second.take_up(first.state())
    found += [point for point, _ in second.points()][1:]
    assert found == whole


KILLED = """
import sys, os, signal
from pathlib import Path
from gedig_edu.lab import grokking_sweep
from tests.lab.test_grokking import jobs
grokking_sweep.KEPT_AFTER = 3
def step(job, point):
    if (job.seed, point.step) == (2, 40):
        os.kill(os.getpid(), signal.SIGKILL)
grokking_sweep.sweep(jobs(), Path(sys.argv[1]), step=step)
"""


def jobs():
    return jobs_of([Arm("plain", SMALL, 3)])


def test_a_sweep_that_is_killed_loses_and_doubles_nothing(tmp_path):
    root = str(Path(__file__).parents[2])
    whole = [sys.executable, "-c", KILLED, str(tmp_path / "one")]
    ended = subprocess.run(whole, env=os.environ | {"PYTHONPATH": root}, check=False, timeout=120)
    assert ended.returncode == -signal.SIGKILL
    there = {path.name for path in (tmp_path / "one" / "runs").iterdir()}
    assert there == {"plain-01.npz", "plain-02.state"}
    begun, done = [], []
    files = sweep(
        jobs(),
        tmp_path / "one",
        told=lambda run, at, of: done.append((run.seed, at, of)),
        step=lambda job, point: begun.append((job.seed, point.step)),
    )
    assert done == [(2, 2, 3), (3, 3, 3)]
    assert min(begun) == (2, 30)  # after 25, where it was last written down
    unbroken = sweep(jobs(), tmp_path / "two")
    assert [path.name for path in files] == [path.name for path in unbroken]
    for one, other in zip(map(read_run, files), map(read_run, unbroken), strict=True):
        assert all((one.points[name] == other.points[name]).all() for name in one.points)
        assert (one.scores == other.scores).all()
        assert one.points["step"].tolist() == list(range(0, 61, 5))


def test_a_folder_of_other_arms_is_refused(tmp_path):
    arms = [Arm("plain", replace(SMALL, steps=5), 1)]
    sweep(jobs_of(arms), tmp_path / "out", arms=arms)
    with pytest.raises(GedigError, match=r"arms\.plain\.prime=5, and 7"):
        sweep([], tmp_path / "out", arms=[Arm("plain", replace(SMALL, steps=5, prime=7), 1)])


def test_a_damaged_run_is_refused_with_what_to_do(tmp_path):
    (path,) = sweep([Job("plain", replace(SMALL, steps=5), 1)], tmp_path / "out")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(GedigError, match="is done again"):
        read_run(path)


def test_a_damaged_run_under_way_is_refused_with_what_to_do(tmp_path, monkeypatch):
    job = Job("plain", replace(SMALL, steps=30), 1)
    monkeypatch.setattr(grokking_sweep, "KEPT_AFTER", 2)

    def stop(_, point):
        if point.step == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep([job], tmp_path / "out", step=stop)
    state = tmp_path / "out" / "runs" / f"{job.file}.state"
    whole = state.read_bytes()
    for damaged in (whole[:100], whole[: len(whole) // 2], b"", b"no run", whole[:-30]):
        state.write_bytes(damaged)
        with pytest.raises(GedigError, match="is begun again"):
            sweep([job], tmp_path / "out")
    torch.save({"setting": 1}, state)
    assert sweep([job], tmp_path / "out")  # of another setting, so it is begun anew


def test_runs_are_chosen_by_prime_by_seed_and_by_number():
    assert {job.setting.prime for job in jobs_of(primes=[31, 41])} == {31, 41}
    assert max(job.seed for job in jobs_of(seeds=2)) == 2
    assert jobs_of(limit=3) == jobs_of()[:3]
    with pytest.raises(GedigError, match="3, 31, 41, 47, 53, 67"):
        jobs_of(primes=[43])


def made(peak, onset, *, length=1000, arm="plain", seed=1):
    """Return a run whose C is a bump and whose held-back sums turn right at once."""
    step = np.arange(0, length, 10)
    points = {"step": step, "train": (step >= 50).astype(float)}
    points["held"] = (step >= onset).astype(float)
    points["C"] = 0.1 + np.exp(-(((step - peak) / 60.0) ** 2))
    points["norm"] = 40.0 - step / 100
    points["held_loss"] = 5.0 - points["held"]
    points["train_loss"] = np.where(step == peak, 1e-2, 1e-6)
    return Run(arm, GrokSetting(), seed, points, np.zeros((len(step), 1, 2, 3)), 1.0)


@pytest.mark.parametrize(("peak", "before"), [(300, True), (500, False)])
def test_a_peak_is_found_where_it_was_put(peak, before):
    found = summarise(made(peak, 400).points)
    assert (found.memorised, found.onset, found.last) == (50, 400, 800)
    assert abs(found.peak - peak) <= 10
    assert found.before is before
    assert found.norm_before
    assert found.rise > 5


def test_the_window_ends_at_twice_the_onset_and_begins_at_memorisation():
    late = made(900, 300)  # its peak lies behind the window
    assert summarise(late.points).peak == 600
    assert summarise(late.points, ends="run").peak == pytest.approx(900, abs=10)
    early = made(0, 300)
    assert summarise(early.points).peak == 50


def test_a_run_that_never_generalises_takes_the_window_of_its_seed_or_of_its_kind():
    never = {"length": 1000, "arm": "no_decay"}
    runs = [made(500, 400, seed=1), made(500, 300, seed=2)]
    runs += [made(200, 10**6, seed=seed, **never) for seed in (1, 2, 3)]
    found = table(runs)
    assert found["last"].tolist() == [800, 600, 800, 600, 700]
    assert not found["before"].any()
    assert found["onset"].isna().tolist() == [False, False, True, True, True]


def test_the_peak_before_all_is_right_has_a_window_of_its_own():
    run = made(900, 300)
    run.points["held"] = np.clip(run.points["step"] / 600, 0, 1)  # 99 % at 600
    (row,) = table([run]).to_dict("records")
    assert (row["peak"], row["generalised"]) == (600, 600)
    assert row["whole_peak"] == pytest.approx(900, abs=10)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda run: summarise({name: of[:0] for name, of in run.items()}), "without readings"),
        (lambda run: summarise(run, ends="zzz"), "ends='zzz'"),
        (lambda run: first_at(run, "right", 0.5), "name='right'"),
    ],
    ids=["no readings", "ends", "name"],
)
def test_what_a_run_cannot_say_is_refused(asked, said):
    with pytest.raises(GedigError, match=said):
        asked(made(500, 400).points)


def test_nothing_leaps_in_a_run_that_never_learned():
    run = made(500, 400)
    run.points["train"] = np.zeros(100)
    assert len(leaps(run.points)) == len(stumbles(run.points)) == 0


def test_width_early_values_and_leaps_are_read_of_a_run():
    run = made(300, 500)
    held = np.clip((run.points["step"] - 300) / 400, 0, 1)  # a quarter at 400, 3/4 at 600
    run.points["held"] = held
    (row,) = table([run]).to_dict("records")
    assert row["width"] == pytest.approx(200 / 500)
    assert row["norm_early"] == pytest.approx(37.0)
    assert row["C_early"] == pytest.approx(1.1, abs=0.02)
    assert (row["leaps"], row["stumbles"], row["leaps_at"]) == (1, 1, 1)
    run.points["train_loss"] = np.full(100, 1e-6)
    (row,) = table([run]).to_dict("records")
    assert (row["leaps"], row["stumbles"], row["leaps_at"]) == (1, 0, 0)


def test_a_run_that_generalises_before_it_has_learned_all_has_no_peak():
    run = made(500, 20)
    found = summarise(run.points | {"train": (run.points["step"] >= 300).astype(float)})
    assert (found.memorised, found.onset, found.last) == (300, 20, 40)
    assert np.isnan(found.peak)
    assert not found.before


def test_a_run_that_never_learned_has_no_peak():
    run = made(500, 400)
    found = summarise(run.points | {"train": np.zeros(100)})
    assert np.isnan(found.peak)
    assert np.isnan(found.memorised)
    assert found.onset == 400
    assert not found.before


def test_smoothing_keeps_a_constant_and_a_line_inside():
    assert smoothed(np.full(50, 0.3), 0.1) == pytest.approx(0.3)
    line = np.arange(50.0)
    assert smoothed(line, 0.1)[5:-5] == pytest.approx(line[5:-5])
    assert (smoothed(line, 0.0) == line).all()


def test_the_sign_test_is_that_of_a_coin():
    assert sign_test(10, 12) == pytest.approx(79 / 4096)
    assert sign_test(0, 12) == 1
    with pytest.raises(GedigError):
        sign_test(13, 12)


def test_every_definition_of_a_peak_is_counted_over_all_runs():
    found = by_definition([made(300, 400), made(500, 400)])
    assert set(found["runs"]) == {2}
    peaks = found[(found["mark"] == "peak") & (found["smoothing"] == 0.02)]
    assert peaks["before"].tolist() == [1, 1, 1]


def test_the_sweep_is_that_of_the_contract():
    arms = {arm.name: arm for arm in ARMS}
    plain = arms["plain"].setting
    assert (plain.prime, plain.share, plain.width, plain.heads) == (53, 0.42, 64, 4)
    assert (plain.learning_rate, plain.weight_decay) == (3e-3, 1)
    seeds = {name: arms[name].seeds for name in ("plain", "no_decay", "shuffled")}
    assert seeds == {"plain": 12, "no_decay": 6, "shuffled": 6}
    assert {arm.setting.prime for arm in ARMS} >= {31, 41, 53, 67}
