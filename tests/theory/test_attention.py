import subprocess
import sys

import numpy as np
import pytest
import torch
from beartype import beartype
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from jaxtyping import jaxtyped
from kinds import assert_like, both_kinds, give, plain
from scipy.spatial.distance import cdist
from scipy.special import softmax

from gedig_edu.theory.attention import (
    attend,
    attend_cold,
    attend_hot,
    cosine_scores,
    dot_scores,
    kernel_smoother,
    ngpt_scores,
    polynomial_kernel,
    rbf_kernel,
)

B, H, LQ, LK, D, DV = 2, 3, 5, 7, 11, 13
SETTINGS = settings(deadline=None, max_examples=40)
seeds = st.integers(0, 2**32 - 1)
entries = st.floats(-30, 30)


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


# Scores


@both_kinds
def test_dot_scores_are_q_k_transposed_over_root_d(kind):
    q, k = draw(B, H, LQ, D), draw(B, H, LK, D, seed=1)
    expected = np.einsum("bhqd,bhkd->bhqk", q, k)
    np.testing.assert_allclose(
        plain(dot_scores(give(q, kind), give(k, kind))), expected / np.sqrt(D), rtol=1e-12
    )
    unscaled = dot_scores(give(q, kind), give(k, kind), scale=False)
    np.testing.assert_allclose(plain(unscaled), expected, rtol=1e-12)


@both_kinds
def test_cosine_scores_agree_with_scipy(kind):
    q, k = draw(LQ, D), draw(LK, D, seed=1)
    scores = cosine_scores(give(q, kind), give(k, kind))
    np.testing.assert_allclose(plain(scores), 1 - cdist(q, k, "cosine"), atol=1e-14)


@both_kinds
def test_cosine_of_unit_vectors_is_their_dot_product(kind):
    q, k = draw(LQ, D), draw(LK, D, seed=1)
    q, k = (x / np.linalg.norm(x, axis=-1, keepdims=True) for x in (q, k))
    dots = dot_scores(give(q, kind), give(k, kind), scale=False)
    np.testing.assert_allclose(
        plain(cosine_scores(give(q, kind), give(k, kind))), plain(dots), atol=1e-15
    )


@both_kinds
@pytest.mark.parametrize("size", [0.0, 5e-324, 1e-200, 1.0, 1e200, 1e308])
def test_cosine_scores_stay_cosines_for_vectors_of_any_length(kind, size):
    q = give(np.array([[3.0, 4.0], [0.0, 0.0]]), kind)
    k = give(np.array([[size, 0.0]]), kind)
    assert plain(cosine_scores(q, k)).tolist() == [[0.6 if size else 0.0], [0.0]]


# Attention


def test_attention_by_hand():
    read = attend(np.log([[1.0, 2.0, 5.0]]), np.array([[8.0, 0.0], [0.0, 8.0], [16.0, 8.0]]))
    np.testing.assert_allclose(read.weights, [[1 / 8, 2 / 8, 5 / 8]], rtol=1e-15)
    np.testing.assert_allclose(read.output, [[11.0, 7.0]], rtol=1e-15)


@SETTINGS
@given(arrays(float, (LQ, LK), elements=entries), st.floats(1e-3, 1e3))
def test_weights_are_scipys_softmax_on_both_kinds(scores, temperature):
    expected = softmax(scores / temperature, axis=-1)
    for kind in ("numpy", "torch"):
        read = attend(give(scores, kind), give(np.eye(LK), kind), temperature=temperature)
        np.testing.assert_allclose(plain(read.weights), expected, rtol=1e-9, atol=1e-300)
        np.testing.assert_allclose(plain(read.output), plain(read.weights), atol=1e-15)


@both_kinds
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_kind_and_dtype_are_kept_and_input_is_not_changed(kind, dtype):
    q, k, v = (give(draw(H, n, D, seed=n), kind, dtype) for n in (LQ, LK, LK))
    before = [plain(x).copy() for x in (q, k, v)]
    scores = dot_scores(q, k)
    results = [
        scores,
        cosine_scores(q, k),
        ngpt_scores(q, k),
        rbf_kernel(q, k, width=2.0),
        polynomial_kernel(q, k, degree=2),
        kernel_smoother(rbf_kernel(q, k, width=2.0), v),
        *attend(scores, v, potential=0.5, temperature=2.0),
        *attend_cold(scores, v),
        *attend_hot(scores, v),
    ]
    for result in results:
        assert_like(result, q)
    assert all(np.array_equal(plain(x), y) for x, y in zip((q, k, v), before, strict=True))


def test_bfloat16_and_whole_numbers_are_welcome():
    weights, output = attend(
        torch.zeros(3, 5, dtype=torch.bfloat16), torch.arange(10).reshape(5, 2)
    )
    assert weights.dtype == output.dtype == torch.bfloat16
    weights, output = attend(np.array([[0, 0]]), np.array([[2], [4]]))
    assert weights.tolist() == [[0.5, 0.5]]
    assert output.tolist() == [[3.0]]


@both_kinds
def test_coupled_attention_is_temperature_root_d_of_unscaled_scores(kind):
    q, k, v, U = draw(H, LQ, D), draw(H, LK, D, seed=1), draw(H, LK, DV, seed=2), draw(LQ, LK)
    scores = dot_scores(give(q, kind), give(k, kind), scale=False)
    read = attend(scores, give(v, kind), temperature=D**0.5, potential=give(U, kind))
    weights = softmax((np.einsum("hqd,hkd->hqk", q, k) - U) / np.sqrt(D), axis=-1)
    np.testing.assert_allclose(plain(read.weights), weights, rtol=1e-12)
    np.testing.assert_allclose(plain(read.output), weights @ v, rtol=1e-11)


@SETTINGS
@given(seeds, st.floats(-1e3, 1e3), st.floats(0.1, 10))
def test_a_constant_added_to_a_row_of_scores_or_of_the_potential_changes_nothing(seed, shift, T):
    scores, U = draw(LQ, LK, seed=seed), draw(LQ, LK, seed=seed + 1)
    v, moved = draw(LK, DV), np.arange(LQ)[:, None] * shift
    weights = attend(scores, v, temperature=T, potential=U).weights
    for other in (
        attend(scores + moved, v, temperature=T, potential=U),
        attend(scores, v, temperature=T, potential=U + moved),
    ):
        np.testing.assert_allclose(other.weights, weights, rtol=1e-10)


@both_kinds
def test_an_infinite_potential_and_minus_infinite_scores_remove_a_key_like_a_mask(kind):
    scores, v = draw(H, LQ, LK), give(draw(H, LK, DV, seed=1), kind)
    mask = np.random.default_rng(3).random((LQ, LK)) < 0.6
    mask[:, 2] = True
    masked = attend(give(scores, kind), v, mask=give(mask, kind, "bool"))
    barrier = give(np.where(mask, 0.0, np.inf), kind)
    walled = attend(give(scores, kind), v, potential=barrier)
    cut = attend(give(np.where(mask, scores, -np.inf), kind), v)
    for other in (walled, cut):
        assert np.array_equal(plain(other.weights), plain(masked.weights))
        assert np.array_equal(plain(other.output), plain(masked.output))
    assert np.all(plain(masked.weights)[:, ~mask] == 0)
    alone = softmax(scores[1, 3][mask[3]])
    np.testing.assert_allclose(plain(masked.weights)[1, 3][mask[3]], alone, rtol=1e-12)


@both_kinds
def test_causal_rows_are_the_softmax_of_what_came_before(kind):
    scores = draw(H, LQ, LQ)
    weights = plain(attend(give(scores, kind), give(np.eye(LQ), kind), causal=True).weights)
    assert np.array_equal(weights, np.tril(weights))
    for i in range(LQ):
        expected = softmax(scores[:, i, : i + 1], axis=-1)
        np.testing.assert_allclose(weights[:, i, : i + 1], expected, rtol=1e-12)


@both_kinds
@pytest.mark.parametrize("side", ["left", "right"])
def test_padding_leaves_the_attention_of_the_text_alone_and_zeros_elsewhere(kind, side):
    text, extra = 5, 2
    real = np.array([True] * text + [False] * extra)[:: 1 if side == "right" else -1]
    scores, v = draw(B, H, LK, LK), draw(B, H, LK, DV, seed=1)
    scores[..., ~real], v[..., ~real, :] = np.nan, np.nan
    padding = give(np.stack([real, real]), kind, "bool")  # [B, L] for scores [B, H, L, L]
    read = attend(give(scores, kind), give(v, kind), causal=True, padding=padding)
    own = attend(scores[..., real, :][..., real], v[..., real, :], causal=True)
    weights, output = plain(read.weights), plain(read.output)
    np.testing.assert_allclose(weights[..., real, :][..., real], own.weights, rtol=1e-12)
    np.testing.assert_allclose(output[..., real, :], own.output, rtol=1e-12)
    assert not weights[..., ~real, :].any()
    assert not weights[..., ~real].any()
    assert not output[..., ~real, :].any()


def test_padding_differs_by_text_and_may_come_per_text_or_per_row():
    padding = np.ones((B, LQ), dtype=bool)
    padding[0, :2] = False
    scores, v = draw(B, H, LQ, LQ), draw(B, H, LQ, DV)
    short = attend(scores, v, padding=padding).weights
    rows = np.broadcast_to(padding[:, None], (B, H, LQ))
    assert np.array_equal(short, attend(scores, v, padding=rows).weights)
    assert not short[0, :, :2].any()
    assert short[1].all()


@both_kinds
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_weights_are_stable_for_scores_of_any_size_and_temperatures_of_any_smallness(kind, dtype):
    largest = float(np.finfo(dtype).max)
    scores = give([[largest, -largest, largest, 0.0]], kind, dtype)
    v = give(np.eye(4), kind, dtype)
    smallest = float(np.finfo("float32" if dtype == "float16" else dtype).tiny)
    for temperature in (smallest, 1.0, 100.0):
        assert plain(attend(scores, v, temperature=temperature).weights).tolist() == [
            [0.5, 0.0, 0.5, 0.0]
        ]
    hot = attend(scores * 0, v, temperature=1e30).weights
    assert plain(hot).tolist() == [[0.25] * 4]


@both_kinds
def test_cold_and_hot_are_the_limits_of_attend(kind):
    scores = np.round(draw(H, LQ, LQ), 1)
    scores[:, 3, 1] = scores[:, 3, 2] = 9.0
    v, U = give(draw(H, LQ, DV, seed=1), kind), np.zeros((LQ, LQ))
    U[4, 0] = np.inf
    options = {"potential": give(U, kind), "causal": True}
    cold = attend_cold(give(scores, kind), v, **options)
    hot = attend_hot(give(scores, kind), v, **options)
    near_cold = attend(give(scores, kind), v, temperature=1e-4, **options)
    near_hot = attend(give(scores, kind), v, temperature=1e12, **options)
    for limit, near in ((cold, near_cold), (hot, near_hot)):
        np.testing.assert_allclose(plain(near.weights), plain(limit.weights), atol=1e-10)
        np.testing.assert_allclose(plain(near.output), plain(limit.output), atol=1e-10)
    assert plain(cold.weights)[0, 3].tolist() == [0.0, 0.5, 0.5, 0.0, 0.0]
    assert plain(hot.weights)[0, 4].tolist() == [0.0, 0.25, 0.25, 0.25, 0.25]


@both_kinds
def test_one_token_attends_to_itself(kind):
    q, v = give(draw(1, D), kind), give(draw(1, DV, seed=1), kind)
    padding = give([True], kind, "bool")
    for read in (attend, attend_cold, attend_hot):
        weights, output = read(dot_scores(q, q), v, causal=True, padding=padding)
        assert plain(weights).tolist() == [[1.0]]
        assert np.array_equal(plain(output), plain(v))
    assert plain(kernel_smoother(rbf_kernel(q, q, width=1.0), v)).tolist() == plain(v).tolist()


def test_a_temperature_per_head_heats_each_head_by_its_own():
    scores, v = draw(H, LQ, LK), draw(H, LK, DV)
    heat = np.array([0.5, 1.0, 7.0])
    together = attend(scores, v, temperature=heat[:, None, None]).weights
    apart = [attend(s, x, temperature=T).weights for s, x, T in zip(scores, v, heat, strict=True)]
    assert np.array_equal(together, np.stack(apart))


def test_gradients_flow_through_barriers_and_masks():
    scores = torch.randn(LQ, LQ, dtype=torch.float64, requires_grad=True)
    heat = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    barrier = torch.zeros(LQ, dtype=torch.float64)
    barrier[1] = torch.inf
    read = attend(
        scores, torch.eye(LQ, dtype=torch.float64), temperature=heat, potential=barrier, causal=True
    )
    read.weights[-1, -1].log().backward()
    assert torch.isfinite(scores.grad).all()
    assert torch.isfinite(heat.grad)
    assert not scores.grad[:, 1].any()


# The house


def test_shapes_stand_in_the_signatures():
    checked = jaxtyped(typechecker=beartype)
    q, k, v = draw(B, H, LQ, D), draw(B, H, LK, D), draw(B, H, LK, DV)
    scores = checked(dot_scores)(q, k)
    assert checked(cosine_scores)(q, k).shape == checked(ngpt_scores)(q, k).shape == scores.shape
    assert checked(attend)(scores, v, potential=np.zeros(LK)).output.shape == (B, H, LQ, DV)
    K = checked(rbf_kernel)(q, k, width=1.0) + checked(polynomial_kernel)(q, k, degree=2)
    assert checked(kernel_smoother)(K, v).shape == (B, H, LQ, DV)


def test_theory_does_not_import_torch():
    rooms = "attention, rope, thermo, graphs, gates"
    code = f"import sys; from gedig_edu.theory import {rooms}; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
