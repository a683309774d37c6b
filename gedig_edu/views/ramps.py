"""Shades between two colours, in steps that look equal."""

from __future__ import annotations

import numpy as np

from gedig_edu.shapes import Float


def ramp(start: str, end: str, steps: int) -> Float[np.ndarray, "steps 3"]:
    """Return sRGB colours from `start` to `end`, straight through OKLab (Ottosson 2020).

    Equal steps look equal there. The ends are written as in `PAGES`.

    Examples
    --------
    >>> ramp("#000000", "#fefefe", 3).round(2).tolist()
    [[0.0, 0.0, 0.0], [0.39, 0.39, 0.39], [1.0, 1.0, 1.0]]
    """
    ends = np.stack([_oklab(start), _oklab(end)])
    share = np.linspace(0, 1, steps)[:, None]
    return _srgb(ends[0] + share * (ends[1] - ends[0]))


# Ottosson (2020), 'A perceptual color space for image processing': linear sRGB to cone
# responses, and their cube roots to lightness and two opponent axes.
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def _oklab(colour: str) -> Float[np.ndarray, " 3"]:
    srgb = np.array(list(bytes.fromhex(colour.removeprefix("#")))) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return _TO_LAB @ np.cbrt(_TO_CONES @ linear)


def _srgb(lab: Float[np.ndarray, "steps 3"]) -> Float[np.ndarray, "steps 3"]:
    linear = (lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_CONES).T
    linear = linear.clip(0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
