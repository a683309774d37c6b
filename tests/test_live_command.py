"""`gedig-edu live`: its options, files of texts, and what it writes."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from gedig_edu import cli, errors, models
from gedig_edu.course import output
from gedig_edu.lab.live import live
from gedig_edu.theory.gauge import Gauge
from tests.test_cli import Stub

TEXT = "a b c d e f g"


@pytest.fixture
def run(monkeypatch):
    """Run `live` with a stub for the model."""
    monkeypatch.setattr(models, "load", lambda name, **_: Stub())
    monkeypatch.setenv("COLUMNS", "100")
    return lambda *words, **more: CliRunner().invoke(cli.app, ["live", *map(str, words)], **more)


@pytest.fixture
def file(tmp_path):
    """Write lines to a file and return its path."""

    def write(*lines: str | bytes):
        path = tmp_path / "texts.txt"
        path.write_bytes(b"\n".join(x if isinstance(x, bytes) else x.encode() for x in lines))
        return path

    return write


def record(run, tmp_path, *words):
    path = tmp_path / "record.json"
    said = run(*words, "--out", path)
    assert said.exit_code == 0, said.output
    return json.loads(path.read_text())


@pytest.mark.parametrize(
    ("options", "gauge", "more"),
    [
        (("--lam", "2.5", "--gamma", "0.25"), Gauge.paper(lam=2.5, gamma=0.25), {}),
        (("--gauge", "released", "--lam", "1"), Gauge.released(lam=1.0), {}),
        (("--threshold", "0.1"), Gauge.paper(threshold=0.1), {}),
        (("--quantile", "0.8", "--matched"), Gauge.paper(quantile=0.8), {"matched": True}),
        (("--seed", "7"), Gauge.paper(), {"seed": 7}),
    ],
)
def test_each_option_reaches_what_is_measured(run, tmp_path, options, gauge, more):
    expected = live(Stub(), TEXT, gauge=gauge, **more)
    found = record(run, tmp_path, TEXT, *options)
    assert found == json.loads(expected.to_json())
    assert found["gauge"]["lam"] == gauge.lam


def test_the_title_says_by_what_was_read(run):
    said = run(TEXT, "--threshold", "0.125", "--lam", "0.0625", "--gamma", "-1")
    assert "gauge: paper, λ = 0.0625, γ = -1, threshold 0.125" in said.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Nothing is given to read"),
        (("hello", "there", "you"), 'put all of it in quotes: gedig-edu live "hello there …"'),
        (("a", "b", "--file", "texts.txt"), "give one of the two"),
        (("a b", "--file", "texts.txt"), "give one of the two"),
        (("a b", "--quantile", "0.5", "--threshold", "0.1"), "give one of the two"),
        (("a b", "--lam", "nan"), "lam=nan"),
        (("a b", "--seed", "-1"), "seed=-1"),
        (("--file", "nowhere.txt"), "cannot be read"),
        (("--file", "."), "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(run, words, sentence):
    said = run(*words)
    assert (said.exit_code, said.stdout) == (1, "")
    assert sentence in said.stderr
    assert len(said.stderr.splitlines()) == 1


def test_a_text_comes_from_standard_input(run, tmp_path):
    path = tmp_path / "a.json"
    assert run("-", "--out", path, input=f"{TEXT}\n").exit_code == 0
    assert json.loads(path.read_text())["text"] == TEXT


def test_each_line_of_a_file_is_a_text(run, file, tmp_path):
    path = tmp_path / "a.csv"
    said = run("--file", file(TEXT, "", "u v w x y"), "--out", path)
    assert said.exit_code == 0, said.output
    lines = said.stdout.splitlines()
    assert [line.split()[:2] for line in lines[1:3]] == [["1", "7"], ["3", "5"]]
    assert lines[1].endswith(TEXT)
    assert "texts: 2, tokens: 5 to 7" in said.stdout
    table = pd.read_csv(path)
    assert table.groupby("line").text.first().to_dict() == {1: TEXT, 3: "u v w x y"}
    expected = live(Stub(), "u v w x y", gauge=Gauge.paper()).real.F.ravel()
    np.testing.assert_array_equal(table[table.line == 3].F, expected)


def test_lines_come_from_standard_input(run):
    said = run("--file", "-", input=f"{TEXT}\nu v w\n")
    assert said.exit_code == 0, said.output
    assert "texts: 2" in said.stdout


def test_a_broken_line_is_told_the_rest_is_read_and_the_exit_status_says_so(run, file, tmp_path):
    path = tmp_path / "a.csv"
    said = run("--file", file(TEXT, b"caf\xe9", "u v"), "--out", path)
    assert said.exit_code == 1
    assert said.stderr.startswith("Line 2 is left out: It is no text in UTF-8 (byte 4 is E9)")
    assert "texts: 2" in said.stdout
    assert set(pd.read_csv(path).line) == {1, 3}


def test_a_file_without_a_text_is_refused(run, file):
    said = run("--file", file("", b"\xff"))
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr.splitlines()[-1].startswith("gedig-edu: No line could be read")


@pytest.mark.parametrize("several", [False, True])
def test_every_kind_of_file_is_written_in_one_call(run, file, tmp_path, several):
    kinds = ("png", "svg", "pdf", "csv", "json", "parquet", "CSV")
    (tmp_path / "out").mkdir()
    paths = {kind: tmp_path / "out" / f"reading.{kind}" for kind in kinds}
    words = ["--file", file(TEXT, "u v w")] if several else [TEXT]
    said = run(*words, *(word for path in paths.values() for word in ("--out", path)))
    assert said.exit_code == 0, said.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        path.name for path in paths.values()
    )
    assert paths["png"].read_bytes().startswith(b"\x89PNG")
    assert paths["pdf"].read_bytes().startswith(b"%PDF")
    assert ElementTree.fromstring(paths["svg"].read_text()).tag.endswith("svg")
    tables = [pd.read_csv(paths["csv"]), pd.read_parquet(paths["parquet"])]
    assert len(tables[0]) == 3 * 5 * (1 + several)
    pd.testing.assert_frame_equal(*tables, check_dtype=False)
    assert ("text" in tables[0]) == several
    assert paths["CSV"].read_bytes() == paths["csv"].read_bytes()


def test_without_pyarrow_the_extra_is_named_before_anything_is_read(run, tmp_path, monkeypatch):
    monkeypatch.setattr(models, "load", lambda *_, **__: pytest.fail("the model was loaded"))
    monkeypatch.setattr(output, "find_spec", lambda name: None)
    said = run(TEXT, "--out", tmp_path / "a.parquet")
    assert (said.exit_code, said.stdout) == (1, "")
    assert "gedig-edu[experiments]" in said.stderr
    assert len(said.stderr.splitlines()) == 1


def test_a_short_text_comes_with_a_warning_and_the_number_of_its_links(run, tmp_path):
    found = live(Stub(), TEXT, gauge=Gauge.paper())
    low, high = int(found.real.edges.min()), int(found.real.edges.max())
    assert low == high == 3
    said = run(TEXT).stdout.splitlines()[-1]
    assert said.startswith("A short text (tokens: 7) gives the graph of a head few links (here 3)")
    assert record(run, tmp_path, TEXT)["warning"] == said


def test_a_text_that_is_long_enough_comes_without(run, tmp_path):
    assert "few links" in run("a " * 15).stdout
    assert "few links" not in run("a " * 16).stdout
    assert record(run, tmp_path, "a " * 16)["warning"] is None


@pytest.mark.parametrize(
    ("options", "kind", "hint"),
    [((), "that also sees later tokens", True), (("--matched",), "causal map has", False)],
)
def test_of_a_causal_model_it_is_said_what_the_baselines_see(run, options, kind, hint):
    said = run(TEXT, *options).stdout
    assert kind in said
    assert ("--matched" in said) == hint
    assert "blue" not in said.lower()  # nothing is coloured here


@pytest.mark.filterwarnings("always")
def test_a_warning_is_one_line_of_prose(run, monkeypatch):
    def load(name, **_):
        errors.warn("The tokenizer\nlooks foreign.")
        return Stub()

    monkeypatch.setattr(models, "load", load)
    said = run(TEXT)
    assert said.exit_code == 0
    assert said.stderr == "gedig-edu: note: The tokenizer looks foreign.\n"


def call(*words, **options):
    """Run the command line in a process of its own, and return its exit status and its errors."""
    done = subprocess.run([sys.executable, "-m", "gedig_edu", *words], **options)
    return done.returncode, done.stderr


def test_an_output_that_is_closed_stops_nothing(tmp_path):
    path = tmp_path / "a.csv"
    closing = f"exec '{sys.executable}' -m gedig_edu live '{TEXT}' --out '{path}' >&-"
    done = subprocess.run(["sh", "-c", closing], stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, b"")
    assert path.is_file()


def test_a_reading_that_nobody_can_have_is_a_failure():
    closing = f"exec '{sys.executable}' -m gedig_edu live '{TEXT}' >&-"
    done = subprocess.run(["sh", "-c", closing], stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_text_is_understood_where_the_system_speaks_ascii(tmp_path):
    path = tmp_path / "a.json"
    plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    status, said = call(
        "live", "ΔF of 日本".encode(), "--out", path, env=os.environ | plain,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert (status, said) == (0, b"")
    assert json.loads(path.read_text())["text"] == "ΔF of 日本"


@pytest.mark.parametrize("trouble", [BrokenPipeError, OSError])
def test_a_file_is_written_even_where_nothing_can_be_printed(run, tmp_path, monkeypatch, trouble):
    def broken(*_, **__):
        raise trouble

    monkeypatch.setattr(cli, "_print", broken)
    path = tmp_path / "a.csv"
    run(TEXT, "--out", path)
    assert len(path.read_text().splitlines()) == 16
