"""Runs in a lesson's kernel: every figure takes its text alternative along."""

from __future__ import annotations

from typing import Any

from IPython.core.getipython import get_ipython
from matplotlib.figure import Figure

from gedig_edu.errors import GedigError
from gedig_edu.views.picture import png

SETUP = f"""
from {__name__} import describe_figures

describe_figures()
del describe_figures
"""


def describe_figures() -> None:
    """Make this kernel send, beside each figure's picture, its text alternative.

    Raises
    ------
    GedigError
        If no kernel runs this.
    """
    shell: Any = get_ipython()
    if shell is None:
        raise GedigError("No kernel is running; describe figures inside a notebook.")
    shell.run_line_magic("matplotlib", "inline")
    shell.display_formatter.formatters["image/png"].for_type(Figure, drawn)


def drawn(figure: Figure) -> tuple[bytes, dict[str, str]] | None:
    """Return a figure as PNG with its alternative as metadata, None where it has no Axes.

    Examples
    --------
    >>> drawn(Figure()) is None
    True
    """
    if not figure.axes:
        return None
    return png(figure.axes[0]), {"alt": alternative(figure)}


def alternative(figure: Figure) -> str:
    """Return what the plots left as labels on the Axes of a figure, "" where they left none.

    Examples
    --------
    >>> figure = Figure()
    >>> for axes in figure.subplots(1, 2):
    ...     axes.set_label("A chain.")
    >>> alternative(figure)
    'A chain.'
    """
    labels = (str(axes.get_label()) for axes in figure.axes)
    return " ".join(dict.fromkeys(label for label in labels if label and label[0] not in "_<"))
