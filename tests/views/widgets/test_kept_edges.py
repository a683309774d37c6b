"""Kept edges: the error and the bounds of theory, by score and by place."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.theory.sparse import sparse_attend, top_edges
from gedig_edu.views.widgets.kept_edges import KeptEdges

RNG = np.random.default_rng(7)
N, HEADS = 7, 3
FACTORS = np.exp(2 * RNG.normal(size=(HEADS, N, N))) * np.tri(N)
WEIGHTS = FACTORS / FACTORS.sum(axis=-1, keepdims=True)
VALUES = RNG.normal(size=(HEADS, N, 11))
TOKENS = [f"t{place}" for place in range(N)]


@pytest.mark.parametrize("keys", [1, 2, 5])
def test_by_score_it_is_sparse_attention_of_theory_over_the_rows_that_lose_an_edge(keys):
    shown = KeptEdges(TOKENS, WEIGHTS, VALUES, more=keys - 1, head=1).numbers
    with np.errstate(divide="ignore"):
        scores = np.log(WEIGHTS[1])
    edges = top_edges(scores, keys=keys, causal=True)
    theory = sparse_attend(scores, VALUES[1], edges=edges, causal=True)
    rows = slice(keys, None)  # the rows that see more keys than are kept
    dense = np.sqrt(((WEIGHTS[1] @ VALUES[1]) ** 2).sum(axis=-1)[rows].mean())
    for name in ("error", "norm_bound", "diameter_bound"):
        size = np.sqrt((getattr(theory, name)[rows] ** 2).mean())
        assert shown[name] == pytest.approx(size / dense, rel=1e-5)
    assert shown["dropped"] == pytest.approx(theory.dropped[rows].mean())
    assert (np.reshape(shown["kept"], (N, N)) == edges).all()
    assert shown["scores"] == N * (N + 1) // 2


def test_by_place_a_row_keeps_the_first_token_and_the_nearest_whatever_their_scores():
    shown = KeptEdges(TOKENS, WEIGHTS, VALUES, more=2, window=True).numbers
    kept = np.reshape(shown["kept"], (N, N))
    assert np.flatnonzero(kept[5]).tolist() == [0, 4, 5]
    assert np.flatnonzero(kept[1]).tolist() == [0, 1]
    assert shown["scores"] == kept.sum()


def test_with_all_keys_nothing_is_lost_either_way():
    for window in (False, True):
        kept = KeptEdges(TOKENS, WEIGHTS, VALUES, more=N - 1, window=window)
        assert kept.numbers["error"] is None
        assert kept.numbers["dropped"] == 0
        assert "Nothing is lost" in kept.sentence


def test_what_no_query_sees_and_weights_too_small_to_see_change_nothing():
    above = WEIGHTS + np.triu(np.ones((N, N)), 1) * 0.3
    assert KeptEdges(TOKENS, above, VALUES).numbers == KeptEdges(TOKENS, WEIGHTS, VALUES).numbers
    zero = WEIGHTS.copy()
    zero[0, 6] = np.eye(N)[3]  # neither the first token nor a near one has any weight
    assert KeptEdges(TOKENS, zero, VALUES, more=1, window=True).numbers["error"] > 0


@pytest.mark.parametrize(
    "given",
    [
        (TOKENS[1:], WEIGHTS, VALUES),
        (TOKENS, WEIGHTS[1:], VALUES),
        (TOKENS[:2], WEIGHTS[:, :2, :2], VALUES[:, :2]),
    ],
)
def test_tables_that_do_not_belong_together_are_refused(given):
    with pytest.raises(GedigError, match="for 3 tokens or more"):
        KeptEdges(*given)
