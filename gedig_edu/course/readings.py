"""What somebody asks the command line to read: one text, or a file with one text a line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from gedig_edu.errors import GedigError
from gedig_edu.words import refusal, word
from gedig_edu.words.numbers import fixed, percent

if TYPE_CHECKING:
    from gedig_edu.lab.live import Attends, LiveReading
    from gedig_edu.lab.texts import TextReadings
    from gedig_edu.theory.gauge import Gauge
    from gedig_edu.views.terminal import Part

    Readings: TypeAlias = LiveReading | TextReadings

STANDARD_INPUT = "-"
SHOWN = 30  # characters of a text that its row shows


def check_source(text: str | None, file: Path | None, more: Sequence[str] = ()) -> None:
    """Refuse both a text and a file, neither, more words than one, and a file that is not read.

    Raises
    ------
    GedigError

    Examples
    --------
    >>> check_source("The cat sat.", Path("texts.txt"))
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: A text and --file 'texts.txt' are given; give one of the two.
    """
    if text is not None and file is not None:
        raise refusal("text_or_file", path=str(file))
    if more:
        raise refusal("text_unquoted", start=f"{text} {more[0]}"[:SHOWN])
    if text is None and file is None:
        raise refusal("neither_text_nor_file")
    if file is not None:
        with _opened(file):
            pass


def gauge_of(convention: str, **changes: float | None) -> Gauge:
    """Return the gauge of a convention with the options that were given.

    Raises
    ------
    GedigError
        If a quantile and a threshold are given, or a number is out of its range.

    Examples
    --------
    >>> gauge_of("released", lam=None, gamma=0.3, quantile=None, threshold=None).gamma
    0.3
    """
    from gedig_edu.theory.gauge import Gauge

    given = {name: value for name, value in changes.items() if value is not None}
    if {"quantile", "threshold"} <= given.keys():
        raise refusal("quantile_or_threshold")
    return getattr(Gauge, convention)(**given)


def read(
    model: Attends,
    text: str | None,
    file: Path | None,
    *,
    left_out: Callable[[int, GedigError], object],
    **asked: Any,
) -> Readings:
    """Read the text, or each line of the file; "-" is standard input.

    Parameters
    ----------
    model : model with ``attend(text)``
    text, file
        One of the two, as `check_source` has it.
    left_out : callable
        Told number and reason of each line that cannot be read.
    **asked
        What `lab.live.live` takes: gauge, matched, seed.

    Raises
    ------
    GedigError
        If the text, or every line, cannot be read.
    """
    from gedig_edu.lab.live import live
    from gedig_edu.lab.texts import lines_of, live_texts

    if file is not None:
        with _opened(file) as lines:
            return live_texts(model, lines_of(lines), left_out=left_out, **asked)
    given = _standard_input() if text == STANDARD_INPUT else _typed(text or "")
    return live(model, given, **asked)


def title_and_text(reading: Readings) -> tuple[str, str]:
    """Return the title of a figure, and the text for its caption, "" where there are several."""
    from gedig_edu.lab.live import LiveReading, span
    from gedig_edu.views.plots.reports import report_title

    several = not isinstance(reading, LiveReading)
    texts = len(reading.texts) if several else 1
    model, tokens = reading.settings["model"], span(reading.tokens)
    title = report_title(model=model, tokens=tokens, gauge=reading.gauge, texts=texts)
    return title, "" if several else reading.text


def told(reading: Readings) -> list[str | Part]:
    """Return what a terminal shows: every head, each difference, and what to bear in mind."""
    from gedig_edu.lab.live import LiveReading, span
    from gedig_edu.views import terminal
    from gedig_edu.views.describe import describe_gauge

    F = reading.as_map("F")
    random = F - reading.as_map("delta_random")
    said = {
        "model": reading.settings["model"],
        "tokens": span(reading.tokens),
        "gauge": describe_gauge(reading.gauge),
    }
    if isinstance(reading, LiveReading):
        parts: list[str | Part] = [word("cli.live.title", **said)]
        caption = "cli.live.caption"
    else:
        parts = [
            text_rows(reading),
            "",
            word("cli.live.title_texts", texts=len(reading.texts), **said),
        ]
        caption = "cli.live.caption_texts"
    mask = _mask_of(reading)
    told = [word(caption, map=word(f"cli.live.map_{mask}"), random=random.mean())]
    if terminal.has_shades():
        told.append(word("cli.live.colours"))
    summary = {name: one.to_dict() for name, one in reading.summaries().items()}
    parts += [terminal.head_table(F, random), " ".join(told), terminal.difference_table(summary)]
    if mask != "plain":
        parts.append(word(f"cli.live.differences_{mask}"))
    return [*parts, reading.warning] if reading.warning else parts


def _mask_of(reading: Readings) -> str:
    """Return how the baselines see beside the model: "plain", "sees_later" or "causal"."""
    if not reading.settings["causal"]:
        return "plain"
    return "causal" if reading.settings["matched"] else "sees_later"


def text_rows(reading: TextReadings) -> Part:
    """Return a row for each text: mean F and ΔF against random maps, over its heads."""
    from gedig_edu.views.labels import clusters
    from gedig_edu.views.terminal import Cell, Grid

    names = ("line", "tokens", "F", "delta", "share_positive", "text_column")
    rows = []
    for text in reading.texts:
        delta = text.summary("delta_random")
        found = (fixed(text.summary("F").mean), fixed(delta.mean), percent(delta.share_positive))
        signs = clusters(" ".join(text.text.split()))
        shown = "".join(signs if len(signs) <= SHOWN else [*signs[: SHOWN - 1], "…"])
        rows.append([Cell(cell) for cell in (str(text.line), str(text.tokens), *found, shown)])
    return Grid([word(f"cli.live.{name}") for name in names], rows, gap=2, left={len(names) - 1})


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    if str(file) == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    try:
        with file.open("rb") as opened:
            yield opened
    except OSError as trouble:
        raise refusal("not_read", path=str(file), trouble=trouble.strerror) from trouble


def _typed(text: str) -> str:
    """Return an argument as it was typed, also where the system says that it speaks ASCII."""
    if not any("\udc80" <= sign <= "\udcff" for sign in text):
        return text
    return os.fsencode(text).decode("utf-8", "surrogateescape")


def _standard_input() -> str:
    """Return all of it as one text, without the line's end that a shell puts behind it."""
    return sys.stdin.buffer.read().decode("utf-8-sig", "surrogateescape").rstrip("\r\n")
