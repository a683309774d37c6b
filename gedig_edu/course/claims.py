"""The ledger of claims: what the source texts say, how it is decided, and what was found."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gedig_edu import __version__
from gedig_edu.course import catalogue, findings, record
from gedig_edu.course.badges import MARK, WITHOUT_MODEL, Evidence
from gedig_edu.course.cards import Table
from gedig_edu.course.context import Context
from gedig_edu.course.evidence import Reading, Untestable, Verdict
from gedig_edu.course.numerals import written
from gedig_edu.course.statements import Claim
from gedig_edu.course.store import now
from gedig_edu.errors import GedigError, warn
from gedig_edu.models.registry import BUNDLED
from gedig_edu.words import section, unknown, word

if TYPE_CHECKING:
    from gedig_edu.models import AttentionModel
    from gedig_edu.views.badge import Badge
    from gedig_edu.views.widgets.card_form import CardForm
    from gedig_edu.views.widgets.ledger import Ledger


def run(
    ids: Iterable[str] | None = None,
    model: AttentionModel | str | None = None,
    *,
    report: Callable[[Evidence], object] | None = None,
) -> tuple[Evidence, ...]:
    """Put claims to their tests and store what was found.

    Parameters
    ----------
    ids : iterable of str, optional
        Which claims; all where not given.
    model : AttentionModel or str, optional
        What to measure on; the lesson's model where not given.
    report : callable, optional
        Called with each piece of evidence as it comes.

    Raises
    ------
    GedigError
        If there is no such claim.

    Examples
    --------
    >>> [evidence.verdict.value for evidence in run(["03.dipole"])]
    ['holds']
    """
    chosen = all_claims() if ids is None else tuple(find(name) for name in ids)
    context = Context(model)
    found = []
    for claim in chosen:
        evidence = _test(claim, context)
        found.append(evidence)
        if report is not None:
            report(evidence)
    entries = {f"{one.claim.id}@{one.model}": _entry(one) for one in found if one.readings}
    for trouble in findings.keep(entries) if entries else ():
        warn(trouble)
    return tuple(found)


def recall(
    ids: Iterable[str], model: AttentionModel | str | None = None, *, here: bool = True
) -> tuple[Evidence, ...]:
    """Return what was last found for claims on a model, without measuring anything.

    What was measured here comes first (not at all where `here` is False), then the table that the
    course brings: a small file with the date and the command that made it. Where there is neither,
    the verdict is 'not yet tested'.

    Raises
    ------
    GedigError
        If there is no such claim.

    Examples
    --------
    >>> (evidence,) = recall(["06.paths"], "gpt2-mini")
    >>> evidence.verdict.value
    'does not hold'
    """
    name = Context(model).name
    measured = findings.measured_here() if here else {}
    return tuple(_recalled(find(claim), name, measured) for claim in ids)


def look(ids: Iterable[str], model: AttentionModel | str | None = None) -> tuple[Evidence, ...]:
    """Put claims to their tests, but recall those that take longer than a lesson can wait.

    Raises
    ------
    GedigError
        If there is no such claim.

    Examples
    --------
    >>> [evidence.verdict.value for evidence in look(["03.dipole"])]
    ['holds']
    """
    chosen = [find(name) for name in ids]
    measured = run([claim.id for claim in chosen if not claim.slow], model)
    recalled = recall([claim.id for claim in chosen if claim.slow], model)
    found = {evidence.claim.id: evidence for evidence in (*measured, *recalled)}
    return tuple(found[claim.id] for claim in chosen)


def show(claim_id: str, model: AttentionModel | str | None = None) -> Badge | CardForm:
    """Put one claim to its test and show the badge; a stored prediction stands beside it.

    A claim that takes long is not measured again: its badge shows what `recall` finds, with a
    button that measures.

    Raises
    ------
    GedigError
        If there is no such claim.

    Examples
    --------
    >>> show("12.peak_before").heading
    '12.peak_before · measured · does not hold'
    """
    (evidence,) = look([claim_id], model)
    return shown(evidence, model)


def shown(evidence: Evidence, model: AttentionModel | str | None = None) -> Badge | CardForm:
    """Return the badge of what was found, with the stored prediction beside it.

    A slow claim's badge has a button that measures it on `model`, the evidence's own where not
    given.
    """
    if not evidence.claim.slow:
        return _badge(evidence)
    from gedig_edu.views.widgets.card_form import CardForm

    def measure(_: str) -> None:
        (found,) = run([evidence.claim.id], evidence.model if model is None else model)
        form.show(_badge(found))

    about = "measure_again" if evidence.readings else "measure"
    form = CardForm(
        _badge(evidence),
        button=word(f"claims.badge.{about}", minutes=_minutes(evidence.seconds)),
        respond=measure,
        busy=word("claims.badge.measuring"),
    )
    return form


def _minutes(seconds: float) -> str:
    return f"{max(1, math.ceil(seconds / 60)) if math.isfinite(seconds) else 1}"


def _badge(evidence: Evidence) -> Badge:
    claim_id = evidence.claim.id
    entry = record.store().read()["predictions"].get(claim_id, {})
    if "prediction" not in entry:
        return evidence.badge()
    if evidence.readings:
        record.keep(lambda kept: record.measured(kept, claim_id, evidence.measured))
    return evidence.badge(word("course.predict.stored", prediction=written(entry["prediction"])))


def table(model: AttentionModel | str | None = None, *, lessons: Collection[str] = ()) -> Table:
    """Show the claims with what was last found on this model.

    Parameters
    ----------
    model : AttentionModel or str, optional
        Found on what; the lesson's model where not given.
    lessons : collection of str
        Numbers such as "03"; all lessons where none is given.

    Raises
    ------
    GedigError
        If a number belongs to no lesson.

    Examples
    --------
    >>> len(table().rows) == len(all_claims())
    True
    """
    name, here = Context(model).name, findings.measured_here()
    return table_of(name, [_recalled(claim, name, here) for claim in all_claims(lessons)])


def table_of(name: str, found: Iterable[Evidence]) -> Table:
    """Show what was found about some claims on the model of this name."""
    columns, found = ("id", "claim", "kind", "number", "verdict"), list(found)
    caption = "caption" if any(one.readings for one in found) else "nothing"
    return Table(
        word(f"claims.table.{caption}", model=name),
        tuple(word(f"claims.table.{column}") for column in columns),
        tuple(map(_row, found)),
        stacked=((0, 2, 1), (4, 3)),
        note=f"{MARK} {word('claims.about.after_look')}" if any(one.late for one in found) else "",
    )


def ledger(
    model: AttentionModel | str | None = None,
    *,
    lesson: str = "",
    here: bool = True,
    pages: Mapping[str, str] = MappingProxyType({}),
) -> Ledger:
    """Show every claim with what was last found, drawn, and filters to find some.

    What the course recorded on its own small model stands for what was not measured on this one
    yet; each row names its model.

    Parameters
    ----------
    model : AttentionModel or str, optional
        Found on what; the lesson's model where not given.
    lesson : str
        Number of the lesson that is chosen at first, such as "03"; all where not given.
    here : bool
        Whether what was measured on this machine is shown, or what the course brings alone.
    pages : mapping of str to str
        Address of the page of each lesson, by its number, that its claims lead to.

    Raises
    ------
    GedigError
        If the lesson has no claims.

    Examples
    --------
    >>> len(ledger(lesson="03").rows) == len(all_claims())
    True
    """
    from gedig_edu.course.ledger import ledger_of

    lesson = catalogue.two_digits(lesson) if lesson else ""
    all_claims([lesson] if lesson else ())
    name = Context(model).name
    measured = findings.measured_here() if here else {}
    found = [_recalled(claim, name, measured) for claim in all_claims()]
    recorded = [
        _recalled(one.claim, BUNDLED, {}) if one.verdict is Verdict.NOT_YET else one
        for one in found
    ]
    shown = [other if other.readings else one for one, other in zip(found, recorded, strict=True)]
    return ledger_of(shown, table_of(name, shown), lesson, pages)


def all_claims(lessons: Collection[str] = ()) -> tuple[Claim, ...]:
    """Return the claims of these lessons, of all where none is given, in the ledger's order.

    Raises
    ------
    GedigError
        If a number belongs to no lesson.

    Examples
    --------
    >>> {claim.id[:2] for claim in all_claims(["03", "04"])} == {"03", "04"}
    True
    >>> all_claims(["99"])
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: lesson='99' is not known; choose one of '00', '01', ... '12'.
    """
    chosen = set(map(catalogue.two_digits, lessons)) or set(catalogue.NUMBERS)
    for number in sorted(chosen - set(catalogue.NUMBERS)):
        raise unknown("lesson", number, catalogue.NUMBERS)
    listed = (number for number in catalogue.NUMBERS if number in chosen)
    return tuple(claim for number in listed for claim in catalogue.claims_of(number))


def find(claim_id: str) -> Claim:
    """Return a claim by its id.

    Raises
    ------
    GedigError
        If there is none; the sentence names those of the lesson.
    """
    return catalogue.pick("claim", claim_id, catalogue.claims_of)


def _test(claim: Claim, context: Context) -> Evidence:
    start, note = time.perf_counter(), ""
    readings: tuple[Reading, ...] = ()
    verdict = None
    if claim.is_measured:
        try:
            readings = tuple(catalogue.measure_of(claim)(context))
        except GedigError as refusal:
            note = str(refusal)
            waits = claim.on in WITHOUT_MODEL or not context.is_loaded
            verdict = Verdict.NOT_YET if waits else None
    return Evidence(
        claim,
        model=context.name,
        on=context.described(claim.on),
        readings=readings,
        verdict=verdict or _verdict(claim, readings),
        note=note,
        seconds=time.perf_counter() - start,
        when=now(),
    )


def _verdict(claim: Claim, readings: tuple[Reading, ...]) -> Verdict:
    if claim.rule is None:
        return Verdict.NONE
    if not claim.is_measured and not isinstance(claim.rule, Untestable):
        return Verdict.NOT_YET
    return claim.rule(readings)


def save(found: Sequence[Evidence], path: Path) -> Path:
    """Write what was found on one model as a table for lessons to read; other claims in it stay.

    Parameters
    ----------
    found : sequence of Evidence
        Of one model.
    path : Path
        A JSON file; made, or added to if it is such a table.

    Raises
    ------
    GedigError
        If nothing was found, the file is no such table, or it cannot be written.
    """
    command = "gedig-edu claims --run --lesson {lesson} --model {model}"
    entries = {
        one.claim.id: _entry(one)
        | {"command": command.format(lesson=one.claim.id[:2], model=one.model)}
        for one in found
        if one.claim.is_measured and one.verdict is not Verdict.NOT_YET
    }
    return findings.save(entries, path)


def _entry(evidence: Evidence) -> dict[str, Any]:
    return {
        "readings": [asdict(reading) for reading in evidence.readings],
        "on": evidence.on,
        "note": evidence.note,
        "seconds": round(evidence.seconds, 3),
        "when": evidence.when,
        "version": __version__,
    }


def _recalled(claim: Claim, model: str, here: dict[str, Any]) -> Evidence:
    """Return what was stored about a claim; the verdict is computed anew from its numbers."""
    entry = here.get(f"{claim.id}@{model}", {})
    if entry.get("version") != __version__ or not _is_of_today(claim, entry):
        entry = findings.shipped(model).get(claim.id)
    if entry is None:
        verdict = Verdict.NOT_YET if claim.is_measured else _verdict(claim, ())
        key = "claims.badge.not_yet_slow" if claim.slow else "claims.badge.not_yet_here"
        note = word(key, id=claim.id, model=model) if claim.is_measured else ""
        return Evidence(claim, model, "", (), verdict, note)
    readings = tuple(Reading(**reading) for reading in entry["readings"])
    return Evidence(
        claim,
        model=model,
        on=Context(model).described(claim.on),
        readings=readings,
        verdict=_verdict(claim, readings),
        note=entry["note"],
        seconds=entry["seconds"],
        when=entry["when"],
        command=entry.get("command", ""),
    )


def _is_of_today(claim: Claim, entry: dict[str, Any]) -> bool:
    """Return whether stored numbers are ones of the claim today, each in its interval."""
    worded = section(claim.key)
    readings = entry["readings"]
    return bool(readings) and all(
        one["name"] in worded and _in_order(one["low"], one["value"], one["high"])
        for one in readings
    )


def _in_order(*numbers: float) -> bool:
    """Return whether no number is below the one before it; the last digit does not count."""
    return not any(b < a and not math.isclose(a, b, abs_tol=1e-12) for a, b in pairwise(numbers))


def _row(evidence: Evidence) -> tuple[str, ...]:
    claim = evidence.claim
    number = evidence.readings[0].written if evidence.readings else "–"
    number = number.replace(" ", "\N{NO-BREAK SPACE}")  # with its interval on one line
    verdict = f"{evidence.verdict} {MARK}" if evidence.late else str(evidence.verdict)
    return (claim.id, claim.statement, claim.kind_in_words, number, verdict)
