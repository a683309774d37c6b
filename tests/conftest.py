"""Settings for every test: no hub, no window, a home of its own.

They stand in the environment before anything is imported, so that kernels and command lines
started by a test inherit them. The model cache (``GEDIG_CACHE``) stays the user's own: what a
test run fetched once, the next finds again.
"""

import os
import tempfile
from pathlib import Path

import pytest

_home = tempfile.TemporaryDirectory(prefix="gedig-tests-")

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["MPLBACKEND"] = "Agg"
os.environ["JUPYTER_PLATFORM_DIRS"] = "1"
os.environ.pop("GEDIG_LANG", None)
for variable in (
    "GEDIG_HOME",
    "IPYTHONDIR",
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR",
):
    os.environ[variable] = str(Path(_home.name) / variable.lower())


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    _home.cleanup()
