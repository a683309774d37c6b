"""How a figure shows itself in a notebook: in the page's light or dark, with its words.

One picture is sent for each theme. The light one is an ordinary image with its alternative text,
so a forge, a printed page and a notebook that is not trusted show it; a style puts the dark one
in its place where JupyterLab says that its theme is dark.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import sys
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from gedig_edu.words import word

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL import Image

PNG, HTML = "image/png", "text/html"
WIDEST = 840  # px on the page, as wide as a cell beside JupyterLab's file browser
DPI = 150
PER_INCH = WIDEST / 7.2  # px on the page; the course's figures are 7.2 inches wide
PICTURES = re.compile(r'(?s)base64,([\w+/=]+)\).*<img class="gedig-figure .*base64,([\w+/=]+)"')
MOST = 4e6  # pixels of a picture, which 840 on the page never need
SHADES = 256
OPAQUE = 255
SEEN, LOST = 8, 0.02  # of 255 that a shade may be off, and on which share of a picture more

PAGE = """<style>
.{name} {{ height: auto; max-width: 100%; }}
@media screen {{
  [data-jp-theme-light="false"] .{name} {{ content: url(data:image/png;base64,{dark}); }}
}}
</style>
<img class="gedig-figure {name}" width="{width}" alt="{said}"
 src="data:image/png;base64,{light}">"""


def follow_theme() -> None:
    """Let every figure of this kernel show itself as `bundle` says; nothing where none runs."""
    if "IPython" not in sys.modules:
        return
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    if shell is not None:
        formatter = shell.display_formatter.mimebundle_formatter
        formatter.for_type_by_name("matplotlib.figure", "Figure", bundle)
        _send_no_other_picture(shell)


def _send_no_other_picture(shell: Any) -> None:
    """Keep matplotlib's own picture, which would stand beside ours, out of what is sent."""
    shell.config.InlineBackend.figure_formats = set()  # read where figures are first drawn
    if "matplotlib_inline.config" in sys.modules:
        from matplotlib_inline.config import InlineBackend

        if InlineBackend.initialized():
            InlineBackend.instance().figure_formats = set()


def bundle(figure: Figure) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Return what a notebook keeps of a figure, by kind of data, and what is said of each.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure(figsize=(2, 1))
    >>> figure.subplots().set_label("A line that rises.")
    >>> data, said = bundle(figure)
    >>> sorted(data), said["image/png"]["alt"]
    (['image/png', 'text/html', 'text/plain'], 'A line that rises.')
    """
    from gedig_edu.views.dark import darkened

    if not figure.axes:
        return {}, {}
    light = picture(figure)
    with darkened(figure):
        dark = picture(figure)
    said = alternative(figure) or titles(figure) or word("views.figure.unnamed")
    html = PAGE.format(
        name=f"gedig-figure-{hashlib.sha256(light).hexdigest()[:12]}",
        width=min(WIDEST, round(width_of(light) * PER_INCH / dots(figure))),
        said=escape(said),
        light=base64.b64encode(light).decode(),
        dark=base64.b64encode(dark).decode(),
    )
    data = {HTML: html, PNG: base64.b64encode(light).decode(), "text/plain": said}
    return data, {PNG: {"alt": said}}


def picture(figure: Figure) -> bytes:
    r"""Return a figure as a PNG of few shades, about a third of the size of one with all.

    It keeps all of them where few would show, as in a photograph.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> picture(Figure(figsize=(1, 1)))[:4]
    b'\x89PNG'
    """
    from matplotlib.colors import to_rgba
    from PIL import Image

    drawn, kept = io.BytesIO(), io.BytesIO()
    plain = {"Software": None}
    figure.savefig(drawn, format="png", dpi=dots(figure), bbox_inches="tight", metadata=plain)
    paper = [round(255 * channel) for channel in to_rgba(figure.get_facecolor())]
    with Image.open(drawn) as image:
        whole = Image.new("RGBA", image.size, tuple(paper))  # the cut runs through pixels
        whole.alpha_composite(image.convert("RGBA"))
        opaque = paper[3] == OPAQUE
        few = _in_few_shades(whole.convert("RGB")) if opaque else whole
        few.save(kept, format="png", optimize=True)
    return kept.getvalue()


def _in_few_shades(whole: Image.Image) -> Image.Image:
    """Return a picture with 256 colours, or as it is where more than that would be seen."""
    from PIL import Image, ImageChops

    few = whole.quantize(SHADES, dither=Image.Dither.NONE)
    off = np.asarray(ImageChops.difference(whole, few.convert("RGB"))).max(axis=-1)
    return few if np.mean(off > SEEN) < LOST else whole


def dots(figure: Figure) -> float:
    """Return the dots per inch that a figure is drawn with: fewer, where it is very large.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> dots(Figure(figsize=(7, 4))), dots(Figure(figsize=(100, 100)))
    (150, 20.0)
    """
    width, height = figure.get_size_inches()
    return min(DPI, float((MOST / (width * height)) ** 0.5))


def width_of(png: bytes) -> int:
    """Return the width of a PNG, which stands in its first chunk."""
    return int.from_bytes(png[16:20])


def pictures_of(html: str) -> tuple[bytes, bytes] | None:
    """Return the light and the dark picture in a figure's HTML, None where it is no figure.

    Examples
    --------
    >>> pictures_of("<p>A line.</p>") is None
    True
    """
    found = PICTURES.search(html)
    if found is None:
        return None
    dark, light = (base64.b64decode(content) for content in found.groups())
    return light, dark


def alternative(figure: Figure) -> str:
    """Return what the plots left as labels on the Axes of a figure, "" where they left none.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure()
    >>> for axes in figure.subplots(1, 2):
    ...     axes.set_label("A chain.")
    >>> alternative(figure)
    'A chain.'
    """
    labels = (str(axes.get_label()) for axes in figure.axes)
    return " ".join(dict.fromkeys(label for label in labels if label and label[0] not in "_<"))


def titles(figure: Figure) -> str:
    """Return the titles and the names of the axes of a figure, for one without words of its own.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure()
    >>> _ = figure.subplots().set(title="Heat", xlabel="T", ylabel="C")
    >>> titles(figure)
    'Heat, T, C'
    """
    found = [
        text
        for axes in figure.axes
        for text in (axes.get_title(), axes.get_title("left"), axes.get_xlabel(), axes.get_ylabel())
    ]
    return ", ".join(dict.fromkeys(text for text in found if text))
