import json
import re

import pytest

from gedig_edu.course import catalogue, claims, findings
from gedig_edu.course.claims import all_claims, recall, run, show
from gedig_edu.course.evidence import Reading, Verdict
from gedig_edu.errors import GedigError


def found_once(_):
    return [Reading("paper", 0.3, 0.2, 0.4)]


def test_a_slow_claim_shows_what_a_command_measured_and_says_which(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "measure_of", lambda _: found_once)
    monkeypatch.setattr(findings, "SHIPPED", tmp_path)
    table = claims.save(run(["06.untrained"], "minilm"), tmp_path / "minilm.json")
    findings.measured_here()
    monkeypatch.setattr(findings, "measured_here", dict)
    findings.shipped.cache_clear()
    text = repr(show("06.untrained", "minilm"))
    findings.shipped.cache_clear()
    assert "0.3 [0.2, 0.4]" in text
    assert "`gedig-edu claims --run --lesson 06 --model minilm`" in text
    assert claims.now()[:10] in text
    assert table.name == "minilm.json"


def test_a_slow_claim_that_nobody_measured_says_how_to(nothing_shipped):
    (evidence,) = claims.look(["06.untrained"], "gpt2")
    assert evidence.verdict == Verdict.NOT_YET
    assert 'claims.run(["06.untrained"], "gpt2")' in repr(evidence.badge())


def test_the_button_of_a_slow_claim_measures_it_and_the_badge_follows(monkeypatch, nothing_shipped):
    monkeypatch.setattr(catalogue, "measure_of", lambda _: found_once)
    badge = show("06.untrained", "minilm")
    assert "not yet tested" in repr(badge)
    badge.press()
    assert "does not hold" in repr(badge)
    assert "0.3 [0.2, 0.4]" in badge.said_in_html()
    assert "does not hold" in repr(show("06.untrained", "minilm"))


def test_a_slow_claim_measured_here_comes_before_what_the_course_brings(monkeypatch):
    shipped = {"readings": [], "on": "", "note": "", "seconds": 1.0, "when": "", "command": "x"}
    monkeypatch.setattr(findings, "shipped", lambda model: {"06.untrained": shipped})
    monkeypatch.setattr(catalogue, "measure_of", lambda _: lambda _: [Reading.exact("paper", 0.25)])
    run(["06.untrained"], "minilm")
    (evidence,) = recall(["06.untrained"], "minilm")
    assert evidence.measured == 0.25
    assert evidence.command == ""


def test_a_table_of_claims_is_added_to_and_nothing_else_is_overwritten(tmp_path):
    path = tmp_path / "m.json"
    claims.save(run(["03.dipole"], "minilm"), path)
    claims.save(run(["03.temperature"], "minilm"), path)
    assert set(json.loads(path.read_text(encoding="utf-8"))) == {"03.dipole", "03.temperature"}
    other = tmp_path / "mine.json"
    other.write_text("[1, 2]", encoding="utf-8")
    with pytest.raises(GedigError, match="is no table of claims; name another file"):
        claims.save(run(["03.dipole"], "minilm"), other)
    assert other.read_text(encoding="utf-8") == "[1, 2]"
    with pytest.raises(GedigError, match="Nothing was measured"):
        claims.save(run(["11.dictionary"]), tmp_path / "none.json")


def test_a_press_that_measures_nothing_hides_nothing(monkeypatch):
    reading = {"name": "paper", "value": -0.3, "low": -0.4, "high": -0.2}
    shipped = {
        "readings": [reading],
        "on": "",
        "note": "",
        "seconds": 1.0,
        "when": "",
        "command": "x",
    }
    monkeypatch.setattr(findings, "shipped", lambda model: {"06.untrained": shipped})
    badge = show("06.untrained", "gpt2")
    assert "holds" in repr(badge)
    badge.press()
    assert "gpt2" in repr(badge)
    assert recall(["06.untrained"], "gpt2")[0].measured == -0.3


@pytest.mark.parametrize(
    "change",
    [
        {"name": "a_number_of_yesterday"},
        {"low": 2.0, "high": 1.0},
        {"value": 0.9, "low": 2.0, "high": 3.0},
        {"value": 0.9, "low": 0.2, "high": 0.3},
    ],
    ids=["name", "order", "below", "above"],
)
def test_a_stored_number_that_the_claim_no_longer_measures_is_not_shown(change, nothing_shipped):
    run(["03.dipole"], "minilm")
    key = "03.dipole@minilm"
    entry = findings.measured_here()[key]
    entry["readings"][0] |= change
    findings.keep({key: entry})
    assert recall(["03.dipole"], "minilm")[0].verdict == Verdict.NOT_YET


@pytest.mark.parametrize("path", sorted(findings.SHIPPED.glob("*.json")), ids=lambda p: p.stem)
def test_a_shipped_table_has_every_number_that_its_claims_word(path):
    entries = json.loads(path.read_text(encoding="utf-8"))
    measured = [claim for claim in all_claims() if claim.is_measured]
    assert set(entries) == {claim.id for claim in measured}
    for claim in measured:
        entry = entries[claim.id]
        assert all(claim.words(reading["name"]) for reading in entry["readings"]), claim.id
        assert entry["command"].endswith(f"--lesson {claim.id[:2]} --model {path.stem}")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT.*", entry["when"])


def test_the_course_brings_what_three_models_showed():
    assert {path.stem for path in findings.SHIPPED.glob("*.json")} == {
        "gpt2-mini", "minilm", "smollm2"}  # fmt: skip


@pytest.mark.parametrize("model", ["gpt2-mini", "minilm", "smollm2"])
def test_what_a_number_was_measured_on_is_what_the_badge_says(model):
    stored = findings.shipped(model)
    said = {one.claim.id: one.on for one in recall(stored, model)}
    assert said == {name: entry["on"] for name, entry in stored.items()}
