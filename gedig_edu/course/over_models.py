"""One claim over several models: what each says, and whether they agree."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gedig_edu.course import claims, findings
from gedig_edu.course.badges import Evidence
from gedig_edu.course.cards import Table
from gedig_edu.course.evidence import HOLDING, Verdict, over, put_to_test
from gedig_edu.course.intervals import CONFIDENCE
from gedig_edu.theory.repeats import critical
from gedig_edu.words import word
from gedig_edu.words.numbers import short


def over_models(claim_id: str, models: Sequence[str] = ()) -> Table:
    """Show what a claim's numbers are on several models, and the verdict over the models.

    Texts and heads say how sure a number is of one model. Models are a sample too: the last column
    is the mean over them with a t interval, what such models might show on average; of three models
    it is wide, and nothing is judged by it. The verdict over the models is no vote: see
    `gedig_edu.course.evidence.over`.

    Parameters
    ----------
    claim_id : str
    models : sequence of str, optional
        Names; those that the course brings numbers of where none is given.

    Raises
    ------
    GedigError
        If there is no such claim.

    Examples
    --------
    >>> table = over_models("07.threshold_sign")
    >>> table.headings[1:4]
    ('gpt2-mini', 'minilm', 'smollm2')
    >>> table.rows[-1][-1]
    'holds, on all 3'
    """
    chosen = tuple(models) or findings.models()
    found = [claims.recall([claim_id], name)[0] for name in chosen]
    names = dict.fromkeys(one.name for each in found for one in each.readings if one.judged)
    verdicts = [each.verdict for each in found]
    rows = [(found[0].claim.words(name), *_numbers(name, found)) for name in names]
    return Table(
        word("claims.over_models.caption", id=claim_id, statement=found[0].claim.statement),
        (word("claims.table.number"), *chosen, word("claims.over_models.mean")),
        (*rows, (word("claims.table.verdict"), *map(str, verdicts), _over(verdicts))),
        note=word("claims.over_models.note", confidence=CONFIDENCE),
    )


def _over(verdicts: Sequence[Verdict]) -> str:
    """Return the verdict over the models, and on how many of those tested the claim holds."""
    each = put_to_test(verdicts)
    said = {"verdict": over(each), "count": len(each), "holds": sum(v in HOLDING for v in each)}
    kind = "each" if len(set(each)) == 1 else "some" if each else "none"
    return word(f"claims.over_models.verdict_{kind}", **said)


def _numbers(name: str, found: Sequence[Evidence]) -> tuple[str, ...]:
    """Return a number of each model as it is written, and their mean with its interval."""
    read = [next((one for one in each.readings if one.name == name), None) for each in found]
    values = np.array([one.value for one in read if one is not None and math.isfinite(one.value)])
    written = ("–" if one is None else one.written for one in read)
    return (*written, _mean(values))


def _mean(values: np.ndarray) -> str:
    if len(values) < 2:
        return "–"
    margin = critical(len(values) - 1)[0] * values.std(ddof=1) / len(values) ** 0.5
    mean = values.mean()
    return (
        f"{short(mean)} [{short(mean - margin)}, {short(mean + margin)}]" if margin else short(mean)
    )
