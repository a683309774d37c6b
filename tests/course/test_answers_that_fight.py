"""Answers whose every use runs the learner's own code: judged in time, never the kernel's end."""

import sys
import time

import pytest

from gedig_edu.course.answers import as_array, as_number
from gedig_edu.course.exercises import find_mistake
from gedig_edu.course.items import Exercise


def raise_it(error):
    raise error


def judging(judge):
    return Exercise("01.2", "compute it", lambda: 1, {}, judge=judge, seconds=0.3)


def loop(*_, **__):
    while True:
        pass


def leave(*_, **__):
    sys.exit(3)


class Worded(str):
    """Words whose every use is the learner's own code."""

    __format__ = __len__ = __str__ = __repr__ = loop


def fighting(method, doing):
    """Return an error and a value that do something of their own where they are looked at."""
    error = type("FightingError", (Exception,), {method: doing})()
    value = type("Fighting", (), {method: doing, "__len__": lambda _: 1})()
    return error, value


@pytest.mark.parametrize("doing", [loop, leave, lambda _: Worded("x")], ids=["loop", "exit", "str"])
@pytest.mark.parametrize("method", ["__str__", "__repr__"])
def test_an_error_whose_words_fight_back_is_judged_in_time(method, doing):
    error, _ = fighting(method, doing)
    start = time.perf_counter()
    message = find_mistake(judging(lambda _answer, _wrong: raise_it(error)), None)
    assert message
    assert time.perf_counter() - start < 3


@pytest.mark.parametrize("doing", [loop, leave], ids=["loop", "exit"])
@pytest.mark.parametrize("method", ["__array__", "__len__", "__eq__", "__repr__", "__getattr__"])
def test_an_answer_that_fights_back_is_judged_in_time(method, doing):
    _, value = fighting(method, doing)
    start = time.perf_counter()
    judge = judging(
        lambda answer, _wrong: as_array(answer, shape=(1,)) if answer == 1 else repr(answer)
    )
    find_mistake(judge, value)
    assert find_mistake(judging(lambda answer, _: as_number(answer)), value)
    assert time.perf_counter() - start < 5


def test_the_words_of_an_error_are_cut_where_nobody_reads_on():
    error = ValueError("\ud800" + "x" * 10**6)
    message = find_mistake(judging(lambda *_: raise_it(error)), None)
    assert message.startswith("Your answer raised ValueError: ?xx")
    assert len(message) < 600
    message.encode("utf-8")
