"""The sweep: what an arm's difference says, with pairs and without."""

import numpy as np
import pytest

from gedig_edu.course.lessons.l08 import published
from gedig_edu.errors import GedigError
from gedig_edu.lab import f_judgement
from gedig_edu.views.widgets.alpha_sweep import LEAST, LOGGED_F, LOGGED_RIGHT, AlphaSweep

LUCK = np.array([85.0, 86.0, 87.0, 86.5, 85.5])
NOISE = np.array([0.02, -0.01, 0.01, -0.02, 0.0])
ARMS = np.array([LUCK, LUCK + 0.2 + NOISE, LUCK + 3 + NOISE, LUCK - 3 + NOISE, LUCK + 9 * NOISE])
F = -0.45 - np.array([[0.0], [0.01], [0.02], [-0.01], [0.0]]) + np.tile(NOISE / 10, (5, 1)) * [
    [1], [2], [1], [3], [-1]
]  # fmt: skip


def sweep(**traits):
    return AlphaSweep(list("0abcd"), ARMS, F, **traits)


@pytest.mark.parametrize(
    ("arm", "decision"), [(0, "itself"), (1, "equal_apart"), (2, "gain"), (3, "loss"), (4, "equal")]
)
def test_an_arm_is_judged_by_0_and_by_the_margin(arm, decision):
    assert sweep(arm=arm).numbers["decision"] == decision


def test_without_pairs_the_same_runs_say_nothing():
    assert sweep(arm=1, broken=True).numbers["decision"] == "open"
    assert sweep(arm=1, margin=0.15).numbers["decision"] == "gain"


@pytest.mark.parametrize(("arm", "direction"), [(1, "down"), (3, "up"), (4, "none")])
def test_it_says_where_f_went(arm, direction):
    assert sweep(arm=arm).numbers["direction"] == direction


def test_the_log_has_the_means_and_spreads_of_the_published_table():
    accuracy = np.array(LOGGED_RIGHT) / 5
    printed = [f"{one.mean():.2f} {one.std(ddof=1):.2f}" for one in accuracy]
    assert printed == ["86.00 0.53", "86.33 0.46", "86.27 0.58", "85.93 1.01", "78.93 2.00"]
    numbers = AlphaSweep(arm=1).numbers
    assert numbers["decision"] == "equal_apart"
    assert numbers["direction"] == "none"
    assert AlphaSweep(arm=1, broken=True).numbers["decision"] == "open"
    assert tuple(published.LOGGED_RIGHT.values()) == LOGGED_RIGHT
    assert tuple(published.LOGGED_F.values()) == LOGGED_F


def test_arms_that_do_not_fit_are_refused():
    with pytest.raises(GedigError, match="F"):
        AlphaSweep(["0", "1"], ARMS[:2], F[:2, :3])
    with pytest.raises(GedigError, match=r"^labels came without"):
        AlphaSweep(["0", "1"], ARMS[:2])
    with pytest.raises(GedigError, match=r"^accuracy has shape"):
        AlphaSweep(["0"], ARMS[:1], F[:1])


def test_sentences_widen_the_interval_and_an_arm_that_changed_nothing_is_called_so():
    wide = sweep(by_sentences=[[0.0, 0.0], [0.4, 0.3], *[[0.0, 0.0]] * 3]).numbers
    assert wide["halves"][1] == pytest.approx(np.hypot(sweep().numbers["halves"][1], 0.4))
    assert wide["decision"] == "equal"
    assert sweep(arm=4, changed=[0, 9, 9, 9, 0]).numbers["decision"] == "unchanged"
    assert sweep(arm=4, changed=[0, 9, 9, 9, 0], broken=True).numbers["decision"] != "unchanged"


def test_a_move_of_f_below_a_thousandth_is_told_as_that():
    moved = F[[0, 0]] + np.array([[0.0], [-3e-5]]) * (1 + NOISE)
    numbers = AlphaSweep(["0", "1"], ARMS[:2], moved).numbers
    assert numbers["direction"] == "barely"
    assert "−3.00e−5" in AlphaSweep(["0", "1"], ARMS[:2], moved).sentence
    assert LEAST == f_judgement.MOVED


def test_an_arm_is_named_with_its_alpha():
    named = AlphaSweep(["F\n0", "random\n1"], ARMS[:2], F[:2])
    assert named.sentence.startswith("Arm 'random, α = 1', ")
    assert AlphaSweep().sentence.startswith("Arm 'F, α = 0.001', ")


def test_the_slider_says_the_name_of_the_arm_and_not_its_place():
    (arm,) = [one for one in AlphaSweep().frame["controls"] if one["name"] == "arm"]
    assert AlphaSweep(arm=4).numbers[arm["says"]] == "F, α = 1"
