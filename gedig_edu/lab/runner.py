"""Run an experiment over many texts: what was begun goes on, and no row is lost or doubled."""

from __future__ import annotations

import hashlib
import platform
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gedig_edu.errors import GedigError
from gedig_edu.lab import engines, room
from gedig_edu.lab.experiments.catalogue import Columns, find
from gedig_edu.lab.experiments.setting import GAUGES, Setting
from gedig_edu.lab.passages import PROSE_TOKENS, Passage, digest, open_texts
from gedig_edu.lab.run_folder import RunFolder
from gedig_edu.models.files import read_config
from gedig_edu.models.memory import available
from gedig_edu.theory.engines.dispatch import at_most_threads
from gedig_edu.words import refusal

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from gedig_edu.models.memory import Shape
    from gedig_edu.models.model import AttentionModel

TEXTS_PER_PART = 8
FILES = ("config.json", "tokenizer.json")
VERSIONS = ("gedig-edu", "numpy", "scipy", "numba", "torch", "transformers", "tokenizers")
_OPENING = threading.Lock()

Part = tuple[int, list[Columns], list[tuple[int, str]]]
"""Number of a part, the columns of each text, and which texts were left out and why."""


@dataclass(frozen=True)
class Outcome:
    """A finished run.

    Attributes
    ----------
    out : Path
        Its folder.
    texts : int
        How many texts were asked for.
    lines : int
        Lines of the file that have text.
    aside : int
        Of the lines looked at, how many do not belong to the set asked for.
    few_tokens : int
        Of the texts, how many have fewer than `PROSE_TOKENS` tokens: their graphs have few edges.
    rows : int
        Rows of ``rows.parquet``.
    left_out : list of (line, reason)
        Texts that could not be read.
    """

    out: Path
    texts: int
    lines: int
    aside: int
    few_tokens: int
    rows: int
    left_out: list[tuple[int, str]]


class Worker(NamedTuple):
    """What a worker says of itself before it measures.

    Attributes
    ----------
    model : dict
        Layers, heads, kind of device and the SHA-256 of the model's files.
    versions : dict
        Of Python and of what computes.
    shape : Shape
        The network's sizes.
    context : int
        The most tokens it reads.
    model_bytes : int
        Of the network's weights in float32, about.
    free : int, optional
        Bytes of memory it may still take.
    """

    model: dict[str, Any]
    versions: dict[str, str]
    shape: Shape
    context: int
    model_bytes: int
    free: int | None


class Progress(NamedTuple):
    """How far a run is.

    Attributes
    ----------
    done, total : int
        Texts.
    rows : int
        Rows that came since it was last said.
    """

    done: int
    total: int
    rows: int


def run(
    setting: Setting,
    out: Path | str,
    *,
    workers: str | None = None,
    report: Callable[[Progress], object] = lambda _progress: None,
) -> Outcome:
    """Measure every text of a setting, or go on where a run in `out` stopped.

    Parameters
    ----------
    setting : Setting
    out : path
        Folder of the run, and of nothing else: new, empty, or that of an earlier run of the same
        setting. In the end it holds ``rows.parquet``, ``left_out.csv``, ``setting.json`` and
        ``tables/``.
    workers : str, optional
        ``local:N`` for N processes here, ``dask://host:port`` for a Dask cluster; by default this
        process measures. Rows do not depend on it.
    report : callable
        Told how far the run is, before it begins and after each part.

    Raises
    ------
    GedigError
        If `out` holds something else, or is at work elsewhere; if the texts or the model cannot
        be read, the model has fewer heads a layer than `setting.heads`, the cluster does not
        answer, there is not enough memory or disk, or none of the texts could be measured.
    """
    experiment, who = find(setting.experiment), engines.workers_of(workers)
    engines.check_extras(who)
    folder = RunFolder(Path(out))
    tokenizer = _tokenizer(setting.model)
    texts, lines, aside = open_texts(setting, tokenizer)
    tokens = [len(tokenizer.encode(one.text)) for one in texts]
    few_tokens = sum(count < PROSE_TOKENS for count, one in zip(tokens, texts, strict=True)
                     if not one.broken)  # fmt: skip
    with engines.opened(who) as engine:
        workers_there = engine.describe(describe, setting.model)
        _check_alike(setting, workers_there)
        _check_room(workers_there, tokens, engine, folder.path)
        worker = workers_there[0]
        setting = _of_its_heads(setting, worker.model["heads"])
        with folder.claimed(identity(setting, worker, texts)):
            if not folder.finished:
                for progress in _measured(setting, texts, folder, engine):
                    report(progress)
            rows = folder.rows()
            folder.write_tables(experiment.tables(rows))
        left_out = folder.left_out()
    return Outcome(folder.path, len(texts), lines, aside, few_tokens, len(rows), left_out)


def _measured(
    setting: Setting, texts: Sequence[Passage], folder: RunFolder, engine: engines.Engine
) -> Iterator[Progress]:
    """Measure the parts that are missing and join all, saying how far it is after each."""
    parts = [texts[at : at + TEXTS_PER_PART] for at in range(0, len(texts), TEXTS_PER_PART)]
    missing = folder.missing(len(parts))
    done = len(texts) - sum(len(parts[number]) for number in missing)
    yield Progress(done, len(texts), rows=0)
    given = ((setting, number, parts[number]) for number in missing)
    for number, rows, left_out in engine.results(measure_part, given):
        folder.write_part(number, rows, left_out)
        done += len(parts[number])
        yield Progress(done, len(texts), rows=sum(len(one["text"]) for one in rows))
    folder.finish(len(parts))


def measure_part(setting: Setting, number: int, texts: Sequence[Passage]) -> Part:
    """Measure each text of a part in one thread; a text that cannot be measured says why."""
    experiment, model = find(setting.experiment), _model(setting.model)
    rows, left_out = [], []
    with one_thread():
        for one in texts:
            try:
                if one.broken:
                    raise GedigError(one.broken)
                columns = experiment.measure(model, one.text, setting, one.line)
            except GedigError as reason:
                left_out.append((one.line, str(reason)))
                continue
            rows.append({"text": np.full(_count(columns, model), one.line), **columns})
    return number, rows, left_out


def describe(name: str) -> Worker:
    """Return what this process says of itself, with the model of that name."""
    model = _model(name)
    told = {"layers": model.layers, "heads": model.heads, "device": model.device.split(":")[0]}
    return Worker(
        model={**told, "files": _sums(name)},
        versions={"python": platform.python_version(), **_versions()},
        shape=model.shape,
        context=model.context,
        model_bytes=_model_bytes(name),
        free=available(),
    )


def identity(setting: Setting, worker: Worker, texts: Sequence[Passage]) -> dict[str, Any]:
    """Return what makes a run the same run: setting, texts, the model's files, versions."""
    return {
        "setting": asdict(setting),
        "texts": {"count": len(texts), "sha256": digest(texts)},
        "model": worker.model,
        "versions": worker.versions,
    }


def _check_alike(setting: Setting, workers: Sequence[Worker]) -> None:
    """Refuse workers that would measure with another model, or other versions."""
    first = workers[0]
    for worker in workers:
        for name, version in first.versions.items():
            other = worker.versions.get(name)
            if other != version:
                told = {"name": name, "one": version, "other": other}
                raise refusal("experiment.workers_differ", **told)
        for file, here in _sums(setting.model).items():
            if worker.model["files"].get(file) != here:
                raise refusal("experiment.other_model", file=file, model=setting.model)


def _of_its_heads(setting: Setting, heads: int) -> Setting:
    """Refuse more heads a layer than a model has; all of them are what is taken by default."""
    if setting.heads is None:
        return setting
    if setting.heads > heads:
        told = {"heads": setting.heads, "model": setting.model, "most": heads}
        raise refusal("experiment.too_many_heads", **told)
    return replace(setting, heads=None) if setting.heads == heads else setting


def _check_room(
    workers: Sequence[Worker], tokens: Sequence[int], engine: engines.Engine, out: Path
) -> None:
    """Refuse a run that needs more memory or disk than there is."""
    first = workers[0]
    longest = min(max(tokens), first.context)
    rows = room.rows_bytes(first.shape, len(tokens))
    reading = room.reading_bytes(first.shape, longest)
    room.check_disk(rows, out)
    if engine.workers.host:
        for worker in workers:
            room.check_memory(reading * engine.threads, worker.free, longest)
        reading = 0
    others = max(0, engine.workers.count - 1)
    held = (others + 1) * reading + others * first.model_bytes
    room.check_memory(held + rows, available(), longest)


def _count(columns: Columns, model: AttentionModel) -> int:
    """Return how many rows a text has, which must be one a (layer, head, gauge)."""
    places = set(zip(columns["layer"], columns["head"], columns["gauge"], strict=True))
    lengths = {name: len(values) for name, values in columns.items()}
    expected = model.layers * model.heads * len(GAUGES)
    if set(lengths.values()) != {expected} or len(places) != expected:
        raise ValueError(f"{expected} rows are expected, one a layer, head and gauge: {lengths}")
    return expected


def _model(name: str) -> AttentionModel:
    """Return a model, loaded once in a process, with the compiled engine beside it."""
    with _OPENING:
        return _loaded(name)


@cache
def _loaded(name: str) -> AttentionModel:
    from gedig_edu.models import load
    from gedig_edu.theory.gauge import warm_up

    warm_up()
    return load(name)


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute in one thread: workers share the cores, and more threads round otherwise."""
    from threadpoolctl import threadpool_limits

    torch = sys.modules.get("torch")
    before = torch.get_num_threads() if torch else 1
    with at_most_threads(1), threadpool_limits(1):
        if torch:
            torch.set_num_threads(1)
        try:
            yield
        finally:
            if torch:
                torch.set_num_threads(before)


@contextmanager
def thread_alone() -> Iterator[None]:
    """Let what this thread asks of PyTorch be computed in this thread alone.

    OpenMP counts for each thread that asks; ``torch.set_num_threads`` would set all that are still
    to come.
    """
    import torch
    from threadpoolctl import threadpool_limits

    torch.get_num_threads()  # a thread's first question sets its number, and must not come later
    with threadpool_limits(1, user_api="openmp"):
        yield


def _tokenizer(name: str) -> Tokenizer:
    """Return a model's tokenizer without its network, which is the workers'."""
    from gedig_edu.models import sources
    from gedig_edu.models.files import trouble_in
    from gedig_edu.models.tokenizer import open_tokenizer

    found = sources.find(name)
    if found is None or trouble_in(found.folder):
        return _model(name).tokenizer  # which refuses, and says what to do
    return open_tokenizer(found.folder)


def _folder(name: str) -> Path:
    from gedig_edu.models import sources

    found = sources.find(name)
    if found is None:
        raise refusal("model.vanished", name=name)
    return found.folder


def _model_bytes(name: str) -> int:
    """Return about how many bytes a model's weights take in float32."""
    folder = _folder(name)
    config = read_config(folder)
    half = str(config.get("dtype", config.get("torch_dtype"))).endswith("float16")
    size = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    return size * (2 if half else 1)


@cache
def _sums(name: str) -> dict[str, str]:
    """Return the SHA-256 of each file of a model that its maps depend on."""
    files = sorted(_folder(name).iterdir())
    named = (file for file in files if file.name in FILES or file.suffix == ".safetensors")
    return {file.name: _sum(file) for file in named}


def _sum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _versions() -> dict[str, str]:
    there = {one.metadata["Name"].lower() for one in metadata.distributions()}
    return {name: metadata.version(name) for name in VERSIONS if name in there}
