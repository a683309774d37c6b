"""Files are written whole or not at all."""

import os
import stat

import pytest

from gedig_edu.course.files import write_whole


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path, monkeypatch):
    target = tmp_path / "note.txt"
    target.write_text("old")

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(OSError, match="No space"):
        write_whole(target, b"new")
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["note.txt"]


def test_written_files_have_ordinary_permissions(tmp_path):
    previous = os.umask(0o027)
    try:
        write_whole(tmp_path / "note.txt", b"")
    finally:
        os.umask(previous)
    assert stat.S_IMODE((tmp_path / "note.txt").stat().st_mode) == 0o640


def test_writing_replaces_the_whole_content(tmp_path):
    path = tmp_path / "note.txt"
    write_whole(path, b"a long first version")
    write_whole(path, b"short")
    assert path.read_bytes() == b"short"
