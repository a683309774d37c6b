"""A change of basis: products stand still, lengths and angles do not, and rotation may allow it."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.theory.attention import cosine_scores, dot_scores
from gedig_edu.theory.basis import balanced_basis, change_basis, key_axes
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


class TestBalanced:
    """The basis that shares the singular values of W_Q W_Kᵀ evenly."""

    def test_is_found_by_hand_for_diagonal_matrices(self):
        A = balanced_basis(np.diag([9.0, 1.0]), np.diag([1.0, 16.0]))
        assert np.abs(A - np.diag([1 / 3, 4.0])).max() < 1e-12

    def test_makes_both_sides_equal_and_moves_no_score(self):
        rng = np.random.default_rng(2)
        to_q, to_k = rng.normal(size=(3, 11, 5)), rng.normal(size=(3, 7, 5)) * [1, 2, 3, 4, 5]
        new_q, new_k = change_basis(to_q, to_k, balanced_basis(to_q, to_k))
        assert new_q.mT @ new_q == pytest.approx(new_k.mT @ new_k)
        assert new_q @ new_k.mT == pytest.approx(to_q @ to_k.mT)

    def test_gives_the_same_lengths_and_angles_whatever_basis_one_starts_from(self):
        rng = np.random.default_rng(3)
        to_q, to_k = rng.normal(size=(2, 11, 5))
        other_q, other_k = change_basis(to_q, to_k, rng.normal(size=(5, 5)))
        one = change_basis(to_q, to_k, balanced_basis(to_q, to_k))[0]
        other = change_basis(other_q, other_k, balanced_basis(other_q, other_k))[0]
        assert one @ one.T == pytest.approx(other @ other.T)

    def test_takes_one_factor_for_each_rotary_pair(self):
        to_q, to_k = np.array([[3.0, 0, 4, 2]]), np.array([[0.0, 1, 1, 0]])
        A = balanced_basis(to_q, to_k, paired=True)
        factors = (1 / 5) ** 0.5, (1 / 2) ** 0.5  # |q| of the pairs is 5 and 2, |k| is 1 and 1
        assert np.diag(A) == pytest.approx([*factors, *factors])
        assert np.count_nonzero(A) == 4

    @pytest.mark.parametrize(
        ("to_q", "to_k", "said"),
        [
            (np.ones((3, 2)), np.ones((3, 4)), "have shapes"),
            (np.ones(3), np.ones(3), "have shapes"),
            (np.full((2, 2), np.nan), np.eye(2), "not finite"),
            (np.diag([1.0, 0.0]), np.eye(2), "no basis balances it"),
            (np.eye(2), np.diag([1.0, 0.0]), "no basis balances it"),
        ],
    )
    def test_refuses_what_has_no_balance_in_one_sentence(self, to_q, to_k, said):
        with pytest.raises(GedigError, match=said):
            balanced_basis(to_q, to_k)

    def test_refuses_an_odd_width_with_rotary_pairs(self):
        with pytest.raises(GedigError, match="d=3 makes no rotary pairs"):
            balanced_basis(np.eye(3), np.eye(3), paired=True)
