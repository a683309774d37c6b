"""Files are written whole or not at all."""

import os
import stat

import pytest

from gedig_edu.course.files import write_whole
from gedig_edu.course.output import check_output
from gedig_edu.course.store import Store
from gedig_edu.errors import GedigError


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


def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path):
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "table.csv", tmp_path / "link.csv"
    target.write_text("old")
    (tmp_path / "near.csv").symlink_to("far/table.csv")
    link.symlink_to("near.csv")
    write_whole(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "near.csv").is_symlink()
    assert target.read_text() == "new"
    assert os.listdir(target.parent) == ["table.csv"]


def test_a_link_to_nothing_yet_makes_what_it_leads_to(tmp_path):
    (tmp_path / "link.csv").symlink_to("table.csv")
    write_whole(tmp_path / "link.csv", b"new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "table.csv").read_bytes() == b"new"


def test_links_that_lead_round_in_a_circle_are_left_alone(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match="symbolic links"):
        write_whole(tmp_path / "a", b"new")
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]
    assert (tmp_path / "a").is_symlink()


def test_a_file_that_is_replaced_keeps_its_permissions(tmp_path):
    path = tmp_path / "private.json"
    path.write_text("old")
    path.chmod(0o600)
    write_whole(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_progress_kept_behind_a_link_stays_there(tmp_path):
    (tmp_path / "far").mkdir()
    store = Store(tmp_path / "marks.json", sections=("marks",))
    store.path.symlink_to("far/marks.json")
    for n in (1, 2):
        store.change(lambda record, n=n: record["marks"].update({str(n): {"tries": n}}))
    assert store.path.is_symlink()
    assert Store(tmp_path / "far" / "marks.json", sections=("marks",)).read() == store.read()
    assert set(store.read()["marks"]) == {"1", "2"}


def test_a_result_whose_link_leads_into_no_folder_is_refused_before_it_is_made(tmp_path):
    (tmp_path / "link.csv").symlink_to("nowhere/table.csv")
    with pytest.raises(GedigError, match=r"folder '.*nowhere' does not exist; make it first"):
        check_output(tmp_path / "link.csv")


def test_a_result_whose_links_lead_in_a_circle_is_refused_before_it_is_made(tmp_path):
    (tmp_path / "link.csv").symlink_to("link.csv")
    with pytest.raises(GedigError, match=r"cannot be written \(.*symbolic links\)"):
        check_output(tmp_path / "link.csv")
