"""What a learner meets beside the numbers: exercises, quizzes, predictions, claims, progress.

The public list loads lazily, so that importing one part costs nothing of the others. In a kernel,
figures, a learner's own too, follow the light or dark of the page from here on.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gedig_edu.course import claims, progress
    from gedig_edu.course.exercises import check, hint, solution
    from gedig_edu.course.predictions import compare, predict
    from gedig_edu.course.quizzes import answer, quiz

_PUBLIC = {
    "answer": "gedig_edu.course.quizzes",
    "check": "gedig_edu.course.exercises",
    "compare": "gedig_edu.course.predictions",
    "hint": "gedig_edu.course.exercises",
    "predict": "gedig_edu.course.predictions",
    "quiz": "gedig_edu.course.quizzes",
    "solution": "gedig_edu.course.exercises",
}
_MODULES = ("claims", "progress")

__all__ = [
    "answer",
    "check",
    "claims",
    "compare",
    "hint",
    "predict",
    "progress",
    "quiz",
    "solution",
]

if "IPython" in sys.modules:
    from gedig_edu.views.shown import follow_theme

    follow_theme()


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return __all__
