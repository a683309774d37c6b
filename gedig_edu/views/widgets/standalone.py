"""Pages without a kernel: when a widget brings along whatever the page could ask it for."""

from __future__ import annotations

import os

from gedig_edu.theory.maps import AttentionMaps

VARIABLE = "GEDIG_STANDALONE"
MOST_WEIGHTS = 600_000  # 12 x 12 heads of 64 tokens, which add less than a megabyte to a page


def stands_alone(maps: AttentionMaps, *, asked: bool = False) -> bool:
    """Whether a widget should send every head at once, for a page that will have no kernel.

    So it is where its maker asked for it, or the environment says ``GEDIG_STANDALONE=1``, as it
    does in the kernels of ``gedig-edu site`` and may do for nbconvert, and the maps are small
    enough for a page. The environment is the one thing that any program which runs notebooks can
    set, and a widget reads it where it is made, so that its saved state needs no second look.

    Examples
    --------
    >>> import numpy as np
    >>> maps = AttentionMaps(
    ...     tokens=("a", " b"), weights=np.full((1, 1, 2, 2), 0.5, dtype=np.float32),
    ...     causal=False, special=np.zeros(2, bool), offsets=np.zeros((2, 2), int), model="m")
    >>> stands_alone(maps), stands_alone(maps, asked=True)
    (False, True)
    """
    wanted = asked or os.environ.get(VARIABLE) == "1"
    return wanted and maps.weights.size <= MOST_WEIGHTS
