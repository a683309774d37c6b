import numpy as np
import pytest
import torch
from beartype import beartype
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import jaxtyped
from kinds import assert_like, both_kinds, give, one_sentence, plain
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding, apply_rotary_pos_emb

from gedig_edu.errors import GedigError
from gedig_edu.theory.rope import frequencies, pair_strengths, relative_scores, rotate

B, H, L, D = 2, 3, 5, 14
SETTINGS = settings(deadline=None, max_examples=60)
seeds = st.integers(0, 2**32 - 1)
dims = st.sampled_from([2, 6, 22, 62, 128])
bases = st.sampled_from([7.0, 10_000.0, 500_000.0])
layouts = st.sampled_from(["half", "interleaved"])
far = st.integers(-(10**6), 10**6)
both_layouts = pytest.mark.parametrize("layout", ["half", "interleaved"])


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def dot(x, y):
    return float((x * y).sum())


def norm(x):
    return float(np.linalg.norm(x))


def test_frequencies_by_hand():
    np.testing.assert_allclose(frequencies(6, base=1000.0), [1.0, 0.1, 0.01], rtol=1e-15)
    assert frequencies(2).tolist() == [1.0]
    assert frequencies(D).shape == (D // 2,)
    assert frequencies(D)[1] == pytest.approx(10_000 ** (-2 / D), rel=1e-15)


@both_kinds
def test_an_eighth_of_a_turn_by_hand(kind):
    x = give([1.0, 2.0, 3.0, 4.0], kind)
    # Base (2 pi)^2 turns the second pair by 1 / (2 pi) a position, so by pi / 4 at pi^2 / 2,
    # where the first pair has turned by pi^2 / 2.
    m, base = np.pi**2 / 2, (2 * np.pi) ** 2
    c, s = np.cos(m), np.sin(m)
    assert frequencies(4, base=base)[1] * m == pytest.approx(np.pi / 4)
    r = np.sqrt(0.5)
    np.testing.assert_allclose(
        plain(rotate(x, m, base=base)),
        [c - 3 * s, r * (2 - 4), s + 3 * c, r * (2 + 4)],
        atol=1e-13,
    )
    np.testing.assert_allclose(
        plain(rotate(x, m, base=base, layout="interleaved")),
        [c - 2 * s, s + 2 * c, r * (3 - 4), r * (3 + 4)],
        atol=1e-13,
    )


@SETTINGS
@given(seeds, dims, bases, st.floats(-1e4, 1e4))
def test_the_interleaved_layout_multiplies_complex_numbers_by_a_phase(seed, d, base, m):
    x = draw(L, d, seed=seed)
    expected = x.view(complex) * np.exp(1j * m * frequencies(d, base=base))
    turned = rotate(x, m, base=base, layout="interleaved")
    np.testing.assert_allclose(turned, expected.view(float), atol=1e-10)


@SETTINGS
@given(seeds, dims, bases, st.floats(-1e4, 1e4))
def test_the_layouts_differ_by_the_order_of_entries_only(seed, d, base, m):
    x = draw(L, d, seed=seed)
    order = np.arange(d).reshape(2, -1).T.ravel()
    turned = rotate(x[:, order], m, base=base, layout="interleaved")
    assert np.array_equal(turned, rotate(x, m, base=base)[:, order])


@SETTINGS
@given(seeds, dims, bases, layouts, far, far, st.integers(-999, 999))
def test_scores_depend_on_the_relative_position_only(seed, d, base, layout, m, n, shift):
    q, k = draw(2, d, seed=seed)
    options = {"base": base, "layout": layout}
    score = dot(rotate(q, m, **options), rotate(k, n, **options))
    bound = 1e-9 * norm(q) * norm(k)
    moved = dot(rotate(q, m + shift, **options), rotate(k, n + shift, **options))
    assert abs(moved - score) <= bound
    assert abs(dot(rotate(q, m - n, **options), k) - score) <= bound
    assert abs(float(relative_scores(q, k, m - n, **options)) - score) <= bound


@SETTINGS
@given(seeds, dims, bases, layouts, st.floats(-1e6, 1e6))
def test_norms_are_kept(seed, d, base, layout, m):
    x = draw(L, d, seed=seed)
    turned = rotate(x, m, base=base, layout=layout)
    np.testing.assert_allclose(
        np.linalg.norm(turned, axis=-1), np.linalg.norm(x, axis=-1), rtol=1e-14
    )


@SETTINGS
@given(seeds, dims, bases, layouts, far, far)
def test_rotations_compose(seed, d, base, layout, m, n):
    x, options = draw(d, seed=seed), {"base": base, "layout": layout}
    twice = rotate(rotate(x, m, **options), n, **options)
    assert norm(twice - rotate(x, m + n, **options)) <= 1e-9 * norm(x)


@both_kinds
@both_layouts
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_position_zero_is_the_identity_and_kind_and_input_are_kept(kind, layout, dtype):
    x = give(draw(H, L, D), kind, dtype)
    before = plain(x).copy()
    still = rotate(x, 0, layout=layout)
    assert_like(still, x)
    assert np.array_equal(plain(still), before)
    assert_like(rotate(x, np.arange(L), layout=layout), x)
    assert_like(relative_scores(x, x, range(7), layout=layout), x)
    assert np.array_equal(plain(x), before)


@both_kinds
@both_layouts
def test_positions_go_with_tokens_in_every_form(kind, layout):
    x, places = draw(B, H, L, D), np.array([[0, 1, 2, 3, 4], [7, 0.5, -3, 1e6, 2]])
    expected = np.stack(
        [
            np.stack([rotate(x[b, :, i], places[b, i], layout=layout) for i in range(L)], axis=-2)
            for b in range(B)
        ]
    )
    array = give(x, kind)
    by_text = rotate(array, give(places, kind), layout=layout)  # [B, L] for [B, H, L, d]
    by_row = rotate(array, np.repeat(places[:, None], H, axis=1), layout=layout)
    shared = rotate(array, places[0].tolist(), layout=layout)
    assert np.array_equal(plain(by_text), plain(by_row))
    np.testing.assert_allclose(plain(by_text), expected, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(plain(shared)[0], expected[0], rtol=1e-12, atol=1e-14)


@both_kinds
def test_one_vector_may_stand_at_many_positions(kind):
    x = draw(D)
    turned = rotate(give(x, kind), np.arange(L))
    assert turned.shape == (L, D)
    np.testing.assert_allclose(plain(turned)[3], rotate(x, 3), rtol=1e-15)


def test_gradients_flow_through_vectors_and_positions():
    x = torch.ones(L, 2, dtype=torch.float64, requires_grad=True)
    m = torch.arange(L, dtype=torch.float64, requires_grad=True)
    rotate(x, m)[:, 0].sum().backward()
    torch.testing.assert_close(m.grad, -torch.sin(m) - torch.cos(m))
    torch.testing.assert_close(x.grad, torch.stack([torch.cos(m), -torch.sin(m)], dim=-1))


@both_kinds
@both_layouts
def test_relative_scores_put_the_offsets_last(kind, layout):
    q, k = draw(B, H, D), draw(H, D, seed=1)
    offsets = np.arange(L)[:, None] - np.arange(7)
    scores = relative_scores(give(q, kind), give(k, kind), give(offsets, kind), layout=layout)
    assert scores.shape == (B, H, L, 7)
    for m, n in ((0, 0), (4, 6), (2, 5)):
        turned = rotate(q, m, layout=layout) * rotate(k, n, layout=layout)
        np.testing.assert_allclose(plain(scores)[..., m, n], turned.sum(-1), rtol=1e-11)


@both_kinds
@pytest.mark.parametrize("position", [10**6, 123_456_789])
def test_angles_are_float64_even_for_float32_vectors(kind, position):
    x = draw(L, D).astype("float32")
    exact = rotate(x.astype("float64"), position)
    single = plain(rotate(give(x, kind, "float32"), give([position] * L, kind, "int64")))
    assert np.abs(single - exact).max() <= 4 * np.finfo("float32").eps * np.abs(x).max()


# transformers' own Llama code


def llama(positions, d, base):
    config = LlamaConfig(
        hidden_size=d * H,
        num_attention_heads=H,
        rope_parameters={"rope_type": "default", "rope_theta": base},
    )
    places = torch.tensor(positions)[None]
    return LlamaRotaryEmbedding(config)(torch.zeros(1, dtype=torch.float64), places)


@pytest.mark.parametrize("base", [10_000.0, 500_000.0])
@pytest.mark.parametrize("d", [6, 22, 64])
def test_llama_code_agrees_when_it_is_given_exact_cos_and_sin(d, base):
    positions = [0, 1, 17, 4099, 10**6]
    q, k = (torch.tensor(draw(B, H, 5, d, seed=s)) for s in (0, 1))
    angles = torch.tensor(positions)[:, None] * torch.tensor(frequencies(d, base=base))
    angles = torch.cat([angles, angles], dim=-1)[None]
    theirs = apply_rotary_pos_emb(q, k, angles.cos(), angles.sin())
    for x, turned in zip((q, k), theirs, strict=True):
        ours = rotate(x, positions, base=base)
        torch.testing.assert_close(ours, turned, rtol=0, atol=1e-12)


@pytest.mark.parametrize("base", [10_000.0, 500_000.0])
@pytest.mark.parametrize("d", [6, 22, 64])
@pytest.mark.parametrize("position", [0, 1, 16, 131, 4099, 131_071, 10**6])
def test_llama_code_agrees_within_the_precision_of_its_float32_tables(d, base, position):
    q, k = (torch.tensor(draw(1, H, 1, d, seed=s)) for s in (0, 1))
    q, k = (x / x.norm(dim=-1, keepdim=True) for x in (q, k))
    theirs = apply_rotary_pos_emb(q, k, *llama([position], d, base))
    bound = 2e-7 * max(position, 16)
    for x, turned in zip((q, k), theirs, strict=True):
        assert (rotate(x, position, base=base) - turned).abs().max() <= bound


def test_llama_scores_agree_in_float32_as_a_model_runs():
    d, positions = 22, list(range(31))
    q, k = (torch.tensor(draw(1, H, 31, d, seed=s)).float() for s in (0, 1))
    cos, sin = llama(positions, d, 10_000.0)
    theirs = apply_rotary_pos_emb(q, k, cos.float(), sin.float())
    ours = (rotate(x, positions) for x in (q, k))
    scores = [a @ b.mT for a, b in (theirs, ours)]
    torch.testing.assert_close(*scores, rtol=0, atol=2e-7 * 31 * d)


# Decay is conditional


def test_the_score_of_aligned_vectors_falls_with_distance_on_average():
    x = np.ones(64)
    offsets = np.arange(1024)
    scores = relative_scores(x, x, offsets) / 64
    windows = np.abs(scores).reshape(8, -1).mean(axis=1)
    assert scores[0] == pytest.approx(1.0)
    assert np.all(scores[1:] < 1.0)
    assert windows[0] == windows.max()
    assert windows[0] > 2 * windows[-1]


def test_a_key_turned_ahead_scores_best_at_its_own_distance_not_at_zero():
    x = draw(64)
    k = rotate(x, 40)
    scores = relative_scores(x, k, np.arange(101))
    assert int(np.argmax(scores)) == 40


# Refusals

REFUSED = {
    "odd dim": lambda: frequencies(7),
    "no dim": lambda: frequencies(0),
    "fraction of a dim": lambda: frequencies(2.5),
    "base zero": lambda: frequencies(4, base=0.0),
    "base NaN": lambda: rotate(np.ones(4), 1, base=np.nan),
    "odd vector": lambda: rotate(np.ones(3), 1),
    "no vector": lambda: rotate(np.float64(1.0), 1),
    "list": lambda: rotate([1.0, 2.0], 1),
    "complex": lambda: rotate(np.ones(2) * 1j, 1),
    "layout": lambda: rotate(np.ones(4), 1, layout="halves"),
    "position NaN": lambda: rotate(np.ones(4), np.nan),
    "position complex": lambda: rotate(np.ones(4), np.array(1j)),
    "position complex list": lambda: rotate(np.ones(4), [1j]),
    "positions ragged": lambda: rotate(np.ones(4), [[1], [2, 3]]),
    "position word": lambda: rotate(np.ones(4), "first"),
    "positions do not fit": lambda: rotate(np.ones((L, D)), np.arange(3)),
    "relative odd": lambda: relative_scores(np.ones(3), np.ones(3), 1),
    "relative widths": lambda: relative_scores(np.ones(4), np.ones(6), 1),
    "relative batches": lambda: relative_scores(np.ones((2, 4)), np.ones((3, 4)), 1),
    "mixed kinds": lambda: relative_scores(np.ones(4), torch.ones(4), 1),
    "offset infinite": lambda: relative_scores(np.ones(4), np.ones(4), [np.inf]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_are_one_sentence(case):
    with pytest.raises(GedigError) as error:
        REFUSED[case]()
    assert one_sentence(error)


def test_shapes_stand_in_the_signatures():
    checked = jaxtyped(typechecker=beartype)
    assert checked(frequencies)(D).shape == (D // 2,)
    assert checked(rotate)(draw(H, L, D), np.arange(L)).shape == (H, L, D)
    assert checked(relative_scores)(draw(H, D), draw(H, D), np.arange(L)).shape == (H, L)


class TestPairStrengths:
    """The height of each pair's wave in the score."""

    def test_are_products_of_lengths_by_hand(self):
        q, k = np.array([6.0, 1.0, 8.0, 0.0]), np.array([0.0, 5.0, 3.0, 12.0])
        assert pair_strengths(q, k).tolist() == [30.0, 13.0]
        squares = pair_strengths(q, k, layout="interleaved") ** 2
        assert squares == pytest.approx([37 * 25, 64 * 153])

    def test_bound_the_score_at_every_distance_and_are_reached(self):
        q, k = np.random.default_rng(4).normal(size=(2, 2))
        scores = relative_scores(q, k, np.linspace(0, 7, 70_001))
        assert np.abs(scores).max() == pytest.approx(pair_strengths(q, k)[0], rel=1e-6)

    def test_stay_where_a_pair_is_multiplied_and_divided_by_a_complex_number(self):
        rng = np.random.default_rng(5)
        q, k = rng.normal(size=(2, 3, 8))
        scale = rng.uniform(0.5, 2, 4) * np.exp(1j * rng.uniform(0, 6, 4))
        z, w = (x[:, :4] + 1j * x[:, 4:] for x in (q, k))
        z, w = z * scale, w / scale.conj()
        new_q, new_k = (np.concatenate([x.real, x.imag], axis=-1) for x in (z, w))
        assert pair_strengths(new_q, new_k) == pytest.approx(pair_strengths(q, k))

    def test_refuse_an_odd_width(self):
        with pytest.raises(GedigError):
            pair_strengths(np.ones(3), np.ones(3))
