"""How structure forms along a training run: loss, two kinds of head, and F by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from gedig_edu.views.describe import percent, three
from gedig_edu.views.style import OKABE_ITO, WIDTH, page_colours, sequential, style
from gedig_edu.words import word

if TYPE_CHECKING:
    import pandas as pd

SCORES = {"previous_token": OKABE_ITO["sky"], "induction": OKABE_ITO["orange"]}


def formation(
    table: pd.DataFrame, *, convention: str = "released", theme: str = "light"
) -> tuple[Axes, Axes, Axes]:
    """Draw validation loss, the best head's two scores and mean F by layer against the step.

    Step 0 stands at the left edge, since the axis is logarithmic.

    Parameters
    ----------
    table : DataFrame
        One row per (step, layer, head), as ``formation.csv`` beside the bundled weights has it.
    convention : "paper" or "released"
        Whose F is drawn.
    theme : "light" or "dark"

    Returns
    -------
    three Axes; the last one's label is the text alternative of all
    """
    steps = np.sort(table["step"].unique())
    places = np.maximum(steps, 0.7)
    with style(theme):
        figure, axes = plt.subplots(3, 1, figsize=(WIDTH, 7.2), sharex=True, layout="constrained")
        ink = page_colours(theme)["ink"]
        by_step = table.groupby("step")
        axes[0].plot(places, by_step["validation"].first(), color=ink, marker=".")
        for name, colour in SCORES.items():
            best = by_step[name].max()
            axes[1].plot(places, best, color=colour, marker=".")
            _label_end(axes[1], places[-1], best.iloc[-1], word(f"readers.formation.{name}"))
        F = table.groupby(["layer", "step"])[f"{convention}_F"].mean().unstack("layer")
        _draw_layers(axes[2], places, F.to_numpy(), theme=theme)
        axes[0].set_ylabel(word("readers.formation.loss"))
        axes[1].set(ylabel=word("readers.formation.score"), ylim=(0, 1))
        axes[2].set(xscale="log", ylabel=word("readers.formation.F"))
        axes[2].set_xlabel(word("readers.formation.step"))
        figure.align_ylabels()
    axes[2].set_label(_described(table, F))
    return tuple(axes)


def _draw_layers(ax: Axes, places: np.ndarray, F: np.ndarray, *, theme: str) -> None:
    shades = sequential(theme)(np.linspace(0.35, 1.0, F.shape[1]))
    for layer, shade in enumerate(shades):
        ax.plot(places, F[:, layer], color=shade, marker=".")
    for layer in (0, F.shape[1] - 1):
        _label_end(ax, places[-1], F[-1, layer], word("readers.formation.layer", layer=layer))


def _label_end(ax: Axes, x: float, y: float, text: str) -> None:
    ax.annotate(text, (x, y), xytext=(6, 0), textcoords="offset points", va="center")


def _described(table: pd.DataFrame, F: pd.DataFrame) -> str:
    last = table[table["step"] == table["step"].max()]
    validation = table.groupby("step")["validation"].first()
    top = F.columns[-1]
    return word(
        "readers.formation.alt",
        steps=int(table["step"].max()),
        first=three(validation.iloc[0]),
        last=three(validation.iloc[-1]),
        induction=percent(last["induction"].max()),
        previous=percent(last["previous_token"].max()),
        F_first=three(F[0].iloc[0]),
        F_last=three(F[0].iloc[-1]),
        F_top_first=three(F[top].iloc[0]),
        F_top_last=three(F[top].iloc[-1]),
    )
