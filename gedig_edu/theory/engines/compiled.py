"""Whether the compiled engine can be had, and is there already."""

from __future__ import annotations

import sys
from types import ModuleType

_NAME = "gedig_edu.theory.engines.numba"


def loaded() -> ModuleType | None:
    """Return the compiled engine if it is ready; one that is still being imported is not."""
    module = sys.modules.get(_NAME)
    return module if hasattr(module, "read_graphs") else None
