"""The stream of a model: what its layers write adds up to what they pass on."""

import numpy as np
import pytest
import torch

from gedig_edu.errors import GedigError
from gedig_edu.models import load
from gedig_edu.models.stream import PLACES, blocks_of, read_stream
from tests.models import tiny

TEXT = "a boat came down"


@pytest.fixture(scope="module", params=["gpt2", "llama", "bert"])
def model(request, tmp_path_factory):
    return load(tiny.save(request.param, tmp_path_factory.mktemp("tiny") / request.param))


@pytest.fixture(scope="module")
def stream(model):
    return read_stream(model, TEXT)


def test_every_reading_has_a_row_for_each_token_and_a_plane_for_each_layer(model, stream):
    length, width = len(model.encode(TEXT)), model.network.config.hidden_size
    assert stream.states.shape == (model.layers, length, width)
    assert stream.attention.shape == stream.feed_forward.shape == stream.states.shape
    assert stream.weights.shape == (model.layers, model.heads, length, length)
    assert stream.reach.shape == (model.layers, model.heads, length)
    assert stream.special.shape == (length,)


def test_a_layer_hands_on_what_it_was_given_and_what_it_writes(model, stream):
    given = stream.states[0] + stream.attention[0] + stream.feed_forward[0]
    if model.causal:
        np.testing.assert_allclose(given, stream.states[1], atol=1e-5)
    else:  # BERT normalises at the exit of each part
        assert np.abs(given - stream.states[1]).max() > 1e-3


def test_weights_are_those_that_attend_reads(model, stream):
    np.testing.assert_array_equal(stream.weights, model.attend(TEXT).weights)


@torch.inference_mode()
def test_a_key_reaches_as_far_as_its_head_writes_when_all_weight_lies_on_it(model, stream):
    """Put every token's whole weight on key 0: what attention writes is then known."""
    length = len(model.encode(TEXT))
    only_first = np.where(np.arange(length) == 0, 0.0, np.inf)
    path = PLACES[model.network.config.model_type].output
    output = blocks_of(model)[0].get_submodule(path)
    seen = {}
    handle = output.register_forward_hook(lambda module, given, out: seen.update(given=given[0]))
    try:
        model.attend(TEXT, potential=only_first)
    finally:
        handle.remove()
    d = seen["given"].shape[-1] // model.heads
    weight = output.weight if type(output).__name__ == "Conv1D" else output.weight.T
    for head in range(model.heads):
        own = slice(head * d, (head + 1) * d)
        wrote = (seen["given"][0, 0, own] @ weight[own]).norm()
        assert float(wrote) == pytest.approx(stream.reach[0, head, 0], rel=1e-4)


def test_reading_leaves_no_hook_and_no_gradient_behind(model):
    read_stream(model, TEXT)
    assert not any(module._forward_hooks for module in model.network.modules())
    assert not any(module._forward_pre_hooks for module in model.network.modules())
    assert all(p.grad is None for p in model.network.parameters())
    assert torch.is_grad_enabled()


def test_an_architecture_without_known_places_is_refused(model, monkeypatch):
    monkeypatch.delitem(PLACES, model.network.config.model_type)
    with pytest.raises(GedigError, match="writes to its stream"):
        blocks_of(model)
