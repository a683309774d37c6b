import time

import numpy as np
import pandas as pd
import pytest
import torch

from gedig_edu.course.answers import (
    AnswerError,
    as_array,
    as_function,
    as_number,
    describe_trouble,
    expect,
)
from gedig_edu.course.handed_in import as_text


class Angry:
    def __array__(self, *_, **__):
        raise RuntimeError("no array here")

    def __eq__(self, _):
        raise RuntimeError("no comparing either")

    __hash__ = None


class UnspeakableError(Exception):
    def __str__(self):
        raise ValueError("no words")


ROW = (0.5, 0.25, 0.25)


@pytest.mark.parametrize(
    "form",
    [
        list(ROW),
        ROW,
        np.array(ROW),
        np.array([ROW], dtype=np.float32),
        torch.tensor(ROW),
        torch.tensor(ROW, dtype=torch.bfloat16, requires_grad=True),
        [torch.tensor(0.5), np.float32(0.25), 0.25],
        pd.Series(ROW),
        pd.DataFrame([ROW]),
    ],
    ids=lambda form: type(form).__name__,
)
def test_every_usual_form_is_the_same_answer(form):
    assert as_array(form, shape=(3,)).tolist() == list(ROW)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("23/10", 2.3), (" -1 / 4 ", -0.25), ("0.5/2", 0.25), ("2.3", 2.3), ("2,3", 2.3), ("−3", -3)],
)
def test_a_number_may_be_typed_and_be_a_fraction(typed, number):
    assert as_number(typed) == number
    assert as_array([typed, 1.0]).tolist() == [number, 1.0]
    expect(typed, number, instead={}, wrong=AnswerError)


@pytest.mark.parametrize("form", [7, 7.0, np.int64(7), [7], torch.tensor([[7]]), pd.Series([7])])
def test_every_form_of_one_number_is_that_number(form):
    assert as_number(form) == 7.0


@pytest.mark.parametrize(
    ("nonsense", "said"),
    [
        (None, "None"),
        ("seven", "str"),
        ({"a": 1}, "no fixed order"),
        ({1, 2}, "no fixed order"),
        ([[1, 2], [3]], "one length"),
        (["a", 1], "numbers only"),
        ("1/0", "str"),
        ("1/2/3", "str"),
        ("62 %", "str"),
        ("1,234", "1234 or 1.234"),
        (lambda: 3, "function"),
        (object(), "object"),
        (1 + 2j, "complex"),
        ([[1.0, float("nan")]] * 2, "NaN"),
        (np.ones((3, 2)), "shape (3, 2)"),
    ],
    ids=lambda part: part if isinstance(part, str) else type(part).__name__,
)
def test_nonsense_is_answered_in_words(nonsense, said):
    with pytest.raises(AnswerError) as caught:
        as_array(nonsense, shape=(2, 3) if isinstance(nonsense, np.ndarray) else None)
    assert said in str(caught.value)


def test_trailing_axes_of_one_are_no_licence_to_reshape():
    with pytest.raises(AnswerError):
        as_array(np.ones((3, 1)), shape=(3,))


def test_an_answer_is_not_changed_by_reading_it():
    given = torch.tensor(ROW)
    as_array(given)[0] = 9
    assert given.tolist() == list(ROW)


def test_a_function_cannot_change_the_checkers_arrays():
    array = np.zeros(3)
    as_function(lambda x: x.fill(1))(array)
    assert array.tolist() == [0, 0, 0]


def test_a_function_written_for_tensors_is_given_tensors():
    result = as_function(lambda x: torch.softmax(x, dim=-1))(np.zeros(5))
    assert as_array(result).tolist() == pytest.approx([0.2] * 5)


def test_a_function_that_fails_both_ways_shows_its_own_error():
    with pytest.raises(ZeroDivisionError):
        as_function(lambda x: 1 / 0)(np.zeros(2))


def test_what_cannot_be_called_is_no_function():
    with pytest.raises(AnswerError, match="ndarray"):
        as_function(np.zeros(2))


def test_the_named_mistake_is_told_before_the_shape():
    with pytest.raises(AnswerError, match="per_token"):
        expect([1, 2, 3], [5.0, 7.0], instead={"per_token": [1, 2, 3]}, wrong=AnswerError)
    with pytest.raises(AnswerError, match=r"^2 numbers are asked for, and your answer holds 3\.$"):
        expect([1, 2, 4], [5.0, 7.0], instead={"per_token": [1, 2, 3]}, wrong=AnswerError)


def test_a_right_answer_wins_over_a_mistake_that_happens_to_look_alike():
    assert expect(2.0, 2.0, instead={"same": 2.0}, wrong=AnswerError) is None


def test_an_answer_that_fights_back_raises_its_own_error_only():
    with pytest.raises(RuntimeError):
        as_array(Angry())


def test_an_exception_without_words_is_named_by_its_kind():
    assert describe_trouble(UnspeakableError()) == "UnspeakableError"


@pytest.mark.parametrize(
    "huge",
    [range(10**9), range(10**30), [range(10**9)], np.broadcast_to(np.float32(1), (10**9,)),
     torch.ones(1).expand(10**9), [np.broadcast_to(1.0, (6 * 10**6,))] * 2],
    ids=["range", "longer", "listed", "array", "tensor", "together"],
)  # fmt: skip
def test_more_numbers_than_any_answer_has_are_refused_before_they_are_made(huge):
    begun = time.perf_counter()
    with pytest.raises(AnswerError, match="more than 10,000,000 numbers"):
        as_array(huge)
    assert len(as_text(huge)) <= 2000
    assert time.perf_counter() - begun < 1
