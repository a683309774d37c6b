import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import assert_like, both_kinds, give, one_sentence, plain

from gedig_edu.errors import GedigError
from gedig_edu.theory.attention import attend, dot_scores
from gedig_edu.theory.sparse import edge_attend, sparse_attend, top_edges

L, N, D, DV = 5, 11, 7, 3
SETTINGS = settings(deadline=None, max_examples=60)
seeds = st.integers(0, 2**32 - 1)


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def everywhere(*shape):
    return np.ones(shape, bool)


@both_kinds
def test_on_the_complete_graph_it_is_dense_attention(kind):
    scores, v = give(draw(2, L, N), kind), give(draw(2, N, DV, seed=1), kind)
    sparse = sparse_attend(scores, v, edges=give(everywhere(2, L, N), kind, "bool"))
    dense = attend(scores, v)
    assert_like(sparse.weights, scores)
    np.testing.assert_array_equal(plain(sparse.weights), plain(dense.weights))
    np.testing.assert_array_equal(plain(sparse.output), plain(dense.output))
    for nothing in (sparse.dropped, sparse.error, sparse.norm_bound, sparse.diameter_bound):
        np.testing.assert_array_equal(plain(nothing), np.zeros((2, L)))


@given(seeds, st.floats(0, 1), st.booleans())
@SETTINGS
def test_weights_are_off_by_twice_what_was_dropped_and_the_output_within_both_bounds(
    seed, share, causal
):
    rng = np.random.default_rng(seed)
    scores, v = 3 * rng.normal(size=(2, N, N)), rng.normal(size=(2, N, DV)) + 2
    edges = rng.random((2, N, N)) < share
    dense = attend(scores, v, causal=causal)
    sparse = sparse_attend(scores, v, edges=edges, causal=causal)
    gap = np.abs(dense.weights - sparse.weights).sum(axis=-1)
    np.testing.assert_allclose(gap, 2 * sparse.dropped, atol=1e-12)
    np.testing.assert_allclose(
        sparse.error, np.linalg.norm(dense.output - sparse.output, axis=-1), atol=1e-12
    )
    assert (sparse.error <= sparse.diameter_bound + 1e-12).all()
    assert (sparse.diameter_bound <= sparse.norm_bound + 1e-12).all()
    np.testing.assert_allclose(sparse.weights.sum(axis=-1), 1)
    assert ((sparse.weights > 0) == (sparse.edges & (sparse.weights > 0))).all()


def test_both_bounds_are_tight_where_two_values_face_each_other():
    """The error is δ·‖a − b‖; with b = −a that is 2δ·‖a‖."""
    scores, v = np.log([[0.75, 0.25]]), np.array([[3.0, 4.0], [-3.0, -4.0]])
    sparse = sparse_attend(scores, v, edges=np.array([[True, False]]))
    for found in (sparse.error, sparse.norm_bound, sparse.diameter_bound):
        np.testing.assert_allclose(found, [0.25 * 10], atol=1e-12)


def test_a_shift_of_all_values_moves_one_bound_only():
    scores, v, edges = draw(L, N), draw(N, DV, seed=1), draw(L, N, seed=2) > 0.5
    here = sparse_attend(scores, v, edges=edges)
    there = sparse_attend(scores, v + 100, edges=edges)
    np.testing.assert_allclose(there.error, here.error, atol=1e-9)
    np.testing.assert_allclose(there.diameter_bound, here.diameter_bound, atol=1e-9)
    assert (there.norm_bound > 10 * here.norm_bound).all()


@both_kinds
def test_a_row_keeps_its_largest_weight_at_least(kind):
    scores = draw(2, N, N)
    none = give(np.zeros((2, N, N)), kind, "bool")
    for causal in (False, True):
        sparse = sparse_attend(
            give(scores, kind), give(draw(2, N, DV), kind), edges=none, causal=causal
        )
        seen = np.where(np.tri(N, dtype=bool) | (not causal), scores, -np.inf)
        np.testing.assert_array_equal(plain(sparse.edges), np.eye(N)[seen.argmax(axis=-1)])
        np.testing.assert_array_equal(plain(sparse.weights), plain(sparse.edges))


@both_kinds
def test_a_fixed_number_of_keys_a_row_are_those_with_the_highest_scores(kind):
    scores = draw(2, N, N)
    found = plain(top_edges(give(scores, kind), keys=3))
    assert (found.sum(axis=-1) == 3).all()
    kept, lost = np.where(found == 1, scores, np.inf), np.where(found == 0, scores, -np.inf)
    assert (kept.min(axis=-1) > lost.max(axis=-1)).all()


def test_a_short_row_keeps_all_it_sees_and_equal_scores_count_in_order():
    assert top_edges(np.zeros((4, 4)), keys=2, causal=True).astype(int).tolist() == [
        [1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0],
    ]  # fmt: skip
    assert top_edges(np.array([[0.0, -np.inf]]), keys=9).tolist() == [[True, False]]
    assert top_edges(np.array([[1]]), keys=1).tolist() == [[True]]


def test_more_keys_drop_less():
    scores, v = draw(N, N), draw(N, DV, seed=1)
    lost = [sparse_attend(scores, v, edges=top_edges(scores, keys=k)).dropped for k in (1, 2, 5, N)]
    assert all((more <= less).all() for less, more in pairwise(lost))
    assert (lost[-1] == 0).all()


@given(seeds)
@SETTINGS
def test_work_on_the_edges_alone_gives_what_masked_attention_gives(seed):
    rng = np.random.default_rng(seed)
    q, k, v = rng.normal(size=(L, D)), rng.normal(size=(N, D)), rng.normal(size=(N, DV))
    cells = rng.random((L, N)) < 0.4
    cells[np.arange(L), rng.integers(N, size=L)] = True
    edges = rng.permutation(np.argwhere(cells))
    alone = edge_attend(q, k, v, edges=edges)
    masked = attend(dot_scores(q, k), v, mask=cells)
    np.testing.assert_allclose(alone.output, masked.output, atol=1e-12)
    np.testing.assert_allclose(alone.weights, masked.weights[tuple(edges.T)], atol=1e-12)


def test_work_on_every_edge_is_dense_attention():
    q, k, v = draw(L, D), draw(N, D, seed=1), draw(N, DV, seed=2)
    alone = edge_attend(q, k, v, edges=np.argwhere(everywhere(L, N)))
    np.testing.assert_allclose(alone.output, attend(dot_scores(q, k), v).output, atol=1e-12)


def test_large_scores_are_no_trouble():
    far = edge_attend(
        [[1e4], [1.0]], [[1e4], [-1e4]], [[1.0], [2.0]], edges=[(0, 0), (0, 1), (1, 1)]
    )
    np.testing.assert_allclose(far.output, [[1.0], [2.0]])


@pytest.mark.parametrize(
    ("edges", "words"),
    [
        ([(0, 0)], "Query 1 has no edge"),
        ([(0, 0), (1, 2)], "leads nowhere"),
        ([(0, 0), (-1, 0), (1, 0)], "leads nowhere"),
        ([(0, 0), (1, 0), (0, 0)], "stands twice"),
        ([], "edges have shape"),
        ([(0, 0.5), (1, 0)], "whole pairs"),
        ([(0, math.nan), (1, 0)], "whole pairs"),
        ([(0, math.inf), (1, 0)], "whole pairs"),
        ([(0, 0, 1)], "edges have shape"),
        ("all", "give"),
    ],
)
def test_what_are_no_edges_is_refused(edges, words):
    with pytest.raises(GedigError, match=words) as error:
        edge_attend(draw(2, D), draw(2, D), draw(2, DV), edges=edges)
    assert one_sentence(error)


@pytest.mark.parametrize(
    ("shapes", "words"),
    [(((2, D), (2, 3), (2, 1)), "do not fit"), (((2, D), (2, D), (3, 1)), "do not fit"),
     (((2, 0), (2, 0), (2, 1)), "empty"), (((2,), (2, D), (2, 1)), "matrix")],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused(shapes, words):
    with pytest.raises(GedigError, match=words) as error:
        edge_attend(*(draw(*shape) for shape in shapes), edges=[(0, 0), (1, 1)])
    assert one_sentence(error)


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ({"edges": np.ones((L, N))}, "give bool"),
        ({"edges": everywhere(L, 2)}, "do not fit together"),
        ({"edges": everywhere(4, L, N)}, "more than"),
        ({"edges": [[True]]}, "of type list"),
        ({"scores": np.full((L, N), math.nan)}, "nan"),
        ({"scores": np.full((L, N), -math.inf)}, "no key left"),
        ({"v": np.full((N, DV), math.nan)}, "nan"),
        ({"v": draw(N - 1, DV)}, "one value per key"),
        ({"v": np.full((N, DV), 1e200)}, "v has a number above"),
        ({"scores": draw(0, N)}, "at least one each"),
    ],
)
def test_sparse_attention_refuses_what_it_cannot_read(given_, words):
    whole = {"scores": draw(L, N), "v": draw(N, DV), "edges": everywhere(L, N)} | given_
    with pytest.raises(GedigError, match=words) as error:
        sparse_attend(whole.pop("scores"), whole.pop("v"), **whole)
    assert one_sentence(error)


@pytest.mark.parametrize(
    "scores", [draw(N), draw(0, N), np.array([[math.nan]]), np.array([[math.inf]])]
)
def test_edges_are_found_among_scores_only(scores):
    with pytest.raises(GedigError) as error:
        top_edges(scores, keys=1)
    assert one_sentence(error)


def test_scores_too_large_for_a_number_are_refused():
    huge, v = 1e200 * np.eye(3), np.ones((3, 1))
    with pytest.raises(GedigError, match="too large") as error:
        edge_attend(huge, huge, v, edges=[(0, 0), (1, 1), (2, 2)])
    assert one_sentence(error)


def test_an_edge_to_nowhere_is_named_as_it_was_given():
    with pytest.raises(GedigError, match=r"The edge \(-?1000000000\d+, 0\) leads nowhere"):
        edge_attend(np.eye(3), np.eye(3), np.ones((3, 1)), edges=np.array([[1e30, 0]]))
