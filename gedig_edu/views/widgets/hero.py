"""What the widgets of the lessons share: controls, readout and sentence, alive without a kernel."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any, ClassVar, Literal

import numpy as np
import traitlets

from gedig_edu.views.widgets.bundle import styles
from gedig_edu.views.widgets.told import Told
from gedig_edu.views.widgets.traits import Steady
from gedig_edu.words import section, word


@dataclass(frozen=True)
class Control:
    """Something a learner sets: an attribute of the widget, and its range.

    Attributes
    ----------
    name : str
        A trait, or a property with a setter.
    kind : {"slider", "log", "whole", "toggle"}
        A real number, one on a log scale, an integer, or yes and no.
    low, high : float
        The range.
    step : float
        What one press of an arrow key adds; on a log scale, in decades.
    """

    name: str
    kind: Literal["slider", "log", "whole", "toggle"]
    low: float = 0
    high: float = 1
    step: float = 1


@dataclass(frozen=True)
class Readout:
    """A number that stands beside the picture: a key of the widget's `numbers`."""

    name: str
    whole: bool = False


class Hero(Told, Steady):
    """A widget whose mathematics runs in the page and is defined, once more, in `numbers`.

    A subclass names its section of the message table (`section`), its `controls`, its
    `readouts`, the further words of its picture (`captions`) and the traits that make up its
    state (`state`), and answers `numbers` and `facts`. ``_esm = bundle("name.js")``. What of the
    state only Python sets stands in `given`: the page has it once, without a start to go back to.
    """

    _css = styles("kit/frame.css")

    section: ClassVar[str]
    state: ClassVar[tuple[str, ...]]
    controls: ClassVar[tuple[Control, ...]]
    readouts: ClassVar[tuple[Readout, ...]]
    captions: ClassVar[tuple[str, ...]] = ()
    given: ClassVar[tuple[str, ...]] = ()

    start = traitlets.Dict().tag(sync=True, to_json=lambda start, hero: hero.without_given(start))
    frame = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.start = {name: getattr(self, name) for name in self.state}
        self.frame = self._frame()

    @property
    def numbers(self) -> dict[str, Any]:
        """What the widget shows, from `gedig_edu.theory`; the page computes the same."""
        raise NotImplementedError

    @property
    def facts(self) -> dict[str, str]:
        """What fills the placeholders of the sentence."""
        raise NotImplementedError

    @property
    def sentence(self) -> str:
        """The text alternative: what the picture shows now, in words."""
        return word(f"widgets.{self.section}.sentence", **self.facts)

    @classmethod
    def extremes(cls) -> Iterator[tuple[str, Any]]:
        """Yield each control's name with each end of its range."""
        for control in cls.controls:
            kind = {"toggle": bool, "whole": int}.get(control.kind, float)
            yield control.name, kind(control.low)
            yield control.name, kind(control.high)

    def without_given(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """Return what of a state the page may set, and so may have to bring back."""
        return {name: value for name, value in state.items() if name not in self.given}

    def __repr__(self) -> str:
        return f"{self._word('question')}\n{self.sentence}"

    def _word(self, key: str) -> str:
        return word(f"widgets.{self.section}.{key}")

    def _frame(self) -> dict[str, Any]:
        captions = ("question", "hint", "sentence", *self.captions)
        return {
            "given": self.given,
            "words": section("widgets.frame") | {name: self._word(name) for name in captions},
            "controls": [
                asdict(control)
                | {part: self._word(f"control.{control.name}.{part}") for part in ("label", "unit")}
                for control in self.controls
            ],
            "readouts": [
                asdict(readout)
                | {
                    part: self._word(f"readout.{readout.name}.{part}")
                    for part in ("symbol", "label", "unit")
                }
                for readout in self.readouts
            ],
        }


def shown(value: float | None) -> str:
    """Return a number as the page writes it: three significant digits, a true minus sign.

    Examples
    --------
    >>> shown(-0.70711), shown(6283.185), shown(1e-16), shown(None), shown(math.inf)
    ('−0.707', '6280', '0.00', '–', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    if abs(value) < 1e-12:
        return "0.00"
    with localcontext(rounding=ROUND_HALF_UP):
        digits, power = f"{Decimal(value):.2e}".split("e")
        rounded, exponent = Decimal(f"{digits}e{power}"), int(power)
        plain = -4 <= exponent <= 6
        text = f"{rounded:.{max(0, 2 - exponent)}f}" if plain else f"{digits}e{exponent}"
    return text.replace("-", "−")


def plain(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Return numbers as Python's own floats and lists, ready for JSON."""
    return {
        name: value.tolist() if isinstance(value, np.ndarray | np.generic) else value
        for name, value in numbers.items()
    }
