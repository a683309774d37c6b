"""What the widgets of the lessons share: controls, readout and sentence, alive without a kernel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import traitlets

from gedig_edu.shapes import Float, Int
from gedig_edu.views.widgets.bundle import bundle, styles
from gedig_edu.views.widgets.told import Told
from gedig_edu.views.widgets.traits import Place, Steady
from gedig_edu.words import section, word
from gedig_edu.words.numbers import SMALLEST, fill


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
    under : str
        The panel that it changes, under which it stands where the page is narrow; by default it
        stands under the last one.
    says : str
        Of the widget's numbers the name that a whole number stands for, which the page writes in
        its place, such as that of a chosen arm.
    """

    name: str
    kind: Literal["slider", "log", "whole", "toggle"]
    low: float = 0
    high: float = 1
    step: float = 1
    under: str = ""
    says: str = ""


class Hero(Told, Steady):
    """A widget whose mathematics runs in the page and is defined, once more, in `numbers`.

    A subclass names its `script` beside it, its `controls`, what it reads off (`readouts`: names
    of `numbers`, in three digits or as in ``"rank:whole"``) and the traits that make up its
    `state`, and answers `numbers`. Its words stand in the message table, in the section that bears
    the script's name; its sentence is one message, whose names are those of the state and of the
    numbers. An id among them is said by the word ``<name>_<id>`` where there is one, as yes and no
    by ``<name>_true`` and ``<name>_false``. What of the state only Python sets stands in `given`:
    the page has it once, without a start to go back to.
    """

    _css = styles("kit/frame.css")
    needs_kernel = False

    script: ClassVar[str]
    section: ClassVar[str]
    state: ClassVar[tuple[str, ...]]
    controls: ClassVar[tuple[Control, ...]]
    readouts: ClassVar[tuple[str, ...]]
    given: ClassVar[tuple[str, ...]] = ()

    start = traitlets.Dict().tag(sync=True, to_json=lambda start, hero: hero.without_given(start))
    frame = traitlets.Dict().tag(sync=True)

    def __init_subclass__(cls, **options: Any) -> None:
        if "script" in vars(cls):
            cls._esm = bundle(cls.script)
            cls.section = vars(cls).get("section", cls.script.removesuffix(".js"))
        super().__init_subclass__(**options)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.start = {name: getattr(self, name) for name in self.state}
        self.frame = self._frame()

    @property
    def numbers(self) -> dict[str, Any]:
        """What the widget shows, from `gedig_edu.theory`; the page computes the same."""
        raise NotImplementedError

    @property
    def sentence(self) -> str:
        """The text alternative: what the picture shows now, in words."""
        words = section(f"widgets.{self.section}")
        values = {name: getattr(self, name) for name in self.state} | self.numbers
        ids = {name: value for name, value in values.items() if isinstance(value, str | bool)}
        said = {name: words.get(f"{name}_{_id(value)}", value) for name, value in ids.items()}
        return fill(words[values.get("message", "sentence")], values | said)

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

    def _reach(self, name: str) -> dict[str, int]:
        trait = self.traits().get(name)
        return {"high": trait.last(self)} if isinstance(trait, Place) else {}

    def _frame(self) -> dict[str, Any]:
        own = f"widgets.{self.section}"
        readouts = [readout.split(":") for readout in self.readouts]
        return {
            "given": self.given,
            "words": section("widgets.frame") | section(own),
            "controls": [
                asdict(control)
                | self._reach(control.name)
                | section(f"{own}.control.{control.name}")
                for control in self.controls
            ],
            "readouts": [
                {"name": name, "format": (*format, "three")[0]} | section(f"{own}.readout.{name}")
                for name, *format in readouts
            ],
        }


def _id(value: str | bool) -> str:
    """Return what the page calls a value in a word's name: yes and no are true and false."""
    return str(value).lower() if isinstance(value, bool) else value


def plain(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Return numbers as Python's own floats and lists, ready for JSON."""
    return {
        name: value.tolist() if isinstance(value, np.ndarray | np.generic) else value
        for name, value in numbers.items()
    }


def first_of(values: Float[np.ndarray, "*rows n"]) -> Int[np.ndarray, "*rows"]:
    """Return where the largest stands; of those that rounding alone tells apart, the first.

    Examples
    --------
    >>> int(first_of(np.array([0.2, 0.4 - 1e-16, 0.4])))
    1
    """
    return np.argmax(values >= values.max(axis=-1, keepdims=True) - SMALLEST, axis=-1)
