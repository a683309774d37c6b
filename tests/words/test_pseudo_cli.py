"""In a second language no English word of ours stands on the command line."""

import errno
import importlib.util
import os
import re

import pytest
from typer.testing import CliRunner

from gedig_edu import cli, models
from gedig_edu.lab.experiments.catalogue import EXPERIMENTS, OF_TRAINING
from tests.test_cli import Stub

CLICK = (  # what the library of the command line says itself, in its own languages
    "Usage Options Arguments Commands Show this message and exit Try for help required default "
    "text str path integer float list bool command options"
)
IDS = (  # what is typed: commands, arguments, devices, endings; names of models and of licences
    "gemma Gemma terms of use cpu cuda mps svg pdf png parquet "
    "lab live doctor claims pretrain experiment train short prose site models progress fetch "
    "remove export merge folder file text paper released bert distilbert minilm json csv png "
    "missing auto Python NAME " + " ".join([*EXPERIMENTS, *OF_TRAINING])
)
COMMANDS = [
    (), ("lab",), ("live",), ("doctor",), ("claims",), ("pretrain",), ("experiment",), ("train",),
    ("site",), ("models",), ("models", "fetch"), ("models", "remove"), ("progress",),
    ("progress", "export"), ("progress", "merge"),
]  # fmt: skip


@pytest.fixture
def run(reader, monkeypatch):
    """Run the command line as it is in a process that begins in the second language."""
    spec = importlib.util.spec_from_file_location("cli_of_a_reader", cli.__file__)
    assert spec is not None
    assert spec.loader is not None
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    monkeypatch.setattr(models, "load", lambda name, **_: Stub())
    monkeypatch.setenv("COLUMNS", "100")
    return lambda *words: (
        CliRunner().invoke(fresh.app, list(map(str, words)), prog_name="gedig-edu").output
    )


@pytest.mark.parametrize("command", COMMANDS, ids="-".join)
def test_the_help_of_a_command(run, reader, command):
    said = run(*command, "--help")
    assert len(said) > 100
    assert reader.stumbles(said, names=[CLICK, IDS]) == []


def test_the_findings_of_the_doctor(run, reader):
    assert reader.stumbles(run("doctor"), names=[IDS]) == []


def test_models_claims_and_a_reading(run, reader, tmp_path):
    said = [run("models"), run("claims", "--lesson", "05"), run("claims", "--sources")]
    said += [run("live", "qx zw", "--gauge", "released", "--out", tmp_path / "a.json")]
    (tmp_path / "texts").write_bytes(b"qx zw\n\xff\nqx\n")
    said += [run("live", "--file", tmp_path / "texts", "--threshold", "0.1"), run("--version")]
    said += [run("progress", "export", tmp_path / "b.json", "--name", "Qx")]
    (tmp_path / "class").mkdir()
    (tmp_path / "b.json").rename(tmp_path / "class" / "b.json")
    (tmp_path / "class" / "c.txt").touch()
    said += [run("progress", "merge", tmp_path / "class", "--out", tmp_path / "d.csv")]
    text = re.sub(re.escape(str(tmp_path)), "", "\n".join(said))
    table = (tmp_path / "d.csv").read_text(encoding="utf-8-sig")
    assert reader.stumbles(f"{text} {table.replace(',', ' ')}", names=[IDS]) == []


@pytest.mark.parametrize(
    "words",
    [
        ("claims", "--lesson", "99"),
        ("claims", "--sources", "--run"),
        ("claims", "--table", "a.json"),
        ("live",),
        ("live", "qx", "--out", "a.xyz"),
        ("live", "qx", "--file", "missing"),
        ("live", "--file", "missing"),
        ("live", "--file", "/dev/null"),
        ("live", "qx", "--quantile", "0.5", "--threshold", "0.5"),
        ("live", "qx", "--out", "missing/a.png"),
        ("progress", "merge", "nowhere", "--out", "a.csv"),
        ("progress", "merge", ".", "--out", "a.xyz"),
        ("site", "--out", "missing/site"),
        ("models", "fetch", "./nowhere"),
        ("models", "fetch", "someone/model"),
        ("models", "fetch", "not a model!"),
        ("models", "remove", "gpt2"),
        ("doctor",),
    ],
    ids=" ".join,
)
def test_a_refusal(run, reader, words, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    names = [*words, IDS, os.strerror(errno.ENOENT)]  # the system's own words
    assert reader.stumbles(run(*words), names=names) == []
