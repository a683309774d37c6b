"""Names that no disk can bear and files that are not whole: one sentence, and a way out."""

import json
import os
import re
import shutil

import pytest

from gedig_edu import GedigError, models
from gedig_edu.models.files import trouble_in
from tests.fake_hub import serving
from tests.models import tiny
from tests.models.client import ask

LONG = "x" * 300


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


def refused(call, *given, **options):
    """Return the one printable sentence that refuses a call."""
    with pytest.raises(GedigError) as caught:
        call(*given, **options)
    said = str(caught.value)
    assert said.isprintable(), said
    assert said.endswith(".")
    assert len(said) < 600
    return said


@pytest.mark.parametrize(
    "name",
    [LONG, f"owner/{LONG}", "a\0b", "./a\0b", "\x1b[31mred", "two\nlines", "a\u202eb", "..x/y"],
)
def test_a_name_that_cannot_be_one_is_refused(cache, name):
    for call in (models.load, models.fetch):
        assert "is no model" in refused(call, name) or "There is no folder" in refused(call, name)


@pytest.mark.parametrize("name", [f"./{LONG}", f"/{LONG}", f"~{LONG}/x"])
def test_a_path_too_long_for_a_disk_is_a_folder_that_is_not_there(cache, name):
    assert "There is no folder" in refused(models.load, name)


def test_a_file_and_a_link_that_leads_nowhere_are_no_folders(cache, broken, tmp_path, monkeypatch):
    os.symlink("loop", tmp_path / "loop")
    os.symlink("gone", tmp_path / "dangling")
    monkeypatch.chdir(tmp_path)
    for name in (broken / "model.safetensors", tmp_path / "loop", "loop", "dangling"):
        assert "and no folder; give the folder that holds" in refused(models.load, name)


def test_a_folder_of_any_name_is_read_and_shown_printable(folders, tmp_path, monkeypatch):
    red = shutil.copytree(folders["gpt2"], tmp_path / "\x1b[31mred")
    assert models.load(red, device="cpu").name == r"\x1b[31mred"
    monkeypatch.chdir(red)
    assert models.load(".", device="cpu").name == r"\x1b[31mred"
    (red / "config.json").unlink()
    assert r"/\x1b[31mred holds no readable model (there is no config.json)" in refused(
        models.load, red
    )


def write(name, content):
    """Return a step that writes one file of a folder."""
    return lambda folder: (folder / name).write_bytes(content)


def cut(name):
    """Return a step that cuts one file in two."""
    return lambda folder: os.truncate(folder / name, (folder / name).stat().st_size // 2)


def loop(name):
    """Return a step that makes one file a link to itself."""

    def step(folder):
        (folder / name).unlink()
        os.symlink(name, folder / name)

    return step


def shards(folder):
    (folder / "model.safetensors").unlink()
    index = {"weight_map": {"transformer.wte.weight": "model-00001-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


def stray_shards(folder):
    shards(folder)
    (folder / "model.safetensors.index.json").write_text('{"weight_map": {"a": "../../b"}}')


def as_folder(folder):
    (folder / "config.json").unlink()
    (folder / "config.json").mkdir()


def empty(folder):
    for file in folder.iterdir():
        file.unlink()


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (empty, "there is no config.json"),
        (write("config.json", b"[1, 2]"), "config.json holds no JSON object"),
        (write("config.json", b""), "config.json is no JSON"),
        (write("config.json", b"[" * 100_000), "config.json is no JSON"),
        (write("config.json", b"\xff\xfe{}"), "config.json is no JSON"),
        (loop("config.json"), "config.json cannot be opened: Too many levels of symbolic links"),
        (as_folder, "config.json cannot be opened: Is a directory"),
        (write("tokenizer.json", b""), "tokenizer.json holds no JSON object"),
        (cut("tokenizer.json"), "tokenizer.json holds no JSON object"),
        (loop("tokenizer.json"), "tokenizer.json cannot be opened"),
        (write("model.safetensors", b""), "model.safetensors is no safetensors file"),
        (write("model.safetensors", b"\xff" * 64), "model.safetensors is no safetensors file"),
        (write("model.safetensors", b"\2\0\0\0\0\0\0\0[]"), "model.safetensors is no safetensors"),
        (cut("model.safetensors"), r"model.safetensors has \d+ bytes and its header says \d+"),
        (loop("model.safetensors"), "model.safetensors cannot be opened"),
        (shards, "there is no model-00001-of-00002.safetensors"),
        (stray_shards, "model.safetensors.index.json names no files of weights"),
    ],
)
def test_files_that_are_not_whole_are_named(broken, step, said):
    step(broken)
    assert re.search(rf"holds no readable model \({said}", refused(models.load, broken))
    assert re.search(said, trouble_in(broken))


@pytest.mark.parametrize("kind", tiny.KINDS)
def test_whole_files_are_whole(folders, kind):
    assert trouble_in(folders[kind]) is None


@pytest.mark.parametrize("step", [cut("model.safetensors"), write("config.json", b"{")])
def test_a_damaged_copy_in_the_cache_is_named_and_fetched_again(folders, cache, step):
    copy = shutil.copytree(folders["gpt2"], cache / "models" / "gpt2" / "hub")
    step(copy)
    said = refused(models.load, "gpt2")
    assert f"The copy of 'gpt2' in {copy} is damaged" in said
    assert "`gedig-edu models remove gpt2` and fetch it again with `gedig-edu models fetch" in said
    [line] = [line for line in models.status() if line.name == "gpt2"]
    assert line.trouble == trouble_in(copy)
    with serving(folders["gpt2"], "openai-community/gpt2") as hub:
        call = "str(models.fetch('gpt2', progress=False))"
        done = ask(call, cache=cache, HF_ENDPOINT=hub.address)
    assert done.value == str(copy)
    assert trouble_in(copy) is None
    assert [path.name for path in (cache / "models").iterdir()] == ["gpt2"]
    assert models.load("gpt2", device="cpu").source == "cache (hub)"


def test_what_a_check_of_files_does_not_see_can_still_be_removed_and_fetched(folders, cache):
    copy = shutil.copytree(folders["gpt2"], cache / "models" / "gpt2" / "hub")
    (copy / "tokenizer.json").write_text("{}")
    assert "remove it with `gedig-edu models remove gpt2`" in refused(models.load, "gpt2")
    assert models.remove("gpt2") > 0
    assert "is not on this machine" in refused(models.load, "gpt2")


def test_a_damaged_copy_of_the_hubs_library_is_to_be_deleted(folders, cache, tmp_path):
    snapshot = tmp_path / "hub" / "models--openai-community--gpt2" / "snapshots" / "abc"
    shutil.copytree(folders["gpt2"], snapshot)
    (snapshot.parents[1] / "refs").mkdir()
    (snapshot.parents[1] / "refs" / "main").write_text("abc")
    cut("model.safetensors")(snapshot)
    assert "delete that folder and fetch it again" in refused(models.load, "gpt2")


def test_a_damaged_bundled_model_is_installed_again(broken, cache, monkeypatch):
    cut("model.safetensors")(broken)
    monkeypatch.setattr("gedig_edu.models.cache.bundled_folder", lambda name: broken)
    for call in (models.load, models.fetch):
        assert "install gedig-edu again" in refused(call, "gpt2-mini")
