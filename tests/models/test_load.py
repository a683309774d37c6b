"""The way in: names, folders, devices, and what is said when it is closed."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from gedig_edu import GedigError, models
from gedig_edu.models.cache import bundled_folder
from gedig_edu.models.devices import choose_device
from gedig_edu.models.registry import BUNDLED, ENTRIES, names
from tests.models import tiny


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Give an empty cache, and an empty cache of the hub's library."""
    monkeypatch.setenv("GEDIG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "cache"


@pytest.fixture
def broken(folders, tmp_path):
    """Give a copy of a tiny GPT-2's folder, to be broken."""
    return shutil.copytree(folders["gpt2"], tmp_path / "broken")


def test_importing_loads_neither_torch_nor_transformers():
    code = (
        "import sys, gedig_edu.models as models; models.status(); models.default_name();"
        "print([name for name in ('torch', 'transformers', 'gguf') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_public_names_are_there():
    for name in models.__all__:
        assert getattr(models, name).__doc__
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        models.nothing  # noqa: B018


@pytest.mark.parametrize("kind", tiny.KINDS)
def test_a_model_says_what_it_is(kind, loaded):
    model = loaded[kind]
    assert (model.name, model.source) == (kind, "folder")
    assert (model.layers, model.heads, model.context) == (tiny.LAYERS, tiny.HEADS, tiny.CONTEXT)
    assert model.causal == (kind in tiny.DECODERS)
    assert model.device == "cpu"
    assert not model.network.training
    assert f"'{kind}'" in repr(model)
    assert "3 layers x 6 heads" in repr(model)


def test_loading_is_silent(folders, capfd):
    for kind in tiny.KINDS:
        models.load(folders[kind], device="cpu")
    assert capfd.readouterr() == ("", "")


def test_a_relative_folder_is_taken_where_one_stands(folders, monkeypatch):
    monkeypatch.chdir(folders["bert"].parent)
    assert models.load("./bert", device="cpu").source == "folder"


def test_default_is_the_bundled_model_or_what_the_environment_says(monkeypatch):
    monkeypatch.delenv("GEDIG_MODEL", raising=False)
    assert models.default_name() == (BUNDLED if bundled_folder(BUNDLED) else "smollm2")
    monkeypatch.setenv("GEDIG_MODEL", " minilm ")
    assert models.default_name() == "minilm"
    monkeypatch.setenv("GEDIG_MODEL", "")
    assert models.default_name() != ""


def test_a_cached_copy_is_found_by_name(folders, cache):
    shutil.copytree(folders["bert"], cache / "models" / "minilm" / "wheel")
    model = models.load("minilm", device="cpu")
    assert (model.name, model.source) == ("minilm", "cache (wheel)")
    assert models.load("minilm", source="wheel", device="cpu").source == "cache (wheel)"
    with pytest.raises(GedigError, match="is not on this machine"):
        models.load("minilm", source="hub")


def test_the_hub_librarys_own_cache_is_found(folders, cache, tmp_path):
    snapshot = tmp_path / "hub" / "models--openai-community--gpt2" / "snapshots" / "abc"
    shutil.copytree(folders["gpt2"], snapshot)
    (snapshot.parents[1] / "refs").mkdir()
    (snapshot.parents[1] / "refs" / "main").write_text("abc")
    model = models.load("gpt2", device="cpu")
    assert (model.name, model.source) == ("gpt2", "Hugging Face cache")
    assert models.fetch("gpt2", progress=False) == snapshot


@pytest.mark.parametrize("name", [name for name in names() if name != BUNDLED])
def test_what_is_not_here_is_refused_with_the_remedy(cache, name):
    with pytest.raises(GedigError, match=rf"[MG]B, .*`gedig-edu models fetch {name}`"):
        models.load(name)


def test_an_unknown_name_is_refused_with_the_known_ones(cache):
    with pytest.raises(GedigError, match=r"fetch gtp2`.*known here: gpt2-mini, gpt2, distilgpt2"):
        models.load("gtp2")


def test_a_bundled_model_that_is_missing_is_refused(cache, monkeypatch):
    monkeypatch.setattr("gedig_edu.models.cache.bundled_folder", lambda name: None)
    with pytest.raises(GedigError, match=r"is not with this installation; .* smollm2"):
        models.load("gpt2-mini")
    with pytest.raises(GedigError, match="this installation lacks it"):
        models.fetch("gpt2-mini")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("./nowhere", "There is no folder './nowhere'"),
        ("a/b/c", "There is no folder 'a/b/c'"),
        ("two words", "'two words' is no model: neither a folder"),
        ("", "'' is no model"),
    ],
)
def test_what_cannot_be_a_model_is_refused(cache, name, said):
    with pytest.raises(GedigError, match=said):
        models.load(name)


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [("gpt2", "wheel", "is in no wheel"), ("gpt2-mini", "hub", "comes with the package")],
)
@pytest.mark.parametrize("download", [False, True])
def test_a_source_that_never_has_the_model_is_said_so(cache, name, source, said, download):
    with pytest.raises(GedigError, match=said):
        models.load(name, source=source, download=download)


def test_an_unknown_source_device_or_dtype_is_refused(folders):
    with pytest.raises(GedigError, match="source='cloud' is not known; choose one of 'bundled'"):
        models.load("gpt2", source="cloud")
    with pytest.raises(GedigError, match="source='cache' is not known; choose one of 'hub'"):
        models.fetch("gpt2", source="cache")
    with pytest.raises(GedigError, match="device='abacus' is not in this machine; use 'auto'"):
        models.load(folders["gpt2"], device="abacus")
    with pytest.raises(GedigError, match="dtype='int8' is not known"):
        models.load(folders["gpt2"], dtype="int8")


def test_auto_takes_the_accelerator_that_is_there(monkeypatch):
    import torch

    there = torch.accelerator.is_available()
    assert (choose_device("auto").type == "cpu") == (not there)
    monkeypatch.setattr(
        torch.accelerator, "current_accelerator", lambda check_available: torch.device("cuda")
    )
    assert choose_device("auto") == torch.device("cuda")


@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_folder_without_a_needed_file_is_refused(broken, file):
    (broken / file).unlink()
    with pytest.raises(GedigError, match=r"holds no readable model .* whole and belonging togeth"):
        models.load(broken)


@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_file_cut_short_is_refused(broken, file):
    content = (broken / file).read_bytes()
    (broken / file).write_bytes(content[: len(content) // 2])
    with pytest.raises(GedigError, match="holds no readable model"):
        models.load(broken)


def test_a_vocabulary_in_its_older_form_is_read(broken, loaded):
    trained = json.loads((broken / "tokenizer.json").read_text())["model"]
    (broken / "vocab.json").write_text(json.dumps(trained["vocab"]))
    merges = "\n".join(" ".join(pair) for pair in trained["merges"])
    (broken / "merges.txt").write_text(f"#version: 0.2\n{merges}\n")
    (broken / "tokenizer.json").unlink()
    text = "The miller's boats"
    assert models.load(broken, device="cpu").encode(text).ids == loaded["gpt2"].encode(text).ids


def edit(file, **changes):
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def test_weights_that_would_be_drawn_at_random_are_refused(broken):
    edit(broken / "config.json", n_layer=tiny.LAYERS + 1)
    with pytest.raises(GedigError, match=r"lack 12 weights \(transformer\.h\.3\."):
        models.load(broken)


def test_weights_of_another_shape_are_refused(broken):
    edit(broken / "config.json", n_inner=59)
    with pytest.raises(GedigError, match="holds no readable model"):
        models.load(broken)


def test_a_type_that_transformers_does_not_know_is_refused(broken):
    edit(broken / "config.json", model_type="gpt99")
    with pytest.raises(GedigError, match="type 'gpt99', which transformers"):
        models.load(broken)


def test_float64_is_more_exact_and_not_marked_renormalised(folders, loaded):
    exact = models.load(folders["gpt2"], device="cpu", dtype="float64").attend("Eleven boats")
    assert not exact.renormalised
    rough = loaded["gpt2"].attend("Eleven boats").weights
    np.testing.assert_allclose(exact.weights, rough, atol=1e-5)


def test_status_lists_every_model_and_what_else_is_cached(folders, cache):
    shutil.copytree(folders["gpt2"], cache / "models" / "some--one" / "hub")
    (cache / "models" / ".incoming-abc").mkdir()
    lines = {line.name: line for line in models.status()}
    assert list(lines) == [*names(), "some/one"]
    here = lines["some/one"]
    assert (here.present, here.source, here.licence) == (True, "cache (hub)", "see its page")
    assert here.bytes == sum(file.stat().st_size for file in folders["gpt2"].iterdir())
    gone = lines["smollm2"]
    assert (gone.present, gone.source, gone.bytes) == (False, "hub or wheel", 92_871_040)
    assert gone.folder is None
    assert [line.licence for line in lines.values()][:-1] == [entry.licence for entry in ENTRIES]


def test_remove_takes_every_copy_of_one_model_and_says_what_it_freed(folders, cache):
    for source in ("hub", "wheel"):
        shutil.copytree(folders["bert"], cache / "models" / "minilm" / source)
    shutil.copytree(folders["gpt2"], cache / "models" / "some--one" / "hub")
    size = sum(file.stat().st_size for file in folders["bert"].iterdir())
    assert models.remove("minilm") == 2 * size
    assert not {line.name: line for line in models.status()}["minilm"].present
    with pytest.raises(GedigError, match="no copy of 'minilm'; it holds some/one"):
        models.remove("minilm")


def test_remove_refuses_a_name_that_would_leave_the_cache(cache):
    (cache / "models").mkdir(parents=True)
    (cache / "keep").mkdir()
    for name in ("..", ".", "../keep", ""):
        with pytest.raises(GedigError, match="holds no copy"):
            models.remove(name)
    assert (cache / "models").is_dir()
    assert (cache / "keep").is_dir()
