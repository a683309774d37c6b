"""What became of every claim is counted as the ledger has it, and arguments rest on verdicts."""

import pytest
from bs4 import BeautifulSoup

from gedig_edu.course import claims, closing, findings
from gedig_edu.course.evidence import HOLDING, Above, AtMost, HoldsIf, Untestable, Verdict
from gedig_edu.course.site.pages import closing_page
from gedig_edu.errors import GedigError


@pytest.fixture(scope="module")
def standings():
    return {one.claim.id: one for one in closing.standings(here=False)}


def test_every_claim_stands_there_once_with_the_verdict_over_the_models(standings):
    assert list(standings) == [claim.id for claim in claims.all_claims()]
    assert standings["07.h1"].verdict is Verdict.CONTRADICTORY
    assert standings["07.work"].verdict is Verdict.NONE
    assert list(standings["07.h1"].found) == list(findings.models())


@pytest.mark.parametrize("by", ["source", "kind"])
def test_a_picture_holds_every_claim_once(standings, by):
    drawn = closing.tally(by, here=False)
    squares = [says for group in drawn.groups.values() for _, says in group]
    assert sorted(squares) == sorted(one.says for one in standings.values())


def test_arguments_for_rest_on_what_holds_and_arguments_against_on_what_does_not():
    for side in closing.SIDES:
        found = {
            one.claim.id: one.verdict in HOLDING
            for argument in closing.arguments(side, here=False)
            for one in argument.rests_on
        }
        assert found == dict.fromkeys(found, side == "for")


def test_another_rule_changes_a_verdict_or_does_not():
    stricter = closing.argued("07.head_diversity", Above(0.99))
    assert "does not hold by yours" in stricter.heading
    same = closing.argued("07.head_diversity", Above(0.4))
    assert same.heading == "07.head_diversity: holds by our rule, holds by yours"
    assert (stricter.tone, same.tone) == ("right", "note")
    assert all(any(name in line for line in same.paragraphs) for name in findings.models())


@pytest.mark.parametrize("limit", [float("nan"), float("inf"), "x", None])
def test_a_limit_that_is_no_number_is_refused(limit):
    with pytest.raises(GedigError, match="finite limit"):
        closing.argued("07.h1", Above(limit))


@pytest.mark.parametrize("rule", [0.1, None, Above, Untestable(), "Above(0.1)", HoldsIf(Above(0))])
def test_what_is_no_rule_is_refused(rule):
    with pytest.raises(GedigError, match=r"A rule is one of gedig_edu.course.evidence"):
        closing.argued("07.h1", rule)


def test_a_claim_without_numbers_cannot_be_argued():
    with pytest.raises(GedigError, match=r"Nothing was measured for '07.work'"):
        closing.argued("07.work", AtMost(1.0))


def test_a_side_or_a_grouping_that_there_is_not_is_refused():
    with pytest.raises(GedigError, match=r"side='neither'"):
        closing.arguments("neither")
    with pytest.raises(GedigError, match=r"by='lesson'"):
        closing.tally("lesson")


def test_the_page_counts_what_the_pictures_show(standings):
    page = BeautifulSoup(closing_page([]), "html.parser")
    lead = page.select_one(".lead").get_text()
    holds = sum(one.verdict in HOLDING for one in standings.values())
    assert f"{len(standings)} claims" in lead
    assert f"{holds} hold," in lead
    assert len(page.select(".gedig-tally .gt-row .gt-mark")) == 2 * len(standings)
    assert len(page.select("ul.rests")) == 6
    theirs = [one for one in standings.values() if one.claim.kind == "measured"]
    theirs = [one for one in theirs if one.claim.source != "ours"]
    holds = sum(one.verdict in HOLDING for one in theirs)
    assert (
        f"Of the {len(theirs)} measured claims that a text makes, {holds} hold" in page.get_text()
    )
