"""What a comparison of two arms can tell, against scipy and against the published numbers."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from gedig_edu.errors import GedigError
from gedig_edu.theory.repeats import Design, critical, crossed, difference

DESIGNS = [
    Design(seeds=n, effect=effect, spread=0.5, shared=shared, margin=margin)
    for n in (2, 3, 7, 37)
    for effect in (0.0, 0.33, -0.6)
    for shared in (0.0, 0.5, 0.9)
    for margin in (0.5, 1.0)
]


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_power_is_that_of_the_noncentral_t(design):
    far, away = critical(design.freedom)[0], design.effect / design.error
    exact = stats.nct.sf(far, design.freedom, away) + stats.nct.cdf(-far, design.freedom, away)
    assert design.power == pytest.approx(exact, abs=2e-4)


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_equivalence_is_the_integral_over_the_estimated_spread(design):
    freedom = design.freedom

    def shown(squares):
        room = design.margin - critical(freedom)[1] * design.error * math.sqrt(squares / freedom)
        ends = [(end - design.effect) / design.error for end in (-room, room)]
        return max(0.0, float(np.diff(stats.norm.cdf(ends))[0])) * stats.chi2.pdf(squares, freedom)

    kink = freedom * (design.margin / (critical(freedom)[1] * design.error)) ** 2
    most = stats.chi2.isf(1e-12, freedom)
    exact, _ = integrate.quad(shown, 0, most, points=[min(kink, most)], limit=400)
    assert design.equivalence == pytest.approx(exact, abs=1e-3)


def test_the_published_gain_needs_so_many_seeds():
    """SPEC 6: 37 seeds an arm reach a power of 0.80 as rounded, five show equality within 1."""
    real = [Design(seeds=n, effect=0.33, spread=0.5).power for n in (37, 38)]
    assert real[0] < 0.8 < real[1]
    assert round(real[0], 2) == 0.8
    assert Design(seeds=5, effect=0, spread=0.5).equivalence == pytest.approx(0.78, abs=0.01)
    half = Design(seeds=17, effect=0, spread=0.5, margin=0.5)
    assert half.equivalence == pytest.approx(0.775, abs=0.01)


def test_nothing_true_looks_like_the_published_gain_in_one_of_five():
    rng = np.random.default_rng(0)
    one, other = rng.normal(0, 0.5, size=(2, 200_000, 3)).mean(axis=-1)
    found = Design(seeds=3, effect=0.0, spread=0.5).luck(0.33)
    assert found == pytest.approx(np.mean(one - other >= 0.33), abs=0.005)


def test_differences_are_scipy_s_intervals():
    rng = np.random.default_rng(1)
    luck = rng.normal(86, 0.5, size=11)
    one, other = luck + rng.normal(0.2, 0.1, size=11), luck
    paired, alone = (difference(one, other, paired=way) for way in (True, False))
    low, high = stats.ttest_rel(one, other).confidence_interval()
    assert (paired.mean - paired.half, paired.mean + paired.half) == pytest.approx((low, high))
    low, high = stats.ttest_ind(one, other).confidence_interval(0.90)
    assert (alone.mean - alone.half_90, alone.mean + alone.half_90) == pytest.approx((low, high))
    assert paired.differs
    assert not alone.differs


def test_equal_is_asked_of_the_90_percent_interval():
    found = difference([1.0, 2.0, 3.0, 4.0], [1.1, 1.9, 3.1, 3.9], paired=True)
    assert not found.differs
    assert found.equal_within(found.half_90 + 1e-9)
    assert not found.equal_within(found.half_90 - 1e-9)


@pytest.mark.parametrize(
    "other", [[1.0, 2.0], [1.0], [[1.0, 2.0, 3.0]], [1.0, 2.0, math.nan]], ids=str
)
def test_arms_that_cannot_be_compared_are_refused(other):
    with pytest.raises(GedigError, match=r"^The arms have shapes .* two or more\.$"):
        difference([1.0, 2.0, 3.0], other, paired=True)


def test_intervals_hold_for_other_seeds_and_other_items():
    rng = np.random.default_rng(3)
    met = []
    for _ in range(400):
        seeds, items = rng.normal(0, 0.1, (6, 1)), rng.normal(0, 1, 60)
        found = crossed(0.3 + seeds + items + rng.normal(0, 0.5, (6, 60)))
        met.append(abs(found.mean - 0.3) < found.half)
    assert 0.92 < np.mean(met) < 0.99


def test_without_items_that_share_anything_crossed_is_the_interval_of_pairs():
    rng = np.random.default_rng(4)
    apart = rng.normal(0, 1, (5, 1)) + rng.normal(0, 1e-3, (5, 200))
    means = apart.mean(axis=1)
    alone = difference(means, np.zeros(5), paired=True)
    assert crossed(apart).half == pytest.approx(alone.half, rel=1e-3)
    assert crossed(apart).half_90 == pytest.approx(alone.half_90, rel=1e-3)


@pytest.mark.parametrize("apart", [np.zeros(5), np.zeros((1, 5)), np.full((3, 4), np.nan)])
def test_too_little_to_cross_is_refused(apart):
    with pytest.raises(GedigError, match=r"^The differences have shape"):
        crossed(apart)
