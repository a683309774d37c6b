"""Axes as the bytes of a picture."""

from __future__ import annotations

import io

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from gedig_edu.errors import GedigError


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
    figure = ax.get_figure(root=True)
    if figure is None:
        raise GedigError("The Axes stand in no figure; draw them in one first.")
    buffer = io.BytesIO()
    figure.savefig(
        buffer, format="png", dpi=dpi or "figure", bbox_inches="tight", metadata={"Software": None}
    )
    plt.close(figure)
    return buffer.getvalue()
