"""Figures that say in words what they show, and Axes as the bytes of a picture."""

from __future__ import annotations

import io
from typing import Any

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gedig_edu.errors import GedigError, check_choice
from gedig_edu.views.shown import alternative, bundle

UNNAMED = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
EMBEDDED: Any = {"pdf.fonttype": 42, "svg.fonttype": "path", "svg.hashsalt": "gedig-edu"}


class ToldFigure(Figure):
    """A figure whose words, wherever its picture cannot be seen, are those of its Axes."""

    def __repr__(self) -> str:
        return alternative(self) or super().__repr__()

    def _repr_mimebundle_(self, **_: Any) -> Any:
        return bundle(self)


def subplots(rows: int = 1, columns: int = 1, **options: Any) -> tuple[Figure, Any]:
    """Return a new figure that says what it shows, and its Axes, as ``pyplot.subplots`` does.

    Examples
    --------
    >>> figure, axes = subplots()
    >>> axes.set_label("A chain of three.")
    >>> figure
    A chain of three.
    >>> plt.close(figure)
    """
    return plt.subplots(rows, columns, FigureClass=ToldFigure, **options)


def new_axes(**options: Any) -> Axes:
    """Return the Axes of a new figure that says what it shows.

    Examples
    --------
    >>> new_axes(figsize=(2, 1)).get_label()
    ''
    """
    return subplots(**options)[1]


def saved(ax: Axes, kind: str, *, dpi: float | None = None) -> bytes:
    r"""Return the whole figure of `ax` as a file that names no program, and close it.

    In an SVG letters are outlines, in a PDF they are text with the fonts inside, so that both look
    the same everywhere. The same figure gives the same bytes.

    Parameters
    ----------
    ax : Axes
    kind : "png", "svg" or "pdf"
    dpi : float, optional
        Dots per inch; the figure's own where not given.

    Raises
    ------
    GedigError
        If the kind is another, or the Axes stand in no figure.

    Examples
    --------
    >>> saved(plt.subplots()[1], "pdf")[:5]
    b'%PDF-'
    """
    check_choice("kind", kind, UNNAMED)
    figure = ax.get_figure(root=True)
    if figure is None:
        raise GedigError("The Axes stand in no figure; draw them in one first.")
    buffer = io.BytesIO()
    with plt.rc_context(EMBEDDED):
        figure.savefig(
            buffer, format=kind, dpi=dpi or "figure", bbox_inches="tight", metadata=UNNAMED[kind]
        )
    plt.close(figure)
    return buffer.getvalue()


def png(ax: Axes, *, dpi: float | None = None) -> bytes:
    r"""Return the whole figure of `ax` as a PNG that names no program, and close it.

    Parameters
    ----------
    ax : Axes
    dpi : float, optional
        Dots per inch; the figure's own where not given.

    Raises
    ------
    GedigError
        If the Axes stand in no figure.

    Examples
    --------
    >>> png(plt.subplots()[1])[:4]
    b'\x89PNG'
    """
    return saved(ax, "png", dpi=dpi)
