"""Rotary heads of a real architecture: how strong each pair is, and what rounding moves."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.lab.geometry import moved_by_rounding, rotary_base, strength_by_pair
from gedig_edu.models import load
from tests.models import tiny

TEXT = "the river ran past the old mill"


@pytest.fixture(scope="module")
def llama(tmp_path_factory):
    return load(tiny.save("llama", tmp_path_factory.mktemp("tiny") / "llama"))


@pytest.fixture(scope="module")
def gpt2(tmp_path_factory):
    return load(tiny.save("gpt2", tmp_path_factory.mktemp("tiny") / "gpt2"))


def test_the_base_is_that_of_the_configuration(llama):
    assert rotary_base(llama) == llama.network.config.rope_parameters["rope_theta"]


def test_strength_by_pair_is_the_mean_length_of_q_times_that_of_k_without_the_first(llama):
    share, read = strength_by_pair(llama, TEXT), llama.queries_keys(TEXT, 1)
    pairs = read.q.shape[-1] // 2
    assert share.shape == (llama.layers, llama.heads, pairs)
    assert share.sum(axis=-1) == pytest.approx(1)
    q, k = (np.hypot(x[..., :pairs], x[..., pairs:])[:, 1:].mean(axis=1) for x in (read.q, read.k))
    assert share[1] == pytest.approx(q * k / (q * k).sum(axis=-1, keepdims=True), rel=1e-5)


@pytest.mark.parametrize("shift", [0, 1000])
def test_in_double_precision_nothing_moves(llama, shift):
    moved = moved_by_rounding(llama, TEXT, shift, angles="float64", vectors="float64")
    assert moved.shape == (llama.layers, llama.heads)
    assert moved.max() < 1e-9


def test_coarse_angles_move_more_than_coarse_vectors(llama):
    coarse, fine = (
        moved_by_rounding(llama, TEXT, 4000, angles=angles, vectors="bfloat16").mean()
        for angles in ("bfloat16", "float32")
    )
    assert coarse > 3 * fine > 0


@pytest.mark.parametrize(
    "ask",
    [
        rotary_base,
        lambda model: strength_by_pair(model, TEXT),
        lambda model: moved_by_rounding(model, TEXT, 1, angles="float32", vectors="float32"),
    ],
)
def test_a_model_without_rotary_positions_is_refused_in_one_sentence(gpt2, ask):
    with pytest.raises(GedigError, match="has no rotary positions"):
        ask(gpt2)


def test_a_single_token_and_an_unknown_number_type_are_refused(llama):
    one = llama.tokenizer.decode([llama.encode(TEXT).ids[0]])
    with pytest.raises(GedigError, match="single token"):
        strength_by_pair(llama, one)
    with pytest.raises(GedigError, match="single token"):
        moved_by_rounding(llama, one, 1, angles="float32", vectors="float32")
    with pytest.raises(GedigError, match="angles"):
        moved_by_rounding(llama, TEXT, 1, angles="int8", vectors="float32")
