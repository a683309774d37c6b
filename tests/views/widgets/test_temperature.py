"""States at a temperature: numbers by hand, limits of T, and what cannot be shown."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.temperature import CURVE, ENERGIES, Temperature
from gedig_edu.words.numbers import named


def test_two_states_are_those_done_by_hand():
    numbers = Temperature((0.0, np.log(3)), temperature=1.0).numbers
    # p = 3/4, 1/4; Z = 4/3; Var(E) = 3/16 log²3
    assert numbers["probabilities"] == pytest.approx([0.75, 0.25])
    assert numbers["log_partition"] == pytest.approx(np.log(4 / 3))
    assert numbers["free_energy"] == pytest.approx(-np.log(4 / 3))
    assert numbers["energy"] == pytest.approx(np.log(3) / 4)
    assert numbers["entropy"] == pytest.approx(np.log(4) - 0.75 * np.log(3))
    assert numbers["heat_capacity"] == pytest.approx(3 / 16 * np.log(3) ** 2)
    assert numbers["bound"] == 1.0


def test_the_coldest_leaves_the_lowest_energy_and_the_hottest_leaves_no_difference():
    cold, hot = (Temperature(temperature=T).numbers for T in (0.01, 100.0))
    assert cold["probabilities"] == pytest.approx([1, 0, 0, 0, 0, 0])
    assert cold["free_energy"] == pytest.approx(min(ENERGIES))
    assert hot["effective_states"] == pytest.approx(6, abs=1e-3)


def test_a_constant_added_to_every_energy_moves_only_what_is_measured_from_zero():
    here = Temperature(temperature=0.7).numbers
    there = Temperature([energy + 13 for energy in ENERGIES], temperature=0.7).numbers
    for name in ("probabilities", "entropy", "heat_capacity"):
        assert there[name] == pytest.approx(here[name])
    for name in ("energy", "free_energy"):
        assert there[name] == pytest.approx(here[name] + 13)


def test_curves_pass_through_the_present_numbers():
    place = 37
    widget = Temperature(temperature=float(CURVE[place]))
    for name in ("energy", "free_energy", "entropy", "heat_capacity"):
        assert widget.numbers[f"{name}_curve"][place] == pytest.approx(widget.numbers[name])


def test_the_sentence_names_the_most_probable_state():
    widget = Temperature((1.0, -3.0, 2.0), (" boat", " came", " down"))
    assert f"the most probable of 3 states is {named('␣came')} with 98\u00a0%" in widget.sentence


@pytest.mark.parametrize(
    ("energies", "tokens", "says"),
    [((1.0,), None, "at least two"), ((1.0, 2.0), ("a",), "2 energies came with 1 tokens"),
     ((1.0, 101.0), None, "energies holds"), ((1.0, np.nan), None, "energies holds")],
)  # fmt: skip
def test_states_that_cannot_be_shown_are_refused(energies, tokens, says):
    with pytest.raises(GedigError, match=says):
        Temperature(energies, tokens)


def test_the_number_of_states_stays():
    with pytest.raises(GedigError, match="shape"):
        Temperature().energies = [1.0, 2.0]
