"""The NumPy forward pass is the model that transformers runs."""

import inspect

import numpy as np
import pytest
import torch

from gedig_edu.theory import gpt2


@pytest.fixture(scope="module")
def model():
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(3)
    config = GPT2Config(
        vocab_size=101, n_positions=37, n_embd=35, n_layer=3, n_head=5, bos_token_id=0,
        eos_token_id=0, attn_implementation="eager", initializer_range=0.2,
    )  # fmt: skip
    return GPT2LMHeadModel(config).eval()


def numpy_weights(model):
    return {name: tensor.numpy() for name, tensor in model.transformer.state_dict().items()}


@pytest.mark.parametrize("length", [1, 2, 23, 37])
def test_logits_and_attention_equal_transformers(model, length):
    tokens = np.random.default_rng(length).integers(101, size=length)
    with torch.inference_mode():
        expected = model(torch.from_numpy(tokens)[None], output_attentions=True)
    ours = gpt2.forward(tokens, numpy_weights(model), heads=5)
    np.testing.assert_allclose(ours.logits, expected.logits[0], atol=1e-4)
    np.testing.assert_allclose(ours.attention, torch.cat(expected.attentions), atol=1e-4)
    assert ours.logits.dtype == np.float32


def test_later_tokens_change_nothing_before_them(model):
    tokens = np.arange(19)
    changed = np.where(np.arange(19) < 13, tokens, 100 - tokens)
    weights = numpy_weights(model)
    first, second = (gpt2.forward(t, weights, heads=5).logits for t in (tokens, changed))
    np.testing.assert_array_equal(first[:13], second[:13])
    assert not np.allclose(first[13:], second[13:])


def test_the_machine_fits_on_one_page():
    code = inspect.getsource(gpt2.run).split('"""')[-1]
    assert len(code.splitlines()) <= 32


def test_later_passes_go_on_from_kept_keys_and_values(model):
    tokens, weights, kept = np.arange(19), numpy_weights(model), {}

    def remember(place, layer, given):
        if place != "queries, keys, values":
            return given
        q, *fresh = given
        before = kept.get(layer, [part[:, :0] for part in fresh])
        kept[layer] = [np.concatenate(pair, axis=1) for pair in zip(before, fresh, strict=True)]
        return q, *kept[layer]

    parts = [(0, 13), (13, 14), (14, 19)]
    logits = [
        gpt2.run(tokens[start:end], weights, heads=5, at=remember, start=start)
        for start, end in parts
    ]
    whole = gpt2.forward(tokens, weights, heads=5).logits
    np.testing.assert_allclose(np.concatenate(logits), whole, atol=1e-5)


def test_what_a_window_hands_on_is_what_goes_on(model):
    tokens, weights = np.arange(11), numpy_weights(model)

    def silence(place, layer, given):
        return 0 * given if (place, layer) == ("heads", 1) else given

    silent = dict(weights)
    silent["h.1.attn.c_proj.weight"] = 0 * weights["h.1.attn.c_proj.weight"]
    expected = gpt2.forward(tokens, silent, heads=5).logits
    np.testing.assert_array_equal(gpt2.run(tokens, weights, heads=5, at=silence), expected)


@pytest.mark.parametrize("first", [0, 7, 11])
def test_only_the_logits_asked_for_are_computed(model, first):
    tokens, weights = np.arange(11), numpy_weights(model)
    whole = gpt2.run(tokens, weights, heads=5)
    some = gpt2.run(tokens, weights, heads=5, logits_from=first)
    np.testing.assert_allclose(some, whole[first:], atol=1e-5)
