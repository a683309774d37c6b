"""Figure style and the ramps of colour of figures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib import font_manager
from matplotlib.colors import ListedColormap

from gedig_edu.views.colours import OKABE_ITO, page_colours
from gedig_edu.views.ramps import ramp

FALLBACK_FONTS = ("Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", "MS Gothic")
WIDTH = 7.2


@contextmanager
def style(theme: str = "light") -> Iterator[None]:
    """Return a context in which figures are drawn in the course's style.

    Unlike ``matplotlib.rc_context`` it puts back its own settings only: a notebook's backend
    may switch to interactive drawing inside, and that has to stay.

    Examples
    --------
    >>> with style():
    ...     mpl.rcParams["figure.dpi"]
    150.0
    """
    chosen = settings(theme)
    before = {name: mpl.rcParams[name] for name in chosen}
    mpl.rcParams.update(chosen)
    try:
        yield
    finally:
        mpl.rcParams.update(before)


def use(theme: str = "light") -> None:
    """Draw every later figure of this session in the course's style."""
    mpl.rcParams.update(settings(theme))


def settings(theme: str = "light") -> dict[Any, Any]:
    """Return the matplotlib settings of a theme."""
    colours = page_colours(theme)
    ink, page = colours["ink"], colours["page"]
    return {
        "figure.figsize": (WIDTH, 3.6),
        "figure.dpi": 150.0,
        "figure.facecolor": page,
        "figure.constrained_layout.use": True,
        "savefig.dpi": 150.0,
        "axes.facecolor": page,
        "axes.edgecolor": colours["soft"],
        "axes.labelcolor": ink,
        "axes.titlecolor": ink,
        "axes.titlelocation": "left",
        "axes.titlesize": 12,
        "axes.labelsize": 11,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.prop_cycle": cycler(color=list(OKABE_ITO.values())),
        "grid.color": colours["line"],
        "grid.linewidth": 0.6,
        "text.color": ink,
        "xtick.color": colours["soft"],
        "ytick.color": colours["soft"],
        "xtick.labelcolor": ink,
        "ytick.labelcolor": ink,
        "xtick.labelsize": 9,
        "ytick.labelsize": 9,
        "legend.frameon": False,
        "font.family": ["DejaVu Sans", *installed_fallbacks()],
        "font.size": 10,
    }


def installed_fallbacks() -> list[str]:
    """Return the fonts present here that can write what DejaVu Sans cannot."""
    present = set(font_manager.fontManager.get_font_names())
    return [name for name in FALLBACK_FONTS if name in present]


def sequential(theme: str = "light", *, steps: int = 256) -> ListedColormap:
    """Return the ramp for attention and probability: the page's colour to deep blue.

    Examples
    --------
    >>> from matplotlib.colors import to_hex
    >>> to_hex(sequential()(0.0)), to_hex(sequential()(1.0))
    ('#ffffff', '#08306b')
    """
    colours = page_colours(theme)
    return ListedColormap(ramp(colours["page"], colours["deep"], steps), name=f"gedig-{theme}")


def diverging(theme: str = "light", *, steps: int = 257) -> ListedColormap:
    """Return the ramp for differences: orange below, the page's colour at zero, blue above.

    Examples
    --------
    >>> from matplotlib.colors import to_hex
    >>> to_hex(diverging()(0.5))
    '#ffffff'
    """
    colours = page_colours(theme)
    half = steps // 2 + 1
    below = ramp(colours["heat"], colours["page"], half)
    above = ramp(colours["page"], colours["structure"], half)
    return ListedColormap(np.vstack([below, above[1:]]), name=f"gedig-diverging-{theme}")
