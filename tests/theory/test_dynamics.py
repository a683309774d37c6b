import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import assert_like, both_kinds, give, one_sentence, plain
from scipy.special import softmax

from gedig_edu.errors import GedigError
from gedig_edu.theory.attention import attend, rbf_kernel
from gedig_edu.theory.dynamics import (
    CoupledAttention,
    Memory,
    barrier,
    carry_over,
    feed_forward,
    floating_equilibrium,
    inference_track,
    prosody,
)

STEPS, KEYS, D = 7, 11, 5
SETTINGS = settings(deadline=None, max_examples=60)
seeds = st.integers(0, 2**32 - 1)
PLACES = np.arange(float(KEYS))


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def even(n=KEYS):
    return np.full(n, 1 / n)


@both_kinds
def test_the_centre_follows_and_the_tension_is_the_distance_to_it(kind):
    x = draw(STEPS, D)
    centre, tension = floating_equilibrium(give(x, kind), alpha=0.3)
    assert_like(centre, give(x, kind))
    centre, tension = plain(centre), plain(tension)
    np.testing.assert_array_equal(centre[0], x[0])
    np.testing.assert_allclose(centre[1:], 0.7 * centre[:-1] + 0.3 * x[:-1], atol=1e-12)
    np.testing.assert_allclose(tension, np.linalg.norm(x - centre, axis=1), atol=1e-12)


@given(seeds, st.floats(0.01, 1.0))
@SETTINGS
def test_the_centre_is_the_average_with_weights_that_fade(seed, alpha):
    x = draw(STEPS, D, seed=seed)
    fading = alpha * (1 - alpha) ** np.arange(STEPS - 2, -1, -1)
    expected = fading @ x[:-1] + (1 - alpha) ** (STEPS - 1) * x[0]
    found = floating_equilibrium(x, alpha=alpha)
    np.testing.assert_allclose(found.centre[-1], expected, atol=1e-9)
    np.testing.assert_allclose(found.kinetic, found.tension**2 / 2)


def test_at_alpha_one_the_centre_is_the_state_before():
    x = draw(STEPS, D)
    np.testing.assert_allclose(floating_equilibrium(x, alpha=1).centre[1:], x[:-1], atol=1e-12)


def test_a_normalised_centre_has_unit_length_after_the_first():
    x = 3 * draw(STEPS, D)
    centre, _ = floating_equilibrium(x, alpha=0.3, normalise=True)
    np.testing.assert_array_equal(centre[0], x[0])
    np.testing.assert_allclose(np.linalg.norm(centre[1:], axis=1), 1, atol=1e-12)
    with pytest.raises(GedigError, match="centre 2 is zero") as error:
        floating_equilibrium(np.array([[1.0], [-1.0], [1.0]]), alpha=0.5, normalise=True)
    assert one_sentence(error)


def test_one_state_floats_about_itself():
    centre, tension = floating_equilibrium(np.array([[1, 2]]), alpha=0.5)
    assert centre.tolist() == [[1.0, 2.0]]
    assert tension.tolist() == [0.0]


@pytest.mark.parametrize("x", [np.zeros(3), np.zeros((0, 3)), np.zeros((2, 0))])
def test_what_is_no_sequence_of_states_is_refused(x):
    with pytest.raises(GedigError, match="at least one vector"):
        floating_equilibrium(x, alpha=0.5)


@both_kinds
@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_states_that_are_not_finite_are_refused_with_their_place(kind, wrong):
    x = draw(4, 2)
    x[2, 1] = wrong
    with pytest.raises(GedigError, match=rf"x at \(2, 1\) is {wrong}; give finite numbers"):
        floating_equilibrium(give(x, kind), alpha=0.5)


def test_prosody_has_its_hollows_a_period_apart():
    P = prosody(12, period=4, amplitude=2.0, phase=1)
    assert np.flatnonzero(P < -1.999).tolist() == [1, 5, 9]
    np.testing.assert_allclose(P, -2 * np.cos(np.pi * (np.arange(12) - 1) / 2), atol=1e-12)


def test_each_fined_position_has_its_height():
    assert barrier(5, [3, 1], height=np.array([2.0, np.inf])).tolist() == [0, np.inf, 0, 2, 0]
    with pytest.raises(GedigError, match="at=5 is out of range"):
        barrier(5, [5])


@both_kinds
def test_a_track_is_the_sum_of_its_wells(kind):
    places, visited, w = draw(KEYS, D), draw(3, D, seed=1), draw(3, seed=2)
    found = inference_track(
        give(places, kind), give(visited, kind), weights=give(w, kind), width=0.8
    )
    assert_like(found, give(places, kind))
    wells = [w[i] * rbf_kernel(places, visited[i : i + 1], width=0.8)[:, 0] for i in range(3)]
    np.testing.assert_allclose(plain(found), np.sum(wells, axis=0), atol=1e-12)


def test_without_visits_there_is_no_track():
    assert inference_track(PLACES, np.zeros(0), weights=-1.0, width=1.0).tolist() == [0.0] * KEYS


@both_kinds
def test_what_is_missed_is_carried_and_fades(kind):
    M, target, achieved = draw(KEYS), even(), softmax(draw(KEYS, seed=1))
    found = carry_over(*(give(one, kind) for one in (M, target, achieved)), rho=0.7)
    assert_like(found, give(M, kind))
    np.testing.assert_allclose(plain(found), 0.7 * M + target - achieved, atol=1e-12)


def test_with_every_part_off_it_is_plain_attention():
    scores = draw(STEPS, KEYS)
    run = CoupledAttention(places=PLACES, temperature=2.2).run(scores)
    expected = attend(scores, np.zeros((KEYS, 1)), temperature=2.2).weights
    np.testing.assert_allclose(run.weights, expected, atol=1e-12)
    assert not run.potential.any()
    assert not run.jumped.any()


@given(seeds, st.floats(-50, 50))
@SETTINGS
def test_a_constant_field_changes_nothing(seed, constant):
    scores = draw(STEPS, KEYS, seed=seed)
    plain_run, lifted = (
        CoupledAttention(places=PLACES, prosody=np.full(KEYS, c), track=-1.0, rho=0.5).run(
            scores, target=even()
        )
        for c in (0.0, constant)
    )
    np.testing.assert_allclose(lifted.weights, plain_run.weights, atol=1e-9)


def test_an_infinite_barrier_is_a_mask():
    scores = draw(STEPS, KEYS) + 1e6 * (PLACES == 3)
    run = CoupledAttention(places=PLACES, prosody=barrier(KEYS, [3])).run(scores)
    masked = attend(scores, np.zeros((KEYS, 1)), mask=np.tile(PLACES != 3, (STEPS, 1)))
    np.testing.assert_array_equal(run.weights, masked.weights)


def test_u_is_the_sum_of_its_parts_and_each_is_what_it_says():
    scores, P, target = draw(STEPS, KEYS), draw(KEYS, seed=1), softmax(draw(KEYS, seed=2))
    coupled = CoupledAttention(
        places=PLACES, prosody=P, track=-0.4, width=1.3, rho=0.6, gain=2.0, temperature=1.7
    )
    run = coupled.run(scores, target=target)
    np.testing.assert_allclose(run.potential, run.prosody + run.track + run.carry)
    np.testing.assert_array_equal(run.prosody, np.tile(P, (STEPS, 1)))
    M = np.zeros(KEYS)
    for t in range(STEPS):
        wells = [np.exp(-((PLACES - z) ** 2) / (2 * 1.3**2)) for z in run.visited[:t]]
        np.testing.assert_allclose(run.track[t], -0.4 * np.sum(wells, axis=0), atol=1e-12)
        np.testing.assert_allclose(run.carry[t], 2.0 * M, atol=1e-12)
        U = run.potential[t]
        np.testing.assert_allclose(run.weights[t], softmax((scores[t] - U) / 1.7), atol=1e-12)
        M = 0.6 * M + target - run.weights[t]
        assert run.residual[t] == pytest.approx(np.linalg.norm(M))


def test_a_well_draws_and_a_hill_repels():
    scores = draw(1, KEYS)
    memory = CoupledAttention(places=PLACES).run(scores).visited[0]
    shares = {}
    for w in (-1.0, 0.0, 1.0):
        coupled = CoupledAttention(places=PLACES, track=w, width=0.5)
        shares[w] = coupled.run(np.repeat(scores, 2, axis=0)).weights[1, memory]
    assert shares[-1.0] > shares[0.0] > shares[1.0]


def test_the_same_seed_draws_the_same_visits_and_another_draws_others():
    coupled, scores = CoupledAttention(places=PLACES, track=-0.3), draw(40, KEYS)
    first, again, other = (coupled.run(scores, seed=seed).visited.tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_past_the_critical_residual_the_next_query_jumps_and_the_residual_is_gone():
    scores = np.zeros((4, KEYS)) + 5.0 * (PLACES == 2) + 1.0 * (PLACES == 9) + 2.0 * (PLACES == 3)
    coupled = CoupledAttention(places=PLACES, width=1.5, rho=1.0, gain=0.0, critical=1.5)
    run = coupled.run(scores, target=np.eye(KEYS)[7])
    assert run.residual[0] < 1.5 < run.residual[1]
    assert run.visited.tolist() == [2, 2, 9, 2]  # 3 is better than 9, and within the well
    assert run.jumped.tolist() == [False, False, True, False]
    assert run.residual[2] == 0
    assert run.weights[2].tolist() == np.eye(KEYS)[9].tolist()


def test_where_no_key_is_far_enough_nothing_jumps():
    coupled = CoupledAttention(places=PLACES, width=99.0, rho=1.0, critical=0.0)
    assert not coupled.run(draw(STEPS, KEYS), target=np.eye(KEYS)[7]).jumped.any()


def test_a_key_that_is_not_there_yet_gets_nothing():
    scores = np.where(np.tri(STEPS, KEYS, dtype=bool), draw(STEPS, KEYS), -np.inf)
    coupled = CoupledAttention(places=PLACES, track=-1.0, rho=0.9, critical=0.1, width=0.5)
    weights = coupled.run(scores, target=np.eye(KEYS)[0]).weights
    assert not weights[~np.tri(STEPS, KEYS, dtype=bool)].any()
    np.testing.assert_allclose(weights.sum(axis=1), 1)


@given(seeds)
@SETTINGS
def test_with_the_sources_sign_the_first_carry_over_misses_by_more_and_turned_round_by_less(seed):
    scores, target = draw(KEYS, seed=seed), softmax(draw(KEYS, seed=seed + 1))
    gaps = {}
    for gain in (-1e-3, 0.0, 1e-3):
        coupled = CoupledAttention(places=PLACES, rho=0.5, gain=gain)
        weights = coupled.run(np.tile(scores, (2, 1)), target=target).weights[1]
        gaps[gain] = np.linalg.norm(target - weights)
    assert gaps[-1e-3] < gaps[0.0] < gaps[1e-3]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"places": np.zeros((2, 3, 4))}, "places have shape"),
        ({"places": PLACES, "prosody": np.zeros(3)}, "prosody has shape"),
    ],
)
def test_fields_that_do_not_fit_are_refused(wrong, said):
    with pytest.raises(GedigError, match=said):
        CoupledAttention(**wrong)


def test_runs_that_cannot_be_are_refused():
    carries = CoupledAttention(places=PLACES, rho=0.5)
    for options, said in [
        ({"scores": np.zeros(KEYS)}, "scores have shape"),
        ({"scores": np.zeros((2, 3))}, "scores has shape"),
        ({"scores": np.zeros((2, KEYS))}, "give target, one number a place"),
        ({"scores": np.zeros((2, KEYS)), "target": np.zeros(3)}, "target has shape"),
    ]:
        with pytest.raises(GedigError, match=said):
            carries.run(**options)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"memory": Memory((11,), even())}, r"visited \(11,\), but keys are 0 to 10"),
        ({"memory": Memory((0.5,), even())}, "visited"),
        ({"memory": Memory((), even(), jump=True)}, "visited"),
        ({"memory": Memory((0,), even(3))}, r"memory\.carried has shape \[3\]; give \[11\]"),
        ({"memory": Memory((0,), np.full(KEYS, np.inf))}, "carried at 0 is inf"),
        ({"memory": CoupledAttention(places=PLACES)}, "memory is of type CoupledAttention"),
        ({"target": np.append(even(10), np.inf)}, "target at 10 is inf; give finite numbers"),
        ({"target": np.append(np.nan, even(10))}, "target at 0 is nan; give finite numbers"),
        ({"rng": 3}, "rng is of type int; give numpy.random.default_rng"),
    ],
)
def test_a_step_from_a_foreign_memory_or_to_no_target_is_refused(wrong, said):
    carries = CoupledAttention(places=PLACES, rho=0.5, critical=9.0)
    given = {"memory": carries.start(), "target": even()} | wrong
    with pytest.raises(GedigError, match=said):
        carries.step(np.zeros(KEYS), **given)


@both_kinds
@pytest.mark.parametrize("residual", [True, False])
def test_feed_forward_writes_beside_the_state_or_in_its_place(kind, residual):
    x, W1, W2 = draw(2, 3, D), draw(13, D, seed=1), draw(D, 13, seed=2)
    given_ = [give(one, kind) for one in (x, W1, W2)]
    found = feed_forward(*given_, residual=residual)
    assert_like(found, given_[0])
    expected = np.tanh(x @ W1.T) @ W2.T + residual * x
    np.testing.assert_allclose(plain(found), expected, atol=1e-12)


def test_feed_forward_updates_each_token_by_itself():
    x, W1, W2 = draw(4, D), draw(13, D, seed=1), draw(D, 13, seed=2)
    changed = x.copy()
    changed[2] += 1
    same = feed_forward(x, W1, W2) == feed_forward(changed, W1, W2)
    assert same.all(axis=1).tolist() == [True, True, False, True]


def test_feed_forward_refuses_what_does_not_fit():
    with pytest.raises(GedigError, match="do not fit; give"):
        feed_forward(np.zeros(3), np.zeros((7, 4)), np.zeros((4, 7)))
