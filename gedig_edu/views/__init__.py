"""Plots and widgets: records and arrays in, pictures out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gedig_edu.views.bertviz import bertviz_head_view, bertviz_model_view
    from gedig_edu.views.widgets.attention_explorer import AttentionExplorer

__all__ = ["AttentionExplorer", "bertviz_head_view", "bertviz_model_view"]

_HOMES = {
    "AttentionExplorer": "gedig_edu.views.widgets.attention_explorer",
    "bertviz_head_view": "gedig_edu.views.bertviz",
    "bertviz_model_view": "gedig_edu.views.bertviz",
}

_PLOTS = {"plots_geometry", "plots_graphs", "plots_h1", "plots_temperature", "plots_thermo"}
"""The modules of `plots` by the names that lessons, and copies of them, import."""


def __getattr__(name: str) -> Any:
    if name in _PLOTS:
        home = name.removeprefix("plots_").replace("h1", "carriers")
        return import_module(f"gedig_edu.views.plots.{home}")
    if name not in _HOMES:
        raise AttributeError(f"module 'gedig_edu.views' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
