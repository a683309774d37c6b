import numpy as np
import pytest
import torch
from beartype import beartype
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import jaxtyped
from kinds import assert_like, both_kinds, give, one_sentence, plain

from gedig_edu.errors import GedigError
from gedig_edu.theory.attention import attend, cosine_scores, dot_scores
from gedig_edu.theory.thermo import effective_temperature

H, L, D = 3, 7, 11
SETTINGS = settings(deadline=None, max_examples=60)
seeds = st.integers(0, 2**32 - 1)


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


@both_kinds
@pytest.mark.parametrize("d", [2, 11, 64])
@pytest.mark.parametrize("causal", [False, True])
def test_on_its_own_scores_a_head_has_temperature_root_d_exactly(kind, d, causal):
    q, k = give(draw(H, L, d), kind), give(draw(H, L, d, seed=1), kind)
    weights = attend(dot_scores(q, k), k, causal=causal).weights
    T, r2 = effective_temperature(weights, dot_scores(q, k, scale=False), causal=causal)
    np.testing.assert_allclose(plain(T), np.full(H, d**0.5), rtol=1e-9)
    np.testing.assert_allclose(plain(r2), np.ones(H), rtol=1e-12)


def test_in_float32_it_is_exact_to_the_dtype():
    q, k = (draw(H, L, D, seed=s).astype("float32") for s in (0, 1))
    weights = attend(dot_scores(q, k), k).weights
    T, r2 = effective_temperature(weights, dot_scores(q, k, scale=False))
    np.testing.assert_allclose(T, D**0.5, rtol=1e-5)
    np.testing.assert_allclose(r2, 1.0, rtol=1e-6)


@SETTINGS
@given(seeds, st.floats(0.05, 20))
def test_it_finds_the_temperature_of_cosine_attention(seed, temperature):
    scores = cosine_scores(*draw(2, L, D, seed=seed))
    weights = attend(scores, np.eye(L), temperature=temperature).weights
    T, r2 = effective_temperature(weights, scores)
    assert float(T) == pytest.approx(temperature, rel=1e-9)
    assert float(r2) == pytest.approx(1.0, rel=1e-9)


def least_squares(weights, scores, seen):
    """Fit slope and row intercepts to log-weights with NumPy's solver, one unknown per row."""
    i, _ = np.nonzero(seen)
    rows = np.eye(len(weights))[:, seen.any(axis=1)][i]
    log_w = np.log(weights[seen])
    matrix = np.column_stack([scores[seen], rows])
    solution, *_ = np.linalg.lstsq(matrix, log_w, rcond=None)
    of_rows, *_ = np.linalg.lstsq(rows, log_w, rcond=None)
    unexplained = ((log_w - matrix @ solution) ** 2).sum()
    within = ((log_w - rows @ of_rows) ** 2).sum()
    return 1 / solution[0], 1 - unexplained / within


@both_kinds
@pytest.mark.parametrize("causal", [False, True])
def test_fit_is_least_squares_with_an_intercept_per_row(kind, causal):
    scores, weights = draw(H, L, L), np.abs(draw(H, L, L, seed=1))
    weights[:, 2, 3] = weights[:, 5] = weights[0, 4, 1] = 0.0
    padding = np.array([True] * (L - 1) + [False])
    fit = effective_temperature(
        give(weights, kind),
        give(scores, kind),
        causal=causal,
        padding=give(padding, kind, "bool"),
    )
    cells = padding[:, None] & padding & (np.tri(L, dtype=bool) if causal else True)
    for h in range(H):
        T, r2 = least_squares(weights[h], scores[h], cells & (weights[h] > 0))
        assert float(fit.temperature[h]) == pytest.approx(T, rel=1e-9)
        assert float(fit.r2[h]) == pytest.approx(r2, rel=1e-9)


def test_what_a_query_cannot_see_and_padding_are_left_out_whatever_stands_there():
    scores, weights = draw(2, H, L, L), np.abs(draw(2, H, L, L, seed=1))
    padding = np.ones((2, L), dtype=bool)
    padding[1, :2] = False
    first = effective_temperature(weights, scores, causal=True, padding=padding)
    upper = np.triu(np.ones((L, L), dtype=bool), 1)
    scores[..., upper], weights[..., upper] = np.nan, 5.0
    scores[1, :, :2], weights[1, :, :, :2] = np.inf, np.nan
    second = effective_temperature(weights, scores, causal=True, padding=padding)
    assert first.temperature.shape == (2, H)
    assert np.array_equal(first.temperature, second.temperature)
    assert np.array_equal(first.r2, second.r2)


@both_kinds
def test_degenerate_maps_have_their_limits(kind):
    scores = give(draw(L, L), kind)
    flat = effective_temperature(give(np.full((L, L), 1 / L), kind), scores)
    assert [float(x) for x in flat] == [np.inf, 1.0]
    opposed = effective_temperature(attend(-scores, scores, temperature=2.0).weights, scores)
    assert [float(x) for x in opposed] == pytest.approx([-2.0, 1.0])
    for alone in (
        effective_temperature(give([[1.0]], kind), give([[3.0]], kind)),
        effective_temperature(give(np.eye(L), kind), scores),
        effective_temperature(give(np.full((L, L), 1 / L), kind), scores * 0 + 1),
    ):
        assert np.isnan([float(x) for x in alone]).all()


@both_kinds
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_kind_and_dtype_are_kept_and_input_is_not_changed(kind, dtype):
    scores, weights = give(draw(H, L, L), kind, dtype), give(abs(draw(H, L, L)), kind, dtype)
    before = plain(scores).copy(), plain(weights).copy()
    for value in effective_temperature(weights, scores, causal=True):
        assert_like(value, weights)
        assert value.shape == (H,)
    assert np.array_equal(plain(scores), before[0])
    assert np.array_equal(plain(weights), before[1])


eye = np.eye(L)
REFUSED = {
    "weights below zero": lambda: effective_temperature(-eye, eye),
    "weights NaN": lambda: effective_temperature(eye * np.nan, eye),
    "score infinite": lambda: effective_temperature(eye, eye * 0 - np.inf),
    "shapes": lambda: effective_temperature(eye, np.eye(L + 1)),
    "one row": lambda: effective_temperature(eye[0], eye[0]),
    "causal not square": lambda: effective_temperature(eye[1:], eye[1:], causal=True),
    "mixed kinds": lambda: effective_temperature(eye, torch.eye(L)),
    "padding": lambda: effective_temperature(eye, eye, padding=np.ones(L)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_are_one_sentence(case):
    with pytest.raises(GedigError) as error:
        REFUSED[case]()
    assert one_sentence(error)


def test_shapes_stand_in_the_signature():
    checked = jaxtyped(typechecker=beartype)
    assert checked(effective_temperature)(np.ones((H, L, L)), draw(H, L, L)).r2.shape == (H,)
