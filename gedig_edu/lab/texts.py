"""F of many texts beside their baselines: one text a line, and what cannot be read left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from gedig_edu.errors import GedigError, check_whole
from gedig_edu.lab.live import SHORT, Attends, csv_of, live, plain, rows_of
from gedig_edu.lab.statistics import DeltaSummary, summarise
from gedig_edu.shapes import Brief, Float, Shaped
from gedig_edu.theory.gauge import Gauge
from gedig_edu.words import refusal, word

if TYPE_CHECKING:
    import pandas as pd

MARK = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, eq=False, repr=False)
class ReadText(Brief):
    """One text as it was read; its weights are gone.

    Attributes
    ----------
    line : int
        Its line in the file, from 1.
    columns : dict of name to array [layers · heads]
        As `LiveReading.columns`.
    content : dict
        As `LiveReading.content`.
    """

    line: int
    columns: Mapping[str, Shaped[np.ndarray, " rows"]] = field(repr=False)
    content: Mapping[str, Any] = field(repr=False)

    @property
    def tokens(self) -> int:
        """How many tokens it has."""
        return len(self.content["tokens"])

    @property
    def text(self) -> str:
        """The text itself."""
        return self.content["text"]

    def summary(self, column: str) -> DeltaSummary:
        """Return what a column says over the heads."""
        return summarise(self.columns[column])


@dataclass(frozen=True, eq=False)
class TextReadings:
    """Texts read by one gauge in one model.

    Attributes
    ----------
    texts : tuple of ReadText
        At least one.
    gauge : Gauge
    names : tuple of str
        The baselines.
    settings : dict
        As `LiveReading.settings`.
    """

    texts: tuple[ReadText, ...] = field(repr=False)
    gauge: Gauge
    names: tuple[str, ...]
    settings: Mapping[str, Any]

    @property
    def tokens(self) -> tuple[int, int]:
        """The fewest and the most tokens of a text."""
        counts = [text.tokens for text in self.texts]
        return min(counts), max(counts)

    @property
    def warning(self) -> str:
        """What to bear in mind where a text has fewer than `SHORT` tokens; "" where none has."""
        short = sum(text.tokens < SHORT for text in self.texts)
        return word("cli.live.short_texts", short=short, enough=SHORT) if short else ""

    def as_map(self, column: str) -> Float[np.ndarray, "layers heads"]:
        """Return a column as layers × heads, the mean over the texts."""
        first = self.texts[0].columns
        shape = int(first["layer"].max()) + 1, int(first["head"].max()) + 1
        return np.mean([text.columns[column] for text in self.texts], axis=0).reshape(shape)

    def summaries(self) -> dict[str, DeltaSummary]:
        """Return what ΔF against each baseline says, over all heads of all texts."""
        columns = self.columns()
        return {name: summarise(columns[f"delta_{name}"]) for name in self.names}

    def columns(self) -> dict[str, Shaped[np.ndarray, " rows"]]:
        """Return line and text, and then the columns of `LiveReading.columns`, text by text."""
        rows = [len(text.columns["F"]) for text in self.texts]
        lines = np.repeat([text.line for text in self.texts], rows)
        said = np.array([text.text for text in self.texts], dtype=object)
        joined = {
            name: np.concatenate([text.columns[name] for text in self.texts])
            for name in self.texts[0].columns
        }
        return {"line": lines, "text": np.repeat(said, rows), **joined}

    def table(self) -> pd.DataFrame:
        """Return one row per text and head."""
        import pandas as pd

        return pd.DataFrame(self.columns())

    def to_dict(self) -> dict[str, Any]:
        """Return everything that can be written as JSON: settings, summary, and each text."""
        texts = [
            {"line": text.line, **text.content, "heads": list(map(plain, rows_of(text.columns)))}
            for text in self.texts
        ]
        summary = {name: plain(one.to_dict()) for name, one in self.summaries().items()}
        told = {"warning": self.warning or None, "summary": summary, "texts": texts}
        return {**self.settings, **told}

    def to_json(self) -> str:
        """Return `to_dict` as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1)

    def to_csv(self) -> str:
        """Return `table` as CSV text."""
        return csv_of(self.columns())


def live_texts(
    model: Attends,
    lines: Iterable[tuple[int, str | GedigError]],
    *,
    gauge: Gauge,
    left_out: Callable[[int, GedigError], object],
    matched: bool = False,
    seed: int = 0,
) -> TextReadings:
    """Read F of every head of every text, one after the other, each beside its baselines.

    Parameters
    ----------
    model : model with ``attend(text)``
    lines : iterable of (line, text)
        As `lines_of` yields them; a line that is a refusal already is left out as such.
    gauge : Gauge
    left_out : callable
        Told line and reason of each text that cannot be read.
    matched, seed
        As in `live.live`.

    Raises
    ------
    GedigError
        If no text could be read, or `seed` is no whole number of at least 0.

    Examples
    --------
    >>> from gedig_edu.models import load
    >>> lines = [(1, "The cat sat."), (2, "So did we."), (3, "word " * 9999)]
    >>> read = live_texts(load("gpt2-mini"), lines, gauge=Gauge.paper(),
    ...                   left_out=lambda line, reason: print(line, reason))
    3 The text has 10001 tokens and 'gpt2-mini' reads at most 256; shorten it by 9745 tokens.
    >>> len(read.texts), read.table().shape
    (2, (72, 14))
    """
    seed = check_whole("seed", seed, at_least=0)
    texts: list[ReadText] = []
    reading = None
    for line, text in lines:
        try:
            if isinstance(text, GedigError):
                raise text
            reading = live(model, text, gauge=gauge, matched=matched, seed=seed)
        except GedigError as reason:
            left_out(line, reason)
            continue
        texts.append(ReadText(line, reading.columns(), reading.content()))
    if reading is None:
        raise refusal("no_line")
    return TextReadings(tuple(texts), gauge, reading.names, reading.settings)


def lines_of(file: BinaryIO) -> Iterator[tuple[int, str | GedigError]]:
    r"""Yield number and text of each line that is not blank, or why it is no text.

    A mark of byte order at the start is passed over; where it is UTF-16's, the file is read as
    that, as PowerShell writes one.

    Examples
    --------
    >>> import io
    >>> list(lines_of(io.BytesIO("one\r\n\nthree".encode("utf-8-sig"))))
    [(1, 'one'), (3, 'three')]
    >>> list(lines_of(io.BytesIO(b"caf\xe9")))
    [(1, GedigError('It is no text in UTF-8 (byte 4 is E9); save the file as UTF-8.'))]
    """
    first = file.readline()
    if first.startswith(UTF_16):
        whole = (first + file.read()).decode("utf-16", "replace")
        rest: Iterable[bytes] = (line.encode() for line in whole.split("\n"))
    else:
        rest = (line for part in ((first.removeprefix(MARK),), file) for line in part)
    for number, line in enumerate(rest, start=1):
        try:
            text = line.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError as wrong:
            value = f"{line[wrong.start]:02X}"
            yield number, refusal("no_utf_8", byte=wrong.start + 1, value=value)
        else:
            if text.strip():
                yield number, text
