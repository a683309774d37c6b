"""Pictures of temperatures: a head's, all heads' temperatures, curves over depth.

As in `gedig_edu.views.plots.heads`: arrays in, Axes out, nothing shown, and a text alternative made
from the data as the label of the (first) Axes.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import ListedColormap, LogNorm, Normalize
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from gedig_edu.shapes import Float, Num
from gedig_edu.views.colours import page_colours
from gedig_edu.views.picture import subplots
from gedig_edu.views.plots._earlier import fitted
from gedig_edu.views.ramps import ramp
from gedig_edu.views.style import WIDTH, sequential, style
from gedig_edu.words import word
from gedig_edu.words.numbers import three


def thermometers(
    heads: Mapping[
        str, tuple[Float[np.ndarray, " cells"], Float[np.ndarray, " cells"], float, float]
    ],
    *,
    causal: bool | None = None,
    theme: str = "light",
) -> Axes:
    """Draw heads' log-weights against scores, both less their row's mean, and the line 1/T.

    Parameters
    ----------
    heads : mapping of name to (scores [cells], log-weights [cells], T, R²)
        As ``gedig_edu.lab.temperatures.fitted_head`` gives them; a panel for each. Earlier,
        weights and scores [L, L].
    causal : bool, optional
        Given with weights and scores alone: whether only what a query may see counts.
    theme : "light" or "dark"
    """
    drawn = fitted(heads, causal=causal)
    colours = page_colours(theme)
    said = []
    with style(theme):
        size = (WIDTH, 3.2)
        axes = subplots(1, len(heads), figsize=size, sharey=True, squeeze=False)[1][0]
        for ax, (name, (x, y, T, r2)) in zip(axes, drawn.items(), strict=True):
            ax.plot(x, y, "o", color=colours["deep"], markersize=3, alpha=0.5, markeredgewidth=0)
            ends = np.array([x.min(), x.max()])
            ax.plot(ends, ends / T, color=colours["heat"], linewidth=1.8)
            words = {"name": name, "T": three(T), "r2": three(r2)}
            ax.set_title(word("views.temperatures.thermometer_title", **words), fontsize=10)
            ax.set_xlabel(word("views.temperatures.score"))
            ax.xaxis.set_major_locator(MaxNLocator(5))
            said.append(word("views.temperatures.thermometer_alt", count=len(x), **words))
        axes[0].set_ylabel(word("views.temperatures.log_weight"))
    axes[0].set_label(" ".join(said))
    return axes[0]


def head_temperatures(
    temperature: Num[np.ndarray, "layers heads"],
    inverse_spread: Num[np.ndarray, "layers heads"],
    r2: Num[np.ndarray, "layers heads"],
    *,
    theme: str = "light",
) -> Axes:
    """Draw layers × heads three times: T against cosine scores, 1/std of the logits, and R².

    Parameters
    ----------
    temperature, inverse_spread : array [layers, heads]
        Above 0, on logarithmic colours; a temperature without end stays blank.
    r2 : array [layers, heads]
        Between 0 and 1.
    theme : "light" or "dark"
    """
    layers, heads = temperature.shape
    finite = np.where(np.isfinite(temperature), temperature, np.nan)
    panels = (("T", finite), ("spread", inverse_spread), ("r2", r2))
    colours = page_colours(theme)
    warm = ListedColormap(ramp(colours["page"], colours["heat"], 256), name="gedig-warm")
    with style(theme):
        size = (WIDTH, 1.1 + 0.24 * layers)
        axes = subplots(1, 3, figsize=size, sharey=True)[1]
        for ax, (name, values) in zip(axes, panels, strict=True):
            share = name == "r2"
            norm = Normalize(0, 1) if share else LogNorm(np.nanmin(values), np.nanmax(values))
            image = ax.imshow(
                values, origin="lower", aspect="auto", norm=norm,
                cmap=sequential(theme) if share else warm,
            )  # fmt: skip
            bar = ax.figure.colorbar(image, ax=ax, orientation="horizontal", pad=0.02)
            if not share:
                _plain_ticks(bar.ax.xaxis, steps=(1, 3))
            ax.set_title(word(f"views.temperatures.map_{name}"), fontsize=10)
            ax.set_xticks(range(0, heads, -(-heads // 12)))
            ax.set_yticks(range(0, layers, -(-layers // 15)))
            ax.set_xlabel(word("views.axis.head"))
            ax.spines[:].set_visible(False)
            ax.tick_params(length=0)
        axes[0].set_ylabel(word("views.axis.layer"))
    said = (_range_of(word(f"views.temperatures.map_{name}"), values) for name, values in panels)
    axes[0].set_label(" ".join(said))
    return axes[0]


def distance_against(
    readings: Mapping[str, Num[np.ndarray, "layers heads"]],
    distance: Num[np.ndarray, "layers heads"],
    *,
    correlations: Mapping[str, float],
    theme: str = "light",
) -> Axes:
    """Draw how far each head looks against its temperature, one panel for each thermometer.

    Parameters
    ----------
    readings : mapping of name to array [layers, heads]
        On a logarithmic axis; layer 0 is pale and the last layer is dark.
    distance : array [layers, heads]
        Mean distance, tokens.
    correlations : mapping of name to float
        Rank correlation of each, for the title and the words.
    theme : "light" or "dark"
    """
    colours = page_colours(theme)
    pale, dark = colours["line"], colours["deep"]
    shades = ramp(pale, dark, len(distance))
    with style(theme):
        size = (WIDTH, 3.0)
        axes = subplots(1, len(readings), figsize=size, sharey=True, squeeze=False)[1][0]
        for ax, (name, values) in zip(axes, readings.items(), strict=True):
            for shade, T, far in zip(shades, values, distance, strict=True):
                ax.plot(
                    T, far, "o", color=shade, markersize=6, linestyle="none",
                    markeredgecolor=colours["soft"], markeredgewidth=0.4,
                )  # fmt: skip
            ax.set_xscale("log")
            _plain_ticks(ax.xaxis, steps=(1, 2, 5))
            ax.set_xlabel(name)
            ax.set_title(
                word("views.temperatures.rank", value=three(correlations[name])), fontsize=10
            )
        axes[0].set_ylabel(word("views.temperatures.distance"))
    said = [
        word("views.temperatures.distance_alt", name=name, value=three(correlations[name]))
        for name in readings
    ]
    count = word("views.temperatures.heads", count=distance.size)
    axes[0].set_label(" ".join([count, *said]))
    return axes[0]


def by_depth(
    panels: Mapping[str, Mapping[str, Float[np.ndarray, " layers"]]],
    *,
    label: str,
    theme: str = "light",
) -> Axes:
    """Draw curves over the layers on a log scale, one panel for each setting.

    Parameters
    ----------
    panels : mapping of title to mapping of name to array [layers]
        The same names in every panel.
    label : str
        What is drawn, with its unit.
    theme : "light" or "dark"
    """
    colours = page_colours(theme)
    inks = (colours["deep"], colours["paths"], colours["heat"], colours["soft"])
    marks = ("-", "--", "-.", ":")
    with style(theme):
        axes = subplots(1, len(panels), figsize=(WIDTH, 3.2), squeeze=False)[1][0]
        for ax, (title, curves) in zip(axes, panels.items(), strict=True):
            for place, (name, values) in enumerate(curves.items()):
                drawn = np.where(np.asarray(values) > 0, values, np.nan)
                ink, mark = inks[place % 4], marks[place % 4]
                ax.plot(range(len(values)), drawn, mark, color=ink, linewidth=1.8, label=name)
            ax.set_yscale("log")
            ax.set_title(title, fontsize=10)
            ax.set_xlabel(word("views.axis.layer"))
            ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
            ax.grid(axis="y")
        axes[0].set_ylabel(label)
        names = len(next(iter(panels.values())))
        axes[0].figure.legend(
            *axes[0].get_legend_handles_labels(), loc="outside upper left", ncols=names, fontsize=9
        )
    said = (
        word(
            "views.temperatures.depth_alt",
            title=title,
            name=name,
            first=three(v[0]),
            last=three(v[-1]),
        )
        for title, curves in panels.items()
        for name, v in curves.items()
    )
    axes[0].set_label(" ".join(said))
    return axes[0]


def _plain_ticks(axis: Axis, *, steps: tuple[int, ...]) -> None:
    axis.set_major_locator(LogLocator(10, subs=steps))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def _range_of(name: str, values: Num[np.ndarray, "layers heads"]) -> str:
    known = values[np.isfinite(values)]
    numbers = (three(float(part)) for part in (known.min(), known.max(), np.median(known)))
    low, high, middle = numbers
    return word("views.temperatures.map_alt", name=name, low=low, high=high, median=middle)
