"""A figure drawn for a light page, in the colours of a dark one.

Each colour of the light page becomes the one that means the same on the dark page, each step of
a ramp the same step of the dark ramp, and a grey the grey as far from the dark page as it was
from white. Any other colour stays: it was chosen by whoever drew the figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.artist import Artist
from matplotlib.colors import ListedColormap, to_rgb, to_rgba_array
from matplotlib.figure import Figure

from gedig_edu.views.colours import PAGES
from gedig_edu.views.style import ramp

COLOURS = ("color", "facecolor", "edgecolor", "markerfacecolor", "markeredgecolor", "hatchcolor")
UNSET = ("none", "auto", "face")
OURS = "gedig"  # so the names of our colour maps begin
ENDS = ("deep", "heat", "structure", "paths", "accent")
STEPS = 256
NEAR = 2 / 255  # colours that lie no farther apart in any channel are one


@contextmanager
def darkened(figure: Figure) -> Iterator[None]:
    """Draw a figure in dark colours as long as this lasts; then it is as it was.

    Examples
    --------
    >>> figure = Figure()
    >>> with darkened(figure):
    ...     figure.get_facecolor()[:3] == to_rgb(PAGES["dark"]["page"])
    True
    """
    steps = [step for artist in parts(figure) for step in _steps(artist)]
    try:
        for put, _before, after in steps:
            put(after)
        yield
    finally:
        for put, before, _after in reversed(steps):
            put(before)


def parts(figure: Figure) -> Iterator[Artist]:
    """Yield what a figure is drawn from, boxes and arrows of its texts included."""
    for artist in figure.findobj():
        yield artist
        for name in ("get_bbox_patch", "arrow_patch"):
            more = getattr(artist, name, None)
            more = more() if callable(more) else more
            if isinstance(more, Artist):
                yield more


def _steps(artist: Any) -> Iterator[tuple[Callable[[Any], object], Any, Any]]:
    """Yield what sets each colour of an artist, the colour it has, and the one on a dark page."""
    if getattr(artist, "get_array", lambda: None)() is not None:
        before = artist.get_cmap()
        if before.name.startswith(OURS):
            after = ListedColormap(on_dark(before.colors), name=before.name)
            yield artist.set_cmap, before, after
        return
    for name in COLOURS:
        put, get = (getattr(artist, f"{verb}_{name}", None) for verb in ("set", "get"))
        if put is None or get is None or (isinstance(get(), str) and get() in UNSET):
            continue
        before = get()
        one = isinstance(before, str) or np.ndim(before) == 1
        after = on_dark(before)
        yield (
            put,
            tuple(before) if one and not isinstance(before, str) else before,
            (tuple(after[0]) if one else after),
        )


def on_dark(colours: Any) -> Float[np.ndarray, "n 4"]:
    """Return colours as they are on a dark page, as transparent as before.

    Examples
    --------
    >>> from matplotlib.colors import to_hex
    >>> [to_hex(one) for one in on_dark(["white", "black", PAGES["light"]["structure"], "tomato"])]
    ['#111111', '#e8e8e8', '#56b4e9', '#ff6347']
    """
    old = to_rgba_array(colours)
    new = old.copy()
    light, dark = _table()
    for row, (*rgb, _alpha) in enumerate(old):
        far = np.abs(light - rgb).max(axis=1)
        if far.min() <= NEAR:
            new[row, :3] = dark[far.argmin()]
        elif max(rgb) - min(rgb) <= NEAR:
            page, ink = (np.array(to_rgb(PAGES["dark"][name])) for name in ("page", "ink"))
            new[row, :3] = ink + (page - ink) * np.mean(rgb)
    return new


@cache
def _table() -> tuple[np.ndarray, np.ndarray]:
    """Return light colours and their dark kin: those of a page, then the ramps between them."""
    light, dark = (
        np.vstack(
            [[to_rgb(colour) for colour in page.values()]]
            + [ramp(page[a], page[b], STEPS) for a in ("page", "line") for b in ENDS]
        )
        for page in (PAGES["light"], PAGES["dark"])
    )
    return light, dark
