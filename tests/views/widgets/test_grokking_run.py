"""A run to be played: the rule's marks are those given, and a hand's stay where they are put."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.grokking_run import CURVES, MARKS, NEVER, GrokkingRun

STEPS = [10.0, 100.0, 1000.0]


def _given(**marks):
    curves = {name: [[0.0, 0.5, 1.0], [0.1, 0.2, 0.3]] for name in CURVES}
    marks = {name: [20.0, 30.0] for name in MARKS} | marks
    return {"names": ["one", "two"], "steps": STEPS, "curves": curves, "marks": marks}


def test_before_is_what_the_marks_say():
    given = _given(peak=[90.0, 700.0], onset=[600.0, 600.0])
    early, late = (GrokkingRun(**given, run=run, ruled=True) for run in (0, 1))
    assert (early.numbers["before"], late.numbers["before"]) == (True, False)
    assert "peaks before it" in early.sentence
    assert "peaks after it" in late.sentence


def test_a_run_without_an_onset_says_so_and_only_with_the_rule():
    given = _given(onset=[NEVER, NEVER])
    assert GrokkingRun(**given).numbers["message"] == "sentence"
    shown = GrokkingRun(**given, ruled=True)
    assert shown.numbers["rule_ratio"] is None
    assert "never right" in shown.sentence


def test_the_rule_is_not_told_before_it_is_asked():
    shown = GrokkingRun(**_given(peak=[717.0, 717.0]))
    assert "717" not in shown.sentence


def test_what_is_placed_by_hand_stands_from_run_to_run():
    shown = GrokkingRun(**_given(), own_onset=500.0, own_peak=250.0)
    shown.run = 1
    assert shown.numbers["ratio"] == 0.5


def test_what_is_read_is_the_reading_of_the_time():
    shown = GrokkingRun(**_given(), run=1, time=2).numbers
    assert (shown["step"], shown["held"], shown["capacity"]) == (1000.0, 0.3, 0.3)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"names": ["one"]}, "shape"),
        ({"steps": [10.0, 5.0, 100.0]}, "rise"),
        ({"steps": [1.0, 5.0, 100.0]}, "from 1 to 100"),
        ({"curves": {"train": np.zeros((2, 3))}}, "curves holds train"),
        ({"marks": {"onset": [1.0, 2.0]}}, "marks holds onset"),
        ({"names": []}, "shape"),
    ],
)
def test_what_does_not_fit_together_is_refused(other, said):
    with pytest.raises(GedigError, match=said):
        GrokkingRun(**_given() | other)
