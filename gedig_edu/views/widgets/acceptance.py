"""Ways to accept what is said, by precision and recall, and in pairs of a world at one share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gedig_edu.errors import GedigError
from gedig_edu.shapes import Float
from gedig_edu.theory.repeats import critical, difference
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Numbers, Place, Tables, finite, same_shaped

LEAST, MOST = 0.05, 0.95  # share of the statements that is accepted
SHARES = tuple(at / 40 for at in range(2, 41))  # at which a curve is drawn
EXAMPLE = {
    "fixed_pairs": ((0.2, 0.5, 0.8, 0.1, 0.3, 0.4), (0.3, 0.6, 0.9, 0.2, 0.35, 0.46)),
    "likeness": ((0.2, 0.5, 0.8, 0.16, 0.38, 0.46), (0.3, 0.6, 0.9, 0.24, 0.41, 0.5)),
    "chance": ((0.2, 0.5, 0.8, 0.1, 0.25, 0.4), (0.3, 0.6, 0.9, 0.156, 0.312, 0.468)),
}
"""Made-up shares, accepted and then accepted and true, of two worlds at three thresholds."""


class Acceptance(Hero):
    """Choose a way to decide and a share to accept: who is right more often there.

    Each threshold of a way accepts a share of a world's statements, of which some are true. Between
    two thresholds the picture takes a mixture of both. At one share for all, precisions can be
    compared: in pairs of a world, each way's less that of the chosen one.

    Parameters
    ----------
    ways : mapping of str to array [worlds, 2 × thresholds], optional
        For each way the shares of the statements that it accepts, then of those that it accepts
        and that are true; a made-up example where not given.
    base : array [worlds], optional
        Share of the statements that is true.
    **traits
        `way`, the place of the chosen one among the ways; `share`, 0.05 to 0.95.

    Raises
    ------
    GedigError
        If there are fewer than two ways or worlds, or the tables do not fit together.

    Examples
    --------
    >>> widget = Acceptance(way=1, share=0.5)
    >>> widget.numbers["name"], round(widget.numbers["precision"], 2)
    ('likeness', 0.73)
    """

    _css = styles("kit/frame.css", "acceptance.css")
    script = "acceptance.js"
    state = ("ways", "base", "critical", "way", "share")
    given = ("ways", "base", "critical")
    controls = (
        Control("way", "whole", 0, len(EXAMPLE) - 1, under="curves", says="name"),
        Control("share", "slider", LEAST, MOST, 0.05, under="gaps"),
    )
    readouts = (
        "precision:percent",
        "recall:percent",
        "chance:percent",
        "above:whole",
        "below:whole",
    )

    ways = Tables(None, None).tag(sync=True)
    base = Numbers(None, least=2).tag(sync=True)
    critical = Numbers(2).tag(sync=True)
    way = Place("ways", kind="way").tag(sync=True)
    share = Finite(0.5, min=LEAST, max=MOST).tag(sync=True)

    def __init__(
        self,
        ways: Mapping[str, Sequence[Sequence[float]] | np.ndarray] | None = None,
        base: Sequence[float] | np.ndarray | None = None,
        **traits: Any,
    ) -> None:
        if (ways is None) != (base is None):
            raise GedigError("ways and base belong together; give both or neither.")
        ways, base = (EXAMPLE, (0.52, 0.52)) if ways is None or base is None else (ways, base)
        worlds = len(finite("base", base, (None,), least=2))
        tables = same_shaped("ways", ways, (worlds, None))
        if len(tables) < 2 or any(table.shape[1] % 2 for table in tables.values()):
            raise GedigError(
                f"ways holds {len(tables)} tables; give two or more, with as many shares that are "
                "true as are accepted."
            )
        freedom = critical(worlds - 1)
        super().__init__(**{"ways": tables, "base": base, "critical": freedom} | traits)

    @property
    def numbers(self) -> dict[str, Any]:
        """The chosen way at the share, and how the others' precision differs from it."""
        names = list(self.ways)
        own = names[self.way]
        at_share = {name: self._true_at(name, self.share) / self.share for name in names}
        gaps = [difference(at_share[name], at_share[own], paired=True) for name in names]
        return plain(
            {
                "name": own,
                "precision": at_share[own].mean(),
                "recall": (at_share[own] * self.share / self.base).mean(),
                "chance": np.mean(self.base),
                "above": sum(gap.differs and gap.mean > 0 for gap in gaps),
                "below": sum(gap.differs and gap.mean < 0 for gap in gaps),
                "worlds": len(self.base),
                "gaps": [gap.mean for gap in gaps],
                "halves": [gap.half for gap in gaps],
                "precisions": [float(at_share[name].mean()) for name in names],
                "recalls": [
                    float((at_share[name] * self.share / self.base).mean()) for name in names
                ],
                "curve": [float(self._true_at(own, share).mean()) / share for share in SHARES],
            }
        )

    def _true_at(self, name: str, share: float) -> Float[np.ndarray, " worlds"]:
        """Return what is accepted and true in each world when a share is accepted."""
        table = np.array(self.ways[name])
        accepted, true = np.split(table, 2, axis=1)
        return np.array(
            [
                _between(share, [*zip(taken, right, strict=True)], base)
                for taken, right, base in zip(accepted, true, self.base, strict=True)
            ]
        )

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield the ends of both controls, and the middle way at a share between."""
        yield from super().extremes()
        yield from (("way", 1), ("share", 0.4))


def _between(share: float, points: list[tuple[float, float]], base: float) -> float:
    """Return what is true of a share, on the line through points from nothing to everything."""
    accepted, true = np.array(sorted([(0.0, 0.0), *points, (1.0, base)])).T
    return float(np.interp(share, accepted, true))
