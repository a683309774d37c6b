"""What stands on a ground that keeps its colour: a label in a bar, a path drawn on a photograph."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import Collection, LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Patch
from matplotlib.path import Path
from matplotlib.spines import Spine
from matplotlib.transforms import Bbox

COVERS = 0.5  # from this opacity on, a colour hides what is behind it


def standing(
    figure: Figure, artists: Iterable[Artist], keeps: Callable[[Any, Any], bool]
) -> set[Artist]:
    """Return the artists that lie wholly on a ground that keeps its colour.

    Parameters
    ----------
    figure : Figure
    artists : iterable of Artist
        What the figure is drawn from.
    keeps : callable
        ``keeps(artist, colour)`` says whether this filling keeps its colour; the colour is None
        for an artist whose colours come from its data.

    Examples
    --------
    >>> figure = Figure()
    >>> ax = figure.subplots()
    >>> ax.set(xlim=(-1, 1), ylim=(-1, 1))[0]
    (-1.0, 1.0)
    >>> bar, label = ax.bar([0], [1], width=1), ax.text(0, 0.5, "1")
    >>> label in standing(figure, [bar[0], label], lambda artist, _: artist is bar[0])
    True
    """
    artists = [one for one in artists if one is not figure.patch]
    if not any(_grounds(one, keeps) for one in artists):
        return set()
    figure.draw_without_rendering()  # so that every place is one of the same drawing
    grounds = [(one, outline) for one in artists for outline in _grounds(one, keeps)]
    extents = np.array([outline.get_extents().extents for _, outline in grounds])
    return {
        one for one in artists if not isinstance(one, Spine) and _lies_on(one, grounds, extents)
    }


def _grounds(artist: Any, keeps: Callable[[Any, Any], bool]) -> list[Path]:
    """Return, in pixels, the outlines of what an artist fills with colours that stay."""
    if not artist.get_visible() or hasattr(artist, "do_3d_projection"):
        return []
    if isinstance(artist, AxesImage) or _is_mesh(artist):
        return [_outline(artist.get_window_extent())] if keeps(artist, None) else []
    if isinstance(artist, Patch):
        outlines = [artist.get_path()]
    elif isinstance(artist, PolyCollection) and artist.get_array() is None:
        outlines = artist.get_paths()
    else:
        return []
    colours = cycle(to_rgba_array(artist.get_facecolor()))
    return [
        artist.get_transform().transform_path(outline)
        for outline, colour in zip(outlines, colours, strict=False)
        if colour[3] >= COVERS and keeps(artist, colour)
    ]


def _is_mesh(artist: Any) -> bool:
    """Return whether an artist fills its whole extent with colours of data."""
    if not isinstance(artist, Collection) or isinstance(artist, PathCollection | LineCollection):
        return False
    return artist.get_array() is not None and getattr(artist, "filled", True)


def _lies_on(artist: Artist, grounds: list[tuple[Artist, Path]], extents: np.ndarray) -> bool:
    """Return whether an artist lies inside one of the grounds that is not its own."""
    box = artist.get_tightbbox()
    if box is None or not np.isfinite(box.extents).all():
        return False
    # a pixel less on each side, since edges may touch
    box = box.padded(-min(1.0, box.width / 2), -min(1.0, box.height / 2))
    around = (extents[:, :2] <= box.min).all(axis=1) & (extents[:, 2:] >= box.max).all(axis=1)
    near = (grounds[place] for place in np.flatnonzero(around))
    return any(
        owner is not artist and outline.contains_points(box.corners()).all()
        for owner, outline in near
    )


def _outline(box: Bbox) -> Path:
    return Path([(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)])
