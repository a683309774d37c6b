"""Heat and work along a path: each depends on the way, their sum does not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gedig_edu.errors import GedigError
from gedig_edu.theory.thermo import Ensemble
from gedig_edu.views.widgets.first_law import OTHERS, FirstLaw, along

PLACES = st.tuples(st.floats(0.5, 3), st.floats(-3, 3))


def energy_at(T, energy):
    return float(Ensemble(np.array([energy, *OTHERS]), T).energy)


@settings(max_examples=30, deadline=None)
@given(PLACES, PLACES, PLACES)
def test_heat_and_work_add_up_to_the_change_of_energy(begin, via, finish):
    numbers = FirstLaw(begin=begin, via=via, finish=finish).numbers
    assert numbers["change"] == pytest.approx(energy_at(*finish) - energy_at(*begin), abs=1e-9)
    assert numbers["total"] == pytest.approx(numbers["change"], abs=2e-3)
    assert numbers["straight_total"] == pytest.approx(numbers["change"], abs=2e-3)


def test_heat_depends_on_the_way_and_the_sum_does_not():
    over = FirstLaw(begin=(0.5, -2), via=(2.5, -2), finish=(2.5, 2)).numbers
    under = FirstLaw(begin=(0.5, -2), via=(0.5, 2), finish=(2.5, 2)).numbers
    assert over["heat"] - under["heat"] > 0.5
    assert over["total"] == pytest.approx(under["total"], abs=1e-3)


def test_fixed_energies_take_no_work_and_at_fixed_temperature_work_is_the_change_of_free_energy():
    heated = along(np.array([0.5, 1.0]), np.array([2.0, 1.0]), steps=200)
    assert heated.work == 0.0
    moved = along(np.array([1.3, -1.0]), np.array([1.3, 2.0]), steps=200)
    free = [float(Ensemble(np.array([e, *OTHERS]), 1.3).free_energy) for e in (-1.0, 2.0)]
    assert moved.work == pytest.approx(free[1] - free[0], abs=1e-4)


def test_the_error_of_the_sum_falls_with_the_square_of_the_steps():
    few, many = (abs(FirstLaw(steps=steps).numbers["error"]) for steps in (10, 100))
    assert few / many == pytest.approx(100, rel=0.1)


def test_there_and_back_again_takes_no_heat():
    round_trip = FirstLaw(begin=(0.5, -1), via=(2.5, 1), finish=(0.5, -1)).numbers
    assert round_trip["heat"] == pytest.approx(0, abs=1e-12)
    assert round_trip["change"] == 0.0


@pytest.mark.parametrize("place", [(0.1, 0.0), (3.1, 0.0), (1.0, -3.5), (1.0,)])
def test_places_outside_the_plane_are_refused(place):
    with pytest.raises(GedigError, match="via h"):
        FirstLaw(via=place)


def test_the_sentence_gives_heat_work_and_sum():
    said = FirstLaw().sentence
    assert "From (0.500, −2.00) by way of (2.50, −2.00)" in said
    assert "in 400 steps: heat 1.71 and work 1.03, together 2.74" in said
