"""What trainings with F come to, judged in pairs of a seed."""

import numpy as np
import pytest
from scipy import stats

from gedig_edu.errors import GedigError
from gedig_edu.lab.f_judgement import arms, sentences
from gedig_edu.lab.f_training import Outcome

LEVELS = np.array([0.80, 0.82, 0.81, 0.83, 0.79])


def outcomes(alpha, gains, *, penalty="F", F=-0.45, moved=0.0):
    return [
        Outcome(
            penalty=penalty, alpha=alpha, seed=seed, accuracy=level + gain, loss=0.4, right="",
            F=F + 0.001 * seed + moved * (1 + 0.01 * seed), density=0.1, entropy=0.8,
            path_gain=0.5, F_layers=(F,), seconds=1.0,
        )
        for seed, (level, gain) in enumerate(zip(LEVELS, gains, strict=False), start=1)
    ]  # fmt: skip


WITHOUT = outcomes(0.0, np.zeros(5))
NOISE = np.array([0.002, -0.002, 0.001, -0.001, 0.0])


class TestArms:
    def test_gains_are_paired_and_their_interval_is_students(self):
        gains = 0.02 + NOISE
        row = arms([*outcomes(0.1, gains), *WITHOUT]).iloc[1]
        test = stats.ttest_1samp(100 * gains, 0).confidence_interval()
        assert row["gain"] == pytest.approx(2.0)
        assert [row["gain_low"], row["gain_high"]] == pytest.approx([test.low, test.high])
        assert row["sd"] == pytest.approx((100 * (LEVELS + gains)).std(ddof=1))

    @pytest.mark.parametrize(
        ("gains", "verdict"),
        [
            (0.02 + NOISE, "better"),
            (-0.03 + NOISE, "worse"),
            (NOISE, "equal"),
            (0.004 + NOISE, "better_within"),
            (-0.004 + NOISE, "worse_within"),
            (20 * NOISE, "open"),
            (np.zeros(5), "equal"),
            (np.full(5, 0.02), "better"),
        ],
    )
    def test_each_verdict_can_come_out(self, gains, verdict):
        assert arms([*WITHOUT, *outcomes(0.1, gains)])["verdict"].tolist() == ["", verdict]

    def test_only_seeds_that_both_have_are_compared(self):
        some = [one for one in outcomes(1.0, 0.02 + NOISE) if one.seed in (2, 4)]
        row = arms([*WITHOUT, *some]).iloc[1]
        assert row["seeds"] == 2
        assert row["gain"] == pytest.approx(2.0 + 100 * NOISE[[1, 3]].mean())

    def test_one_pair_is_no_verdict(self):
        assert arms([*WITHOUT, *outcomes(1.0, NOISE)[:1]])["verdict"].tolist() == ["", ""]

    def test_controls_stand_behind_the_gauge_in_the_order_of_alpha(self):
        runs = [
            *outcomes(0.01, NOISE, penalty="entropy"),
            *outcomes(1.0, NOISE),
            *WITHOUT,
            *outcomes(0.01, NOISE),
        ]
        table = arms(runs)
        assert list(zip(table["penalty"], table["alpha"], strict=True)) == [
            ("F", 0.0), ("F", 0.01), ("F", 1.0), ("entropy", 0.01),
        ]  # fmt: skip

    def test_without_alpha_0_there_is_nothing_to_compare_with(self):
        with pytest.raises(GedigError, match="alpha=0"):
            arms(outcomes(0.1, NOISE))


class TestSentences:
    @pytest.mark.parametrize(
        ("moved", "said"),
        [(-0.02, "went down"), (0.02, "went up"), (0.0, "not shown to have moved")],
    )
    def test_they_say_the_gain_and_whether_the_gauge_moved(self, moved, said):
        runs = [*WITHOUT, *outcomes(0.1, 0.02 + NOISE, moved=moved)]
        gain, F = sentences(arms(runs))
        assert gain.startswith("α = 0.1 times F: accuracy rises by +2.00 points [")
        assert said in F
