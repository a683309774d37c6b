"""Rows of attention as ensembles, against weights done by hand and a peak known beforehand."""

import numpy as np
import pytest
from scipy.optimize import brentq

from gedig_edu.errors import GedigError
from gedig_edu.lab.geometry import Vectors
from gedig_edu.lab.thermodynamics import (
    Rows,
    capacity_bound,
    capacity_of_one_below,
    one_below,
    read_rows,
    rows_of,
)
from gedig_edu.models import load
from gedig_edu.theory.attention import attend, dot_scores
from gedig_edu.theory.thermo import Ensemble

LAYERS, HEADS, LENGTH, DIM = 2, 3, 7, 5


@pytest.fixture
def vectors():
    return Vectors(*np.random.default_rng(0).normal(size=(2, LAYERS, HEADS, LENGTH, DIM)))


@pytest.mark.parametrize("causal", [True, False])
def test_rows_at_their_own_temperature_are_attention(vectors, causal):
    rows = rows_of(vectors, causal=causal)
    weights = attend(dot_scores(*vectors), vectors.k, causal=causal).weights
    np.testing.assert_allclose(rows.at().probabilities, weights, atol=1e-15)
    assert rows.temperature == pytest.approx(np.sqrt(5))
    assert rows.keys.tolist() == ([1, 2, 3, 4, 5, 6, 7] if causal else [7] * 7)


def test_heat_multiplies_the_temperature(vectors):
    rows = rows_of(vectors, causal=False)
    weights = attend(dot_scores(*vectors), vectors.k, temperature=3.0).weights
    np.testing.assert_allclose(rows.at(3.0).probabilities, weights)


def test_shares_are_means_over_the_rows_that_see_enough_keys(vectors):
    rows = rows_of(vectors, causal=True)
    entropy, capacity = rows.over_heat(np.array([0.5, 2.0]), least=6)
    hot = rows.at(2.0)
    assert entropy.shape == capacity.shape == (LAYERS, HEADS, 2)
    by_hand = [hot.entropy[1, 2, 5] / np.log(6), hot.entropy[1, 2, 6] / np.log(7)]
    assert entropy[1, 2, 1] == pytest.approx(np.mean(by_hand))
    bounds = [np.log(5) ** 2 / 4 + 1, np.log(6) ** 2 / 4 + 1]
    by_hand = hot.heat_capacity[1, 2, 5:] / bounds
    assert capacity[1, 2, 1] == pytest.approx(by_hand.mean())


def test_rows_of_a_single_key_are_never_counted(vectors):
    entropy, capacity = rows_of(vectors, causal=True).over_heat(np.ones(1), least=0)
    assert np.isfinite(entropy).all()
    assert np.isfinite(capacity).all()


@pytest.mark.parametrize("gap", [0.3, 1.0, 4.0])
def test_two_states_peak_where_the_formula_says(gap):
    """C = x² eˣ/(1 + eˣ)² with x = gap/T peaks where x tanh(x/2) = 2."""
    x = brentq(lambda x: x * np.tanh(x / 2) - 2, 1, 5)
    rows = Rows(np.full((1, 1, 1, 2), [0.0, gap]), 1.0, np.array([2]))
    assert rows.peak(least=2)[0, 0] == pytest.approx(gap / x, rel=2e-3)


def test_a_peak_beyond_the_range_stays_at_its_edge():
    rows = Rows(np.full((1, 1, 1, 2), [0.0, 1e4]), 1.0, np.array([2]))
    assert rows.peak(least=2)[0, 0] == pytest.approx(32, rel=0.1)


def test_bounds_are_those_of_the_formula_and_a_single_state_has_none():
    assert capacity_bound(1) == 0.0
    assert capacity_bound(np.array([2, 8])).tolist() == pytest.approx([1.0, np.log(7) ** 2 / 4 + 1])
    with pytest.raises(GedigError, match="below 1"):
        capacity_bound(np.array([3, 0]))


def test_the_bundled_model_reads_its_energies_at_the_root_of_d():
    model = load("gpt2-mini")
    rows = read_rows(model, "The boat came down the river.")
    weights = model.attend("The boat came down the river.").weights
    np.testing.assert_allclose(rows.at().probabilities, weights, atol=1e-5)
    assert (rows.at().heat_capacity <= rows.bound + 1e-9).all()


@pytest.mark.parametrize(
    ("power", "height"), [(4, 2.7187), (8, 8.6387), (12, 18.2773), (16, 31.7385), (20, 49.0385)]
)
def test_the_peak_of_one_state_below_equal_ones_grows_as_the_square_of_log_n(power, height):
    peak = one_below(2**power)
    assert peak.height == pytest.approx(height, abs=2e-4)
    assert np.log(2**power) ** 2 / 4 < peak.height < capacity_bound(2**power)


def test_the_peak_of_one_state_below_equal_ones_is_that_of_the_ensemble_at_its_temperature():
    peak = one_below(256)
    E = np.r_[0.0, np.ones(255)]
    near = [Ensemble(E, peak.temperature * by).heat_capacity for by in (0.99, 1.0, 1.01)]
    assert max(near) == near[1] == pytest.approx(peak.height, rel=1e-6)


def test_the_peak_narrows_against_its_temperature_as_the_system_grows():
    peaks = [one_below(2**power) for power in (4, 8, 12, 16, 20)]
    widths = [peak.width / peak.temperature for peak in peaks]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] * np.log(2**20) == pytest.approx(3.53, rel=0.03)  # 4 arcosh(√2) in the limit


def test_a_peak_needs_two_states_and_a_temperature_above_zero():
    assert one_below(2).height == pytest.approx(0.4392, abs=1e-4)
    with pytest.raises(GedigError, match="at least 2"):
        one_below(1)
    with pytest.raises(GedigError, match="above 0"):
        capacity_of_one_below(3, np.array([0.5, 0.0]))


def test_the_capacity_of_one_below_is_that_of_its_energies():
    T = np.geomspace(0.02, 50, 31)
    E = np.tile(np.r_[0.0, np.ones(16)], (31, 1))
    np.testing.assert_allclose(
        capacity_of_one_below(17, T), Ensemble(E, T[:, None]).heat_capacity, rtol=1e-9
    )
