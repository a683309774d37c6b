"""Each state read by the network's own ending, and a stream that is disturbed on its way."""

import numpy as np
import pytest
import torch

from gedig_edu.errors import GedigError

TEXT = "a boat came down"


def test_the_last_state_is_read_as_the_model_reads_it(decoder):
    lens = decoder.lens(TEXT)
    assert lens.shape[0] == decoder.layers + 1
    assert lens.dtype == np.float32
    np.testing.assert_allclose(lens[-1], decoder.logits(TEXT), atol=1e-5)


@torch.inference_mode()
def test_every_state_goes_through_the_final_norm_and_the_unembedding(decoder):
    base = decoder.network.base_model
    norm = base.ln_f if hasattr(base, "ln_f") else base.norm
    states = torch.tensor(decoder.stream(TEXT).states)
    expected = decoder.network.get_output_embeddings()(norm(states)).numpy()
    np.testing.assert_allclose(decoder.lens(TEXT), expected, atol=2e-5)


def test_a_disturbance_of_the_last_layer_is_read_by_the_lens(decoder):
    stream, last = decoder.stream(TEXT), decoder.layers - 1
    back = stream.states[0] - stream.states[-1]
    np.testing.assert_allclose(
        decoder.logits(TEXT, disturb=(last, back)), decoder.lens(TEXT)[0], atol=1e-4
    )


def test_a_disturbance_reaches_later_tokens_only(decoder):
    added = np.zeros((len(decoder.encode(TEXT)), decoder.network.config.hidden_size))
    np.testing.assert_array_equal(decoder.logits(TEXT, disturb=(0, added)), decoder.logits(TEXT))
    added[2] = np.random.default_rng(0).normal(size=added.shape[1])
    moved = np.abs(decoder.logits(TEXT, disturb=(0, added)) - decoder.logits(TEXT)).max(axis=-1)
    assert (moved > 1e-3).tolist() == [False] * 2 + [True] * (len(added) - 2)
    loss = decoder.next_token_loss(TEXT, disturb=(0, added))
    assert loss != decoder.next_token_loss(TEXT)


@pytest.mark.parametrize(
    ("disturb", "said"),
    [
        (3, r"no pair of a layer and an array; give \(layer, array \[L, D\]\)"),
        (("a", np.zeros(1)), "no pair of a layer"),
        ((3, np.zeros(1)), "disturb names layer 3, which 'gpt2' does not have; choose one of 0"),
        ((-1, np.zeros(1)), "disturb names layer -1"),
        ((0, np.zeros(1)), r"an array \[1\] to layer 0; give finite .* \[L, D\] = \[\d+, 84\]"),
        ((0, "x"), "adds str to layer 0"),
        ((0, None), "adds "),
    ],
)
def test_what_cannot_be_added_is_refused(loaded, disturb, said):
    with pytest.raises(GedigError, match=said):
        loaded["gpt2"].logits(TEXT, disturb=disturb)


def test_a_disturbance_that_is_not_finite_is_refused(loaded):
    model = loaded["gpt2"]
    added = np.full((len(model.encode(TEXT)), 84), np.inf)
    with pytest.raises(GedigError, match="give finite numbers"):
        model.next_token_loss(TEXT, disturb=(1, added))


def test_an_encoder_has_no_lens(encoder):
    with pytest.raises(GedigError, match="lens needs a decoder"):
        encoder.lens(TEXT)
