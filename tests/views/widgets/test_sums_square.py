"""A table of sums: shares of what is right so far, and of mirrors where they are asked for."""

import numpy as np
import pytest

from gedig_edu.errors import GedigError
from gedig_edu.views.widgets.sums_square import SumsSquare

TOLD = [[True, True, False], [False, True, False], [False, False, False]]
SINCE = [[10, 20, -1], [100, 10, 900], [900, -1, 900]]


def test_shares_are_of_what_is_right_from_then_on():
    start, end = (SumsSquare(TOLD, SINCE, time=time).numbers for time in (0, 100))
    assert (start["told"], start["held"]) == (pytest.approx(2 / 3), 0)
    assert (end["told"], end["held"]) == (1, pytest.approx(4 / 6))


def test_mirrors_are_told_apart_where_this_is_asked():
    plain, apart = (SumsSquare(TOLD, SINCE, time=60, mirrors=on).numbers for on in (False, True))
    assert plain["mirrored"] is None
    assert (apart["mirrored"], apart["others"]) == (1, 0)  # 1 + 0 is told as 0 + 1
    shares = np.array([apart["mirrored_shares"], apart["others_shares"]])
    whole = shares.T @ np.array([1, 5]) / 6
    np.testing.assert_allclose(whole, apart["held_shares"])


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        (0, 1, "(told again and again) is right from step 20"),
        (1, 0, "(never told) is right from step 100"),
        (0, 2, "(never told) is wrong at the end"),
    ],
)
def test_a_sum_says_whether_it_was_told_and_since_when_it_is_right(a, b, said):
    shown = SumsSquare(TOLD, SINCE, a=a, b=b)
    assert shown.numbers["answer"] == (a + b) % 3
    assert said in shown.sentence


@pytest.mark.parametrize(
    ("told", "since", "said"),
    [
        (TOLD, None, "since"),
        (TOLD, [[1, 2], [3, 4]], "told"),
        ([[True, False]] * 3, [[1, 2]] * 3, "as many columns as rows"),
        (np.ones((3, 3), dtype=bool), SINCE, "All sums or none"),
    ],
)
def test_what_is_no_table_of_sums_is_refused(told, since, said):
    with pytest.raises(GedigError, match=said):
        SumsSquare(told, since)
