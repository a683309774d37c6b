"""Readings in a terminal: arrays in, rich tables out, readable without colour too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.colors import to_hex
from rich.style import Style
from rich.table import Table
from rich.text import Text

from gedig_edu.views.style import diverging
from gedig_edu.words import word
from gedig_edu.words.numbers import fixed, percent

INK = "#000000"
DEEPEST = 0.6  # how far along the ramp black ink stays readable


def head_table(
    values: Float[np.ndarray, "layers heads"], reference: Float[np.ndarray, "layers heads"]
) -> Table:
    """Return layers × heads as numbers on colour, the last layer on top.

    Parameters
    ----------
    values : array [layers, heads]
        What the cells say, two decimals.
    reference : array [layers, heads]
        What they are held against: a cell above it is blue, below it orange.

    Examples
    --------
    >>> table = head_table(np.array([[-0.5, -0.25], [-0.375, -0.5]]), np.full((2, 2), -0.375))
    >>> table.row_count, [str(cell) for cell in table.columns[1].cells]
    (2, [' -0.38', ' -0.50'])
    """
    differences = values - reference
    extent = np.abs(differences).max() or 1.0
    table = Table(box=None, padding=0, pad_edge=False, header_style="")
    table.add_column(word("cli.live.layer"), justify="right", no_wrap=True)
    for head in range(values.shape[1]):
        table.add_column(str(head), justify="right", no_wrap=True, min_width=6)
    for layer in reversed(range(len(values))):
        cells = zip(values[layer], differences[layer] / extent, strict=True)
        table.add_row(str(layer), *(_cell(value, share) for value, share in cells))
    return table


def difference_table(rows: Mapping[str, Mapping[str, float]]) -> Table:
    r"""Return one row per baseline: mean ΔF over the heads, and the share above zero.

    Examples
    --------
    >>> table = difference_table({"random": {"mean": -0.0625, "share_positive": 0.125}})
    >>> [str(cell) for column in table.columns[1:] for cell in column.cells]
    ['−0.063', '13\xa0%']
    """
    table = Table(box=None, pad_edge=False, header_style="")
    table.add_column(word("cli.live.baseline"))
    for name in ("mean", "share_positive"):
        table.add_column(word(f"cli.live.{name}"), justify="right")
    for name, row in rows.items():
        share = percent(row["share_positive"])
        table.add_row(word(f"cli.live.{name}"), fixed(row["mean"]), share)
    return table


def text_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Return plain text in columns, long cells folded.

    Examples
    --------
    >>> text_table(["model", "size"], [["gpt2", "548 MB"], ["minilm", "84 MB"]]).row_count
    2
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _cell(value: float, share: float) -> Text:
    """Return one number on its colour; `share` runs from -1 (orange) to 1 (blue)."""
    colour = to_hex(diverging()(0.5 + 0.5 * DEEPEST * share))
    return Text(f"{value: 6.2f}", style=Style(color=INK, bgcolor=colour))
