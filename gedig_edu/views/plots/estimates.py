"""Numbers with their intervals side by side, and the same along an axis; what was printed beside.

Arrays in, Axes out, nothing shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gedig_edu.shapes import Float
from gedig_edu.views.colours import OKABE_ITO, page_colours
from gedig_edu.views.picture import subplots
from gedig_edu.views.style import WIDTH, style
from gedig_edu.words import word

SHADES = tuple(OKABE_ITO[name] for name in ("blue", "vermillion", "green", "purple", "sky"))
MARKERS = "osDv^"
HOLLOW = "D^s"
ROW, BESIDE = 0.24, 1.15  # inches of a number, and of the axis and the titles
KEY = 0.3  # inches
TITLE = 48  # letters of a title that fit beside the names of the rows


def estimates(
    panels: Mapping[str, Mapping[str, Float[np.ndarray, "rows 3"]]],
    *,
    rows: Sequence[str],
    printed: Mapping[str, Mapping[str, Float[np.ndarray, " rows"]]] | None = None,
    title: str = "",
    one_scale: bool = True,
    theme: str = "light",
) -> Axes:
    """Draw numbers with their intervals as dots, one panel for each set of texts.

    Parameters
    ----------
    panels : mapping of panel to mapping of name to array [rows, 3]
        Value, lower and upper end of the interval; NaN where nothing was measured.
    rows : sequence of str
        What each row is, from the top.
    printed : mapping of panel to mapping of name to array [rows], optional
        Numbers without an interval from elsewhere, drawn hollow.
    title : str
        Of the horizontal axis, with its unit; "" where the panels' own names say it.
    one_scale : bool
        Whether the panels share their horizontal axis.
    theme : "light" or "dark"

    Returns
    -------
    Axes
        The first panel; its label is the text alternative of all.
    """
    printed = printed or {}
    names = _names(panels)
    beside = _names(printed)
    width = len(names) + bool(beside)
    with style(theme):
        height = BESIDE + KEY + ROW * len(rows) * width
        size = {"figsize": (WIDTH, height), "sharex": one_scale, "sharey": True}
        figure, axes = subplots(1, len(panels), squeeze=False, **size)
        for ax, (panel, series) in zip(axes[0], panels.items(), strict=True):
            ax.axvline(0, color=page_colours(theme)["soft"], linewidth=0.8)
            for name, numbers in series.items():
                _dots(ax, numbers, names.index(name), width, name)
            for name, values in printed.get(panel, {}).items():
                ax.plot(
                    values, np.arange(len(rows)) + _offset(len(names), width),
                    HOLLOW[beside.index(name) % len(HOLLOW)], color=page_colours(theme)["ink"],
                    fillstyle="none", markersize=5, linestyle="none", label=name,
                )  # fmt: skip
            named = fill(panel, TITLE // len(panels))
            ax.set(title=named, xlabel=title, yticks=range(len(rows)))
            ax.grid(axis="x")
        axes[0][0].set_yticklabels(rows)
        axes[0][0].set_ylim(len(rows) - 0.5, -0.5)
        _key(figure, axes[0], [*names, *beside])
    axes[0][0].set_label(_told(panels, rows))
    return axes[0][0]


def profiles(
    panels: Mapping[str, Mapping[str, Float[np.ndarray, "points 4"]]],
    *,
    titles: tuple[str, str],
    level: float | None = None,
    logarithmic: Collection[str] = (),
    one_scale: bool = True,
    theme: str = "light",
) -> Axes:
    """Draw numbers with their intervals along an axis, one panel for each model.

    Parameters
    ----------
    panels : mapping of panel to mapping of name to array [points, 4]
        Place, value, lower and upper end of the interval; ends of NaN where there is none.
    titles : (str, str)
        Of the horizontal and the vertical axis, with their units.
    level : float, optional
        A line to read the numbers against.
    logarithmic : collection of str
        Panels whose horizontal axis is logarithmic.
    one_scale : bool
        Whether all panels share their vertical axis, or only those of one row.
    theme : "light" or "dark"

    Returns
    -------
    Axes
        The first panel; its label is the text alternative of all.
    """
    names = _names(panels)
    columns = min(2, len(panels))
    lines = -(-len(panels) // columns)
    with style(theme):
        size = {"figsize": (WIDTH, 2.2 * lines + KEY + 0.5), "sharey": True if one_scale else "row"}
        figure, axes = subplots(lines, columns, squeeze=False, **size)
        for ax in axes.flat[len(panels) :]:
            ax.remove()
        for ax, (panel, series) in zip(axes.flat, panels.items(), strict=False):
            if level is not None:
                ax.axhline(level, color=page_colours(theme)["soft"], linewidth=0.8)
            for name, points in series.items():
                shade = SHADES[names.index(name) % len(SHADES)]
                x, value, low, high = points.T
                ax.plot(x, value, color=shade, marker=MARKERS[names.index(name) % len(MARKERS)],
                        markersize=3.5, linewidth=1.2, label=name)  # fmt: skip
                ax.fill_between(x, low, high, color=shade, alpha=0.2, linewidth=0)
            ax.set(title=panel, xlabel=titles[0])
            if panel in logarithmic:
                ax.set_xscale("log")
            elif all((points[:, 0] % 1 == 0).all() for points in series.values()):
                ax.xaxis.set_major_locator(MaxNLocator(integer=True))
            ax.grid(axis="y")
        for row in axes:
            row[0].set_ylabel(titles[1])
        _key(figure, axes.flat[: len(panels)], names)
    axes[0][0].set_label(_told_along(panels))
    return axes[0][0]


def _dots(ax: Axes, numbers: Float[np.ndarray, "rows 3"], place: int, of: int, name: str) -> None:
    value, low, high = numbers.T
    ax.errorbar(
        value, np.arange(len(value)) + _offset(place, of), xerr=(value - low, high - value),
        fmt=MARKERS[place % len(MARKERS)], color=SHADES[place % len(SHADES)], markersize=4,
        elinewidth=1.2, capsize=0, label=name,
    )  # fmt: skip


def _offset(place: int, of: int) -> float:
    """Return how far from the middle of its row one of so many numbers stands."""
    return 0.8 * ((place + 0.5) / of - 0.5)


def _names(panels: Mapping[str, Mapping[str, object]]) -> list[str]:
    """Return the names of all panels, each once."""
    return list(dict.fromkeys(name for panel in panels.values() for name in panel))


def _key(figure: Figure, axes: Iterable[Axes], names: Sequence[str]) -> None:
    """Name what is drawn, once for all panels, above them."""
    handles = {}
    for ax in axes:
        drawn, labels = ax.get_legend_handles_labels()
        handles |= dict(zip(labels, drawn, strict=True))
    shown = [name for name in names if name in handles]
    if len(shown) > 1:
        figure.legend(
            [handles[name] for name in shown], shown, loc="outside upper left", ncols=len(shown),
            fontsize=9, handletextpad=0.4, columnspacing=1.2,
        )  # fmt: skip


def _told(
    panels: Mapping[str, Mapping[str, Float[np.ndarray, "rows 3"]]], rows: Sequence[str]
) -> str:
    return " ".join(
        word(
            "views.estimates.row", panel=panel, name=name, row=row, value=value, low=low, high=high
        )
        for panel, series in panels.items()
        for name, numbers in series.items()
        for row, (value, low, high) in zip(rows, numbers, strict=True)
        if np.isfinite(value)
    )


def _told_along(panels: Mapping[str, Mapping[str, Float[np.ndarray, "points 4"]]]) -> str:
    return " ".join(
        word(
            "views.estimates.profile", panel=panel, name=name,
            first=points[0, 1], last=points[-1, 1], from_=points[0, 0], to=points[-1, 0],
            low=points[:, 1].min(), high=points[:, 1].max(),
        )
        for panel, series in panels.items()
        for name, points in series.items()
    )  # fmt: skip
