"""Exercises of lesson 08: exact where counts are asked for, two digits where two are."""

import numpy as np
import pytest

from gedig_edu.course.exercises import find, find_mistake
from gedig_edu.course.lessons.l08.exercises import slopes_of_the_entropy


@pytest.mark.parametrize("answer", [(38, 6), [38, 6], np.array([[38.0, 6.0]])])
def test_exactly_the_two_counts_of_seeds_are_right(answer):
    assert find_mistake(find("08.1"), answer) is None


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        ((37, 6), "just_below"),
        ((36, 6), "first_off"),
        ((39, 6), "first_off"),
        ((38.1, 6), "first_off"),
        ((38, 5), "second_off"),
        ((38, 7), "second_off"),
        ((37, 5), "both_off"),
        ((40, 8), "both_off"),
        ((6, 38), "swapped"),
        (38, "one_number"),
    ],
)
def test_the_count_that_is_off_is_named(answer, mistake):
    exercise = find("08.1")
    assert find_mistake(exercise, answer) == exercise.words(f"wrong.{mistake}")


@pytest.mark.parametrize("digits", [2, 3, 6])
def test_slopes_of_two_digits_or_more_are_right(digits):
    answer = [float(f"{slope:.{digits}g}") for slope in slopes_of_the_entropy()]
    assert find_mistake(find("08.4"), answer) is None


def test_a_slope_that_is_off_in_its_second_digit_is_not_right():
    assert find_mistake(find("08.4"), (-0.33, 0.17, 0.16)) is not None
