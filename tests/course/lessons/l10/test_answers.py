"""Exercises of lesson 10: a height as well as a drag can stop, steps that are counted exactly."""

import numpy as np
import pytest

from gedig_edu.course.exercises import find, find_mistake
from gedig_edu.course.lessons.l10.exercises import BOAT, SEA, SHARE_BOAT, SHARE_SEA, field_of
from gedig_edu.theory.attention import attend
from gedig_edu.theory.dynamics import floating_equilibrium
from gedig_edu.views.widgets.landscape import SCORES, Landscape


@pytest.mark.parametrize("height", [0.5, 0.53, 0.6])
def test_the_wall_may_be_read_off_as_well_as_a_drag_can_stop(height):
    assert find_mistake(find("10.1"), height) is None


@pytest.mark.parametrize("height", [0.4, 0.7])
def test_a_step_farther_is_not_right(height):
    assert find_mistake(find("10.1"), height) is not None


def test_the_numbers_of_the_first_exercise_are_the_picture_s():
    shown = Landscape().numbers
    assert (SCORES[1], SCORES[8]) == (BOAT, SEA)
    assert [round(shown["weights"][at], 2) for at in (1, 8)] == [SHARE_BOAT, SHARE_SEA]
    level = Landscape(field=[0, BOAT - SEA, *[0] * 10]).numbers["weights"]
    assert level[1] == pytest.approx(level[8])


def test_what_is_carried_behind_a_wall_is_what_the_picture_carries():
    walled = Landscape(field=[0, 6, *[0] * 10], with_track=False, critical=6.0, time=24).numbers
    assert walled["jumps"] == [False] * 24
    assert walled["carried"][1] == pytest.approx(find("10.2").right, rel=0.02)


def test_a_field_is_found_again_up_to_its_mean():
    rng = np.random.default_rng(3)
    P, scores = rng.normal(size=11), 5 * rng.normal(size=(7, 11))
    weights = attend(scores, np.zeros((11, 1)), potential=P, temperature=5.0).weights
    np.testing.assert_allclose(field_of(weights, scores, 5.0), P - P.mean(), atol=1e-9)


def test_the_steps_are_those_of_the_floating_centre():
    tension = floating_equilibrium(np.array([[0.0], *[[4.0]] * 9]), alpha=0.25).tension
    after_the_jump = tension[1:]
    assert after_the_jump[0] == 4
    assert find("10.4").right == int(np.argmax(after_the_jump < 1))


@pytest.mark.parametrize(
    ("wall", "track", "before", "after"), [(2, 0.0, 0.40, 0.21), (0, -0.3, 0.0, 0.48)]
)
def test_with_its_sign_turned_the_gap_shrinks_without_a_track_alone(wall, track, before, after):
    shown = Landscape(field=[0, wall, *[0] * 10], track=track, turned=True).numbers
    rows = np.reshape(shown["shares"], (24, 12))
    gaps = np.linalg.norm(rows - shown["plain"], axis=1)
    assert [round(gap, 2) for gap in gaps[[0, 18]]] == pytest.approx([before, after])
