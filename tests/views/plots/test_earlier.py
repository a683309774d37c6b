"""Copies of earlier lessons hand in what plots took before they took results."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.temperatures import fitted_head
from gedig_edu.views import plots_geometry, plots_graphs, plots_temperature, plots_thermo

HALF = "50\u00a0%"
WEIGHTS = np.array([[1.0, 0.0, 0.0], [0.2, 0.8, 0.0], [0.1, 0.3, 0.6]])
COSINES = np.array([[0.0, 9.0, 9.0], [0.0, 0.5, 9.0], [-0.5, 0.25, 0.5]])


def test_norms_of_each_token_are_dots_of_heads():
    q = np.array([[[1.0, 3.0], [4.0, 8.0], [5.0, 5.0]]])  # [layers, heads, L]
    ax = plots_geometry.head_norms(q, 10 * q, d=4)
    assert ax.lines[0].get_ydata().tolist() == [2.0, 6.0, 5.0]
    assert ax.get_label() == (
        "Mean norms of 3 heads: ‖q‖ from 2.00 to 6.00, median 5.00; "
        "‖k‖ from 20.0 to 60.0, median 50.0. A unit vector would have 1."
    )


@pytest.mark.parametrize("shape", [(1, 2, 3), (2, 3), (2, 1, 3)])
def test_entropy_and_capacity_of_heads_are_drawn_with_their_medians(shape):
    entropy = np.array([[0.1, 0.4, 0.9], [0.3, 0.6, 0.7]]).reshape(shape)
    drawn = plots_thermo.heads_over_heat(np.array([0.5, 1.0, 2.0]), entropy, entropy / 2)
    said = "{} of 2 heads over temperature; the median is {} at its own temperature and largest, {}"
    for ax, numbers in zip(
        drawn,
        [("entropy S / log n", "0.500", "0.800"), ("heat capacity C / bound", "0.250", "0.400")],
        strict=True,
    ):
        assert ax.get_label() == f"{said.format(*numbers)}, at 2.00 times it."


def test_one_head_is_its_own_median():
    one = np.array([0.25, 0.5])
    for ax in plots_thermo.heads_over_heat(np.array([1.0, 2.0]), one, one):
        assert "of 1 heads" in ax.get_label()
        assert "0.250 at its own temperature" in ax.get_label()


def test_a_heads_own_temperature_is_read_between_two_heats():
    shares = np.array([[0.2, 0.4]]), np.array([[0.4, 0.6]])
    left, right = plots_thermo.heads_over_heat(np.array([0.5, 2.0]), *shares)
    assert "0.300 at its own temperature" in left.get_label()
    assert "0.500 at its own temperature" in right.get_label()


def test_weights_and_scores_are_fitted():
    ax = plots_temperature.thermometers({"head 1.2": (WEIGHTS, COSINES)}, causal=True)
    assert ax.get_label() == (
        "head 1.2: 6 points, log-weight against score. "
        "The line has T = 0.522 and explains 0.942 of the variance."
    )


@pytest.mark.parametrize(
    ("head", "causal"),
    [
        ((WEIGHTS, COSINES), None),
        (fitted_head(WEIGHTS, COSINES, causal=True), True),
    ],
)
def test_heads_that_cannot_be_told_are_refused_with_what_to_hand_in(head, causal):
    with pytest.raises(GedigError, match=r"hand in fitted_head\(weights, scores, causal=.*lab"):
        plots_temperature.thermometers({"head 1.2": head}, causal=causal)


def test_draws_alone_are_drawn_with_their_mean():
    F = np.array([[0.0, -0.2, 0.1], [0.0, -0.4, 0.3]])
    ax = plots_graphs.growth_curves({"dear": F, "cheap": F - 1})
    assert ax.get_label() == (
        f"dear: F is lowest, −0.300, with {HALF} of the missing edges, and 0.200 with all of them. "
        f"cheap: F is lowest, −1.30, with {HALF} of the missing edges, and −0.800 with all of them."
    )
