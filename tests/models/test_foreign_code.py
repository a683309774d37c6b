"""Code that comes with a model is never run, and nobody is asked whether to run it."""

import json
import shutil
import subprocess
import sys

import pytest
import torch

from gedig_edu import GedigError, models

CODE = "from pathlib import Path\nPath({marker!r}).write_text('run')\n"
LOAD = """
import sys
from gedig_edu import GedigError, models
try:
    models.load(sys.argv[1], device="cpu")
except GedigError as error:
    print(error)
"""


def change(file, **entries):
    """Change entries of a JSON file."""
    content = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps(content | entries))


@pytest.fixture
def marker(tmp_path):
    """Give the file that a model's own code would write."""
    return tmp_path / "marker"


@pytest.fixture
def foreign(folders, tmp_path, marker):
    """Give a folder that says its own Python file is needed to read every part of it."""
    folder = shutil.copytree(folders["gpt2"], tmp_path / "foreign")
    (folder / "own.py").write_text(CODE.format(marker=str(marker)))
    kinds = {"AutoConfig": "own.Config", "AutoModel": "own.M", "AutoModelForCausalLM": "own.M"}
    change(folder / "config.json", model_type="unheard-of", auto_map=kinds)
    change(folder / "tokenizer_config.json", auto_map={"AutoTokenizer": ["own.T", None]})
    return folder


@pytest.mark.parametrize("answer", [None, "y\n", "y\ny\ny\n"])
def test_a_type_that_only_its_own_code_reads_is_refused_unasked(foreign, marker, answer):
    given = {"stdin": subprocess.DEVNULL} if answer is None else {"input": answer}
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(foreign)],
        capture_output=True, text=True, check=True, **given,
    )  # fmt: skip
    assert done.stdout == (
        "The model 'foreign' is of the type 'unheard-of' and brings code of its own to be read "
        "with, and code that comes with a model is not run here; choose a model of a type that "
        "transformers knows.\n"
    )
    assert done.stderr == ""
    assert not marker.exists()


def test_a_known_type_is_read_without_the_code_beside_it(foreign, loaded, marker):
    change(foreign / "config.json", model_type="gpt2")
    read = models.load(foreign, device="cpu").attend("a boat").weights
    assert (read == loaded["gpt2"].attend("a boat").weights).all()
    assert not marker.exists()


def test_a_hub_model_in_the_cache_is_no_exception(foreign, marker, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("builtins.input", lambda *_: pytest.fail("somebody was asked"))
    snapshot = tmp_path / "hub" / "models--some--body" / "snapshots" / "abc"
    shutil.copytree(foreign, snapshot)
    (snapshot.parents[1] / "refs").mkdir()
    (snapshot.parents[1] / "refs" / "main").write_text("abc")
    with pytest.raises(GedigError, match="code that comes with a model is not run here"):
        models.load("some/body")
    assert not marker.exists()


def test_a_tokenizer_that_needs_its_own_code_is_refused(foreign, marker, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda *_: pytest.fail("somebody was asked"))
    change(foreign / "config.json", model_type="gpt2")
    (foreign / "tokenizer.json").rename(foreign / "vocab.json")
    change(foreign / "tokenizer_config.json", tokenizer_class="OwnTokenizer")
    with pytest.raises(GedigError, match="holds no readable model"):
        models.load(foreign, device="cpu")
    assert not marker.exists()


def test_a_way_of_writing_that_comes_with_a_model_is_not_run(folders, tmp_path, marker):
    folder = shutil.copytree(folders["gpt2"], tmp_path / "writes")
    (folder / "custom_generate").mkdir()
    (folder / "custom_generate" / "generate.py").write_text(CODE.format(marker=str(marker)))
    change(
        folder / "generation_config.json", custom_generate="custom_generate", auto_map={"a": "b"}
    )
    assert models.load(folder, device="cpu").generate("a boat", tokens=2).startswith("a boat")
    assert not marker.exists()


class Marks:
    """An object whose unpickling writes a file."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return exec, (CODE.format(marker=str(self.marker)),)


def test_pickled_weights_run_nothing(folders, tmp_path, marker):
    folder = shutil.copytree(folders["gpt2"], tmp_path / "pickled")
    (folder / "model.safetensors").unlink()
    torch.save({"transformer.wte.weight": Marks(marker)}, folder / "pytorch_model.bin")
    with pytest.raises(GedigError, match=r"holds no readable model .*model\.safetensors"):
        models.load(folder, device="cpu")
    assert not marker.exists()
