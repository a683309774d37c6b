"""A figure drawn for a light page, in the colours of a dark one.

Each colour of the light page becomes the one that means the same on the dark page, each step of
a ramp the same step of the dark ramp, and a grey the grey as far from the dark page as it was
from white. Any other colour stays: it was chosen by whoever drew the figure; and so does what
stands on it, and a whole figure whose page is not a light one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import TABLEAU_COLORS, Colormap, ListedColormap, to_rgb, to_rgba_array
from matplotlib.figure import Figure, FigureBase
from matplotlib.table import Cell

from gedig_edu.shapes import Float
from gedig_edu.views.colours import PAGES
from gedig_edu.views.grounds import standing
from gedig_edu.views.ramps import ramp

COLOURS = ("color", "facecolor", "edgecolor", "markerfacecolor", "markeredgecolor", "hatchcolor")
NOTED = re.compile("colors?([23]d)?$|_mapped$")  # names of what sets a colour
UNSET = ("none", "auto", "face")
OURS = "gedig"  # so the names of our colour maps begin
ENDS = ("deep", "heat", "structure", "paths", "accent")
THEIRS = {to_rgb(colour) for colour in TABLEAU_COLORS}  # one of them is near to a step of ours
STEPS = 256
IN_CHANNELS = 3  # axes of an image that is its own colours
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
    artists = [*parts(figure)]
    before = [(artist, _kept(artist)) for artist in artists]
    steps = [step for artist in _changing(figure, artists) for step in _steps(artist)]
    maps = [(put, colour_map) for put, colour_map, _ in steps if isinstance(colour_map, Colormap)]
    try:
        for put, _, after in steps:
            put(after)
        yield
    finally:
        for put, colour_map in reversed(maps):
            put(colour_map)
        for artist, entries in before:
            vars(artist).update(entries)


def _kept(artist: Artist) -> dict[str, Any]:
    """Return what an artist knows of its colours, "auto" and "none" included."""
    return {name: entry for name, entry in vars(artist).items() if NOTED.search(name)}


def _changing(figure: Figure, artists: list[Artist]) -> list[Artist]:
    """Return what has other colours on a dark page: nothing, where the figure has its own page."""
    (paper,) = to_rgba_array(figure.get_facecolor())
    if paper[3] > 0 and not _darker(paper):
        return []
    panels = {axes.patch for axes in figure.axes}

    def keeps(artist: Any, colour: Any) -> bool:
        if colour is None:
            return artist.get_array().ndim == IN_CHANNELS or not _is_ours(artist.get_cmap())
        if artist in panels:
            return not _darker(colour)
        return bool(np.abs(on_dark(colour)[0, :3] - colour[:3]).max() <= NEAR)

    staying = standing(figure, artists, keeps)
    staying |= {panel for panel in panels if not _darker(panel.get_facecolor())}
    return [artist for artist in artists if artist not in staying]


def _darker(colour: Any) -> bool:
    """Return whether a colour is darker on a dark page, as white is."""
    return bool(on_dark(colour)[0, :3].sum() < sum(colour[:3]) - NEAR)


def _is_ours(colour_map: Colormap) -> bool:
    return colour_map.name.startswith(OURS)


def parts(figure: Figure) -> Iterator[Artist]:
    """Yield what a figure is drawn from, boxes, arrows and cells of its texts included."""
    for artist in figure.findobj():
        yield artist
        if isinstance(artist, Cell):
            yield artist.get_text()
        for name in ("get_bbox_patch", "arrow_patch"):
            more = getattr(artist, name, None)
            more = more() if callable(more) else more
            if isinstance(more, Artist):
                yield more


def _steps(artist: Any) -> Iterator[tuple[Callable[[Any], object], Any, Any]]:
    """Yield what sets each colour of an artist, the colour it has, and the one on a dark page."""
    if getattr(artist, "get_array", lambda: None)() is not None:
        before = artist.get_cmap()
        if _is_ours(before):
            after = ListedColormap(on_dark(before.colors), name=before.name)
            yield artist.set_cmap, before, after
        return
    if isinstance(artist, Axes | FigureBase):  # what fills them is an artist of its own
        return
    for name in COLOURS:
        put, get = (getattr(artist, f"{verb}_{name}", None) for verb in ("set", "get"))
        if put is None or get is None or (isinstance(get(), str) and get() in UNSET):
            continue
        before = get()
        one = isinstance(before, str) or np.ndim(before) == 1
        yield put, before, tuple(on_dark(before)[0]) if one else on_dark(before)


def on_dark(colours: Any) -> Float[np.ndarray, "n 4"]:
    """Return colours as they are on a dark page, as transparent as before.

    Examples
    --------
    >>> from matplotlib.colors import to_hex
    >>> [to_hex(one) for one in on_dark(["white", "black", PAGES["light"]["structure"], "tomato"])]
    ['#111111', '#e8e8e8', '#56b4e9', '#ff6347']
    """
    new = to_rgba_array(colours).copy()
    for row, (red, green, blue, _alpha) in enumerate(new.tolist()):
        new[row, :3] = _one_on_dark((red, green, blue))
    return new


@lru_cache(maxsize=4096)
def _one_on_dark(rgb: tuple[float, float, float]) -> tuple[float, ...]:
    if rgb in THEIRS:
        return rgb
    light, dark = _table()
    far = np.abs(light - rgb).max(axis=1)
    if far.min() <= NEAR:
        return tuple(dark[far.argmin()])
    if max(rgb) - min(rgb) <= NEAR:
        page, ink = (np.array(to_rgb(PAGES["dark"][name])) for name in ("page", "ink"))
        return tuple(ink + (page - ink) * np.mean(rgb))
    return rgb


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
