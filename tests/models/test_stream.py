"""The stream of a model: what its layers and heads write adds up to what they pass on."""

import numpy as np
import pytest
import torch

from gedig_edu.errors import GedigError
from gedig_edu.models.layers import blocks_of, watching
from tests.models import tiny

TEXT = "a boat came down"


@pytest.fixture
def stream(model):
    return model.stream(TEXT)


def part(model, layer, path):
    """Return a module of one layer."""
    return blocks_of(model.network, name=model.name)[layer].get_submodule(path)


def norms(model, layer):
    """Return the two norms of an encoder's layer, attention's first."""
    bert = model.network.config.model_type == "bert"
    after = "attention.output.LayerNorm", "output.LayerNorm"
    return [
        part(model, layer, p) for p in (after if bert else ("sa_layer_norm", "output_layer_norm"))
    ]


def test_every_reading_has_a_row_for_each_token_and_a_plane_for_each_layer(model, stream):
    length, width = len(model.encode(TEXT)), model.network.config.hidden_size
    assert stream.states.shape == (model.layers + 1, length, width)
    assert stream.attention.shape == (model.layers, length, width)
    assert stream.feed_forward.shape == (model.layers, length, width)
    assert stream.heads.shape == (model.layers, model.heads, length, width)
    assert stream.weights.shape == (model.layers, model.heads, length, length)
    assert stream.values.shape == (model.layers, model.heads, length, width)
    assert stream.special.shape == (length,)
    assert all(np.isfinite(array).all() for array in vars(stream).values())


def test_a_decoders_layer_hands_on_what_it_was_given_and_what_it_writes(decoder):
    stream = decoder.stream(TEXT)
    given = stream.states[:-1] + stream.attention + stream.feed_forward
    np.testing.assert_allclose(given, stream.states[1:], atol=2e-5)


@torch.inference_mode()
def test_an_encoders_layer_normalises_after_each_of_its_parts(encoder):
    stream = encoder.stream(TEXT)
    for layer in range(encoder.layers):
        after_attention, after_feed_forward = norms(encoder, layer)
        middle = after_attention(torch.tensor(stream.states[layer] + stream.attention[layer]))
        left = after_feed_forward(middle + torch.tensor(stream.feed_forward[layer]))
        np.testing.assert_allclose(left.numpy(), stream.states[layer + 1], atol=2e-5)


def test_heads_and_the_bias_of_their_projection_add_up_to_what_attention_writes(model, stream):
    path = tiny.OUTPUT[model.network.config.model_type]
    for layer in range(model.layers):
        bias = getattr(part(model, layer, path), "bias", None)
        added = stream.heads[layer].sum(axis=0)
        if bias is not None:
            added = added + bias.detach().numpy()
        np.testing.assert_allclose(added, stream.attention[layer], atol=2e-5)


def test_what_a_head_writes_is_what_attention_lacks_without_it(model, stream):
    path, layer, head = tiny.OUTPUT[model.network.config.model_type], 1, 4
    with watching(part(model, layer, path)) as calls:
        model.attend(TEXT, ablate={(layer, head): "zero"})
    (without,) = calls
    lacking = stream.attention[layer] - without.gave.numpy()
    np.testing.assert_allclose(lacking, stream.heads[layer, head], atol=2e-5)


def test_a_head_writes_its_weights_times_what_each_key_would_send(model, stream):
    np.testing.assert_allclose(stream.heads, stream.weights @ stream.values, atol=2e-5)
    np.testing.assert_allclose(stream.reach, np.linalg.norm(stream.values, axis=-1))


@torch.inference_mode()
def test_the_last_state_is_what_the_final_norm_and_the_head_read(decoder):
    last = torch.tensor(decoder.stream(TEXT).states[-1])
    base = decoder.network.base_model
    norm = base.ln_f if hasattr(base, "ln_f") else base.norm
    logits = decoder.network.get_output_embeddings()(norm(last))
    np.testing.assert_allclose(logits.numpy(), decoder.logits(TEXT), atol=1e-4)


def test_weights_are_those_that_attend_reads(model, stream):
    np.testing.assert_array_equal(stream.weights, model.attend(TEXT).weights)


@torch.inference_mode()
def test_a_key_reaches_as_far_as_its_head_writes_when_all_weight_lies_on_it(model):
    """Put every token's whole weight on key 0: what attention writes is then known."""
    short = "a boat"  # all of it within Mistral's window
    stream = model.stream(short)
    length = len(model.encode(short))
    only_first = np.where(np.arange(length) == 0, 0.0, np.inf)
    path = tiny.OUTPUT[model.network.config.model_type]
    output = blocks_of(model.network, name=model.name)[0].get_submodule(path)
    seen = {}
    handle = output.register_forward_hook(lambda module, given, out: seen.update(given=given[0]))
    try:
        model.attend(short, potential=only_first)
    finally:
        handle.remove()
    d = seen["given"].shape[-1] // model.heads
    weight = output.weight if type(output).__name__ == "Conv1D" else output.weight.T
    for head in range(model.heads):
        own = slice(head * d, (head + 1) * d)
        wrote = (seen["given"][0, 0, own] @ weight[own]).norm()
        assert float(wrote) == pytest.approx(stream.reach[0, head, 0], rel=1e-4)


def test_reading_leaves_no_hook_and_no_gradient_behind(model):
    model.stream(TEXT)
    assert not any(module._forward_hooks for module in model.network.modules())
    assert not any(module._forward_pre_hooks for module in model.network.modules())
    assert all(p.grad is None for p in model.network.parameters())
    assert torch.is_grad_enabled()


def test_a_text_that_cannot_be_read_has_no_stream(model):
    with pytest.raises(GedigError, match="has no token"):
        model.stream("")


def test_a_disturbance_can_be_followed_from_its_layer_on(model, stream):
    layer = 1
    added = 0.1 * np.random.default_rng(3).normal(size=stream.states[0].shape)
    disturbed = model.stream(TEXT, disturb=(layer, added))
    np.testing.assert_array_equal(disturbed.states[: layer + 1], stream.states[: layer + 1])
    left = disturbed.states[layer + 1] - stream.states[layer + 1]
    np.testing.assert_allclose(left, added, atol=1e-5)
    assert np.abs(disturbed.states[layer + 2] - stream.states[layer + 2]).max() > 1e-3
    last = model.stream(TEXT, disturb=(model.layers - 1, added)).states[-1] - stream.states[-1]
    np.testing.assert_allclose(last, added, atol=1e-5)


def test_a_disturbance_that_does_not_fit_is_refused(model):
    with pytest.raises(GedigError, match="of the shape"):
        model.stream(TEXT, disturb=(0, np.zeros(3)))
