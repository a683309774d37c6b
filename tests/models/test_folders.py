"""Folders of every kind: opened as what they were saved as, or refused in one sentence."""

import json
import re
import shutil
import warnings

import numpy as np
import pytest
import torch
import transformers
from safetensors.numpy import load_file, save_file
from transformers import AutoConfig

from gedig_edu import GedigError, models
from gedig_edu.models import memory
from tests.models import tiny

TEXT = "a boat came down"
SIZES = {
    "vocab_size": tiny.VOCABULARY,
    "hidden_size": 24,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 40,
    "max_position_embeddings": 50,
    "pad_token_id": 0,
    "bos_token_id": 0,
    "eos_token_id": 0,
}
HEADLESS = {  # what is read, and cannot speak
    "LlamaModel": True,
    "GPT2Model": True,
    "GPT2ForSequenceClassification": True,
    "LlamaForSequenceClassification": True,
    "BertForSequenceClassification": False,
    "BertForMaskedLM": False,
    "ModernBertForTokenClassification": False,
    "RobertaForQuestionAnswering": False,
    "T5ForConditionalGeneration": False,
    "T5EncoderModel": False,
    "BartForConditionalGeneration": False,
    "AlbertForMaskedLM": False,
}
SPEAKING = ("GPTNeoXForCausalLM", "GemmaForCausalLM", "Phi3ForCausalLM", "Gemma3ForCausalLM")


def saved(kind, folder, **sizes):
    """Save a tiny random model of one class, and return its folder."""
    cls = getattr(transformers, kind)
    torch.manual_seed(0)
    given = SIZES | {"num_key_value_heads": 2, "head_dim": 6, "embedding_size": 12} | sizes
    if kind.startswith("T5"):
        given = (
            {"d_model": 24, "d_kv": 6, "d_ff": 40, "num_layers": 3, "num_heads": 4}
            | {"eos_token_id": 0}
            | {name: given[name] for name in ("vocab_size", "pad_token_id")}
        )
    if kind.startswith("Bart"):
        given |= {"d_model": 24, "encoder_layers": 3, "encoder_attention_heads": 4}
        given |= {"decoder_layers": 2, "decoder_attention_heads": 4, "decoder_ffn_dim": 40}
    cls(cls.config_class(**given)).save_pretrained(folder)
    tiny.byte_level_tokenizer().save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture
def plain(folders, tmp_path):
    """Give a copy of a tiny GPT-2's folder, to be changed."""
    return shutil.copytree(folders["gpt2"], tmp_path / "plain")


def edit(folder, **changes):
    """Change entries of a folder's configuration, and return the folder."""
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))
    return folder


def refused(folder):
    """Return the one printable sentence that refuses a folder."""
    with pytest.raises(GedigError) as caught:
        models.load(folder, device="cpu").attend(TEXT)
    said = str(caught.value)
    assert said.isprintable(), said
    assert said.endswith("."), said
    assert len(said) < 600, said
    return said


@pytest.mark.parametrize(("kind", "causal"), HEADLESS.items())
def test_a_network_without_a_language_head_is_read(tmp_path, kind, causal):
    model = models.load(saved(kind, tmp_path), device="cpu")
    weights = model.attend(TEXT).weights
    assert (model.layers, model.heads, model.causal) == (3, 4, causal)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-5)
    with pytest.raises(GedigError) as caught:
        model.logits(TEXT)
    assert ("language head" if causal else "needs a decoder") in str(caught.value)


@pytest.mark.parametrize("kind", SPEAKING)
def test_any_decoder_reads_and_speaks(tmp_path, kind):
    model = models.load(saved(kind, tmp_path), device="cpu")
    assert (model.layers, model.heads, model.causal) == (3, 4, True)
    assert model.logits(TEXT).shape == (len(model.encode(TEXT)), tiny.VOCABULARY)


def test_a_classifier_is_read_with_its_own_weights(tmp_path):
    folder = saved("GPT2ForSequenceClassification", tmp_path)
    network = transformers.GPT2ForSequenceClassification.from_pretrained(
        folder, attn_implementation="eager"
    )
    model = models.load(folder, device="cpu")
    ids = torch.tensor([model.encode(TEXT).ids])
    with torch.inference_mode():
        expected = torch.cat(network(ids, output_attentions=True).attentions).numpy()
    np.testing.assert_allclose(model.attend(TEXT).weights, expected, atol=1e-6)


def test_a_head_that_is_missing_is_not_drawn_at_random(tmp_path):
    folder = saved("LlamaModel", tmp_path)
    edit(folder, architectures=["LlamaForCausalLM"])
    model = models.load(folder, device="cpu")
    assert model.attend(TEXT).weights.shape[:2] == (3, 4)
    with pytest.raises(GedigError, match="language head"):
        model.next_token_loss(TEXT)


def test_where_nothing_says_what_wrote_a_decoder_it_has_its_language_head(plain, loaded):
    edit(plain, architectures=None)
    expected = loaded["gpt2"].logits(TEXT)
    np.testing.assert_array_equal(models.load(plain, device="cpu").logits(TEXT), expected)


def test_an_encoder_used_as_a_decoder_is_one(folders, tmp_path):
    copy = shutil.copytree(folders["bert"], tmp_path / "decoder")
    edit(copy, is_decoder=True)
    model = models.load(copy, device="cpu")
    assert model.causal
    assert not np.triu(model.attend(TEXT).weights, k=1).any()


def test_the_class_named_must_be_one_of_this_configuration(plain, loaded):
    for named in (["BertModel"], ["os"], ["NoSuchModel"], [3], []):
        edit(plain, architectures=named)
        read = models.load(plain, device="cpu").attend(TEXT).weights
        np.testing.assert_array_equal(read, loaded["gpt2"].attend(TEXT).weights)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"n_head": 0}, "config.json gives num_attention_heads=0, which counts nothing that can"),
        ({"n_embd": "48"}, "hidden_size='48'|n_embd"),
        ({"n_layer": 0}, "num_hidden_layers=0"),
        ({"n_layer": -3}, "num_hidden_layers=-3"),
        ({"n_layer": 10**9}, "num_hidden_layers=1000000000"),
        ({"n_layer": True}, "Field 'n_layer' expected int, got bool"),
        ({"vocab_size": 10**12}, r"needs \d+.\d GiB of memory and"),
        ({"n_embd": 6 * 10**9}, r"of memory and|holds no readable"),
        ({"n_embd": 10**30}, "holds no readable model"),
        ({"n_inner": 10**12}, r"needs \d+.\d GiB of memory and"),
        ({"quantization_config": {"quant_method": "gptq", "bits": 4}}, "in quantised form"),
        ({"quantization_config": "x"}, "in quantised form"),
        ({"model_type": None}, "of the type None, which transformers"),
        ({"model_type": ["gpt2"]}, r"of the type \['gpt2'\], which transformers"),
        ({"model_type": "x" * 5000}, "of the type"),
        ({"vocab_size": 330}, r"wte.weight has the shape \[331, 84\] and config.json asks for \["),
        ({"model_type": "mamba"}, "holds no readable model|lack"),
        ({"model_type": "vit"}, "holds no readable model|lack|no text"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused(plain, changes, said):
    assert re.search(said, refused(edit(plain, **changes)))


@pytest.mark.parametrize("backend", ["torch", "numpy"])
@pytest.mark.parametrize("value", [None, "x", -1, 0, 1.5, True, [], {}, [[]], 10**30])
def test_a_wrong_value_anywhere_in_a_configuration_is_refused_or_read(plain, value, backend):
    written = json.loads((plain / "config.json").read_text())
    for name in written:
        (plain / "config.json").write_text(json.dumps(written | {name: value}))
        try:
            with warnings.catch_warnings(action="ignore"):
                model = models.load(plain, device="cpu", backend=backend)
                weights = model.attend(TEXT).weights
        except GedigError as refusal:
            said = str(refusal)
            assert said.isprintable(), name
            assert said.endswith("."), name
            assert len(said) < 600, name
        else:
            assert np.isfinite(weights).all(), name


def test_a_network_larger_than_the_memory_is_refused_before_any_is_taken(plain, monkeypatch):
    monkeypatch.setattr(memory, "available", lambda device="cpu": 100_000)
    with pytest.raises(GedigError, match="give dtype='bfloat16', which takes half"):
        models.load(plain, device="cpu")


def test_a_tokenizer_that_is_larger_than_the_model_is_refused_at_once(plain):
    tokenizer = tiny.byte_level_tokenizer()
    tokenizer.add_tokens(["<one>", "<more>"])
    tokenizer.save(str(plain / "tokenizer.json"))
    highest = tokenizer.get_vocab_size() - 1
    assert f"ids up to {highest} and 'plain' knows {tiny.VOCABULARY}" in refused(plain)


def test_a_tokenizer_of_another_model_is_doubted(plain):
    edit(plain, eos_token_id=7)
    with pytest.warns(
        UserWarning, match="token 7 is its eos, which is an ordinary word of this"
    ) as said:
        models.load(plain, device="cpu")
    assert said[0].filename == __file__


@pytest.mark.parametrize(
    "content", [b"{}", b'{"version": "1.0"}', b'{"model": {"type": "BPE", "vocab": 3}}', b"{\xff}"]
)
def test_a_rotten_tokenizer_is_refused(plain, content):
    (plain / "tokenizer.json").write_bytes(content)
    assert "holds no readable model (tokenizer.json: " in refused(plain)


def test_a_tokenizer_that_transformers_computes_itself_is_read(tmp_path):
    folder = saved("T5ForConditionalGeneration", tmp_path, vocab_size=400)
    (folder / "tokenizer.json").unlink()
    transformers.ByT5Tokenizer().save_pretrained(folder)
    maps = models.load(folder, device="cpu").attend("Eé b")
    assert maps.tokens[0] == "E"
    assert maps.special.tolist() == [False] * 5 + [True]
    assert maps.offsets[0].tolist() == [0, 1]


@pytest.mark.parametrize("padding", [-1, tiny.VOCABULARY, 10**30])
def test_padding_that_the_model_does_not_know_harms_no_batch(plain, loaded, padding):
    edit(plain, pad_token_id=padding)
    texts = [TEXT, "a boat"]
    read, expected = (
        list(model.attend_many(texts))
        for model in (models.load(plain, device="cpu"), loaded["gpt2"])
    )
    for one, other in zip(read, expected, strict=True):
        np.testing.assert_allclose(one.weights, other.weights, atol=1e-6)


@pytest.mark.parametrize("written", ["[", '{"eos_token_id": [[]]}', "\xff"])
@pytest.mark.parametrize("backend", ["torch", "numpy"])
def test_a_rotten_generation_configuration_harms_nothing(plain, loaded, written, backend):
    (plain / "generation_config.json").write_text(written, encoding="latin-1")
    read = models.load(plain, device="cpu", backend=backend)
    np.testing.assert_allclose(read.logits(TEXT), loaded["gpt2"].logits(TEXT), atol=1e-4)
    assert read.generate(TEXT, tokens=2).startswith(TEXT)


def test_shards_are_read(folders, tmp_path, loaded):
    network = transformers.GPT2LMHeadModel.from_pretrained(folders["gpt2"])
    network.save_pretrained(tmp_path, max_shard_size="100kB")
    shutil.copy(folders["gpt2"] / "tokenizer.json", tmp_path)
    assert len(list(tmp_path.glob("model-*.safetensors"))) > 1
    read = models.load(tmp_path, device="cpu").logits(TEXT)
    np.testing.assert_array_equal(read, loaded["gpt2"].logits(TEXT))
    next(tmp_path.glob("model-*.safetensors")).unlink()
    assert "there is no model-0000" in refused(tmp_path)


def test_a_configuration_alone_says_what_is_missing(tmp_path):
    AutoConfig.for_model("gpt2").save_pretrained(tmp_path)
    assert "there is no model.safetensors" in refused(tmp_path)


def test_a_folder_that_asks_for_tuples_is_read(plain, loaded):
    edit(plain, return_dict=False)
    read = models.load(plain, backend="torch")
    np.testing.assert_array_equal(read.logits(TEXT), loaded["gpt2"].logits(TEXT))


def spoilt(folder, name, number):
    """Put a number that is none among a folder's weights, and return the folder."""
    tensors = load_file(folder / "model.safetensors")
    tensors[name].flat[5] = number
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_logits_that_are_no_numbers_are_refused(plain, backend, number):
    model = models.load(spoilt(plain, "transformer.ln_f.bias", number), backend=backend)
    for read in ("logits", "lens", "next_token_loss"):
        with pytest.raises(GedigError, match=f"{read}' asks of this model is not all finite"):
            getattr(model, read)(TEXT)
    for temperature in (0, 1):
        with pytest.raises(GedigError, match="'generate' asks of this model is not all finite"):
            model.generate(TEXT, tokens=2, temperature_sampling=temperature)


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_stream_that_is_no_numbers_is_refused(plain, number):
    spoilt(plain, "transformer.h.1.attn.c_attn.bias", number)
    with pytest.raises(GedigError, match="rows are no weights"):
        models.load(plain, backend="torch")
    model = models.load(plain, backend="numpy")
    for read, given in (("stream", TEXT), ("queries_keys_all", TEXT), ("embed", [TEXT])):
        with pytest.raises(GedigError, match="asks of this model is not all finite"):
            getattr(model, read)(given)
    with pytest.raises(GedigError, match="NaN"):
        model.attend(TEXT)


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_a_disturbance_too_large_for_any_number_is_refused(plain, backend):
    model = models.load(plain, backend=backend)
    added = np.resize([3e38, -3e38], (len(model.encode(TEXT)), model.backend.width))
    with pytest.raises(GedigError, match="disturb it less"):
        model.logits(TEXT, disturb=(1, added))


@pytest.mark.parametrize("name", ["attn_implementation", "_attn_implementation"])
def test_an_attention_that_is_not_installed_makes_no_folder_unreadable(plain, loaded, name):
    edit(plain, **{name: "flash_attention_2"})
    read = models.load(plain, backend="torch").attend(TEXT)
    np.testing.assert_array_equal(read.weights, loaded["gpt2"].attend(TEXT).weights)


@pytest.mark.parametrize("context", [0, -3])
def test_a_context_that_holds_no_token_is_refused(folders, tmp_path, context):
    for kind in ("gpt2", "llama", "bert"):
        copy = shutil.copytree(folders[kind], tmp_path / kind)
        name = "n_positions" if kind == "gpt2" else "max_position_embeddings"
        assert f"{name}={context}, which counts nothing" in refused(edit(copy, **{name: context}))


def test_a_context_of_one_token_is_refused(tmp_path):
    folder = saved("BertForMaskedLM", tmp_path, max_position_embeddings=1)
    assert "reads one token at a time" in refused(folder)
