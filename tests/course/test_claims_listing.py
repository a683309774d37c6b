"""Listing the claims: nothing that measures them is imported, and each can be read anywhere."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from gedig_edu import cli
from gedig_edu.course import catalogue, claims, findings
from gedig_edu.course.evidence import Reading

MEASURES = (
    "IPython", "anywidget", "filelock", "gedig_edu.course.lessons.l03.measures", "gedig_edu.lab",
    "ipywidgets", "jaxtyping", "matplotlib", "numba", "numpy", "pandas", "scipy", "torch",
    "transformers",
)  # fmt: skip
LISTED = """
import sys
from gedig_edu.cli import app
try:
    app({words!r})
except SystemExit as end:
    assert not end.code, end.code
print(*sorted(set({measures!r}) & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize("words", [["claims"], ["claims", "--model", "minilm", "--lesson", "03"]])
def test_listing_claims_imports_nothing_that_measures(words):
    findings.keep({"03.dipole@minilm": {"version": "99"}})  # a record of one's own is read too
    script = LISTED.format(words=words, measures=MEASURES)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "03.dipole" in done.stdout
    assert done.stderr.split() == []


@pytest.fixture
def run(monkeypatch):
    def call(*words, width=80):
        monkeypatch.setenv("COLUMNS", str(width))
        return CliRunner().invoke(cli.app, ["claims", *words])

    return call


def test_json_holds_every_claim_with_its_rule_its_number_and_its_verdict(run):
    found = json.loads(run("--json", "--model", "gpt2-mini").stdout)
    assert [one["id"] for one in found] == [claim.id for claim in claims.all_claims()]
    for one, evidence in zip(found, claims.recall(one["id"] for one in found), strict=True):
        assert list(one) == [
            "id", "lesson", "source", "kind", "statement", "rule", "value", "low", "high", "unit",
            "verdict", "model",
        ]  # fmt: skip
        assert one["lesson"] == one["id"][:2]
        assert (one["rule"] is None) == (one["verdict"] is None) == (one["kind"] == "metaphor")
        assert (one["value"] is None) == (one["unit"] is None) == (not evidence.readings)
        assert one["value"] is None or one["low"] <= one["value"] <= one["high"]
    units = {one["id"]: one["unit"] for one in found}
    assert (units["03.near_peak"], units["04.too_warm"], units["06.paths"]) == (
        "octave", "nat/token", "1"
    )  # fmt: skip


def test_json_is_the_same_in_any_encoding_and_has_no_nan(run, monkeypatch):
    nan = [Reading.exact("error", float("nan"))]
    monkeypatch.setattr(catalogue, "measure_of", lambda _: lambda _: nan)
    said = run("03.dipole", "--run", "--json", "--model", "minilm")
    assert said.stdout.isascii()
    (one,) = json.loads(said.stdout, parse_constant=pytest.fail)
    assert (one["value"], one["verdict"]) == (None, "untestable here")
    assert "03.dipole" in said.stderr


def test_one_claim_is_shown_whole(run):
    (evidence,) = claims.recall(["06.paths"], "gpt2-mini")
    said = " ".join(run("06.paths", "--model", "gpt2-mini").stdout.split())
    for text in (evidence.claim.statement, evidence.expected, *evidence.numbers(), evidence.on,
                 "Our own question.", "does not hold"):  # fmt: skip
        assert text in said


def test_a_claim_that_is_asked_for_alone_shows_its_rule(run):
    assert "holds if every number below lies above 0.5" in run("12.peak_before", width=900).stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(["06.h1"], "There is no claim '06.h1'; did you mean 07.h1?"),
     (["dipole"], "There is no claim 'dipole'; did you mean 03.dipole?"),
     (["03.dipol"], "did you mean 03.dipole"),
     (["01.zzz"], "lesson '01' has 01.norms, 01.basis"),
     (["99.zzz"], "there is no lesson '99'"),
     (["x" * 99_999], "there is no lesson 'xxx"),
     (["03.dipole", "--lesson", "03"], "give one of the two"),
     (["--lesson", "13"], "lesson='13' is not known"),
     (["--sources", "--json"], "--sources counts"),
     (["--sources", "--run"], "--sources counts"),
     (["--table", "x.json"], "add --run")],
)  # fmt: skip
def test_what_cannot_be_shown_is_refused_in_one_sentence(run, words, sentence):
    said = run(*words)
    assert said.exit_code == 1
    assert sentence in said.stderr
    assert len(said.stderr) < 400
    assert said.stderr.count("\n") == 1


@pytest.mark.parametrize("number", ["3", "03"])
def test_a_lesson_needs_no_zero(run, number):
    found = json.loads(run("--lesson", number, "--json").stdout)
    assert [one["id"] for one in found] == [claim.id for claim in claims.all_claims(["03"])]
    assert run(f"{number}.dipole").exit_code == 0


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_verdict_by_a_rule_that_was_set_after_a_look_is_marked(run, width):
    found = claims.recall(claim.id for claim in claims.all_claims())
    late = {one.claim.id for one in found if one.claim.after_look and one.readings}
    *lines, note = run(width=width).stdout.splitlines()
    assert note == "* rule set after a look"
    ids = [line.split()[0] for line in lines if line.endswith(" *")]
    assert late
    assert set(ids) == late or width < 200  # where a row may take more lines than one
    assert len(ids) == len(late)
    assert "*" not in run("--lesson", "1", width=width).stdout


@pytest.mark.parametrize("width", [40, 80, 200])
def test_every_statement_and_number_can_be_read_at_any_width(run, width):
    _, *lines = run(width=width).stdout.splitlines()  # a caption is left to the terminal to fold
    assert max(map(len, lines)) <= width
    assert len(lines) < {40: 7.5, 80: 3.5, 200: 2.2}[width] * len(claims.all_claims())
    said = " ".join(" ".join(lines).split())
    for evidence in claims.recall(claim.id for claim in claims.all_claims()):
        assert all(reading.written in said for reading in evidence.readings[:1])
        if width < 200:  # in columns, lines of the other columns stand between
            assert evidence.claim.statement in said


def test_a_pipe_is_as_wide_as_a_terminal_that_does_not_say(run, monkeypatch):
    there = run(width=80).stdout
    monkeypatch.delenv("COLUMNS")
    assert CliRunner().invoke(cli.app, ["claims"]).stdout == there


@pytest.mark.parametrize("place", ["folder", "nowhere/x.json", "notes.txt", "circle"])
def test_a_table_that_cannot_be_written_is_refused_before_anything_is_measured(
    run, tmp_path, monkeypatch, place
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "circle").symlink_to("circle")
    monkeypatch.setattr(claims, "run", lambda *_, **__: pytest.fail("measured"))
    said = run("--run", "03.dipole", "--table", place)
    assert said.exit_code == 1
    assert said.stderr.count("\n") == 1
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_claim_that_nobody_measured_on_a_model_says_how_to(run):
    said = " ".join(run("03.dipole", "--model", "minilm-of-mine").stdout.split())
    assert "not yet tested" in said
    assert "gedig-edu claims 03.dipole --run --model minilm-of-mine" in said


def test_a_model_on_which_nothing_was_found_is_said_to_be_one(run):
    said = run("--model", "gpt2-mni").stdout.splitlines()
    assert said[0] == "Claims; nothing was measured on gpt2-mni yet"
