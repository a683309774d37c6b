"""Temperatures of heads: laws on made-up maps, and both thermometers on a small model."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy, spearmanr

from gedig_edu.errors import GedigError
from gedig_edu.lab.geometry import read_vectors
from gedig_edu.lab.temperatures import (
    cosine_temperature,
    heat,
    low_energy_share,
    mean_distance,
    rank_correlation,
    read_thermometers,
    spread_within_rows,
    written_entropy,
)
from gedig_edu.models import load
from gedig_edu.theory.attention import attend, cosine_scores, dot_scores
from gedig_edu.theory.basis import change_basis, key_axes
from tests.models import tiny

LAYERS, HEADS, LENGTH, WIDTH = 3, 5, 11, 7
TEXT = "seven carried stone"


@pytest.fixture(scope="module", params=["gpt2", "llama", "bert"])
def model(request, tmp_path_factory):
    return load(tiny.save(request.param, tmp_path_factory.mktemp("tiny") / request.param))


@pytest.fixture
def maps():
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(LAYERS, HEADS, LENGTH, LENGTH))
    return attend(scores, scores, causal=True).weights


def test_own_scores_give_the_root_of_d_and_the_two_thermometers_differ_by_a_known_factor(model):
    read = read_thermometers(model, TEXT)
    q, k = read_vectors(model, TEXT)
    np.testing.assert_allclose(read.own, np.sqrt(q.shape[-1]), rtol=1e-3)
    spread = spread_within_rows(cosine_scores(q, k), causal=model.causal)
    expected = read.inverse_spread * spread / np.sqrt(read.r2)
    positive = np.isfinite(read.cosine)
    assert positive.any()
    np.testing.assert_allclose(read.cosine[positive], expected[positive], rtol=1e-3)
    assert ((read.r2 >= 0) & (read.r2 <= 1)).all()
    assert read.cosine.shape == read.distance.shape == (model.layers, model.heads)


def test_another_basis_moves_the_temperature_against_cosines_and_no_other_thermometer(model):
    maps = model.attend(TEXT)
    q, k = read_vectors(model, TEXT)
    A = key_axes(k, paired=model.rotary).basis(0.5)
    moved, answered = change_basis(q, k, A)
    read = read_thermometers(model, TEXT)
    T, _ = cosine_temperature(maps.weights, moved, answered, causal=model.causal)
    assert not np.allclose(T, read.cosine, rtol=0.01)
    spread = spread_within_rows(dot_scores(moved, answered), causal=model.causal)
    np.testing.assert_allclose(1 / spread, read.inverse_spread, rtol=1e-4)
    weights = attend(dot_scores(moved, answered), answered, causal=model.causal).weights
    np.testing.assert_allclose(weights, maps.weights, atol=1e-5)
    np.testing.assert_allclose(entropy(weights, axis=-1).mean(-1), read.entropy, atol=1e-4)


def test_what_goes_to_the_sink_and_what_goes_beyond_it_is_all(model):
    maps, read = model.attend(TEXT), read_thermometers(model, TEXT)
    content = ~maps.special
    content[0] = False
    beyond = maps.weights[..., content].sum(axis=-1).mean(axis=-1)
    np.testing.assert_allclose(read.sink + beyond, 1, rtol=1e-5)
    assert (read.sink > 0).all()


def test_a_text_too_short_to_compare_rows_is_refused(model):
    special = int(model.encode("a").special.sum())
    if special:
        assert read_thermometers(model, "a").own.shape == (model.layers, model.heads)
    else:
        with pytest.raises(GedigError, match="at least three"):
            read_thermometers(model, "a")


@given(shift=st.floats(-50, 50), factor=st.floats(0.1, 10))
@settings(deadline=None, max_examples=20)
def test_spread_ignores_what_a_row_has_in_common_and_grows_with_its_scale(shift, factor):
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(HEADS, LENGTH, LENGTH))
    moved = factor * scores + shift * np.arange(LENGTH)[:, None]
    np.testing.assert_allclose(
        spread_within_rows(moved, causal=True),
        factor * spread_within_rows(scores, causal=True),
        rtol=1e-9,
    )


def test_spread_of_a_full_map_counts_every_row():
    scores = np.array([[1.0, 3.0], [5.0, 9.0]])  # deviations 1, 1, 2, 2
    assert spread_within_rows(scores, causal=False) == pytest.approx(np.sqrt(2.5))


def test_even_causal_attention_looks_half_of_its_past_back():
    even = np.tri(LENGTH) / np.arange(1, LENGTH + 1)[:, None]
    assert mean_distance(even) == pytest.approx(np.arange(LENGTH).mean() / 2)


def test_distance_counts_only_the_keys_asked_for(maps):
    content = np.arange(LENGTH) != 4
    cut = maps.copy()
    cut[..., 4] = 0
    np.testing.assert_allclose(mean_distance(maps, keys=content), mean_distance(cut))


def test_correlation_is_spearmans_with_infinity_as_the_highest_rank():
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(2, LAYERS, HEADS))
    assert rank_correlation(x, y) == pytest.approx(spearmanr(x.ravel(), y.ravel())[0])
    high = np.where(x == x.max(), np.inf, x)
    assert rank_correlation(high, y) == pytest.approx(rank_correlation(x, y))


def test_within_layers_a_difference_between_layers_does_not_count():
    steps = 10.0 * np.arange(LAYERS)[:, None]
    x, y = np.arange(HEADS) + steps, -np.arange(HEADS) + steps
    assert rank_correlation(x, y) > 0.5
    assert rank_correlation(x, y, within_layers=True) == pytest.approx(-1)


def test_low_energies_bring_what_their_weights_and_values_say_by_hand():
    weights = np.zeros((1, 1, 4, 4))
    weights[0, 0, 3] = [0.1, 0.6, 0.2, 0.1]
    reach = np.array([[[1.0, 3.0, 2.0, 1.0]]])
    read = low_energy_share(weights, reach, causal=True)
    assert read.written[0, 0] == pytest.approx(1.8 / (0.1 + 1.8 + 0.4 + 0.1))
    assert read.weight[0, 0] == pytest.approx(0.6)
    assert read.even[0, 0] == pytest.approx(3 / 7)


def test_with_values_of_one_length_what_is_written_is_the_weight(maps):
    read = low_energy_share(maps, np.full((LAYERS, HEADS, LENGTH), 2.0), causal=True)
    np.testing.assert_allclose(read.written, read.weight)
    assert (read.weight > read.even).all()
    assert (read.even < 0.25 + 1e-12).all()


def test_three_tokens_have_no_quarter():
    with pytest.raises(GedigError, match="at least 4"):
        low_energy_share(np.ones((1, 1, 3, 3)) / 3, np.ones((1, 1, 3)), causal=False)


def test_entropy_counts_directions_and_knows_no_basis_and_no_scale():
    rng = np.random.default_rng(4)
    written = rng.normal(size=(LAYERS, LENGTH, WIDTH))
    turned = 9 * written @ np.linalg.qr(rng.normal(size=(WIDTH, WIDTH)))[0]
    np.testing.assert_allclose(written_entropy(turned), written_entropy(written))
    assert (written_entropy(written) <= np.log(WIDTH)).all()
    line = np.outer(rng.normal(size=LENGTH), rng.normal(size=WIDTH))
    assert written_entropy(line) == pytest.approx(0, abs=1e-9)
    assert written_entropy(line + 5, centred=False) > 0.01


def test_heating_measures_each_text_at_each_temperature_and_lets_the_model_write(model):
    if not model.causal:
        with pytest.raises(GedigError, match="encoder"):
            heat(model, [TEXT], prompt="a boat", temperatures=[1.0])
        return
    texts, temperatures = [TEXT, "rain on the mill"], [0.5, 1.0, 4.0]
    read = heat(model, texts, prompt="a boat", temperatures=temperatures, tokens=2)
    assert read.losses.shape == (2, 3)
    assert read.losses[1, 2] == model.next_token_loss(texts[1], temperature=4.0)
    assert read.written[0] == model.generate("a boat", tokens=2, temperature=0.5)
    assert set(read.best) <= set(temperatures)
    lowest = read.losses[0].argmin()
    assert read.best[0] == temperatures[lowest]
