import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import assert_like, both_kinds, give, one_sentence, plain
from scipy.special import logsumexp, softmax

from gedig_edu.errors import GedigError
from gedig_edu.theory.attention import attend, dot_scores
from gedig_edu.theory.energy import (
    choose_scale,
    descend,
    hopfield_energy,
    multi_scale,
    settle,
    update,
)

M, N, D = 5, 11, 7
SETTINGS = settings(deadline=None, max_examples=60)
seeds = st.integers(0, 2**32 - 1)
betas = st.floats(-3, 3).map(lambda power: 10.0**power)


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


@both_kinds
def test_the_energy_is_its_formula(kind):
    states, stored = draw(M, D), draw(N, D, seed=1)
    found = hopfield_energy(give(states, kind), give(stored, kind), beta=0.7)
    assert_like(found, give(states, kind))
    expected = -logsumexp(0.7 * states @ stored.T, axis=1) / 0.7 + (states**2).sum(axis=1) / 2
    np.testing.assert_allclose(plain(found), expected, atol=1e-12)
    one = hopfield_energy(give(states[2], kind), give(stored, kind), beta=0.7)
    np.testing.assert_allclose(plain(one), expected[2], atol=1e-12)


def test_a_memory_for_each_head_is_read_side_by_side():
    states, stored = draw(3, M, D), draw(3, N, D, seed=1)
    E, after = hopfield_energy(states, stored, beta=2.0), update(states, stored, beta=2.0)
    settled = settle(states, stored, beta=2.0)
    for head in range(3):
        one = {"stored": stored[head], "beta": 2.0}
        np.testing.assert_allclose(E[head], hopfield_energy(states[head], **one), atol=1e-12)
        np.testing.assert_allclose(after[head], update(states[head], **one), atol=1e-12)
        np.testing.assert_array_equal(settled.steps[head], settle(states[head], **one).steps)


@given(seeds, betas, st.floats(0.1, 10.0))
@SETTINGS
def test_energy_never_rises(seed, beta, size):
    descent = descend(
        size * draw(D, seed=seed), size * draw(N, D, seed=seed + 1), beta=beta, max_steps=30
    )
    rounding = 1e-13 * np.abs(descent.energies).max()
    assert (np.diff(descent.energies) <= rounding).all()
    assert len(descent.states) == len(descent.energies) == descent.steps + 1


@given(seeds, betas)
@SETTINGS
def test_a_step_falls_by_half_the_square_of_its_way_at_least(seed, beta):
    """The bowl alone gives that much; the other part of E is concave and gives the rest."""
    descent = descend(draw(D, seed=seed), draw(N, D, seed=seed + 1), beta=beta, max_steps=9)
    moved = (np.diff(descent.states, axis=0) ** 2).sum(axis=1)
    assert (-np.diff(descent.energies) >= moved / 2 - 1e-12).all()


@both_kinds
def test_the_first_step_is_one_attention_read(kind):
    query, stored = draw(D), draw(N, D, seed=1)
    descent = descend(give(query, kind), give(stored, kind), beta=1 / math.sqrt(D))
    assert_like(descent.states, give(stored, kind))
    assert_like(descent.energies, give(stored, kind))
    read = attend(dot_scores(query[None], stored), stored).output[0]
    np.testing.assert_array_equal(plain(descent.states[0]), query)
    np.testing.assert_allclose(plain(descent.states[1]), read, atol=1e-12)


def test_the_first_step_in_numbers_worked_by_hand():
    descent = descend(np.array([math.log(3.0), 0.0]), np.eye(2), beta=1.0, max_steps=1)
    np.testing.assert_allclose(descent.states[1], [0.75, 0.25], atol=1e-12)
    np.testing.assert_allclose(descent.energies[0], -math.log(4) + math.log(3) ** 2 / 2)


def test_a_noisy_pattern_is_given_back():
    stored = 4 * draw(N, 31)
    descent = descend(stored[3] + draw(31, seed=2), stored, beta=1.0)
    np.testing.assert_allclose(descent.states[-1], stored[3], atol=1e-6)
    assert descent.last_move <= 1e-6


def test_a_fixed_point_needs_the_one_step_that_shows_it():
    stored = np.array([[2.0, 1.0]])
    assert descend(stored[0], stored, beta=3.0).steps == 1
    assert descend(np.zeros(2), stored, beta=3.0).steps == 2


def test_it_stops_at_the_last_step_that_is_allowed():
    query, stored = draw(D), draw(N, D, seed=1)
    far = descend(query, stored, beta=0.3, tol=0, max_steps=4)
    assert far.steps == 4
    assert far.last_move > 0
    assert not settle(query[None], stored, beta=0.3, tol=0, max_steps=4).converged[0]


@given(seeds, st.floats(0.1, 10.0))
@SETTINGS
def test_many_settle_as_each_descends(seed, beta):
    states, stored = draw(M, D, seed=seed), draw(N, D, seed=seed + 1)
    settled = settle(states, stored, beta=beta, max_steps=25)
    for row, state in enumerate(states):
        alone = descend(state, stored, beta=beta, max_steps=25)
        assert settled.steps[row] == alone.steps
        assert settled.converged[row] == (alone.last_move <= 1e-6)
        np.testing.assert_allclose(settled.states[row], alone.states[-1], atol=1e-12)


@both_kinds
def test_single_precision_goes_in_and_comes_out(kind):
    query, stored = give(draw(D), kind, "float32"), give(draw(N, D, seed=1), kind, "float32")
    descent = descend(query, stored, beta=0.5)
    assert_like(descent.states, query)
    assert descent.last_move <= 1e-6
    assert (np.diff(plain(descent.energies)) <= 0).all()
    assert_like(settle(query, stored, beta=0.5).states, query)


def test_a_descent_cannot_be_changed():
    descent = descend(draw(D), draw(N, D), beta=1.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        descent.steps = 0
    assert repr(descent).startswith("Descent(states=float64 [")


def test_what_went_in_stays_as_it_was():
    query, stored = draw(D), draw(N, D)
    kept = query.copy(), stored.copy()
    descend(query, stored, beta=1.0)
    np.testing.assert_array_equal(query, kept[0])
    np.testing.assert_array_equal(stored, kept[1])


@pytest.mark.parametrize(
    ("query", "stored", "words"),
    [
        (np.full(D, math.nan), draw(N, D), "states at 0 is nan"),
        (draw(D), np.full((N, D), -math.inf), "stored at \\(0, 0\\) is -inf"),
        (draw(D), draw(N, D + 1), "do not fit"),
        (draw(M, D), draw(N, D), "give one query"),
        (draw(D), draw(D), "do not fit"),
        (draw(0), draw(N, 0), "at least one"),
        (draw(D), draw(0, D), "at least one state, one pattern"),
        (np.ones(D, complex), draw(N, D), "give real numbers"),
        ([1.0] * D, draw(N, D), "of type list"),
        (draw(D), [[1.0] * D], "of type list"),
    ],
)
def test_what_is_no_query_or_no_memory_is_refused(query, stored, words):
    with pytest.raises(GedigError, match=words) as error:
        descend(query, stored, beta=1.0)
    assert one_sentence(error)
    assert "give" in str(error.value)


@pytest.mark.parametrize("read", [hopfield_energy, update, settle])
def test_many_states_are_checked_alike(read):
    for states, stored in ((draw(M, D), draw(N, 3)), (draw(M, 0), draw(N, 0))):
        with pytest.raises(GedigError, match="do not fit together") as error:
            read(states, stored, beta=1.0)
        assert one_sentence(error)
    with pytest.raises(GedigError, match="beta=0 is out of range"):
        read(draw(M, D), draw(N, D), beta=0)


@both_kinds
def test_each_scale_is_the_softmax_at_its_temperature(kind):
    scores = draw(3, M, N)
    found = multi_scale(give(scores, kind), [0.1, 1, 20.0])
    assert_like(found, give(scores, kind))
    assert tuple(found.shape) == (3, 3, M, N)
    for T, weights in zip((0.1, 1, 20.0), plain(found), strict=True):
        np.testing.assert_allclose(weights, softmax(scores / T, axis=-1), atol=1e-12)


def test_scales_of_a_causal_map_do_not_look_ahead():
    found = multi_scale(draw(M, M), np.array([0.5, 2.0]), causal=True)
    assert (np.triu(found, 1) == 0).all()
    np.testing.assert_allclose(found.sum(axis=-1), 1)
    np.testing.assert_allclose(multi_scale(np.array([[0.0, -math.inf]]), [3.0])[0], [[1.0, 0.0]])


@pytest.mark.parametrize(
    ("temperatures", "words"),
    [([], "at least one"), (2.0, "a list"), ([1.0, 0.0], "0"), ([1.0, math.nan], "nan"),
     ([-1.0], "above 0"), (["a"], "real numbers"), ([[1.0]], "a list")],
)  # fmt: skip
def test_what_are_no_temperatures_is_refused(temperatures, words):
    with pytest.raises(GedigError, match=words) as error:
        multi_scale(draw(M, N), temperatures)
    assert one_sentence(error)


@pytest.mark.parametrize("scores", [draw(3), draw(0, 3), np.full((2, 2), math.nan)])
def test_what_are_no_scores_is_refused(scores):
    with pytest.raises(GedigError) as error:
        multi_scale(scores, [1.0])
    assert one_sentence(error)


@pytest.mark.parametrize(
    ("length", "scale"),
    [(0, "token"), (999, "token"), (1_000, "document"), (99_999, "document"),
     (100_000, "knowledge"), (10**9, "knowledge"), (np.int64(1_000), "document")],
)  # fmt: skip
def test_the_length_of_a_text_chooses_its_scale(length, scale):
    assert choose_scale(length) == scale


@pytest.mark.parametrize("length", [-1, 10.5, math.nan, math.inf, "a text", None, True])
def test_what_is_no_length_is_refused(length):
    with pytest.raises(GedigError, match="text_length") as error:
        choose_scale(length)
    assert one_sentence(error)
