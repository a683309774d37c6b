"""The learner's folder: what is copied, what is replaced, what is left alone."""

import json
import os
from pathlib import Path

import pytest

from gedig_edu.course import workspace
from gedig_edu.errors import GedigError


@pytest.fixture
def shipped(tmp_path, monkeypatch) -> Path:
    """Two lessons of a version that the test may change."""
    source = tmp_path / "shipped"
    (source / "ja").mkdir(parents=True)
    (source / "00_start_here.ipynb").write_text("first")
    (source / "00_start_here.py").write_text("# text source")
    (source / "LICENSE").write_text("CC BY 4.0")
    (source / "ja" / "00_start_here.ipynb").write_text("最初")
    (source / ".ipynb_checkpoints").mkdir()
    (source / ".ipynb_checkpoints" / "00_start_here.ipynb").write_text("old")
    monkeypatch.setattr(workspace, "lessons_source", lambda: source)
    return source


def states(copied: list[workspace.Copied]) -> dict[str, str]:
    return {lesson.name: lesson.state for lesson in copied}


def test_copies_notebooks_and_leaves_sources_licence_and_checkpoints(shipped, tmp_path):
    folder = tmp_path / "deep" / "mine"
    assert states(workspace.copy_lessons(folder)) == {
        "00_start_here.ipynb": "new",
        "ja/00_start_here.ipynb": "new",
    }
    assert (folder / "ja" / "00_start_here.ipynb").read_text() == "最初"
    assert not list(folder.rglob("*.py"))


def test_a_copy_answers_nothing_for_the_learner(shipped, tmp_path):
    cells = [
        {"cell_type": "markdown", "source": ["# 00"]},
        {
            "cell_type": "code",
            "source": ["1 + 1"],
            "outputs": [{"name": "2"}],
            "execution_count": 1,
        },
    ]
    (shipped / "00_start_here.ipynb").write_text(json.dumps({"cells": cells}))
    workspace.copy_lessons(tmp_path / "mine")
    copied = json.loads((tmp_path / "mine" / "00_start_here.ipynb").read_text())["cells"]
    assert copied[0] == cells[0]
    assert copied[1] == cells[1] | {"outputs": [], "execution_count": None}


def test_replaces_an_unchanged_older_copy(shipped, tmp_path):
    workspace.copy_lessons(tmp_path / "mine")
    (shipped / "00_start_here.ipynb").write_text("second version")
    assert states(workspace.copy_lessons(tmp_path / "mine"))["00_start_here.ipynb"] == "updated"
    assert (tmp_path / "mine" / "00_start_here.ipynb").read_text() == "second version"
    assert states(workspace.copy_lessons(tmp_path / "mine"))["00_start_here.ipynb"] == "same"


def test_never_overwrites_a_changed_file_however_often(shipped, tmp_path):
    workspace.copy_lessons(tmp_path / "mine")
    changed = tmp_path / "mine" / "00_start_here.ipynb"
    changed.write_text("my own answer")
    for version in ("second", "third"):
        (shipped / "00_start_here.ipynb").write_text(version)
        assert states(workspace.copy_lessons(tmp_path / "mine"))["00_start_here.ipynb"] == "kept"
        assert changed.read_text() == "my own answer"


def test_keeps_a_file_it_never_copied(shipped, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "00_start_here.ipynb").write_text("somebody's own")
    assert states(workspace.copy_lessons(tmp_path / "mine"))["00_start_here.ipynb"] == "kept"


def test_brings_back_a_deleted_lesson(shipped, tmp_path):
    workspace.copy_lessons(tmp_path / "mine")
    (tmp_path / "mine" / "00_start_here.ipynb").unlink()
    assert states(workspace.copy_lessons(tmp_path / "mine"))["00_start_here.ipynb"] == "new"


def test_refuses_a_folder_that_is_a_file(shipped, tmp_path):
    (tmp_path / "mine").write_text("a file")
    with pytest.raises(GedigError, match=r"cannot be copied into .*--folder"):
        workspace.copy_lessons(tmp_path / "mine")


@pytest.mark.parametrize("content", ["{", json.dumps(["00"])])
def test_refuses_a_damaged_manifest_and_touches_nothing(shipped, tmp_path, content):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / workspace.MANIFEST).write_text(content)
    with pytest.raises(GedigError, match="damaged; delete it"):
        workspace.copy_lessons(tmp_path / "mine")
    assert os.listdir(tmp_path / "mine") == [workspace.MANIFEST]


def test_a_layout_is_begun_once_and_left_alone_then(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTERLAB_WORKSPACES_DIR", str(tmp_path / "layouts"))
    workspace.prepare_layout()
    (begun,) = (tmp_path / "layouts").iterdir()
    assert json.loads(begun.read_text())["data"]["layout-restorer:data"]["left"]["collapsed"]
    theirs = begun.read_text().replace("true", "false")
    begun.write_text(theirs)
    workspace.prepare_layout()
    assert begun.read_text() == theirs


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"xx",
        b'{"data": {"layout-rest',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"null",
        b"[]",
        b"{}",
        b'{"metadata": {"id": "gedig-edu"}}',
        b'{"data": null, "metadata": {"id": "gedig-edu"}}',
        b'{"data": [1], "metadata": {"id": "gedig-edu"}}',
        b'{"data": {"a": 1}}',
        b'{"data": {"a": 1}, "metadata": null}',
        b'{"data": {"a": 1}, "metadata": []}',
        b'{"data": {"a": 1}, "metadata": {}}',
    ],
    ids=lambda content: content[:40].decode(errors="replace"),
)
def test_a_damaged_layout_is_begun_anew(content, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTERLAB_WORKSPACES_DIR", str(tmp_path))
    workspace.prepare_layout()
    (begun,) = tmp_path.iterdir()
    fresh = begun.read_bytes()
    begun.write_bytes(content)
    workspace.prepare_layout()
    assert begun.read_bytes() == fresh


def test_a_layout_that_cannot_be_kept_is_said_in_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("JUPYTERLAB_WORKSPACES_DIR", str(tmp_path / "file" / "layouts"))
    with pytest.raises(GedigError, match="JUPYTERLAB_WORKSPACES_DIR"):
        workspace.prepare_layout()
