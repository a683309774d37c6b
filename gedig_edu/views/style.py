"""Figure style and ramps of colour.

Ramps run through OKLab (Ottosson 2020), where equal steps look equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
from cycler import cycler
from jaxtyping import Float
from matplotlib import font_manager
from matplotlib.colors import ListedColormap, to_rgb

from gedig_edu.views.colours import OKABE_ITO, page_colours

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


def ramp(start: str, end: str, steps: int) -> Float[np.ndarray, "steps 3"]:
    """Return sRGB colours from `start` to `end` along a straight line in OKLab."""
    ends = np.stack([_oklab(to_rgb(start)), _oklab(to_rgb(end))])
    share = np.linspace(0, 1, steps)[:, None]
    return _srgb(ends[0] + share * (ends[1] - ends[0]))


# Ottosson (2020), 'A perceptual color space for image processing': linear sRGB to cone
# responses, and their cube roots to lightness and two opponent axes.
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def _oklab(rgb: tuple[float, float, float]) -> Float[np.ndarray, " 3"]:
    srgb = np.asarray(rgb)
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return _TO_LAB @ np.cbrt(_TO_CONES @ linear)


def _srgb(lab: Float[np.ndarray, "steps 3"]) -> Float[np.ndarray, "steps 3"]:
    linear = (lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_CONES).T
    linear = linear.clip(0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
