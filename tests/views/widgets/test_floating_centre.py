"""The floating centre: the tension of all numbers, and paths that stand still."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.floating_centre import FloatingCentre


def test_tension_is_that_of_all_numbers_not_of_the_plane():
    x = np.random.default_rng(0).normal(size=(7, 5))
    shown = FloatingCentre(x, alpha=1.0, step=4).numbers
    assert shown["tension"] == pytest.approx(np.linalg.norm(x[4] - x[3]))
    assert shown["kinetic"] == pytest.approx(shown["tension"] ** 2 / 2)
    assert shown["across"][4] == pytest.approx(x[3, 0])


def test_the_longer_the_memory_the_farther_a_jump_is_felt():
    jump = np.array([[0.0, 0.0], *[[4.0, 0.0]] * 8])
    long, short = (FloatingCentre(jump, alpha=alpha).numbers["tensions"] for alpha in (0.1, 0.9))
    assert long[-1] > 1 > 0.01 > short[-1]


def test_a_path_that_stands_still_has_no_tension():
    assert FloatingCentre(np.ones((3, 2))).numbers["tensions"] == [0, 0, 0]


@pytest.mark.parametrize(
    ("states", "tokens", "said"),
    [
        ([[0.0, 1.0]], ["a"], "shape"),
        ([[0.0, 1.0]] * 2, ["a"], "2 states came with 1 tokens"),
        ([[0.0]] * 2, ["a", "b"], "shape"),
    ],
)
def test_what_is_no_path_is_refused(states, tokens, said):
    with pytest.raises(GedigError, match=said):
        FloatingCentre(states, tokens)
