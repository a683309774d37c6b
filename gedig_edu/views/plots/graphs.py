"""Pictures of graphs: every shortcut of a graph at once, and F along random edges.

As in `gedig_edu.views.plots.heads`: arrays in, Axes out, nothing shown, and a text alternative made
from the data as the label of the Axes.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import CenteredNorm
from matplotlib.ticker import MaxNLocator, PercentFormatter

from gedig_edu.shapes import Float
from gedig_edu.views.colours import page_colours
from gedig_edu.views.picture import new_axes
from gedig_edu.views.plots._earlier import with_means
from gedig_edu.views.style import WIDTH, diverging, style
from gedig_edu.words import word
from gedig_edu.words.numbers import percent, three


def shortcut_map(
    F: Float[np.ndarray, "n n"], *, theme: str = "light", ax: Axes | None = None
) -> Axes:
    """Draw F of every possible edge between node i and node j, zero in the middle.

    Parameters
    ----------
    F : array [n, n]
        NaN where there is no edge to add; symmetric. The lowest is marked.
    theme : "light" or "dark"
    ax : Axes, optional
        A new figure where not given.
    """
    with style(theme):
        ax = ax or new_axes(figsize=(WIDTH * 0.62, WIDTH * 0.5))
        half = float(np.nanmax(np.abs(F))) or 1.0
        image = ax.imshow(F, cmap=diverging(theme), norm=CenteredNorm(halfrange=half))
        bar = ax.figure.colorbar(image, ax=ax, shrink=0.8, pad=0.02)
        bar.set_label(word("views.shortcuts.F"))
        i, j = sorted(int(at) for at in np.unravel_index(np.nanargmin(F), F.shape))
        ax.plot([j, i], [i, j], "o", mfc="none", color=page_colours(theme)["accent"], ms=11, mew=2)
        ax.set(xlabel=word("views.shortcuts.one"), ylabel=word("views.shortcuts.other"))
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(MaxNLocator(integer=True))
        ax.spines[:].set_visible(False)
    upper = F[np.triu_indices(len(F), 1)]
    ax.set_label(
        word(
            "views.shortcuts.alt",
            edges=int(np.isfinite(upper).sum()),
            pays=int((upper < 0).sum()),
            i=i,
            j=j,
            low=three(float(np.nanmin(F))),
            high=three(float(np.nanmax(F))),
        )
    )
    return ax


def growth_curves(
    curves: Mapping[str, tuple[Float[np.ndarray, "draws steps"], Float[np.ndarray, " steps"]]],
    *,
    high: float | None = None,
    theme: str = "light",
    ax: Axes | None = None,
) -> Axes:
    """Draw F against the share of missing edges added, each draw a thin line, one bold mean.

    Parameters
    ----------
    curves : mapping of name to (array [draws, edges + 1], array [edges + 1])
        F of each draw, and their mean; earlier, F of each draw alone.
    high : float, optional
        Where the axis of F ends; with all of every line where not given.
    theme : "light" or "dark"
    ax : Axes, optional
        A new figure where not given.
    """
    curves = with_means(curves)
    colours = page_colours(theme)
    inks = (colours["ink"], colours["structure"], colours["heat"], colours["paths"])
    with style(theme):
        ax = ax or new_axes(figsize=(WIDTH, 3.6))
        ax.axhline(0, color=colours["soft"], linewidth=1.0)
        for place, (name, (F, mean)) in enumerate(curves.items()):
            share = np.linspace(0, 1, F.shape[1])
            ink = inks[place % len(inks)]
            ax.plot(share, F.T, color=ink, linewidth=0.4, alpha=0.25)
            ax.plot(share, mean, color=ink, linewidth=1.8, label=name)
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=9)
        ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        lowest = min(float(F.min()) for F, _ in curves.values())
        ax.set_ylim(bottom=lowest - 0.05 if high is not None else None, top=high)
        ax.set(xlabel=word("views.growth.share"), ylabel=word("views.growth.F"))
        ax.grid(axis="y")
    ax.set_label(" ".join(_growth_said(name, mean) for name, (_, mean) in curves.items()))
    return ax


def _growth_said(name: str, mean: Float[np.ndarray, " steps"]) -> str:
    lowest = int(mean.argmin())
    return word(
        "views.growth.alt",
        name=name,
        low=three(mean[lowest]),
        at=percent(lowest / (len(mean) - 1)),
        last=three(mean[-1]),
    )
