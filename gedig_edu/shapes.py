"""Jaxtyping's names for the annotations of this package: ``Float[np.ndarray, "heads L L"]``.

Annotations are not evaluated until somebody asks for them (a type checker, a test under beartype),
so that importing jaxtyping, which takes longer than reading a map, waits until then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jaxtyping import Bool as Bool
    from jaxtyping import Float as Float
    from jaxtyping import Int as Int
    from jaxtyping import Num as Num
else:

    class _Later:
        def __init__(self, name: str) -> None:
            self._name = name

        def __getitem__(self, shape: tuple[Any, str]) -> Any:
            import jaxtyping

            return getattr(jaxtyping, self._name)[shape]

    Bool, Float, Int, Num = map(_Later, ("Bool", "Float", "Int", "Num"))
