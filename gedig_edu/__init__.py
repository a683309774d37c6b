"""gedig-edu: attention as geometry, as heat and as a graph, measured on a real model.

The public list is short and loads lazily: importing the package imports nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "AttentionMaps": "gedig_edu.theory.maps",
    "Gauge": "gedig_edu.theory.gauge",
    "GedigError": "gedig_edu.errors",
    "Reading": "gedig_edu.theory.gauge",
    "baselines": "gedig_edu.theory",
    "load": "gedig_edu.models",
}

__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'gedig_edu' has no attribute {name!r}")
    home = import_module(_PUBLIC[name])
    return getattr(home, name) if hasattr(home, name) else import_module(f"{home.__name__}.{name}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
