"""A change of basis: products stand still, lengths and angles do not, and rotation may allow it."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.theory.attention import cosine_scores, dot_scores
from gedig_edu.theory.basis import change_basis, key_axes
from gedig_edu.theory.rope import rotate


@pytest.fixture
def vectors():
    rng = np.random.default_rng(0)
    return rng.normal(size=(2, 5, 6)), rng.normal(size=(2, 7, 6)) * np.geomspace(0.3, 3, 6)


def test_no_product_moves_and_every_cosine_does(vectors):
    q, k = vectors
    A = np.random.default_rng(1).normal(size=(6, 6))
    moved = change_basis(q, k, A)
    assert np.allclose(dot_scores(*moved), dot_scores(q, k), atol=1e-12)
    assert (np.abs(cosine_scores(*moved) - cosine_scores(q, k)) > 1e-6).all()


def test_each_head_can_have_a_basis_of_its_own(vectors):
    q, k = vectors
    A = np.stack([np.eye(6), 2 * np.eye(6)])
    turned, answered = change_basis(q, k, A)
    assert np.array_equal(turned[0], q[0])
    assert np.allclose(turned[1], 2 * q[1])
    assert np.allclose(answered[1], k[1] / 2)


def test_evened_keys_reach_equally_far_in_every_direction(vectors):
    q, k = vectors
    found = key_axes(k)
    _, even = change_basis(q, k, found.basis(1.0))
    second = even.mT @ even / 7
    assert np.allclose(second, second[..., :1, :1] * np.eye(6), atol=1e-12)
    turned = change_basis(q, k, found.basis(0.0))
    assert np.allclose(cosine_scores(*turned), cosine_scores(q, k), atol=1e-12)


def test_fewer_keys_than_dimensions_all_get_one_length(vectors):
    q, k = vectors[0], vectors[1][:, :4]
    _, even = change_basis(q, k, key_axes(k).basis(1.0))
    lengths = np.linalg.norm(even, axis=-1)
    assert np.allclose(lengths, lengths[:, :1])


def test_paired_axes_commute_with_rotation_and_free_ones_do_not(vectors):
    q, k = vectors

    def scores(q, k):
        return dot_scores(rotate(q, np.arange(5)), rotate(k, np.arange(7)))

    for paired in (True, False):
        moved = change_basis(q, k, key_axes(k, paired=paired).basis(1.0))
        assert np.allclose(scores(*moved), scores(q, k), atol=1e-9) is paired


def test_zero_keys_change_nothing():
    found = key_axes(np.zeros((3, 4)))
    assert np.array_equal(found.reach, np.zeros(4))
    assert np.allclose(np.linalg.cond(found.basis(1.0)), 1)


def test_what_is_no_change_of_basis_is_refused(vectors):
    q, k = vectors
    with pytest.raises(GedigError, match="cannot be inverted"):
        change_basis(q, k, np.ones((6, 6)))
    with pytest.raises(GedigError, match=r"\(2, 5, 6\), \(2, 7, 6\) and \(5, 5\)"):
        change_basis(q, k, np.eye(5))
    with pytest.raises(GedigError, match="d=5 makes no rotary pairs"):
        key_axes(k[..., :5], paired=True)
    with pytest.raises(GedigError, match=r"k has shape \(6,\)"):
        key_axes(k[0, 0])
    with pytest.raises(GedigError, match="evenness"):
        key_axes(k).basis(float("nan"))
