"""Pictures of readings: arrays in, Axes out, nothing shown.

Every function draws into ``ax`` or a new figure, and leaves a text alternative made from the
data as the label of the Axes: ``ax.get_label()``. `theme` is "light" or "dark".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import CenteredNorm, Normalize

from gedig_edu.shapes import Float
from gedig_edu.views import describe
from gedig_edu.views.colours import page_colours
from gedig_edu.views.picture import new_axes, subplots
from gedig_edu.views.style import WIDTH, diverging, sequential, style
from gedig_edu.words import word

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def _styled(draw: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Let a plot draw in the style of its `theme`."""

    @wraps(draw)
    def drawn(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        with style(str(kwargs.get("theme", "light"))):
            return draw(*args, **kwargs)

    return drawn


@_styled
def head_map(
    values: Float[np.ndarray, "layers heads"],
    *,
    label: str,
    centred: bool = False,
    theme: str = "light",
    ax: Axes | None = None,
) -> Axes:
    """Draw layers × heads as a map, layer 0 at the bottom as the stream flows upward.

    Parameters
    ----------
    values : array [layers, heads]
        The quantity, one number per head.
    label : str
        Its symbol and unit, for the colour bar.
    centred : bool
        A difference: orange below zero, blue above, zero in the middle of the scale.
    """
    ax = _axes(ax, height=0.9 + 0.22 * len(values))
    layers, heads = values.shape
    image = ax.imshow(
        values,
        origin="lower",
        aspect="auto",
        cmap=diverging(theme) if centred else sequential(theme),
        norm=CenteredNorm() if centred else Normalize(),
    )
    ax.figure.colorbar(image, ax=ax, label=label, pad=0.02)
    ax.set_xticks(_ticks(heads))
    ax.set_yticks(_ticks(layers))
    ax.set(xlabel=word("views.axis.head"), ylabel=word("views.axis.layer"))
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    ax.set_label(describe.describe_heads(values, label))
    return ax


@_styled
def layer_boxes(
    values: Float[np.ndarray, "layers heads"],
    *,
    label: str,
    baseline: tuple[str, float] | None = None,
    theme: str = "light",
    ax: Axes | None = None,
) -> Axes:
    """Draw the heads of each layer as a box plot, with a baseline as a dotted line.

    Parameters
    ----------
    values : array [layers, heads]
        The quantity, one number per head.
    label : str
        Its symbol and unit, for the axis.
    baseline : (name, value), optional
        Where the baseline lies, drawn dotted and labelled directly.
    """
    ax = _axes(ax, height=0.9 + 0.22 * len(values))
    colours = page_colours(theme)
    ink = {"color": colours["ink"], "linewidth": 1.0}
    ax.boxplot(
        list(values),
        positions=range(len(values)),
        orientation="horizontal",
        widths=0.62,
        whis=(0, 100),
        patch_artist=True,
        boxprops={"facecolor": colours["line"], "edgecolor": colours["ink"], "linewidth": 1.0},
        medianprops={"color": colours["ink"], "linewidth": 1.8},
        whiskerprops=ink,
        capprops=ink,
    )
    if baseline is not None:
        name, value = baseline
        ax.axvline(value, color=colours["ink"], linestyle=":", linewidth=1.4, label=name)
        ax.annotate(
            name, (value, 1), xycoords=("data", "axes fraction"), xytext=(3, 2),
            textcoords="offset points", fontsize=9,
        )  # fmt: skip
    ax.set_yticks(_ticks(len(values)), [str(tick) for tick in _ticks(len(values))])
    ax.set(xlabel=label, ylabel=word("views.axis.layer"), ylim=(-0.5, len(values) - 0.5))
    ax.grid(axis="x")
    ax.set_label(describe.describe_layers(values))
    return ax


@_styled
def overview(
    values: Float[np.ndarray, "layers heads"],
    *,
    label: str,
    baseline: tuple[str, float] | None = None,
    centred: bool = False,
    theme: str = "light",
) -> tuple[Axes, Axes]:
    """Draw `head_map` and `layer_boxes` side by side, each with the numbers of the layers.

    The name of the colours stands over the map, where no reader takes it for the boxes' axis.
    """
    size = (WIDTH, max(2.8, 0.9 + 0.22 * len(values)))
    _, (left, right) = subplots(1, 2, sharey=True, figsize=size)
    head_map(values, label=label, centred=centred, theme=theme, ax=left)
    layer_boxes(values, label=label, baseline=baseline, theme=theme, ax=right)
    left.images[0].colorbar.set_label("")
    left.set_title(label, loc="right", fontsize=10)
    right.tick_params("y", labelleft=True)
    return left, right


def _axes(ax: Axes | None, *, height: float) -> Axes:
    if ax is not None:
        return ax
    return new_axes(figsize=(WIDTH, max(2.4, height)))


def _ticks(count: int, *, most: int = 16) -> list[int]:
    return list(range(0, count, -(-count // most)))
