"""Rotations whose angles depend on the longest text that goes through with a text."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from transformers import LlamaForCausalLM, Phi3Config, Phi3ForCausalLM

from gedig_edu import Gauge, models
from gedig_edu.lab.streams import read_stream
from gedig_edu.models.backend import Asked
from gedig_edu.models.torch_backend import TorchBackend
from tests.models import tiny
from tests.models.architectures import encoded

SHORT, LONG = "a boat", "a boat came down before noon and the old mill stood still"
TEXTS = [SHORT, LONG, "the old", "seven", LONG + " carried grain"]
LIMIT = 12


def network():
    """Return a tiny Phi-3 whose factors change beyond twelve tokens."""
    half = tiny.HEAD_SIZE // 2
    torch.manual_seed(5)
    return Phi3ForCausalLM(
        Phi3Config(
            vocab_size=tiny.VOCABULARY,
            hidden_size=tiny.HEADS * tiny.HEAD_SIZE,
            intermediate_size=53,
            num_hidden_layers=tiny.LAYERS,
            num_attention_heads=tiny.HEADS,
            max_position_embeddings=2 * tiny.CONTEXT,
            original_max_position_embeddings=LIMIT,
            bos_token_id=None,
            eos_token_id=None,
            pad_token_id=0,
            initializer_range=0.15,
            rope_parameters={
                "rope_type": "longrope",
                "rope_theta": 1e4,
                "short_factor": [1.0] * half,
                "long_factor": [2.0**power for power in range(half)],
                "original_max_position_embeddings": LIMIT,
                "factor": 4.0,
            },
        )
    )


@pytest.fixture(scope="module", params=["folder", "memory"])
def model(request, tmp_path_factory):
    """Return it in double precision: what a batch rounds otherwise depends on the processor."""
    tokenizer = tiny.byte_level_tokenizer()
    if request.param == "memory":
        return models.load(network().double(), tokenizer)
    folder = tmp_path_factory.mktemp("phi3")
    network().save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return models.load(folder, dtype="float64")


def test_a_text_beside_a_longer_one_reads_as_it_does_alone(model):
    lengths = [len(model.encode(text)) for text in TEXTS]
    assert min(lengths) < LIMIT < max(lengths)
    for text, together in zip(TEXTS, model.attend_many(TEXTS), strict=True):
        np.testing.assert_allclose(together.weights, model.attend(text).weights, atol=1e-6)
    alone = np.concatenate([model.embed([text]) for text in TEXTS])
    np.testing.assert_allclose(model.embed(TEXTS), alone, atol=1e-5)
    gauge = Gauge.paper()
    for one in read_stream(gauge, model, TEXTS):
        expected = model.attend(one.text).read(gauge)
        np.testing.assert_allclose(one.reading.F, expected.F, atol=1e-5)


def test_texts_that_are_rotated_alike_go_through_together(model):
    shapes = [
        (len(batch), shape[-1])
        for batch, layer, shape in layers_of(model, [SHORT, "the old", LONG, LONG])
        if layer == 0
    ]
    lengths = [len(model.encode(text)) for text in (SHORT, "the old", LONG)]
    assert shapes == [(2, max(lengths[:2])), (2, lengths[2])]


def layers_of(model, texts):
    """Return what `each_layer` hands out, with shapes for weights."""
    seen = []
    handed = model.each_layer(texts, lambda *given: seen.append((*given[:2], given[2].shape)))
    assert [len(batch) for batch in handed] == [len(texts)]
    return seen


@pytest.mark.parametrize("prompt", ["a", SHORT, LONG])
def test_a_text_is_written_by_its_logits_where_it_outgrows_the_first_factors(model, prompt):
    ids = list(model.encode(prompt).ids)
    backend = model.backend
    written = backend.continue_ids(ids, tokens=15, temperature=0, seed=0, asked=Asked())
    for token in written:
        text = encoded(*ids)
        assert token == backend.logits(text, Asked())[-1].argmax()
        ids.append(token)
    assert len(written) == 15


def test_threads_that_share_a_model_do_not_mix_their_rotations(model):
    expected = {text: model.attend(text).weights for text in TEXTS}
    with ThreadPoolExecutor(5) as pool:
        read = list(pool.map(lambda text: (text, model.attend(text).weights), TEXTS * 20))
    for text, weights in read:
        np.testing.assert_array_equal(weights, expected[text])


def growing():
    """Return a tiny Llama whose factors change with every length beyond twelve tokens."""
    config = tiny.network("llama").config
    config.max_position_embeddings = LIMIT
    config.rope_parameters = {"rope_type": "dynamic", "rope_theta": 1e4, "factor": 4.0}
    torch.manual_seed(5)
    return LlamaForCausalLM(config)


def test_what_was_read_before_does_not_matter_where_factors_grow_with_the_text():
    texts = [encoded(*range(3, 3 + length)) for length in (19, 5, 15, 19, 12)]
    network = growing()
    backend = TorchBackend(name="llama", network=network)
    for text, weights in zip(texts, backend.maps(texts, Asked()), strict=True):
        fresh = TorchBackend(name="llama", network=growing()).maps([text], Asked())[0]
        np.testing.assert_allclose(weights, fresh, atol=1e-6)
    network(torch.arange(3, 40)[None])
    grown = network.model.rotary_emb.inv_freq.clone()
    short = backend.maps(texts[-1:], Asked())[0]
    np.testing.assert_allclose(short, fresh, atol=1e-6)
    assert torch.equal(network.model.rotary_emb.inv_freq, grown)


def test_the_factors_of_a_network_in_memory_are_left_as_they_were():
    lent = network().eval()
    rotation = lent.model.rotary_emb
    lent(torch.arange(3, 12)[None])
    before = rotation.inv_freq.clone()
    model = models.load(lent, tiny.byte_level_tokenizer())
    model.attend(LONG)
    assert torch.equal(rotation.inv_freq, before)
