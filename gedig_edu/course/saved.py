"""What JupyterLab saves of the widgets: those that the notebook shows, and no others.

JupyterLab saves every widget that its page has ever known, those of earlier runs and of earlier
days with them, and a notebook would grow with each run. The server that ``gedig-edu lab`` starts
asks this module before it writes a notebook.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from gedig_edu.course.site.widgets import STATE, VIEW

_NAMED = re.compile(r'(?:IPY_MODEL_|"model_id": ")([\w-]+)')


def prune(model: dict[str, Any], **_about: Any) -> None:
    """Take out of a notebook about to be saved the widgets that none of its outputs shows.

    A hook of Jupyter's contents manager, called with keywords.

    Parameters
    ----------
    model : dict
        What is to be saved; anything but a notebook stays as it is.

    Examples
    --------
    >>> shown = {"output_type": "display_data", "data": {VIEW: {"model_id": "a"}}}
    >>> states = {"a": {"state": {"layout": "IPY_MODEL_b"}}, "b": {"state": {}}, "old": {}}
    >>> notebook = {"cells": [{"outputs": [shown]}],
    ...             "metadata": {"widgets": {STATE: {"state": states}}}}
    >>> prune({"type": "notebook", "content": notebook})
    >>> sorted(notebook["metadata"]["widgets"][STATE]["state"])
    ['a', 'b']
    """
    content = model.get("content")
    if model.get("type") != "notebook" or not content:
        return
    saved = content.get("metadata", {}).get("widgets", {}).get(STATE)
    if not saved:
        return
    known, kept = saved["state"], {}
    waiting = list(_shown(content))
    while waiting:
        name = waiting.pop()
        if name in known and name not in kept:
            kept[name] = known[name]
            waiting += _NAMED.findall(json.dumps(known[name]))
    saved["state"] = kept


def _shown(content: dict[str, Any]) -> Iterator[str]:
    """Yield the id of each widget that an output shows."""
    for cell in content["cells"]:
        for output in cell.get("outputs", ()):
            if VIEW in output.get("data", {}):
                yield output["data"][VIEW]["model_id"]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Prune, and have a manager prune that a later extension makes anew, as jupytext does."""
    server.contents_manager.register_pre_save_hook(prune)
    server.config.ContentsManager.setdefault("pre_save_hook", prune)
