"""Pictures of ΔF: which term of F carries it."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes

from gedig_edu.views.describe import three
from gedig_edu.views.style import WIDTH, page_colours, style, term_colours
from gedig_edu.words import word

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
        Its label is the text alternative.
    """
    parts = {name: np.where(np.abs(v) > ROUNDING, v, 0.0) for name, v in parts.items()}
    colours = [*term_colours(theme).values(), page_colours(theme)["ink"]]
    with style(theme):
        ax = ax or plt.subplots(figsize=(WIDTH, 3.4))[1]
        for group, values in enumerate(parts.values()):
            heights = [*values, float(np.sum(values))]
            ax.bar(group + (np.arange(4) - 1.5) * BAR, heights, BAR * 0.9, color=colours)
            delta = heights[-1]
            ax.annotate(
                three(delta), (group + 1.5 * BAR, delta), xytext=(0, 4 if delta >= 0 else -4),
                textcoords="offset points", ha="center", va="bottom" if delta >= 0 else "top",
            )  # fmt: skip
        for place, (name, colour) in enumerate(
            zip((*term_colours(theme), "F"), colours, strict=True)
        ):
            ax.annotate(
                word(f"views.part.{name}"), (0.01 + 0.25 * place, 1.03),
                xycoords="axes fraction", color=colour, fontsize=12,
            )  # fmt: skip
        ax.axhline(0, color=colours[-1], linewidth=0.8)
        ax.set_xticks(
            range(len(parts)), [word(f"views.baseline.{name}") for name in parts], fontsize=12
        )
        ax.set_ylabel(word("views.axis.delta_parts"))
        ax.margins(y=0.14)
    ax.set_label(" ".join(_described(name, values) for name, values in parts.items()))
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
