"""What a decoder's loss is without some heads of a layer, several removals in one pass."""

import numpy as np
import pytest
import torch

from gedig_edu import GedigError, models
from gedig_edu.models.backend import Asked
from gedig_edu.models.torch_backend import TorchBackend
from tests.models import architectures, tiny

TEXT = "The miller's daughter counted the boats."
REMOVALS = ({4: "zero"}, {4: "mean"}, {}, {0: "mean", 5: "zero"}, {1: "zero"})


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_each_is_the_loss_with_the_same_heads_ablated(decoder, layer):
    found = decoder.losses_without(TEXT, layer, REMOVALS)
    expected = [
        decoder.next_token_loss(TEXT, ablate={(layer, head): r[head] for head in r})
        for r in REMOVALS
    ]
    np.testing.assert_allclose(found, expected, atol=2e-6)
    assert found.dtype == np.float64
    assert len(set(found.round(5))) == len(REMOVALS)


def test_nothing_taken_out_is_the_whole_models_loss(decoder):
    (whole,) = decoder.losses_without(TEXT, 1, [{}])
    assert whole == pytest.approx(decoder.next_token_loss(TEXT), abs=2e-6)


def test_no_removal_has_no_loss(decoder):
    assert decoder.losses_without(TEXT, 1, []).shape == (0,)


def test_a_decoder_that_torch_computes_goes_on_as_a_batch_and_is_itself_afterwards(loaded):
    for kind in tiny.DECODERS:
        model = loaded[kind]
        before = model.logits(TEXT)
        lengths = []
        handle = model.network.get_output_embeddings().register_forward_hook(
            lambda _, given, gave, kept=lengths: kept.append(len(gave))
        )
        try:
            model.losses_without(TEXT, 1, REMOVALS)
        finally:
            handle.remove()
        assert lengths[-1] == len(REMOVALS)
        np.testing.assert_array_equal(model.logits(TEXT), before)


@pytest.mark.parametrize("kind", ["gemma2", "gpt_neox", "opt", "phi", "mixtral", "jamba", "zaya"])
def test_any_decoder_gives_the_losses_of_one_pass_for_each_removal(kind):
    backend = TorchBackend(name=kind, network=architectures.network(kind))
    encoded = architectures.encoded(*range(50, 61))
    found = backend.losses_without(encoded, 1, REMOVALS)
    for loss, removal in zip(found, REMOVALS, strict=True):
        logits = torch.from_numpy(backend.logits(encoded, Asked(ablate={1: dict(removal)})))[:-1]
        expected = torch.nn.functional.cross_entropy(logits, torch.tensor(encoded.ids[1:]))
        assert loss == pytest.approx(float(expected), abs=1e-5)


@pytest.mark.parametrize(
    ("layer", "removals", "said"),
    [(3, [{0: "zero"}], "layer 3"), (0, [{6: "zero"}], "head 6"), (0, [{0: "gone"}], "'gone'")],
)
def test_a_head_that_is_not_there_is_refused(decoder, layer, removals, said):
    with pytest.raises(GedigError, match=said):
        decoder.losses_without(TEXT, layer, removals)


def test_an_encoder_and_a_single_token_are_refused(encoder, decoder):
    with pytest.raises(GedigError, match="losses_without needs a decoder"):
        encoder.losses_without(TEXT, 0, [{0: "zero"}])
    with pytest.raises(GedigError, match="at least two tokens"):
        decoder.losses_without("a", 0, [{0: "zero"}])


def test_where_a_batch_cannot_grow_each_removal_is_a_pass(folders, monkeypatch):
    model = models.load(folders["llama"], device="cpu")
    monkeypatch.setattr("gedig_edu.models.torch_backend.parts_rightly", lambda runner, parts: False)
    apart = model.losses_without(TEXT, 1, REMOVALS)
    together = models.load(folders["llama"], device="cpu")
    monkeypatch.undo()
    np.testing.assert_allclose(apart, together.losses_without(TEXT, 1, REMOVALS), atol=2e-6)
