"""The checks that word every refusal alike."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError, check_number, check_whole


@pytest.mark.parametrize("value", [None, "warm", [], [1, 2], {}, 1j, 10**400, np.inf, np.nan,
                                   np.complex64(2), np.array(2j), np.ma.masked])  # fmt: skip
def test_what_is_no_finite_number_is_refused_by_name(value):
    with pytest.raises(GedigError, match=r"T=.* give a finite number above 0"):
        check_number("T", value, above=0)


@pytest.mark.parametrize("value", [3, 3.0, np.int8(3), np.float32(3), np.array(3)])
def test_every_spelling_of_a_whole_number_is_an_int(value):
    whole = check_whole("draws", value, at_least=3, at_most=3)
    assert whole == 3
    assert type(whole) is int


@pytest.mark.parametrize(
    ("value", "said"),
    [(1.5, "not a whole number; give one of 1 or more"), (0, "at least 1"), (8, "at most 7"),
     ("a", "at least 1 and at most 7")],
)  # fmt: skip
def test_fractions_words_and_what_is_out_of_range_are_refused(value, said):
    with pytest.raises(GedigError, match=f"draws={value!r} is .*{said}"):
        check_whole("draws", value, at_least=1, at_most=7)
