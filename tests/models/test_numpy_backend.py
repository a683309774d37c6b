"""A GPT-2 without torch gives what torch gives, and refuses what torch refuses."""

import copy
import json
import pickle
import shutil
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import GPT2Config, GPT2LMHeadModel

from gedig_edu import GedigError, models
from gedig_edu.models import devices
from tests.models import tiny
from tests.without_torch import run_without_torch

TEXT = "The miller's daughter counted the boats."
TEXTS = (TEXT, "a", "Eleven boats came down before noon; seven carried grain.")
VARIANTS = {
    "plain": {},
    "unscaled": {"scale_attn_weights": False, "initializer_range": 0.05},
    "cooler in higher layers": {"scale_attn_by_inverse_layer_idx": True},
    "exact gelu": {"activation_function": "gelu"},
    "gelu as PyTorch approximates it": {"activation_function": "gelu_pytorch_tanh"},
    "fast gelu": {"activation_function": "gelu_fast"},
    "relu": {"activation_function": "relu"},
    "silu": {"activation_function": "silu"},
    "swish": {"activation_function": "swish"},
    "tanh": {"activation_function": "tanh"},
    "wide epsilon": {"layer_norm_epsilon": 0.1},
    "own head": {"tie_word_embeddings": False},
    "default width": {"n_inner": None},
}


def save(folder, **changes):
    """Write a tiny random GPT-2 whose configuration has some changes."""
    settings = {
        "n_embd": 42, "n_layer": 3, "n_head": 7, "n_inner": 53, "n_positions": 61,
        "vocab_size": tiny.VOCABULARY, "bos_token_id": 0, "eos_token_id": 0,
        "initializer_range": 0.2,
    } | changes  # fmt: skip
    torch.manual_seed(11)
    GPT2LMHeadModel(GPT2Config(**settings)).save_pretrained(folder)
    tiny.byte_level_tokenizer().save(str(folder / "tokenizer.json"))
    return folder


def both(folder):
    """Return the model of a folder as NumPy and as torch compute it."""
    return [models.load(folder, backend=backend, device="cpu") for backend in ("numpy", "torch")]


@pytest.fixture(scope="module", params=VARIANTS)
def pair(request, tmp_path_factory):
    """Give each variant twice: computed by NumPy and by torch."""
    return both(save(tmp_path_factory.mktemp("variant") / "gpt2", **VARIANTS[request.param]))


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """Give a plain GPT-2 twice: computed by NumPy and by torch."""
    return both(save(tmp_path_factory.mktemp("plain") / "gpt2"))


@pytest.fixture
def folder(folders, tmp_path):
    """Give a copy of a tiny GPT-2's folder, to be changed."""
    return shutil.copytree(folders["gpt2"], tmp_path / "gpt2")


def edit(file, **changes):
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def agree(first, second, atol):
    assert first.dtype == second.dtype
    np.testing.assert_allclose(first, second, atol=atol, rtol=1e-5)


def test_weights_logits_and_loss_are_torchs(pair):
    ours, torchs = pair
    for text in TEXTS:
        agree(ours.attend(text).weights, torchs.attend(text).weights, 1e-5)
        agree(ours.logits(text), torchs.logits(text), 1e-4)
    assert ours.next_token_loss(TEXT) == pytest.approx(torchs.next_token_loss(TEXT), abs=1e-5)


def test_bent_and_heated_it_is_torchs(pair):
    ours, torchs = pair
    U = np.random.default_rng(5).normal(size=(3, 7, 1, len(ours.encode(TEXT))))
    U[1, 2, 0, 3:] = np.inf
    for temperature in (0.6, 1.0, 4.0):
        changes = {"potential": U, "temperature": temperature}
        agree(*(model.attend(TEXT, **changes).weights for model in pair), 1e-5)
        agree(*(model.logits(TEXT, **changes) for model in (ours, torchs)), 1e-4)


def test_queries_keys_and_their_factor_are_torchs(pair):
    for ours, torchs in zip(*(model.queries_keys_all(TEXT) for model in pair), strict=True):
        agree(ours.q, torchs.q, 1e-4)
        agree(ours.k, torchs.k, 1e-4)
        assert ours.scale == pytest.approx(torchs.scale)
        assert ours.q_rotated is ours.k_rotated is None


def test_what_writes_to_the_stream_is_torchs(pair):
    ours, torchs = (model.stream(TEXT) for model in pair)
    for part in ("states", "attention", "feed_forward", "heads", "weights", "reach"):
        agree(getattr(ours, part), getattr(torchs, part), 2e-4)


def test_heads_taken_out_are_torchs(pair):
    ablate = {(0, 3): "zero", (1, 6): "mean", (2, 0): "mean"}
    agree(*(model.logits(TEXT, ablate=ablate) for model in pair), 1e-4)
    maps = (list(model.attend_many(TEXTS, ablate=ablate)) for model in pair)
    for one, other in zip(*maps, strict=True):
        agree(one.weights, other.weights, 1e-5)


def test_vectors_of_texts_are_torchs(pair):
    agree(*(model.embed(TEXTS) for model in pair), 1e-5)


def test_it_writes_what_torch_writes(pair):
    U = np.random.default_rng(2).normal(size=(3, 1, 1, len(pair[0].encode(TEXT)) + 9))
    for changes in ({}, {"potential": U, "temperature": 0.8}, {"temperature_sampling": 1.2}):
        ours, torchs = (model.generate(TEXT, tokens=9, **changes) for model in pair)
        assert ours == torchs


def test_its_tensors_are_torchs(pair):
    ours, torchs = (model.weights() for model in pair)
    assert ours.keys() == torchs.keys()
    for name in ours:
        np.testing.assert_array_equal(ours[name], torchs[name])


@pytest.mark.parametrize("seed", [0, 5])
def test_it_starts_its_training_where_torch_starts_it(pair, seed):
    ours, torchs = (model.backend.untrained(seed).weights() for model in pair)
    assert ours.keys() == torchs.keys()
    for name in ours:
        np.testing.assert_allclose(ours[name], torchs[name], atol=1e-6)


def test_an_untrained_twin_of_numpys_has_torchs_network(folder):
    twin = models.load(folder, backend="numpy").backend.untrained(3)
    before = twin.weights()
    held = twin.network.transformer.state_dict()
    torchs = {name: tensor.numpy() for name, tensor in held.items()}
    assert twin.library == "torch"
    for name in before:
        np.testing.assert_allclose(before[name], torchs[name], atol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_weights_kept_in_another_precision_are_read_as_torch_reads_them(folder, dtype):
    file = folder / "model.safetensors"
    held = {name: t.to(getattr(torch, dtype)) for name, t in load_file(file).items()}
    save_file(held, file, metadata={"format": "pt"})
    ours, torchs = both(folder)
    agree(ours.logits(TEXT), torchs.logits(TEXT), 1e-4)


def test_names_without_the_prefix_are_read(folder):
    file = folder / "model.safetensors"
    held = {name.removeprefix("transformer."): t for name, t in load_file(file).items()}
    held["h.0.attn.bias"] = torch.ones(1, 1, 61, 61)  # a mask that old checkpoints carry
    save_file(held, file, metadata={"format": "pt"})
    ours, torchs = both(folder)
    agree(ours.logits(TEXT), torchs.logits(TEXT), 1e-4)


def test_weights_in_several_files_are_read(tmp_path):
    folder = save(tmp_path / "gpt2")
    network = GPT2LMHeadModel.from_pretrained(folder)
    (folder / "model.safetensors").unlink()
    network.save_pretrained(folder, max_shard_size=60_000)
    assert len(list(folder.glob("model-*.safetensors"))) > 2
    ours, torchs = both(folder)
    agree(ours.logits(TEXT), torchs.logits(TEXT), 1e-4)


def test_a_head_of_its_own_counts_whatever_the_configuration_says(folder):
    file = folder / "model.safetensors"
    head = torch.randn(tiny.VOCABULARY, tiny.HEADS * tiny.HEAD_SIZE)
    save_file(load_file(file) | {"lm_head.weight": head}, file, metadata={"format": "pt"})
    ours, torchs = both(folder)
    agree(ours.logits(TEXT), torchs.logits(TEXT), 1e-3)


@pytest.mark.filterwarnings("ignore:.* is an ordinary word of this tokenizer")
@pytest.mark.parametrize("ends", [None, 7, [7, 9]])
@pytest.mark.parametrize("file", ["config.json", "generation_config.json"])
def test_a_text_ends_where_torch_ends_it(folder, file, ends):
    (folder / "generation_config.json").unlink()
    (folder / file).touch()
    if file == "generation_config.json":
        (folder / file).write_text("{}")
    following = int(models.load(folder, backend="numpy").logits(TEXT)[-1].argmax())
    given = [following, 9] if isinstance(ends, list) else ends and following
    edit(folder / file, eos_token_id=given)
    ours, torchs = (model.generate(TEXT, tokens=4) for model in both(folder))
    assert ours == torchs
    assert (ours == TEXT) == (ends is not None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model_type": "llama"}, "has model_type='llama'; use backend='torch'"),
        ({"add_cross_attention": True}, "has add_cross_attention=True; use"),
        ({"activation_function": "xielu"}, "has activation_function='xielu'; use"),
        ({"quantization_config": {"bits": 4}}, r"has quantization_config=\{'bits': 4\}; use"),
    ],
)
def test_what_it_does_not_have_is_refused_by_its_name(folder, changes, said):
    edit(folder / "config.json", **changes)
    with pytest.raises(GedigError, match=said):
        models.load(folder, backend="numpy")


@pytest.mark.parametrize("place", [{"device": "cuda"}, {"dtype": "float16"}])
def test_another_device_or_precision_is_refused(folder, place):
    with pytest.raises(GedigError, match="on the CPU in float32, not with device="):
        models.load(folder, backend="numpy", **place)


def test_an_unknown_backend_is_refused(folder):
    with pytest.raises(GedigError, match="backend='jax' is not known; choose one of 'auto'"):
        models.load(folder, backend="jax")


@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "tokenizer.json"])
@pytest.mark.parametrize("kept", [0, 0.5, 0.99, None])
def test_a_file_that_is_missing_or_cut_short_is_refused(folder, file, kept):
    content = (folder / file).read_bytes()
    (folder / file).unlink()
    if kept is not None:
        (folder / file).write_bytes(content[: int(kept * len(content))])
    with pytest.raises(GedigError, match="holds no readable model"):
        models.load(folder, backend="numpy")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"n_layer": 4}, r"lack 12 weights \(transformer\.h\.3\."),
        ({"n_inner": 59}, "holds no readable model"),
        ({"n_layer": 0}, "holds no readable model .*no whole number above 0"),
        ({"n_head": "six"}, "holds no readable model .*n_head='six', which is no int"),
        ({"n_head": 5}, "holds no readable model .*5 heads cannot share 84 channels"),
    ],
)
def test_settings_that_do_not_fit_the_weights_are_refused(folder, changes, said):
    edit(folder / "config.json", **changes)
    with pytest.raises(GedigError, match=said):
        models.load(folder, backend="numpy")


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_a_tokenizer_that_is_another_models_is_doubted(folder, backend):
    edit(folder / "config.json", eos_token_id=7)
    with pytest.warns(UserWarning, match="token 7 is its eos, which is an ordinary word") as told:
        models.load(folder, backend=backend, device="cpu")
    assert told[0].filename == __file__


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_layers_beyond_the_settings_do_not_belong_together(folder, backend):
    edit(folder / "config.json", n_layer=2)
    with pytest.raises(
        GedigError, match=r"h\.2\.[a-z_.0-9]+ is of a layer that config.json does not"
    ):
        models.load(folder, backend=backend)


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_what_no_pass_needs_harms_nothing(folder, backend, loaded):
    held = load_file(folder / "model.safetensors")
    held |= {f"h.{layer}.attn.bias": torch.ones(1, 1, 61, 61) for layer in range(3)}
    held |= {"h.0.attn.masked_bias": torch.tensor(-1e4), "score.weight": torch.ones(2, 84)}
    held |= {"position_ids": torch.arange(61), "heads.0.weight": torch.ones(3)}
    save_file(held, folder / "model.safetensors", metadata={"format": "pt"})
    agree(models.load(folder, backend=backend).logits(TEXT), loaded["gpt2"].logits(TEXT), 1e-4)


@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize(
    ("setting", "values"),
    [
        ("layer_norm_epsilon", ["x", None, True, [1e-5]]),
        ("initializer_range", ["x", False]),
        ("scale_attn_weights", ["x", 1, None]),
        ("scale_attn_by_inverse_layer_idx", ["x", 0]),
        ("tie_word_embeddings", ["x", 1]),
        ("n_inner", ["x", 5.5, True]),
        ("eos_token_id", ["x", 1.5, ["x"], True]),
        ("bos_token_id", ["x", [0]]),
        ("n_positions", [0, -3, "x", None]),
    ],
)
def test_a_setting_of_another_type_is_refused(folder, setting, values, backend):
    for value in values:
        edit(folder / "config.json", **{setting: value})
        with pytest.raises(GedigError, match="holds no readable model"):
            models.load(folder, backend=backend)


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_a_head_that_is_missing_is_not_taken_from_elsewhere(folder, backend):
    edit(folder / "config.json", tie_word_embeddings=False)
    model = models.load(folder, backend=backend)
    assert model.attend(TEXT).weights.shape[0] == tiny.LAYERS
    assert model.stream(TEXT).states.shape[0] == tiny.LAYERS + 1
    assert "lm_head.weight" not in {**model.weights(), **model.backend.untrained(0).weights()}
    for read in (model.logits, model.lens, model.next_token_loss):
        with pytest.raises(GedigError, match="has no language head"):
            read(TEXT)
    with pytest.raises(GedigError, match="has no language head"):
        model.generate(TEXT, tokens=2)


@pytest.mark.parametrize("temperature", [5e-324, 1e-300, 1e-46, 1e39, 1e300])
def test_no_temperature_breaks_a_row(plain, temperature):
    weights = plain[0].attend(TEXT, temperature=temperature).weights
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-5)
    assert np.isfinite(plain[0].next_token_loss(TEXT, temperature=temperature))


def test_who_has_the_network_may_change_it(folder):
    model = models.load(folder, backend="numpy")
    before = model.logits(TEXT)
    assert "numpy on cpu" in repr(model)
    with torch.no_grad():
        model.network.transformer.h[1].mlp.c_proj.bias += 1.0
    assert "torch on cpu" in repr(model)
    assert not np.allclose(model.logits(TEXT), before)


def test_the_bundled_model_takes_numpy_on_a_cpu_and_torch_elsewhere(monkeypatch):
    def library(**asked):
        return models.load("gpt2-mini", **asked).backend.library

    monkeypatch.setattr(devices, "DRIVERS", ())
    assert [library(), library(device="cpu")] == ["numpy", "numpy"]
    assert library(dtype="float64") == library(backend="torch") == "torch"


def test_drivers_of_an_accelerator_are_seen(monkeypatch, tmp_path):
    monkeypatch.delitem(sys.modules, "torch")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(devices, "DRIVERS", (tmp_path / "driver",))
    assert not devices.sees_accelerator()
    (tmp_path / "driver").touch()
    assert devices.sees_accelerator()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert not devices.sees_accelerator()


def test_where_torch_is_missing_a_gpt2_is_read_all_the_same(folder):
    code = "from gedig_edu import models\n"
    code += f"model = models.load({str(folder)!r}); print(model, model.generate('The', tokens=2))"
    assert "numpy on cpu" in run_without_torch(code)


@pytest.mark.parametrize("kind", ["llama", "bert"])
def test_where_torch_is_missing_another_architecture_is_refused(folders, kind):
    code = f"""
from gedig_edu import GedigError, models
try:
    models.load({str(folders[kind])!r})
except GedigError as error:
    print(error)
"""
    assert f"has model_type='{kind}'; use backend='torch', with torch" in run_without_torch(code)


@pytest.mark.parametrize(
    "asked", ["models.load('gpt2-mini').network", "models.load('gpt2-mini', backend='torch')"]
)
def test_what_needs_torch_says_so_where_it_is_missing(asked):
    code = f"""
from gedig_edu import GedigError, models
try:
    {asked}
except GedigError as error:
    print(error)
"""
    said = run_without_torch(code)
    assert said.startswith("What is asked of 'gpt2-mini' needs torch and transformers, and torch ")


@pytest.mark.parametrize("wrote", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_reads_as_it_does_and_opens_its_own_network(folder, wrote):
    model = models.load(folder, backend="numpy")
    copied = wrote(model)
    np.testing.assert_array_equal(copied.logits(TEXT), model.logits(TEXT))
    assert copied.network is not model.network
    twin = wrote(replace(model, backend=model.backend.untrained(1)))
    assert twin.network is not None
