"""Random energies freeze where Derrida says, and rows of known logits are read as what they are."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.condensation import (
    ByLength,
    condensate_of,
    critical_spread,
    entropy_by_length,
    random_condensate,
)
from gedig_edu.lab.geometry import Vectors
from gedig_edu.lab.thermodynamics import rows_of
from gedig_edu.models import load
from tests.models import tiny

LAYERS, HEADS, LENGTH, D = 2, 3, 13, 4


def test_the_threshold_is_the_place_of_the_largest_of_n_normal_numbers():
    assert critical_spread(np.exp(8.0)) == pytest.approx(4.0)
    largest = np.random.default_rng(0).normal(size=(31, 100_000)).max(axis=1).mean()
    assert largest == pytest.approx(float(critical_spread(100_000)), rel=0.1)


@pytest.mark.parametrize("keys", [1, np.array([5, 0]), np.nan])
def test_a_row_of_fewer_than_two_keys_has_no_threshold(keys):
    with pytest.raises(GedigError, match="at least two keys"):
        critical_spread(keys)


def test_two_random_logits_are_one_spread_apart_each_way():
    # two logits of spread s lie 2s apart: Σp² = (1 + tanh²(s))/2
    spreads = np.array([0.3, 1.0, 2.5])
    expected = (1 + np.tanh(spreads) ** 2) / 2
    np.testing.assert_allclose(random_condensate(2, spreads), expected, atol=2e-3)


def test_a_long_random_row_is_even_below_the_threshold_and_frozen_far_above():
    below, above = random_condensate(
        20_000, np.array([0.5, 4.0]) * critical_spread(20_000), draws=60
    )
    assert below < 0.02
    assert above == pytest.approx(1 - 1 / 4, abs=0.04)


def test_rows_are_held_against_random_ones_of_their_own_number_and_spread():
    rng = np.random.default_rng(0)
    q, k = rng.normal(size=(2, LAYERS, HEADS, LENGTH, D))
    found = condensate_of(rows_of(Vectors(q, k), causal=True), least=5)
    assert found.keys.tolist() == list(range(5, LENGTH + 1))
    logits = q[1, 2, 7] @ k[1, 2, :8].T / np.sqrt(D)  # the row of 8 keys
    p = np.exp(logits) / np.exp(logits).sum()
    assert found.real[1, 2, 3] == pytest.approx(np.sum(p**2))
    assert found.spread[1, 2, 3] == pytest.approx(logits.std() / np.sqrt(2 * np.log(8)))
    assert found.random[1, 2, 3] == pytest.approx(random_condensate(8, logits.std()))


def test_a_text_without_a_row_of_so_many_keys_is_refused():
    rows = rows_of(Vectors(*np.ones((2, 1, 1, 3, 2))), causal=True)
    with pytest.raises(GedigError, match="No row sees 4 keys"):
        condensate_of(rows, least=4)


def test_the_exponent_is_one_where_all_keys_share_and_zero_where_one_has_all():
    keys = np.array([4, 9, 25])
    entropy = np.stack([np.log(keys), np.zeros(3), 0.5 * np.log(keys) + 0.3])[None]
    np.testing.assert_allclose(ByLength(keys, entropy).exponent, [[1, 0, 0.5]], atol=1e-12)


@pytest.mark.parametrize("kind", ["gpt2", "bert"])
def test_a_beginning_of_the_text_is_read_as_if_it_stood_alone(kind, tmp_path):
    model = load(tiny.save(kind, tmp_path / kind))
    text = "nobody could remember the gate was open"
    read = entropy_by_length(model, text)
    assert read.entropy.shape == (model.layers, model.heads, len(read.keys))
    alone = model.attend(text[: len(text) // 2] if kind == "bert" else text)
    place = list(read.keys).index(len(alone))
    rows = -np.sum(alone.weights * np.log(np.where(alone.weights > 0, alone.weights, 1)), axis=-1)
    expected = rows.mean(axis=-1) if kind == "bert" else rows[..., -1]
    np.testing.assert_allclose(read.entropy[..., place], expected, atol=1e-5)


def test_a_text_of_one_length_is_refused(tmp_path):
    model = load(tiny.save("gpt2", tmp_path / "gpt2"))
    with pytest.raises(GedigError, match="give a longer one"):
        entropy_by_length(model, "a")
