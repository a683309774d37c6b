"""A class as one table: everyone in it, nothing lost in silence, nothing that computes."""

import json
import os
import time
import unicodedata
from pathlib import Path

import pytest

from gedig_edu.course import check, hint, progress, solution
from gedig_edu.course.class_record import COLUMNS, HEAVIEST, merge, safe
from gedig_edu.course.exercises import find
from gedig_edu.course.handed_in import as_text
from gedig_edu.course.record import store
from gedig_edu.errors import GedigError
from gedig_edu.words import word
from tests.course.class_files import COURSE, read, record, run, write


def test_what_a_student_did_comes_back_from_export_and_merge(handed, table):
    right = find("01.1").right
    for answer in ((7, 7), right, (7, 8)):
        check("01.1", answer)
    hint("01.2")
    solution("01.3")
    check("01.5", "=1+1")
    said = run("export", handed / "any.json", "--name", "Änne Müller")
    assert said.exit_code == 0, said.output
    said = run("merge", handed, "--out", table)
    assert (said.exit_code, said.stderr) == (0, "")
    assert said.stdout.strip() == f"Written: {table} (students: 1, rows: {len(COURSE)})."
    rows = {row["exercise"]: row for row in read(table)}
    assert list(rows) == COURSE
    assert {row["student"] for row in rows.values()} == {"Änne Müller"}
    kept = store().read()["exercises"]
    first = rows["01.1"]
    assert list(first) == [word(f"course.class.{name}") for name in COLUMNS]
    assert list(first.values())[2:] == [
        as_text(right), "passed", "3", "0", "", kept["01.1"]["passed"],
    ]  # fmt: skip
    assert list(rows["01.2"].values())[2:6] == ["", "not tried", "0", "1"]
    assert rows["01.3"]["solution seen"] == kept["01.3"]["solution_seen"]
    assert list(rows["01.5"].values())[2:4] == ["'=1+1", "not passed"]
    assert list(rows["02.1"].values())[2:] == ["", "not tried", "0", "0", "", ""]


def test_a_student_is_named_by_the_file_or_where_that_says_nothing_by_its_folder(handed, table):
    decomposed = unicodedata.normalize("NFD", "Zoë")
    for name in (
        "Änne Müller_123_file/gedig-progress.json",
        "group 1/Øyvind/progress.json",
        f"{decomposed}.json",
        "李 明.JSON",
        "gedig-progress.json",
    ):
        write(handed / name, record(name))
    write(handed / "x" / "y.json", b"\xef\xbb\xbf" + json.dumps(record(student=" A  B ")).encode())
    merge(handed, table)
    named = {row["student"] for row in read(table)}
    assert named == {
        "Änne Müller_123_file", "group 1/Øyvind", "Zoë", "李 明", "gedig-progress", "A B",
    }  # fmt: skip


def test_of_two_files_of_one_student_the_last_answer_counts_where_none_passed(handed, table):
    write(handed / "anna.json", record("old", last="2030-01-01"))
    write(handed / "anna (1).json", record("new", last="2030-01-02"))
    merged = merge(handed, table)
    assert merged.notes == (
        "anna (1).json, anna.json are all of anna and were joined: of each exercise the first "
        "answer that passed counts, else the last.",
    )
    assert [row["answer"] for row in read(table) if row["answer"]] == ["new"]


def test_two_students_with_one_file_are_both_kept_and_said(handed, table):
    write(handed / "anna.json", record())
    write(handed / "bela.json", record())
    for name in ("cleo.json", "dora.json"):
        write(handed / name, {"exercises": {}})
    merged = merge(handed, table)
    assert merged.students == 4
    assert merged.notes == (
        "bela.json says to the letter what anna.json says; both are in the table.",
    )


BROKEN = {
    "empty.json": (b"", "damaged"),
    "half.json": (b'{"exercises": {"01', "damaged"),
    "latin.json": ('{"exercises": {}, "student": "Ä"}'.encode("latin-1"), "damaged"),
    "deep.json": (b"[" * 100_000, "damaged"),
    "digits.json": (b"9" * 5000, "damaged"),
    "list.json": (b"[]", "not a record"),
    "other.json": (b'{"cells": []}', "not a record"),
    "entry.json": (b'{"exercises": {"01.1": 3}}', "not a record"),
    "count.json": (b'{"exercises": {"01.1": {"attempts": "many"}}}', "not a record"),
    "text.json": (b'{"exercises": {"01.1": {"answer": ["x"]}}}', "not a record"),
    "name.json": (b'{"exercises": {}, "student": 7}', "not a record"),
    "heavy.json": (b" " * (HEAVIEST + 1), "far too large"),
    "all.zip": (b"PK", "unpack it"),
    "essay.pdf": (b"%PDF", "no exported record"),
}


def test_each_broken_file_is_named_in_one_sentence_and_the_others_are_merged(handed, table):
    write(handed / "good.json", record("kept"))
    for name, (content, _) in BROKEN.items():
        write(handed / name, content)
    for name in (".DS_Store", "__MACOSX/._good.json", ".ipynb_checkpoints/good.json"):
        write(handed / name, b"x")
    said = run("merge", handed, "--out", table)
    assert said.exit_code == 1
    lines = said.stderr.splitlines()
    assert sorted(line.split(" ")[0] for line in lines) == sorted(BROKEN)
    for line in lines:
        assert BROKEN[line.split(" ")[0]][1] in line
        assert line.count(". ") == 0
    assert {row["student"] for row in read(table)} == {"good"}


def test_names_that_are_no_utf_8_stay_apart(handed, table):
    for name in (b"M\xfcller.json", b"M\xf6ller.json"):
        write(Path(os.fsdecode(os.fsencode(handed) + b"/" + name)), record(repr(name)))
    merge(handed, table)
    assert {row["student"] for row in read(table)} == {r"M\udcfcller", r"M\udcf6ller"}


def test_a_record_of_another_version_is_merged(handed, table):
    old = {"attempts": 2, "last": "2026-01-01", "passed": "2026-01-01", "mood": 3}
    write(handed / "old.json", {"schema": 9, "songs": [], "exercises": {"01.1": old, "77.1": {}}})
    merge(handed, table)
    rows = {row["exercise"]: row for row in read(table)}
    assert list(rows["01.1"].values())[2:] == ["", "passed", "2", "0", "", "2026-01-01"]
    assert list(rows) == COURSE


def test_a_table_is_replaced_only_when_told_and_never_read_as_a_record(handed):
    write(handed / "anna.json", record())
    table = write(handed / "class.csv", b"mine")
    said = run("merge", handed, "--out", table)
    assert (said.exit_code, said.stdout) == (1, "")
    assert "--replace" in said.stderr
    assert table.read_bytes() == b"mine"
    assert run("merge", handed, "--out", table, "--replace").exit_code == 0
    assert len(read(table)) == len(COURSE)


@pytest.mark.parametrize(
    ("folder", "out", "sentence"),
    [
        ("missing", "class.csv", "is not a folder"),
        ("handed", "no/class.csv", "does not exist"),
        ("handed", "handed", "is a folder"),
        ("handed", "class.csv", "holds no record that can be read"),
    ],
)
def test_what_cannot_be_merged_is_refused_and_nothing_written(
    handed, tmp_path, folder, out, sentence
):
    write(handed / "broken.json", b"{")
    with pytest.raises(GedigError, match=sentence):
        merge(tmp_path / folder, tmp_path / out)
    assert {path.name for path in tmp_path.iterdir()} <= {"handed", "learner"}


@pytest.mark.parametrize(
    "formula", ["=1", "+1+1", "-1+1", "@sum", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1", "-", "-x"]
)
def test_nothing_in_a_cell_is_computed(formula, handed, table):
    write(handed / "a.json", record(formula, student=formula))
    merge(handed, table)
    for row in read(table):
        assert not row["student"].lstrip().startswith(("=", "+", "-", "@", "＝"))
    assert [row["answer"] for row in read(table) if row["answer"]] == [f"'{formula}"]


@pytest.mark.parametrize("number", ["-0.5", "-3", "-1e-30", "[-1, 2]", "0.25", ""])
def test_numbers_stay_as_they_are(number):
    assert safe(number) == number


def test_an_export_bears_a_name_only_when_given(tmp_path):
    check("01.1", (7, 7))
    assert "student" not in json.loads(progress.export(tmp_path / "a.json").read_text())
    named = progress.export(tmp_path / "b.json", student="Bo\ud800")
    assert json.loads(named.read_text(encoding="utf-8"))["student"] == "Bo?"


def test_the_command_exports_to_this_folder_by_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("export").stdout.strip() == "Written: gedig-progress.json"
    assert run("export").exit_code == 1
    assert run("export", "--replace").exit_code == 0


def test_two_hundred_students_are_merged_in_seconds(handed, table):
    entry = {"answer": "def f(q):\n    return q\n" * 80, "attempts": 3, "last": "2030-01-01"}
    for number in range(200):
        exercises = {name: entry | {"hints": number % 4} for name in COURSE}
        write(handed / f"student {number:03}" / "gedig-progress.json", {"exercises": exercises})
    begun = time.perf_counter()
    merged = merge(handed, table)
    assert time.perf_counter() - begun < 10
    assert (merged.students, merged.rows) == (200, 200 * len(COURSE))
    assert len(read(table)) == merged.rows
