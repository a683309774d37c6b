"""The small training of lesson 12 answers while it runs; the saved runs are those of the tables."""

import numpy as np
import pytest

from gedig_edu.course.exercises import find
from gedig_edu.course.lessons.l12.runs import saved_runs
from gedig_edu.course.lessons.l12.small import (
    LEVELS,
    ONSET,
    PEAK,
    SHOWN,
    SmallGrokking,
    bars_of,
)
from gedig_edu.lab import grokking_tables
from gedig_edu.lab.grokking import Point
from gedig_edu.views.widgets.grokking_run import GrokkingRun


def test_it_draws_a_row_of_bars_for_each_curve_and_then_says_what_the_rule_finds():
    form = SmallGrokking(steps=120)
    form.press("3")
    form.wait()
    _, *rows, signs, last = repr(form).split("The run so far, 80 steps a bar\n")[1].splitlines()
    assert [row.split(":")[0].split()[-1] for row in rows] == ["told", "C", "norm"]
    assert all(row.strip().startswith("▁") or "▁" <= row.strip()[0] <= "█" for row in rows)
    assert signs.strip().startswith("│ the onset")
    assert "learned by heart at step" in last
    assert "are not right within the run" in last


def test_the_onset_stands_in_each_row_of_bars_and_the_peak_where_it_is_given():
    held = {80: 0.1, 160: 0.3, 170: 0.5, 240: 0.9, 320: 1.0}
    points = [
        Point(step, 1, share, 0, 0, 30, 0.25 + step / 4000, 1) for step, share in held.items()
    ]
    assert {bars_of(points, name).index(ONSET) for name in SHOWN} == {2}
    bars = bars_of(points, "C", peak=320)
    assert (bars.index(ONSET), bars.index(PEAK)) == (2, 4)
    heights = [LEVELS.index(bar) for bar in bars if bar in LEVELS]
    assert heights == sorted(heights)
    assert len(set(heights)) == len(points) - 1


def test_a_second_press_stops_it():
    form = SmallGrokking()
    assert form.words["button"] == "Train"
    form.press("1")
    assert form.words["button"] == "Stop"
    form.press("1")
    form.wait()
    assert form.words["button"] == "Train"
    assert repr(form).splitlines()[-1].strip() == "Stopped."
    assert not form.running


@pytest.mark.parametrize("seed", ["first", "-1", "0.5", "inf", "nan", "1e12", ""])
def test_what_is_no_seed_is_refused_where_it_was_asked_for(seed):
    form = SmallGrokking()
    form.press(seed)
    assert "is no seed; write a whole number" in form.answer
    assert not form.running


def test_the_picture_is_given_every_run_of_two_terms_with_the_marks_of_the_table():
    rows = grokking_tables.runs().query("terms == 2")
    given = saved_runs()
    assert len(given["names"]) == len(set(given["names"])) == len(rows)
    for place in (0, len(rows) - 1):
        shown, row = GrokkingRun(**given, run=place, ruled=True).numbers, rows.iloc[place]
        for mark in ("onset", "peak", "norm_peak"):
            assert shown[mark] == (None if np.isnan(row[mark]) else row[mark])


def test_the_readings_that_are_shown_are_those_of_the_tables():
    given, place = saved_runs(), 4
    row = grokking_tables.runs().query("terms == 2").iloc[place]
    curves = grokking_tables.curves()
    curve = curves[(curves["arm"] == row["arm"]) & (curves["seed"] == row["seed"])]
    at = curve.set_index("step").loc[given["steps"]]
    np.testing.assert_array_equal(given["curves"]["C"][place], at["smooth"])
    np.testing.assert_array_equal(given["curves"]["held"][place], at["held"])


def test_the_rule_by_hand_finds_the_peak_that_the_saved_run_has():
    row = grokking_tables.runs().query("arm == 'plain'").iloc[0]
    curves = grokking_tables.curves()
    curve = curves[(curves["arm"] == row["arm"]) & (curves["seed"] == row["seed"])]
    step, train, held, C = (curve[name].to_numpy() for name in ("step", "train", "held", "smooth"))
    assert find("12.3").answer(step, train, held, C) == pytest.approx(row["peak"], abs=20)
