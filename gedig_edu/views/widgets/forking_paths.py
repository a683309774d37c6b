"""Every way to ask one question, in order of the answer, and the choices behind each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import GedigError
from gedig_edu.shapes import Float
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Place, Tables, same_shaped

CHOICES = ("texts", "formula", "threshold", "null", "mask")
"""What the names of a table's rows say, in their order."""
WAYS = {
    (True, False, False): 0,
    (True, False, True): 0,
    (False, True, False): 1,
    (False, True, True): 2,
    (True, True, False): 3,
    (True, True, True): 4,
}
"""Which interval belongs to texts, heads and heads within their layer, drawn anew or not."""
INTERVALS = 5
EXAMPLE = {
    "random unmasked": 0.05,
    "random matched": 0.03,
    "diagonal matched": 0.004,
    "row_shuffled matched": -0.006,
}
"""Made-up means, by what is compared with and mask."""


class ForkingPaths(Hero):
    """Drag along all ways to ask one question, or change one choice at a time.

    Every column is one specification: its mean and its 95 % interval, in order of the mean, and
    below them the choices that made it. The traits `specs`, `place` and `by_text`, `by_head` and
    `in_layers`, which say what is resampled, are the only state.

    Parameters
    ----------
    specs : mapping of str to sequence, optional
        For each combination of choices, named as ``gedig_edu.lab.specifications`` names it, the
        mean, the share above zero and five intervals; a small example where not given.
    start : str
        How the name of the combination begins that is shown first.
    **options : bool
        What is resampled from the start.

    Raises
    ------
    GedigError
        If the table is empty, a name has not five words, or there is no `start`.

    Examples
    --------
    >>> ForkingPaths(start="prose script quantile random unmasked").numbers["verdict"]
    'above'
    """

    script = "forking_paths.js"
    state = ("specs", "place", "by_text", "by_head", "in_layers")
    given = ("specs",)
    controls = (
        Control("place", "whole", 0, 2 * len(EXAMPLE) - 1, under="ways"),
        Control("by_text", "toggle", under="ways"),
        Control("by_head", "toggle", under="ways"),
        Control("in_layers", "toggle", under="ways"),
    )
    readouts = ("delta:signed", "low:signed", "high:signed", "share:percent", "above:whole",
                "below:whole")  # fmt: skip

    specs = Tables(2 + 2 * INTERVALS).tag(sync=True)
    place = Place("specs", kind="specification").tag(sync=True)
    by_text = traitlets.Bool(True).tag(sync=True)
    by_head = traitlets.Bool(True).tag(sync=True)
    in_layers = traitlets.Bool(True).tag(sync=True)

    def __init__(
        self,
        specs: Mapping[str, Sequence[Any]] | None = None,
        *,
        start: str = "",
        **options: bool,
    ) -> None:
        rows = {key: _flat(row) for key, row in (_example() if specs is None else specs).items()}
        if not rows or any(len(key.split()) != len(CHOICES) for key in rows):
            raise GedigError(
                f"specs has {len(rows)} rows, the first of them named "
                f"{next(iter(rows), '')!r}; give at least one, named by {', '.join(CHOICES)}."
            )
        rows = same_shaped("specs", rows, (2 + 2 * INTERVALS,))
        rows = dict(sorted(rows.items(), key=lambda pair: pair[1][0]))
        begun = [place for place, key in enumerate(rows) if key.startswith(start)]
        if not begun:
            raise GedigError(f"No name begins with {start!r}; the first is {next(iter(rows))!r}.")
        super().__init__(specs=rows, place=begun[0], **options)

    @property
    def numbers(self) -> dict[str, Any]:
        """What the chosen specification says, and how many say the same."""
        key, row = list(self.specs.items())[self.place]
        way = WAYS.get((self.by_text, self.by_head, self.in_layers))
        verdicts = [_verdict(one, way) for one in self.specs.values()]
        low, high = (None, None) if way is None else row[2 + 2 * way : 4 + 2 * way]
        return plain(
            dict(zip(CHOICES, key.split(), strict=True))
            | {"delta": row[0], "share": row[1], "low": low, "high": high}
            | {"verdict": verdicts[self.place], "count": len(verdicts)}
            | {name: verdicts.count(name) for name in ("above", "below", "open")}
        )


def _flat(row: Any) -> list[float]:
    """Return mean, share and the ends of all intervals, one after the other."""
    return [float(value) for part in row for value in np.ravel(part)]


def _verdict(row: Sequence[float], way: int | None) -> str:
    """Return what an interval says of zero."""
    if way is None:
        return "none"
    low, high = row[2 + 2 * way : 4 + 2 * way]
    if low > 0:
        return "above"
    return "below" if high < 0 else "open"


def _example() -> dict[str, Float[np.ndarray, " numbers"]]:
    """Return eight made-up specifications, of which the texts alone seem sure."""
    widths = np.array([0.005, 0.018, 0.012, 0.019, 0.013])[:, None] * [-1, 1]
    return {
        f"prose {formula} quantile {name}": np.append(
            [factor * mean, 0.5 + 5 * mean], factor * (mean + widths)
        )
        for formula, factor in (("script", 1.0), ("paper", 2.0))
        for name, mean in EXAMPLE.items()
    }
