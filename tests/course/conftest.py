"""Every test of the course has a learner's folder of its own."""

import pytest


@pytest.fixture(autouse=True)
def learner(tmp_path, monkeypatch):
    folder = tmp_path / "learner"
    monkeypatch.setenv("GEDIG_HOME", str(folder))
    return folder
