import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import both_kinds, give, plain

from gedig_edu.theory.attention import (
    attend,
    cosine_scores,
    dot_scores,
    kernel_smoother,
    polynomial_kernel,
    rbf_kernel,
)

SETTINGS = settings(deadline=None, max_examples=40)
seeds = st.integers(0, 2**32 - 1)
H, LQ, LK, D, DV = 3, 5, 7, 11, 13


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


# What separates the scores


@SETTINGS
@given(seeds, st.floats(0.01, 100).filter(lambda factor: abs(np.log(factor)) > 0.1))
def test_length_of_q_or_k_moves_dot_product_weights_and_leaves_cosine_weights(seed, factor):
    q, k, v = draw(LQ, D, seed=seed), draw(LK, D, seed=seed + 1), np.eye(LK)
    for longer_q, longer_k in ((factor * q, k), (q, factor * k)):
        angles = attend(cosine_scores(longer_q, longer_k), v).weights
        np.testing.assert_allclose(angles, attend(cosine_scores(q, k), v).weights, rtol=1e-13)
        dots = attend(dot_scores(longer_q, longer_k), v).weights
        assert np.abs(dots - attend(dot_scores(q, k), v).weights).max() > 1e-4


@SETTINGS
@given(seeds, st.sampled_from([1, 2, 7, 31]), st.sampled_from([1, 2, 11]))
def test_cosine_weights_at_temperature_one_have_a_ceiling(seed, length, d):
    weights = attend(cosine_scores(*draw(2, length, d, seed=seed)), np.eye(length)).weights
    assert weights.max() <= np.e**2 / (np.e**2 + length - 1) * (1 + 1e-15)


def test_the_ceiling_is_reached_when_one_key_is_aligned_and_all_others_opposed():
    q, k = np.array([[1.0, 0.0]]), np.array([[2.0, 0.0], *[[-3.0, 0.0]] * 6])
    weights = attend(cosine_scores(q, k), np.eye(7)).weights
    assert weights[0, 0] == pytest.approx(np.e**2 / (np.e**2 + 6), rel=1e-14)


@SETTINGS
@given(seeds, st.sampled_from([11, 31, 61]), st.floats(1e-8, 1e-4))
def test_layer_norm_has_norm_root_d_up_to_epsilon_and_its_projection_has_none_fixed(seed, d, eps):
    x = torch.tensor(draw(31, d, seed=seed))
    normal = torch.nn.functional.layer_norm(x, (d,), eps=eps)
    variance = x.var(dim=-1, correction=0)
    expected = torch.sqrt(d * variance / (variance + eps))
    torch.testing.assert_close(normal.norm(dim=-1), expected, rtol=1e-10, atol=0)
    assert normal.norm(dim=-1).min() > 3
    W = torch.tensor(draw(d, d, seed=seed + 1))
    lengths = (normal @ W.T).norm(dim=-1)
    assert lengths.max() / lengths.min() > 1.01


# Kernels


@both_kinds
def test_kernels_are_their_formulas(kind):
    x, y = draw(H, LQ, D), draw(H, LK, D, seed=1)
    squared = ((x[:, :, None] - y[:, None]) ** 2).sum(-1)
    rbf = rbf_kernel(give(x, kind), give(y, kind), width=1.7)
    np.testing.assert_allclose(plain(rbf), np.exp(-squared / (2 * 1.7**2)), rtol=1e-12)
    dots = x @ np.swapaxes(y, -1, -2)
    for degree, offset in ((1, 1.0), (2, 1.0), (3, 0.25)):
        values = polynomial_kernel(give(x, kind), give(y, kind), degree=degree, offset=offset)
        np.testing.assert_allclose(plain(values), (dots + offset) ** degree, rtol=1e-11, atol=1e-12)


@both_kinds
def test_a_kernel_smoother_averages_values_by_kernel(kind):
    K, v = np.abs(draw(H, LQ, LK)), draw(H, LK, DV, seed=1)
    expected = np.stack(
        [[np.average(v[h], axis=0, weights=K[h, i]) for i in range(LQ)] for h in range(H)]
    )
    smooth = kernel_smoother(give(K, kind), give(v, kind))
    np.testing.assert_allclose(plain(smooth), expected, rtol=1e-12, atol=1e-14)


@SETTINGS
@given(seeds, st.floats(0.3, 30), st.floats(0.1, 10))
def test_with_keys_of_equal_norm_attention_is_the_rbf_smoother(seed, temperature, length):
    q, k, v = draw(LQ, D, seed=seed), draw(LK, D, seed=seed + 1), draw(LK, DV, seed=seed + 2)
    k *= length / np.linalg.norm(k, axis=-1, keepdims=True)
    read = attend(dot_scores(q, k, scale=False), v, temperature=temperature)
    width = np.sqrt(temperature)
    smooth = kernel_smoother(rbf_kernel(q, k, width=width), v)
    np.testing.assert_allclose(read.output, smooth, rtol=1e-9, atol=1e-10)


def test_with_keys_of_unequal_norm_they_part():
    q, k, v = draw(LQ, D), draw(LK, D, seed=1), draw(LK, DV, seed=2)
    read = attend(dot_scores(q, k, scale=False), v)
    smooth = kernel_smoother(rbf_kernel(q, k, width=1.0), v)
    assert np.abs(read.output - smooth).max() > 0.1
