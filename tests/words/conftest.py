"""The pseudo-language as the reader's own."""

from pathlib import Path

import pytest

from gedig_edu import words
from gedig_edu.course.site import pages
from tests.words import pseudo

ENGLISH = Path(str(words.FOLDER)) / words.DEFAULT_LANGUAGE


@pytest.fixture(scope="session")
def english():
    return ENGLISH


@pytest.fixture(scope="session")
def tables(tmp_path_factory):
    """Return a folder with English and, as ``xx``, the pseudo-language."""
    folder = tmp_path_factory.mktemp("languages")
    (folder / words.DEFAULT_LANGUAGE).symlink_to(ENGLISH)
    pseudo.write(ENGLISH, folder / "xx")
    return folder


@pytest.fixture
def reader(tables, tmp_path, monkeypatch):
    """Set the pseudo-language, and return somebody who stumbles over English."""
    monkeypatch.setattr(words, "FOLDER", tables)
    monkeypatch.setenv("GEDIG_LANG", "xx")
    monkeypatch.setenv("GEDIG_HOME", str(tmp_path / "learner"))
    words._room.cache_clear()
    pages._templates.cache_clear()
    yield pseudo.Reader(ENGLISH)
    words._room.cache_clear()
    pages._templates.cache_clear()
