"""A decoder that writes with memory: each part of U is what it says, and nothing comes unasked."""

import numpy as np
import pytest
from scipy.special import softmax

from gedig_edu.errors import GedigError
from gedig_edu.lab.memory import (
    PLAIN,
    Fields,
    distinct_pairs,
    divergence,
    token_vectors,
    write,
)
from gedig_edu.models import load
from gedig_edu.theory.dynamics import barrier, inference_track, prosody

PROMPT = "The mill stood still and the river"
TOKENS = 8


@pytest.fixture(scope="module")
def model():
    return load("gpt2-mini")


def told(model, seed=3, **fields):
    return write(model, PROMPT, tokens=TOKENS, fields=Fields(**fields), seed=seed)


def seen(rows):
    """Return the cells that were there."""
    return rows[~np.isnan(rows)]


def test_without_a_field_the_text_is_the_models_own(model):
    plain = write(model, PROMPT, tokens=TOKENS, fields=PLAIN, seed=3)
    assert plain.text == model.generate(PROMPT, tokens=TOKENS, temperature_sampling=1.0, seed=3)
    assert not seen(plain.potential).any()
    assert not plain.jumped.any()
    np.testing.assert_allclose(np.nansum(plain.attention, axis=1), 1, atol=1e-5)
    assert plain.text.endswith("".join(plain.written))


def test_a_constant_field_writes_the_same_text_and_a_wave_another(model):
    plain = told(model)
    constant = told(model, prosody=lambda length: np.full(length, 3.0))
    wave = told(model, prosody=lambda length: prosody(length, period=3, amplitude=4.0))
    assert constant.text == plain.text
    np.testing.assert_allclose(seen(constant.attention), seen(plain.attention), atol=1e-6)
    assert wave.text != plain.text
    hollows = np.arange(wave.attention.shape[1]) % 3 == 0
    steps = range(TOKENS)
    assert all(np.nansum(wave.attention[t, hollows]) > 0.5 for t in steps)
    assert np.nansum(plain.attention[:, hollows]) < np.nansum(wave.attention[:, hollows])


def test_an_infinite_barrier_hides_a_position_from_every_step(model):
    walled = told(model, prosody=lambda length: barrier(length, [2]))
    assert not walled.attention[:, 2].any()


def test_the_track_has_its_wells_where_written_words_stand(model):
    telling = told(model, track=-1.5)
    ids = telling.ids
    for step in range(TOKENS):
        length = telling.prompt + step
        vectors = token_vectors(model, ids[:length])
        wells = inference_track(vectors, vectors[telling.prompt :], weights=-1.5, width=0.35)
        np.testing.assert_allclose(telling.track[step, :length], wells, atol=1e-9)
        assert np.isnan(telling.track[step, length:]).all()
    assert (telling.track[-1, telling.prompt : -1] < -1.4).all()


def test_the_placebo_has_the_same_values_elsewhere(model):
    telling = told(model, track=-1.5, moved=True)
    vectors = token_vectors(model, telling.ids[:-1])
    wells = inference_track(vectors, vectors[telling.prompt :], weights=-1.5, width=0.35)
    np.testing.assert_allclose(np.sort(telling.track[-1]), np.sort(wells), atol=1e-9)
    assert np.abs(telling.track[-1] - wells).max() > 0.1


@pytest.mark.parametrize("target", ["even", "prompt"])
def test_what_attention_misses_is_carried_to_the_next_step(model, target):
    telling = told(model, rho=0.8, gain=-2.0, target=target)
    M = np.zeros(telling.prompt)
    for step in range(TOKENS):
        length = telling.prompt + step
        M = np.append(M, np.zeros(length - len(M)))
        np.testing.assert_allclose(telling.carry[step, :length], -2 * M, atol=1e-6)
        wanted = np.full(length, 1 / length)
        if target == "prompt":
            wanted = (np.arange(length) < telling.prompt) / telling.prompt
        M = 0.8 * M + wanted - telling.attention[step, :length]
        assert telling.residual[step] == pytest.approx(np.linalg.norm(M), abs=1e-5)


def test_past_its_critical_size_the_residual_is_gone_and_what_is_near_is_walled_off(model):
    telling = told(model, rho=1.0, gain=0.0, critical=0.3, reach=1)
    jumps = np.flatnonzero(telling.jumped)
    assert jumps.size
    for step in jumps:
        assert telling.residual[step - 1] > 0.3
        assert telling.residual[step] == 0
        attention = telling.attention[step - 1, : telling.prompt + step - 1]
        best = attention[1:].argmax() + 1
        assert not telling.attention[step, best - 1 : best + 2].any()
    calm = np.flatnonzero(~telling.jumped)[1:]
    assert (telling.residual[calm - 1] <= 0.3).all()


def test_every_part_adds_up(model):
    telling = told(model, prosody=lambda length: prosody(length, period=4), track=-1.0, rho=0.7)
    parts = telling.prosody + telling.track + telling.carry
    np.testing.assert_allclose(seen(telling.potential), seen(parts))


def test_honest_is_the_divergence_of_what_is_drawn_from_what_the_model_says(model):
    warm = write(model, PROMPT, tokens=3, temperature_sampling=1.7, seed=1)
    logits = model.logits(PROMPT)[-1].astype(float)
    p, q = softmax(logits), softmax(logits / 1.7)
    assert warm.honest[0] == pytest.approx((p * np.log(p / q)).sum(), abs=1e-4)
    assert (told(model).honest == 0).all()
    assert divergence(logits, 0) == np.inf


def test_a_token_that_cannot_come_adds_nothing_to_the_divergence():
    logits = np.array([0.3, -1.0, 2.0])
    walled = np.append(logits, -np.inf)
    assert divergence(walled, 1.0) == 0
    assert divergence(walled, 1.7) == pytest.approx(divergence(logits, 1.7), rel=1e-12)
    assert divergence([0.0, 1.0], 1e-300) > 1e298  # a temperature that is nearly 0
    for wrong in ([np.nan, 1.0], [np.inf, 1.0], [-np.inf, -np.inf], [], [[0.0, 1.0]]):
        with pytest.raises(GedigError, match="make no distribution; give"):
            divergence(wrong, 1.0)


@pytest.mark.parametrize("wave", [np.zeros(3), np.nan, None, "high", np.full(9, -np.inf)])
def test_a_prosody_that_is_not_one_number_a_position_is_refused(model, wave):
    with pytest.raises(GedigError, match=r"prosody.* let it return one number|prosody.* numbers"):
        told(model, prosody=lambda _: wave)


def test_a_token_that_the_model_does_not_have_is_refused(model):
    with pytest.raises(GedigError, match="ids=99999 is out of range"):
        token_vectors(model, [0, 99999])


def test_distinct_pairs_by_hand():
    assert distinct_pairs(["a", "a", "a", "a"]) == pytest.approx(1 / 3)
    assert distinct_pairs("abcd") == 1
    assert np.isnan(distinct_pairs(["a"]))


def test_what_is_no_setting_is_refused():
    for wrong in ({"target": "nowhere"}, {"rho": 2}, {"width": 0}, {"critical": -1}):
        with pytest.raises(GedigError, match=r"choose one of|out of range"):
            Fields(**wrong)
