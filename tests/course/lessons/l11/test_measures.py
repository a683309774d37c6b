"""How lesson 11 measures: products are those that are made, and one function is not enough."""

import numpy as np
import pytest

from gedig_edu.course import claims
from gedig_edu.course.context import Context
from gedig_edu.course.evidence import Verdict
from gedig_edu.course.lessons.l11 import heads, laws, toys
from gedig_edu.theory import sparse
from gedig_edu.theory.energy import update


def by_name(readings):
    return {reading.name: reading for reading in readings}


class Counting(np.ndarray):
    """Numbers that count the products which are made of them."""

    made = 0

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        plain = [np.asarray(one) for one in inputs]
        found = getattr(ufunc, method)(*plain, **options)
        if ufunc is np.multiply:
            Counting.made += found.size
        return found.view(Counting) if isinstance(found, np.ndarray) else found

    def __array_function__(self, function, types, given, options):
        plain = [np.asarray(one) if isinstance(one, np.ndarray) else one for one in given]
        if function is np.einsum:
            Counting.made += plain[1].size
        return function(*plain, **options)


def test_attention_on_edges_makes_the_products_that_are_counted(monkeypatch):
    read = sparse._matrix
    monkeypatch.setattr(sparse, "_matrix", lambda name, x: read(name, x).view(Counting))
    monkeypatch.setattr(Counting, "made", 0)
    q, k, v = np.random.default_rng(0).normal(size=(3, 40, laws.WIDTH))
    edges = np.argwhere(sparse.top_edges(q @ k.T, keys=5))
    sparse.edge_attend(q, k, v, edges=edges)
    assert Counting.made == laws.products(len(edges), len(edges))


def test_what_is_dense_or_found_takes_all_pairs_and_what_is_given_its_edges():
    found = by_name(laws.cost(Context("gpt2-mini")))
    assert found["given"].value == pytest.approx(1.0, abs=0.01)
    assert found["dense"].value == 2.0
    assert 1.9 < found["found"].value < 2.0
    assert claims.find("11.cost").rule(tuple(found.values())) is Verdict.HOLDS_IF


def test_one_function_is_not_enough_for_a_small_step_to_mean_rest():
    sharp, soft, between = (heads._left_of_memories(beta) for beta in (1.0, 0.2, 0.4))
    assert sharp.max() < 1e-5
    assert soft.max() < heads.DETECTS
    assert between.max() > 1


def test_near_a_saddle_the_first_step_is_small_and_rest_is_far():
    stored, start = np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([1e-4, 0.0])
    states = [start]
    for _ in range(200):
        states.append(update(states[-1], stored, beta=1.2))
    assert abs(states[1] - start).max() < 1e-4
    assert states[-1][0] == pytest.approx(0.659, abs=1e-3)


def test_both_starts_of_the_temperatures_are_judged_and_only_one_fails():
    both = by_name(toys.own_temperature(Context("gpt2-mini")))
    assert both["text"].high < 0 < both["even"].high
    assert both["even"].low < 0
    rule = claims.find("11.own_temperature").rule
    assert rule(tuple(both.values())) is Verdict.UNDECIDED
    reason = by_name(toys.reason(Context("gpt2-mini")))
    assert reason["more_even"].judged
    assert reason["more"].value < reason["more_even"].value < 0


def test_with_one_text_drawn_again_and_again_there_is_no_spread_to_count_in(monkeypatch):
    monkeypatch.setattr(toys, "FEW_TEXTS", 2)
    monkeypatch.setattr(toys, "read_at_scale", Read)
    found = by_name(toys.across_scales(Context("gpt2-mini")))
    assert found["jump"].value > 1
    assert np.isfinite(found["jump"].low)


class Read:
    """Stands for a text at a scale; each text has another F."""

    def __init__(self, text, model, *, scale):
        self.F = {"token": -1.2, "document": -0.6, "knowledge": -1.0}[scale] + 1e-3 * (
            len(text) % 7
        )
        self.F += 1e-3 * (ord(text[0]) % 13)
