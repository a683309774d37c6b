"""How structure forms along a training run: loss, two kinds of head, and F by layer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from gedig_edu.shapes import Num
from gedig_edu.views.colours import OKABE_ITO, page_colours
from gedig_edu.views.picture import subplots
from gedig_edu.views.style import WIDTH, sequential, style
from gedig_edu.words import word
from gedig_edu.words.numbers import percent, three

FIRST_PLACE = 0.7  # where step 0 stands on a logarithmic axis
SCORES = {"previous_token": OKABE_ITO["sky"], "induction": OKABE_ITO["orange"]}


def formation(
    curves: Mapping[str, Num[np.ndarray, "points ..."]], *, theme: str = "light"
) -> tuple[Axes, Axes, Axes]:
    """Draw validation loss, the best head's two scores and mean F by layer against the step.

    Step 0 stands at the left edge, since the axis is logarithmic.

    Parameters
    ----------
    curves : mapping of name to array [points], F [points, layers]
        As ``gedig_edu.lab.formation.curves_of`` gives them.
    theme : "light" or "dark"

    Returns
    -------
    three Axes; the last one's label is the text alternative of all
    """
    places = np.maximum(curves["step"], FIRST_PLACE)
    with style(theme):
        figure, axes = subplots(3, 1, figsize=(WIDTH, 7.2), sharex=True, layout="constrained")
        ink = page_colours(theme)["ink"]
        axes[0].plot(places, curves["validation"], color=ink, marker=".")
        for name, colour in SCORES.items():
            axes[1].plot(places, curves[name], color=colour, marker=".")
            end = word(f"views.formation.{name}")
            _label_end(axes[1], places[-1], curves[name][-1], end)
        _draw_layers(axes[2], places, curves["F"], theme=theme)
        axes[0].set_ylabel(word("views.formation.loss"))
        axes[1].set(ylabel=word("views.formation.score"), ylim=(0, 1))
        axes[2].set(xscale="log", ylabel=word("views.formation.F"))
        axes[2].set_xlabel(word("views.formation.step"))
        figure.align_ylabels()
    axes[2].set_label(_described(curves))
    return tuple(axes)


def _draw_layers(ax: Axes, places: np.ndarray, F: np.ndarray, *, theme: str) -> None:
    shades = sequential(theme)(np.linspace(0.35, 1.0, F.shape[1]))
    for layer, shade in enumerate(shades):
        ax.plot(places, F[:, layer], color=shade, marker=".")
    for layer in (0, F.shape[1] - 1):
        _label_end(ax, places[-1], F[-1, layer], word("views.formation.layer", layer=layer))


def _label_end(ax: Axes, x: float, y: float, text: str) -> None:
    ax.annotate(text, (x, y), xytext=(6, 0), textcoords="offset points", va="center")


def _described(curves: Mapping[str, np.ndarray]) -> str:
    validation, F = curves["validation"], curves["F"]
    return word(
        "views.formation.alt",
        steps=int(curves["step"][-1]),
        first=three(validation[0]),
        last=three(validation[-1]),
        induction=percent(curves["induction"][-1]),
        previous=percent(curves["previous_token"][-1]),
        F_first=three(F[0, 0]),
        F_last=three(F[-1, 0]),
        F_top_first=three(F[0, -1]),
        F_top_last=three(F[-1, -1]),
    )
