"""The random-edge generator: an order both sides can repeat, and F along it."""

import numpy as np
import pytest

from gedig_edu.theory.graphs import edit_gauge, with_edges
from gedig_edu.theory.shortcuts import missing_edges
from gedig_edu.views.widgets.random_edges import RandomEdges, shuffled


def test_an_order_holds_every_missing_edge_once():
    generator = RandomEdges("grid", draw=3)
    missing = missing_edges(generator.before)
    assert sorted(generator.order) == missing
    assert generator.order != missing


def test_a_draw_is_the_same_again_and_no_two_of_fifty_are_alike():
    pairs = [(0, at) for at in range(30)]
    orders = [shuffled(pairs, seed) for seed in range(50)]
    assert orders == [shuffled(pairs, seed) for seed in range(50)]
    assert len({tuple(order) for order in orders}) == 50


def test_the_shuffle_favours_no_place():
    pairs = [(0, at) for at in range(5)]
    first = [shuffled(pairs, seed)[0][1] for seed in range(1000)]
    assert np.bincount(first).min() > 140  # 200 in mean, four standard deviations are 51


def test_numbers_are_those_of_the_gauge_of_this_edit():
    generator = RandomEdges("small_world", count=7, draw=11, efficiency=True, bound="missing")
    after = with_edges(generator.before, generator.order[:7])
    reading = edit_gauge(generator.before, after, path="global_efficiency", bound=150)
    numbers = generator.numbers
    assert (numbers["F"], numbers["cost"], numbers["path"]) == pytest.approx(
        (reading.F, reading.cost, reading.path)
    )
    assert numbers["curve"][7] == numbers["F"]


def test_f_falls_first_and_rises_later():
    numbers = RandomEdges().numbers
    curve = np.array(numbers["curve"])
    assert numbers["lowest"] == curve.min() < -0.2
    assert 0 < numbers["lowest_at"] < 30 < numbers["turn"]
    assert (curve[numbers["turn"] :] > 0).all()


def test_by_global_efficiency_there_is_no_turn_and_the_sentence_says_so():
    generator = RandomEdges(efficiency=True)
    assert generator.numbers["turn"] is None
    assert generator.sentence.endswith("stays above 0: –.")


def test_more_edges_than_are_missing_are_all_of_them():
    generator = RandomEdges("small_world", count=172)
    assert generator.numbers["added"] == generator.numbers["missing"] == 150
