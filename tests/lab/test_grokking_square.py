"""Since when a sum is right: to the end, at every reading."""

import numpy as np

from gedig_edu.lab import grokking_square
from gedig_edu.lab.grokking import GrokSetting, Training
from gedig_edu.lab.grokking_square import kept_square, measure_square

SETTING = GrokSetting(prime=5, share=0.6, steps=60, width=16, heads=2)


def test_a_sum_is_right_from_its_step_on_and_was_not_at_the_reading_before():
    found = measure_square(SETTING, seed=2)
    training = Training(SETTING, seed=2)
    right = {point.step: training.right() for point, _ in training.points()}
    for place, (a, b) in enumerate(training.sums.rows):
        since = found.since[a, b]
        assert found.told[a, b] == (place < training.sums.train)
        later = [right[step][place] for step in right if since >= 0 and step >= since]
        assert all(later)
        earlier = right.get(60 if since < 0 else since - SETTING.every)
        assert earlier is None or not earlier[place]


def test_the_shares_right_are_those_that_the_run_reads():
    training = Training(SETTING, seed=3)
    for point, _ in training.points():
        right = training.right()
        cut = training.sums.train
        assert (right[:cut].mean(), right[cut:].mean()) == (point.train, point.held)


def test_what_is_kept_is_written_as_it_is_read(tmp_path, monkeypatch):
    found = measure_square(SETTING, seed=2)
    monkeypatch.setattr(grokking_square, "KEPT", tmp_path / "new" / "square.json")
    grokking_square._keep(found)
    for one, other in zip(kept_square(), found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_by_step_400_of_the_kept_run_mirrors_are_known_and_little_else():
    told, since = kept_square()
    early = ~told & (since <= 400)
    mirrored = told.T
    assert early[~told & mirrored].mean() > 0.5
    assert early[~told & ~mirrored].mean() < 0.05
