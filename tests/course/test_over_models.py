"""One claim over several models."""

import pytest

from gedig_edu.course import claims, findings
from gedig_edu.course.evidence import Verdict, over
from gedig_edu.course.over_models import over_models
from gedig_edu.errors import GedigError

HOLDS, NOT, OPEN = Verdict.HOLDS, Verdict.DOES_NOT_HOLD, Verdict.UNDECIDED
BOTH, HOLDS_IF = Verdict.CONTRADICTORY, Verdict.HOLDS_IF


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([HOLDS, HOLDS, HOLDS], HOLDS),
        ([NOT, NOT], NOT),
        ([OPEN, OPEN, OPEN], OPEN),
        ([HOLDS, HOLDS, NOT], BOTH),
        ([HOLDS, BOTH, HOLDS], BOTH),
        ([HOLDS, OPEN, NOT], BOTH),
        ([OPEN, BOTH], BOTH),
        ([HOLDS, HOLDS, OPEN], OPEN),
        ([NOT, NOT, OPEN], OPEN),
        ([HOLDS, HOLDS_IF], HOLDS_IF),
        ([HOLDS_IF, NOT], BOTH),
        ([HOLDS, Verdict.UNTESTABLE, Verdict.NOT_YET], HOLDS),
        ([Verdict.UNTESTABLE], Verdict.UNTESTABLE),
        ([], Verdict.UNTESTABLE),
    ],
)
def test_models_that_disagree_are_not_outvoted(verdicts, expected):
    assert over(verdicts) == over(reversed(verdicts)) == expected


@pytest.mark.parametrize(
    ("verdicts", "last"),
    [
        ([HOLDS, BOTH, HOLDS], "contradictory: holds on 2 of 3"),
        ([HOLDS, HOLDS, HOLDS], "holds, on all 3"),
        ([HOLDS, Verdict.UNTESTABLE, OPEN], "undecided: holds on 1 of 2"),
        ([Verdict.UNTESTABLE] * 3, "untestable here"),
    ],
)
def test_the_table_says_on_how_many_models_a_claim_holds(monkeypatch, verdicts, last):
    claim = claims.find("07.threshold_sign")
    found = dict(zip("abc", verdicts, strict=True))

    def recall(_, model):
        return (claims.Evidence(claim, model, "", (), found[model]),)

    monkeypatch.setattr(claims, "recall", recall)
    assert over_models(claim.id, tuple("abc")).rows[-1][1:] == (*map(str, verdicts), last)


def test_the_table_holds_each_models_numbers_and_their_mean():
    table = over_models("07.threshold_sign")
    numbers, verdicts = table.rows
    assert table.headings[1:-1] == findings.models()
    for name, written, verdict in zip(findings.models(), numbers[1:], verdicts[1:], strict=False):
        (one,) = claims.recall(["07.threshold_sign"], name)
        assert written == one.readings[0].written
        assert verdict == str(one.verdict)


def test_the_mean_over_models_has_a_t_interval_by_hand(monkeypatch):
    exact = [claims.Reading.exact("along", value) for value in (-1.0, -2.0, -3.0)]
    claim = claims.find("07.threshold_sign")

    def recall(_, model):
        at = ("a", "b", "c").index(model)
        return (claims.Evidence(claim, model, "", (exact[at],), HOLDS),)

    monkeypatch.setattr(claims, "recall", recall)
    # Spread 1 over three: t at 2.5 % with 2 degrees of freedom is 4.303, over √3.
    assert over_models(claim.id, ("a", "b", "c")).rows[0][-1] == "−2 [−4.48, 0.484]"


def test_a_claim_that_is_none_is_refused():
    with pytest.raises(GedigError, match="There is no claim"):
        over_models("07.nothing")
