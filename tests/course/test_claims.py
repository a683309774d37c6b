import re
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec

import pytest

from gedig_edu.course import catalogue, claims, context, findings, predict
from gedig_edu.course.claims import all_claims, find, run, show, table
from gedig_edu.course.evidence import Above, Reading, Untestable, Verdict
from gedig_edu.course.lessons.l10 import writing
from gedig_edu.errors import GedigError
from gedig_edu.models import load, sources
from gedig_edu.words import word
from tests.helpers import require
from tests.models import tiny

ALL = all_claims()
THEOREMS = [claim for claim in ALL if claim.kind == "theorem" and claim.is_measured]
ON_A_MODEL = [
    claim
    for claim in ALL
    if claim.on in ("vectors", "heads", "writing", "flow", "prose", "both", "twins", "lengths")
]
SHORT = ("a boat came down", "the gate was open", "rain on the mill", "seven carried stone",
         "nobody could remember", "the river ran past")  # fmt: skip


@pytest.fixture(scope="module", params=["gpt2", "llama", "bert"])
def random_model(request, tmp_path_factory):
    return load(tiny.save(request.param, tmp_path_factory.mktemp("tiny") / request.param))


@pytest.fixture
def short_texts(monkeypatch):
    monkeypatch.setattr(context, "PROSE", SHORT)
    monkeypatch.setattr(context, "HEADINGS", SHORT[:3])
    monkeypatch.setattr(context, "PASSAGES", SHORT[:4])
    monkeypatch.setattr(context, "TWINS", 2)


def test_ids_are_unique_and_name_their_lesson():
    ids = [claim.id for claim in ALL]
    assert len(ids) == len(set(ids)) >= 60
    assert all(re.fullmatch(r"(0[0-9]|1[0-2])\.[a-z0-9_]+", name) for name in ids)


@pytest.mark.parametrize("claim", ALL, ids=lambda claim: claim.id)
def test_a_claim_says_what_where_from_and_how_it_is_decided(claim):
    assert claim.statement.endswith(".")
    assert word(f"claims.source.{claim.source}")
    assert word(f"claims.kind.{claim.kind}")
    assert (claim.rule is None) == (claim.kind == "metaphor")
    assert claim.rule is None or claim.rule.text
    if isinstance(claim.rule, Untestable):
        assert claim.words("reason").endswith(".")


@pytest.mark.parametrize("lesson", catalogue.NUMBERS)
def test_every_claim_that_is_measured_has_its_measure_and_there_is_no_other(lesson):
    topics = [claim.topic for claim in catalogue.claims_of(lesson) if claim.is_measured]
    measures = f"gedig_edu.course.lessons.l{lesson}.measures"
    made = import_module(measures).MEASURES if find_spec(measures) else {}
    assert list(made) == topics


@pytest.mark.parametrize("claim", THEOREMS, ids=lambda claim: claim.id)
def test_a_theorem_holds(claim):
    (evidence,) = run([claim.id], model="none of these needs a model")
    assert evidence.note == ""
    assert evidence.verdict == Verdict.HOLDS, evidence.numbers()


def test_a_theorem_whose_numbers_are_off_does_not_hold(monkeypatch):
    broken = [Reading.exact("error", 1e-3)]
    monkeypatch.setattr(catalogue, "measure_of", lambda _: lambda _: broken)
    (evidence,) = run(["02.relative"])
    assert evidence.verdict == Verdict.DOES_NOT_HOLD
    assert evidence.badge().tone == "wrong"


def test_every_measured_claim_gives_worded_numbers_on_every_kind_of_model(
    random_model, short_texts
):
    found = run([claim.id for claim in ON_A_MODEL], random_model)
    for evidence in found:
        assert evidence.readings, evidence.note
        assert len(evidence.numbers()) == len(evidence.readings)
        assert random_model.name in evidence.on
        assert evidence.verdict in (Verdict.HOLDS, Verdict.HOLDS_IF, Verdict.UNDECIDED,
                                    Verdict.CONTRADICTORY, Verdict.DOES_NOT_HOLD)  # fmt: skip


def test_what_a_head_is_worth_is_asked_of_decoders_and_refused_by_encoders(
    random_model, short_texts
):
    (evidence,) = run(["07.quality"], random_model)
    if random_model.causal:
        assert [reading.name for reading in evidence.readings[:2]] == ["zero", "mean"]
    else:
        assert evidence.verdict == Verdict.UNTESTABLE
        assert "decoder" in evidence.note


def test_a_run_gives_the_same_numbers_again(random_model, short_texts):
    ids = ["01.rankings", "06.sampled_pairs", "07.h1", "07.h1_structure", "07.effect_size"]
    first, second = run(ids, random_model), run(ids, random_model)
    assert [evidence.readings for evidence in first] == [evidence.readings for evidence in second]


def test_a_heading_of_one_token_takes_no_number_away(random_model, short_texts, monkeypatch):
    monkeypatch.setattr(context, "HEADINGS", ("The", *SHORT[:2]))
    (evidence,) = run(["06.sinks"], random_model)
    assert {reading.name for reading in evidence.readings} >= {"left", "headings"}


def test_the_twin_is_untrained_and_of_the_same_shape(random_model, short_texts):
    place = context.Context(random_model)
    twin = place.twin
    assert (twin.layers, twin.heads, twin.causal) == (
        random_model.layers,
        random_model.heads,
        random_model.causal,
    )
    assert twin.name != random_model.name
    assert (place.twin.attend(SHORT[0]).weights != place.maps[0].weights).any()


def test_a_model_that_is_not_here_is_said_and_nothing_is_decided():
    (evidence,) = run(["01.norms"], model="gpt2")
    require(not evidence.readings, "a machine without gpt2")
    assert evidence.verdict == Verdict.NOT_YET
    assert "gpt2" in evidence.note
    assert evidence.note in repr(evidence.badge())


def test_what_is_not_measured_is_a_metaphor_or_cannot_be_tested_and_nothing_waits():
    found = run([claim.id for claim in ALL if not claim.is_measured])
    verdicts = {evidence.claim.id: evidence.verdict for evidence in found}
    assert verdicts["03.chemical"] == Verdict.UNTESTABLE
    assert set(verdicts.values()) == {Verdict.UNTESTABLE, Verdict.NONE}


def test_a_metaphor_has_no_verdict_and_no_rule():
    metaphors = [claim for claim in ALL if claim.kind == "metaphor"]
    found = run([claim.id for claim in metaphors])
    assert len(found) >= 4
    assert {evidence.verdict for evidence in found} == {Verdict.NONE}
    assert all(evidence.badge().heading.endswith("· metaphor · –") for evidence in found)


def test_what_cannot_be_tested_says_why():
    assert find("03.chemical").words("reason") in repr(show("03.chemical"))


def test_a_badge_shows_statement_rule_number_and_the_stored_prediction():
    predict("05.shortcut", "every one")
    card = show("05.shortcut")
    text = repr(card)
    assert "holds if" in card.heading
    assert find("05.shortcut").statement in text
    assert find("05.shortcut").rule.text in text
    assert "chain of 20: 1" in text
    assert "every one" in text


def test_a_badge_says_where_its_number_was_set_after_a_first_look(random_model, short_texts):
    assert "first look" in repr(show("03.near_peak", random_model))
    assert "first look" not in repr(show("03.rows", random_model))


def test_a_measured_badge_freezes_the_prediction():
    predict("05.shortcut", 0.5)
    show("05.shortcut")
    assert "stays" in repr(predict("05.shortcut", 0.25))


def test_the_table_shows_what_was_last_found_on_this_model_alone(nothing_shipped):
    before = {row[0]: row[-1] for row in table("minilm").rows}
    assert before["03.dipole"] == "not yet tested"
    assert before["04.constellations"] == "–"
    run(["03.dipole"], model="minilm")
    assert {row[0]: row[-1] for row in table("minilm").rows}["03.dipole"] == "holds"
    assert {row[0]: row[-1] for row in table("smollm2").rows}["03.dipole"] == "not yet tested"


def test_a_stored_number_is_judged_by_the_rule_of_today(monkeypatch):
    run(["03.dipole"], model="minilm")
    stricter = replace(find("03.dipole"), rule=Above(1.0))
    monkeypatch.setattr(claims, "all_claims", lambda _: (stricter,))
    assert table("minilm").rows[0][-1] == "does not hold"


def test_evidence_of_another_version_is_not_shown(monkeypatch, nothing_shipped):
    run(["03.dipole"], model="minilm")
    monkeypatch.setattr(claims, "__version__", "99.0")
    assert {row[0]: row[-1] for row in table("minilm").rows}["03.dipole"] == "not yet tested"


def test_each_finding_is_reported_as_it_comes():
    seen = []
    run(["03.dipole", "03.temperature"], report=seen.append)
    assert [evidence.claim.id for evidence in seen] == ["03.dipole", "03.temperature"]


def test_numbers_carry_their_interval():
    claim = find("01.norms")
    found = claims.Evidence(claim, "m", "", (Reading("q", 5.0, 4.0, 6.0),), Verdict.HOLDS)
    assert found.numbers() == ("not judged: mean L2 norm of the queries, as stored: 5 [4, 6]",)
    assert found.measured == 5.0
    assert found.interval == (4.0, 6.0)
    assert replace(found, readings=()).interval is None


@pytest.mark.parametrize("call", [show, find, lambda name: run([name])])
@pytest.mark.parametrize("name", ["01.nothing", "99.norms", "", "norms", None, ["01.norms"]])
def test_an_unknown_claim_is_refused_in_one_sentence(call, name):
    with pytest.raises(GedigError, match="There is no claim"):
        call(name)


def test_a_lesson_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(GedigError, match="lesson='13' is not known; choose one of '00', '01'"):
        table(lessons=["13"])


def test_the_ledger_runs_on_the_bundled_model(monkeypatch):
    monkeypatch.setattr(context, "TWINS", 2)
    monkeypatch.setattr(context, "FEW_TEXTS", 5)
    monkeypatch.setattr(writing, "PROMPTS", 3)
    monkeypatch.setattr(writing, "RUNS", 12)
    require(sources.find("gpt2-mini") is not None, "the bundled model")
    found = run(model="gpt2-mini")
    assert [evidence.claim.id for evidence in found] == [claim.id for claim in ALL]
    assert {evidence.claim.on for evidence in found if evidence.note} == {"rotary"}
    theorems = [e for e in found if e.claim.kind == "theorem" and e.claim.is_measured]
    assert {evidence.verdict for evidence in theorems} == {Verdict.HOLDS}


@pytest.mark.filterwarnings("ignore:.*set aside")
@pytest.mark.parametrize(
    "damage",
    [{"readings": 3}, {"readings": [3]}, {"readings": [{"name": "x"}]}, {"on": 5}, {"note": []},
     {"when": 3}, {"seconds": "x"},
     {"readings": [{"name": "x", "value": "much", "low": 0.0, "high": 1.0}]},
     {"readings": [{"name": "x", "value": 0.5, "low": None, "high": 1.0}]},
     {"readings": [{"name": "x", "value": 0.5, "low": 0.0, "high": 1.0, "colour": "red"}]}],
    ids=str,
)  # fmt: skip
def test_one_damaged_piece_of_evidence_loses_no_other(damage, nothing_shipped):
    run(["03.dipole", "02.zero_mode"], "minilm")
    names = "03.dipole@minilm", "02.zero_mode@minilm"
    findings._store().change(lambda record: record["evidence"][names[0]].update(damage))
    assert {row[0]: row[-1] for row in table("minilm").rows}["03.dipole"] == "not yet tested"
    assert list(findings._store().read()["evidence"]) == [names[1]]


def test_evidence_of_another_version_is_kept_as_it_is(nothing_shipped):
    other = {"version": "99", "readings": {"a": "new shape"}}
    findings._store().change(lambda record: record["evidence"].update({"03.dipole@minilm": other}))
    assert {row[0]: row[-1] for row in table("minilm").rows}["03.dipole"] == "not yet tested"
    assert findings._store().read()["evidence"]["03.dipole@minilm"] == other
