"""The whole page: what holds, what was run, the parts, and what nobody here ran."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from gedig_edu.course.cards import Table
from gedig_edu.course.site.mathml import Heading
from gedig_edu.course.site.results.baselines import PRINTED, table2
from gedig_edu.course.site.results.kept import Kept
from gedig_edu.course.site.results.layers import layers
from gedig_edu.course.site.results.part import Part, says
from gedig_edu.course.site.results.quality import quality
from gedig_edu.course.site.results.questions import QUESTIONS, claims_of, verdicts
from gedig_edu.course.site.results.terms import decomposition, fingerprint
from gedig_edu.course.site.results.thresholds import thresholds
from gedig_edu.course.site.results.training import training
from gedig_edu.lab.results import FOLDER
from gedig_edu.words import language, word
from gedig_edu.words.numbers import NONE

PAGE = "results.html"
ASK = "gedig-edu experiment {0} --model gpt2-mini --texts wikitext --only short --out {0}"
LESSONS = ("07", "08")  # that judge the paper's experiments
SHOWN_VERSIONS = ("gedig-edu", "numpy", "torch", "transformers")


def parts(folder: Path = FOLDER) -> tuple[Part, ...]:
    """Return the sections of the page, from the results that are kept; made once a language.

    Examples
    --------
    >>> [part.id for part in parts()][:3]
    ['verdicts', 'runs', 'table2']
    """
    return _parts_in(language(), folder)


@cache
def _parts_in(_language: str, folder: Path) -> tuple[Part, ...]:
    kept = Kept.of(folder)
    measured = (table2, layers, thresholds, decomposition, fingerprint, quality)
    found = (_completed(make(kept), kept) for make in measured)
    return (_verdicts(kept), _runs(kept), *found, training(folder), _elsewhere())


def _completed(part: Part, kept: Kept) -> Part:
    """Return a part on an experiment with how far prose was read, or the command to measure it."""
    if not part.commands:
        return replace(part, commands=(ASK.format(part.id),))
    return replace(part, says=(*part.says, *_cuts(part.id, kept)))


def _cuts(experiment: str, kept: Kept) -> list[str]:
    """Return after how many tokens texts were cut, model by model where they differ."""
    models: dict[int, list[str]] = {}
    for run in kept.runs:
        cut = run.record["setting"]["cut"]
        if run.experiment == experiment and cut is not None:
            models.setdefault(cut, []).append(run.model)
    if len(models) == 1:
        return [word("results.page.sets_cut", tokens=cut) for cut in models]
    return [
        word("results.page.cut", tokens=cut, models=", ".join(names))
        for cut, names in models.items()
    ]


def headings() -> tuple[Heading, ...]:
    """Return the headings of the page, the title first."""
    inside = (Heading(2, part.id, part.title) for part in parts())
    return (Heading(1, "content", word("results.page.title")), *inside)


def _verdicts(kept: Kept) -> Part:
    rules = tuple((one.text, one.rule.side, f"`{one.experiment}`") for one in QUESTIONS)
    names = tuple(word(f"results.column.{one}") for one in ("question", "rule", "experiment"))
    told = Table(word("results.verdicts.rules"), names, rules)
    tables = (*(verdicts(kept, texts) for texts in kept.sets()), claims_of(LESSONS))
    return Part("verdicts", says("verdicts", kept.runs), tables, folded=(told,))


def _runs(kept: Kept) -> Part:
    """Return what was run: a row for the runs that differ in nothing but the experiment."""
    same: dict[tuple[str, ...], list[str]] = {}
    for run in kept.runs:
        file = f"`{run.record['setting']['texts']}`"
        cut = run.record["setting"]["cut"]
        read = (str(run.read), str(run.record["left_out"]), file, NONE if cut is None else str(cut))
        with_ = " ".join(f"`{name} {run.versions.get(name, NONE)}`" for name in SHOWN_VERSIONS)
        key = (run.model, word(f"results.set.{run.texts}"), *read, run.when, with_)
        same.setdefault(key, []).append(f"`{run.experiment}`")
    names = ("model", "set", "texts", "left_out", "file", "cut", "when", "versions", "experiments")
    found = tuple((*key, " ".join(experiments)) for key, experiments in same.items())
    caption = word("results.runs.caption", count=len(kept.runs))
    table = Table(caption, tuple(word(f"results.column.{one}") for one in names), found)
    commands = tuple(run.command for run in kept.runs)
    folded = (table,) if found else ()
    return Part("runs", says("runs", found), folded=folded, commands=commands)


def _elsewhere() -> Part:
    names = tuple(word(f"results.column.{one}") for one in ("model", "state", "command"))
    state = word("results.elsewhere.not_run")
    found = tuple((one.name, state, f"`{one.command}`") for one in PRINTED)
    table = Table(word("results.elsewhere.caption"), names, found)
    return Part("elsewhere", (word("results.elsewhere.lead"),), (table,))
