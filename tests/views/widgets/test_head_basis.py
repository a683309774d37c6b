"""One head in another basis: what stands still, what moves, and what cannot be shown."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.theory.attention import attend, cosine_scores, dot_scores
from gedig_edu.views.widgets.head_basis import HeadBasis
from gedig_edu.words.numbers import named


@pytest.fixture
def vectors():
    rng = np.random.default_rng(3)
    return rng.normal(size=(5, 8)), rng.normal(size=(5, 8)) * np.geomspace(0.2, 2.0, 8)


def test_weights_spread_and_entropy_stand_still_while_cosines_move(vectors):
    head = HeadBasis(*vectors, "abcde")
    before = head.numbers
    head.evenness = -0.7
    after = head.numbers
    assert after["moved"] < 1e-12
    for name in ("weights", "spread", "entropy"):
        assert np.allclose(after[name], before[name], atol=1e-9)
    assert np.abs(np.subtract(after["cosines"], before["cosines"])).max() > 0.05


def test_the_stored_basis_shows_the_numbers_of_the_head_itself(vectors):
    q, k = vectors
    numbers = HeadBasis(q, k, "abcde", causal=False, query=1).numbers
    scores, cosines = dot_scores(q, k), cosine_scores(q, k)
    assert numbers["weights"] == pytest.approx(attend(scores, k).weights[1], abs=1e-5)
    assert numbers["cosines"] == pytest.approx(cosines[1], abs=1e-5)
    assert numbers["lengths"] == pytest.approx(np.linalg.norm(k, axis=-1), abs=1e-5)
    assert numbers["same"] == np.mean(scores.argmax(-1) == cosines.argmax(-1))
    assert numbers["condition"] == 1


def test_even_keys_of_a_short_text_make_both_scores_agree_in_every_row(vectors):
    numbers = HeadBasis(*vectors, "abcde", evenness=1.0).numbers
    assert numbers["ratio"] == pytest.approx(1, abs=1e-4)
    assert numbers["same"] == 1


def test_a_causal_row_shows_what_the_query_sees_and_one_key_ranks_nothing(vectors):
    q, k = vectors
    assert len(HeadBasis(q, k, "abcde", query=2).numbers["weights"]) == 3
    one = HeadBasis(q[:1], k[:1], "a")
    assert one.numbers["same"] is None
    assert f"The query {named('a')} gives most to {named('a')}, 100\u00a0%" in one.sentence


def test_paired_axes_stretch_both_entries_of_a_rotary_pair_alike(vectors):
    reach = np.array(HeadBasis(*vectors, "abcde", paired=True).reach)
    assert np.array_equal(reach[:4], reach[4:])


def test_a_head_that_does_not_fit_is_refused(vectors):
    q, k = vectors
    with pytest.raises(GedigError, match="q came without k; give both"):
        HeadBasis(q)
    with pytest.raises(GedigError, match=r"k has shape \(4, 8\)"):
        HeadBasis(q, k[:4], "abcde")
    with pytest.raises(GedigError, match="query=5 is no token; choose 0 to 4"):
        HeadBasis(q, k, "abcde", query=5)
