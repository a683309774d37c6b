import json

import pytest

from gedig_edu.course import (
    answer,
    catalogue,
    check,
    compare,
    hint,
    predict,
    progress,
    quiz,
    record,
)
from gedig_edu.errors import GedigError


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
    assert table.rows[1][1:] == ("1 of 5", "2", "1 of 5", "1")
    assert table.rows[2][1:] == ("0 of 5", "0", "0 of 5", "0")
    assert "1 of 5" in repr(table)
    assert "<caption" in table._repr_html_()


def test_the_next_step_is_the_first_exercise_at_first():
    step = progress.next_step()
    assert "00.1" in step.heading
    assert step.link == "00_start_here.ipynb"
    assert step.link in step._repr_html_()


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
    assert len(progress.show().rows) == len(catalogue.NUMBERS)


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
