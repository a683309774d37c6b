"""The likeliest next tokens as bars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from gedig_edu.views.describe import percent
from gedig_edu.views.labels import drawable, token_labels
from gedig_edu.views.style import WIDTH, label_fonts, page_colours, style
from gedig_edu.words import word

CONTEXT_SHOWN = 40


def next_tokens(
    tokens: Sequence[str],
    probabilities: Float[np.ndarray, " shown"],
    *,
    before: str,
    said: str | None = None,
    said_share: float = 0.0,
    theme: str = "light",
    ax: Axes | None = None,
) -> Axes:
    """Draw the likeliest next tokens as bars, the one that follows in the accent colour.

    Parameters
    ----------
    tokens : sequence of str
        Likeliest first.
    probabilities : array [shown]
    before : str
        The text so far; its end is the title.
    said, said_share : str and float, optional
        The token that does follow, and the probability it was given.
    theme : "light" or "dark"
    ax : Axes, optional
        A new figure where not given.
    """
    colours = page_colours(theme)
    with style(theme):
        ax = ax or plt.subplots(figsize=(WIDTH, 3.0))[1]
        families = label_fonts()
        labels = [drawable(label, families) for label in token_labels(tokens)]
        inks = [colours["accent" if token == said else "soft"] for token in tokens]
        bars = ax.barh(range(len(tokens)), probabilities, color=inks)
        ax.bar_label(bars, [percent(float(p)) for p in probabilities], padding=4)
        ax.set_yticks(range(len(tokens)), labels, family="monospace")
        ax.invert_yaxis()
        ax.set(xlim=(0, 1.08), xlabel=word("readers.probability"))
        short = before if len(before) <= CONTEXT_SHOWN else "…" + before[-CONTEXT_SHOWN:]
        ax.set_title(drawable(short.replace("\n", " "), families), loc="left")
    key = "readers.next_alt" if said is not None else "readers.next_alt_end"
    values = {"before": short, "first": tokens[0], "share": percent(float(probabilities[0]))}
    ax.set_label(word(key, **values, said=said, said_share=percent(float(said_share))))
    return ax
