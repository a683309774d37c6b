"""A drawn distribution: never below softmax, and above it by T·KL."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gedig_edu.errors import GedigError
from gedig_edu.theory.thermo import Ensemble
from gedig_edu.views.widgets.free_energy import ENERGIES, FreeEnergy

SHARES = st.lists(st.floats(0, 1), min_size=5, max_size=5).filter(lambda given: sum(given) > 0.01)


def test_one_certain_state_is_done_by_hand():
    drawn = FreeEnergy(energies=[3.0, 0, 0, 0, 0], q=[1, 0, 0, 0, 0], temperature=2.0).numbers
    total = np.exp(-1.5) + 4
    assert drawn["drawn_free_energy"] == pytest.approx(3.0)
    assert drawn["drawn_entropy"] == 0.0
    assert drawn["free_energy"] == pytest.approx(-2 * np.log(total))
    assert drawn["gap"] == pytest.approx(3 + 2 * np.log(total))


@settings(max_examples=50, deadline=None)
@given(SHARES, st.floats(0.01, 100))
def test_no_distribution_lies_below_softmax_and_the_gap_is_the_divergence(shares, T):
    numbers = FreeEnergy(q=np.array(shares) / sum(shares), temperature=T).numbers
    size = max(1.0, T)
    assert numbers["gap"] >= -1e-9 * size
    assert numbers["gap"] == pytest.approx(numbers["heat_kl"], abs=1e-9 * size)


def test_softmax_itself_has_no_gap():
    p = Ensemble(np.array(ENERGIES), 0.3).probabilities
    assert FreeEnergy(q=p, temperature=0.3).numbers["gap"] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("q", [[0.5, 0.5, 0.5, 0, 0], [-0.1, 1.1, 0, 0, 0]])
def test_what_is_no_distribution_is_refused(q):
    with pytest.raises(GedigError, match="no distribution"):
        FreeEnergy(q=q)


def test_the_sentence_gives_both_free_energies():
    said = FreeEnergy(energies=[0.0] * 5, q=[0.2] * 5).sentence
    assert "its free energy is −1.61. Softmax has −1.61. The difference is 0.00" in said
