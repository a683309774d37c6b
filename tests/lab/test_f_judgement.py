"""What trainings with F come to, judged in pairs of a seed."""

import numpy as np
import pytest
from scipy import stats

from gedig_edu.errors import GedigError
from gedig_edu.lab.f_judgement import arms, sentences
from gedig_edu.lab.f_training import Outcome

LEVELS = np.array([0.80, 0.82, 0.81, 0.83, 0.79])
SENTENCES = 2_000


def answers(level, gain, seed):
    """Return which sentences a run has right: those of its level, and its gain among the others.

    What is gained or lost is drawn anew for each seed, so that the seeds alone scatter.
    """
    right = np.arange(SENTENCES) < round(level * SENTENCES)
    lost = np.random.default_rng(seed).permutation(np.flatnonzero(right if gain < 0 else ~right))
    right[lost[: round(abs(gain) * SENTENCES)]] = gain > 0
    return "".join("01"[int(one)] for one in right)


def outcomes(alpha, gains, *, penalty="F", F=-0.45, moved=0.0, levels=LEVELS, loss=0.4):
    found = []
    for seed, (level, gain) in enumerate(zip(levels, gains, strict=False), start=1):
        right = answers(level, gain, seed)
        found.append(Outcome(
            penalty=penalty, alpha=alpha, seed=seed, accuracy=right.count("1") / SENTENCES,
            loss=loss * (1 + 0.001 * seed * (alpha > 0)), right=right,
            F=F + 0.001 * seed + moved * (1 + 0.01 * seed), density=0.1, entropy=0.8,
            path_gain=0.5, F_layers=(F,), seconds=1.0,
        ))  # fmt: skip
    return found


WITHOUT = outcomes(0.0, np.zeros(5))
NOISE = np.array([0.002, -0.002, 0.001, -0.001, 0.0])


class TestArms:
    def test_gains_are_paired_and_their_interval_is_no_shorter_than_students(self):
        gains = 0.02 + NOISE
        row = arms([*outcomes(0.1, gains), *WITHOUT]).iloc[1]
        test = stats.ttest_1samp(100 * gains, 0).confidence_interval()
        assert row["gain"] == pytest.approx(2.0)
        assert row["gain_low"] <= test.low + 1e-9
        assert row["gain_high"] >= test.high - 1e-9
        assert row["gain_low"] == pytest.approx(test.low, abs=0.1)
        assert row["sd"] == pytest.approx((100 * (LEVELS + gains)).std(ddof=1))
        assert row["changed"] == round(gains.sum() * SENTENCES)

    def test_the_same_sentences_in_every_seed_are_few_sentences(self):
        def run(alpha, seed, right):
            told = outcomes(alpha, [0.0])[0].to_dict() | {"seed": seed, "alpha": alpha}
            return Outcome.from_dict(told | {"right": right, "accuracy": right.count("1") / 200})

        base = "1" * 160 + "0" * 40
        more = "1" * 163 + "0" * 37  # the same three sentences, whatever the seed
        runs = [
            run(alpha, seed, more if alpha else base) for alpha in (0.0, 0.1) for seed in (1, 2, 3)
        ]
        row = arms(runs).iloc[1]
        assert row["gain"] == pytest.approx(1.5)
        assert row["gain_low"] < 0 < row["gain_high"] < 3.5
        assert row["verdict"] == "open"

    @pytest.mark.parametrize(
        ("gains", "verdict"),
        [
            (0.02 + NOISE, "better"),
            (-0.03 + NOISE, "worse"),
            (NOISE, "equal"),
            (0.005 + NOISE, "better_within"),
            (-0.005 + NOISE, "worse_within"),
            (20 * NOISE, "open"),
            (np.zeros(5), "unchanged"),
            (np.full(5, 0.02), "better"),
            (NOISE[:2], "open"),
            (np.zeros(2), "unchanged"),
        ],
    )
    def test_each_verdict_can_come_out(self, gains, verdict):
        assert arms([*WITHOUT, *outcomes(0.1, gains)])["verdict"].tolist() == ["", verdict]

    def test_where_nothing_changed_the_bound_is_the_rule_of_three(self):
        row = arms([*WITHOUT, *outcomes(0.1, np.zeros(5))]).iloc[1]
        assert row["changed"] == 0
        assert row["gain"] == 0
        assert row["gain_high"] == pytest.approx(100 * 3 / SENTENCES, rel=0.01)
        assert row["gain_low"] == -row["gain_high"]

    def test_two_arms_at_chance_are_not_called_equal(self):
        guessed = 0.5 + NOISE
        runs = [
            *outcomes(0.0, np.zeros(5), levels=guessed),
            *outcomes(0.1, NOISE, levels=guessed),
            *outcomes(1.0, np.full(5, 0.1), levels=guessed),
        ]
        assert arms(runs)["verdict"].tolist() == ["", "chance", "better"]
        assert arms([*WITHOUT, *outcomes(0.1, NOISE)], chance=0.82)["verdict"].iloc[1] == "chance"

    def test_at_chance_with_nothing_changed_the_bound_is_called_by_its_name(self):
        still = arms([*WITHOUT, *outcomes(0.1, np.zeros(5))], chance=0.82)
        gain, *_ = sentences(still)
        assert still["verdict"].iloc[1] == "chance"
        assert "no prediction changed in any of 5 pairs" in gain
        assert "points of the 2000 sentences changed" in gain
        assert "both arms are at chance" in gain
        assert gain.endswith("(rule of three).")
        moved, *_ = sentences(arms([*WITHOUT, *outcomes(0.1, NOISE)], chance=0.82))
        assert "rule of three" not in moved

    def test_the_runs_without_the_gauge_are_not_held_against_themselves(self):
        without, other = arms([*WITHOUT, *outcomes(0.1, NOISE)]).to_dict("records")
        compared = {"changed", "gain", "gain_low", "gain_high", "gain_low_90", "gain_high_90"}
        compared |= {
            f"{n}{end}" for n in ("loss_gain", "F_change") for end in ("", "_low", "_high")
        }
        assert {name for name, value in without.items() if value != value} == compared
        assert not any(value != value for value in other.values())
        assert list(arms(WITHOUT).columns) == list(arms([*WITHOUT, *outcomes(0.1, NOISE)]).columns)

    def test_runs_on_different_sentences_are_refused(self):
        (other,) = (
            Outcome.from_dict(one.to_dict() | {"right": "10"}) for one in outcomes(0.1, [0.0])
        )
        with pytest.raises(GedigError, match="different sentences"):
            arms([*WITHOUT, other, *outcomes(0.1, NOISE)[1:]])

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
        [
            (-0.02, "went down"),
            (0.02, "went up"),
            (-3e-5, "did not move in a way that could matter, by 0.001 or more: −3.09e−5"),
            (0.0, "did not move in a way that could matter"),
        ],
    )
    def test_they_say_the_gain_and_the_loss_and_whether_the_gauge_moved(self, moved, said):
        runs = [*WITHOUT, *outcomes(0.1, 0.02 + NOISE, moved=moved)]
        gain, loss, F = sentences(arms(runs))
        assert gain.startswith("α = 0.1 times F: accuracy rises by +2.00 points [")
        assert loss.startswith("Its loss rises by it, nats a sentence: +0.00120 [")
        assert said in F

    def test_a_gauge_that_scatters_is_not_shown_to_have_moved(self):
        runs = outcomes(0.1, 0.02 + NOISE)
        scattered = [Outcome.from_dict(one.to_dict() | {"F": one.F + luck})
                     for one, luck in zip(runs, 2 * NOISE, strict=True)]  # fmt: skip
        assert "not shown to have moved" in sentences(arms([*WITHOUT, *scattered]))[2]

    def test_where_no_prediction_changed_they_say_so_with_the_bound_and_no_p(self):
        gain, *_ = sentences(arms([*WITHOUT, *outcomes(0.001, np.zeros(5))]))
        assert "no prediction changed in any of 5 pairs" in gain
        assert "points of the 2000 sentences changed" in gain
        assert "more than 0.150 points" in gain
        assert "p =" not in gain
