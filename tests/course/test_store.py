import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from filelock import FileLock

from gedig_edu.course import store as store_module
from gedig_edu.course.store import Store, home
from gedig_edu.errors import GedigError


@pytest.fixture
def store(learner):
    return Store(learner / "marks.json", sections=("marks",))


def count_up(record):
    record["marks"].setdefault("n", {"count": 0})
    record["marks"]["n"]["count"] += 1


def test_reading_makes_no_file(store):
    assert store.read() == {"marks": {}, "schema": 1}
    assert not store.path.parent.exists()


def test_a_change_is_there_for_the_next_reader(store):
    store.change(count_up)
    assert Store(store.path, sections=("marks",)).read()["marks"]["n"]["count"] == 1


def test_threads_at_once_lose_nothing(store):
    with ThreadPoolExecutor(7) as pool:
        list(pool.map(lambda _: store.change(count_up), range(29)))
    assert store.read()["marks"]["n"]["count"] == 29


def test_processes_at_once_lose_nothing(store):
    program = (
        "import sys\nfrom pathlib import Path\nfrom gedig_edu.course.store import Store\n"
        "store = Store(Path(sys.argv[1]), sections=('marks',))\n"
        "def up(record):\n"
        "    entry = record['marks'].setdefault('n', {'count': 0})\n"
        "    entry['count'] += 1\n"
        "    record['marks'][sys.argv[2]] = {'was': 'here'}\n"
        "for _ in range(23): store.change(up)\n"
    )
    commands = [[sys.executable, "-c", program, str(store.path), name] for name in "abc"]
    processes = [subprocess.Popen(command) for command in commands]
    assert [process.wait() for process in processes] == [0, 0, 0]
    marks = store.read()["marks"]
    assert marks.pop("n")["count"] == 69
    assert sorted(marks) == ["a", "b", "c"]


def test_fields_and_schema_of_a_newer_version_are_kept(store):
    store.path.parent.mkdir()
    newer = {"schema": 7, "marks": {"n": {"count": 2, "mood": "good"}}, "songs": [1, 2]}
    store.path.write_text(json.dumps(newer), encoding="utf-8")
    store.change(count_up)
    kept = json.loads(store.path.read_text(encoding="utf-8"))
    assert kept["schema"] == 7
    assert kept["songs"] == [1, 2]
    assert kept["marks"]["n"] == {"count": 3, "mood": "good"}


@pytest.mark.parametrize(
    "damaged", [b"", b'{"marks": {', b"[]", b'{"marks": []}', b'{"marks": {"n": 3}}', b"\xff\xfe"]
)
def test_a_damaged_file_is_set_aside_whole_and_said_in_one_sentence(store, damaged):
    store.path.parent.mkdir()
    store.path.write_bytes(damaged)
    with pytest.warns(UserWarning, match="set aside") as caught:
        store.change(count_up)
    assert len(caught) == 1
    (aside,) = store.path.parent.glob("marks.damaged-*.json")
    assert aside.read_bytes() == damaged
    assert store.read()["marks"]["n"]["count"] == 1


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(store, monkeypatch):
    store.change(count_up)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_module.os, "fsync", full)
    with pytest.raises(GedigError, match="No space left"):
        store.change(count_up)
    monkeypatch.undo()
    assert json.loads(store.path.read_text(encoding="utf-8"))["marks"]["n"]["count"] == 1
    assert {path.name for path in store.path.parent.iterdir()} <= {"marks.json", "marks.json.lock"}


def test_a_folder_that_is_a_file_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    store = Store(tmp_path / "file" / "marks.json", sections=("marks",))
    with pytest.raises(GedigError, match="set GEDIG_HOME"):
        store.change(count_up)


def test_a_lock_held_too_long_is_refused_in_one_sentence(store, monkeypatch):
    monkeypatch.setattr(store_module, "PATIENCE", 0.05)
    store.change(count_up)
    with FileLock(f"{store.path}.lock"), pytest.raises(GedigError, match="close the"):
        store.change(count_up)


def test_a_reader_waits_for_nobody_where_files_are_replaced_under_readers(store, monkeypatch):
    monkeypatch.setattr(store_module, "PATIENCE", 0.05)
    store.change(count_up)
    with FileLock(f"{store.path}.lock"):
        assert store.read()["marks"] == {"n": {"count": 1}}


def test_the_home_is_where_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.setenv("GEDIG_HOME", str(tmp_path / "elsewhere"))
    assert home() == tmp_path / "elsewhere"
    monkeypatch.delenv("GEDIG_HOME")
    assert "gedig-edu" in str(home())


def damaged_marks(learner):
    (path := learner / "marks.json").parent.mkdir(exist_ok=True)
    return path


@pytest.mark.parametrize(
    "entry",
    [3, None, [], {"count": "three"}, {"half": "\ud800"}, json.loads("[" * 60 + "]" * 60)],
    ids=["number", "null", "list", "wrong type", "half a sign", "deep"],
)
def test_one_damaged_entry_is_set_aside_and_the_others_go_on(learner, entry):
    path = damaged_marks(learner)
    whole = json.dumps({"marks": {"good": {"count": 1}, "bad": entry}, "songs": [1], "schema": 1})
    path.write_text(whole, encoding="utf-8")
    store = Store(path, sections=("marks",), sound=lambda _, e: type(e.get("count", 0)) is int)
    with pytest.warns(UserWarning, match="marks 'bad'.*set aside") as caught:
        assert store.read() == {"marks": {"good": {"count": 1}}, "songs": [1], "schema": 1}
    store.change(count_up)
    assert len(caught) == 1
    (aside,) = path.parent.glob("marks.damaged-*.json")
    assert aside.read_text(encoding="utf-8") == whole
    assert sorted(store.read()["marks"]) == ["good", "n"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("schema", "one"), ("schema", None), ("songs", "\udfff"), ("\ud800", 1), ("other", [])],
)
def test_a_damaged_field_or_section_loses_no_other(learner, name, value):
    path = damaged_marks(learner)
    path.write_text(json.dumps({"marks": {"n": {"count": 1}}, name: value}), encoding="utf-8")
    with pytest.warns(UserWarning, match="set aside"):
        Store(path, sections=("marks", "other")).change(count_up)
    assert Store(path, sections=("marks", "other")).read() == {
        "marks": {"n": {"count": 2}}, "other": {}, "schema": 1,
    }  # fmt: skip


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"a":' * 100_000, b'{"n": ' + b"9" * 5000])
def test_a_file_that_no_reader_can_take_in_is_set_aside(store, content):
    store.path.parent.mkdir()
    store.path.write_bytes(content)
    with pytest.warns(UserWarning, match="set aside"):
        store.change(count_up)
    assert store.read()["marks"]["n"]["count"] == 1


def test_a_mark_of_byte_order_is_passed_over(store):
    store.path.parent.mkdir()
    store.path.write_text('{"marks": {"n": {"count": 4}}}', encoding="utf-8-sig")
    store.change(count_up)
    assert store.read()["marks"]["n"]["count"] == 5


def test_a_folder_in_the_place_of_the_file_is_set_aside_with_what_it_holds(store):
    (store.path / "inside").mkdir(parents=True)
    with pytest.warns(UserWarning, match="set aside"):
        store.change(count_up)
    (aside,) = store.path.parent.glob("marks.damaged-*.json")
    assert (aside / "inside").is_dir()
    assert store.read()["marks"]["n"]["count"] == 1


def test_a_link_that_leads_nowhere_reads_as_nothing_stored(store):
    store.path.parent.mkdir()
    store.path.symlink_to(store.path.parent / "gone" / "marks.json")
    assert store.read()["marks"] == {}
    assert all("GEDIG_HOME" in said for said in store.keep(count_up))
