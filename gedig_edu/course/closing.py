"""The end of the course: what became of every claim, the arguments on either side, and yours.

A verdict here is one over all models that the course brings numbers of, which is no vote (see
`gedig_edu.course.evidence.over`). The arguments stand in ``words/<language>/closing.toml``, each
with the claims that it rests on; what those say is computed where it is shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from gedig_edu.course import claims, findings
from gedig_edu.course.badges import SIGNS, Evidence, source_in_words, verdict_in_words
from gedig_edu.course.cards import Card
from gedig_edu.course.evidence import Above, Apart, AtMost, OneSign, Rule, Verdict, over
from gedig_edu.course.statements import Claim
from gedig_edu.views.tally import Outcome, Tally
from gedig_edu.words import entries, refusal, unknown, word

ORDER = (
    Verdict.HOLDS,
    Verdict.HOLDS_IF,
    Verdict.UNDECIDED,
    Verdict.CONTRADICTORY,
    Verdict.DOES_NOT_HOLD,
    Verdict.UNTESTABLE,
    Verdict.NOT_YET,
    Verdict.NONE,
)
TONES: dict[Verdict, Literal["right", "partly", "wrong", "both", "open", "none"]] = {
    Verdict.HOLDS: "right",
    Verdict.HOLDS_IF: "partly",
    Verdict.UNDECIDED: "open",
    Verdict.CONTRADICTORY: "both",
    Verdict.DOES_NOT_HOLD: "wrong",
}
GROUPS: dict[str, Callable[[Claim], str]] = {
    "source": lambda claim: source_in_words(claim.source),
    "kind": lambda claim: claim.kind_in_words,
}
SIDES = ("for", "against")
RULES = (Above, AtMost, Apart, OneSign)
"""What a verdict can be argued with."""


@dataclass(frozen=True)
class Standing:
    """What became of a claim.

    Attributes
    ----------
    claim : Claim
    found : dict of str to Evidence
        What was found on each model.
    verdict : Verdict
        Over the models; a metaphor has none.
    """

    claim: Claim
    found: dict[str, Evidence]
    verdict: Verdict

    @property
    def says(self) -> str:
        """Id, statement and verdict in one line."""
        return word(
            "closing.says",
            id=self.claim.id,
            statement=self.claim.statement,
            verdict=verdict_in_words(self.verdict),
        )


@dataclass(frozen=True)
class Argument:
    """An argument for the five texts or against them, and the claims that it rests on."""

    title: str
    says: str
    rests_on: tuple[Standing, ...]


def standings(ids: Collection[str] = (), *, here: bool = True) -> tuple[Standing, ...]:
    """Return what became of claims over the models that the course brings numbers of.

    Parameters
    ----------
    ids : collection of str
        Which claims; all where none is given.
    here : bool
        Whether what was measured on this machine comes first.

    Raises
    ------
    GedigError
        If there is no such claim.

    Examples
    --------
    >>> (one,) = standings(["03.boltzmann"])
    >>> one.verdict.value
    'holds'
    """
    chosen = [claims.find(one) for one in ids] or list(claims.all_claims())
    names = [claim.id for claim in chosen]
    read = {model: claims.recall(names, model, here=here) for model in findings.models()}
    found = [{model: each[at] for model, each in read.items()} for at in range(len(chosen))]
    return tuple(
        Standing(claim, each, _over(claim, each)) for claim, each in zip(chosen, found, strict=True)
    )


def _over(claim: Claim, found: dict[str, Evidence]) -> Verdict:
    if claim.rule is None:
        return Verdict.NONE
    return over(one.verdict for one in found.values())


def tally(by: Literal["source", "kind"] = "source", *, here: bool = True) -> Tally:
    """Draw every claim as a square, a row for each text or each kind of claim.

    Raises
    ------
    GedigError
        If `by` is neither.

    Examples
    --------
    >>> list(tally("kind").groups)
    ['theorem', 'conditional', 'measured', 'metaphor', 'by construction']
    """
    if by not in GROUPS:
        raise unknown("by", by, GROUPS)
    groups: dict[str, list[tuple[int, str]]] = {name: [] for name in _names(by)}
    for one in standings(here=here):
        groups[GROUPS[by](one.claim)].append((ORDER.index(one.verdict), one.says))
    outcomes = tuple(
        Outcome(verdict_in_words(one), SIGNS.get(one, "–"), TONES.get(one, "none")) for one in ORDER
    )
    rows = {name: tuple(group) for name, group in groups.items() if group}
    caption = word(f"closing.by_{by}", models=len(findings.models()))
    return Tally(caption, outcomes, rows, word("closing.note"), word("closing.fold"))


def _names(by: str) -> list[str]:
    """Return the names of all groups, in the order in which they are shown."""
    if by == "source":
        return [source_in_words(one) for one in (*entries("sources.text"), "ours")]
    return [word(f"claims.kind.{one}") for one in entries("claims.kind")]


def arguments(side: Literal["for", "against"], *, here: bool = True) -> tuple[Argument, ...]:
    """Return the strongest arguments on one side.

    Raises
    ------
    GedigError
        If `side` is neither "for" nor "against".

    Examples
    --------
    >>> len(arguments("for")), len(arguments("against"))
    (3, 3)
    """
    if side not in SIDES:
        raise unknown("side", side, SIDES)
    return tuple(
        Argument(
            word(f"closing.{side}.{name}.title"),
            word(f"closing.{side}.{name}.says"),
            standings(one["claims"], here=here),
        )
        for name, one in entries(f"closing.{side}").items()
    )


def argued(claim_id: str, rule: Rule) -> Card:
    """Judge what was found about a claim by another rule, of yours.

    The numbers stay; only what they are held to changes. Whether your rule is the better one is
    nothing that a number says: write down why it is, before you try a second one.

    Parameters
    ----------
    claim_id : str
    rule : Rule
        One of `gedig_edu.course.evidence`: ``Above(0.1)``, ``AtMost(0.05)``, ``Apart(1.0, by=0.1)``
        or ``OneSign()``, with finite limits.

    Raises
    ------
    GedigError
        If there is no such claim, nothing was measured for it, or `rule` is no such rule.

    Examples
    --------
    >>> from gedig_edu.course.evidence import Above
    >>> argued("07.head_diversity", Above(0.99)).heading
    '07.head_diversity: holds by our rule, does not hold by yours'
    """
    (one,) = standings([claim_id])
    if not isinstance(rule, RULES) or not all(map(_is_finite, rule.limits)):
        raise refusal("no_rule", given=repr(rule))
    measured = {name: each for name, each in one.found.items() if each.readings}
    if not measured:
        raise refusal("nothing_to_argue", id=claim_id)
    verdicts = {name: rule(each.readings) for name, each in measured.items()}
    yours = over(verdicts.values())
    lines = (
        word("closing.argued.line", model=name, ours=measured[name].verdict, yours=verdict)
        for name, verdict in verdicts.items()
    )
    changed = "changed" if yours is not one.verdict else "same"
    told = (one.claim.statement, *lines, word(f"closing.argued.{changed}"))
    heading = word("closing.argued.heading", id=claim_id, ours=one.verdict, yours=yours)
    return Card("right" if changed == "changed" else "note", heading, told)


def _is_finite(limit: object) -> bool:
    return isinstance(limit, int | float) and math.isfinite(limit)
