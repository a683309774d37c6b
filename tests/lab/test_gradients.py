"""Gradients down a tower and down a real decoder, held against autograd."""

import numpy as np
import pytest
import torch

from gedig_edu.errors import GedigError
from gedig_edu.lab.gradients import stream_gradients, temperature_slopes, tower
from gedig_edu.models import load
from tests.models import tiny

TEXT = "the river ran past"
KINDS = [(residual, normalised) for residual in (True, False) for normalised in (True, False)]


def by_hand(x, layers, *, residual, normalised):
    for first, second in layers:
        read = torch.nn.functional.layer_norm(x, x.shape, eps=1e-5) if normalised else x
        x = (x if residual else 0) + second @ torch.tanh(first @ read)
    return x


@pytest.mark.parametrize(("residual", "normalised"), KINDS)
def test_tower_agrees_with_autograd(residual, normalised):
    depth, width, gain = 5, 7, 0.9
    rng = np.random.default_rng(3)
    x, u = (torch.from_numpy(vector) for vector in rng.normal(size=(2, width)))
    layers = torch.from_numpy(rng.normal(size=(depth, 2, width, width)) * gain / width**0.5)
    x.requires_grad_()
    out = by_hand(x, layers, residual=residual, normalised=normalised)
    (gradient,) = torch.autograd.grad(out @ (u / u.norm()), x)
    read = tower(
        depth=depth, width=width, gain=gain, residual=residual, normalised=normalised, seed=3
    )
    assert read.gradients[0] == pytest.approx(float(gradient.norm()))
    assert read.gradients[-1] == pytest.approx(1)
    assert read.lengths[-1] == pytest.approx(float(out.detach().norm()))
    cosine = float(torch.nn.functional.cosine_similarity(out.detach(), x.detach(), dim=0))
    assert read.kept == pytest.approx(cosine)
    assert len(read.gradients) == len(read.lengths) == depth + 1


def test_with_small_matrices_the_gradient_fades_unless_norm_or_path_helps():
    reached = {
        kind: tower(gain=0.5, residual=kind[0], normalised=kind[1]).gradients[0] for kind in KINDS
    }
    assert reached[False, False] < 1e-9
    assert min(reached[kind] for kind in KINDS if any(kind)) > 1e-2


@pytest.mark.parametrize("given", [{"depth": 0}, {"width": 1}, {"gain": 0.0}])
def test_a_tower_that_cannot_be_built_is_refused(given):
    with pytest.raises(GedigError, match=next(iter(given))):
        tower(**given)


@pytest.fixture(scope="module", params=["gpt2", "llama"])
def decoder(request, tmp_path_factory):
    return load(tiny.save(request.param, tmp_path_factory.mktemp("tiny") / request.param))


def test_there_is_one_gradient_for_each_layer_and_cutting_the_path_changes_those_below(decoder):
    whole = stream_gradients(decoder, TEXT)
    cut = stream_gradients(decoder, TEXT, residual=False)
    assert whole.shape == cut.shape == (decoder.layers,)
    assert (whole > 0).all()
    assert not np.allclose(whole, cut, rtol=0.01)


def test_the_gradient_at_layer_0_is_that_of_the_embeddings(decoder):
    """Nothing stands between the two but a sum with the positions, where there is one."""
    measured = stream_gradients(decoder, TEXT)[0]
    ids = torch.tensor([decoder.encode(TEXT).ids])
    embed = decoder.network.get_input_embeddings()
    states = embed(ids).detach().requires_grad_()
    logits = decoder.network(inputs_embeds=states, use_cache=False).logits[0]
    loss = torch.nn.functional.cross_entropy(logits[:-1], ids[0, 1:])
    (gradient,) = torch.autograd.grad(loss, states)
    assert measured == pytest.approx(float(gradient.norm()), rel=1e-4)


def test_nothing_is_left_behind(decoder):
    before = decoder.logits(TEXT)
    stream_gradients(decoder, TEXT, residual=False)
    np.testing.assert_array_equal(decoder.logits(TEXT), before)
    assert all(parameter.grad is None for parameter in decoder.network.parameters())


def test_an_encoder_has_no_loss_and_is_refused(tmp_path):
    encoder = load(tiny.save("bert", tmp_path / "bert"))
    with pytest.raises(GedigError, match="encoder"):
        stream_gradients(encoder, TEXT)


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
def test_the_slope_over_a_heads_temperature_is_that_of_the_loss_with_the_head_heated(
    kind, tmp_path
):
    model = load(tiny.save(kind, tmp_path / kind))
    text = "nobody could remember the gate"
    slopes = temperature_slopes(model, text)
    weights = model.attend(text).weights.astype(np.float64)
    logs = np.log(np.where(weights > 0, weights, 1.0))

    def loss(T):
        potential = np.zeros(weights.shape)
        potential[1, 0] = (1 - 1 / T) * logs[1, 0]  # softmax(s/T) of this head alone
        return model.next_token_loss(text, potential=potential)

    step = 0.1
    measured = (loss(np.exp(step)) - loss(np.exp(-step))) / (2 * step)
    assert slopes[1, 0] == pytest.approx(measured, rel=0.05, abs=1e-6)


def test_an_encoder_has_no_slope(tmp_path):
    with pytest.raises(GedigError, match="temperature_slopes needs a next-token loss"):
        temperature_slopes(load(tiny.save("bert", tmp_path / "bert")), "the gate")
