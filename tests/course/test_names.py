import pytest

from gedig_edu.course import check, claims, hint, quiz, solution
from gedig_edu.errors import GedigError


@pytest.mark.parametrize(
    ("call", "said"),
    [(lambda: check("99.1", 1), "no lesson '99'"), (lambda: check("01.99", 1), "has 01.1"),
     (lambda: check(3.1, 1), "no lesson '3'"), (lambda: hint("1.99"), "has 01.1"),
     (lambda: solution("01"), "has 01.1"), (lambda: quiz("01", 99), "has 01.1"),
     (lambda: quiz(13), "no lesson '13'"), (lambda: quiz("01", "x"), "has 01.1"),
     (lambda: claims.show("01.zzz"), "has 01.norms"), (lambda: claims.show("99.x"), "no lesson")],
)  # fmt: skip
def test_a_name_that_is_not_there_is_answered_with_those_that_are(call, said):
    with pytest.raises(GedigError, match="There is no") as refused:
        call()
    assert said in str(refused.value)


def test_a_lesson_needs_no_zero():
    assert "01.1" in repr(hint("1.1"))
    assert repr(quiz(1)) == repr(quiz("1")) == repr(quiz("01"))
    assert check("1.1", 2, 1).passed
