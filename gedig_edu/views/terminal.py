"""What a command prints: every sign in any encoding, every number whole at any width.

A table is laid out here and never cropped. Numbers stand in blocks of as many columns as fit;
prose is folded at spaces, and where its columns would become too narrow each row becomes an entry.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Protocol, TextIO

from rich.cells import cell_len

from gedig_edu.views.colours import page_colours
from gedig_edu.words import refusal, word
from gedig_edu.words.numbers import fixed, percent
from gedig_edu.words.spelling import readable

if TYPE_CHECKING:
    import numpy as np
    from rich.console import Console

    from gedig_edu.shapes import Float

WIDTH = 80  # of what is no terminal and does not say
INK = "#000000"
SHADES = 128
SHADED = ("256", "truecolor")  # rich's names of what shows more than 16 colours
DEEPEST = 0.6  # how far along the ramp black ink stays readable
GAP = 2
ROOMY = 50  # characters that a paragraph wants
NARROW = 20  # prose in fewer characters is no pleasure to read


class Part(Protocol):
    """What can be printed as lines of at most so many characters, or whole where one is longer."""

    def lines(self, width: int, spell: Callable[[str], str]) -> Iterable[Line]:
        """Return the lines; `spell` writes each text so that the output can take it."""
        ...


@dataclass(frozen=True)
class Cell:
    """A text, and how rich shows it: "bold", "on #cfe5f3"."""

    text: str
    style: str = ""


Line = Sequence[Cell]


@dataclass(frozen=True)
class Grid:
    """Numbers in columns: a first column that each block of the others repeats."""

    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    gap: int = 1
    left: Collection[int] = ()  # columns of words, which begin at the left

    def lines(self, width: int, spell: Callable[[str], str]) -> Iterator[Line]:
        """Return the lines of all blocks, one blank line between two."""
        rows = [[Cell(name) for name in self.headings], *self.rows]
        table = [[Cell(spell(cell.text), cell.style) for cell in row] for row in rows]
        wide = [max(cell_len(row[i].text) for row in table) for i in range(len(self.headings))]
        wide[1:] = [room + self.gap for room in wide[1:]]
        for number, block in enumerate(_blocks(wide, width)):
            if number:
                yield [Cell("")]
            for row in table:
                yield [self._padded(row, column, wide[column]) for column in (0, *block)]

    def _padded(self, row: Line, column: int, width: int) -> Cell:
        if column not in self.left:
            return _padded(row[column], width)
        before = " " * (self.gap if column else 0)
        last = column == len(self.headings) - 1
        cell = Cell(before + row[column].text, row[column].style)
        return cell if last else _padded(cell, width, left=True)


@dataclass(frozen=True)
class Listing:
    """Prose in columns, under headings."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    below: int | None = None  # the column that stands under the others where all is too narrow

    def lines(self, width: int, spell: Callable[[str], str]) -> Iterator[Line]:
        """Return the rows folded into columns, or as entries where these would be too narrow."""
        table = [[spell(text) for text in row] for row in (self.headings, *self.rows)]
        columns = list(zip(*table, strict=True))
        wide = _widths(columns, width)
        if wide is None or (self.below is not None and wide[self.below] < ROOMY):
            yield from _entries(table, width) if self.below is None else self._under(table, width)
            return
        for number, row in enumerate(table):
            folded = [fold(text, room) for text, room in zip(row, wide, strict=True)]
            for texts in zip_longest(*folded, fillvalue=""):
                padded = map(_padded_text, texts, wide)
                yield [Cell((" " * GAP).join(padded).rstrip(), "" if number else "bold")]

    def _under(self, table: Sequence[Sequence[str]], width: int) -> Iterator[Line]:
        """Return each row as its short cells in columns, and the prose under them."""
        short = [[text for i, text in enumerate(row) if i != self.below] for row in table[1:]]
        prose = [row[self.below or 0] for row in table[1:]]
        wide = [min(NARROW, max(map(cell_len, column))) for column in zip(*short, strict=True)]
        fits = sum(wide) + GAP * (len(wide) - 1) <= width
        for cells, text in zip(short, prose, strict=True):
            padded = map(_padded_text, cells, wide) if fits else filter(None, cells)
            entry = Entry((" " * GAP).join(padded).rstrip(), [text])
            yield from entry.lines(width, str)


@dataclass(frozen=True)
class Entry:
    """A title, and paragraphs set in under it."""

    title: str
    paragraphs: Sequence[str]

    def lines(self, width: int, spell: Callable[[str], str]) -> Iterator[Line]:
        """Return the title and the paragraphs, folded."""
        title = spell(self.title)
        first, *rest = fold(title, width if cell_len(title) <= width else width - 2 * GAP)
        yield [Cell(first, "bold")]
        yield from ([Cell(" " * 2 * GAP + line)] for line in rest)
        for text in self.paragraphs:
            yield from ([Cell(" " * GAP + line)] for line in fold(spell(text), width - GAP))


class Verbatim(str):
    """A text that no width folds, such as JSON, so that it can be copied as it is."""

    __slots__ = ()


def show(*parts: str | Part, err: bool = False) -> None:
    """Print texts and tables; colours only where the terminal has them.

    A text is folded at words where a terminal shows it, so that a path stays whole, and not in a
    pipe.

    Raises
    ------
    GedigError
        If the output takes no more, as a full disk.

    Examples
    --------
    >>> show("F = −0.25", text_table(["model", "size"], [["gpt2", "548 MB"]]))
    F = −0.25
    model  size
    gpt2   548 MB
    """
    stream = sys.stderr if err else sys.stdout
    if stream is None:  # closed by who called: nobody listens, and the work goes on
        return
    try:
        _write(stream, parts, err=err)
        stream.flush()
    except OSError as trouble:
        if trouble.errno == errno.EPIPE:  # the reader, such as head, has had enough
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # what is left goes nowhere
        raise refusal("not_printed", trouble=trouble.strerror) from trouble


def _write(stream: TextIO, parts: Iterable[str | Part], *, err: bool) -> None:
    if not _is_terminal(stream):
        width = os.environ.get("COLUMNS", "")
        encoding = stream.encoding or "utf-8"
        columns = int(width) if width.isdecimal() else WIDTH
        for line in _laid_out(parts, columns, encoding, whole=True):
            stream.write("".join(cell.text for cell in line) + "\n")
        return
    from rich.text import Text

    console = _console(err=err)
    whole = not stream.isatty()
    for line in _laid_out(parts, console.width, console.encoding, whole=whole):
        styled = ((cell.text, cell.style) for cell in line)
        console.print(Text.assemble(*styled), soft_wrap=True)


def has_shades() -> bool:
    """Return whether the standard output shows the shades of `head_table`.

    A pipe does not, nor a terminal of 16 colours, where all of them would be grey and white.

    Examples
    --------
    >>> has_shades()
    False
    """
    stream = sys.stdout
    return stream is not None and _is_terminal(stream) and not _console(err=False).no_color


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty() or bool(os.environ.get("FORCE_COLOR"))


def _console(*, err: bool) -> Console:
    """Return rich's console; one that has few colours shows none, and bold."""
    from rich.console import Console

    console = Console(stderr=err, highlight=False)
    console.no_color = console.no_color or console.color_system not in SHADED
    return console


def _laid_out(
    parts: Iterable[str | Part], width: int, encoding: str, *, whole: bool
) -> Iterator[Line]:
    """Return the lines of all parts; `whole` leaves texts unfolded."""

    def spell(text: str) -> str:
        return readable(text, encoding)

    for part in parts:
        if not isinstance(part, str):
            yield from part.lines(width, spell)
            continue
        if whole or isinstance(part, Verbatim):
            yield [Cell(spell(part))]
            continue
        for line in spell(part).split("\n"):
            yield from ([Cell(folded)] for folded in fold(line, width))


def head_table(
    values: Float[np.ndarray, "layers heads"], reference: Float[np.ndarray, "layers heads"]
) -> Grid:
    """Return layers × heads as numbers on colour, the last layer on top.

    Parameters
    ----------
    values : array [layers, heads]
        What the cells say, two decimals.
    reference : array [layers, heads]
        What they are held against: a cell above it is blue, below it orange.

    Examples
    --------
    >>> import numpy as np
    >>> show(head_table(np.array([[-0.5, -0.25], [-0.375, -0.5]]), np.full((2, 2), -0.375)))
    layer     0     1
        1 -0.38 -0.50
        0 -0.50 -0.25
    """
    differences = values - reference
    shares = differences / (abs(differences).max() or 1.0)
    rows = [
        [Cell(str(layer)), *map(_number, values[layer], shares[layer])]
        for layer in reversed(range(len(values)))
    ]
    return Grid([word("cli.live.layer"), *map(str, range(values.shape[1]))], rows)


def difference_table(rows: Mapping[str, Mapping[str, float]]) -> Grid:
    """Return one row per baseline: mean ΔF over the heads, and the share above zero.

    Examples
    --------
    >>> import math
    >>> show(difference_table({"random": {"mean": -0.0625, "share_positive": math.nan}}))
    F minus F of    mean  heads above
    random        −0.063            –
    """
    headings = [word(f"cli.live.{name}") for name in ("baseline", "mean", "share_positive")]
    cells = [
        [word(f"cli.live.{name}"), fixed(row["mean"]), percent(row["share_positive"])]
        for name, row in rows.items()
    ]
    return Grid(headings, [list(map(Cell, row)) for row in cells], gap=GAP, left={0})


def text_table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], *, below: int | None = None
) -> Listing:
    """Return plain text in columns.

    Where these would be too narrow each row becomes an entry, with the column `below`, where one is
    named, under the others.

    Examples
    --------
    >>> show(text_table(["model", "size"], [["gpt2", "548 MB"], ["minilm", "84 MB"]]))
    model   size
    gpt2    548 MB
    minilm  84 MB
    """
    return Listing(headings, [list(row) for row in rows], below)


def fold(text: str, width: int) -> list[str]:
    """Return a text in lines of at most `width` columns, cut at spaces and between wide signs.

    A word that is longer stays whole on a line of its own.

    Examples
    --------
    >>> fold("the cat sat", 7), fold("unbreakable cat", 5), fold("日本語", 4)
    (['the cat', 'sat'], ['unbreakable', 'cat'], ['日本', '語'])
    """
    lines, line = [], ""
    for piece in _pieces(text):
        if line.strip() and cell_len(line) + cell_len(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]


def _pieces(text: str) -> Iterator[str]:
    """Return what must not be cut: words with the space after them, wide signs one by one."""
    piece = ""
    for sign in text:
        if piece and (piece[-1] == " " != sign or cell_len(sign) == 2 or cell_len(piece[-1]) == 2):
            yield piece
            piece = ""
        piece += sign
    yield piece


def _widths(columns: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Return a width for each column of prose, None where they would be too narrow."""
    wanted = [max(map(cell_len, column)) for column in columns]
    words = [max(cell_len(p.rstrip()) for t in column for p in _pieces(t)) for column in columns]
    given = [max(word, min(want, NARROW)) for word, want in zip(words, wanted, strict=True)]
    left = width - sum(given) - GAP * (len(columns) - 1)
    if left < 0:
        return None
    while left and given != wanted:
        short = max(range(len(given)), key=lambda i: wanted[i] - given[i])
        given[short] += 1
        left -= 1
    return given


def _entries(table: Sequence[Sequence[str]], width: int) -> Iterator[Line]:
    """Return each row under its first cell, the others with their headings."""
    headings, *rows = table
    for number, row in enumerate(rows):
        if number:
            yield [Cell("")]
        for line in fold(row[0], width):
            yield [Cell(line)]
        for heading, text in zip(headings[1:], row[1:], strict=True):
            if text:
                first, *rest = fold(f"{heading}: {text}", width - 2 * GAP)
                yield from ([Cell(" " * GAP + first)], *([Cell(" " * 2 * GAP + x)] for x in rest))


def _blocks(wide: Sequence[int], width: int) -> Iterator[list[int]]:
    """Return which columns stand side by side beside the first, at least one."""
    block, used = [], wide[0]
    for column in range(1, len(wide)):
        if block and used + wide[column] > width:
            yield block
            block, used = [], wide[0]
        block.append(column)
        used += wide[column]
    yield block


def _padded(cell: Cell, width: int, *, left: bool = False) -> Cell:
    space = " " * (width - cell_len(cell.text))
    return Cell(cell.text + space if left else space + cell.text, cell.style)


def _padded_text(text: str, width: int) -> str:
    return _padded(Cell(text), width, left=True).text


def _number(value: float, share: float) -> Cell:
    """Return one number on its colour; `share` runs from -1 (orange) to 1 (blue)."""
    shades = _shades("structure" if share > 0 else "heat")
    ground = shades[round(DEEPEST * abs(share) * (SHADES - 1))]
    return Cell(f"{value: .2f}", f"{INK} on #{ground}")


@cache
def _shades(end: str) -> list[str]:
    """Return the shades from the page's colour to another of its colours, in hexadecimal."""
    from gedig_edu.views.ramps import ramp

    colours = page_colours()
    steps = ramp(colours["page"], colours[end], SHADES)
    return [bytes(shade).hex() for shade in (255 * steps).round().astype("u1")]
