"""Pictures of ΔF: which term of F carries it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from gedig_edu.shapes import Float
from gedig_edu.views.colours import page_colours, term_colours
from gedig_edu.views.picture import new_axes
from gedig_edu.views.style import WIDTH, style
from gedig_edu.words import word
from gedig_edu.words.numbers import three

BAR = 0.19
ROUNDING = 1e-12


def carriers(
    parts: Mapping[str, Float[np.ndarray, " 3"]], *, theme: str = "light", ax: Axes | None = None
) -> Axes:
    """Draw what density, entropy and paths carry of ΔF, and their sum, for each baseline.

    Parameters
    ----------
    parts : mapping of baseline to array [3]
        Δdensity, −λ·Δentropy and −λγ·Δpath gain, as ``gedig_edu.lab.carriers.parts`` gives them,
        averaged over heads.
    theme : "light" or "dark"
    ax : Axes, optional
        A new figure where not given.

    Returns
    -------
    Axes
        Half as wide as other figures, so that a phone shows its letters at their size. Its label
        is the text alternative, one line for each baseline.
    """
    parts = {name: np.where(np.abs(v) > ROUNDING, v, 0.0) for name, v in parts.items()}
    colours = [*term_colours(theme).values(), page_colours(theme)["ink"]]
    with style(theme):
        ax = ax or new_axes(figsize=(WIDTH / 2, 0.7 * len(parts) + 1))
        for group, values in enumerate(parts.values()):
            widths = [*values, float(np.sum(values))]
            ax.barh(group + (np.arange(4) - 1.5) * BAR, widths, BAR * 0.9, color=colours)
            delta = widths[-1]
            ax.annotate(
                three(delta), (max(delta, 0.0), group + 1.5 * BAR), xytext=(4, 0),
                textcoords="offset points", ha="left", va="center", fontsize=12,
            )  # fmt: skip
        for place, (name, colour) in enumerate(
            zip((*term_colours(theme), "F"), colours, strict=True)
        ):
            ax.annotate(
                word(f"views.part.{name}"), (0, 1), xycoords="axes fraction",
                xytext=(130 * (place % 2) - 60, 26 - 18 * (place // 2)),
                textcoords="offset points", color=colour, fontsize=12,
            )  # fmt: skip
        ax.axvline(0, color=colours[-1], linewidth=0.8)
        ax.set_yticks(
            range(len(parts)), [word(f"views.baseline.{name}") for name in parts], fontsize=12
        )
        ax.invert_yaxis()
        ax.set_xlabel(word("views.axis.delta_parts"), fontsize=12)
        ax.tick_params("x", labelsize=11)
        ax.locator_params("x", nbins=4)
        ax.margins(x=0.2)
    ax.set_label("\n".join(_described(name, values) for name, values in parts.items()))
    return ax


def _described(name: str, values: Float[np.ndarray, " 3"]) -> str:
    density, entropy, path_gain = (three(float(value)) for value in values)
    return word(
        "views.alt.carriers",
        name=word(f"views.baseline.{name}"),
        density=density,
        entropy=entropy,
        path_gain=path_gain,
        delta=three(float(np.sum(values))),
    )
