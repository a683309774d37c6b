"""The command line: what it prints, what it writes, how it refuses; and what importing costs."""

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import gedig_edu
from gedig_edu import cli, models
from gedig_edu.course import files, workspace
from gedig_edu.errors import GedigError
from gedig_edu.theory.maps import AttentionMaps

HEAVY = {"torch", "transformers", "matplotlib", "ipywidgets", "IPython", "pandas", "jupyterlab"}


class Stub:
    """A model of 3 layers and 5 heads with seeded maps."""

    def attend(self, text: str) -> AttentionMaps:
        tokens = tuple(text.split())
        length = len(tokens)
        rows = np.tril(np.random.default_rng(7).random((3, 5, length, length)))
        return AttentionMaps(
            tokens=tokens,
            weights=(rows / rows.sum(-1, keepdims=True)).astype(np.float32),
            causal=True,
            special=np.zeros(length, dtype=bool),
            offsets=np.zeros((length, 2), dtype=int),
            model="stub",
        )


@pytest.fixture
def run(monkeypatch):
    """Run the command line with a stub for the model; no file is fetched."""
    monkeypatch.setattr(models, "load", lambda name, **_: Stub())
    monkeypatch.setattr(models, "fetch", lambda name, **_: Path("nowhere"))
    monkeypatch.setenv("COLUMNS", "100")
    return lambda *words: CliRunner().invoke(cli.app, list(map(str, words)))


def loaded_by(statement: str) -> set[str]:
    """Return the heavy packages that a fresh interpreter has loaded after `statement`."""
    script = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return HEAVY & set(done.stdout.split())


@pytest.mark.parametrize(
    "module",
    ["gedig_edu", "gedig_edu.cli", "gedig_edu.words", "gedig_edu.theory.gauge",
     "gedig_edu.theory.baselines", "gedig_edu.models", "gedig_edu.course",
     "gedig_edu.course.workspace", "gedig_edu.lab", "gedig_edu.views"],
)  # fmt: skip
def test_importing_loads_nothing_heavy(module):
    assert loaded_by(f"import {module}") == set()


def test_public_names_all_resolve():
    for name in gedig_edu.__all__:
        assert getattr(gedig_edu, name) is not None
        assert name in dir(gedig_edu)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = gedig_edu.nothing


def test_version_is_said_and_nothing_else(run):
    said = run("--version")
    assert (said.exit_code, said.stdout) == (0, f"gedig-edu {metadata.version('gedig-edu')}\n")


def test_help_lists_every_command(run):
    said = run("--help")
    assert said.exit_code == 0
    for command in ("lab", "live", "models", "doctor", "claims", "pretrain", "progress", "site"):
        assert command in said.output


def test_live_prints_every_head_and_each_difference(run):
    said = run("live", "a b c d e f g", "--gauge", "released")
    assert said.exit_code == 0, said.output
    lines = said.stdout.splitlines()
    assert "stub (tokens: 7, gauge: released, λ = 0.5, γ = 0.5, quantile 0.9)" in lines[0]
    assert lines[1].split() == ["layer", "0", "1", "2", "3", "4"]
    assert [line.split()[0] for line in lines[2:5]] == ["2", "1", "0"]
    for name in ("random", "uniform", "local", "diagonal", "row-shuffled"):
        assert any(line.startswith(name) and "%" in line for line in lines)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "shift_jis"])
@pytest.mark.parametrize("words", [("live", "a b c"), ("claims",), ("models",), ("live", "--help")])
def test_whatever_is_printed_can_be_printed_in_any_encoding(run, encoding, words):
    done = CliRunner(charset=encoding).invoke(cli.app, words)
    assert (done.exit_code, done.exception) == (0, None)
    assert len(done.stdout_bytes.decode(encoding)) > 100
    assert "\\u" not in done.stdout_bytes.decode(encoding)


def test_a_name_that_cannot_be_printed_stops_nothing(run, tmp_path):
    name = b"\xff\x1b[31m.csv".decode("utf-8", "surrogateescape")
    path = tmp_path / name
    said = run("live", "a b c d e f g", "--out", path)
    assert (said.exit_code, said.exception) == (0, None)
    assert said.stdout.splitlines()[-1].endswith("\\xff\\x1b[31m.csv")
    assert path.is_file()


def test_live_numbers_are_the_gauge_s(run):
    from gedig_edu.theory.gauge import Gauge

    maps = Stub().attend("a b c d e f g")
    expected = Gauge.paper(quantile=0.8).read(maps.weights, causal=True).F
    said = run("live", "a b c d e f g", "--quantile", "0.8")
    rows = [line.split()[1:] for line in said.stdout.splitlines()[2:5]]
    assert np.allclose(np.array(rows, dtype=float)[::-1], expected, atol=0.0051)


@pytest.mark.parametrize("suffix", ["csv", "parquet", "json", "png"])
def test_live_writes_to_where_a_link_leads(run, tmp_path, suffix):
    (tmp_path / "far").mkdir()
    link, far = tmp_path / f"link.{suffix}", tmp_path / "far" / "table"
    link.symlink_to(far)
    said = run("live", "a b c d e f g", "--out", link)
    assert said.exit_code == 0, said.output
    assert link.is_symlink()
    assert far.stat().st_size > 500


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("reading.txt", "choose one"), ("reading", "choose one"), ("no/such.png", "does not exist")],
)
def test_live_refuses_an_output_before_it_computes(run, tmp_path, monkeypatch, name, sentence):
    monkeypatch.setattr(models, "load", lambda *_, **__: pytest.fail("the model was loaded"))
    said = run("live", "a b", "--out", tmp_path / name)
    assert (said.exit_code, said.stdout) == (1, "")
    assert sentence in said.stderr
    assert len(said.stderr.splitlines()) == 1


@pytest.mark.parametrize("obstacle", ["folder of that name", "folder without leave to write"])
def test_live_refuses_what_cannot_be_written_before_it_computes(
    run, tmp_path, monkeypatch, obstacle
):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(models, "load", lambda *_, **__: pytest.fail("the model was loaded"))
    path = tmp_path / "reading.csv"
    if obstacle == "folder of that name":
        path.mkdir()
    else:
        monkeypatch.setattr(files.tempfile, "TemporaryFile", refuse)
    said = run("live", "a b", "--out", path)
    assert (said.exit_code, said.stdout) == (1, "")
    assert "is a folder; name" in said.stderr or "cannot be written (Permission" in said.stderr
    assert len(said.stderr.splitlines()) == 1


def test_a_refusal_is_one_line_and_no_traceback():
    done = subprocess.run(
        [sys.executable, "-m", "gedig_edu", "live", "a b", "--out", "reading.txt"],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "gedig-edu: 'reading.txt' does not end in .png, .svg, .pdf, .csv, .parquet or .json; "
        "choose one."
    ]


def test_lab_copies_lessons_and_starts_on_the_first(run, tmp_path, monkeypatch):
    from jupyterlab.labapp import LabApp

    fetched, started = [], []
    monkeypatch.setattr(models, "fetch", lambda name, **_: fetched.append(name))
    monkeypatch.setattr(LabApp, "launch_instance", started.extend)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "theirs")
    said = run("lab", "--folder", tmp_path / "mine", "--no-browser", "--port=8899")
    assert said.exit_code == 0, said.output
    assert fetched == [models.default_name()]
    assert started == [
        f"--ServerApp.root_dir={tmp_path / 'mine'}",
        f"--LabApp.default_url=/lab/workspaces/gedig-edu/tree/{workspace.FIRST_LESSON}",
        "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--no-browser",
        "--port=8899",
    ]
    assert (tmp_path / "mine" / workspace.MANIFEST).is_file()
    theirs, ours = os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert theirs == "theirs"
    assert (Path(ours) / "labconfig" / "default_setting_overrides.json").is_file()


def test_lab_names_the_lessons_it_kept(run, tmp_path, monkeypatch):
    from jupyterlab.labapp import LabApp

    monkeypatch.setattr(LabApp, "launch_instance", lambda _: None)
    monkeypatch.setattr(workspace, "jupyter_environment", dict)
    kept = [workspace.Copied("00_start_here.ipynb", "kept")]
    monkeypatch.setattr(workspace, "copy_lessons", lambda _: kept)
    assert "00_start_here.ipynb: kept as you changed it" in run("lab").stdout


def test_models_lists_size_licence_source_and_presence(run):
    said = run("models")
    assert said.exit_code == 0, said.output
    line = next(line for line in said.stdout.splitlines() if line.startswith("distilgpt2"))
    assert "353 MB" in line
    assert "Apache-2.0" in line
    for status in models.status():
        assert status.name in said.stdout


def test_models_remove_of_what_is_not_there_is_refused(run, tmp_path, monkeypatch):
    monkeypatch.setenv("GEDIG_CACHE", str(tmp_path))
    said = run("models", "remove", "gpt2")
    assert said.exit_code == 1
    assert said.stderr.startswith("gedig-edu: The cache holds no copy of 'gpt2'")


def test_doctor_finds_this_machine_good(run, monkeypatch, tmp_path):
    monkeypatch.setenv("GEDIG_CACHE", str(tmp_path / "not" / "yet"))
    said = run("doctor")
    assert said.exit_code == 0, said.output
    assert "WRONG" not in said.stdout
    assert not (tmp_path / "not").exists()


def test_doctor_fails_with_the_remedy(run, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GEDIG_CACHE", str(tmp_path / "file" / "cache"))
    said = run("doctor")
    assert said.exit_code == 1
    assert "GEDIG_CACHE" in said.stdout


def test_claims_lists_every_claim(run):
    from gedig_edu.course import claims

    said = run("claims", "--model", "minilm")
    assert said.exit_code == 0, said.output
    assert "minilm" in said.stdout.splitlines()[0]
    for claim in claims.all_claims():
        assert claim.id in said.stdout


def test_claims_counts_the_statements_of_the_five_texts(run):
    from gedig_edu.course.sources import count_table

    said = run("claims", "--sources")
    assert said.exit_code == 0
    for row in count_table().rows:
        assert all(cell in said.stdout for cell in row)


def test_claims_are_measured_only_when_asked(run, monkeypatch):
    from gedig_edu.course import claims

    asked = []

    def measure(ids, model, **_):
        asked.append((ids, model))
        return claims.recall(ids, model)

    monkeypatch.setattr(claims, "run", measure)
    run("claims")
    assert asked == []
    run("claims", "--run", "--model", "minilm")
    assert asked == [([claim.id for claim in claims.all_claims()], "minilm")]


def test_claims_of_one_lesson_are_run_and_listed_alone(run, monkeypatch):
    from gedig_edu.course import claims

    asked = []

    def measure(ids, model, **_):
        asked.extend(ids)
        return claims.recall(ids, model)

    monkeypatch.setattr(claims, "run", measure)
    said = run("claims", "--run", "--lesson", "03")
    assert said.exit_code == 0, said.output
    assert asked == [claim.id for claim in claims.all_claims(["03"])]
    assert {line[:2] for line in said.stdout.splitlines() if line[2:3] == "."} == {"03"}


def test_pretrain_trains_measures_and_says_where_the_model_is(run, monkeypatch, tmp_path):
    from gedig_edu.course import training_record
    from gedig_edu.lab import pretrain

    asked = []

    def train(corpus, out, *, config):
        asked.append((config.steps, config.held_out))
        return out / "model"

    monkeypatch.setattr(pretrain, "pretrain", train)
    monkeypatch.setattr(training_record, "write_record", lambda out, corpus: asked.append(out))
    arguments = ["--steps", 7, "--held-out", "36", "--held-out", "161"]
    said = run("pretrain", "--corpus", tmp_path, "--out", tmp_path / "run", *arguments)
    assert said.exit_code == 0, said.output
    assert asked == [(7, ("36", "161")), tmp_path / "run"]
    assert "model" in said.stdout


def test_any_refusal_of_the_package_is_caught(run, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise GedigError("The model is not here; fetch it.")

    monkeypatch.setattr(models, "load", refuse)
    said = run("live", "a b")
    assert (said.exit_code, said.stderr) == (1, "gedig-edu: The model is not here; fetch it.\n")
