"""What the map of heads looks like: the colour of every cell, and the ends of its scale."""

import re

import numpy as np

from gedig_edu.words.numbers import three

COLOURS = """() => {
  const context = document.createElement("canvas").getContext("2d");
  return [...document.querySelectorAll(".gx-cell")].map((cell) => {
    context.fillStyle = getComputedStyle(cell).fill;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  });
}"""


def assert_coloured_by(page, values, *, quantity: str, level: float | None = None) -> None:
    """The map of a light page shows `values` [heads], and its scale runs as far as they do."""
    values = np.ravel(values)
    colours = np.array(page.evaluate(COLOURS), dtype=float)
    depth = np.linalg.norm(255 - colours, axis=1)
    reach = [*values] if level is None else [*values, level]
    if quantity == "delta":
        assert (colours[values < 0] @ [1, 0, -1] >= 0).all()  # warm below the baseline
        assert (colours[values > 0] @ [1, 0, -1] <= 0).all()
        for side in (values[values < 0], values[values > 0]):
            assert_grows(depth[np.isin(values, side)], np.abs(side))
        ends = [-max(map(abs, reach)), max(map(abs, reach))]
    else:
        assert_grows(depth, values)
        ends = [0 if quantity in ("previous", "induction") else min(reach), max(reach)]
    assert np.ptp(depth) >= 100 * np.ptp(np.abs(values)) / (np.ptp(ends) or 1)
    said = re.findall(r"−?[\d.]+", page.locator(".gx-scale").inner_text())
    assert said == [three(end) for end in ends]


def assert_grows(depth, values) -> None:
    assert (np.diff(depth[np.argsort(values)]) >= -2).all()  # a colour is rounded to whole steps
