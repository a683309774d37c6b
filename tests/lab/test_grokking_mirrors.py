"""When sums with neither a + b nor b + a told turn right."""

import numpy as np
import pytest

from gedig_edu.lab.grokking import GrokSetting, Training
from gedig_edu.lab.grokking_mirrors import LEVELS, ONE_SHARE, SEEDS, settings, turn, turned
from gedig_edu.lab.grokking_square import kept_square

SMALL = GrokSetting(prime=7, share=0.6, steps=400)


def test_steps_and_shares_are_those_of_the_run_read_sum_by_sum():
    run = Training(SMALL, 1)
    pairs = {tuple(row) for row in run.sums.rows[: run.sums.train].tolist()}
    held = [tuple(row) for row in run.sums.rows[run.sums.train :].tolist()]
    alone = np.array([(b, a) not in pairs for a, b in held])
    found = turn(SMALL, 1)
    assert found["neither"] == alone.sum()
    for point, _ in run.points():
        right = run.right()[run.sums.train :]
        for name, level in LEVELS.items():
            reached = right[alone].mean() >= level
            assert point.step >= found[name] if reached else point.step != found[name]
        if point.step == found["half"]:
            assert found["mirrored"] == right[~alone].mean()
    assert found["quarter"] <= found["half"] <= found["three_quarters"] < SMALL.steps


def test_what_does_not_come_is_not_a_number():
    found = turn(GrokSetting(prime=7, share=0.2, steps=20), 1)
    assert np.isnan([found[name] for name in (*LEVELS, "mirrored")]).all()


def test_what_is_kept_are_all_runs_and_those_that_the_first_picture_shows():
    kept = turned()
    asked = [(one.prime, one.share, seed) for one in settings() for seed in SEEDS]
    assert list(kept[["prime", "share", "seed"]].itertuples(index=False, name=None)) == asked
    assert (kept["share"] == ONE_SHARE).sum() == 12
    told, since = kept_square()
    neither = ~told & ~told.T
    (row,) = kept.query("prime == 31 and seed == 1").to_dict("records")
    assert row["neither"] == neither.sum()
    right = ((since[neither] >= 0) & (since[neither] <= row["half"])).mean()
    assert right == pytest.approx(0.5, abs=0.1)
