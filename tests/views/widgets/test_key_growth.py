"""One row of attention whose keys grow: hand-computed shares, and what cannot be shown."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.key_growth import KeyGrowth
from gedig_edu.words.numbers import named

# d = 4, so √d = 2: scores q·k/√d are log 3, 0 and -log 2; lengths are 3, 1 and 2.
Q = np.array([2.0, 0, 0, 0])
KEYS = np.array([[np.log(3), 0, 0, 0], [0, 1.0, 0, 0], [-np.log(2), 0, 2.0, 0]])


@pytest.fixture
def row():
    return KeyGrowth(Q, KEYS, ("a", " b", "c"))


def test_the_heaviest_key_is_chosen_and_weights_are_those_of_the_real_row(row):
    # weights are 3 : 1 : 1/2, of 4.5 together
    assert row.chosen == 0
    assert row.numbers["before"] == pytest.approx(3 / 4.5)
    assert row.numbers["dot_weights"] == pytest.approx([3 / 4.5, 1 / 4.5, 0.5 / 4.5])
    assert row.tokens == ["a", "␣b", "c"]


def test_growing_multiplies_the_score_of_one_key_and_leaves_every_cosine(row):
    cosine = row.numbers["cosine_weights"], row.numbers["ngpt_weights"]
    row.growth = 2.0
    assert row.numbers["score"] == pytest.approx(2 * np.log(3))
    assert row.numbers["dot_weights"] == pytest.approx([9 / 10.5, 1 / 10.5, 0.5 / 10.5])
    assert (row.numbers["cosine_weights"], row.numbers["ngpt_weights"]) == cosine


@pytest.mark.parametrize(("key", "before", "after"), [(1, 1 / 4.5, 1 / 4.5), (2, 0.5, 0.25)])
def test_a_key_at_right_angles_keeps_its_weight_and_one_that_points_away_loses(key, before, after):
    grown = KeyGrowth(Q, KEYS, ("a", "b", "c"), chosen=key, growth=2.0).numbers
    if key == 2:
        before, after = before / 4.5, after / 4.25
    assert grown["before"] == pytest.approx(before)
    assert grown["dot_weight"] == pytest.approx(after)


def test_temperature_divides_the_cosine_alone(row):
    row.temperature = 0.5
    cosines = np.array([1.0, 0.0, -np.log(2) / np.hypot(np.log(2), 2.0)])
    factors = np.exp(cosines / 0.5)
    assert row.numbers["cosine_weights"] == pytest.approx(list(factors / factors.sum()))
    # d = 4: nGPT's √d·cos θ is the cosine at T = 1/2
    assert row.numbers["ngpt_weights"] == pytest.approx(row.numbers["cosine_weights"])


def test_the_sentence_tells_the_present_numbers(row):
    row.growth = 2.0
    assert f"The key {named('a')} is 2.00 times its own length" in row.sentence
    assert "went from 67\u00a0% to 86\u00a0%" in row.sentence


def test_every_extreme_of_every_control_is_shown():
    widget = KeyGrowth()
    for name, value in KeyGrowth.extremes():
        setattr(widget, name, value)
        shares = [sum(widget.numbers[f"{kind}_weights"]) for kind in ("dot", "cosine", "ngpt")]
        assert shares == pytest.approx([1, 1, 1])
        assert widget.sentence


def test_a_row_that_does_not_fit_is_refused(row):
    with pytest.raises(GedigError, match="3 keys came with 2 tokens"):
        KeyGrowth(Q, KEYS, ("a", "b"))
    with pytest.raises(GedigError, match="q came without keys; give both"):
        KeyGrowth(Q)
    with pytest.raises(GedigError, match="0 to 2"):
        row.chosen = 3
