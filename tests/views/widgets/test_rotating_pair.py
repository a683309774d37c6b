"""The rotating pairs: numbers by hand, and a score that sees only m − n."""

import math

import pytest

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.rotating_pair import RotatingPair

ALIGNED = [1, 1, 1, 1, 0, 0, 0, 0]


def test_numbers_are_those_done_by_hand():
    pair = RotatingPair(q=ALIGNED, k=ALIGNED, m=9, n=2, base=10000, pair=1)
    parts = [math.cos(7 * theta) for theta in (1, 0.1, 0.01, 0.001)]
    numbers = pair.numbers
    assert numbers["offset"] == 7
    assert numbers["parts"] == pytest.approx(parts)
    assert numbers["score"] == pytest.approx(sum(parts))
    assert numbers["part"] == pytest.approx(math.cos(0.7))
    assert numbers["wavelength"] == pytest.approx(20 * math.pi)
    assert (numbers["q_norm"], numbers["k_norm"]) == pytest.approx((2, 2))


@pytest.mark.parametrize("shift", [1, 13, 1000])
def test_a_shift_of_both_leaves_the_score(shift):
    pair = RotatingPair(m=31, n=7)
    score = pair.numbers["score"]
    pair.shift = shift
    assert (pair.numbers["m"], pair.numbers["n"]) == (31 + shift, 7 + shift)
    assert pair.numbers["score"] == pytest.approx(score, abs=1e-9)
    assert pair.numbers["unshifted"] == pytest.approx(score, abs=1e-12)


def test_a_larger_base_slows_the_later_pairs_and_leaves_the_first():
    slow, fast = RotatingPair(base=1e6, pair=3), RotatingPair(base=10, pair=3)
    assert slow.numbers["wavelength"] > 1000 * fast.numbers["wavelength"]
    slow.pair = fast.pair = 0
    assert slow.numbers["wavelength"] == fast.numbers["wavelength"]


def test_sentence_is_made_from_the_data():
    pair = RotatingPair(q=ALIGNED, k=ALIGNED, m=2, n=9, shift=100)
    assert pair.sentence.startswith("With the query at position 102 and the key at 109")
    assert "a distance of −7" in pair.sentence


@pytest.mark.parametrize("given", [{"q": [1.0] * 7}, {"k": [11.0] * 8}])
def test_vectors_that_do_not_fit_are_refused(given):
    with pytest.raises(GedigError, match="give numbers from"):
        RotatingPair(**given)
