"""Pictures of what a model loses without a head, against what was read of the head before."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from gedig_edu.shapes import Float, Int
from gedig_edu.views.colours import page_colours
from gedig_edu.views.picture import subplots
from gedig_edu.views.ramps import ramp
from gedig_edu.views.style import WIDTH, style
from gedig_edu.words import word

NAMED = 3  # heads named in every panel: those that cost the most in the first


def worth(
    F: Float[np.ndarray, "layers heads"],
    rises: Mapping[str, Float[np.ndarray, "layers heads"]],
    *,
    correlations: Mapping[str, float],
    theme: str = "light",
) -> Axes:
    """Draw the rise of the loss without each head over the head's F, one panel for each way.

    Parameters
    ----------
    F : array [layers, heads]
    rises : mapping of way to array [layers, heads]
        Rise of the next-token loss, nats per token, for the ways "zero" and "mean". Layer 0 is
        pale and the last layer is dark; the heads that cost the most in the first are named in all.
    correlations : mapping of way to float
        Rank correlation of F and rise, for the titles and the words.
    theme : "light" or "dark"
    """
    colours = page_colours(theme)
    shades = ramp(colours["line"], colours["deep"], len(F))
    named, said = _dearest(next(iter(rises.values()))), []
    with style(theme):
        size = {"figsize": (WIDTH, 3.2), "sharex": True, "sharey": True}
        panels = subplots(1, len(rises), squeeze=False, **size)[1][0]
        for ax, (way, rise) in zip(panels, rises.items(), strict=True):
            ax.axhline(0, color=colours["soft"], linewidth=0.8)
            for number, (shade, x, y) in enumerate(zip(shades, F, rise, strict=True)):
                ax.plot(
                    x, y, "o", color=shade, markersize=6, linestyle="none", label=str(number),
                    markeredgecolor=colours["soft"], markeredgewidth=0.4,
                )  # fmt: skip
            for layer, head in named:
                ax.annotate(
                    f"{layer}.{head}", (F[layer, head], rise[layer, head]), xytext=(5, 3),
                    textcoords="offset points", fontsize=9,
                )  # fmt: skip
            rank = correlations[way]
            ax.set_title(word(f"views.removal.{way}", rank=rank), fontsize=10)
            ax.set_xlabel(word("views.removal.F"))
            layer, head = _dearest(rise)[0]
            said.append(
                word(f"views.removal.{way}_alt", rank=rank, head=f"{layer}.{head}",
                     rise=rise[layer, head])
            )  # fmt: skip
        panels[0].set_ylabel(word("views.removal.rise"))
        panels[0].margins(x=0.12)
        _name_shades(panels[-1])
    count = word("views.removal.heads", count=F.size)
    panels[0].set_label(" ".join([count, *said]))
    return panels[0]


def _name_shades(ax: Axes) -> None:
    small = {"fontsize": 9, "title_fontsize": 9, "handletextpad": 0, "columnspacing": 0.8}
    shown = {str(line.get_label()): line for line in ax.lines if line.get_marker() == "o"}
    title = word("views.axis.layer")
    ax.legend([*shown.values()], [*shown], title=title, ncols=6, loc="upper right", **small)


def _dearest(rise: Float[np.ndarray, "layers heads"]) -> Int[np.ndarray, "named 2"]:
    """Return layer and head of the largest rises, the largest first."""
    order = np.argsort(rise, axis=None)[::-1][:NAMED]
    return np.stack(np.unravel_index(order, rise.shape), axis=-1)
