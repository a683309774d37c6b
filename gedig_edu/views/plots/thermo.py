"""Pictures of ensembles: heat capacity under its bound and over size, and heads over temperature.

As in `gedig_edu.views.plots.heads`: arrays in, Axes out, nothing shown, and a text alternative made
from the data as the label of the Axes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from gedig_edu.shapes import Float, Int
from gedig_edu.views.colours import page_colours
from gedig_edu.views.picture import new_axes, subplots
from gedig_edu.views.plots._earlier import with_medians
from gedig_edu.views.style import WIDTH, style
from gedig_edu.words import word
from gedig_edu.words.numbers import three


def capacity_against_bound(
    keys: Int[np.ndarray, " L"],
    capacity: Float[np.ndarray, "*maps L"],
    bound: Float[np.ndarray, " L"],
    *,
    theme: str = "light",
    ax: Axes | None = None,
) -> Axes:
    """Draw the heat capacity of every row over the number of keys it sees, under its bound.

    Parameters
    ----------
    keys : array [L]
        How many keys each query sees.
    capacity : array [..., L]
        Heat capacity of each row.
    bound : array [L]
        What it cannot exceed.
    theme : "light" or "dark"
    ax : Axes, optional
        A new figure where not given.
    """
    colours = page_colours(theme)
    rows = capacity.reshape(-1, len(keys))
    spread = np.random.default_rng(0).uniform(-0.3, 0.3, size=rows.shape)
    order = np.argsort(keys, kind="stable")
    with style(theme):
        ax = ax or new_axes(figsize=(WIDTH, 3.6))
        ax.plot(
            (keys + spread).ravel(), rows.ravel(), "o", color=colours["heat"], markersize=2.5,
            alpha=0.5, markeredgewidth=0, linestyle="none", label=word("views.ensembles.row"),
        )  # fmt: skip
        ax.plot(keys[order], bound[order], "_", color=colours["ink"], markersize=11)
        ax.annotate(
            word("views.ensembles.bound"), (keys[order][-1], bound[order][-1]), xytext=(0, 5),
            textcoords="offset points", ha="right", fontsize=9,
        )  # fmt: skip
        ax.set(xlabel=word("views.ensembles.keys"), ylabel=word("views.ensembles.capacity"))
        ax.set_ylim(0, 1.15 * float(bound.max()))
    share = rows[:, bound > 0] / bound[bound > 0]
    numbers = {"rows": rows.size, "largest": three(share.max()), "mean": three(share.mean())}
    ax.set_label(word("views.ensembles.bound_alt", **numbers))
    return ax


def growing_peaks(
    places: Float[np.ndarray, " places"],
    capacity: Float[np.ndarray, "systems places"],
    names: Sequence[str],
    *,
    theme: str = "light",
    ax: Axes | None = None,
) -> Axes:
    """Draw the heat capacity of systems of growing size over one scaled temperature.

    Parameters
    ----------
    places : array [places]
        T log n/Δ.
    capacity : array [systems, places]
        C of each system, the smallest first.
    names : sequence of str
        A name for each system.
    theme : "light" or "dark"
    ax : Axes, optional
        A new figure where not given.
    """
    colours = page_colours(theme)
    with style(theme):
        ax = ax or new_axes(figsize=(WIDTH, 3.2))
        for number, (name, curve) in enumerate(zip(names, capacity, strict=True), 1):
            shade = 0.3 + 0.7 * number / len(names)
            ax.plot(places, curve, color=colours["heat"], alpha=shade)
            ax.annotate(
                name, (places[curve.argmax()], curve.max()), xytext=(places[-1], curve.max()),
                ha="right", va="center", fontsize=9,
                arrowprops={"arrowstyle": "-", "color": colours["soft"], "linewidth": 0.6},
            )  # fmt: skip
        ax.set(xlabel=word("views.ensembles.scaled"), ylabel=word("views.ensembles.capacity"))
        ax.set_ylim(0, 1.15 * float(capacity.max()))
    tops = ", ".join(
        word("views.ensembles.top", name=name, height=three(curve.max()),
             place=three(float(places[curve.argmax()])))
        for name, curve in zip(names, capacity, strict=True)
    )  # fmt: skip
    ax.set_label(word("views.ensembles.growing_alt", tops=tops))
    return ax


def condensation(
    ratios: Float[np.ndarray, " ratios"],
    random: Mapping[str, Float[np.ndarray, " ratios"]],
    *,
    limit: Float[np.ndarray, " ratios"],
    spread: Float[np.ndarray, "*rows"],
    real: Float[np.ndarray, "*rows"],
    theme: str = "light",
    ax: Axes | None = None,
) -> Axes:
    """Draw Σp² over the spread of the logits: random energies as curves, real rows as dots.

    Parameters
    ----------
    ratios : array [ratios]
        Spread over √(2 log n), for the curves.
    random : mapping of name to array [ratios]
        Mean Σp² of random energies, the shortest rows first.
    limit : array [ratios]
        Of endlessly many keys.
    spread, real : arrays [...]
        Ratio and Σp² of each real row; those beyond the last ratio stand at the edge.
    theme : "light" or "dark"
    ax : Axes, optional
        A new figure where not given.
    """
    colours = page_colours(theme)
    with style(theme):
        ax = ax or new_axes(figsize=(WIDTH, 3.8))
        ax.plot(
            np.minimum(spread.ravel(), ratios[-1]), real.ravel(), "o", color=colours["deep"],
            markersize=2.8, alpha=0.35, markeredgewidth=0,
        )  # fmt: skip
        ax.axvline(1.0, color=colours["soft"], linestyle=":", linewidth=1.2)
        for number, curve in enumerate(random.values(), 1):
            shade = 0.3 + 0.7 * number / len(random)
            ax.plot(ratios, curve, color=colours["heat"], alpha=shade)
        ax.plot(ratios, limit, color=colours["ink"], linestyle="--", linewidth=1.2)
        ends = {name: float(curve[-1]) for name, curve in random.items()}
        _name_ends(ax, ratios[-1], ends | {word("views.ensembles.endless"): float(limit[-1])})
        ax.set(xlabel=word("views.ensembles.spread"), ylabel=word("views.ensembles.condensate"))
        ax.set(xlim=(0, ratios[-1]), ylim=(0, 1.05))
    numbers = {"rows": real.size, "beyond": float(np.mean(spread > 1)), "most": float(real.max())}
    ax.set_label(word("views.ensembles.condensation_alt", **numbers))
    return ax


def _name_ends(ax: Axes, x: float, ends: Mapping[str, float], gap: float = 0.065) -> None:
    """Write names beside the ends of curves, a `gap` apart, each with a line to its own."""
    ordered = sorted(ends.items(), key=lambda end: -end[1])
    top = sum(ends.values()) / len(ends) + gap * (len(ends) - 1) / 2
    for place, (name, end) in enumerate(ordered):
        ax.annotate(
            name, (x, end), xytext=(1.03, top - place * gap), va="center", fontsize=9,
            textcoords=ax.get_yaxis_transform(), annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": ax.xaxis.label.get_color(), "linewidth": 0.6},
        )  # fmt: skip


def heads_over_heat(
    heats: Float[np.ndarray, " heats"],
    shares: Sequence[Float[np.ndarray, "*maps heats"]],
    medians: Sequence[Float[np.ndarray, " heats"]],
    *,
    theme: str = "light",
    axes: tuple[Axes, Axes] | None = None,
) -> tuple[Axes, Axes]:
    """Draw entropy and heat capacity of each head over temperature, their medians heavier.

    Parameters
    ----------
    heats : array [heats]
        Multiples of the model's own temperature.
    shares : two arrays [..., heats]
        Entropy and heat capacity of each head, as shares of the most they could be.
    medians : two arrays [heats]
        Of each over the heads; earlier, entropy and then heat capacity of each head.
    theme : "light" or "dark"
    axes : two Axes, optional
        A new figure where not given.
    """
    shares, medians = with_medians(shares, medians)
    with style(theme):
        left, right = axes or subplots(1, 2, figsize=(WIDTH, 3.2))[1]
        names = ("entropy", "capacity")
        for ax, name, each, median in zip((left, right), names, shares, medians, strict=True):
            quantity = word(f"views.ensembles.{name}_share")
            heads = each.reshape(-1, len(heats))
            _heads(ax, heats, heads, median, quantity, page_colours(theme))
    return left, right


def _heads(
    ax: Axes,
    heats: Float[np.ndarray, " heats"],
    heads: Float[np.ndarray, "heads heats"],
    median: Float[np.ndarray, " heats"],
    quantity: str,
    colours: dict[str, str],
) -> None:
    ax.plot(heats, heads.T, color=colours["heat"], linewidth=0.5, alpha=0.35)
    ax.plot(heats, median, color=colours["ink"], linewidth=2)
    ax.axvline(1.0, color=colours["soft"], linestyle=":", linewidth=1.2)
    ax.annotate(
        word("views.ensembles.own"), (1.0, 1.0), xycoords=("data", "axes fraction"),
        xytext=(3, -2), textcoords="offset points", fontsize=9, va="top",
    )  # fmt: skip
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(FuncFormatter(lambda heat, _: f"{heat:g}"))
    ax.set(xlabel=word("views.ensembles.heat"), ylabel=quantity, ylim=(0, 1.12))
    place = int(median.argmax())
    numbers = {
        "own": three(np.interp(0.0, np.log(heats), median)),
        "top": three(median[place]),
        "where": three(heats[place]),
    }
    said = word("views.ensembles.heat_alt", quantity=quantity, count=len(heads), **numbers)
    ax.set_label(said)
