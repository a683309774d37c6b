"""Queries and keys, and that they are the ones behind the weights."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from gedig_edu import GedigError
from tests.models import tiny

TEXT = "Eleven boats came"


def softmax(scores):
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("layer", range(tiny.LAYERS))
def test_they_make_the_weights_of_their_layer(model, layer):
    maps, read = model.attend(TEXT), model.queries_keys(TEXT, layer)
    q, k = (read.q, read.k) if read.q_rotated is None else (read.q_rotated, read.k_rotated)
    assert q.shape == k.shape == (tiny.HEADS, len(maps), tiny.HEAD_SIZE)
    assert q.dtype == k.dtype == np.float32
    scores = (q @ k.swapaxes(-1, -2)).astype(float) / np.sqrt(tiny.HEAD_SIZE)
    seen = maps.weights[layer].any(axis=0)
    scores = np.where(seen, scores, -np.inf)
    np.testing.assert_allclose(softmax(scores), maps.weights[layer], atol=1e-5)
    assert read.scale == pytest.approx(tiny.HEAD_SIZE**-0.5)


@pytest.mark.parametrize("kind", ["llama", "mistral", "qwen3"])
def test_rotation_turns_pairs_and_leaves_position_zero(loaded, kind):
    read = loaded[kind].queries_keys(TEXT, 1)
    for before, after in ((read.q, read.q_rotated), (read.k, read.k_rotated)):
        np.testing.assert_allclose(after[:, 0], before[:, 0], atol=1e-6)
        assert abs(after[:, 1:] - before[:, 1:]).max() > 1e-2
        half = tiny.HEAD_SIZE // 2
        radius = [np.hypot(x[..., :half], x[..., half:]) for x in (before, after)]
        np.testing.assert_allclose(radius[0], radius[1], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", ["llama", "mistral", "qwen3"])
def test_shared_keys_are_repeated_as_the_model_does(loaded, kind):
    read = loaded[kind].queries_keys(TEXT, 0)
    for k in (read.k, read.k_rotated):
        groups = k.reshape(2, 3, *k.shape[1:])
        np.testing.assert_array_equal(groups, np.repeat(groups[:, :1], 3, axis=1))
        assert (groups[0, 0] != groups[1, 0]).any()


@pytest.mark.parametrize("kind", ["gpt2", "bert", "distilbert"])
def test_without_rotary_positions_rotated_is_none(loaded, kind):
    read = loaded[kind].queries_keys(TEXT, 2)
    assert read.q_rotated is None
    assert read.k_rotated is None


def test_all_layers_are_those_read_one_by_one(model):
    every = model.queries_keys_all(TEXT)
    assert len(every) == tiny.LAYERS
    for layer, read in enumerate(every):
        alone = model.queries_keys(TEXT, layer)
        assert read.scale == alone.scale
        for name in ("q", "k", "q_rotated", "k_rotated"):
            np.testing.assert_array_equal(getattr(read, name), getattr(alone, name))


def test_all_layers_come_from_a_single_forward_pass(model):
    passes = []
    watch = model.network.base_model.register_forward_pre_hook(lambda *_: passes.append(1))
    try:
        model.queries_keys_all(TEXT)
    finally:
        watch.remove()
    assert len(passes) == 1


@pytest.mark.parametrize("layer", [-1, tiny.LAYERS, "first"])
def test_a_layer_that_is_not_there_is_refused(loaded, layer):
    with pytest.raises(GedigError, match=f"choose one of 0 to {tiny.LAYERS - 1}"):
        loaded["gpt2"].queries_keys(TEXT, layer)


@pytest.mark.parametrize("kind", ["llama", "gpt2", "bert"])
def test_five_threads_on_one_model_read_what_one_reads(loaded, kind):
    model = loaded[kind]
    texts = [TEXT, "The gate", "Seven carried grain, four stone", "a", "Who had opened it?"]
    alone = [model.queries_keys_all(text) for text in texts]
    streams = [model.stream(text).heads for text in texts]

    def read(turn):
        text = texts[turn % 5]
        heads = model.stream(text).heads
        return model.queries_keys_all(text), heads

    with ThreadPoolExecutor(5) as pool:
        together = list(pool.map(read, range(60)))
    for turn, (layers, heads) in enumerate(together):
        np.testing.assert_allclose(heads, streams[turn % 5], atol=1e-5)
        for got, expected in zip(layers, alone[turn % 5], strict=True):
            for name in ("q", "k", "q_rotated", "k_rotated"):
                given, right = getattr(got, name), getattr(expected, name)
                assert (given is None) == (right is None)
                if given is not None:
                    np.testing.assert_allclose(given, right, atol=1e-5)
