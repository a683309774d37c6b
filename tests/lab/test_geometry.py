"""Rankings, Toeplitz matrices and rounding, each against a value known beforehand."""

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from gedig_edu.errors import GedigError
from gedig_edu.lab.geometry import (
    agreement,
    by_distance,
    diagonal_spread,
    find_rotary,
    law_error,
    read_vectors,
    same_first,
)
from gedig_edu.models import QueriesKeys
from gedig_edu.theory.attention import cosine_scores, dot_scores
from gedig_edu.theory.rope import rotate

LAYERS, HEADS, LENGTH, DIM = 3, 5, 11, 4


class Stub:
    """A model of which only queries, keys and the kind of positions are asked."""

    def __init__(self, *, rotary):
        self.rotary = rotary
        self.rotary = rotary

    def queries_keys_all(self, text):
        return [self.read(text, layer) for layer in range(LAYERS)]

    def read(self, text, layer):
        shape = (HEADS, len(text), DIM)
        read = QueriesKeys(*(np.full(shape, float(n)) for n in (10, 20, 30, 40)), scale=0.5)
        q = read.q + layer
        rotated = (read.q_rotated + layer, read.k_rotated) if self.rotary else (None, None)
        return QueriesKeys(q, read.k, *rotated, scale=0.5)


@pytest.mark.parametrize(("rotary", "q", "k"), [(False, 10.0, 20.0), (True, 30.0, 40.0)])
def test_vectors_of_all_layers_are_read_as_the_scores_see_them(rotary, q, k):
    read = read_vectors(Stub(rotary=rotary), "x" * LENGTH)
    assert read.q.shape == read.k.shape == (LAYERS, HEADS, LENGTH, DIM)
    np.testing.assert_array_equal(read.q[:, 0, 0, 0], q + np.arange(LAYERS))
    np.testing.assert_array_equal(read.k, k)


@pytest.fixture
def vectors():
    rng = np.random.default_rng(0)
    return rng.normal(size=(2, LAYERS, HEADS, LENGTH, DIM))


def test_rankings_of_hand_made_scores_agree_as_counted_by_hand():
    first = np.array([[9.0, 0, 0], [1.0, 2.0, 0], [3.0, 2.0, 1.0]])
    second = np.array([[0.0, 9, 9], [2.0, 1.0, 9], [3.0, 1.0, 2.0]])
    # Row 1 (2 keys): opposite, ρ = -1. Row 2: same first key, ranks 3 2 1 and 3 1 2, ρ = 1/2.
    read = agreement(first, second, causal=True)
    assert read.first == pytest.approx(0.5)
    assert read.spearman == pytest.approx(-0.25)
    assert agreement(first, second, causal=True, least=3).spearman == pytest.approx(0.5)


def test_correlation_is_spearmans_row_by_row_for_each_head(vectors):
    dot, cosine = dot_scores(*vectors), cosine_scores(*vectors)
    read = agreement(dot, cosine, causal=False)
    rows = [spearmanr(dot[2, 1, i], cosine[2, 1, i]).statistic for i in range(LENGTH)]
    assert read.first.shape == read.spearman.shape == (LAYERS, HEADS)
    assert read.spearman[2, 1] == pytest.approx(np.mean(rows))


def test_keys_of_one_length_make_both_scores_rank_alike(vectors):
    q, k = vectors
    k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    read = agreement(dot_scores(q, k), cosine_scores(q, k), causal=True)
    np.testing.assert_array_equal(read.first, 1.0)
    np.testing.assert_allclose(read.spearman, 1.0)


def test_a_causal_ranking_ignores_what_a_query_cannot_see(vectors):
    dot, cosine = dot_scores(*vectors), cosine_scores(*vectors)
    hidden = np.triu(np.ones((LENGTH, LENGTH), dtype=bool), k=1)
    shouting = np.where(hidden, 1e6, dot)
    np.testing.assert_array_equal(
        agreement(shouting, cosine, causal=True).first, agreement(dot, cosine, causal=True).first
    )


@pytest.mark.parametrize("shapes", [((3, 3), (4, 4)), ((2, 3), (2, 3)), ((1, 1), (1, 1))])
def test_scores_that_cannot_be_ranked_are_refused(shapes):
    with pytest.raises(GedigError):
        agreement(*(np.zeros(shape) for shape in shapes), causal=True)


def test_scores_of_equal_tokens_are_toeplitz_after_rotation():
    rng = np.random.default_rng(1)
    q, k = (np.tile(rng.normal(size=DIM), (LENGTH, 1)) for _ in range(2))
    positions = np.arange(LENGTH)
    scores = rotate(q, positions) @ rotate(k, positions).T
    assert diagonal_spread(scores) < 1e-12
    assert np.ptp(scores[0]) > 0.1
    scores[3, 5] += 2.0
    assert diagonal_spread(scores) == pytest.approx(2.0)


def test_float64_keeps_the_relative_law_and_bfloat16_loses_it():
    positions = np.array([0, 997, 10**6])
    exact = law_error(positions, angles="float64", vectors="float64")
    lost = law_error(positions, angles="bfloat16", vectors="bfloat16")
    assert exact.error.max() < 1e-9
    assert lost.error[0] == 0.0
    assert lost.error[1] > 0.01
    assert exact.first_above(1e-3) == float("inf")
    assert lost.first_above(1e-3) == 997.0


def test_rounding_of_angles_grows_with_position_and_rounding_of_vectors_does_not():
    positions = np.array([101, 10_007, 1_000_003])
    angles = law_error(positions, angles="float32", vectors="float64").error
    vectors = law_error(positions, angles="float64", vectors="bfloat16").error
    assert (angles[1:] > 10 * angles[:-1]).all()
    assert vectors.max() < 3 * vectors.min()


@pytest.mark.parametrize("changed", [{"offset": 29}, {"dim": 6}, {"base": 500.0}, {"seed": 3}])
def test_every_parameter_of_the_error_matters(changed):
    settings = {"angles": "float32", "vectors": "float32"}
    positions = np.array([10_007])
    error = law_error(positions, **settings | changed).error
    assert error != law_error(positions, **settings).error


def test_error_is_the_change_of_a_score_computed_by_theory():
    """One position, vectors in float64, angles in bfloat16: recomputed pair by pair."""
    p, offset, dim = 300, 7, 6
    q, k = np.random.default_rng(0).normal(size=(2, 64, dim))
    theta = torch.tensor(10000.0 ** (-np.arange(0, dim, 2) / dim)).bfloat16()

    def score(m, n):
        m, n = (torch.tensor([float(at)]).bfloat16() for at in (m, n))
        pairs = [x[:, : dim // 2] + 1j * x[:, dim // 2 :] for x in (q, k)]
        waves = [(m * theta), (n * theta)]
        turns = [f.cos().double().numpy() + 1j * f.sin().double().numpy() for f in waves]
        return np.real(pairs[0] * turns[0] * np.conj(pairs[1] * turns[1])).sum(axis=-1)

    change = score(p + offset, p) - score(offset, 0)
    lengths = np.linalg.norm(q, axis=-1) * np.linalg.norm(k, axis=-1)
    expected = np.sqrt(np.mean((change / lengths) ** 2))
    read = law_error(np.array([p]), angles="bfloat16", vectors="float64", dim=dim)
    assert read.error[0] == pytest.approx(expected)


def test_unknown_number_types_are_refused():
    with pytest.raises(GedigError, match="angles"):
        law_error(np.array([1]), angles="float8", vectors="float32")


def test_scores_are_averaged_over_maps_and_over_each_diagonal_without_the_first_token():
    scores = np.zeros((2, LENGTH, LENGTH))
    scores[..., 0], scores[:, 0] = 1e9, 1e9
    scores[0, 4, 2], scores[1, 9, 7] = 9.0, 18.0  # distance 2, on a diagonal of 8
    read = by_distance(scores)
    assert read.shape == (LENGTH - 1,)
    assert read[2] == pytest.approx((9 + 18) / (2 * 8))
    assert not read[[0, 1, *range(3, LENGTH - 1)]].any()


def test_the_first_model_that_rotates_is_found_and_a_name_that_is_not_here_is_passed_over():
    plain, rotary = Stub(rotary=False), Stub(rotary=True)
    assert find_rotary(plain, "no-such-model", rotary, Stub(rotary=True)) is rotary
    assert find_rotary(plain, "no-such-model") is None


def test_the_same_first_key_is_counted_as_agreement_counts_it():
    rng = np.random.default_rng(2)
    first, second = rng.normal(size=(2, 3, 5, 5))
    for causal in (True, False):
        expected = agreement(first, second, causal=causal).first
        assert np.array_equal(same_first(first, second, causal=causal), expected)
    with pytest.raises(GedigError, match="no row with 2 keys"):
        same_first(first[:, :1, :1], first[:, :1, :1], causal=True)
