import numpy as np
import pytest

from gedig_edu.course.evidence import (
    Above,
    Apart,
    AtMost,
    HoldsIf,
    OneSign,
    Reading,
    Untestable,
    Verdict,
)


def reading(low, high=None, **more):
    high = low if high is None else high
    return Reading("r", (low + high) / 2, low, high, **more)


@pytest.mark.parametrize(
    ("rule", "readings", "verdict"),
    [
        (Above(1), [reading(1.1)], "holds"),
        (Above(1), [reading(1.0)], "does not hold"),
        (Above(1), [reading(0.9, 1.1)], "mixed"),
        (Above(1), [reading(1.1), reading(0.3)], "mixed"),
        (Above(1), [reading(1.1), reading(0.3, judged=False)], "holds"),
        (Above(1), [], "untestable here"),
        (Above(1), [reading(float("nan"))], "untestable here"),
        (AtMost(1), [reading(1.0)], "holds"),
        (AtMost(1), [reading(1.1, 1.2)], "does not hold"),
        (AtMost(1), [reading(0.9, 1.1)], "mixed"),
        (Apart(1, by=0.1), [reading(5.0, 6.0), reading(0.1, 0.2)], "holds"),
        (Apart(1, by=0.1), [reading(0.95, 1.05)], "does not hold"),
        (Apart(1, by=0.1), [reading(1.05, 1.2)], "mixed"),
        (OneSign(), [reading(-1), reading(-2)], "holds"),
        (OneSign(), [reading(-1), reading(2)], "does not hold"),
        (OneSign(), [reading(-1), reading(-0.5, 0.5)], "mixed"),
        (OneSign(), [], "untestable here"),
        (Untestable(), [reading(1)], "untestable here"),
    ],
)
def test_a_rule_gives_its_verdict(rule, readings, verdict):
    assert rule(readings) == verdict


@pytest.mark.parametrize(
    ("within", "without", "verdict"),
    [(0.1, 0.9, "holds if"), (0.1, 0.2, "holds"), (0.9, 0.1, "does not hold")],
)
def test_a_condition_decides_between_holds_and_holds_if(within, without, verdict):
    readings = [reading(within), reading(without, condition=False)]
    assert HoldsIf(AtMost(0.5))(readings) == verdict


def test_a_condition_that_was_never_met_decides_nothing():
    assert HoldsIf(AtMost(0.5))([reading(0.1, condition=False)]) == Verdict.UNTESTABLE


@pytest.mark.parametrize(
    "rule", [Above(0.25), AtMost(0.25), Apart(0.25, by=3), HoldsIf(Above(0.25))]
)
def test_a_rule_says_the_number_it_judges_by(rule):
    assert "0.25" in rule.text


def test_the_mean_comes_with_an_interval_that_covers_it_and_is_the_same_every_time():
    sample = np.random.default_rng(3).normal(loc=2.0, size=41)
    first, second = Reading.mean("m", sample), Reading.mean("m", sample)
    assert first == second
    assert first.low < first.value < first.high
    assert first.high - first.low == pytest.approx(2 * 1.96 / np.sqrt(41), rel=0.35)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(5)
    samples = rng.exponential(size=(67, 43))
    covered = [r.low <= 1.0 <= r.high for r in (Reading.mean("m", sample) for sample in samples)]
    assert 0.85 <= np.mean(covered) <= 1.0


@pytest.mark.parametrize("sample", [[0.3], [0.3, 0.3, 0.3], [0.0, 0.0]])
def test_values_that_do_not_vary_have_no_interval(sample):
    read = Reading.mean("m", np.array(sample))
    assert read.low == read.value == read.high == sample[0]


def test_the_mean_of_nothing_decides_nothing():
    assert Above(0)([Reading.mean("m", np.array([]))]) == Verdict.UNTESTABLE
