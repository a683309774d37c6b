"""What is asked of every model and set of texts, the rule that answers, and where the number is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gedig_edu.course import claims, findings
from gedig_edu.course.badges import OTHER_SIGN, SIGNS
from gedig_edu.course.cards import Table
from gedig_edu.course.evidence import Above, AtMost, Rule, Verdict, over
from gedig_edu.course.site.results.baselines import SCRIPT, against, beyond_degrees
from gedig_edu.course.site.results.kept import Cell, Estimate, Kept, Less
from gedig_edu.course.site.results.layers import depth, step
from gedig_edu.course.site.results.part import MASK, NO_MASK, PAPER
from gedig_edu.course.site.results.quality import rank
from gedig_edu.course.site.results.terms import further
from gedig_edu.course.site.results.thresholds import FIXED, PRINTED_QUANTILES, under
from gedig_edu.words import word


class Question(NamedTuple):
    """One of them.

    Attributes
    ----------
    id : str
        Its words stand under ``results.question.<id>``.
    experiment : str
    rule : Rule
    cells : tuple of Cell or Less
        The numbers that are judged together.
    """

    id: str
    experiment: str
    rule: Rule
    cells: tuple[Cell | Less, ...]

    @property
    def text(self) -> str:
        """It in words."""
        return word(f"results.question.{self.id}")


NOUGHT = Above(0)
QUESTIONS = (
    Question("random", "table2", NOUGHT, (against("random", NO_MASK),)),
    Question("uniform", "table2", NOUGHT, (against("uniform", NO_MASK),)),
    Question("local", "table2", NOUGHT, (against("local", NO_MASK),)),
    Question("diagonal", "table2", NOUGHT, (against("diagonal", NO_MASK),)),
    Question("random_text", "table2", NOUGHT, (against("random", NO_MASK, PAPER),)),
    Question("uniform_text", "table2", NOUGHT, (against("uniform", NO_MASK, PAPER),)),
    Question("random_matched", "table2", NOUGHT, (against("random", MASK),)),
    Question("entropy_matched", "table2", NOUGHT, (against("entropy_matched", MASK),)),
    Question("row_shuffled", "table2", NOUGHT, (against("row_shuffled", MASK),)),
    Question("degrees", "table2", NOUGHT, (beyond_degrees(),)),
    Question("effect", "table2", Above(2), (Cell("table2", "d", SCRIPT),)),
    Question(
        "entropy", "decomposition", Above(0.5), (Cell("decomposition", "entropy_share", SCRIPT),)
    ),
    Question("formula", "fingerprint", NOUGHT, (further("text", "script_half"),)),
    Question("lam", "fingerprint", NOUGHT, (further("script_one", "script_half"),)),
    Question(
        "quantiles", "thresholds", NOUGHT, tuple(under("quantile", q) for q in PRINTED_QUANTILES)
    ),
    Question("fixed", "thresholds", AtMost(0), (under("fixed", FIXED),)),
    Question("depth", "layers", NOUGHT, (depth(0),)),
    Question("depth_later", "layers", NOUGHT, (depth(1),)),
    Question("step", "layers", NOUGHT, (step("first_less_later"),)),
    Question("quality_zero", "quality", NOUGHT, (rank("zero"),)),
    Question("quality_mean", "quality", NOUGHT, (rank("mean"),)),
)


def verdicts(kept: Kept, texts: str) -> Table:
    """Return every question with the verdict on every model, for one set of texts."""
    models = kept.models(texts)
    found = tuple(
        (one.text, *(_answer(kept, one, model, texts) for model in models)) for one in QUESTIONS
    )
    caption = word(f"results.verdicts.caption_{texts}")
    return Table(caption, (word("results.column.question"), *models), found)


def claims_of(lessons: Sequence[str]) -> Table:
    """Return every measured claim of some lessons with its verdict on each model, and over them."""
    models = findings.models()
    told = [one for one in claims.all_claims(lessons) if one.kind == "measured"]
    recalled = [claims.recall([claim.id for claim in told], model) for model in models]
    found = []
    for claim, *each in zip(told, *recalled, strict=True):
        verdicts = [evidence.verdict for evidence in each]
        signs = (f"{SIGNS.get(one, OTHER_SIGN)} {one}" for one in (*verdicts, over(verdicts)))
        found.append((f"`{claim.id}` {claim.statement}", *signs))
    names = (word("results.column.claim"), *models, word("results.column.over"))
    return Table(word("results.verdicts.claims"), names, tuple(found))


def _answer(kept: Kept, question: Question, model: str, texts: str) -> str:
    tables = kept.tables(question.experiment, model, texts)
    found = [cell.read(tables) for cell in question.cells]
    if not np.isfinite([one.value for one in found]).all():
        return word(f"results.verdicts.{'missing' if tables else 'not_run'}")
    least, most = min(found), max(found)
    numbers = {"least": least.written(), "most": most.written(), "count": len(found)}
    kind, verdict = "answer" if len(found) == 1 else "answers", judged(question.rule, found)
    sign = SIGNS.get(verdict, OTHER_SIGN)
    return word(f"results.verdicts.{kind}", sign=sign, verdict=verdict, **numbers)


def judged(rule: Rule, found: Sequence[Estimate]) -> Verdict:
    """Return what a rule says of numbers.

    Examples
    --------
    >>> judged(Above(0), [Estimate(0.2, -0.1, 0.5)]), judged(AtMost(0), [Estimate(-1.0)])
    (<Verdict.UNDECIDED: 'undecided'>, <Verdict.HOLDS: 'holds'>)
    """
    return rule([one.reading(str(place)) for place, one in enumerate(found)])
