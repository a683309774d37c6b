"""How many runs are needed: the published trial's numbers, another library, and simulation."""

import numpy as np
import pytest
from scipy.stats import ttest_ind
from statsmodels.stats.power import TTestIndPower, TTestPower

from gedig_edu.errors import GedigError
from gedig_edu.lab.power import needed, power_of_difference, power_of_equivalence
from gedig_edu.lab.significance import equivalence


def test_the_published_gain_needs_37_seeds_an_arm():
    # +0.33 points at a spread of 0.5: 37 reach 0.7998, so 0.80 in two digits and 38 strictly.
    assert power_of_difference(37, difference=0.33, sd=0.5) == pytest.approx(0.7998, abs=1e-4)
    assert needed(lambda n: power_of_difference(n, difference=0.33, sd=0.5), at_least=0.795) == 37
    assert needed(lambda n: power_of_difference(n, difference=0.33, sd=0.5)) == 38


def test_three_seeds_an_arm_find_the_published_gain_in_one_trial_of_ten():
    assert power_of_difference(3, difference=0.33, sd=0.5) == pytest.approx(0.10, abs=0.01)


def test_equivalence_within_one_point_needs_5_seeds_and_within_half_a_point_17():
    # Both to a power of 0.77 to 0.78; 0.8 takes one more each.
    assert power_of_equivalence(5, margin=1.0, sd=0.5) == pytest.approx(0.784, abs=1e-3)
    assert power_of_equivalence(17, margin=0.5, sd=0.5) == pytest.approx(0.773, abs=1e-3)
    assert needed(lambda n: power_of_equivalence(n, margin=1.0, sd=0.5), at_least=0.77) == 5
    assert needed(lambda n: power_of_equivalence(n, margin=0.5, sd=0.5), at_least=0.77) == 17
    assert needed(lambda n: power_of_equivalence(n, margin=1.0, sd=0.5)) == 6
    assert needed(lambda n: power_of_equivalence(n, margin=0.5, sd=0.5)) == 18


@pytest.mark.parametrize("n", [3, 11, 47])
def test_power_of_a_difference_is_that_of_statsmodels(n):
    unpaired = TTestIndPower().power(0.6, n, 0.05)
    assert power_of_difference(n, difference=-0.3, sd=0.5) == pytest.approx(unpaired, rel=1e-6)
    alone = TTestPower().power(0.6, n, 0.05)
    found = power_of_difference(n, difference=0.3, sd=0.5, paired=True)
    assert found == pytest.approx(alone, rel=1e-6)


def test_power_is_how_often_simulated_trials_succeed():
    rng, n, trials = np.random.default_rng(0), 7, 1_500
    one, other = rng.normal(0.4, 0.5, (n, trials)), rng.normal(0, 0.5, (n, trials))
    found = np.mean(ttest_ind(one, other).pvalue < 0.05)
    assert found == pytest.approx(power_of_difference(n, difference=0.4, sd=0.5), abs=0.035)


def test_power_of_equivalence_is_how_often_simulated_trials_succeed():
    rng, n = np.random.default_rng(2), 5
    shown = [
        equivalence(rng.normal(0.2, 0.5, n), np.zeros(n), margin=1.0, paired=True).shown
        for _ in range(600)
    ]
    expected = power_of_equivalence(n, margin=1.0, sd=0.5, difference=0.2, paired=True)
    assert np.mean(shown) == pytest.approx(expected, abs=0.05)


def test_a_difference_beyond_the_margin_is_equivalent_less_often_the_more_one_looks():
    few, many = (power_of_equivalence(n, margin=1.0, sd=0.5, difference=1.2) for n in (5, 100))
    assert many < few < 0.05


def test_a_power_that_no_number_reaches_is_refused():
    with pytest.raises(GedigError, match="Not even 100,000 runs"):
        needed(lambda n: power_of_equivalence(n, margin=1.0, sd=0.5, difference=1.0))
