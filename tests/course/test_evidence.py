import math

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
        (Above(1), [reading(0.9, 1.1)], "undecided"),
        (Above(1), [reading(1.1), reading(0.9, 1.1)], "undecided"),
        (Above(1), [reading(0.3), reading(0.9, 1.1)], "undecided"),
        (Above(1), [reading(1.1), reading(0.3)], "contradictory"),
        (Above(1), [reading(1.1), reading(0.3), reading(0.9, 1.1)], "contradictory"),
        (Above(1), [reading(1.1), reading(0.3, judged=False)], "holds"),
        (Above(1), [], "untestable here"),
        (Above(1), [reading(float("nan"))], "untestable here"),
        (AtMost(1), [reading(1.0)], "holds"),
        (AtMost(1), [reading(1.1, 1.2)], "does not hold"),
        (AtMost(1), [reading(0.9, 1.1)], "undecided"),
        (Apart(1, by=0.1), [reading(5.0, 6.0), reading(0.1, 0.2)], "holds"),
        (Apart(1, by=0.1), [reading(0.95, 1.05)], "does not hold"),
        (Apart(1, by=0.1), [reading(1.05, 1.2)], "undecided"),
        (OneSign(), [reading(-1), reading(-2)], "holds"),
        (OneSign(), [reading(-1), reading(2)], "does not hold"),
        (OneSign(), [reading(-1), reading(-0.5, 0.5)], "undecided"),
        (OneSign(), [reading(-1), reading(2), reading(-0.5, 0.5)], "does not hold"),
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


def nested(rng, texts=31, layers=3, heads=7, between_heads=0.5):
    """Draw values whose truth is 1: heads differ by much, texts and cells by little."""
    of_heads = rng.normal(scale=between_heads, size=(layers, heads))
    of_texts = rng.normal(scale=0.1, size=(texts, 1, 1))
    return 1.0 + of_heads + of_texts + rng.normal(scale=0.1, size=(texts, layers, heads))


def test_a_crossed_interval_covers_the_truth_where_one_over_texts_is_too_narrow():
    rng = np.random.default_rng(7)
    samples = [nested(rng) for _ in range(60)]
    crossed = [Reading.crossed("m", sample) for sample in samples]
    over_texts = [Reading.mean("m", sample.mean(axis=(1, 2))) for sample in samples]
    covered = [np.mean([r.low <= 1.0 <= r.high for r in found]) for found in (crossed, over_texts)]
    assert covered[0] >= 0.85
    assert covered[1] <= 0.7


def test_layers_are_strata_so_that_a_step_between_them_widens_nothing():
    rng = np.random.default_rng(11)
    flat = nested(rng)
    stepped = flat + np.array([0.0, 50.0, 100.0])[:, None]
    narrow, wide = (Reading.crossed("m", values) for values in (flat, stepped))
    assert wide.high - wide.low == pytest.approx(narrow.high - narrow.low)


def test_a_ratio_is_resampled_with_its_two_parts_together():
    below = nested(np.random.default_rng(13))
    read = Reading.crossed("share", 0.25 * below, below, statistic=np.divide)
    assert (read.low, read.value, read.high) == pytest.approx((0.25, 0.25, 0.25))


def test_twins_are_resampled_as_texts_are():
    values = nested(np.random.default_rng(17))
    twins = values + np.random.default_rng(19).normal(size=(11, 1, 1, 1))
    one, many = Reading.crossed("m", values), Reading.crossed("m", twins)
    assert many.high - many.low > 1.5 * (one.high - one.low)


def test_any_statistic_of_texts_and_heads_has_an_interval_as_wide_as_the_mean_has():
    values = nested(np.random.default_rng(23))
    layers = np.arange(3)[:, None]
    read = Reading.resampled(
        "m", lambda texts, heads: values[texts][:, layers, heads].mean(), 31, heads=(3, 7)
    )
    crossed = Reading.crossed("m", values)
    assert read.value == pytest.approx(crossed.value)
    assert read.high - read.low == pytest.approx(crossed.high - crossed.low, rel=0.2)


def test_a_crossed_mean_of_a_value_that_is_no_number_decides_nothing():
    values = nested(np.random.default_rng(29))
    values[3, 1, 2] = np.nan
    assert Above(0)([Reading.crossed("m", values)]) == Verdict.UNTESTABLE


RULES = (Above(0.5), AtMost(0.5), Apart(1.0, by=0.25), HoldsIf(AtMost(-2.0)), HoldsIf(Above(0.0)))


@pytest.mark.parametrize("rule", RULES, ids=repr)
@pytest.mark.parametrize("value", [-3.0, -1.0, 0.25, 0.75, 1.1, 1.5, 1e9])
def test_a_rule_holds_for_a_number_where_it_says_it_does(rule, value):
    inside = any(low < value < high for low, high in rule.holding)
    verdict = rule([Reading.exact("x", value)])
    assert verdict in ((Verdict.HOLDS, Verdict.HOLDS_IF) if inside else (Verdict.DOES_NOT_HOLD,))
    ends = {end for stretch in rule.holding for end in stretch if math.isfinite(end)}
    assert ends == set(rule.limits)
    assert rule.side


def test_a_rule_that_needs_several_numbers_names_its_limit_and_no_side_to_lie_on():
    assert (OneSign().limits, OneSign().holding) == ((0.0,), ())
    assert (Untestable().limits, Untestable().holding, Untestable().side) == ((), (), "")
