from itertools import pairwise

import pytest

from gedig_edu.course import answer, catalogue, quiz, record
from gedig_edu.course.items import Question
from gedig_edu.errors import GedigError
from gedig_edu.words import entries

ALL = [question for lesson in catalogue.NUMBERS for question in catalogue.quiz_of(lesson)]


def stored():
    return record.store().read()["quizzes"]


@pytest.mark.parametrize("question", ALL, ids=lambda question: question.id)
def test_every_choice_has_words_and_an_explanation_and_one_is_right(question):
    choices = question.to_dict()["choices"]
    assert [choice["id"] for choice in choices].count(question.right) == 1
    texts = [choice["text"] for choice in choices]
    explanations = [choice["why"] for choice in choices]
    assert all(texts)
    assert all(explanations)
    assert len(set(texts)) == len(set(explanations)) == len(choices) >= 3


@pytest.mark.parametrize("lesson", [n for n in catalogue.NUMBERS if catalogue.quiz_of(n)])
def test_a_lesson_has_at_least_four_questions_and_no_favourite_letter(lesson):
    questions = catalogue.quiz_of(lesson)
    assert [q.id for q in questions] == [f"{lesson}.{n}" for n in range(1, len(questions) + 1)]
    assert len(questions) >= 4
    assert len({question.right for question in questions}) >= 3


def test_lessons_that_follow_each_other_have_other_letters():
    keys = ["".join(q.right for q in catalogue.quiz_of(lesson)) for lesson in catalogue.NUMBERS]
    assert all(one != following for one, following in pairwise(keys) if one)


@pytest.mark.parametrize("lesson", [n for n in catalogue.NUMBERS if catalogue.quiz_of(n)])
def test_every_question_of_the_table_is_asked(lesson):
    worded = entries(f"lesson_{lesson}.quiz")
    assert list(worded) == [question.id.split(".")[1] for question in catalogue.quiz_of(lesson)]


def test_a_right_choice_that_is_not_there_is_refused():
    with pytest.raises(GedigError, match="right='e'"):
        Question("01.1", right="e")


def test_one_question_can_stand_beside_its_code():
    assert [question["id"] for question in quiz("01", 2).questions] == ["01.2"]
    assert len(quiz("01").questions) == len(catalogue.quiz_of("01"))


def test_answers_in_the_form_are_stored_and_stand_there_again():
    form = quiz("01")
    form.answers = {"01.1": "a"}
    form.answers = {"01.1": "b", "01.2": "a"}
    assert stored()["01.1"]["first"] == "a"
    assert stored()["01.1"]["choice"] == "b"
    assert "passed" in stored()["01.1"]
    assert "passed" not in stored()["01.2"]
    assert quiz("01").answers == {"01.1": "b", "01.2": "a"}
    assert "Your answer: (b) Right." in repr(quiz("01", 1))
    assert "Your answer: (a) Not quite." in repr(quiz("01", 2))
    assert "Your answer" not in repr(quiz("01", 3))


def test_answers_in_words_do_the_same():
    assert answer("01.1", "b").tone == "right"
    card = answer("01.2", "a")
    assert card.tone == "wrong"
    assert "variance" in repr(card)
    assert stored()["01.2"]["choice"] == "a"


def test_the_form_has_a_text_alternative_with_every_choice():
    form = quiz("02", 3)
    assert repr(form) == form.text
    assert form.text in form._repr_mimebundle_()["text/plain"]
    for choice in form.questions[0]["choices"]:
        assert choice["text"] in form.text


def test_the_example_without_the_form_says_nothing_of_what_is_right():
    shown, right = [], []
    for question in ALL:
        line = quiz(question.id[:2], int(question.id[3:])).text.splitlines()[-1]
        (letter,) = [one for one in question.choices if f'"{question.id}", "{one}"' in line]
        shown.append(letter)
        right.append(letter == question.right)
    assert set(shown) >= {"a", "b", "c", "d"}
    assert 0.1 < sum(right) / len(right) < 0.4


@pytest.mark.parametrize(
    "ask",
    [
        lambda: quiz("99"),
        lambda: quiz("01", 0),
        lambda: quiz("01", 99),
        lambda: answer("01.1", "z"),
        lambda: answer("01", "a"),
    ],
)
def test_what_is_not_there_is_refused_in_one_sentence(ask):
    with pytest.raises(GedigError):
        ask()
