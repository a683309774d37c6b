"""Sentences with labels, as files of two columns hold them."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gedig_edu.errors import GedigError, shown
from gedig_edu.shapes import Brief, Int

HEADER = "label"


@dataclass(frozen=True, eq=False, repr=False)
class Labelled(Brief):
    """Sentences and the class of each.

    Attributes
    ----------
    sentences : tuple of str
    labels : int array [sentences]
        Places in `classes`.
    classes : tuple of str
        The labels as they are written, sorted.
    sha256 : str
        Of the file, or of sentences and labels where there is none.
    """

    sentences: tuple[str, ...]
    labels: Int[np.ndarray, " sentences"]
    classes: tuple[str, ...]
    sha256: str

    def __len__(self) -> int:
        return len(self.sentences)

    @property
    def largest_share(self) -> float:
        """Share of the largest class, which one has right who always names it."""
        return float(np.bincount(self.labels).max() / len(self))

    def take(self, chosen: Int[np.ndarray, " some"]) -> Labelled:
        """Return the sentences at these places, in this order."""
        kept = tuple(self.sentences[place] for place in chosen)
        return Labelled(kept, self.labels[chosen], self.classes, self.sha256)


def labelled(
    sentences: list[str],
    labels: list[str],
    *,
    classes: tuple[str, ...] = (),
    sha256: str = "",
    source: str = "",
) -> Labelled:
    """Return sentences with their labels.

    Parameters
    ----------
    sentences, labels : list of str
        As many of the one as of the other.
    classes : tuple of str, optional
        The labels there may be; all that there are by default.
    sha256 : str, optional
        Of the file they come from.
    source : str, optional
        That file, for what is refused.

    Raises
    ------
    GedigError
        If there are none, a sentence is blank, there is one class alone, or a label is none of
        `classes`.

    Examples
    --------
    >>> labelled(["I liked it.", "So dull."], ["good", "bad"]).labels.tolist()
    [1, 0]
    """
    known = classes or tuple(sorted(set(labels)))
    of_file = f" of {source}" if source else ""
    if len(sentences) != len(labels) or len(known) < 2:
        raise GedigError(
            f"{len(sentences)} sentences{of_file} have {len(labels)} labels of {len(known)} kinds "
            f"({', '.join(map(shown, known))}); give a label for each, of at least two kinds."
        )
    for number, (sentence, label) in enumerate(zip(sentences, labels, strict=True), start=1):
        if not sentence.strip() or label not in known:
            raise GedigError(
                f"Sentence {number}{of_file} is {shown(sentence)} with the label {shown(label)}; "
                f"give words and one of the labels {', '.join(known)}."
            )
    text = "\n".join(map("\t".join, zip(labels, sentences, strict=True)))
    digest = sha256 or hashlib.sha256(text.encode()).hexdigest()
    places = np.array([known.index(label) for label in labels])
    return Labelled(tuple(sentences), places, known, digest)


def read_labelled(path: Path | str, *, classes: tuple[str, ...] = ()) -> Labelled:
    r"""Read a file of two columns, sentence and label in either order, with or without a header.

    A first line that calls one of the columns ``label`` is a header. Without one, the column with
    fewer different values is the label's, or the one that holds `classes` alone. A file that leaves
    it open is refused. ``.csv`` has commas and quotes, anything else tabs, as SST-2 has.

    Parameters
    ----------
    path : path
        UTF-8, one sentence a line.
    classes : tuple of str, optional
        The labels there may be: those of the training sentences.

    Raises
    ------
    GedigError
        If the file cannot be read, or its lines are no sentences with labels.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "some.tsv")
    >>> _ = path.write_text("label\tsentence\n1\tI liked it .\n0\tso dull\n1\ta joy\n")
    >>> read = read_labelled(path)
    >>> len(read), read.classes, read.sentences[0]
    (3, ('0', '1'), 'I liked it .')
    """
    path = Path(path)
    rows = _rows(path)
    wrong = next(((number, row) for number, row in rows if len(row) != 2), None)
    if wrong or len(rows) < 2:
        told = f"line {wrong[0]} has {len(wrong[1])}" if wrong else f"it has {len(rows)} lines"
        raise GedigError(
            f"{path} is to have two columns, a label and a sentence, and {told}; separate them by "
            "a tab, or by a comma in a .csv."
        )
    columns = [list(column) for column in zip(*(row for _, row in rows), strict=True)]
    heads = [column[0].strip().lower() == HEADER for column in columns]
    start = int(any(heads))
    label = heads.index(True) if sum(heads) == 1 else _label_column(path, columns, classes)
    sentences, labels = columns[1 - label][start:], columns[label][start:]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return labelled(sentences, labels, classes=classes, sha256=digest, source=str(path))


def _label_column(path: Path, columns: list[list[str]], classes: tuple[str, ...]) -> int:
    """Return which column holds the labels, if the values alone say so."""
    known = [bool(classes) and set(column) <= set(classes) for column in columns]
    if sum(known) == 1:
        return known.index(True)
    kinds = [len(set(column)) for column in columns]
    if kinds[0] == kinds[1]:
        raise GedigError(
            f"Both columns of {path} have {kinds[0]} different values, so either may hold the "
            f"labels; write a first line that calls that column {HEADER!r}."
        )
    label = kinds.index(min(kinds))
    first = columns[label][0]
    if columns[label].count(first) == 1:
        raise GedigError(
            f"The first line of {path} may be a header, since no other line has {shown(first)}; "
            f"if it is, call the column of the labels {HEADER!r}, and if not, put a line "
            f"'sentence' and {HEADER!r} above it."
        )
    return label


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Return the cells of each line that is not blank, and where it ends."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as trouble:
        raise GedigError(
            f"{path} cannot be read ({trouble.strerror}); give a file of labels and sentences."
        ) from trouble
    except UnicodeDecodeError as trouble:
        raise GedigError(
            f"{path} is no text in UTF-8 (byte {trouble.start + 1}); save it as UTF-8."
        ) from trouble
    lines = io.StringIO(text, newline=None)  # no other sign than the end of a line ends one
    if path.suffix == ".csv":
        return _csv_rows(path, csv.reader(lines, strict=True))
    split = ((number, line.rstrip("\n")) for number, line in enumerate(lines, start=1))
    return [(number, line.split("\t")) for number, line in split if line.strip()]


def _csv_rows(path: Path, reader: Any) -> list[tuple[int, list[str]]]:
    try:
        return [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
    except csv.Error as trouble:
        raise GedigError(
            f"Line {reader.line_num} of {path} is no line of a .csv ({trouble}); double a quote "
            "that stands within quotes."
        ) from trouble
