"""Numbers that lesson 12 quotes in its prose, its quiz and its exercises are those of the runs."""

import pytest

from gedig_edu.course.claims import run
from gedig_edu.course.evidence import Verdict
from gedig_edu.course.lessons.l12.exercises import BEFORE, RUNS
from gedig_edu.course.lessons.l12.runs import about_runs, saved_runs
from gedig_edu.lab import grokking_tables
from gedig_edu.lab.grokking_square import kept_square
from gedig_edu.views.widgets.sums_square import SumsSquare
from gedig_edu.words import word


@pytest.fixture(scope="module")
def runs():
    return grokking_tables.runs().set_index("arm")


def test_the_first_picture_is_the_run_that_is_told_of():
    told, since = kept_square()
    shown = {step: (since >= 0) & (since <= step) for step in (60, 408, 1600)}
    assert 0.98 < shown[60][told].mean() < 1
    assert (shown[1600][told].all(), shown[1600][~told].sum(), (~told).sum()) == (True, 480, 481)
    assert round(100 * shown[408][~told].mean()) == 30
    assert 408 in {SumsSquare(time=time).numbers["step"] for time in range(101)}


def test_the_norm_peaks_at_one_step_and_onsets_lie_far_apart(runs):
    assert set(runs.loc["plain", "norm_peak"]) == {140}
    assert (runs.loc["plain", "onset"].min(), runs.loc["plain", "onset"].max()) == (540, 2080)
    asked = word("lesson_12.quiz.5.question") + word("lesson_12.quiz.5.a_why")
    assert all(number in asked for number in ("140", "540", "2,080"))


def test_seeds_of_the_small_training_differ_by_a_factor_of_four(runs):
    onsets = runs.loc["prime_31", "onset"]
    assert (onsets.iloc[0], onsets.min(), onsets.max()) == (630, 240, 930)


def test_the_kindest_way_is_the_steepest_rise_after_heavy_smoothing():
    ways = grokking_tables.definitions()
    kindest = ways.iloc[ways["before"].argmax()]
    assert (len(ways), kindest["before"], kindest["runs"]) == (36, BEFORE, RUNS)
    assert (kindest["mark"], kindest["smoothing"]) == ("rise", ways["smoothing"].max())


@pytest.mark.parametrize(("first", "last", "kind"), [
    (1, 12, "the usual setting"), (13, 18, "without weight decay"), (19, 24, "shuffled answers"),
    (40, 51, "β₂ = 0.999"),
])  # fmt: skip
def test_runs_that_the_lesson_calls_by_number_are_of_that_kind(first, last, kind):
    names = saved_runs()["names"]
    assert all(name.startswith(kind) == (first <= at <= last) for at, name in enumerate(names, 1))
    assert f" {first} to {last} {kind}" in about_runs()


@pytest.mark.parametrize("arm", ["plain", "shuffled"])
def test_c_leaps_near_step_1500_whether_or_not_a_run_generalises(arm):
    curves = grokking_tables.curves().query("arm == @arm")
    near, before = (
        curves[curves["step"].between(*ends)].groupby("seed")["smooth"]
        for ends in ((1450, 1650), (1300, 1450))
    )
    assert (near.max() > 1.04 * before.min()).mean() > 0.75


def test_long_rows_have_less_c_where_they_are_right(runs):
    heart, right = runs.loc[["long_300", "long_600"]], runs.loc[["long_650", "long_1000"]]
    assert heart["onset"].isna().all()
    assert (right["onset"] < right["memorised"]).all()
    assert right["C_end"].max() < heart["C_end"].min()


def test_before_all_is_right_c_peaks_in_two_of_twelve_by_a_window_of_its_own(runs):
    usual = runs.loc["plain"]
    assert (usual["whole_peak"] < usual["generalised"]).sum() == 2


def test_c_rises_more_than_with_too_few_sums_in_all_three_runs(runs):
    usual, few = (runs.loc[arm].set_index("seed")["rise"] for arm in ("plain", "never"))
    assert ((usual - few).dropna() > 0).tolist() == [True] * 3


def test_nothing_that_the_lesson_says_of_a_norm_decides_what_is_undecided():
    (norm,) = run(["12.norm"], "gpt2-mini")
    assert norm.verdict == Verdict.UNDECIDED


def test_the_width_turns_round_at_one_share_and_nothing_is_decided():
    (sharper,) = run(["12.sharper"], "gpt2-mini")
    numbers = {one.name: one for one in sharper.readings}
    assert sharper.verdict == Verdict.UNDECIDED
    assert numbers["one_share"].value < 0 < numbers["all"].low


@pytest.mark.parametrize(("level", "before"), [(0.5, 0), (0.75, 0), (0.9, 0), (0.95, 0), (0.99, 2)])
def test_another_onset_with_its_own_window_brings_c_hardly_more_often_before(level, before):
    curves = grokking_tables.curves().query("arm == 'plain'")
    found = 0
    for _, one in curves.groupby("seed"):
        step, held = one["step"].to_numpy(), one["held"].to_numpy()
        onset, learned = step[held >= level][0], step[one["train"] >= 0.99][0]
        inside = (learned <= step) & (step <= 2 * onset)
        found += step[inside][one["smooth"].to_numpy()[inside].argmax()] < onset
    assert found == before
