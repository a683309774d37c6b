"""The doctor: what counts as wrong, what is a note, and which remedy is named."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from gedig_edu import words
from gedig_edu.course import doctor
from gedig_edu.theory.engines import compiled
from tests.models import tiny


def test_refuses_an_old_python():
    assert doctor.check_python("3.10.13").state == "wrong"
    assert "3.11" in doctor.check_python("3.10.13").remedy
    assert doctor.check_python("3.11.0").state == "good"


def test_names_an_old_package_and_a_missing_one():
    def installed(name: str) -> str:
        if name == "gguf":
            raise PackageNotFoundError(name)
        return "1.26.4" if name == "numpy" else version(name)

    findings = {finding.subject: finding for finding in doctor.check_packages(installed)}
    assert set(findings) == {"numpy", "gguf"}
    assert findings["numpy"].found == "1.26.4"
    assert findings["gguf"].remedy.startswith("pip install 'gguf>=")


def test_reports_a_silent_hub_as_a_note(monkeypatch):
    monkeypatch.setattr(doctor.hub, "answers", lambda _: False)
    assert doctor.find_hub().state == "note"
    monkeypatch.setattr(doctor.hub, "answers", lambda _: True)
    assert doctor.find_hub().state == "good"


def test_a_lesson_model_that_is_nowhere_is_wrong_with_a_remedy(monkeypatch):
    monkeypatch.setenv("GEDIG_MODEL", "nonsense/of-a-name")
    finding = doctor.find_model()
    assert finding.state == "wrong"
    assert "GEDIG_MODEL" in finding.remedy
    monkeypatch.setenv("GEDIG_MODEL", "./no/such/folder")
    assert doctor.find_model().state == "wrong"
    monkeypatch.delenv("GEDIG_MODEL")
    assert doctor.find_model().state == "good"


def test_a_cache_that_can_only_be_read_is_a_note_where_it_holds_models(monkeypatch, tmp_path):
    monkeypatch.setenv("GEDIG_CACHE", str(tmp_path))
    assert doctor.check_cache().state == "good"
    monkeypatch.setattr(doctor.os, "access", lambda *_: False)
    assert doctor.check_cache().state == "wrong"
    (tmp_path / "models" / "minilm" / "wheel").mkdir(parents=True)
    assert doctor.check_cache().state == "note"


def test_a_compile_cache_that_numba_would_pass_over_is_wrong(monkeypatch, tmp_path):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    assert doctor.check_compiled().state == "good"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    closed = tmp_path / "kernels_5fbb"
    closed.mkdir()
    assert doctor.check_compiled().state == "good"
    monkeypatch.setattr(doctor.os, "access", lambda folder, _mode: folder != closed)
    finding = doctor.check_compiled()
    assert (finding.state, finding.found) == ("wrong", str(tmp_path))
    assert "chmod 1777" in finding.remedy
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "nowhere"))
    assert doctor.check_compiled().state == "wrong"


@pytest.mark.parametrize(
    ("usable", "folder", "trouble", "state"),
    [
        (True, "kept", "", "good"),
        (True, "kept", "cells.nbi is damaged; it is compiled again.", "wrong"),
        (True, None, "No folder can hold it.", "note"),
        (False, None, "NUMBA_DISABLE_JIT is set.", "note"),
    ],
)
def test_a_damaged_compile_cache_is_wrong_and_one_that_is_not_there_a_note(
    monkeypatch, usable, folder, trouble, state
):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    engine = compiled.State(usable, folder and Path(folder), False, trouble)
    monkeypatch.setattr(compiled, "state", lambda: engine)
    finding, found = doctor.check_compiled(), "your own" if folder else "none"
    assert finding == doctor.Finding("compile cache", found, state, trouble)


@pytest.fixture
def default_model(tmp_path, monkeypatch):
    folder = tiny.save("gpt2", tmp_path / "mine")
    monkeypatch.setenv("GEDIG_MODEL", str(folder))
    return folder


def not_a_number(folder):
    weights = load_file(folder / "model.safetensors")
    name = next(iter(sorted(weights)))
    weights[name] = np.full_like(weights[name], np.nan)
    save_file(weights, folder / "model.safetensors")


def cut_short(folder):
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    "spoil",
    [
        not_a_number,
        cut_short,
        lambda folder: (folder / "model.safetensors").write_bytes(b"garbage" * 999),
        lambda folder: (folder / "config.json").write_text("[]"),
        lambda folder: (folder / "tokenizer.json").write_text("{}"),
        lambda folder: (folder / "config.json").unlink(),
    ],
)
def test_a_default_model_of_garbage_is_wrong(default_model, spoil):
    assert doctor.find_model().state == "good"
    spoil(default_model)
    finding = doctor.find_model()
    assert finding.state == "wrong"
    assert finding.remedy


def test_a_default_model_that_makes_a_library_fail_is_wrong(default_model, monkeypatch):
    def fail(_):
        raise KeyError("deep inside")

    monkeypatch.setattr(doctor.models, "load", fail)
    finding = doctor.find_model()
    assert finding.state == "wrong"
    assert "KeyError: 'deep inside'" in finding.remedy
    assert "GEDIG_MODEL" in finding.remedy


def test_a_damaged_copy_in_the_cache_is_named_with_the_command_that_brings_a_whole_one(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("GEDIG_CACHE", str(tmp_path))
    tiny.save("bert", tmp_path / "models" / "distilbert" / "hub")
    damaged = tiny.save("gpt2", tmp_path / "models" / "acme--small" / "hub")
    assert doctor.check_copies() == []
    cut_short(damaged)
    (finding,) = doctor.check_copies()
    assert (finding.state, finding.found) == ("wrong", str(damaged))
    assert "acme/small" in finding.subject
    assert "gedig-edu models fetch acme/small" in finding.remedy


@pytest.mark.parametrize(
    ("variable", "check"),
    [("GEDIG_HOME", doctor.check_home), ("GEDIG_CACHE", doctor.check_cache)],
)
@pytest.mark.parametrize("place", ["file", "file/below", "link"])
def test_a_folder_of_ours_that_is_none_is_wrong(tmp_path, monkeypatch, variable, check, place):
    monkeypatch.setenv(variable, str(tmp_path / "not" / "yet"))
    assert check().state == "good"
    assert not (tmp_path / "not").exists()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("gone")
    monkeypatch.setenv(variable, str(tmp_path / place))
    finding = check()
    assert (finding.state, finding.found) == ("wrong", str(tmp_path / place))
    assert variable in finding.remedy


@pytest.mark.parametrize(
    ("variable", "check"),
    [("GEDIG_HOME", doctor.check_home), ("GEDIG_CACHE", doctor.check_cache)],
)
def test_a_folder_that_only_says_it_takes_files_is_wrong(tmp_path, monkeypatch, variable, check):
    def refuse(*_, **__):
        raise FileNotFoundError

    monkeypatch.setenv(variable, str(tmp_path / "new"))
    monkeypatch.setattr(doctor, "TemporaryDirectory", refuse)  # as in /proc
    assert check().state == "wrong"


def test_a_home_that_cannot_be_written_is_wrong(tmp_path, monkeypatch):
    monkeypatch.setenv("GEDIG_HOME", str(tmp_path))
    monkeypatch.setattr(doctor.os, "access", lambda *_: False)
    assert doctor.check_home().state == "wrong"


@pytest.mark.parametrize("spoken", ["", "en", "en_GB.UTF-8", "EN"])
def test_a_language_that_is_here_is_no_finding(monkeypatch, spoken):
    monkeypatch.setenv("GEDIG_LANG", spoken)
    assert doctor.check_language() == []


@pytest.mark.parametrize("asked", ["ja", "english", "../en", "e\x1bn"])
def test_a_language_that_is_not_here_is_said_once_and_named_by_the_doctor(
    monkeypatch, capsys, asked
):
    monkeypatch.setenv("GEDIG_LANG", asked)
    words._say_unknown.cache_clear()
    assert {words.word("words.example", count=3) for _ in range(3)} == {"There are 3 tokens."}
    (line,) = capsys.readouterr().err.splitlines()
    assert f"GEDIG_LANG={asked!r}" in line
    assert line.endswith("known: en.")
    (finding,) = doctor.check_language()
    assert (finding.state, finding.remedy) == ("note", line)
