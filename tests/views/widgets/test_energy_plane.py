"""The plane of energies: a way that only goes down, and basins that melt as β falls."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.theory.attention import attend, dot_scores
from gedig_edu.theory.energy import hopfield_energy
from gedig_edu.views.widgets.energy_plane import EDGE, STEPS, STILL, STORED, EnergyPlane

STARTS = [[-0.4, 0.0], [EDGE, EDGE], [0.0, -0.2], [-EDGE, 1.3]]


@pytest.mark.parametrize("query", STARTS)
@pytest.mark.parametrize("beta", [0.2, 0.7, 3.0, 20.0])
def test_the_energy_is_theory_s_and_never_rises_on_the_way(query, beta):
    shown = EnergyPlane(query=query, beta=beta).numbers
    way = np.stack([shown["across"], shown["up"]], axis=1)
    energies = hopfield_energy(way, np.array(STORED), beta=beta)
    np.testing.assert_allclose(shown["energies"], energies, atol=1e-12)
    assert np.diff(energies).max() < 1e-12
    assert np.linalg.norm(way[-1] - way[-2]) <= STILL


def test_a_step_at_one_over_root_d_is_an_attention_read():
    plane = EnergyPlane(beta=1 / np.sqrt(2), step=1)
    stored = np.array(STORED)
    read = attend(dot_scores(np.array([plane.query]), stored), stored).output[0]
    assert plane.numbers["at"] == pytest.approx(read, abs=1e-12)


def test_basins_melt_into_one_as_beta_falls_the_near_pair_first():
    basins = [EnergyPlane(beta=beta).numbers["basins"] for beta in (20, 3, 2.5, 0.7, 0.6, 0.5)]
    assert basins == [5, 5, 4, 4, 2, 1]
    between = EnergyPlane(query=[1.7, 0.9], beta=1.0, step=STEPS).numbers
    assert between["share"] == pytest.approx(0.5, abs=0.15)  # the mean of two: neither is recalled


def test_after_it_rests_the_state_stays_and_the_sentence_says_so():
    plane = EnergyPlane()
    steps = plane.numbers["steps"]
    assert steps < STEPS
    assert plane.numbers["fall"] is None
    assert "After 0 of" in plane.sentence
    plane.step = steps
    rested = plane.numbers
    plane.step = STEPS
    assert plane.numbers == rested
    assert "rests at" in plane.sentence


@pytest.mark.parametrize(
    ("stored", "names", "said"),
    [
        ([[0.0, 1.0]], ["a", "b"], "1 patterns came with 2 names"),
        ([[0.0, 3.0]], None, "-2.8 to 2.8"),
        ([[0.0, 1.0, 2.0]], None, "shape"),
    ],
)
def test_what_does_not_fit_the_plane_is_refused(stored, names, said):
    with pytest.raises(GedigError, match=said):
        EnergyPlane(stored, names)
