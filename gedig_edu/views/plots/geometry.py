"""Pictures of geometry: lengths of queries and keys, score matrices, rotary laws.

As in `gedig_edu.views.plots.heads`: arrays in, Axes out, nothing shown, and a text alternative made
from the data as the label of the Axes.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import CenteredNorm
from matplotlib.ticker import ScalarFormatter

from gedig_edu.shapes import Float, Num
from gedig_edu.views.colours import page_colours
from gedig_edu.views.picture import new_axes
from gedig_edu.views.plots._earlier import mean_norms
from gedig_edu.views.style import WIDTH, diverging, style
from gedig_edu.words import word
from gedig_edu.words.numbers import three


def head_norms(
    q: Float[np.ndarray, "layers heads"],
    k: Float[np.ndarray, "layers heads"],
    *,
    d: int,
    theme: str = "light",
    ax: Axes | None = None,
) -> Axes:
    """Draw each head's mean ‖q‖ and ‖k‖ by layer, on a log scale, with lines at 1 and √d.

    Parameters
    ----------
    q, k : array [layers, heads]
        Mean L2 norm of each head's queries and keys; earlier, [layers, heads, L].
    d : int
        Entries of a query.
    theme : "light" or "dark"
    ax : Axes, optional
        A new figure where not given.
    """
    q, k = mean_norms(q), mean_norms(k)
    colours = page_colours(theme)
    with style(theme):
        ax = ax or new_axes(figsize=(WIDTH, 3.6))
        layers = np.arange(len(q))
        for name, means, mark, ink, step in (
            ("q", q, "o", colours["ink"], -0.16),
            ("k", k, "s", colours["deep"], 0.16),
        ):
            places = np.broadcast_to(layers[:, None] + step, means.shape)
            ax.plot(
                places.ravel(), means.ravel(), mark, color=ink, markersize=4, alpha=0.7,
                linestyle="none", label=f"‖{name}‖", markeredgewidth=0,
            )  # fmt: skip
        _level(ax, 1.0, word("views.norms.unit"))
        _level(ax, float(np.sqrt(d)), word("views.norms.root", d=d))
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter(ScalarFormatter())
        ax.set(xlabel=word("views.axis.layer"), ylabel=word("views.norms.axis"))
        ax.set_xlim(-0.6, 1.25 * len(q) - 0.4)  # room for the names of the levels
        ax.set_xticks(range(0, len(q), -(-len(q) // 16)))
        ax.set_ylim(bottom=0.7 * min(1.0, ax.get_ylim()[0]))
        ax.legend(loc="upper left", ncols=2, bbox_to_anchor=(0, 1.14), handletextpad=0.2)
    numbers = [three(float(f(x))) for x in (q, k) for f in (np.min, np.max, np.median)]
    names = ("q_low", "q_high", "q_median", "k_low", "k_high", "k_median")
    words = dict(zip(names, numbers, strict=True))
    ax.set_label(word("views.norms.alt", count=q.size, **words))
    return ax


def score_matrix(
    scores: Float[np.ndarray, "L L"],
    *,
    title: str,
    limit: float | None = None,
    theme: str = "light",
    ax: Axes | None = None,
) -> Axes:
    """Draw scores of every query against every key, zero in the middle of the colours.

    Parameters
    ----------
    scores : array [L, L]
    title : str
    limit : float, optional
        Score of full colour, so that two matrices can share a scale; the largest by default.
    theme : "light" or "dark"
    ax : Axes, optional
        A new figure where not given.
    """
    with style(theme):
        ax = ax or new_axes(figsize=(WIDTH / 2, WIDTH / 2))
        half = float(np.abs(scores).max()) if limit is None else limit
        image = ax.imshow(scores, cmap=diverging(theme), norm=CenteredNorm(halfrange=half or 1.0))
        ax.figure.colorbar(image, ax=ax, shrink=0.75, pad=0.02)
        ax.set_title(title)
        ax.set(xlabel=word("views.matrix.key"), ylabel=word("views.matrix.query"))
        ax.spines[:].set_visible(False)
    rows, columns = scores.shape
    spread = max(np.ptp(np.diagonal(scores, shift)) for shift in range(1 - rows, columns))
    numbers = {"low": three(scores.min()), "high": three(scores.max()), "spread": three(spread)}
    ax.set_label(word("views.matrix.alt", title=title, size=rows, **numbers))
    return ax


def law_errors(
    positions: Num[np.ndarray, " positions"],
    errors: Mapping[str, Float[np.ndarray, " positions"]],
    *,
    level: float,
    theme: str = "light",
    ax: Axes | None = None,
) -> Axes:
    """Draw by how much rounding breaks the relative-position law, on log scales.

    Parameters
    ----------
    positions : array [positions]
        Above 0.
    errors : mapping of name to array [positions]
        Error over ‖q‖‖k‖; names stand near the beginning of their lines, below them, or above
        where a line is above the level.
    level : float
        Drawn as a dotted line.
    theme : "light" or "dark"
    ax : Axes, optional
        A new figure where not given.
    """
    colours = page_colours(theme)
    inks = (colours["soft"], colours["deep"], colours["structure"], colours["heat"])
    with style(theme):
        ax = ax or new_axes(figsize=(WIDTH, 3.8))
        for place, (name, error) in enumerate(errors.items()):
            ink = inks[place % len(inks)]
            ax.loglog(positions, np.where(error > 0, error, np.nan), color=ink, label=name)
            near = len(positions) // 4
            above = error[near] > level
            ax.annotate(
                name, (positions[near], error[near]), xytext=(-3, 5) if above else (3, -5),
                ha="right" if above else "left", va="bottom" if above else "top",
                textcoords="offset points", color=ink, fontsize=9,
            )  # fmt: skip
        ax.axhline(level, color=colours["ink"], linestyle=":", linewidth=1.2)
        ax.set(xlabel=word("views.law.position"), ylabel=word("views.law.error"))
        ax.grid(axis="both")
    ax.set_label("; ".join(_said(name, positions, error, level) for name, error in errors.items()))
    return ax


def decay(
    distances: Num[np.ndarray, " distances"],
    scores: Mapping[str, Float[np.ndarray, " distances"]],
    *,
    score: str | None = None,
    theme: str = "light",
    ax: Axes | None = None,
) -> Axes:
    """Draw scores against distance m − n, one line per name.

    Parameters
    ----------
    distances : array [distances]
    scores : mapping of name to array [distances]
    score : str, optional
        Label of their axis; "score over ‖q‖‖k‖" where not given.
    theme : "light" or "dark"
    ax : Axes, optional
        A new figure where not given.
    """
    colours = page_colours(theme)
    inks = (colours["deep"], colours["heat"], colours["paths"], colours["soft"])
    with style(theme):
        ax = ax or new_axes(figsize=(WIDTH, 3.4))
        ax.axhline(0, color=colours["line"], linewidth=1.0)
        for place, (name, values) in enumerate(scores.items()):
            ax.plot(distances, values, color=inks[place % len(inks)], linewidth=1.2, label=name)
        ax.legend(loc="best", fontsize=9)
        ax.set(xlabel=word("views.decay.distance"), ylabel=score or word("views.decay.score"))
    said = (
        word("views.decay.alt", name=name, near=three(values[0]), far=three(values[-1]))
        for name, values in scores.items()
    )
    ax.set_label(" ".join(said))
    return ax


def strengths(
    turns: Num[np.ndarray, " pairs"],
    shares: Mapping[str, Float[np.ndarray, " pairs"]],
    *,
    theme: str = "light",
    ax: Axes | None = None,
) -> Axes:
    """Draw how heads share out their strength over rotary pairs, fast ones first.

    Parameters
    ----------
    turns : array [pairs]
        Tokens for one full turn of each pair; drawn on a log scale.
    shares : mapping of name to array [pairs]
        Share of the strength, one line per kind of head.
    theme : "light" or "dark"
    ax : Axes, optional
        A new figure where not given.
    """
    colours = page_colours(theme)
    inks, marks = (colours["deep"], colours["heat"], colours["paths"]), "os^"
    with style(theme):
        ax = ax or new_axes(figsize=(WIDTH, 3.4))
        for place, (name, share) in enumerate(shares.items()):
            ink, mark = inks[place % 3], marks[place % 3]
            ax.semilogx(turns, share, mark, linestyle="-", color=ink, markersize=4, label=name)
        ax.set_ylim(bottom=0)
        ax.legend(loc="best", fontsize=9)
        ax.set(xlabel=word("views.strengths.turn"), ylabel=word("views.strengths.share"))
    said = []
    for name, share in shares.items():
        most = int(np.argmax(share))
        numbers = {"fast": three(share[0]), "most": three(share[most]), "at": turns[most]}
        said.append(word("views.strengths.alt", name=name, turn=turns[0], **numbers))
    ax.set_label(" ".join(said))
    return ax


def _level(ax: Axes, value: float, name: str) -> None:
    ax.axhline(value, color=ax.xaxis.label.get_color(), linestyle=":", linewidth=1.2)
    ax.annotate(
        name, (1, value), xycoords=("axes fraction", "data"), xytext=(-2, 2),
        textcoords="offset points", ha="right", fontsize=9,
    )  # fmt: skip


def _said(
    name: str,
    positions: Num[np.ndarray, " positions"],
    error: Float[np.ndarray, " positions"],
    level: float,
) -> str:
    above = np.asarray(positions)[error > level]
    values = {"name": name, "last": positions[-1], "error": error[-1], "level": level}
    if not above.size:
        return word("views.law.below", **values)
    return word("views.law.above", first=above[0], **values)
