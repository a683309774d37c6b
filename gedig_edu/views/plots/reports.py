"""A figure for a report: F of every head beside what is left of it, and all that it was read by.

A comparison or arrays in, Axes out, nothing shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.colors import CenteredNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator

from gedig_edu.shapes import Float
from gedig_edu.theory.comparison import Comparison
from gedig_edu.theory.gauge import Gauge
from gedig_edu.views import describe
from gedig_edu.views.fonts import drawable, fold, fonts_for
from gedig_edu.views.labels import clusters
from gedig_edu.views.picture import subplots
from gedig_edu.views.style import WIDTH, diverging, sequential, style
from gedig_edu.words import word
from gedig_edu.words.spelling import readable

NUMBERED = 12  # layers and heads up to which each cell has its number
ROOMY = 8  # heads up to which a number has room for its zero
SHOWN = 150  # characters of the text
LEAST = 0.2  # width of a range of colours: heads that are nearly equal look nearly equal
TITLE, SMALL = 11.0, 8.0  # points
LEADING, POINTS = 1.35, 72
CELL, BARE, BESIDE = 0.23, 0.17, 1.15  # inches of a layer, with numbers and without; of the rest
EDGE, APART = 0.01, 0.06  # of the width: margins, and between the maps
LUMINANCE = (0.2126, 0.7152, 0.0722)  # of red, green and blue
MIDDLE = 0.179  # luminance from which black stands out as much as white


def report(
    reading: Comparison,
    *,
    text: str = "",
    baseline: str = "random",
    matched: bool | None = None,
    note: str = "",
    theme: str = "light",
    axes: tuple[Axes, Axes] | None = None,
) -> tuple[Axes, Axes]:
    """Draw F of every head beside ΔF, under a title that says model, convention and tokens.

    Layer 0 is at the bottom, as the stream flows upward. Up to 12 × 12 heads each cell has its
    number.

    Parameters
    ----------
    reading : Comparison
        As ``lab.live.live`` returns one.
    text : str
        What was read, for the caption, shortened; where no font here holds its script, a note.
    baseline : str
        What F is held against, one of ``theory.comparison.BASELINES``.
    matched : bool, optional
        Whether the baseline has the model's own mask; as the reading says where not given.
    note : str
        A sentence for the caption.
    theme : "light" or "dark"
    axes : two Axes, optional
        Where to draw; without title and caption then, which are the figure's.

    Examples
    --------
    >>> from gedig_edu.theory import baselines
    >>> from gedig_edu.theory.maps import AttentionMaps
    >>> weights = baselines.local(20, window=3)[None, None]
    >>> maps = AttentionMaps(tokens=("a",) * 20, weights=weights, causal=False, model="mine")
    >>> left, right = report(Comparison.read(maps, Gauge.paper()), text="a" * 20)
    >>> left.get_title(loc="left"), right.get_title(loc="left")
    ('F', 'ΔF = F − F of random maps')
    """
    matched = reading.matched if matched is None else matched
    title = {"model": reading.maps.model, "tokens": str(len(reading.maps)), "gauge": reading.gauge}
    return draw_report(
        reading.real.F,
        reading.delta(baseline, matched=matched),
        title=report_title(**title),
        against=against(baseline, causal=reading.maps.causal, matched=matched),
        text=text,
        notes=(*explained(reading.gauge, causal=reading.maps.causal, matched=matched), note),
        theme=theme,
        axes=axes,
    )


def report_title(*, model: str, tokens: str, gauge: Gauge, texts: int = 1) -> str:
    """Return what a report says at its top: model, how much was read, and by what.

    Examples
    --------
    >>> print(report_title(model="gpt2-mini", tokens="24", gauge=Gauge.paper()))
    F of every head of gpt2-mini (tokens: 24)
    paper, λ = 1, γ = 0.5, quantile 0.9
    """
    kind = "views.report.title" if texts == 1 else "views.report.title_texts"
    first = word(kind, model=model, tokens=tokens, texts=str(texts))
    return f"{first}\n{describe.describe_gauge(gauge)}"


def against(baseline: str, *, causal: bool, matched: bool) -> str:
    """Return what a baseline is in a title; of a causal model, whether it sees later tokens.

    Its own shuffle keeps the mask of the model always.

    Examples
    --------
    >>> against("random", causal=True, matched=True), against("random", causal=False, matched=True)
    ('causal random maps', 'random maps')
    """
    maps = word(f"views.report.against.{baseline}")
    if not causal or baseline == "row_shuffled":
        return maps
    return word(f"views.report.{'causal' if matched else 'sees_later'}", maps=maps)


def explained(gauge: Gauge, *, causal: bool, matched: bool) -> tuple[str, ...]:
    """Return what the caption says of F, and of a ΔF that would be another with the mask.

    Examples
    --------
    >>> explained(Gauge.paper(), causal=False, matched=False)
    ('F = density − λ(entropy + γ · path gain), with λ = 1 and γ = 0.5.',)
    """
    formula = word("views.report.formula", lam=f"{gauge.lam:.12g}", gamma=f"{gauge.gamma:.12g}")
    hint = word("views.report.matched_hint")
    return (formula, hint) if causal and not matched else (formula,)


def draw_report(
    F: Float[np.ndarray, "layers heads"],
    delta: Float[np.ndarray, "layers heads"],
    *,
    title: str,
    against: str,
    text: str = "",
    notes: Sequence[str] = (),
    theme: str = "light",
    axes: tuple[Axes, Axes] | None = None,
) -> tuple[Axes, Axes]:
    """Draw the figure of `report` from arrays, such as means over texts.

    Parameters
    ----------
    F, delta : arrays [layers, heads]
    title, against : str
        As `report_title` and `against` return them.
    text, theme, axes
        As in `report`.
    notes : sequence of str
        Sentences for the caption.
    """
    with style(theme):
        left, right = axes or _new_axes(F, title, _caption(text), *notes)
        words = {"F": "F", "delta": word("views.report.delta", against=against)}
        _panel(left, F, words["F"], centred=False, theme=theme)
        _panel(right, delta, words["delta"], centred=True, theme=theme)
        right.set_ylabel("")
    return left, right


def _new_axes(F: Float[np.ndarray, "layers heads"], title: str, *said: str) -> Any:
    """Return two Axes of a new figure, its title above and what else is said below them."""
    figure, axes = subplots(1, 2)
    layout: Any = figure.get_layout_engine()
    layout.set(wspace=APART)
    above = _write(figure, figure.suptitle, title.split("\n"), fontsize=TITLE)
    below = _write(figure, figure.supxlabel, said, fontsize=SMALL)
    cells = max(1.0, (CELL if max(F.shape) <= NUMBERED else BARE) * len(F))
    height = cells + BESIDE + LEADING * (above * TITLE + below * SMALL) / POINTS
    figure.set_size_inches(WIDTH, height)
    return axes


def _write(figure: Figure, place: Any, words: Iterable[str], *, fontsize: float) -> int:
    """Write words of any script as they are, folded to the figure, and return how many lines.

    A dollar sign begins no formula.
    """
    words = [one for one in words if one]
    fonts = fonts_for("".join(words))
    if fonts is None:
        fonts, words = rcParams["font.family"], [readable(one, "ascii") for one in words]
    options = {"ha": "left", "parse_math": False, "fontfamily": fonts, "fontsize": fontsize}
    probe = figure.text(0, 0, "", **options)

    def width(line: str) -> float:
        probe.set_text(line)
        return probe.get_window_extent().width

    lines = [line for one in words for line in fold(one, (1 - 2 * EDGE) * figure.bbox.width, width)]
    probe.remove()
    if lines:
        place("\n".join(lines), x=EDGE, **options)
    return len(lines)


def _caption(text: str) -> str:
    """Return the words of a text, shortened, or that no font has its script."""
    signs = clusters(drawable(text))
    shown = "".join(signs[: SHOWN - 1]).rstrip() + "…" if len(signs) > SHOWN else "".join(signs)
    if fonts_for(shown) is None:
        return word("views.report.no_font")
    return word("views.report.text", text=shown) if shown else ""


def _panel(
    ax: Axes, values: Float[np.ndarray, "layers heads"], label: str, *, centred: bool, theme: str
) -> None:
    """Draw layers × heads with a colour bar below, and numbers where there is room for them."""
    cmap = diverging(theme) if centred else sequential(theme)
    image = ax.imshow(values, origin="lower", aspect="auto", cmap=cmap, norm=_norm(values, centred))
    bar = ax.figure.colorbar(image, ax=ax, location="bottom", pad=0.02, aspect=40)
    bar.outline.set_visible(False)
    bar.locator = MaxNLocator(5, steps=[1, 2, 5, 10])
    bar.update_ticks()
    for axis, count in ((ax.xaxis, values.shape[1]), (ax.yaxis, len(values))):
        axis.set_major_locator(MaxNLocator(min(count, 12), integer=True, min_n_ticks=1))
    ax.set(xlabel=word("views.axis.head"), ylabel=word("views.axis.layer"))
    ax.set_title(label, loc="left", fontsize=10)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    ax.set_label(describe.describe_heads(values, label.replace("\n", " ")))
    if max(values.shape) <= NUMBERED:
        _number_cells(ax, image, values)


def _norm(values: Float[np.ndarray, "layers heads"], centred: bool) -> Normalize:
    if centred:
        return CenteredNorm(halfrange=max(float(np.abs(values).max()), LEAST / 2))
    low, high = float(values.min()), float(values.max())
    wider = max(0.0, LEAST - (high - low)) / 2
    return Normalize(low - wider, high + wider)


def _number_cells(ax: Axes, image: AxesImage, values: Float[np.ndarray, "layers heads"]) -> None:
    """Write each number into its cell, in the ink that stands out from it."""
    places = 3 if np.abs(values).max() < 0.0995 else 2
    tight = values.shape[1] > ROOMY
    for (layer, head), value in np.ndenumerate(values):
        number = f"{round(value, places) + 0.0:.{places}f}".replace("-", "−")
        ax.text(
            head, layer, re.sub(r"^(−?)0\.", r"\1.", number) if tight else number,
            ha="center", va="center", fontsize=6.0 if tight else 7.5,
            color=_ink(image.to_rgba(value)),
        )  # fmt: skip


def _ink(ground: Sequence[float] | np.ndarray) -> str:
    """Return black or white, whichever stands out more from a colour (WCAG 2.1)."""
    light = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in ground[:3]]
    luminance = float(np.dot(LUMINANCE, light))
    return "black" if luminance > MIDDLE else "white"
