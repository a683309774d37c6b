"""A real decoder at thirteen temperatures of its attention: its loss, and what it writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets

from gedig_edu.errors import GedigError, check_number
from gedig_edu.shapes import Float
from gedig_edu.views.widgets.hero import Control, Hero, plain
from gedig_edu.views.widgets.traits import Kept, Numbers, Whole

STEPS = 6  # on each side of T = 1, twelve to a decade
TEMPERATURES = tuple(10 ** (step / 12) for step in range(-STEPS, STEPS + 1))
TRAINED = STEPS
BOWL = np.log(TEMPERATURES) ** 2
EXAMPLE_LOSSES = np.array([3.0 + BOWL, 4.0 + 0.7 * BOWL])


class HeatedModel(Hero):
    """Move one temperature over all heads of a decoder: loss per token, and its text.

    Everything is measured beforehand at `TEMPERATURES`, so that the page answers at once.
    The traits `losses` [texts, 13], `written` [13], `prompt` and `chosen` are the only state.

    Parameters
    ----------
    losses : array [texts, 13], optional
        Next-token loss of each text at each of `TEMPERATURES`, nats per token; made-up numbers
        where not given.
    written : sequence of 13 str, optional
        What the model writes at each, prompt included.
    prompt : str
        What all of them start with.
    chosen : int
        Place of the temperature shown, 0 to 12; 6 is T = 1.

    Raises
    ------
    GedigError
        If there are not 13 losses for each text and 13 writings.

    Examples
    --------
    >>> model = HeatedModel(chosen=0)
    >>> round(model.temperature, 3), round(model.numbers["extra"], 3)
    (0.316, 1.127)
    >>> model.temperature = 1.05
    >>> model.chosen
    6
    """

    script = "heated_model.js"
    temperatures: ClassVar[tuple[float, ...]] = TEMPERATURES
    state = ("losses", "written", "prompt", "chosen")
    controls = (
        Control("temperature", "log", TEMPERATURES[0], TEMPERATURES[-1], 1 / 12, under="heated"),
    )
    readouts = ("loss", "extra", "best")

    losses = Numbers(None, len(TEMPERATURES)).tag(sync=True)
    written = Kept(traitlets.Unicode()).tag(sync=True)
    prompt = traitlets.Unicode().tag(sync=True)
    chosen = Whole(TRAINED, min=0, max=2 * STEPS).tag(sync=True)

    def __init__(
        self,
        losses: Float[np.ndarray, "texts temperatures"] = EXAMPLE_LOSSES,
        written: Sequence[str] = tuple(f"It was {T:.2f}." for T in TEMPERATURES),
        *,
        prompt: str = "It was",
        chosen: int = TRAINED,
    ) -> None:
        if len(written) != len(TEMPERATURES):
            raise GedigError(
                f"{len(written)} writings came; give {len(TEMPERATURES)}, one for each of "
                "HeatedModel.temperatures."
            )
        super().__init__(losses=losses, written=list(written), prompt=prompt, chosen=chosen)

    @property
    def temperature(self) -> float:
        """T of the point shown; setting it takes the nearest that was measured."""
        return TEMPERATURES[self.chosen]

    @temperature.setter
    def temperature(self, value: float) -> None:
        wanted = check_number("temperature", value, above=0)
        self.chosen = int(np.argmin(np.abs(np.log(TEMPERATURES) - np.log(wanted))))

    @property
    def numbers(self) -> dict[str, Any]:
        """T, the mean loss there, its surplus over T = 1, and where the mean loss is lowest."""
        mean = np.mean(self.losses, axis=0)
        return plain(
            {
                "temperature": self.temperature,
                "loss": mean[self.chosen],
                "extra": mean[self.chosen] - mean[TRAINED],
                "best": TEMPERATURES[int(mean.argmin())],
                "curve": mean,
                "text": self.written[self.chosen],
            }
        )
