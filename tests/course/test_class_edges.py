"""A class's table and what does not belong in it: pipes, damage, its own inputs, a second file."""

import json
import os
import time

import pytest

from gedig_edu.course.class_record import merge
from gedig_edu.errors import GedigError
from tests.course.class_files import COURSE, read, record, run, write


def test_a_learner_with_two_computers_loses_no_pass(handed, table):
    def tried(last, **more):
        return {"answer": f"of {last}", "attempts": 2, "answered": last, "last": last} | more

    one = {
        "01.1": tried("2030-01-01", passed="2030-01-01", passed_with="first", hints=1),
        "01.2": tried("2030-01-05", passed="2030-01-05", passed_with="later"),
        "01.3": tried("2030-01-01", solution_seen="2030-01-01"),
    }
    two = {
        "01.1": tried("2030-01-09", attempts=7),
        "01.2": tried("2030-01-04", passed="2030-01-02", passed_with="sooner"),
        "01.3": tried("2030-01-03", passed="2030-01-03", passed_with="knowing"),
        "01.4": tried("2030-01-03"),
    }
    for name, exercises in {"desk": one, "lap": two}.items():
        write(handed / f"{name}.json", {"exercises": exercises, "student": "Anna"})
    merged = merge(handed, table)
    assert (merged.students, len(merged.notes)) == (1, 1)
    assert merged.notes[0].startswith("desk.json, lap.json are all of Anna and were joined")
    rows = {row["exercise"]: list(row.values())[2:] for row in read(table)}
    assert rows["01.1"] == ["first", "passed", "7", "1", "", "2030-01-01"]
    assert rows["01.2"] == ["sooner", "passed", "2", "0", "", "2030-01-02"]
    assert rows["01.3"] == ["knowing", "passed", "2", "0", "2030-01-01", "2030-01-03"]
    assert rows["01.4"] == ["of 2030-01-03", "not passed", "2", "0", "", "2030-01-03"]


def test_the_table_is_never_one_of_the_records(handed, tmp_path):
    anna = write(handed / "anna.json", record())
    before = anna.read_bytes()
    (tmp_path / "link.csv").symlink_to(anna)
    for out in (anna, tmp_path / "link.csv", tmp_path / "class.txt", handed / "new.json"):
        said = run("merge", handed, "--out", out, "--replace")
        assert (said.exit_code, said.stdout) == (1, "")
        assert "ends in .csv" in said.stderr
    kept = write(tmp_path / "kept.csv", record())
    (handed / "bela.json").symlink_to(kept)
    with pytest.raises(GedigError, match="is one of the records"):
        merge(handed, kept, replace=True)
    assert anna.read_bytes() == before
    assert json.loads(kept.read_text()) == record()


def test_pipes_and_devices_are_named_and_not_waited_for(handed, table):
    write(handed / "anna.json", record())
    os.mkfifo(handed / "pipe.json")
    (handed / "zero.json").symlink_to("/dev/zero")
    (handed / "gone.json").symlink_to(handed / "nowhere")
    begun = time.perf_counter()
    merged = merge(handed, table)
    assert time.perf_counter() - begun < 5
    assert [one.split(" is no regular file")[0] for one in merged.refused] == [
        "gone.json", "pipe.json", "zero.json",
    ]  # fmt: skip


def test_what_no_course_counts_is_left_out_and_named(handed, table):
    exercises = {
        "01.1": {"attempts": -5, "hints": 10**30, "answer": "kept"},
        "77.1": {}, "77.2": {}, "77.3": {}, "x\0\x1b": {},
    }  # fmt: skip
    write(handed / "anna.json", {"exercises": exercises})
    assert merge(handed, table).notes == (
        "anna.json holds exercises that this course does not have (77.1, 77.2, 77.3, …); they are "
        "left out.",
        "anna.json is damaged in part: the attempts of 01.1 is no number of times, and was left "
        "out.",
        "anna.json is damaged in part: the hints of 01.1 is no number of times, and was left out.",
    )
    rows = {row["exercise"]: row for row in read(table)}
    assert list(rows) == COURSE
    assert list(rows["01.1"].values())[2:6] == ["kept", "not passed", "0", "0"]


def test_signs_that_cannot_be_seen_are_replaced(handed, table):
    write(handed / "a\x1b[2J.json", record("a\0b\x1bc\x9b\u202e\n\tx", student="Bo\0\x07b"))
    write(handed / "zip\x1b.zip", b"x")
    merged = merge(handed, table)
    assert "zip� is" in merged.refused[0] or "zip�.zip is" in merged.refused[0]
    row = next(row for row in read(table) if row["answer"])
    assert row["student"] == "Bo��b"
    assert row["answer"] == "a�b�c��\n\tx"
