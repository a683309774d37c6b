import threading
import time

import pytest

from gedig_edu.course.deadline import TimeIsUp, run_within


def spin():
    while True:
        pass


def spin_and_swallow():
    while True:
        try:
            time.sleep(0.0001)
        except Exception:
            continue


def call_itself():
    return call_itself()


def test_a_result_comes_back():
    assert run_within(5, lambda: [1, 2]) == [1, 2]


def test_an_exception_comes_back_as_it_was():
    with pytest.raises(KeyError, match="q"):
        run_within(5, lambda: {}["q"])


def test_leaving_the_program_comes_back_as_an_exception():
    with pytest.raises(SystemExit):
        run_within(5, lambda: exit_with(3))


def exit_with(code):
    raise SystemExit(code)


def test_a_recursion_without_end_comes_back():
    with pytest.raises(RecursionError):
        run_within(5, call_itself)


@pytest.mark.parametrize("loop", [spin, spin_and_swallow])
def test_a_loop_without_end_is_stopped_and_its_thread_ends(loop):
    before = threading.active_count()
    with pytest.raises(TimeIsUp):
        run_within(0.1, loop)
    assert threading.active_count() == before


def test_a_loop_is_stopped_in_a_thread_that_is_not_the_main_one():
    seen = []

    def work():
        try:
            run_within(0.1, spin)
        except TimeIsUp:
            seen.append("stopped")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(30)
    assert seen == ["stopped"]


def test_sleeping_code_is_left_behind_as_a_daemon():
    with pytest.raises(TimeIsUp):
        run_within(0.05, lambda: time.sleep(6))
    left = [t for t in threading.enumerate() if t.name == "gedig-edu learner's code"]
    assert all(thread.daemon for thread in left)


def test_the_callers_context_is_kept():
    import numpy as np

    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        run_within(5, lambda: np.array([1.0]) / 0)
