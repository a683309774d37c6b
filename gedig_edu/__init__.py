"""gedig-edu: attention as geometry, as heat and as a graph, measured on a real model.

The public list is short and loads lazily: importing the package imports nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gedig_edu.errors import GedigError
    from gedig_edu.models import load
    from gedig_edu.theory import baselines
    from gedig_edu.theory.gauge import Gauge, Reading
    from gedig_edu.theory.maps import AttentionMaps

__version__ = "0.1.0"
__all__ = ["AttentionMaps", "Gauge", "GedigError", "Reading", "baselines", "load"]

_HOMES = {
    "AttentionMaps": "gedig_edu.theory.maps",
    "Gauge": "gedig_edu.theory.gauge",
    "GedigError": "gedig_edu.errors",
    "Reading": "gedig_edu.theory.gauge",
    "load": "gedig_edu.models",
}


def __getattr__(name: str) -> Any:
    if name == "baselines":
        return import_module("gedig_edu.theory.baselines")
    if name not in _HOMES:
        raise AttributeError(f"module 'gedig_edu' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
