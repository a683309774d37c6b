"""The decision gate across a model's layers: which steps does one threshold let through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import GedigError
from gedig_edu.shapes import Float
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Tables, finite

LOW, HIGH = -1.0, 4.0  # of the threshold
READINGS = ("fixed_pairs", "global_efficiency")
EXAMPLE = ((0.0, 1.2, 0.7, 2.0), (1.5, 0.0, 0.9, 1.4), (1.8, 1.1, 0.0, 0.8), (2.2, 1.9, 1.3, 0.0))
"""Made-up values of g_min from the layer of the row to that of the column."""


class LayerSteps(Hero):
    """Drag θ_DG and see which steps between layers it accepts: onward, jumps, and back.

    Parameters
    ----------
    g_min : mapping of "fixed_pairs" and "global_efficiency" to array [layers, layers], optional
        From the layer of the row to that of the column; what stands on the diagonal does not
        count. A made-up example where not given.
    **traits
        `theta_dg`, −1 to 4; `efficiency`, which of the two readings is shown.

    Raises
    ------
    GedigError
        If a reading is missing, or a table is not square with two layers or more.

    Examples
    --------
    >>> steps = LayerSteps(theta_dg=1.2)
    >>> steps.numbers["onward"], steps.numbers["jumps"], steps.numbers["back"]
    (3, 1, 1)
    """

    _css = styles("kit/frame.css", "layer_steps.css")
    script = "layer_steps.js"
    state = ("g_min", "theta_dg", "efficiency")
    given = ("g_min",)
    controls = (
        Control("efficiency", "toggle", under="lines"),
        Control("theta_dg", "slider", LOW, HIGH, 0.05, under="lines"),
    )
    readouts = ("onward_mean", "jumps_mean", "back_mean")

    g_min = Tables(None, None).tag(sync=True)
    theta_dg = Finite(1.0, min=LOW, max=HIGH).tag(sync=True)
    efficiency = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        g_min: Mapping[str, Sequence[Sequence[float]] | np.ndarray] | None = None,
        **traits: Any,
    ) -> None:
        given = _example() if g_min is None else g_min
        if set(given) != set(READINGS):
            raise GedigError(f"g_min holds {', '.join(given)}; give {' and '.join(READINGS)}.")
        tables = {}
        for name in READINGS:
            table = np.array(given[name], dtype=float)
            if table.ndim != 2 or len(table) < 2 or len(table) != table.shape[1]:
                raise GedigError(
                    f"g_min[{name!r}] has shape {table.shape}; give as many columns as rows, two "
                    "or more."
                )
            np.fill_diagonal(table, 0.0)
            tables[name] = finite(f"g_min[{name!r}]", table, (None, None))
        super().__init__(**{"g_min": tables} | traits)

    @property
    def _table(self) -> Float[np.ndarray, "layers layers"]:
        return np.array(self.g_min[READINGS[self.efficiency]])

    @property
    def numbers(self) -> dict[str, Any]:
        """How many steps of each kind the threshold accepts, of how many, and their means."""
        table = self._table
        places = {
            "onward": np.eye(len(table), k=1, dtype=bool),
            "jumps": np.triu(np.ones_like(table, dtype=bool), 2),
            "back": np.tril(np.ones_like(table, dtype=bool), -1),
        }
        found = {"layers": len(table)}
        for name, chosen in places.items():
            values = table[chosen]
            found |= {
                name: (values <= self.theta_dg).sum(),
                f"{name}_of": values.size,
                f"{name}_mean": values.mean() if values.size else None,
            }
        return plain(found)

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield both ends of every control, and a threshold between."""
        yield from super().extremes()
        yield "theta_dg", 1.1


def _example() -> dict[str, Float[np.ndarray, "layers layers"]]:
    fixed = np.array(EXAMPLE)
    return dict(zip(READINGS, (fixed, fixed - 0.5), strict=True))
