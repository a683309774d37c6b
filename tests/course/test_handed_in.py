"""What is kept of an answer: short, the same at every run, and never a danger to the record."""

import time
from fractions import Fraction
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch

from gedig_edu.course import check, record
from gedig_edu.course.exercises import find
from gedig_edu.course.handed_in import LENGTH, as_text

RIGHT = find("01.1").right


def half(x):
    return x / 2


class Slow:
    def __array__(self, *_, **__):
        while True:
            pass


class Quitting:
    def __array__(self, *_, **__):
        raise SystemExit(3)


class Talking:
    def __repr__(self):
        raise RuntimeError("never asked")


class Text(str):
    def __str__(self):
        raise RuntimeError("never asked")


holding_itself: list = [1]
holding_itself.append(holding_itself)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (7, "7"),
        (True, "True"),
        (None, "None"),
        (-0.123456789, "-0.123457"),
        (1e-30, "1e-30"),
        (float("nan"), "nan"),
        (10**20, "1e+20"),
        (10**9999, "int"),
        (2j, "0+2j"),
        (np.complex64(1 + 2j), "1+2j"),
        (Fraction(1, 3), "0.333333"),
        (np.float32(0.1), "0.1"),
        (np.int64(3), "3"),
        ("a\0b\ud800", "ab?"),
        (Text("plain"), "plain"),
        ((1, (2.0, "x")), "[1, [2, x]]"),
        ({"a": 1}, "{[a, 1]}"),
        (np.eye(2), "[[1, 0], [0, 1]]"),
        (np.array(2.5), "2.5"),
        (torch.tensor([[1.0, 2.0]], requires_grad=True), "[[1, 2]]"),
        (pd.Series([1, 2]), "[1, 2]"),
        (pd.DataFrame({"a": [0.5]}), "[[0.5]]"),
        (np.arange(51), f"[{', '.join(map(str, range(50)))}, …]"),
        (holding_itself, "[1, [1, [1, [1, [1, [1, …]]]]]]"),
        (half, "def half(x):\n    return x / 2"),
        (len, "len"),
        (partial(half), "partial"),
        (np.add, "add"),
        (Talking(), "Talking"),
        (Slow(), "Slow"),
        (Quitting(), "Quitting"),
        ((n for n in [1]), "generator"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_answer_is_written_short(answer, text):
    assert as_text(answer) == text


@pytest.mark.parametrize(
    "long", ["q" * 10**7, [["q" * 100] * 100] * 100, np.zeros((200, 200, 200))]
)
def test_a_long_answer_is_cut_at_once_and_says_so(long):
    begun = time.perf_counter()
    text = as_text(long)
    assert len(text) <= LENGTH
    assert "…" in text
    assert time.perf_counter() - begun < 1


def test_the_last_answer_is_kept_with_its_verdict_and_the_first_that_passed():
    for answer in ((7, 7), RIGHT, (7, 8)):
        check("01.1", answer)
    entry = record.store().read()["exercises"]["01.1"]
    assert (entry["answer"], entry["right"]) == ("[7, 8]", False)
    assert (entry["attempts"], entry["passed_with"]) == (3, as_text(RIGHT))


def test_three_dots_bring_back_what_was_answered():
    assert check("01.1", ...).feedback["code"] == ""
    check("01.1", "<b>")
    page = check("01.1", ...).said_in_html()
    assert "not right yet" in page
    assert "&lt;b&gt;" in page
    check("01.1", RIGHT)
    check("01.1", (0, 0))
    assert f"it was right:\n    {as_text(RIGHT)}" in repr(check("01.1", ...))
    assert record.store().read()["exercises"]["01.1"]["attempts"] == 3


def test_three_dots_say_what_to_do_where_nothing_can_be_read(tmp_path, monkeypatch):
    (tmp_path / "file").mkdir()
    (tmp_path / "file" / "progress.json.lock").mkdir()
    (tmp_path / "file" / "progress.json").write_text("{", encoding="utf-8")
    monkeypatch.setenv("GEDIG_HOME", str(tmp_path / "file"))
    assert "GEDIG_HOME" in repr(check("01.1", ...))


@pytest.mark.parametrize("answer", ["\ud800", lambda: "\ud800", Quitting(), Slow()])
def test_nothing_handed_in_harms_the_record(answer):
    check("01.1", RIGHT)
    assert not check("01.1", answer)
    assert record.store().read()["exercises"]["01.1"]["attempts"] == 2


def test_a_record_from_before_answers_were_kept_opens_and_goes_on():
    old = {"attempts": 2, "hints": 1, "last": "2026-01-01T00:00:00+00:00", "passed": "2026-01-01"}
    record.store().change(lambda kept: kept["exercises"].update({"01.1": old}))
    assert check("01.1", ...).feedback["code"] == ""
    check("01.1", (0, 0))
    entry = record.store().read()["exercises"]["01.1"]
    assert (entry["attempts"], entry["hints"], entry["passed"]) == (3, 1, "2026-01-01")
    assert (entry["answer"], entry["right"]) == ("[0, 0]", False)
