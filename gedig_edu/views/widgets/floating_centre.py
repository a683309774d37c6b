"""A text's path through its embeddings, and the centre that floats after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import traitlets

from gedig_edu.errors import GedigError
from gedig_edu.shapes import Float
from gedig_edu.theory.dynamics import floating_equilibrium
from gedig_edu.views.labels import token_labels
from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Finite, Kept, Numbers, Place

EXAMPLE = ((0.0, 0.0), (0.4, 0.3), (0.2, 0.6), (2.2, 1.1), (2.5, 0.8), (2.3, 1.3), (2.6, 1.2))
EXAMPLE = (*EXAMPLE, (2.4, -0.8))
LIMIT = 1e4


class FloatingCentre(Hero):
    """Drag α and see a centre follow a path, and the tension between them.

    Parameters
    ----------
    states : array [n, d], optional
        x_n, at least two of two numbers; distances are those of all d, the picture shows the first
        two. Made-up ones where not given.
    tokens : sequence of n str, optional
        A name for each state.
    **traits
        `alpha`, 0.02 to 1; `step`, the state shown, from 0.

    Raises
    ------
    GedigError
        If there are fewer than two states, or not as many tokens.

    Examples
    --------
    >>> jump = FloatingCentre([[0.0, 0.0], [4.0, 0.0], [4.0, 0.0]], alpha=0.25)
    >>> jump.numbers["tensions"]
    [0.0, 4.0, 3.0]
    """

    _css = styles("kit/frame.css", "floating_centre.css")
    script = "floating_centre.js"
    state = ("states", "tokens", "alpha", "step")
    given = ("states", "tokens")
    controls = (
        Control("alpha", "slider", 0.02, 1, 0.02, under="path"),
        Control("step", "whole", 0, len(EXAMPLE) - 1, under="tension"),
    )
    readouts = ("tension", "kinetic", "mean", "memory")

    states = Numbers(None, None, limit=LIMIT, least=2).tag(sync=True)
    tokens = Kept(traitlets.Unicode()).tag(sync=True)
    alpha = Finite(0.3, min=0.02, max=1.0).tag(sync=True)
    step = Place(of="states", kind="state").tag(sync=True)

    def __init__(
        self,
        states: Float[np.ndarray, "n d"] | Sequence[Sequence[float]] = EXAMPLE,
        tokens: Sequence[str] | None = None,
        **traits: Any,
    ) -> None:
        count = len(states)
        names = [f"x{place}" for place in range(count)] if tokens is None else tokens
        if len(names) != count:
            raise GedigError(f"{count} states came with {len(names)} tokens; give one each.")
        given = {"step": count // 2} | traits
        super().__init__(states=states, tokens=token_labels(names), **given)

    @property
    def numbers(self) -> dict[str, Any]:
        """The centre's path in the plane, the tension at each state, and K = ½Ψ²."""
        found = floating_equilibrium(np.array(self.states), alpha=self.alpha)
        return plain(
            {
                "across": found.centre[:, 0],
                "up": found.centre[:, 1],
                "tensions": found.tension,
                "tension": found.tension[self.step],
                "kinetic": found.kinetic[self.step],
                "mean": found.tension[1:].mean(),
                "memory": 1 / self.alpha,
                "token": self.tokens[self.step],
            }
        )

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield the ends of every control, each end of α at the first state and at the last."""
        yield from super().extremes()
        yield from (("alpha", 0.02), ("step", 1), ("alpha", 0.5))
