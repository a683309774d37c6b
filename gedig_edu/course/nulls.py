"""The null that takes its time, on request: graphs with the degrees of a head's graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gedig_edu.course.cards import Card
from gedig_edu.lab.nulls import soft_configuration_excess
from gedig_edu.views.widgets.card_form import CardForm
from gedig_edu.words import word

if TYPE_CHECKING:
    from gedig_edu.theory.gauge import Gauge
    from gedig_edu.theory.maps import AttentionMaps

DRAWS = 16


def same_degrees(maps: AttentionMaps, *, gauge: Gauge) -> CardForm:
    """Return a button that holds the heads of a text against graphs with the same degrees.

    What it answers with is `gedig_edu.lab.nulls.soft_configuration_excess`, the mean over heads.

    Parameters
    ----------
    maps : AttentionMaps
    gauge : Gauge
        Threshold, convention of the path term, λ and γ.

    Examples
    --------
    >>> import numpy as np
    >>> from gedig_edu.theory.gauge import Gauge
    >>> from gedig_edu.theory.maps import AttentionMaps
    >>> rows = np.full((1, 2, 2, 2), 0.5, dtype=np.float32)
    >>> maps = AttentionMaps(
    ...     tokens=("a", " b"), weights=rows, causal=False,
    ...     special=np.zeros(2, bool), offsets=np.zeros((2, 2), int), model="even")
    >>> form = same_degrees(maps, gauge=Gauge.paper())
    >>> form.press()
    >>> str(form).splitlines()[-2]
    '  Paths of the heads less paths of the drawn graphs: 0.00, the mean of 2 heads, in units of F.'
    """
    heading = word("lesson_06.nulls.heading")

    def draw(_: str) -> Card:
        found = soft_configuration_excess(maps, gauge=gauge, draws=DRAWS)
        plain, calibrated, placebo = (
            float(one.mean()) for one in (found.plain, found.calibrated, found.placebo)
        )
        said = (
            word("lesson_06.nulls.plain", value=plain, heads=found.real.size),
            word("lesson_06.nulls.calibrated", value=calibrated, placebo=placebo),
        )
        return Card("note", heading, said)

    return CardForm(
        Card("note", heading, (word("lesson_06.nulls.asked", graphs=DRAWS),)),
        button=word("lesson_06.nulls.button"),
        respond=draw,
        busy=word("lesson_06.nulls.drawing"),
    )
