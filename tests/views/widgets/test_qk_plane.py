"""The q·k plane: numbers by hand, and what growing a key does."""

import math

import pytest

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.qk_plane import QKPlane

CROSS = [(4, 3), (1, 0), (0, 1), (-1, 0), (0, -1)]


def test_numbers_are_those_done_by_hand():
    numbers = QKPlane(q=(3, 4), keys=CROSS, temperature=2).numbers
    assert numbers["dot"] == pytest.approx(24)
    assert numbers["cosine"] == pytest.approx(0.96)
    assert numbers["angle"] == pytest.approx(math.degrees(math.acos(0.96)))
    assert (numbers["q_norm"], numbers["k_norm"]) == pytest.approx((5, 5))
    assert numbers["projection"] == pytest.approx(4.8)
    factors = [math.exp(cosine / 2) for cosine in (0.96, 0.6, 0.8, -0.6, -0.8)]
    expected = [factor / sum(factors) for factor in factors]
    assert numbers["cosine_weights"] == pytest.approx(expected)
    factors = [math.exp(dot / math.sqrt(2) / 2) for dot in (24, 3, 4, -3, -4)]
    assert numbers["dot_weights"] == pytest.approx([factor / sum(factors) for factor in factors])


def test_ngpt_is_cosine_at_a_lower_temperature():
    ngpt = QKPlane(q=(3, 4), keys=CROSS, temperature=1).numbers["ngpt_weights"]
    cosine = QKPlane(q=(3, 4), keys=CROSS, temperature=1 / math.sqrt(2)).numbers["cosine_weights"]
    assert ngpt == pytest.approx(cosine)


def test_length_scales_the_chosen_key_and_no_other():
    plane = QKPlane(q=(3, 4), keys=CROSS, chosen=0)
    before = plane.numbers
    plane.length = 10
    assert plane.k[0] == pytest.approx([8, 6])
    assert plane.k[1:] == [[1, 0], [0, 1], [-1, 0], [0, -1]]
    assert plane.numbers["cosine_weights"] == pytest.approx(before["cosine_weights"])
    assert plane.numbers["dot_weights"][0] > before["dot_weights"][0]


def test_a_zero_vector_has_no_angle_and_scores_zero():
    plane = QKPlane(q=(0, 0))
    assert plane.numbers["angle"] is None
    assert plane.numbers["projection"] is None
    assert plane.numbers["cosine"] == 0
    assert plane.numbers["dot_weights"] == pytest.approx([0.2] * 5)
    assert "angle –" in plane.sentence


def test_sentence_is_made_from_the_data():
    plane = QKPlane(q=(3, 4), keys=CROSS, chosen=2)
    assert plane.sentence.startswith("q is (3.00, 4.00) and k2 is (0.00, 1.00)")
    assert "cosine 0.800" in plane.sentence
    plane.chosen = 3
    assert "cosine −0.600" in plane.sentence


@pytest.mark.parametrize("given", [{"q": (1, 2, 3)}, {"keys": CROSS[:4]}, {"q": (41, 0)}])
def test_vectors_that_do_not_fit_are_refused(given):
    with pytest.raises(GedigError, match="give numbers from"):
        QKPlane(**given)
