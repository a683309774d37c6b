"""Exercises of lesson 11: a β as well as the slider can tell it, work counted, a descent."""

import numpy as np
import pytest

from gedig_edu.course.exercises import find, find_mistake
from gedig_edu.course.lessons.l11.exercises import KEYS, OTHER_RESTS, TOKENS, rest_of
from gedig_edu.theory.energy import descend, update
from gedig_edu.views.widgets.energy_plane import STORED, EnergyPlane


@pytest.mark.parametrize("beta", [2.52, 2.6, 2.7, 2.82, 2.83])
def test_any_beta_between_the_slider_s_two_steps_is_right(beta):
    assert find_mistake(find("11.1"), beta) is None


@pytest.mark.parametrize("beta", [2.0, 2.22, 2.3, 2.5, 2.86, 3.1])
def test_a_step_farther_is_not_right(beta):
    assert find_mistake(find("11.1"), beta) is not None


def test_the_numbers_of_the_first_exercise_are_the_picture_s():
    right, wrong = find("11.1").right, find("11.1").typical
    places = {beta: EnergyPlane(beta=beta).numbers["basins"] for beta in (20, 2.825, 2.518)}
    assert list(places.values()) == [5, 5, 4]
    assert 2.518 < right < 2.825
    for name, ends in (("others", (4, 3)), ("all", (2, 1))):
        around = [EnergyPlane(beta=wrong[name] + off).numbers["basins"] for off in (0.06, -0.06)]
        assert around[0] >= ends[0] > ends[1] >= around[1]
    A, B = np.array(STORED[:2])
    assert wrong["equal"] == pytest.approx(4 / ((A - B) ** 2).sum())


@pytest.mark.parametrize("above", [True, False])
def test_two_patterns_of_one_length_melt_at_4_over_their_distance_squared(above):
    stored = np.array([[1.5, 0.6], [1.5, -0.6]])
    beta = 4 / 1.2**2 * (1.1 if above else 0.9)
    rests = [descend(x, stored, beta=beta, max_steps=2000).states[-1] for x in stored]
    assert (np.linalg.norm(rests[0] - rests[1]) > 0.1) == above


def test_the_step_by_hand_is_the_update():
    state = np.array([np.log(3.0), 0.0])
    assert update(state, np.eye(2), beta=2.0)[0] == pytest.approx(find("11.2").right)


def test_where_a_and_b_melt_their_place_lies_close_to_b_and_half_way_only_at_1():
    A, B = np.array(STORED[:2])
    far = {}
    for beta in (2.8, 1.0):
        rest = descend(A, np.array(STORED), beta=beta, max_steps=5000).states[-1]
        far[beta] = [np.linalg.norm(rest - one) for one in (A, B)]
    assert far[2.8][0] > 5 * far[2.8][1]
    assert far[1.0][0] == pytest.approx(far[1.0][1], rel=0.01)


def test_what_is_left_counts_every_product():
    d = 64
    dense, kept = 2 * TOKENS**2 * d, TOKENS**2 * d + TOKENS * KEYS * d
    assert find("11.3").right == pytest.approx(100 * kept / dense)


def test_where_a_query_rests_a_step_changes_nothing():
    rng = np.random.default_rng(5)
    stored, query = rng.normal(size=(7, 3)), rng.normal(size=3)
    rest = rest_of(query, stored, 0.7)
    np.testing.assert_allclose(update(rest, stored, beta=0.7), rest, atol=1e-5)


def test_each_mistake_in_the_descent_is_told_as_what_it_is():
    exercise = find("11.4")
    for name, mistaken in OTHER_RESTS.items():
        assert find_mistake(exercise, mistaken) == exercise.words(f"wrong.{name}")


def test_who_adds_to_the_state_until_it_is_still_hears_that_it_is_replaced():
    def rest(query, stored, beta):
        state, step = query, np.inf
        while np.linalg.norm(step) > 1e-6:
            weights = np.exp(beta * stored @ state)
            step = stored.T @ weights / weights.sum()
            state = state + step
        return state

    assert find_mistake(find("11.4"), rest) == find("11.4").words("wrong.added")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_worked_solution_runs_where_only_numpy_is_imported(number):
    exercise = find(f"11.{number}")
    space = {"np": np}
    exec(exercise.code, space)
    assert space[exercise.answer.__name__]() == pytest.approx(exercise.right)
