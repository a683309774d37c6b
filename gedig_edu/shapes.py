"""Shapes of arrays: jaxtyping's names for annotations, and records that show shapes, not numbers.

Annotations like ``Float[np.ndarray, "heads L L"]`` are not evaluated until somebody asks for them
(a type checker, a test under beartype), so that importing jaxtyping, which takes longer than
reading a map, waits until then.
"""

from __future__ import annotations

import textwrap
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jaxtyping import Bool as Bool
    from jaxtyping import Float as Float
    from jaxtyping import Int as Int
    from jaxtyping import Num as Num
    from jaxtyping import Shaped as Shaped
else:

    class _Later:
        def __init__(self, name: str) -> None:
            self._name = name

        def __getitem__(self, shape: tuple[Any, str]) -> Any:
            import jaxtyping

            return getattr(jaxtyping, self._name)[shape]

    Bool, Float, Int, Num, Shaped = map(_Later, ("Bool", "Float", "Int", "Num", "Shaped"))

_SHOWN = 40  # characters of one value


class Brief:
    """A dataclass of arrays that shows itself on one line; declare it with ``repr=False``.

    Examples
    --------
    >>> import numpy as np
    >>> from dataclasses import dataclass
    >>> @dataclass(repr=False)
    ... class Pair(Brief):
    ...     name: str
    ...     weights: Float[np.ndarray, "L L"]
    >>> Pair("two", np.eye(2))
    Pair(name='two', weights=float64 [2, 2])
    """

    def __repr__(self) -> str:
        shown = (field for field in fields(self) if field.repr)  # pyright: ignore[reportArgumentType]
        told = (f"{field.name}={brief(getattr(self, field.name))}" for field in shown)
        return f"{type(self).__name__}({', '.join(told)})"


def brief(value: Any) -> str:
    """Return a value on one short line, an array as its precision and shape.

    Examples
    --------
    >>> brief("x" * 100), brief(list(range(100)))
    ("'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…'", 'list of 100')
    """
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and shape:
        return f"{str(value.dtype).removeprefix('torch.')} {list(shape)}"
    if isinstance(value, str):
        return repr(value if len(value) < _SHOWN else f"{value[: _SHOWN - 3]}…")
    if isinstance(value, tuple | list | dict) and len(repr(value)) > _SHOWN:
        return f"{type(value).__name__} of {len(value)}"
    return textwrap.shorten(repr(value), 4 * _SHOWN, placeholder=" …")
