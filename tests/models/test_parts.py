"""The stream of any architecture whose parts add up, and a refusal where they do not."""

import numpy as np
import pytest
import torch
import transformers
from torch import nn

from gedig_edu import GedigError, models
from gedig_edu.models.parts import per_head
from tests.models import tiny

TEXT = "a boat came down"
SIZES = {
    "vocab_size": tiny.VOCABULARY,
    "hidden_size": 24,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 40,
    "max_position_embeddings": 50,
    "initializer_range": 0.2,
    "pad_token_id": 0,
    "bos_token_id": 0,
    "eos_token_id": 0,
}
GROUPED = {"num_key_value_heads": 2, "head_dim": 6}
OPT = {"ffn_dim": 40, "word_embed_proj_dim": 24, "init_std": 0.2}
T5 = {"d_model": 24, "d_kv": 6, "d_ff": 40, "num_layers": 3, "num_heads": 4}
SUMS = {  # states[l + 1] = states[l] + attention[l] + feed_forward[l]
    "GPTNeoXForCausalLM": {"use_parallel_residual": True},
    "GPTNeoXModel": {"use_parallel_residual": False},
    "GemmaForCausalLM": GROUPED,
    "Gemma2ForCausalLM": GROUPED | {"sliding_window": 5},
    "Gemma3ForCausalLM": GROUPED | {"sliding_window": 5},
    "PhiForCausalLM": {"hidden_size": 32},
    "Phi3ForCausalLM": GROUPED,
    "OPTForCausalLM": OPT,
    "Olmo2ForCausalLM": {"num_key_value_heads": 2},
    "GraniteForCausalLM": {"num_key_value_heads": 2, "residual_multiplier": 0.3},
    "CohereForCausalLM": {"num_key_value_heads": 2},
    "MixtralForCausalLM": GROUPED | {"num_local_experts": 3},
    "ModernBertForMaskedLM": {},
    "T5EncoderModel": T5,
}
NORMALISED = ("RobertaModel", "AlbertModel", "ElectraModel")  # each sum goes through a norm
ALBERT = {"embedding_size": 12, "num_hidden_groups": 1}
OUTSIDE = {"BloomForCausalLM": {}, "FalconForCausalLM": {}, "MPNetModel": {}}
NORMS_AT_THE_EXIT = ("Gemma2ForCausalLM", "Gemma3ForCausalLM", "Olmo2ForCausalLM")


def made(kind, **sizes):
    """Return a tiny random model of one class of transformers, in memory."""
    cls = getattr(transformers, kind)
    torch.manual_seed(1)
    network = cls(cls.config_class(**SIZES | sizes)).eval()
    return models.load(network, tiny.byte_level_tokenizer())


def hidden_states(model, text):
    """Return what transformers itself says entered each layer."""
    ids = torch.tensor([model.encode(text).ids])
    with torch.inference_mode():
        outputs = model.network.base_model(ids, output_hidden_states=True)
    return [state[0].numpy() for state in outputs.hidden_states]


@pytest.fixture(params=SUMS)
def summing(request):
    return made(request.param, **SUMS[request.param])


@pytest.fixture(params=NORMALISED)
def normalising(request):
    return made(request.param, **(ALBERT if request.param == "AlbertModel" else {}))


def test_what_the_parts_add_makes_the_next_state(summing):
    stream = summing.stream(TEXT)
    added = stream.states[:-1] + stream.attention + stream.feed_forward
    np.testing.assert_allclose(added, stream.states[1:], atol=2e-5 * np.abs(added).max())
    for said, read in zip(hidden_states(summing, TEXT)[:-1], stream.states, strict=False):
        np.testing.assert_allclose(read, said, atol=1e-5)
    assert np.abs(stream.attention).max() > 1e-3
    assert np.abs(stream.feed_forward).max() > 1e-3


@torch.inference_mode()
def test_heads_add_up_to_what_attention_writes(summing):
    if type(summing.network).__name__ in NORMS_AT_THE_EXIT:
        return  # the sum of heads enters a norm there: see below
    stream, parts = summing.stream(TEXT), summing.backend.parts
    for layer, part in enumerate(parts):
        bias = getattr(part.output, "bias", None)
        bias = 0 if bias is None else bias.detach().numpy() * part.scales[0]
        added = stream.heads[layer].sum(axis=0) + bias
        np.testing.assert_allclose(added, stream.attention[layer], atol=2e-5)


@torch.inference_mode()
@pytest.mark.parametrize("kind", NORMS_AT_THE_EXIT)
def test_heads_add_up_to_what_enters_a_norm_at_the_exit_of_attention(kind):
    model = made(kind, **SUMS[kind])
    stream = model.stream(TEXT)
    for layer, block in enumerate(model.network.base_model.layers):
        left = block.post_attention_layernorm(torch.tensor(stream.heads[layer].sum(axis=0)))
        np.testing.assert_allclose(left.numpy(), stream.attention[layer], atol=2e-5)


def test_where_sums_are_normalised_the_states_are_those_of_the_model(normalising):
    stream = normalising.stream(TEXT)
    said = hidden_states(normalising, TEXT)
    np.testing.assert_allclose(stream.states, np.stack(said), atol=2e-5)
    middle = stream.states[:-1] + stream.attention
    middle = (middle - middle.mean(-1, keepdims=True)) / middle.std(-1, keepdims=True)
    left = middle + stream.feed_forward  # norms that are new have no gain
    left = (left - left.mean(-1, keepdims=True)) / left.std(-1, keepdims=True)
    np.testing.assert_allclose(left, stream.states[1:], atol=2e-4)


def test_the_lens_ends_in_the_logits_and_a_disturbance_reaches_them(summing):
    if summing.network.get_output_embeddings() is None or not summing.causal:
        return
    lens, logits = summing.lens(TEXT), summing.logits(TEXT)
    np.testing.assert_allclose(lens[-1], logits, atol=2e-5 * np.abs(logits).max())
    states = summing.stream(TEXT).states
    last = summing.layers - 1
    back = summing.logits(TEXT, disturb=(last, states[1] - states[-1]))
    np.testing.assert_allclose(back, lens[1], atol=2e-4 * np.abs(logits).max())


@pytest.mark.parametrize("kind", [*SUMS, *NORMALISED, *OUTSIDE])
def test_a_text_has_a_vector_wherever_the_layers_are_found(kind):
    sizes = ALBERT if kind == "AlbertModel" else (SUMS | OUTSIDE).get(kind, {})
    model = made(kind, **sizes)
    texts = [TEXT, "a boat", "the old mill"]
    together, alone = model.embed(texts), np.concatenate([model.embed([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(together, axis=-1), 1, atol=1e-5)


def test_albert_is_disturbed_where_its_one_layer_comes_by_for_that_time():
    model = made("AlbertModel", **ALBERT)
    assert len(set(model.backend.runner.blocks)) == 1
    assert len(model.backend.runner.blocks) == 3
    states = model.stream(TEXT).states
    assert np.abs(states[1:] - states[:-1]).max(axis=(1, 2)).min() > 1e-3


@pytest.mark.parametrize("kind", OUTSIDE)
def test_what_computes_its_attention_by_itself_has_maps_and_no_stream(kind):
    model = made(kind, **OUTSIDE[kind])
    assert model.attend(TEXT).weights.shape[:2] == (model.layers, model.heads)
    with pytest.raises(GedigError, match="no stream to read; its maps can be"):
        model.stream(TEXT)


def test_layers_without_attention_between_the_others_are_refused():
    model = made(
        "Lfm2ForCausalLM", **GROUPED, layer_types=["full_attention", "conv", "full_attention"]
    )
    assert model.layers == 2
    for read in (model.stream, model.lens, lambda text: model.embed([text])):
        with pytest.raises(GedigError, match="keeps its layers, or they do not follow"):
            read(TEXT)


def test_a_layer_that_does_something_of_its_own_has_no_stream(monkeypatch):
    model = made("PhiForCausalLM", hidden_size=32)
    block = type(model.network.model.layers[0])
    plain = block.forward
    monkeypatch.setattr(block, "forward", lambda *a, **k: plain(*a, **k).tanh())
    with pytest.raises(GedigError, match="does not add up to what its layers pass on"):
        model.stream(TEXT)


class Adapted(nn.Module):
    """A projection with a small one beside it, as adapters have it."""

    def __init__(self, base):
        super().__init__()
        self.base, self.down, self.up = base, nn.Linear(24, 2), nn.Linear(2, 24)

    def forward(self, x):
        return self.base(x) + self.up(self.down(x))


@torch.inference_mode()
def test_an_adapted_projection_is_read_with_its_adapter():
    model = made("Phi3ForCausalLM", **GROUPED)
    for block in model.network.model.layers:
        block.self_attn.o_proj = Adapted(block.self_attn.o_proj)
    adapted = models.load(model.network, tiny.byte_level_tokenizer())
    stream = adapted.stream(TEXT)
    for layer, block in enumerate(model.network.model.layers):
        nothing = block.self_attn.o_proj(torch.zeros(1, 24)).numpy()
        added = stream.heads[layer].sum(axis=0) + nothing
        np.testing.assert_allclose(added, stream.attention[layer], atol=2e-5)


@torch.inference_mode()
def test_heads_behind_any_projection_are_those_behind_a_plain_one():
    vectors, plain = torch.randn(5, 4, 6), nn.Linear(24, 10)
    np.testing.assert_allclose(
        per_head(vectors, plain), per_head(vectors, nn.Sequential(plain)), atol=1e-6
    )


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_any_precision_has_a_stream(dtype):
    model = made("Phi3ForCausalLM", **GROUPED)
    exact = model.stream(TEXT)
    model.network.to(dtype)
    rough = models.load(model.network, tiny.byte_level_tokenizer()).stream(TEXT)
    np.testing.assert_allclose(rough.states, exact.states, atol=0.1 * np.abs(exact.states).max())
