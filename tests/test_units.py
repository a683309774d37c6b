"""The units in which two workers share the tests: no file is torn, and lessons are shared."""

import pytest

from tests.units import unit_of

LESSON = "tests/browser/test_lessons.py::TestLesson::test_runs"


@pytest.mark.parametrize(
    ("test", "unit"),
    [
        ("tests/test_cli.py::test_help[01]", "tests/test_cli.py"),
        ("tests/a/test_b.py::TestC::test_d", "tests/a/test_b.py"),
        ("gedig_edu/errors.py::gedig_edu.errors.check", "gedig_edu/errors.py"),
        ("lessons/01_dot.ipynb::Cell 3", "lessons/01_dot.ipynb"),
        (f"{LESSON}[01_dot.ipynb]", "tests/browser/test_lessons.py[01_dot.ipynb]"),
        (f"{LESSON}[01_dot.ipynb-dark]", "tests/browser/test_lessons.py[01_dot.ipynb]"),
        (f"{LESSON}[dark-02_rotary.ipynb]", "tests/browser/test_lessons.py[02_rotary.ipynb]"),
        (f"{LESSON}_else", "tests/browser/test_lessons.py"),
    ],
)
def test_a_worker_is_given_a_file_or_what_is_asked_of_one_lesson(test, unit):
    assert unit_of(test) == unit
