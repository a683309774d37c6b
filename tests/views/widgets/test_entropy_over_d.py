"""Entropy against d: level under √d for independent entries, and not for aligned ones."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.entropy_over_d import DIMS, EntropyOverD


def entropies(**settings):
    return np.array(EntropyOverD(**settings).numbers["entropies"])


def test_undivided_scores_freeze_and_root_d_keeps_the_entropy():
    frozen, kept, even = (entropies(exponent=a) for a in (0.0, 0.5, 1.0))
    assert frozen[-1] < 0.3 * frozen[0]
    assert np.ptp(kept[2:]) < 0.15
    assert even[-1] == pytest.approx(np.log(16), abs=1e-3)


def test_a_key_turned_to_its_query_freezes_attention_in_spite_of_root_d():
    kept = entropies(exponent=0.5, alignment=0.5)
    assert kept[-1] < 0.1 < 1.0 < kept[0]


def test_the_chosen_d_is_read_off():
    numbers = EntropyOverD(power=8, exponent=0.5).numbers
    assert (numbers["d"], numbers["heat"]) == (256, 16.0)
    assert numbers["entropy"] == numbers["entropies"][DIMS.index(256)]
    assert numbers["effective_states"] == pytest.approx(np.exp(numbers["entropy"]))
    assert numbers["spread"] == pytest.approx(1.0, abs=0.1)
    assert sum(numbers["weights"]) == pytest.approx(1)


def test_scores_are_those_of_vectors_drawn_here():
    rng = np.random.default_rng(5)
    q, k = rng.normal(size=(24, 1024)), rng.normal(size=(16, 1024))
    widget = EntropyOverD(seed=5)
    assert widget.random[1][3][2] == pytest.approx(q[3, :8] @ k[2, :8], abs=1e-6)
    assert widget.norms[1][3] == pytest.approx(q[3, :8] @ q[3, :8], abs=1e-6)


def test_the_sentence_says_where_the_curve_begins_and_ends():
    said = EntropyOverD(exponent=1.0).sentence
    assert "to the power 1.00" in said
    assert "to 2.77 at d = 1024" in said


@pytest.mark.parametrize("setting", [{"power": 11}, {"exponent": 1.5}, {"alignment": -0.1}])
def test_settings_beyond_their_range_are_refused(setting):
    with pytest.raises(GedigError, match="is out of range; give"):
        EntropyOverD(**setting)
