import ast
import re
from dataclasses import replace
from numbers import Integral

import numpy as np
import pytest

from gedig_edu.course import catalogue, check, exercises, hint, record, solution
from gedig_edu.course.exercises import find_mistake
from gedig_edu.course.items import Exercise
from gedig_edu.course.workspace import lessons_source
from gedig_edu.errors import GedigError
from gedig_edu.models import default_name
from gedig_edu.models.sources import find
from gedig_edu.theory.attention import attend, cosine_scores, dot_scores
from gedig_edu.theory.graphs import edit_gauge
from gedig_edu.theory.thermo import effective_temperature
from gedig_edu.words import section, word
from gedig_edu.words.numbers import MessageError
from tests.helpers import require

ALL = [exercise for lesson in catalogue.NUMBERS for exercise in catalogue.exercises_of(lesson)]
A_CLAIM_AND_A_RULE = "12.4"  # what is handed in there is no number
READS_A_MODEL = {"01.2", "03.4"}
OF_EACH_KIND = ["01.1", "03.4", "01.5"]  # whole numbers, an array, a function


class Angry:
    def __array__(self, *_, **__):
        raise RuntimeError("no array here")


def raise_it(error):
    raise error


def loop():
    while True:
        pass


@pytest.fixture
def made_up(monkeypatch):
    def judge(answer, wrong):
        if callable(answer):
            answer = answer()
        if answer.__array__ if isinstance(answer, Angry) else False:
            np.asarray(answer)
        if answer != 42:
            raise wrong("half" if answer == 21 else "other")

    exercise = Exercise(
        "01.2",
        level="compute it",
        answer=lambda: 42,
        mistakes={"half": 21},
        judge=judge,
        seconds=0.2,
    )
    monkeypatch.setattr(catalogue, "exercises_of", lambda lesson: (exercise,))
    words = {"right": "Yes.", "solution": "Six times seven."}
    words |= {f"hint_{n}": f"hint number {n}" for n in (1, 2, 3)}
    words |= {"wrong.half": "Only half.", "wrong.other": "No.", "wrong.same": "The sign."}
    monkeypatch.setattr(
        Exercise, "words", lambda self, name, **values: words[name].format(**values)
    )
    return exercise


def needs(exercise):
    if exercise.id in READS_A_MODEL:
        require(find(default_name()) is not None, f"the model {default_name()}")


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.id)
def test_the_reference_solution_passes(exercise):
    needs(exercise)
    assert find_mistake(exercise, exercise.right) is None


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.id)
def test_a_worked_solution_runs_where_it_is_pasted(exercise):
    needs(exercise)
    *above, last = ast.parse(exercise.code).body
    cell = {}
    if exercise.builds:
        exec(exercise.code, cell)
        answer = cell[exercise.answer.__name__]
    else:
        exec(compile(ast.Module(above, []), exercise.id, "exec"), cell)
        answer = eval(compile(ast.Expression(last.value), exercise.id, "eval"), cell)
    assert find_mistake(exercise, answer) is None


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.id)
def test_typical_wrong_answers_are_told_apart(exercise):
    needs(exercise)
    told = {name: find_mistake(exercise, wrong) for name, wrong in exercise.typical.items()}
    assert told == {name: exercise.words(f"wrong.{name}") for name in exercise.typical}
    assert not {word("course.answer.value"), word("course.answer.read")} & set(told.values())
    assert len(set(told.values())) >= 3


@pytest.mark.parametrize(
    ("number", "rounded"),
    [
        ("07.2", 160),
        ("07.3", (0.17, 0.08, 0.03)),
        ("07.3", (0.17, 0.083, 0.031)),
        ("07.3", (0.167, 0.083, 0.031)),
        ("07.3", (1 / 6, 1 / 12, 1 / 32)),
    ],
)
def test_where_two_digits_are_asked_for_they_do(number, rounded):
    assert find_mistake(exercises.find(number), rounded) is None


def test_what_is_read_off_is_not_sent_to_be_worked_out_by_hand():
    assert find_mistake(exercises.find("07.1"), (1, 2)) == word("course.answer.read")
    assert find_mistake(exercises.find("07.2"), 1000) == word("course.answer.value")


@pytest.mark.parametrize("number", OF_EACH_KIND)
@pytest.mark.parametrize(
    "nonsense",
    [None, "", "x", [], {}, object(), Angry(), np.nan, [np.inf] * 2, lambda *_: None,
     lambda *_: "x", lambda *_: raise_it(MemoryError()), lambda *_: np.zeros((0, 0))],
    ids=lambda nonsense: type(nonsense).__name__,
)  # fmt: skip
def test_nonsense_is_never_right_and_never_an_error(number, nonsense):
    exercise = exercises.find(number)
    needs(exercise)
    assert find_mistake(exercise, nonsense)


def asks_for_one_number(exercise):
    if exercise.judge is not None or exercise.id in READS_A_MODEL:
        return False
    if exercise.builds:
        return np.shape(exercise.right(*exercise.cases()[""])) == ()
    return np.shape(exercise.right) == ()


def test_where_one_number_is_asked_for_several_are_counted_and_infinities_named():
    asked = [exercise for exercise in ALL if asks_for_one_number(exercise)]
    assert {"01.4", "04.5", "05.4", "05.5"} <= {exercise.id for exercise in asked}
    for exercise in asked:
        several, infinite = (
            find_mistake(exercise, (lambda *_, given=given: given) if exercise.builds else given)
            for given in ([1, 2, 3], [np.inf, np.inf])
        )
        assert several == "One number is asked for, and your answer holds 3.", exercise.id
        assert infinite == word("course.answer.not_finite"), exercise.id


def in_whole_numbers(exercise):
    """Tell whether the right answer is whole numbers, counts or places, and nothing else."""
    if exercise.builds or exercise.id in READS_A_MODEL:
        return False
    parts = np.asarray(exercise.right, dtype=object).reshape(-1)
    return all(isinstance(one, Integral) for one in parts)


ALSO_RIGHT = {"05.3"}  # each part has a mirror image, so that the next node is as good
WHOLE = [exercise for exercise in ALL if in_whole_numbers(exercise)]


def test_counts_and_places_are_asked_for_in_many_lessons():
    known = {"00.2", "00.5", "01.1", "02.4", "05.3", "07.1", "08.1", "08.2", "09.3", "10.4"}
    assert known <= {exercise.id for exercise in WHOLE}


@pytest.mark.parametrize("exercise", WHOLE, ids=lambda exercise: exercise.id)
def test_a_whole_number_is_right_exactly_or_not_at_all(exercise):
    right = np.array(exercise.right, dtype=float)
    assert find_mistake(exercise, right) is None
    for place in np.ndindex(right.shape):
        for off in (-0.2, 0.2) if exercise.id in ALSO_RIGHT else (-1, -0.2, 0.2, 1):
            given = right.copy()
            given[place] += off
            assert find_mistake(exercise, given), given


@pytest.mark.parametrize(
    "wrong", [(430, 432, 433), (431, 431, 433), (428, 434, 433), (427, 433, 435), (429, 433.4, 433)]
)
def test_counts_near_to_the_right_ones_are_not_the_right_ones(wrong):
    assert not check("08.2", *wrong)


@pytest.mark.parametrize("order", [(429, 433, 433), (433, 429, 433), (433, 433, 429)])
@pytest.mark.parametrize("form", [tuple, list, np.array, lambda n: np.array([n], dtype=float)])
def test_counts_are_right_in_any_order_and_form(order, form):
    assert check("08.2", form(order))


@pytest.mark.parametrize(
    "exercise",
    [one for one in ALL if not one.builds and one.id not in (*READS_A_MODEL, A_CLAIM_AND_A_RULE)],
    ids=lambda exercise: exercise.id,
)
def test_an_answer_of_another_length_is_told_how_many_numbers_are_asked_for(exercise):
    count = np.size(exercise.right)
    for length in {1, count + 1} - {count}:
        said = find_mistake(exercise, [37.5] * length)
        assert "shape" not in said
        assert f"asked for, and your answer holds {length}" in said


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.id)
def test_an_exercise_has_all_its_words(exercise):
    names = ["right", "solution", *(f"hint_{n}" for n in range(1, exercise.hints + 1))]
    assert 1 <= exercise.hints <= 3
    assert all(exercise.words(name) for name in names)
    assert "def " in exercise.code


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.id)
def test_every_mistake_that_is_worded_is_one_that_an_answer_can_show(exercise):
    shown = {*exercise.typical, *(exercise.cases() if exercise.cases else ())} - {""}
    asked_by_a_judge = {"off"} if exercise.id == "03.5" else set()
    assert set(section(f"{exercise.key}.wrong")) == shown | asked_by_a_judge


def test_what_only_a_judge_can_say_is_said():
    exercise = exercises.find("03.5")
    off = find_mistake(exercise, lambda energies, T: (*exercise.answer(energies, T)[:3], 9.0))
    assert off == exercise.words("wrong.off", names="C")


def test_a_message_that_cannot_be_written_is_not_blamed_on_the_answer(monkeypatch, made_up):
    monkeypatch.setattr(exercises, "_judge", lambda *_: word("words.example", counts=3))
    with pytest.raises(MessageError, match=r"^words\.example: .* has no value for 'count'\.$"):
        check("01.2", 41)


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.id)
def test_the_table_has_no_hint_beyond_the_last(exercise):
    hints = {name for name in section(exercise.key) if name.startswith("hint_")}
    assert hints == {f"hint_{n}" for n in range(1, exercise.hints + 1)}


@pytest.mark.parametrize("lesson", catalogue.NUMBERS)
def test_ids_of_a_lesson_count_from_one(lesson):
    ids = [exercise.id for exercise in catalogue.exercises_of(lesson)]
    assert ids == [f"{lesson}.{number}" for number in range(1, len(ids) + 1)]


def test_a_right_answer_is_true_and_stored(made_up):
    feedback = check("01.2", 42)
    assert feedback
    assert feedback.message == "Yes."
    entry = record.store().read()["exercises"]["01.2"]
    assert entry["attempts"] == 1
    assert "passed" in entry


def test_a_wrong_answer_is_false_explained_and_counted(made_up):
    check("01.2", 42)
    feedback = check("01.2", 21)
    assert not feedback
    assert feedback.message == "Only half."
    entry = record.store().read()["exercises"]["01.2"]
    assert entry["attempts"] == 2
    assert "passed" in entry


def test_three_dots_say_what_to_do_and_count_nothing(made_up):
    feedback = check("01.2", ...)
    assert not feedback
    assert word("course.exercise.replace") in repr(feedback)
    assert record.store().read()["exercises"] == {}


def test_buttons_give_what_the_functions_give_and_keep_it_as_they_do(made_up):
    form = check("01.2", 21)
    form.press("hint")
    form.press("hint")
    assert form.hints == ["hint number 1", "hint number 2"]
    assert record.hints_given("01.2") == 2
    assert "hint number 3" in repr(hint("01.2"))


def test_the_button_gives_the_solution_of_the_function_and_keeps_that_it_was_seen():
    form = check("01.5", 1)
    assert form.solution == {}
    form.press("solution")
    assert form.solution["code"] == solution("01.5").code
    assert "solution_seen" in record.store().read()["exercises"]["01.5"]


def test_another_answer_keeps_hints_and_an_open_solution_beside_its_feedback():
    first = check("01.5", 1)
    first.press("hint")
    first.press("solution")
    again = check("01.5", cosine_scores)
    assert again.passed
    assert again.hints == first.hints
    assert again.unfolded
    assert again.solution == first.solution
    again.unfolded = False
    folded = check("01.5", 1)
    assert folded.solution == {}
    assert folded.hints == first.hints


def test_hints_are_given_where_nothing_can_be_stored(made_up, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    monkeypatch.setenv("GEDIG_HOME", str(tmp_path / "file"))
    form = check("01.2", 21)
    form.press("hint")
    form.press("hint")
    assert form.hints == ["hint number 1", "hint number 2"]
    assert "GEDIG_HOME" in form.notes[0]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (loop, "still running after 0.2 s"),
        (lambda: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda: raise_it(SystemExit(3)), "SystemExit: 3"),
        (lambda: raise_it(KeyboardInterrupt()), "KeyboardInterrupt"),
        (Angry(), "RuntimeError: no array here"),
    ],
)
def test_trouble_in_an_answer_becomes_feedback_that_names_it(made_up, answer, said):
    assert said in check("01.2", answer).message


def test_feedback_escapes_what_the_answer_says(made_up):
    html = check("01.2", lambda: raise_it(ValueError("<script>"))).said_in_html()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_an_answer_is_judged_where_nothing_can_be_stored(made_up, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    monkeypatch.setenv("GEDIG_HOME", str(tmp_path / "file"))
    feedback = check("01.2", 42)
    assert feedback
    assert "GEDIG_HOME" in repr(feedback)


def test_hints_come_one_at_a_time_and_the_last_says_so(made_up):
    shown = [repr(hint("01.2")) for _ in range(4)]
    assert [len(re.findall("hint number", text)) for text in shown] == [1, 2, 3, 3]
    assert ["solution(" in text for text in shown] == [False, False, True, True]


def test_a_solution_lies_behind_a_fold_with_its_code():
    card = solution("01.5")
    html = card._repr_html_()
    assert html.index("<details>") < html.index("def cosine_by_hand")
    assert "def cosine_by_hand" in repr(card)
    assert "solution_seen" in record.store().read()["exercises"]["01.5"]


@pytest.mark.parametrize("name", ["01.99", "99.1", "nonsense", "", 1.2, None, ["01.1"]])
@pytest.mark.parametrize("call", [hint, solution, lambda name: check(name, 1)])
def test_an_unknown_exercise_is_refused_in_one_sentence(call, name):
    with pytest.raises(GedigError, match="There is no exercise"):
        call(name)


def test_the_module_is_loaded_on_demand():
    assert exercises.find("02.1").id == "02.1"


def rounded(answer, digits):
    """Return an answer with so many significant digits a number; whole numbers as they are."""
    if np.ndim(answer):
        return [rounded(item, digits) for item in answer]
    return answer if float(answer).is_integer() else float(f"{answer:.{digits}g}")


NUMBERS = [e for e in ALL if not e.builds and e.id != A_CLAIM_AND_A_RULE]


@pytest.mark.parametrize("exercise", NUMBERS, ids=lambda exercise: exercise.id)
def test_three_digits_of_each_number_are_enough(exercise):
    needs(exercise)
    assert find_mistake(exercise, rounded(exercise.right, 3)) is None


@pytest.mark.parametrize("exercise", NUMBERS, ids=lambda exercise: exercise.id)
def test_a_mistake_is_named_by_four_digits_of_each_number(exercise):
    needs(exercise)
    for name, wrong in exercise.typical.items():
        assert find_mistake(exercise, rounded(wrong, 4)) == exercise.words(f"wrong.{name}")


BY_THEORY = {
    "00.4": lambda q, k, v: attend(dot_scores(q, k), v, causal=True).output,
    "01.5": cosine_scores,
    "04.5": lambda w, scores: effective_temperature(w[None], scores[None], causal=True)[0],
    "05.5": lambda before, after: edit_gauge(before, after).F,
}


@pytest.mark.parametrize("name", BY_THEORY)
def test_a_function_built_by_hand_agrees_with_the_theory_of_the_package(name):
    assert find_mistake(exercises.find(name), BY_THEORY[name]) is None


def test_a_function_is_tried_on_every_case_and_told_where_it_fails_or_which_mistake_it_is(made_up):
    built = replace(
        made_up,
        level="build it",
        answer=abs,
        mistakes={"half": lambda x: abs(x) / 2, "same": lambda x: x},
        judge=None,
        cases=lambda: {"": (2.0,), "other": (-4.0,)},
    )
    assert find_mistake(built, lambda x: x if x > 0 else -x) is None
    assert find_mistake(built, lambda x: abs(x) / 2) == "Only half."
    assert find_mistake(built, lambda x: x) == "The sign."
    assert find_mistake(built, lambda x: 7 * x) == word("course.answer.value")
    told = [find_mistake(built, lambda x, last=last: x if x > 0 else last) for last in (2.0, 9.0)]
    assert told == ["No.", "No."]  # half of one case alone is not that mistake


def test_the_digits_that_a_task_asks_for_are_those_that_are_tried():
    lessons = "\n".join(path.read_text("utf-8") for path in lessons_source().glob("[0-9]*.py"))
    tasks = dict(re.findall(r"\*\*Exercise ([\d.]+) · (.+?)\n\n", lessons, re.DOTALL))
    asked = [exercise for exercise in ALL if re.search(r"digits", tasks[exercise.id])]
    assert asked
    assert [exercise.id for exercise in asked if exercise not in NUMBERS] == []


def test_a_name_that_fights_back_does_not_leave_check(made_up):
    class Leaves(type):
        @property
        def __name__(cls):
            raise SystemExit(3)

    class Answer(metaclass=Leaves):
        pass

    class TroubleError(Exception, metaclass=Leaves):
        pass

    for answer in (Answer(), Answer, lambda: raise_it(TroubleError("x"))):
        card = check("01.2", answer)
        assert not card
        assert card.message


def test_several_numbers_are_one_answer_of_several_parts():
    right = exercises.find("01.1").right
    assert check("01.1", *right).passed
    assert check("01.1", *reversed(right)).message == check("01.1", tuple(reversed(right))).message
    assert check("01.1").message == check("01.1", ...).message
