"""The ledger's rows: one for each claim, with what it is filtered by and which model it names."""

import json

import pytest
from bs4 import BeautifulSoup

from gedig_edu.course import claims
from gedig_edu.course.claims import all_claims, find, recall, run
from gedig_edu.errors import GedigError


def rows(ledger):
    found = [(row, BeautifulSoup(row["html"], "html.parser")) for row in ledger.rows]
    return {page.select_one(".gb-id").get_text(): (row, page) for row, page in found}


@pytest.mark.parametrize("model", ["gpt2-mini", "minilm", "smollm2"])
def test_every_claim_has_a_row_with_its_verdict_its_line_and_its_words(model):
    found = rows(claims.ledger(model))
    assert list(found) == [claim.id for claim in all_claims()]
    for evidence in recall(found, model):
        row, page = found[evidence.claim.id]
        assert row["verdict"] == evidence.verdict.value
        assert evidence.claim.statement.replace("`", "") in page.get_text()
        assert (page.select_one(".gn-small") is None) == (evidence.badge().line is None)


def test_every_facet_of_a_row_is_a_choice_of_its_filter():
    ledger = claims.ledger("gpt2-mini")
    for one in ledger.filters:
        ids = {choice["id"] for choice in one["choices"]}
        assert ids == {row[one["name"]] for row in ledger.rows}
        assert len({choice["text"] for choice in one["choices"]}) == len(ids)


def test_a_model_that_was_never_measured_shows_the_course_s_numbers_under_their_model():
    found = rows(claims.ledger("gpt2"))
    row, page = found["01.norms"]
    (recorded,) = recall(["01.norms"], "gpt2-mini")
    assert row["verdict"] == recorded.verdict.value
    assert f"on gpt2-mini, recorded {recorded.when[:10]}" in page.get_text()


def test_what_was_measured_here_comes_first_and_the_site_shows_none_of_it():
    run(["03.dipole"], "gpt2-mini")
    (here,) = recall(["03.dipole"], "gpt2-mini")
    assert here.command == ""
    said = "Measured on arrays"
    shown, brought = (rows(claims.ledger("gpt2-mini", here=here)) for here in (True, False))
    assert f"{said} of numbers, seeded; no model." in shown["03.dipole"][1].get_text()
    assert "by gedig-edu claims" in brought["03.dipole"][1].get_text()


def test_a_claim_leads_to_the_page_of_its_lesson_where_there_is_one():
    found = rows(claims.ledger("gpt2-mini", pages={"03": "03.html"}))
    assert found["03.dipole"][1].a["href"] == "03.html"
    assert found["04.temperatures"][1].a is None


def test_a_lesson_that_has_no_claims_is_refused():
    assert claims.ledger("gpt2-mini", lesson="03").chosen == {"lesson": "03"}
    with pytest.raises(GedigError, match="lesson='99' is not known"):
        claims.ledger("gpt2-mini", lesson="99")


def test_where_no_widget_is_drawn_its_words_stand_there():
    shown = claims.ledger("gpt2-mini")
    assert repr(shown) == repr(claims.table("gpt2-mini"))
    assert find("03.boltzmann").statement in shown.said_in_html()


def test_the_ledger_of_all_claims_stays_small():
    assert len(json.dumps(claims.ledger("gpt2-mini").rows)) < 2_800 * len(claims.all_claims())
