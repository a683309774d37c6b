"""What is called significant, equivalent or a step: by hand, by another library, by simulation."""

import math
from itertools import permutations

import numpy as np
import pytest
from scipy.stats import f
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import ttost_ind, ttost_paired

from gedig_edu.errors import GedigError
from gedig_edu.lab.significance import (
    CORRECTIONS,
    adjusted,
    change_point,
    equivalence,
    first_step,
    head_tests,
    largest_gap,
    layer_tests,
    lowest_p,
    order_excess,
    order_p,
    orders_of,
)

FIRST = np.array([86.1, 85.2, 86.9, 86.0, 85.4])
SECOND = np.array([86.0, 85.9, 86.3, 85.6, 85.5])


def two_way(rng, *, texts, layers, heads, mean=0.0, spread=(0.04, 0.02, 0.03)):
    """Return mean + head + text + rest, normal, with these spreads."""
    of_heads = rng.normal(0, spread[0], size=(1, layers, heads))
    of_texts = rng.normal(0, spread[1], size=(texts, 1, 1))
    return mean + of_heads + of_texts + rng.normal(0, spread[2], size=(texts, layers, heads))


def test_holm_by_hand():
    p = np.array([0.04, 0.01, 0.6, 0.02])
    # Sorted 0.01·4, 0.02·3, 0.04·2, 0.6·1, none below the one before.
    assert adjusted(p) == pytest.approx([0.08, 0.04, 0.6, 0.06])


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_corrections_are_those_of_statsmodels(correction):
    method = {"holm": "holm", "benjamini-hochberg": "fdr_bh"}[correction]
    p = np.random.default_rng(0).uniform(size=31) ** 3
    expected = multipletests(p, method=method)[1]
    assert adjusted(p, correction=correction) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("p", [[], [0.5, 1.2], [0.5, -0.1], [0.5, math.nan], [[0.5]]])
def test_what_is_no_list_of_p_values_is_refused(p):
    with pytest.raises(GedigError, match="numbers from 0 to 1"):
        adjusted(np.array(p))


def test_the_error_of_a_layer_by_hand():
    # Heads 1 and 3 on average, texts 1 and 3: MS_heads = MS_texts = 4, MS_rest = 0, so 8/4 = 2.
    delta = np.array([[[0.0, 2.0]], [[2.0, 4.0]]])
    (row,) = layer_tests(delta).itertuples()
    assert row.mean == 2.0
    # Satterthwaite: 8²/(4²/1 + 4²/1) = 2 degrees of freedom, whose t at 2.5 % is 4.3027.
    assert row.high - row.mean == pytest.approx(4.302653 * math.sqrt(2), rel=1e-6)


def test_intervals_of_layers_cover_what_they_say():
    rng, covered = np.random.default_rng(3), []
    for _ in range(150):
        found = layer_tests(two_way(rng, texts=17, layers=5, heads=7, mean=0.02))
        covered.append(((found["low"] < 0.02) & (found["high"] > 0.02)).mean())
    assert 0.92 < np.mean(covered) < 0.98


def test_no_layer_is_called_significant_more_often_than_holm_allows():
    rng = np.random.default_rng(5)
    found = [layer_tests(two_way(rng, texts=11, layers=7, heads=5)) for _ in range(200)]
    assert np.mean([one["p"].min() < 0.05 for one in found]) > 0.15  # one of seven, uncorrected
    assert np.mean([one["p_holm"].min() < 0.05 for one in found]) < 0.09


def test_layers_without_any_spread_have_an_interval_of_no_width():
    levels = np.array([[[0.0], [0.5]]])
    found = layer_tests(np.broadcast_to(levels, (3, 2, 5)))
    assert found["p"].tolist() == [1.0, 0.0]
    assert (found["high"] - found["low"]).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("shape", [(3, 2), (1, 2, 5), (3, 2, 1), (3, 0, 5)])
def test_too_few_texts_or_heads_are_refused_by_layer_tests(shape):
    with pytest.raises(GedigError, match="at least two"):
        layer_tests(np.zeros(shape))


def test_the_share_between_heads_by_hand():
    # Heads' means 1 and 5; the rest is ±1, so MS_heads = 2·8 = 16, MS_rest = 4, F = 4 with (1, 1).
    delta = np.array([[[0.0, 6.0]], [[2.0, 4.0]]])
    found = head_tests(delta).loc[0]
    assert found.share == pytest.approx((4 - 1) / (4 + 2 - 1))
    assert found.p == pytest.approx(f.sf(4, 1, 1))
    assert found.low == 0.0
    # F at 2.5 % with (1, 1) is 1/647.79, so the upper end is (2591.2 − 1)/(2591.2 + 1).
    assert found.high == pytest.approx((4 * 647.789 - 1) / (4 * 647.789 + 1), rel=1e-6)


def test_heads_without_a_rest_are_all_of_the_spread_and_heads_without_a_spread_none():
    levels = np.broadcast_to(np.array([[[1.0, 3.0]]]), (3, 1, 2))
    found = head_tests(np.concatenate([levels, np.zeros((3, 1, 2))], axis=1))
    assert found.loc[0, "share"] == 1.0
    assert found.loc[0, "p"] == 0.0
    assert math.isnan(found.loc[1, "share"])
    assert found.loc[1, "p"] == 1.0


def test_the_interval_of_the_share_covers_what_was_put_in():
    rng, true = np.random.default_rng(4), 0.04**2 / (0.04**2 + 0.03**2)
    found = [head_tests(two_way(rng, texts=31, layers=5, heads=7)) for _ in range(150)]
    for row in (2, "all"):
        inside = [one.loc[row, "low"] < true < one.loc[row, "high"] for one in found]
        assert 0.89 < np.mean(inside) < 0.99


def test_heads_that_are_alike_are_called_so():
    rng = np.random.default_rng(6)
    alike = [
        head_tests(two_way(rng, texts=11, layers=5, heads=7, spread=(0.0, 0.02, 0.03)))
        for _ in range(200)
    ]
    assert np.mean([one["p_holm"][:-1].min() < 0.05 for one in alike]) < 0.1


@pytest.mark.parametrize("margin", [0.3, 1.0])
def test_equivalence_is_that_of_statsmodels(margin):
    found = equivalence(FIRST, SECOND, margin=margin)
    assert found.p == pytest.approx(ttost_ind(FIRST, SECOND, -margin, margin, usevar="unequal")[0])
    found = equivalence(FIRST, SECOND, margin=margin, paired=True)
    assert found.p == pytest.approx(ttost_paired(FIRST, SECOND, -margin, margin)[0])


@pytest.mark.parametrize("paired", [True, False])
def test_equivalence_is_shown_exactly_where_the_interval_lies_within_the_margin(paired):
    whole = equivalence(FIRST, SECOND, margin=1.0, paired=paired)
    edge = max(abs(whole.low), abs(whole.high))
    assert equivalence(FIRST, SECOND, margin=1.001 * edge, paired=paired).shown
    assert not equivalence(FIRST, SECOND, margin=0.999 * edge, paired=paired).shown


def test_a_difference_at_the_margin_is_called_equivalent_in_one_case_of_twenty():
    rng = np.random.default_rng(7)
    shown = [
        equivalence(rng.normal(1, 0.5, 31), rng.normal(0, 0.5, 31), margin=1.0).shown
        for _ in range(400)
    ]
    assert 0.02 < np.mean(shown) < 0.09


def test_pairs_must_be_pairs_and_samples_numbers():
    with pytest.raises(GedigError, match="5 and 4 numbers are no pairs"):
        equivalence(FIRST, SECOND[:4], margin=1.0, paired=True)
    for bad in (FIRST[:1], np.array([1.0, math.nan]), FIRST[None]):
        with pytest.raises(GedigError, match="first is no list"):
            equivalence(bad, SECOND, margin=1.0)


def test_p_of_an_order_counts_the_orders():
    levels = np.array([0.1, 0.9, 0.4, 0.5, 0.45])
    own = first_step(levels)
    orders = np.array([first_step(np.array(one)) for one in permutations(levels)])
    assert order_p(levels, first_step) == pytest.approx(np.mean(orders >= own - 1e-12))


def test_of_one_low_layer_that_comes_first_the_later_ones_decide_p():
    later = [-0.31, -0.3, -0.32, -0.29]
    found = [order_p(np.array([-0.5, *one]), first_step) for one in permutations(later)]
    assert min(found) < 0.05 < 0.1 < max(found) <= 1 / 5
    for one in permutations(later):
        assert lowest_p(np.array([-0.5, *one])) == 1 / 5
        assert lowest_p(np.array([-0.3, -0.5, *one])) == pytest.approx(5 / 6)


def test_orders_are_all_of_them_or_so_many():
    every = orders_of(4, most=24)
    assert {tuple(one) for one in every.tolist()} == set(permutations(range(4)))
    drawn = orders_of(4, most=23)
    assert drawn.shape == (23, 4)
    assert (np.sort(drawn, axis=1) == np.arange(4)).all()
    assert not np.array_equal(drawn, orders_of(4, most=23, seed=1))


@pytest.mark.parametrize("layers", [6, 11])
def test_a_statistic_exceeds_its_orders_where_few_of_them_reach_it(layers):
    rng = np.random.default_rng(layers)
    for _ in range(20):
        levels = np.append(0.0, rng.uniform(0, 0.5, layers - 1))
        levels[1] += rng.uniform(0, 1)
        excess, p = order_excess(levels, first_step), order_p(levels, first_step)
        assert (excess > 0) == (p < 0.05) or abs(p - 0.05) < 0.02


def test_largest_gap_by_hand():
    # Splits after 1, 2 and 3: √(3/4)·|0 − 3|, √(4/4)·|1 − 3.5|, √(3/4)·|2 − 3|.
    assert largest_gap(np.array([0.0, 2.0, 4.0, 3.0])) == pytest.approx(math.sqrt(3 / 4) * 3)


def test_one_layer_apart_is_never_a_change_point_among_six():
    apart = change_point(np.array([-0.5, -0.31, -0.32, -0.3, -0.33, -0.34]))
    assert apart.after == 0
    assert apart.rise > 0.1
    assert apart.p >= 2 / 6


def test_a_change_half_way_up_thirty_layers_is_found():
    rng = np.random.default_rng(1)
    found = change_point(np.repeat([0.0, 1.0], [13, 17]) + rng.normal(0, 0.3, 30))
    assert found.after == 12
    assert found.p < 0.001
    assert change_point(rng.normal(size=30)).p > 0.05


def test_levels_in_no_order_are_called_changing_in_one_case_of_twenty():
    rng = np.random.default_rng(11)
    p = np.array([change_point(rng.normal(size=6)).p for _ in range(300)])
    assert np.mean(p <= 0.05) < 0.09


@pytest.mark.parametrize("levels", [[0.0, 1.0], [0.0, 1.0, math.inf], [[0.0, 1.0, 2.0]]])
def test_too_few_levels_are_refused(levels):
    with pytest.raises(GedigError, match="three layers"):
        change_point(np.array(levels))
