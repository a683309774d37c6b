"""Lesson 06, and the columns of the gauge paper that it and lesson 07 read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gedig_edu.course.lessons.l06.published import LENGTHS, PUBLISHED

__all__ = ["LENGTHS", "PUBLISHED"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from gedig_edu.course.lessons.l06 import published

    return getattr(published, name)
