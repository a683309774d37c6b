"""Whether the names in a figure can be read: no line and no dot runs through one."""

import numpy as np
from matplotlib.text import Text


def crossed(ax):
    """Return the names in the axes through whose boxes something drawn runs."""
    ax.figure.canvas.draw()
    boxes = {text.get_text(): Text.get_window_extent(text) for text in ax.texts}
    return [name for name, box in boxes.items() if any(_runs(line, box) for line in ax.lines)]


def _runs(line, box):
    """Tell whether a line runs through a box, looked at in 200 places between its points."""
    points = line.get_transform().transform(line.get_xydata())
    steps = np.linspace(0, len(points) - 1, 200 * len(points))
    if line.get_linestyle() == "None":
        steps = np.arange(len(points))
    x, y = (np.interp(steps, np.arange(len(points)), part) for part in points.T)
    return bool(np.any((box.x0 < x) & (x < box.x1) & (box.y0 < y) & (y < box.y1)))
