"""Traits of a widget's state that refuse, in one sentence, what its picture cannot show."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import anywidget
import numpy as np
import traitlets

from gedig_edu.errors import GedigError, check_number, check_whole
from gedig_edu.shapes import Float


class _Refused(traitlets.TraitError):
    """What makes traitlets roll a message back; the refusal itself is its cause."""


class Steady(anywidget.AnyWidget):
    """A widget that takes a message from its page whole or not at all.

    traitlets checks the values of one message together, after they are set, and takes them back
    only for an error of its own; here it does so for every refusal, also of an observer, which
    hears of a value that is set already, and the page is told what holds.
    """

    _page_speaks = False

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the page says, or raise why not with everything as it was."""
        self._page_speaks = True
        named = [name for name in sync_data if name in self.keys]
        before = {name: self._trait_values[name] for name in named if name in self._trait_values}
        try:
            super().set_state(sync_data)
        except GedigError:
            self._trait_values.update(before)
            self.send_state(named)
            raise
        except traitlets.TraitError as refused:
            self.send_state(named)
            if isinstance(refused, _Refused) and refused.__cause__ is not None:
                raise refused.__cause__ from None
            raise
        finally:
            self._page_speaks = False

    @contextmanager
    def hold_trait_notifications(self) -> Iterator[None]:
        """Hold them as traitlets does; of the page's message, check all before any is kept."""
        with super().hold_trait_notifications():
            if not self._page_speaks:
                yield
                return
            before = dict(self._trait_values)
            try:
                yield
                for name, value in list(self._trait_values.items()):
                    if name not in before or before[name] is not value:
                        getattr(type(self), name)._cross_validate(self, value)
            except traitlets.TraitError:
                raise
            except Exception as refusal:
                raise _Refused(str(refusal)) from refusal


class Finite(traitlets.Float):
    """A number within its range: `traitlets.Float` lets NaN through any, and takes True for 1."""

    def validate(self, obj: Any, value: Any) -> float:
        """Return the number if it is one and within the range."""
        number = check_number(str(self.name), value, at_least=self.min, at_most=self.max)
        return super().validate(obj, number)


class Whole(traitlets.Int):
    """A whole number within its range; `traitlets.Int` takes True for 1."""

    def validate(self, obj: Any, value: Any) -> int:
        """Return the number if it is whole and within the range."""
        low = -math.inf if self.min is None else self.min
        high = math.inf if self.max is None else self.max
        number = check_whole(str(self.name), value, at_least=low, at_most=high)
        return super().validate(obj, number)


class Place(Whole):
    """A place in what another trait holds; a slider for it reaches the last one.

    Parameters
    ----------
    of : str
        The trait that is counted; the two may come in one message in any order.
    axis : int
        Which of its axes is counted; those before it are as long everywhere.
    kind : str
        What a refusal calls what stands there.
    """

    def __init__(self, of: str, *, axis: int = 0, kind: str = "token") -> None:
        self.of, self.axis, self.kind = of, axis, kind
        super().__init__(0)

    def last(self, obj: traitlets.HasTraits) -> int:
        """Return the last place there is in `obj`."""
        held = getattr(obj, self.of)
        for _ in range(self.axis):
            held = held[0]
        return len(held) - 1

    def _cross_validate(self, obj: Any, value: Any) -> int:
        if not 0 <= value <= self.last(obj):
            raise GedigError(
                f"{self.name}={value!r} is no {self.kind}; choose 0 to {self.last(obj)}."
            )
        return value


class Numbers(traitlets.TraitType[list[Any], Any]):
    """Numbers in a shape, as nested lists; whatever NumPy can read may be given.

    Parameters
    ----------
    *shape : int or None
        Length of each axis. None stands for any length when the widget is made; the shape then
        stays as it is, since everything that is drawn relies on it.
    limit : float
        The largest absolute value.
    least : int
        The shortest axis.
    """

    def __init__(self, *shape: int | None, limit: float = math.inf, least: int = 1) -> None:
        self.shape = shape
        self.range = {"limit": limit, "least": least}
        super().__init__(default_value=())

    def validate(self, obj: traitlets.HasTraits, value: Any) -> list[Any]:
        """Return the numbers if they are finite, within the limit, and have the shape."""
        name = str(self.name)
        held = np.shape(getattr(obj, name)) if obj.trait_has_value(name) else self.shape
        return finite(name, value, held, **self.range).tolist()


class Tables(traitlets.Dict):
    """Numbers by name; names and shapes stay as they were when the widget was made."""

    def __init__(self, *shape: int | None) -> None:
        self.shape = shape
        super().__init__()

    def validate(self, obj: traitlets.HasTraits, value: Any) -> dict[str, Any]:
        """Return the tables if they are those of the widget, with finite numbers."""
        name = str(self.name)
        given = dict(super().validate(obj, value) or {})
        held = getattr(obj, name) if obj.trait_has_value(name) else {}
        if held and set(given) != set(held):
            other = sorted(set(given) ^ set(held), key=str)
            raise GedigError(
                f"{name} differs from what the widget was made with in {other[0]!r}; give the same "
                f"{len(held)} names."
            )
        shape = np.shape(next(iter(held.values()))) if held else self.shape
        return {key: table.tolist() for key, table in same_shaped(name, given, shape).items()}


class Kept(traitlets.List):
    """A list beside the numbers, as long as when the widget was made."""

    def validate(self, obj: traitlets.HasTraits, value: Any) -> list[Any]:
        """Return the list if it is as long as before."""
        name = str(self.name)
        given = list(super().validate(obj, value) or [])
        if obj.trait_has_value(name) and _lengths(given) != _lengths(getattr(obj, name)):
            raise GedigError(
                f"{name} has {len(given)} entries; give as many as the widget was made with, "
                f"{len(getattr(obj, name))} of the same length each."
            )
        return given


def _lengths(words: list[Any]) -> list[int]:
    return [len(word) if isinstance(word, list) else 1 for word in words]


def finite(
    name: str,
    values: Any,
    shape: tuple[int | None, ...],
    *,
    limit: float = math.inf,
    least: int = 1,
) -> Float[np.ndarray, "*shape"]:
    """Return `values` as an array of floats, refused unless they have `shape` and fit.

    Parameters
    ----------
    name : str
        What the refusal calls them.
    values : array-like
        Numbers, but no yes and no.
    shape : tuple of int or None
        Length of each axis; None stands for any of at least `least`.
    limit : float
        The largest absolute value.
    least : int
        The shortest axis.

    Raises
    ------
    GedigError
        If the shape differs, or an entry is no finite number between −`limit` and `limit`.

    Examples
    --------
    >>> finite("q", [1, 2], (None,))
    array([1., 2.])
    >>> finite("q", [1, np.nan], (2,), limit=40)
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: q holds nan; give numbers from -40 to 40 in shape (2).
    """
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):  # rows of unlike length
        array = np.empty((), dtype=object)
    numeric = array.dtype.kind in "iuf"
    same = (
        numeric
        and len(array.shape) == len(shape)
        and all(
            found >= least and wanted in (None, found)
            for found, wanted in zip(array.shape, shape, strict=True)
        )
    )
    strange = array[~(np.isfinite(array) & (np.abs(array) <= limit))] if same else array
    if same and strange.size == 0:
        return array.astype(float)
    wrong = f"holds {strange[0]:g}" if same else f"has shape {_axes(array.shape)}"
    wanted = f"numbers from -{limit:g} to {limit:g}" if math.isfinite(limit) else "finite numbers"
    raise GedigError(
        f"{name} {wrong if numeric else 'makes no array of numbers'}; give {wanted} in shape "
        f"{_axes(shape)}."
    )


def same_shaped(
    name: str, tables: Mapping[str, Any], shape: tuple[int | None, ...]
) -> dict[str, Float[np.ndarray, "*shape"]]:
    """Return tables as arrays, refused unless each fits `shape` and the first of them.

    Raises
    ------
    GedigError
        As `finite` does.

    Examples
    --------
    >>> same_shaped("heads", {"real": [1], "random": [1, 2]}, (None,))
    Traceback (most recent call last):
    gedig_edu.errors.GedigError: heads['random'] has shape (2); give finite numbers in shape (1).
    """
    read = {}
    for key, table in tables.items():
        read[key] = finite(f"{name}[{key!r}]", table, shape)
        shape = read[key].shape
    return read


def _axes(shape: tuple[int | None, ...]) -> str:
    return "(" + ", ".join("any" if length is None else str(length) for length in shape) + ")"
