"""Badges as they are drawn: every claim on every model that the course brings numbers of."""

import math
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from gedig_edu.course.badges import WITHOUT_MODEL
from gedig_edu.course.claims import Evidence, all_claims, find, recall
from gedig_edu.course.evidence import Above, Apart, AtMost, HoldsIf, OneSign, Reading, Verdict
from gedig_edu.course.findings import SHIPPED
from gedig_edu.views.colours import OKABE_ITO
from gedig_edu.views.widgets.bundle import styles

MODELS = sorted(path.stem for path in SHIPPED.glob("*.json"))
ON_A_MODEL = [claim.id for claim in all_claims() if claim.on not in WITHOUT_MODEL]
FOUND = [
    *recall([claim.id for claim in all_claims()], MODELS[0]),
    *(one for name in MODELS[1:] for one in recall(ON_A_MODEL, name)),
]
DRAWN = [one for one in FOUND if one.readings and one.claim.rule is not None]


def named(one):
    return f"{one.claim.id}-{one.model}"


def found(readings, rule, claim="06.sampled_pairs"):
    """Return evidence of another rule and other readings under the words of a claim."""
    names = [reading.name for reading in recall([claim])[0].readings]
    named = [replace(one, name=names[0]) for one in readings]
    other = replace(find(claim), rule=rule, beside=())
    return Evidence(other, "m", "", tuple(named), rule(named))


def page(evidence, *, small=False):
    line = evidence.badge().line
    return BeautifulSoup(line.small() if small else line.html(), "html.parser")


def place(node, *names):
    return tuple(float(node[name].removesuffix("%")) for name in names)


def rows(drawn):
    """Return for each number its kind and what of its bar and dot lies where, in per cent."""
    read = []
    for row in drawn.select(".gn-row"):
        dot, bar = row.select_one(".gn-dot"), row.select_one(".gn-bar")
        if dot is not None:
            (at,) = place(dot, "cx")
            low, high = place(bar, "x1", "x2") if bar else (at, at)
            read.append((row["class"][1].removeprefix("gn-"), low, at, high))
    return read


def drawn_verdict(drawn, rule):
    """Read the verdict off the picture alone, but for whether a limit itself belongs to a side."""
    limits = [place(one, "x1")[0] for one in drawn.select(".gn-row")[0].select(".gn-limit")]
    shades = [place(one, "x", "width") for one in drawn.select(".gn-row")[0].select(".gn-holds")]
    strict = isinstance(rule.rule if isinstance(rule, HoldsIf) else rule, Above)
    near = 0.01  # places are written with four digits

    def side(low, high):
        if not shades:  # by the side of the one limit
            return -1 if high < limits[0] else 1 if low > limits[0] else None
        inside = [x - near <= low and high <= x + width + near for x, width in shades]
        begins = [limit for limit in limits if strict and abs(low - limit) < near]
        on_it = any(abs(high - limit) < near for limit in begins)
        if begins and not on_it:
            return None  # its lower end is the limit itself, the rest lies above
        apart = [high <= x + near or low >= x + width - near for x, width in shades]
        return (any(inside) and not on_it) or (False if all(apart) else None)

    def judged(kinds):
        sides = {side(low, high) for kind, low, _, high in rows(drawn) if kind in kinds}
        if not sides:
            return Verdict.UNTESTABLE
        if not shades:
            return {True: Verdict.DOES_NOT_HOLD}.get(
                {-1, 1} <= sides, Verdict.UNDECIDED if None in sides else Verdict.HOLDS
            )
        if sides == {True}:
            return Verdict.HOLDS
        if sides == {False}:
            return Verdict.DOES_NOT_HOLD
        return Verdict.CONTRADICTORY if {True, False} <= sides else Verdict.UNDECIDED

    if not isinstance(rule, HoldsIf):
        return judged({"judged", "without"})
    within = judged({"judged"})
    if within is not Verdict.HOLDS:
        return within
    return Verdict.HOLDS if judged({"without"}) is Verdict.HOLDS else Verdict.HOLDS_IF


@pytest.mark.parametrize("evidence", DRAWN, ids=named)
class TestEveryBadge:
    def test_the_verdict_that_is_drawn_is_the_one_that_is_computed(self, evidence):
        for small in (False, True):
            assert drawn_verdict(page(evidence, small=small), evidence.claim.rule) == (
                evidence.verdict
            )

    def test_limit_dots_and_bars_lie_inside_the_picture(self, evidence):
        drawn = page(evidence)
        assert drawn.select(".gn-limit")
        for limit in drawn.select(".gn-limit"):
            assert 4 < place(limit, "x1")[0] < 90
        for _, low, at, high in rows(drawn):
            assert 0 < low <= at <= high < 100
        for text in drawn.select("text"):
            assert 0 <= place(text, "x")[0] < 100

    def test_each_number_but_those_of_another_quantity_has_a_row_and_every_one_its_words(
        self, evidence
    ):
        own = [one for one in evidence.readings if one.name not in evidence.claim.beside]
        assert len(rows(page(evidence))) == len(own)
        judged = [one for one in own if one.judged]
        assert len(rows(page(evidence, small=True))) == len(judged)
        told = evidence.badge()._repr_html_()
        folded = BeautifulSoup(told, "html.parser").find("details").get_text()
        assert all(one.written in folded for one in evidence.readings)

    def test_it_says_in_one_sentence_what_is_drawn(self, evidence):
        said = page(evidence).find(attrs={"role": "img"})["aria-label"]
        assert evidence.claim.rule.side in said
        for one in evidence.readings:
            assert (one.written in said) or not one.judged


@pytest.mark.parametrize("evidence", FOUND, ids=named)
def test_a_badge_names_verdict_kind_source_and_statement(evidence):
    badge = BeautifulSoup(evidence.badge()._repr_html_(), "html.parser")
    top = badge.select_one(".gb-top").get_text(" ")
    wanted = "no verdict" if evidence.verdict is Verdict.NONE else str(evidence.verdict)
    assert wanted in badge.select_one(".gb-top strong").get_text()
    assert evidence.claim.id in top
    assert evidence.claim.kind_in_words in top
    assert ("our own question" in top) == (evidence.claim.source == "ours")
    assert evidence.claim.statement.replace("`", "") in badge.get_text()
    drawn = badge.select_one(".gn-line")
    assert (drawn is None) == (not evidence.claim.is_measured or not evidence.claim.rule.limits)
    assert drawn or badge.select_one(".gb-note")


def test_what_is_of_another_quantity_is_told_and_never_judged():
    for evidence in FOUND:
        readings = {one.name: one for one in evidence.readings}
        for name in evidence.claim.beside:
            assert evidence.claim.words(name)
            assert not readings or not readings[name].judged


def test_the_words_of_a_number_that_is_not_judged_say_so():
    for evidence in FOUND:
        for one in evidence.readings:
            said = evidence.claim.words(one.name)
            assert one.judged != ("not judged" in said or "for comparison" in said), said


def test_a_hollow_dot_is_explained_where_there_is_one_and_nowhere_else():
    for evidence in DRAWN:
        drawn = page(evidence)
        hollow = bool(drawn.select(".gn-without"))
        assert hollow == any(not one.condition for one in evidence.readings)
        assert hollow == ("without the claim's condition" in drawn.get_text())


def test_what_was_measured_on_no_model_of_the_course_shows_the_limit_and_says_so():
    (evidence,) = recall(["06.untrained"], "gpt2")
    drawn = page(evidence)
    assert drawn.select(".gn-limit")
    assert rows(drawn) == []
    assert "No number yet" in drawn.find(attrs={"role": "img"})["aria-label"]
    assert "gpt2" in BeautifulSoup(evidence.badge()._repr_html_(), "html.parser").get_text()


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        (AtMost(1e-6), [4e-16]), (AtMost(1e-12), [0.0]), (AtMost(0.0), [0.0, 0.0]),
        (AtMost(0.0), [1e-300]), (AtMost(1e-12), [-0.5, 1e-17]), (Above(0.999), [1.0, 0.0]),
        (Above(1.0), [1.0]), (Above(-3.0), [-2.9999, 1e6]), (Above(1e300), [1e301, 1e-300]),
        (Apart(1.0, 0.1), [5.0]), (Apart(1.0, 0.1), [1.05, 0.95]), (Apart(0.0, 1e-9), [1.0]),
        (OneSign(), [-1.0, 2.0]), (OneSign(), [1e-9, 2.0]),
    ],
)  # fmt: skip
def test_hard_numbers_are_drawn_on_the_side_where_they_lie(rule, values):
    evidence = found([Reading.exact("x", value) for value in values], rule)
    assert drawn_verdict(page(evidence), rule) == evidence.verdict


@pytest.mark.parametrize(
    ("rule", "low", "value", "high"),
    [
        (Above(1.0), 0.9999999, 1.5, 2.0), (Above(1.0), 1.0000001, 1.5, 2.0),
        (AtMost(1e-9), 1e-12, 1e-9, 1.1e-9), (Apart(0.0, 1.0), -0.5, 0.0, 3.0),
        (OneSign(), -1e-12, 1.0, 2.0),
    ],
)  # fmt: skip
def test_an_interval_is_drawn_across_a_limit_where_it_lies_across(rule, low, value, high):
    evidence = found([Reading("x", value, low, high)], rule)
    assert drawn_verdict(page(evidence), rule) == evidence.verdict


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_told_and_not_drawn(value):
    evidence = found([Reading.exact("x", value), Reading.exact("x", 1.0)], AtMost(2.0))
    drawn = page(evidence)
    assert len(rows(drawn)) == 1
    assert len(drawn.select(".gn-judged")) == 2
    assert "–" in [one.get_text() for one in drawn.select(".gn-number")]


def test_a_number_well_below_zero_leaves_the_line_without_powers():
    shares = [Reading("x", -0.1, -0.3, 0.0007), Reading.exact("y", 1.1)]
    (low, high) = rows(page(found(shares, Above(0.5))))
    assert high[2] - low[2] > 30


def test_decades_are_told_apart_and_neighbours_are_not_torn_apart():
    (small, large) = rows(page(found([Reading.exact("x", v) for v in (4e-16, 4e-8)], AtMost(1e-6))))
    assert large[2] - small[2] > 30
    assert len(page(found([Reading.exact("x", 0.4)], AtMost(0.5))).select(".gn-axis text")) > 1


def test_what_is_never_below_zero_gets_no_room_there():
    drawn = page(found([Reading.exact("x", value) for value in (0.5, 0.9)], AtMost(0.05)))
    ticks = [one.get_text() for one in drawn.select(".gn-axis text")]
    assert not [text for text in ticks if text.startswith("−")]
    (zero,) = (one for one in drawn.select(".gn-axis text") if one.get_text() == "0")
    assert place(zero, "x")[0] < 12


def test_no_badge_sets_red_against_green():
    sheet = styles("kit/badge.css").split("*/")[-1]
    assert OKABE_ITO["green"] not in sheet
    assert not {"green", "red"} & set(sheet.replace("-", " ").replace(")", " ").split())


def test_where_a_page_takes_neither_style_nor_drawing_its_words_stand_apart():
    """As in a notebook that is not trusted, which keeps elements of text alone."""
    html = BeautifulSoup(badge_about("05.random_edges")._repr_html_(), "html.parser")
    for one in html.find_all("style"):
        one.decompose()
    text = html.get_text()
    for apart in ("holds if 05.random_edges conditional", "−0.4 −0.2 0 0.2"):
        assert apart in text


def badge_about(name):
    return recall([name], "gpt2-mini")[0].badge()
