"""What several test modules share."""

import os

import pytest


def require(available: bool, missing: str) -> None:
    """Skip where an optional part is missing; fail instead when CI demands every part."""
    if available:
        return
    if os.environ.get("GEDIG_REQUIRE_ALL") == "1":
        pytest.fail(f"{missing} is missing, and GEDIG_REQUIRE_ALL=1 demands every part")
    pytest.skip(f"{missing} is missing")
