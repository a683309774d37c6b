import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.fewer_edges import (
    error_on_these,
    keys_needed,
    nearest,
    on_edges,
    strongest,
)
from gedig_edu.models import load

TEXT = "The ferry left before sunrise, and only the baker noticed that it was nearly empty."


@pytest.fixture(scope="module")
def stream():
    return load("gpt2-mini").stream(TEXT)


def test_what_a_head_loses_is_what_it_writes_less_what_it_would_write(stream):
    """By hand for one head: the heaviest three keys of each row, renormalised."""
    found = on_edges(stream, strongest(stream, keys=3, causal=True), causal=True)
    layer, head = 2, 4
    weights = stream.weights[layer, head].astype(np.float64)
    kept = np.where(weights >= np.sort(weights, axis=1)[:, -3:-2], weights, 0.0)
    values = stream.values[layer, head].astype(np.float64)
    lost = (weights @ values - kept / kept.sum(axis=1, keepdims=True) @ values)[3:]
    wrote = np.linalg.norm(weights @ values, axis=1)[3:]
    expected = np.sqrt((lost**2).sum(axis=1).mean() / (wrote**2).mean())
    assert found.error[layer, head] == pytest.approx(expected, rel=1e-4)
    assert found.dropped[layer, head] == pytest.approx(1 - kept.sum(axis=1)[3:].mean(), rel=1e-4)
    length = len(weights)
    assert found.edges[layer, head] == (3 * length - 3) / (length * (length + 1) / 2)


def test_both_bounds_hold_on_real_heads_and_one_is_never_the_tighter(stream):
    for keys in (1, 2, 5):
        found = on_edges(stream, strongest(stream, keys=keys, causal=True), causal=True)
        assert (found.error <= found.diameter_bound + 1e-6).all()
        assert (found.diameter_bound <= found.norm_bound + 1e-6).all()


def test_more_keys_lose_less(stream):
    few, more = (
        on_edges(stream, strongest(stream, keys=keys, causal=True), causal=True) for keys in (1, 8)
    )
    assert (more.dropped < few.dropped).all()
    assert more.error.mean() < few.error.mean()


def test_edges_that_need_no_score_are_as_many():
    edges = nearest(20, keys=5, causal=True)
    assert (edges.sum(axis=1)[5:] == 5).all()
    assert edges[:, 0].all()
    assert not np.triu(edges, 1)[:, 1:].any()
    both = nearest(20, keys=5, causal=False)
    assert both[10].nonzero()[0].tolist() == [0, 8, 9, 10, 11]


def test_a_row_needs_as_many_keys_as_its_heaviest_weights_say():
    even = np.full((1, 10, 10), 0.1)
    assert keys_needed(even, share=0.85).tolist() == [[9] * 10]
    assert keys_needed(np.eye(4)).tolist() == [1, 1, 1, 1]
    assert keys_needed(np.tri(3) / np.arange(1, 4)[:, None], share=0.6).tolist() == [1, 2, 2]


def test_what_are_no_maps_is_refused(stream):
    for weights in (np.ones(3), np.ones((0, 0))):
        with pytest.raises(GedigError, match="have shape"):
            keys_needed(weights)
    for weights in (np.full((1, 1), np.nan), np.full((2, 2), 1.0), np.array([[1.0, 0], [2, -1]])):
        with pytest.raises(GedigError, match="give attention maps"):
            keys_needed(weights)
    with pytest.raises(GedigError, match="give numbers"):
        keys_needed("maps")
    with pytest.raises(GedigError, match="give bool"):
        on_edges(stream, np.ones(stream.weights.shape), causal=True)
    with pytest.raises(GedigError, match="do not fit"):
        on_edges(stream, np.ones((3, 2), bool), causal=True)


def test_a_window_is_read_without_the_key_that_only_its_score_could_name(stream):
    window = nearest(stream.weights.shape[-1], keys=2, causal=True)
    layer, head = 3, 1
    weights = stream.weights[layer, head].astype(np.float64)
    values = stream.values[layer, head].astype(np.float64)
    kept = np.where(window, weights, 0.0)
    lost = (weights @ values - kept / kept.sum(axis=1, keepdims=True) @ values)[2:]
    wrote = np.linalg.norm(weights @ values, axis=1)[2:]
    expected = np.sqrt((lost**2).sum(axis=1).mean() / (wrote**2).mean())
    found = error_on_these(stream, window, causal=True)
    assert found[layer, head] == pytest.approx(expected, rel=1e-4)
    assert found.mean() > on_edges(stream, window, causal=True).error.mean()


def test_where_the_largest_weight_is_among_them_both_ways_agree(stream):
    edges = strongest(stream, keys=3, causal=True)
    both = error_on_these(stream, edges, causal=True), on_edges(stream, edges, causal=True).error
    np.testing.assert_allclose(*both, rtol=1e-4)


def test_a_row_without_an_edge_is_refused(stream):
    with pytest.raises(GedigError, match="A row of edges is empty"):
        error_on_these(stream, np.zeros(stream.weights.shape[-2:], dtype=bool), causal=True)
