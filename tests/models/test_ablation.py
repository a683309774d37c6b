"""Heads taken out of a model: what they would have written is gone, or is its mean."""

import numpy as np
import pytest
import torch

from gedig_edu import GedigError
from gedig_edu.models.ablation import take_out
from gedig_edu.models.layers import blocks_of
from tests.models import tiny

TEXT = "The miller's daughter counted the boats."
LAYER, HEAD = 1, 4


def outlet(model, layer):
    """Return the projection W_O of one layer."""
    layers = blocks_of(model.network, name=model.name)
    return layers[layer].get_submodule(tiny.OUTPUT[model.network.config.model_type])


def before_w_o(model, layer, read):
    """Return what enters W_O of a layer while `read` runs, [batch, L, heads, d]."""
    met = []
    handle = outlet(model, layer).register_forward_pre_hook(lambda _, given: met.append(given[0]))
    try:
        read()
    finally:
        handle.remove()
    return met[0].unflatten(-1, (model.heads, -1)).detach().numpy()


@pytest.fixture(params=["zero", "mean"])
def kind(request):
    return request.param


def test_an_ablated_head_puts_out_zero_or_its_mean_and_the_others_what_they_did(model, kind):
    plain = before_w_o(model, LAYER, lambda: model.attend(TEXT))
    cut = before_w_o(model, LAYER, lambda: model.attend(TEXT, ablate={(LAYER, HEAD): kind}))
    expected = plain.copy()
    expected[:, :, HEAD] = 0 if kind == "zero" else plain[:, :, HEAD].mean(axis=1, keepdims=True)
    np.testing.assert_allclose(cut, expected, atol=1e-6)
    assert np.abs(plain - cut)[:, :, HEAD].max() > 1e-3


def test_the_maps_of_later_layers_change_and_no_others(model, kind):
    plain, cut = (model.attend(TEXT, ablate=a).weights for a in (None, {(LAYER, HEAD): kind}))
    changed = [not np.array_equal(plain[layer], cut[layer]) for layer in range(model.layers)]
    assert changed == [False, False, True]


def test_logits_are_those_of_a_model_whose_projection_hears_nothing_of_the_head(decoder):
    """Set the rows of W_O that belong to a head to zero: the same model without that head."""
    weight = outlet(decoder, LAYER).weight
    rows = slice(HEAD * tiny.HEAD_SIZE, (HEAD + 1) * tiny.HEAD_SIZE)
    part = weight[rows] if type(outlet(decoder, LAYER)).__name__ == "Conv1D" else weight[:, rows]
    kept = part.detach().clone()
    try:
        with torch.no_grad():
            part.zero_()
        expected = decoder.logits(TEXT), decoder.next_token_loss(TEXT)
    finally:
        with torch.no_grad():
            part.copy_(kept)
    cut = {(LAYER, HEAD): "zero"}
    np.testing.assert_allclose(decoder.logits(TEXT, ablate=cut), expected[0], atol=1e-5)
    assert decoder.next_token_loss(TEXT, ablate=cut) == pytest.approx(expected[1], abs=1e-6)
    assert decoder.next_token_loss(TEXT) != pytest.approx(expected[1], abs=1e-6)


def test_no_head_to_ablate_changes_nothing(decoder):
    np.testing.assert_array_equal(decoder.logits(TEXT, ablate={}), decoder.logits(TEXT))


def test_every_head_of_every_layer_may_go_and_layers_and_heads_are_not_confused(decoder):
    every = {(layer, head): "zero" for layer in range(3) for head in range(6)}
    for layer in range(3):
        entering = before_w_o(decoder, layer, lambda: decoder.logits(TEXT, ablate=every))
        np.testing.assert_array_equal(entering, 0)
    one = {(0, 2): "zero"}
    entering = before_w_o(decoder, 0, lambda: decoder.logits(TEXT, ablate=one))
    assert [bool(entering[:, :, head].any()) for head in range(6)] == [
        head != 2 for head in range(6)
    ]


def test_a_mean_makes_a_head_alike_at_every_token_under_heat_and_potential(model):
    U = np.zeros(len(model.encode(TEXT)))
    U[2] = 0.7
    options = {"potential": U, "temperature": 1.9}
    bent = before_w_o(model, LAYER, lambda: model.attend(TEXT, **options))
    cut = before_w_o(
        model, LAYER, lambda: model.attend(TEXT, ablate={(LAYER, HEAD): "mean"}, **options)
    )
    mean = bent[:, :, HEAD].mean(axis=1, keepdims=True)
    np.testing.assert_allclose(
        cut[:, :, HEAD], np.broadcast_to(mean, cut[:, :, HEAD].shape), atol=1e-6
    )


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_many_texts_are_ablated_as_each_alone(model, kind, batch_size):
    texts, cut = ["a", TEXT, "The gate", "stone and grain"], {(0, 5): kind, (1, 0): kind}
    many = model.attend_many(texts, batch_size=batch_size, ablate=cut)
    for text, maps in zip(texts, many, strict=True):
        np.testing.assert_allclose(maps.weights, model.attend(text, ablate=cut).weights, atol=5e-6)


def test_a_mean_is_of_each_texts_own_tokens_and_leaves_padding_alone():
    output = torch.arange(2 * 3 * 2 * 1.0).reshape(2, 3, 2, 1)  # [batch, L, heads, d]
    got = take_out(output, {1: "mean"}, lengths=[2, 3])[..., 0].tolist()
    assert got == [[[0, 2], [2, 2], [4, 5]], [[6, 9], [8, 9], [10, 9]]]


@pytest.mark.parametrize(
    ("ablate", "said"),
    [
        ({(3, 0): "zero"}, r"layer 3, head 0, .*a layer of 0 to 2 and a head of 0 to 5"),
        ({(0, 6): "zero"}, "layer 0, head 6"),
        ({(-1, 0): "zero"}, "layer -1, head 0"),
        ({(0, 0): "half"}, "gives 'half' for layer 0, head 0; give 'zero', or 'mean'"),
        ({(0, 0): None}, "gives None"),
        ({(0, 0): ["zero"]}, r"gives \['zero'\]"),
        ({0: "zero"}, r"names 0, which is no head; give a pair \(layer, head\)"),
        ({(0, 1.5): "zero"}, "which is no head"),
        ({(True, False): "zero"}, r"names \(True, False\), which is no head"),
        ({"03": "zero"}, "which is no head"),
        ([(0, 0)], "no mapping"),
        ("zero", "no mapping"),
    ],
)
def test_heads_that_are_none_are_refused(loaded, ablate, said):
    model = loaded["gpt2"]
    for read in (model.attend, model.logits, model.next_token_loss):
        with pytest.raises(GedigError, match=said):
            read(TEXT, ablate=ablate)
    with pytest.raises(GedigError, match=said):
        model.attend_many([TEXT], ablate=ablate)


@pytest.mark.parametrize("verb", ["logits", "next_token_loss"])
def test_an_encoder_still_has_no_logits(encoder, verb):
    with pytest.raises(GedigError, match="needs a decoder"):
        getattr(encoder, verb)(TEXT, ablate={(0, 0): "zero"})
