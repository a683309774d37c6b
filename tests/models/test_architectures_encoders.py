"""Encoders of transformers, alone and beside decoders, and what its interface does not reach."""

import numpy as np
import pytest
import torch
from transformers import (
    BertConfig,
    BertLMHeadModel,
    CLIPConfig,
    CLIPModel,
    CLIPTextConfig,
    CLIPVisionConfig,
    LlamaConfig,
    LlamaForCausalLM,
)

from gedig_edu import GedigError
from gedig_edu.models.backend import Asked
from gedig_edu.models.forward import rows_of
from gedig_edu.models.model import AttentionModel
from gedig_edu.models.torch_backend import TorchBackend
from tests.models import tiny
from tests.models.architectures import (
    BY_THEMSELVES,
    DECODERS,
    ENCODERS,
    REFUSED,
    SINK_AFTER,
    SIZES,
    encoded,
    examine,
    network,
)

TEXT = encoded(50, 61, 57, 90, 83)


@pytest.mark.parametrize("kind", ENCODERS)
def test_an_encoder_is_read_heated_and_bent_as_its_own_attention_says(kind):
    row = examine(kind)
    assert row.changeable
    assert "causal" not in row.form
    assert row.equal <= 1e-6
    assert max(row.bent, row.hot, row.uniform, row.queries, row.turned) <= 1e-5
    assert row.padded <= 1e-5


@pytest.mark.parametrize("kind", BY_THEMSELVES)
def test_what_computes_its_attention_by_itself_is_read_and_not_changed(kind):
    row = examine(kind)
    assert not row.changeable
    assert row.equal <= 1e-6
    assert row.padded <= 1e-5


@pytest.mark.parametrize("kind", REFUSED)
def test_what_has_no_maps_of_a_text_is_refused_in_a_sentence_that_names_the_gauge(kind):
    with pytest.raises(GedigError, match=rf"{REFUSED[kind]}.*Gauge\.read") as refused:
        TorchBackend(name=kind, network=network(kind))
    assert "\n" not in str(refused.value)


def test_at_least_eighty_architectures_are_in_the_table():
    read = {kind.split()[0] for kind in (*DECODERS, *ENCODERS, *SINK_AFTER, *BY_THEMSELVES)}
    assert len(read) >= 80
    assert not read & {*REFUSED}


@pytest.mark.parametrize("asked", [Asked(temperature=2.0), Asked(ablate={0: {0: "zero"}})])
def test_what_computes_its_attention_by_itself_refuses_to_be_changed(asked):
    backend = TorchBackend(name="bloom", network=network("bloom"))
    for read in (backend.maps, lambda texts, asked: backend.logits(texts[0], asked)):
        with pytest.raises(GedigError, match=r"'bloom' .* computes its attention by itself"):
            read([TEXT], asked)
    with pytest.raises(GedigError, match="computes its attention by itself"):
        backend.queries_keys(TEXT, [0])


@pytest.mark.parametrize("kind", SINK_AFTER)
def test_a_sink_that_stands_behind_the_softmax_is_read_and_neither_heated_nor_bent(kind):
    row = examine(kind)
    assert row.equal <= 1e-6
    assert max(row.padded, row.queries, row.turned) <= 1e-5
    backend = TorchBackend(name=kind, network=network(kind))
    with pytest.raises(GedigError, match="layer 0 weighs its sink after the softmax"):
        backend.maps([TEXT], Asked(temperature=2.0))


def test_bert_used_as_a_decoder_is_one():
    sizes = {"hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 6}
    config = BertConfig(vocab_size=97, intermediate_size=44, is_decoder=True, **sizes)
    torch.manual_seed(3)
    backend = TorchBackend(name="bert", network=BertLMHeadModel(config).eval())
    assert backend.causal
    assert backend.logits(TEXT, Asked()).shape == (5, 97)


def test_a_base_model_has_maps_and_no_logits():
    whole = network("llama")
    backend = TorchBackend(name="llama", network=whole.model)
    assert backend.maps([TEXT], Asked())[0].shape == (2, 6, 5, 5)
    with pytest.raises(GedigError, match=r"LlamaModel.* has no language head"):
        backend.logits(TEXT, Asked())


def test_a_sink_takes_what_the_rows_leave_over(monkeypatch):
    monkeypatch.setitem(SIZES, "vocab_size", tiny.VOCABULARY)
    backend = TorchBackend(name="sinks", network=network("gpt_oss"))
    tokenizer = tiny.byte_level_tokenizer()
    model = AttentionModel(name="sinks", source="memory", tokenizer=tokenizer, backend=backend)
    maps = model.attend("The old mill")
    assert maps.sink.shape == maps.weights.shape[:-1]
    assert (maps.sink > 0.01).any()
    np.testing.assert_allclose(maps.weights.sum(axis=-1) + maps.sink, 1, atol=1e-6)
    first = maps.weights[0, :, 0, 0]  # softmax over the one key that is seen, and the sink
    sinks = backend.anatomy.modules[0].sinks.detach().numpy()
    read = model.queries_keys("The old mill", 0)
    scores = (read.q_rotated[:, 0] * read.k_rotated[:, 0]).sum(axis=-1) * read.scale
    np.testing.assert_allclose(first, 1 / (1 + np.exp(sinks - scores)), atol=1e-5)
    assert model.attend("The old mill", temperature=1e39).sink[0, 0, 0] == pytest.approx(0.5)


def test_a_network_of_ten_tokens_that_reads_three_of_them_is_read():
    sizes = {"hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 3}
    config = LlamaConfig(vocab_size=10, max_position_embeddings=3, intermediate_size=8, **sizes)
    torch.manual_seed(3)
    backend = TorchBackend(name="small", network=LlamaForCausalLM(config).eval())
    assert (backend.layers, backend.heads, backend.context) == (2, 3, 3)
    assert backend.causal
    assert backend.maps([encoded(1, 9, 4)], Asked())[0].shape == (2, 3, 3, 3)


def test_a_network_that_also_wants_an_image_is_refused():
    sizes = {"hidden_size": 24, "intermediate_size": 32, "num_hidden_layers": 1}
    heads, image = {"num_attention_heads": 2}, {"image_size": 14, "patch_size": 7}
    text = CLIPTextConfig(vocab_size=97, max_position_embeddings=64, **sizes, **heads)
    vision = CLIPVisionConfig(**sizes, **heads, **image)
    clip = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=8))
    assert rows_of(clip) is None
    with pytest.raises(GedigError, match=r"could not read a short text \(.*Gauge\.read"):
        TorchBackend(name="clip", network=clip.eval())
