import json

import nbformat
import pytest

from gedig_edu.course import (
    answer,
    catalogue,
    check,
    compare,
    hint,
    places,
    predict,
    progress,
    quiz,
    record,
    workspace,
)
from gedig_edu.errors import GedigError

THERE = [one for one in catalogue.NUMBERS if catalogue.exercises_of(one)]


def pass_all(kept, lesson):
    for exercise in catalogue.exercises_of(lesson):
        record.attempt(kept, exercise.id, passed=True)
    for question in catalogue.quiz_of(lesson):
        record.quiz_answered(kept, question.id, question.right, right=True)


def test_the_table_counts_what_was_done():
    check("01.1", (2, 1))
    check("01.3", (0, 0))
    answer("01.1", "b")
    predict("01.query_norm", 1.0)
    table = progress.show()
    exercises, questions = len(catalogue.exercises_of("01")), len(catalogue.quiz_of("01"))
    assert table.rows[1][1:] == (f"1 of {exercises}", "2", f"1 of {questions}", "1")
    assert {value.split(" of ")[0] for value in table.rows[2][1:]} == {"0"}
    assert f"1 of {exercises}" in repr(table)
    assert "<caption" in table._repr_html_()


def test_the_table_has_one_value_a_cell_and_only_lessons_that_are_there():
    table = progress.show()
    assert [row[0][:2] for row in table.rows] == THERE
    html = table._repr_html_()
    assert html.count("<td") == len(THERE) * (len(table.headings) - 1)
    assert "<br>" not in html


def test_the_next_step_is_the_first_exercise_at_first():
    step = progress.next_step()
    assert "00.1" in step.heading
    assert step.link == "00_start_here.ipynb"
    assert step.link in step._repr_html_()
    assert "Lesson 00, Start here, in the section “Step 3: the mask and the softmax”" in repr(step)


def cells_of(path):
    return nbformat.read(path, as_version=4).cells


def test_beside_the_lessons_the_next_step_opens_one_at_its_task(tmp_path, monkeypatch):
    workspace.copy_lessons(tmp_path)
    monkeypatch.chdir(tmp_path)
    step = progress.next_step()
    file, cell = step.link.split("#cell-id=")
    (task,) = [one for one in cells_of(tmp_path / file) if one.id == cell]
    assert task.source.startswith("**Exercise 00.1 ·")
    assert f">{file}</a>" in step._repr_html_()
    assert cell not in repr(step)


def test_what_stands_in_a_folded_section_is_opened_at_its_heading(tmp_path, monkeypatch):
    workspace.copy_lessons(tmp_path)
    monkeypatch.chdir(tmp_path)
    place = places.place_of("00", 'check("00.3"')
    file, cell = place.link.split("#cell-id=")
    (heading,) = [one for one in cells_of(tmp_path / file) if one.id == cell]
    assert heading.source == f"## {place.section}"
    assert place.section.startswith("Optional: ")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"cells": 3}'])
def test_beside_a_lesson_that_cannot_be_read_the_next_step_still_names_its_section(
    tmp_path, monkeypatch, content
):
    (tmp_path / "00_start_here.ipynb").write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    step = progress.next_step()
    assert step.link == "00_start_here.ipynb"
    assert "Step 3" in repr(step)


@pytest.mark.parametrize(
    "lesson", [one for one in catalogue.NUMBERS if catalogue.exercises_of(one)]
)
def test_every_exercise_and_question_has_a_place(lesson):
    calls = [f'check("{one.id}"' for one in catalogue.exercises_of(lesson)]
    calls += [f'quiz("{lesson}", {n}' for n in range(1, len(catalogue.quiz_of(lesson)) + 1)]
    assert all(places.place_of(lesson, call).section for call in calls)


def test_the_next_step_stays_in_the_lesson_last_worked_on(monkeypatch):
    moments = iter(["2030-01-01T00:00:00", "2030-01-02T00:00:00"])
    monkeypatch.setattr(record, "now", lambda: next(moments))
    check("01.1", (0, 0))
    check("02.2", 0.0)
    assert "02.1" in progress.next_step().heading


def test_after_the_exercises_come_the_questions_and_then_the_next_lesson():
    record.store().change(
        lambda kept: [
            record.attempt(kept, exercise.id, passed=True)
            for exercise in catalogue.exercises_of("01")
        ]
    )
    assert "question 01.1" in progress.next_step().heading
    record.store().change(lambda kept: pass_all(kept, "01"))
    assert "02.1" in progress.next_step().heading


def test_when_all_is_done_it_says_so():
    record.store().change(lambda kept: [pass_all(kept, lesson) for lesson in catalogue.NUMBERS])
    assert progress.next_step().tone == "right"


def test_entries_of_lessons_that_are_gone_do_no_harm():
    record.store().change(lambda kept: record.attempt(kept, "77.1", passed=True))
    assert "00.1" in progress.next_step().heading
    assert not [row for row in progress.show().rows if "77" in row[0]]


def test_an_export_holds_everything_and_overwrites_only_when_told(tmp_path):
    check("01.1", (2, 1))
    path = progress.export(tmp_path / "mine.json")
    assert json.loads(path.read_text(encoding="utf-8")) == record.store().read()
    with pytest.raises(GedigError, match="replace=True"):
        progress.export(path)
    progress.export(path, replace=True)
    with pytest.raises(GedigError, match="cannot be written"):
        progress.export(tmp_path / "missing" / "mine.json")


WRONG = [None, True, "two", -1, 2.5, [], {}, float("nan"), 10**400]
FIELDS = {
    "exercises": (
        "attempts",
        "hints",
        "last",
        "passed",
        "solution_seen",
        "answer",
        "answered",
        "passed_with",
        "right",
    ),
    "quizzes": ("first", "choice", "last", "passed"),
    "predictions": ("prediction", "measured", "last"),
}
NAMES = {"exercises": "01.1", "quizzes": "01.1", "predictions": "01.query_norm"}


@pytest.mark.filterwarnings("ignore:.*set aside")
@pytest.mark.parametrize(
    ("section", "field"), [(section, field) for section in FIELDS for field in FIELDS[section]]
)
def test_a_wrong_type_in_a_stored_field_breaks_nothing_and_loses_no_other_entry(
    learner, section, field
):
    learner.mkdir(exist_ok=True)
    for wrong in WRONG:
        good = {"attempts": 2, "passed": "2026-01-01", "last": "2026-01-01"}
        written = {"exercises": {"02.1": good}, "quizzes": {"02.1": good}, "predictions": {}}
        written[section][NAMES[section]] = {field: wrong}
        (learner / "progress.json").write_text(json.dumps(written), encoding="utf-8")
        check("01.1", 1)
        hint("01.1")
        quiz("01")
        answer("01.1", "a")
        predict("01.query_norm", 1)
        compare("01.query_norm", 2)
        progress.show()
        progress.next_step()
        kept = record.store().read()
        assert kept["exercises"]["02.1"] == kept["quizzes"]["02.1"] == good


def test_a_stored_choice_that_the_question_does_not_offer_is_none(learner):
    learner.mkdir(exist_ok=True)
    for entry in ({"choice": "z"}, {"choice": ""}, {"passed": "2026-01-01"}):
        written = {"quizzes": {"01.1": entry}}
        (learner / "progress.json").write_text(json.dumps(written), encoding="utf-8")
        assert quiz("01").answers == {}
