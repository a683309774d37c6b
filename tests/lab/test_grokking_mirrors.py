"""When sums with neither a + b nor b + a told turn right."""

from types import SimpleNamespace

import numpy as np
import pytest

from gedig_edu.lab import grokking_mirrors
from gedig_edu.lab.grokking import GrokSetting, sums_of
from gedig_edu.lab.grokking_mirrors import LEVELS, ONE_SHARE, SEEDS, settings, turn, turned
from gedig_edu.lab.grokking_square import kept_square

SMALL = GrokSetting(prime=7, share=0.5)


class Made:
    """Stands in for a training: told mirrors are right from step 20 on, others one a reading."""

    def __init__(self, setting, seed):
        self.sums = sums_of(setting, seed)
        told = {tuple(row) for row in self.sums.rows[: self.sums.train].tolist()}
        self.held = np.arange(len(self.sums.rows)) >= self.sums.train
        self.mirror = np.array([(b, a) in told for a, b in self.sums.rows.tolist()])
        self.at = 0

    def points(self):
        for self.at in range(100):
            yield SimpleNamespace(step=10 * self.at), None

    def right(self):
        alone = self.held & ~self.mirror
        return ~self.held | (self.mirror & (self.at >= 2)) | (alone & (alone.cumsum() <= self.at))


def test_the_width_is_that_of_sums_with_neither_told_whatever_the_mirrors_do(monkeypatch):
    monkeypatch.setattr(grokking_mirrors, "Training", Made)
    run, found = Made(SMALL, 1), turn(SMALL, 1)
    alone = int((run.held & ~run.mirror).sum())
    assert found["neither"] == alone > 4
    for name, level in LEVELS.items():
        assert found[name] == 10 * np.ceil(level * alone)
    assert found["mirrored"] == 1


def test_what_does_not_come_is_not_a_number():
    found = turn(GrokSetting(prime=7, share=0.2, steps=20), 1)
    assert np.isnan([found[name] for name in (*LEVELS, "mirrored")]).all()


def test_what_is_kept_are_all_runs_and_those_that_the_first_picture_shows():
    kept = turned()
    asked = [(one.prime, one.share, seed) for one in settings() for seed in SEEDS]
    assert [(one["prime"], one["share"], one["seed"]) for one in kept.to_dict("records")] == asked
    assert kept["share"].to_list().count(ONE_SHARE) == 12
    told, since = kept_square()
    neither = ~told & ~told.T
    (row,) = kept.query("prime == 31 and seed == 1").to_dict("records")
    assert row["neither"] == neither.sum()
    right = ((since[neither] >= 0) & (since[neither] <= row["half"])).mean()
    assert right == pytest.approx(0.5, abs=0.1)
