"""Text in, attention maps out: pretrained models by name, from wherever they are.

`load` gives an `AttentionModel`; `fetch`, `remove` and `status` keep the files it needs.
Importing this package imports neither torch nor transformers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gedig_edu.models.cache import remove
from gedig_edu.models.loading import load
from gedig_edu.models.registry import default_name
from gedig_edu.models.sources import fetch
from gedig_edu.models.status import ModelStatus, status

if TYPE_CHECKING:
    from gedig_edu.models.model import AttentionModel
    from gedig_edu.models.records import QueriesKeys, Stream, Written

__all__ = [
    "AttentionModel",
    "ModelStatus",
    "QueriesKeys",
    "Stream",
    "Written",
    "default_name",
    "fetch",
    "load",
    "remove",
    "status",
]


_HEAVY = {
    "AttentionModel": "gedig_edu.models.model",
    "QueriesKeys": "gedig_edu.models.records",
    "Stream": "gedig_edu.models.records",
    "Written": "gedig_edu.models.records",
}


def __getattr__(name: str) -> Any:
    if name in _HEAVY:
        return getattr(import_module(_HEAVY[name]), name)
    raise AttributeError(f"module 'gedig_edu.models' has no attribute {name!r}")
