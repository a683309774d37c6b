"""Every test of the course has a learner's folder of its own, and no solution open in it."""

import pytest

from gedig_edu.course import exercises, findings


@pytest.fixture(autouse=True)
def learner(tmp_path, monkeypatch):
    folder = tmp_path / "learner"
    monkeypatch.setenv("GEDIG_HOME", str(folder))
    monkeypatch.setattr(exercises, "_open", set())
    return folder


@pytest.fixture
def handed(tmp_path):
    folder = tmp_path / "handed"
    folder.mkdir()
    return folder


@pytest.fixture
def table(tmp_path):
    return tmp_path / "class.csv"


@pytest.fixture
def nothing_shipped(monkeypatch):
    monkeypatch.setattr(findings, "shipped", lambda model: {})
