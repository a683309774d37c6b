"""What exercises 12.3 and 12.4 let pass, and what they say of rules that could not fail."""

import numpy as np
import pytest

from gedig_edu.course.evidence import Above, Apart, AtMost, HoldsIf
from gedig_edu.course.exercises import find, find_mistake


def told(rule):
    """Return by which name exercise 12.4 words what is wrong with a rule, None if nothing is."""
    exercise = find("12.4")
    said = find_mistake(exercise, rule)
    names = [name for name in exercise.typical if exercise.words(f"wrong.{name}") == said]
    assert said is None or names
    return names[0] if names else None


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (("12.peak_before", Above(-1)), "far_off"),
        (("12.norm", Above(-1)), "far_off"),
        (("12.sharper", Above(1.0)), "far_off"),
        (("11.storage", Above(1e9)), "far_off"),
        (("12.leaps", AtMost(0.4999)), "upside_down"),
        (("12.norm", HoldsIf(Above(0))), "condition"),
        (("12.diverges", Above(2.0)), "same_rule"),
        (("12.diverges", HoldsIf(Above(2.0))), "same_rule"),
        (("12.leaps", Above(float("nan"))), "no_end"),
        (("12.leaps", Above("x")), "no_end"),
        (("12.leaps", HoldsIf("x")), "condition"),
        (("12.diverges", HoldsIf("x")), "no_rule"),
        (("12.norm", Apart(0, by=-1)), "no_end"),
        (("12.norm", len), "no_rule"),
    ],
    ids=str,
)
def test_a_rule_that_could_not_fail_is_no_other_rule(rule, name):
    assert told(rule) == name


def test_a_conditional_claim_keeps_its_condition_under_another_limit():
    assert told(("12.diverges", Above(3.9))) is None  # it grows 3.7 times
    assert told(("12.diverges", Above(2.5))) == "same_verdict"


def peak(step, train, held, C, *, begin=0.99, end=2.0, until=None):
    first = step[train >= begin][0]
    window = (step >= first) & (step <= end * step[held >= 0.5][0])
    window &= True if until is None else held < until
    return step[window][C[window].argmax()]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda *run: peak(*run, end=1.5),
        lambda *run: peak(*run, end=9.0, until=0.99),
        lambda *run: peak(*run, end=3.0),
        lambda step, train, held, C: peak(step, held, held, C, begin=0.5),
    ],
    ids=["too soon", "to 99 % of those held back", "too late", "from the onset"],
)
def test_a_window_of_another_length_does_not_pass(wrong):
    exercise = find("12.3")
    assert find_mistake(exercise, peak) is None
    assert find_mistake(exercise, wrong)


def test_a_window_that_ends_too_soon_is_not_told_that_it_ends_at_the_onset():
    exercise = find("12.3")
    said = find_mistake(exercise, lambda *run: peak(*run, end=1.5))
    assert said == exercise.words("wrong.too_soon")


@pytest.mark.parametrize("number", ["12.1", "12.2", "12.3", "12.4"])
def test_a_worked_solution_names_nothing_that_stands_elsewhere(number):
    names = {"np": np, "AtMost": AtMost, "Curve": None, "Rule": None}
    exec("from __future__ import annotations\nimport math\n" + find(number).code, names)
    (solved,) = (one for name, one in names.items() if name == find(number).answer.__name__)
    arguments = find("12.3").cases()[""] if number == "12.3" else ()
    assert solved(*arguments) == find(number).answer(*arguments)
