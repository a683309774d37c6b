"""The command line: each command calls the package and prints; it has no logic of its own."""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from gedig_edu.errors import GedigError
from gedig_edu.words import refusal, section, word
from gedig_edu.words.spelling import take_any_sign

if TYPE_CHECKING:
    from gedig_edu.course.badges import Evidence
    from gedig_edu.lab.f_training import Outcome
    from gedig_edu.lab.grokking import Point
    from gedig_edu.lab.grokking_sweep import Job, Run
    from gedig_edu.models import ModelStatus
    from gedig_edu.views.terminal import Part


class _GivenOnly:
    """A command that converts what was given, and nothing else.

    typer imports pydantic to convert even what was not given; a listing takes half as long without.
    """

    def get_params(self, ctx: Any) -> Any:
        params = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            vars(param).setdefault("process_value", partial(_converted, param.process_value))
        return params


def _converted(convert: Callable[[Any, Any], Any], ctx: Any, value: Any) -> Any:
    return None if value is None else convert(ctx, value)


class _Command(_GivenOnly, TyperCommand):
    """A command none of whose parameters must be given."""


class _OneLineRefusals(_GivenOnly, TyperGroup):
    """Commands whose GedigError becomes one line on stderr and exit code 1, a warning one too."""

    def main(self, *args: Any, **options: Any) -> Any:
        take_any_sign(sys.stdout, sys.stderr)
        return super().main(*args, **options)

    def invoke(self, ctx: Any) -> Any:
        try:
            with warnings.catch_warnings():
                warnings.showwarning = partial(_note, warnings.showwarning)
                return super().invoke(ctx)
        except GedigError as refusal:
            _print(f"gedig-edu: {refusal}", err=True)
            raise typer.Exit(1) from refusal


class Convention(StrEnum):
    """The two published readings of the gauge."""

    paper = "paper"
    released = "released"


app = typer.Typer(
    cls=_OneLineRefusals,
    help=word("cli.help"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
models_app = typer.Typer(help=word("cli.models.help"), invoke_without_command=True)
app.add_typer(models_app, name="models")
progress_app = typer.Typer(help=word("cli.progress.help"), no_args_is_help=True)
app.add_typer(progress_app, name="progress")


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        _print(f"gedig-edu {version('gedig-edu')}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool,
        typer.Option("--version", help=word("cli.version"), callback=_say_version, is_eager=True),
    ] = False,
) -> None:
    """Take what stands before a command."""


ModelOption = Annotated[str | None, typer.Option("--model", help=word("cli.live.model"))]
Replace = Annotated[bool, typer.Option("--replace", help=word("cli.progress.replace"))]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=word("cli.live.model"))]
GROKKING = "grokking"  # the experiment that needs neither a model nor texts
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command(help=word("cli.lab.help"), context_settings=PASS_ON)
def lab(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Option(help=word("cli.lab.folder"))] = Path("gedig-lessons"),
) -> None:
    """Copy the lessons, make sure the model is here, and open lesson 00."""
    from gedig_edu import models
    from gedig_edu.course import workspace

    copied = workspace.copy_lessons(folder)
    _print(word("cli.lab.copied", count=len(copied), folder=folder))
    for lesson in copied:
        if lesson.state == "kept":
            _print(word("cli.lab.kept", name=lesson.name))
    models.fetch(models.default_name())

    from jupyterlab.labapp import LabApp

    from gedig_edu.theory.gauge import warm_up

    warm_up(background=True)
    workspace.prepare_layout()
    os.environ.update(workspace.jupyter_environment())
    LabApp.launch_instance([*workspace.jupyter_arguments(folder), *ctx.args])


@app.command(help=word("cli.live.help"), context_settings={"allow_extra_args": True})
def live(
    ctx: typer.Context,
    text: Annotated[str | None, typer.Argument(help=word("cli.live.text"))] = None,
    file: Annotated[Path | None, typer.Option(help=word("cli.live.file"))] = None,
    model: ModelOption = None,
    gauge: Annotated[Convention, typer.Option(help=word("cli.live.gauge"))] = Convention.paper,
    lam: Annotated[float | None, typer.Option(help=word("cli.live.lam"))] = None,
    gamma: Annotated[float | None, typer.Option(help=word("cli.live.gamma"))] = None,
    quantile: Annotated[float | None, typer.Option(help=word("cli.live.quantile"))] = None,
    threshold: Annotated[float | None, typer.Option(help=word("cli.live.threshold"))] = None,
    matched: Annotated[bool, typer.Option("--matched", help=word("cli.live.matched"))] = False,
    seed: Annotated[int, typer.Option(help=word("cli.live.seed"))] = 0,
    out: Annotated[list[Path] | None, typer.Option(help=word("cli.live.out"))] = None,
) -> None:
    """Read F for every head of one text, or of each line of a file."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more wait for one another on busy cores
    from gedig_edu.course import output, readings

    readings.check_source(text, file, ctx.args)
    for path in out or ():
        output.check_output(path)
    weights = {"lam": lam, "gamma": gamma}
    convention = readings.gauge_of(gauge.value, **weights, quantile=quantile, threshold=threshold)

    from gedig_edu import models

    left: list[int] = []

    def leave_out(line: int, reason: GedigError) -> None:
        left.append(line)
        _print(word("cli.live.left_out", line=line, reason=reason), err=True)

    asked = {"gauge": convention, "matched": matched, "seed": seed, "left_out": leave_out}
    read = readings.read(models.load(model or models.default_name()), text, file, **asked)
    for path in out or ():
        output.write_reading(read, path)
    _print(*readings.told(read), *(word("cli.live.written", path=path) for path in out or ()))
    unheard = sys.stdout is None and not out  # the output is closed, and nothing was written
    if left or unheard:
        raise typer.Exit(1)


@models_app.callback(invoke_without_command=True)
def list_models(ctx: typer.Context) -> None:
    """List the models, unless a subcommand does something else."""
    if ctx.invoked_subcommand is not None:
        return
    from gedig_edu import models
    from gedig_edu.views import terminal

    columns = [word(f"cli.models.{name}") for name in ("name", "size", "licence", "source", "here")]
    _print(terminal.text_table(columns, map(_model_row, models.status())))


@models_app.command(help=word("cli.models.fetch"))
def fetch(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help=word("cli.models.default_help"))
    ] = None,
) -> None:
    """Fetch a model, once."""
    from gedig_edu import models

    wanted = name or models.default_name()
    models.fetch(wanted)
    _print(word("cli.models.fetched", name=wanted))


@models_app.command(help=word("cli.models.remove"))
def remove(name: NameArgument) -> None:
    """Remove a fetched model."""
    from gedig_edu import models

    models.remove(name)
    _print(word("cli.models.removed", name=name))


@app.command(help=word("cli.doctor.help"))
def doctor() -> None:
    """Look at what this machine has; exit code 1 where something is wrong."""
    from gedig_edu.course.doctor import examine
    from gedig_edu.views import terminal

    findings = examine()
    rows = [(word(f"cli.doctor.{f.state}"), f.subject, f.found, f.remedy) for f in findings]
    columns = [word(f"cli.doctor.{name}") for name in ("state", "subject", "found", "remedy")]
    _print(terminal.text_table(columns, rows))
    if any(finding.state == "wrong" for finding in findings):
        raise typer.Exit(1)


@app.command(cls=_Command, help=word("cli.claims.help"))
def claims(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help=word("cli.claims.ids"))
    ] = None,
    sources: Annotated[bool, typer.Option("--sources", help=word("cli.claims.sources"))] = False,
    run: Annotated[bool, typer.Option("--run", help=word("cli.claims.run"))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=word("cli.claims.json"))] = False,
    model: ModelOption = None,
    lesson: Annotated[list[str] | None, typer.Option(help=word("cli.claims.lesson"))] = None,
    table: Annotated[Path | None, typer.Option(help=word("cli.claims.table"))] = None,
) -> None:
    """List the claims with what was last found, after measuring them where asked."""
    from gedig_edu.course import claims as ledger
    from gedig_edu.course.findings import check_table

    if sources and (run or as_json or ids or lesson or table):
        raise refusal("sources_alone")
    if ids and lesson:
        raise refusal("claims_or_lessons")
    if table is not None and not run:
        raise refusal("table_without_run", path=str(table))
    if table is not None:
        check_table(table)
    if sources:
        _count_sources()
        return
    chosen = map(ledger.find, ids) if ids else ledger.all_claims(lesson or ())
    names = list(dict.fromkeys(claim.id for claim in chosen))
    if run:
        found = ledger.run(
            names, model, report=lambda one: _print(one.badge().heading, err=as_json)
        )
        if table is not None:
            ledger.save(found, table)
    else:
        found = ledger.recall(names, model)
    _show_claims(found, as_json=as_json, whole=bool(ids))


def _count_sources() -> None:
    from gedig_edu.course.sources import count_table
    from gedig_edu.views import terminal

    counted = count_table()
    _print(counted.caption, terminal.text_table(counted.headings, counted.rows))


def _show_claims(found: Sequence[Evidence], *, as_json: bool, whole: bool) -> None:
    from gedig_edu.views import terminal

    if as_json:
        _print(terminal.Verbatim(json.dumps([one.to_dict() for one in found], indent=1)))
    elif whole:
        badges = [one.badge() for one in found]
        _print(*(terminal.Entry(f"{one.sign} {one.heading}", one.paragraphs) for one in badges))
    else:
        from gedig_edu.course.claims import table_of

        listed = table_of(found[0].model, found)
        rows = terminal.text_table(listed.headings, listed.rows, below=1)
        _print(listed.caption, rows, *filter(None, (listed.note,)))


@app.command(help=word("cli.pretrain.help"))
def pretrain(
    corpus: Annotated[Path, typer.Option(help=word("cli.pretrain.corpus"))],
    out: Annotated[Path, typer.Option(help=word("cli.pretrain.out"))],
    recipe: Annotated[Path | None, typer.Option(help=word("cli.pretrain.recipe"))] = None,
    steps: Annotated[int | None, typer.Option(help=word("cli.pretrain.steps"))] = None,
    held_out: Annotated[list[str] | None, typer.Option(help=word("cli.pretrain.held_out"))] = None,
) -> None:
    """Train a small GPT-2 on other text, and measure what came of it."""
    from gedig_edu.course.training_record import write_record
    from gedig_edu.lab.pretrain import pretrain as train
    from gedig_edu.lab.small_gpt2 import PretrainConfig

    config = PretrainConfig() if recipe is None else PretrainConfig.read(recipe)
    asked = {"steps": steps, "held_out": tuple(held_out) if held_out else None}
    config = replace(config, **{name: value for name, value in asked.items() if value is not None})
    model = train(corpus, out, config=config)
    _print(word("cli.pretrain.measuring"))
    write_record(out, corpus)
    _print(word("cli.pretrain.written", path=model))


def _help_on_experiments() -> str:
    """Return the help of the command, with a line on each experiment."""
    about = section("cli.experiment.about")
    lines = (f"{name:<14} {says}" for name, says in about.items())
    return word("cli.experiment.help") + "\n\n\b" + "\n".join(lines)


class Only(StrEnum):
    """The two sets of texts that are always told apart."""

    short = "short"
    prose = "prose"


@app.command(help=_help_on_experiments())
def experiment(
    name: Annotated[str, typer.Argument(metavar="NAME", help=word("cli.experiment.name"))],
    out: Annotated[Path, typer.Option(help=word("cli.experiment.out"))],
    model: ModelOption = None,
    texts: Annotated[str | None, typer.Option(help=word("cli.experiment.texts"))] = None,
    only: Annotated[Only | None, typer.Option(help=word("cli.experiment.only"))] = None,
    limit: Annotated[int | None, typer.Option(help=word("cli.experiment.limit"))] = None,
    cut: Annotated[int | None, typer.Option(help=word("cli.experiment.cut"))] = None,
    heads: Annotated[int | None, typer.Option(help=word("cli.experiment.heads"))] = None,
    seed: Annotated[int | None, typer.Option(help=word("cli.experiment.seed"))] = None,
    workers: Annotated[str | None, typer.Option(help=word("cli.experiment.workers"))] = None,
    prime: Annotated[list[int] | None, typer.Option(help=word("grokking.cli.prime"))] = None,
    seeds: Annotated[int | None, typer.Option(help=word("grokking.cli.seeds"))] = None,
    steps: Annotated[int | None, typer.Option(help=word("grokking.cli.steps"))] = None,
    _resume: Annotated[bool, typer.Option("--resume", help=word("cli.experiment.resume"))] = False,
) -> None:
    """Run an experiment over many texts, or go on with one that stopped."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    of_texts = {"model": model, "texts": texts, "only": only, "cut": cut, "heads": heads,
                "seed": seed, "workers": workers}  # fmt: skip
    of_sums = {"prime": prime, "seeds": seeds, "steps": steps}
    for option, given in (of_texts if name == GROKKING else of_sums).items():
        if given is not None:
            raise refusal("experiment.not_for_this", experiment=name, option=option)
    if name == GROKKING:
        _grokking(out, primes=prime or (), seeds=seeds, limit=limit, steps=steps)
    else:
        asked = {"limit": limit, "cut": cut, "heads": heads, "seed": seed or 0}
        _experiment(name, model, texts, out, only=only, workers=workers, **asked)


def _experiment(
    name: str,
    model: str | None,
    texts: str | None,
    out: Path,
    *,
    only: Only | None,
    workers: str | None,
    **asked: Any,
) -> None:
    """Measure every head of a model over many texts, and say what was done."""
    from gedig_edu.lab import runner
    from gedig_edu.lab.experiments.catalogue import find
    from gedig_edu.lab.experiments.setting import Setting
    from gedig_edu.lab.passages import PROSE_TOKENS
    from gedig_edu.lab.run_progress import shown

    find(name)
    for option, given in (("model", model), ("texts", texts)):
        if given is None:
            raise refusal("experiment.needs", experiment=name, option=option)
    chosen = only.value if only else None
    setting = Setting(experiment=name, model=model or "", texts=texts or "", only=chosen, **asked)
    try:
        with shown(partial(_print, err=True)) as report:
            found = runner.run(setting, out, workers=workers, report=report)
    except KeyboardInterrupt:
        raise refusal("experiment.stopped") from None
    taken = {"texts": found.texts, "lines": found.lines, "only": chosen, "aside": found.aside}
    _print(word("cli.experiment.taken_only" if only else "cli.experiment.taken", **taken))
    if found.few_tokens:
        told = {"few": found.few_tokens, "least": PROSE_TOKENS}
        _print(word("cli.experiment.few_tokens", **told), err=True)
    if found.left_out:
        told = {"count": len(found.left_out), "path": out / "left_out.csv"}
        _print(word("cli.experiment.left_out", **told), err=True)
    written = {"path": out / "rows.parquet", "texts": found.texts, "rows": found.rows}
    _print(word("cli.experiment.written", tables=out / "tables", **written))


def _grokking(
    out: Path, *, primes: Sequence[int], seeds: int | None, limit: int | None, steps: int | None
) -> None:
    """Train small readers of sums, or go on with those that are missing, and say what they say."""
    from gedig_edu.lab import grokking_sweep, grokking_tables
    from gedig_edu.lab.run_progress import Occasions

    occasions = Occasions()

    def step(job: Job, point: Point) -> None:
        if occasions.quiet():
            told = {"arm": word(f"grokking.arm.{job.arm}"), "seed": job.seed, "step": point.step}
            _print(word("grokking.cli.step", most=job.setting.steps, **told), err=True)

    def told(run: Run, done: int, count: int) -> None:
        about = {"arm": word(f"grokking.arm.{run.arm}"), "seed": run.seed}
        seconds = round(run.seconds)
        _print(word("grokking.cli.done", done=done, all=count, seconds=seconds, **about))

    arms = grokking_sweep.arms_of(steps=steps)
    jobs = grokking_sweep.jobs_of(arms, primes=primes, seeds=seeds, limit=limit)
    try:
        files = grokking_sweep.sweep(jobs, out, arms=arms, told=told, step=step)
    except KeyboardInterrupt:
        raise refusal("experiment.stopped") from None
    rows = grokking_tables.write_tables(out, files)
    _print(*grokking_tables.sentences(rows))
    _print(word("grokking.cli.written", tables=out / grokking_tables.TABLES))


@app.command(help=word("training.cli.help"))
def train(
    train: Annotated[Path, typer.Option(help=word("training.cli.train"))],
    evaluate: Annotated[Path, typer.Option(help=word("training.cli.evaluate"))],
    out: Annotated[Path, typer.Option(help=word("training.cli.out"))],
    model: Annotated[str, typer.Option(help=word("training.cli.model"))] = "minilm",
    alpha: Annotated[list[float] | None, typer.Option(help=word("training.cli.alpha"))] = None,
    seeds: Annotated[int, typer.Option(help=word("training.cli.seeds"))] = 5,
    control: Annotated[list[str] | None, typer.Option(help=word("training.cli.control"))] = None,
    control_alpha: Annotated[float, typer.Option(help=word("training.cli.control_alpha"))] = 0.01,
    no_controls: Annotated[
        bool, typer.Option("--no-controls", help=word("training.cli.no_controls"))
    ] = False,
    examples: Annotated[int | None, typer.Option(help=word("training.cli.examples"))] = None,
    evaluation: Annotated[int | None, typer.Option(help=word("training.cli.evaluation"))] = None,
    epochs: Annotated[int, typer.Option(help=word("training.cli.epochs"))] = 3,
    rows: Annotated[int, typer.Option(help=word("training.cli.rows"))] = 16,
    learning_rate: Annotated[float, typer.Option(help=word("training.cli.learning_rate"))] = 2e-5,
    workers: Annotated[int, typer.Option(help=word("training.cli.workers"))] = 1,
    device: Annotated[str, typer.Option(help=word("training.cli.device"))] = "auto",
) -> None:
    """Train with F in the loss, or go on with a sweep that stopped, and say what it comes to."""
    from gedig_edu.lab import f_sweep, f_training
    from gedig_edu.lab.labelled import read_labelled

    if control and no_controls:
        raise refusal("controls_or_none")
    learned = read_labelled(train)
    held = read_labelled(evaluate, classes=learned.classes)
    taken = min(f_training.TrainingSetting.examples, len(learned)) if examples is None else examples
    sizes = {"examples": taken, "evaluation": evaluation, "epochs": epochs, "rows": rows}
    setting = f_training.TrainingSetting(model=model, learning_rate=learning_rate, **sizes)
    f_training.check_enough(setting, learned, held)
    arms = {"alphas": alpha or f_sweep.ALPHAS, "control_alpha": control_alpha, "seeds": seeds}
    jobs = f_sweep.jobs_of(controls=[] if no_controls else control or f_sweep.CONTROLS, **arms)

    _print(word("training.cli.begin", all=len(jobs), out=out, taken=taken, there=len(learned)))
    how = {"workers": workers, "device": device, **_training_told()}
    found = f_sweep.sweep(setting, learned, held, out, jobs=jobs, **how)
    for sentence in f_sweep.write_arms(out, found, chance=held.largest_share):
        _print(sentence)
    _print(word("training.cli.written", path=out / f_sweep.ARMS))


def _training_told() -> dict[str, Callable[..., None]]:
    """Return what says each run of a sweep when it ends, and its steps where it takes long."""
    from gedig_edu.lab.run_progress import Occasions

    occasions = Occasions()

    def step(at: int, most: int) -> None:
        if occasions.quiet():
            _print(word("training.cli.step", at=at, most=most), err=True)

    def told(run: Outcome, done: int, whole: int) -> None:
        arm = word(f"training.arm.{run.penalty}", alpha=f"{run.alpha:g}")
        numbers = {"accuracy": run.accuracy, "F": run.F, "seconds": round(run.seconds)}
        _print(word("training.cli.done", done=done, all=whole, arm=arm, seed=run.seed, **numbers))

    return {"told": told, "step": step}


@app.command(help=word("site.cli.help"))
def site(
    out: Annotated[Path, typer.Option(help=word("site.cli.out"))],
    lesson: Annotated[list[str] | None, typer.Option(help=word("site.cli.lesson"))] = None,
    no_solutions: Annotated[
        bool, typer.Option("--no-solutions", help=word("site.cli.no_solutions"))
    ] = False,
) -> None:
    """Run the lessons and write them as a static site."""
    from gedig_edu.course.site.build import build_site

    def report(name: str) -> None:
        _print(word("site.cli.done", name=name))

    landing = build_site(out, lessons=lesson or (), solutions=not no_solutions, report=report)
    _print(word("site.cli.written", path=landing))


@progress_app.command("export", help=word("cli.progress.export"))
def export_progress(
    file: Annotated[Path | None, typer.Argument(help=word("cli.progress.file"))] = None,
    name: Annotated[str, typer.Option(help=word("cli.progress.name"))] = "",
    replace: Replace = False,
) -> None:
    """Write the learner's record to a file."""
    from gedig_edu.course import progress

    written = progress.export(file or progress.EXPORT, replace=replace, student=name)
    _print(word("cli.progress.written", path=written))


@progress_app.command("merge", help=word("cli.progress.merge"))
def merge_progress(
    folder: Annotated[Path, typer.Argument(help=word("cli.progress.folder"))],
    out: Annotated[Path, typer.Option(help=word("cli.progress.out"))],
    replace: Replace = False,
) -> None:
    """Merge the records of a class; exit code 1 where a file could not be."""
    from gedig_edu.course.class_record import merge

    merged = merge(folder, out, replace=replace)
    for sentence in (*merged.notes, *merged.refused):
        _print(sentence, err=True)
    found = {"students": merged.students, "rows": merged.rows}
    _print(word("cli.progress.merged", path=out, **found))
    if merged.refused:
        raise typer.Exit(1)


def _model_row(status: ModelStatus) -> list[str]:
    from gedig_edu.models import default_name
    from gedig_edu.models.cache import megabytes

    name = status.name
    shown = word("cli.models.default", name=name) if name == default_name() else name
    size = word("cli.models.unknown") if status.bytes is None else megabytes(status.bytes)
    here = word("cli.models.present" if status.present else "cli.models.absent")
    source = word(f"models.source.{status.source}")
    return [shown, size, status.licence, source, here]


def _note(otherwise: Callable[..., None], said: Warning | str, kind: type, *rest: Any) -> None:
    """Print a warning for whom the command is for; those for programmers stay as Python has them.

    Python hands over the rest of what it knows of it.
    """
    if issubclass(kind, UserWarning):
        _print(f"gedig-edu: {word('cli.note', said=' '.join(str(said).split()))}", err=True)
    else:
        otherwise(said, kind, *rest)


def _print(*parts: str | Part, err: bool = False) -> None:
    """Print texts and tables; everything that a command says goes through here."""
    from gedig_edu.views.terminal import show

    show(*parts, err=err)
