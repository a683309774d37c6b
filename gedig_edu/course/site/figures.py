"""Runs in a lesson's kernel: every figure takes its text alternative along."""

from __future__ import annotations

from typing import Any

from IPython.core.getipython import get_ipython
from matplotlib.figure import Figure

from gedig_edu.views.picture import alternative, png
from gedig_edu.words import refusal

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
        raise refusal("no_kernel")
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
